/* While the module holds its TPM: which of its descriptors a program has that the host starts; and,
   before that, a system that gives the module no thread. Usage: MODULE PIN */
#define _GNU_SOURCE
#include "cryptoki.h"

#include <errno.h>
#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

static int refuse;

/* The module's own calls come here, because an executable's symbols are looked up first. */
int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*start)(void *),
                   void *argument) {
  int (*next)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);
  if (refuse > 0) {
    refuse--;
    puts("refused a thread");
    return EAGAIN;
  }
  *(void **)&next = dlsym(RTLD_NEXT, "pthread_create");
  return next(thread, attributes, start, argument);
}

static void expect_a_socket(void) {
  char path[64], target[64];
  for (int i = 3; i < 256; i++) {
    snprintf(path, sizeof path, "/proc/self/fd/%d", i);
    ssize_t length = readlink(path, target, sizeof target);
    if (length > 7 && memcmp(target, "socket:", 7) == 0) {
      puts("holds the TPM");
      return;
    }
  }
  fail("no socket to the TPM", 0);
}

static ulong_t key;

static void *sign(void *unused) {
  ulong_t slots[16], count = 16, session;
  (void)unused;
  expect("C_GetSlotList", OK, cryptoki->at[GET_SLOT_LIST](1UL, slots, &count));
  expect("C_OpenSession", OK, cryptoki->at[OPEN_SESSION](slots[0], 4UL, NULL, NULL, &session));
  expect("C_Sign", OK, try_sign(session, key));
  return NULL;
}

int main(int argc, char **argv) {
  ulong_t session;
  pthread_t thread;
  int status;
  if (argc != 3) return 2;
  load(argv[1]);
  expect("C_Initialize", OK, initialize_for_threads());
  refuse = 1;
  alarm(60);
  expect("login", OK, try_login(argv[2], &session, &key));
  if (pthread_create(&thread, NULL, sign, NULL) != 0) return 2;
  pthread_join(thread, NULL);
  puts("another thread signed");
  expect("C_Sign", OK, try_sign(session, key));
  expect_a_socket();
  fflush(stdout);
  pid_t child = fork();
  if (child == 0) {
    execlp("ls", "ls", "-l", "/proc/self/fd", (char *)NULL);
    _exit(127);
  }
  if (waitpid(child, &status, 0) != child || status != 0) return 1;
  expect("C_Finalize", OK, cryptoki->at[FINALIZE](NULL));
  return 0;
}
