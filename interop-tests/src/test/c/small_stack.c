/* A thread with 256 KiB of stack, as Firefox has them, does everything. Usage: MODULE PIN */
#include "cryptoki.h"

#include <pthread.h>

static void *everything(void *argument) {
  ulong_t session, key;
  expect("C_Initialize", OK, cryptoki->at[INITIALIZE](NULL));
  expect("login", OK, try_login(argument, &session, &key));
  for (int i = 0; i < 20; i++) expect("C_Sign", OK, try_sign(session, key));
  expect("C_Finalize", OK, cryptoki->at[FINALIZE](NULL));
  return NULL;
}

int main(int argc, char **argv) {
  pthread_t thread;
  pthread_attr_t attributes;
  if (argc != 3) return 2;
  load(argv[1]);
  pthread_attr_init(&attributes);
  if (pthread_attr_setstacksize(&attributes, 256 * 1024) != 0) return 2;
  if (pthread_create(&thread, &attributes, everything, argv[2]) != 0) return 2;
  pthread_join(thread, NULL);
  puts("signed");
  return 0;
}
