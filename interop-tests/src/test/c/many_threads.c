/* Eight threads with a session each sign at once; they come and go, and leave nothing behind.
   Usage: MODULE PIN */
#include "cryptoki.h"

#include <pthread.h>

enum { THREADS = 8, ROUNDS = 5, SIGNATURES = 10 };
static ulong_t key;

static void *sign(void *unused) {
  ulong_t slots[16], count = 16, session;
  (void)unused;
  expect("C_GetSlotList", OK, cryptoki->at[GET_SLOT_LIST](1UL, slots, &count));
  expect("C_OpenSession", OK, cryptoki->at[OPEN_SESSION](slots[0], 4UL, NULL, NULL, &session));
  for (int i = 0; i < SIGNATURES; i++) expect("C_Sign", OK, try_sign(session, key));
  expect("C_CloseSession", OK, cryptoki->at[CLOSE_SESSION](session));
  return NULL;
}

int main(int argc, char **argv) {
  ulong_t session;
  if (argc != 3) return 2;
  load(argv[1]);
  expect("C_Initialize", OK, initialize_for_threads());
  expect("login", OK, try_login(argv[2], &session, &key));
  for (int round = 0; round < ROUNDS; round++) {
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++)
      if (pthread_create(&threads[i], NULL, sign, NULL) != 0) return 2;
    for (int i = 0; i < THREADS; i++) pthread_join(threads[i], NULL);
  }
  expect("C_Finalize", OK, cryptoki->at[FINALIZE](NULL));
  printf("%d signatures\n", THREADS * ROUNDS * SIGNATURES);
  return 0;
}
