/* A host whose working folder was deleted, and that handles every signal: it can sign, and its handlers stay.
   Usage: MODULE PIN */
#include "cryptoki.h"

#include <signal.h>
#include <unistd.h>

static void handler(int number) {
  (void)number;
}

int main(int argc, char **argv) {
  ulong_t session, key;
  struct sigaction mine = {.sa_handler = handler}, found;
  if (argc != 3) return 2;
  load(argv[1]);
  char folder[] = "/tmp/deletedXXXXXX";
  if (mkdtemp(folder) == NULL || chdir(folder) != 0 || rmdir(folder) != 0) return 2;
  for (int i = 1; i <= SIGRTMAX; i++) sigaction(i, &mine, NULL);
  expect("C_Initialize", OK, initialize_for_threads());
  expect("login", OK, try_login(argv[2], &session, &key));
  expect("C_Sign", OK, try_sign(session, key));
  for (int i = 1; i <= SIGRTMAX; i++) {
    if (i == SIGKILL || i == SIGSTOP || (i > 31 && i < SIGRTMIN)) continue;
    if (sigaction(i, NULL, &found) != 0 || found.sa_handler != handler) fail("a signal's handler", (ulong_t)i);
  }
  expect("C_Finalize", OK, cryptoki->at[FINALIZE](NULL));
  puts("signed, and all handlers are the host's");
  return 0;
}
