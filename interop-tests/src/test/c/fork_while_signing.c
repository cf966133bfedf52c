/* One thread signs without pause while another forks, ten times: each child is on its own, starts
   the module anew and signs; the parent is not disturbed. Usage: MODULE PIN */
#include "cryptoki.h"

#include <pthread.h>
#include <stdatomic.h>
#include <sys/wait.h>
#include <unistd.h>

static const int CHILDREN = 10;
static ulong_t session, key;
static atomic_int stop, signatures;

static void *sign_on(void *unused) {
  (void)unused;
  while (!stop) {
    expect("the parent's C_Sign", OK, try_sign(session, key));
    signatures++;
  }
  return NULL;
}

static void child(const char *pin) {
  unsigned char info[32];
  ulong_t mine, its_key;
  alarm(30); /* a child that hangs is a failure */
  expect("the child's C_GetSessionInfo", NOT_INITIALIZED, cryptoki->at[GET_SESSION_INFO](session, info));
  expect("the child's C_Initialize", OK, cryptoki->at[INITIALIZE](NULL));
  expect("the child's login", OK, try_login(pin, &mine, &its_key));
  expect("the child's C_Sign", OK, try_sign(mine, its_key));
  expect("the child's C_Finalize", OK, cryptoki->at[FINALIZE](NULL));
  _exit(0);
}

static void wait_for_more(int than) {
  while (signatures <= than) usleep(1000);
}

int main(int argc, char **argv) {
  if (argc != 3) return 2;
  load(argv[1]);
  expect("C_Initialize", OK, initialize_for_threads());
  expect("login", OK, try_login(argv[2], &session, &key));
  pthread_t thread;
  if (pthread_create(&thread, NULL, sign_on, NULL) != 0) return 2;
  for (int i = 0; i < CHILDREN; i++) {
    int status;
    wait_for_more(signatures);
    pid_t pid = fork();
    if (pid == 0) child(argv[2]);
    if (waitpid(pid, &status, 0) != pid || status != 0) fail("a child's status", (ulong_t)status);
  }
  wait_for_more(signatures);
  stop = 1;
  pthread_join(thread, NULL);
  expect("C_Finalize", OK, cryptoki->at[FINALIZE](NULL));
  printf("%d children signed\n", CHILDREN);
  return 0;
}
