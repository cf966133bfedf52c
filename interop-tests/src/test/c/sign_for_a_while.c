/* Signs with the token's keys in turn for some seconds; says how often and the longest that one took.
   Usage: MODULE PIN SECONDS */
#include "cryptoki.h"

#include <time.h>

enum { MOST_KEYS = 64 };

static double seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static ulong_t key_type(ulong_t session, ulong_t key) {
  ulong_t type = 0;
  struct attribute attribute = {0x100, &type, sizeof type};
  expect("C_GetAttributeValue", OK, cryptoki->at[GET_ATTRIBUTE_VALUE](session, key, &attribute, 1UL));
  return type;
}

static void sign(ulong_t session, ulong_t key) {
  unsigned char signature[512];
  ulong_t length = sizeof signature;
  struct mechanism mechanism = {key_type(session, key) == 3 ? 0x1044 : 0x40, NULL, 0};
  expect("C_SignInit", OK, cryptoki->at[SIGN_INIT](session, &mechanism, key));
  expect("C_Sign", OK, cryptoki->at[SIGN](session, "what is signed", 14UL, signature, &length));
}

int main(int argc, char **argv) {
  ulong_t session, keys[MOST_KEYS], count, any, private_key = 3;
  struct attribute template[] = {{0, &private_key, sizeof private_key}};
  if (argc != 4) return 2;
  load(argv[1]);
  expect("C_Initialize", OK, initialize_for_threads());
  expect("login", OK, try_login(argv[2], &session, &any));
  expect("C_FindObjectsInit", OK, cryptoki->at[FIND_OBJECTS_INIT](session, template, 1UL));
  expect("C_FindObjects", OK, cryptoki->at[FIND_OBJECTS](session, keys, (ulong_t)MOST_KEYS, &count));
  expect("C_FindObjectsFinal", OK, cryptoki->at[FIND_OBJECTS_FINAL](session));
  double end = seconds() + atof(argv[3]), longest = 0;
  unsigned long signatures = 0;
  for (; seconds() < end; signatures++) {
    double before = seconds();
    sign(session, keys[signatures % count]);
    double took = seconds() - before;
    if (took > longest) longest = took;
  }
  expect("C_Finalize", OK, cryptoki->at[FINALIZE](NULL));
  printf("%lu signatures, the longest took %.2f s\n", signatures, longest);
  return 0;
}
