/* Signs, and exits without C_Finalize, with the TPM still held and threads that go on signing.
   Usage: MODULE PIN THREADS */
#include "cryptoki.h"

#include <pthread.h>
#include <unistd.h>

static ulong_t key;

static void *sign(void *unused) {
  ulong_t slots[16], count = 16, session, rv = OK;
  (void)unused;
  expect("C_GetSlotList", OK, cryptoki->at[GET_SLOT_LIST](1UL, slots, &count));
  expect("C_OpenSession", OK, cryptoki->at[OPEN_SESSION](slots[0], 4UL, NULL, NULL, &session));
  while (rv == OK) rv = try_sign(session, key);
  if (rv != NOT_INITIALIZED) {
    fprintf(stderr, "C_Sign: 0x%lx\n", rv);
    _exit(1);
  }
  return NULL;
}

int main(int argc, char **argv) {
  ulong_t session;
  pthread_t thread;
  if (argc != 4) return 2;
  load(argv[1]);
  expect("C_Initialize", OK, initialize_for_threads());
  expect("login", OK, try_login(argv[2], &session, &key));
  for (int i = atoi(argv[3]); i > 0; i--)
    if (pthread_create(&thread, NULL, sign, NULL) != 0) return 2;
  for (int i = 0; i < 20; i++) expect("C_Sign", OK, try_sign(session, key));
  puts("signed");
  return 0;
}
