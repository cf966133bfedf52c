/* A shell, of which the command's question for a PIN is a job: it is stopped by ^Z amid the PIN, goes on, is started in
   the background, and is ended by ^C. Compiled with the command's terminal.c. */
#define _GNU_SOURCE
#include <errno.h>
#include <pty.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

int tpm2_token_ask(const char *prompt, int echo, char *answer, int room);

static int keyboard;
static char screen[4096];
static size_t shown;

static void fail(const char *what) {
  fprintf(stderr, "%s; on the screen:\n%.*s\n", what, (int)shown, screen);
  exit(1);
}

/* Until a text has come so often. */
static void see(const char *text, int times) {
  for (;;) {
    int count = 0;
    screen[shown] = '\0';
    for (const char *at = screen; (at = strstr(at, text)) != NULL; at++) count++;
    if (count >= times) return;
    ssize_t more = shown + 1 < sizeof screen ? read(keyboard, screen + shown, sizeof screen - 1 - shown) : 0;
    if (more <= 0) fail(text);
    shown += (size_t)more;
  }
}

static void type(const char *keys) {
  if (write(keyboard, keys, strlen(keys)) < 0) fail("typing");
}

static bool echoes(int terminal) {
  struct termios now;
  if (tcgetattr(terminal, &now) != 0) fail("tcgetattr");
  return (now.c_lflag & ECHO) != 0;
}

static void job(void) {
  char answer[65] = {0};
  int length = tpm2_token_ask("PIN: ", 0, answer, 64);
  printf("%d octets, %s\n", length, length > 0 && strcmp(answer, "right") == 0 ? "the right ones" : "wrong ones");
  fflush(stdout);
  _exit(0);
}

/* The shell's side, on the terminal: the job's states go to the other side by what is said. */
static void foreground(pid_t group) {
  if (tcsetpgrp(STDIN_FILENO, group) != 0) _exit(3);
}

static void say(const char *what, int status) {
  printf("shell: %s, %s, %s\n", what, WIFSTOPPED(status) ? "stopped" : WIFSIGNALED(status) ? "ended by a signal" : "done",
         echoes(STDIN_FILENO) ? "echo" : "no echo");
  fflush(stdout);
}

static pid_t start(bool behind) {
  pid_t child = fork();
  if (child == 0) {
    setpgid(0, 0);
    if (!behind) foreground(getpid());
    signal(SIGTTOU, SIG_DFL);
    job();
  }
  setpgid(child, child);
  return child;
}

static int state(pid_t child) {
  int status;
  if (waitpid(child, &status, WUNTRACED) != child) _exit(4);
  foreground(getpgrp());
  return status;
}

/* Whoever started us in the background may have had ^C and its like ignored. */
static void shell(void) {
  const int keys[] = {SIGINT, SIGQUIT, SIGTSTP, SIGHUP, SIGTTIN};
  for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) signal(keys[i], SIG_DFL);
  signal(SIGTTOU, SIG_IGN);
  pid_t child = start(false);
  say("first", state(child));
  foreground(child);
  kill(-child, SIGCONT);
  say("second", state(child));
  child = start(true);
  say("third", state(child));
  foreground(child);
  kill(-child, SIGCONT);
  say("fourth", state(child));
  _exit(0);
}

int main(void) {
  int status;
  alarm(30);
  pid_t child = forkpty(&keyboard, NULL, NULL, NULL);
  if (child == 0) shell();
  see("PIN: ", 1);
  type("wro\x1a");
  see("shell: first, stopped, echo", 1);
  see("PIN: ", 2);
  if (echoes(keyboard)) fail("it asks with echo");
  type("right\n");
  see("5 octets, the right ones", 1);
  see("shell: second, done, echo", 1);
  see("shell: third, stopped, echo", 1);
  see("PIN: ", 3);
  type("x\x03");
  see("shell: fourth, ended by a signal, echo", 1);
  if (strstr(screen, "wro\r") != NULL || strstr(screen, "right\r") != NULL) fail("the PIN is on the screen");
  if (waitpid(child, &status, 0) != child || status != 0) fail("the shell");
  puts("asked again");
  return 0;
}
