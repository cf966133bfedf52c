/* Signs once for every line of its input, and says how it went: what happens to the TPM meanwhile is
   up to who writes the lines. SIGPIPE has its default action here. Usage: MODULE PIN */
#include "cryptoki.h"

int main(int argc, char **argv) {
  ulong_t session, key;
  char line[80];
  if (argc != 3) return 2;
  load(argv[1]);
  expect("C_Initialize", OK, cryptoki->at[INITIALIZE](NULL));
  expect("login", OK, try_login(argv[2], &session, &key));
  puts("ready");
  fflush(stdout);
  while (fgets(line, sizeof line, stdin) != NULL) {
    printf("0x%lx\n", try_sign(session, key));
    fflush(stdout);
  }
  puts("survived");
  return 0;
}
