/* Calls on stacks that no thread was made with, as coroutines have them: they are refused, and the host lives on.
   Usage: MODULE PIN */
#include "cryptoki.h"

#include <ucontext.h>

enum { HOST_MEMORY = 2, STACK = 1 << 20 };
static char stack[STACK];
static ucontext_t host, coroutine;
static ulong_t session, key, returned;

static void initialize(void) {
  returned = initialize_for_threads();
}

static void sign(void) {
  returned = try_sign(session, key);
}

static ulong_t elsewhere(void (*work)(void)) {
  getcontext(&coroutine);
  coroutine.uc_stack.ss_sp = stack;
  coroutine.uc_stack.ss_size = sizeof stack;
  coroutine.uc_link = &host;
  makecontext(&coroutine, work, 0);
  swapcontext(&host, &coroutine);
  return returned;
}

int main(int argc, char **argv) {
  if (argc != 3) return 2;
  load(argv[1]);
  expect("C_Initialize on another stack", HOST_MEMORY, elsewhere(initialize));
  expect("C_Initialize", OK, initialize_for_threads());
  expect("login", OK, try_login(argv[2], &session, &key));
  expect("C_SignInit on another stack", HOST_MEMORY, elsewhere(sign));
  expect("C_Sign", OK, try_sign(session, key));
  expect("C_Finalize", OK, cryptoki->at[FINALIZE](NULL));
  printf("refused, and signed\n");
  return 0;
}
