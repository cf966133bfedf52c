/* Two threads encrypt half a block each in one session, and say that they have no room. The second to come makes a block
   ready: whoever it is, nothing may be written where there is no room.
   Usage: MODULE PIN */
#include "cryptoki.h"

#include <pthread.h>

enum { ROUNDS = 3000, HALF = 8, UNTOUCHED = 0xee };
enum { CKA_TOKEN = 0x1, CKA_VALUE_LEN = 0x161, CKM_AES_KEY_GEN = 0x1080, CKM_AES_CBC = 0x1082 };
static ulong_t session;
static unsigned char outputs[2][64];
static pthread_barrier_t barrier;

static void *encrypt(void *output) {
  unsigned char half[HALF] = {0};
  for (int i = 0; i < ROUNDS; i++) {
    ulong_t room = 0;
    pthread_barrier_wait(&barrier);
    cryptoki->at[ENCRYPT_UPDATE](session, half, (ulong_t)HALF, output, &room);
    pthread_barrier_wait(&barrier);
  }
  return NULL;
}

static void check_untouched(void) {
  for (size_t i = 0; i < sizeof outputs; i++) {
    if (((unsigned char *)outputs)[i] != UNTOUCHED) {
      printf("written at %zu, where there is no room\n", i);
      exit(1);
    }
  }
}

int main(int argc, char **argv) {
  ulong_t key;
  if (argc != 3) return 2;
  load(argv[1]);
  expect("C_Initialize", OK, initialize_for_threads());
  expect("login", OK, try_login(argv[2], &session, &key));
  unsigned char no = 0, iv[16] = {0};
  ulong_t bytes = 32, aes;
  struct attribute session_key[] = {{CKA_TOKEN, &no, sizeof no}, {CKA_VALUE_LEN, &bytes, sizeof bytes}};
  struct mechanism generate = {CKM_AES_KEY_GEN, NULL, 0}, cbc = {CKM_AES_CBC, iv, sizeof iv};
  expect("C_GenerateKey", OK, cryptoki->at[GENERATE_KEY](session, &generate, session_key, 2UL, &aes));
  pthread_barrier_init(&barrier, NULL, 3);
  pthread_t threads[2];
  for (int i = 0; i < 2; i++)
    if (pthread_create(&threads[i], NULL, encrypt, outputs[i]) != 0) return 2;
  memset(outputs, UNTOUCHED, sizeof outputs);
  for (int i = 0; i < ROUNDS; i++) {
    expect("C_EncryptInit", OK, cryptoki->at[ENCRYPT_INIT](session, &cbc, aes));
    pthread_barrier_wait(&barrier);
    pthread_barrier_wait(&barrier);
    check_untouched();
    expect("C_EncryptInit with no mechanism", OK, cryptoki->at[ENCRYPT_INIT](session, NULL, 0UL));
  }
  for (int i = 0; i < 2; i++) pthread_join(threads[i], NULL);
  expect("C_Finalize", OK, cryptoki->at[FINALIZE](NULL));
  printf("%d rounds\n", ROUNDS);
  return 0;
}
