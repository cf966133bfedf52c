/*
 * The person at the terminal: a question, a secret typed without echo, and a helper program that asks in a window.
 * Declared to Java in ImageTerminal. What is read goes to the caller's buffer alone.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

enum { NOBODY = -1, FAILED = -2 };

int tpm2_token_ask(const char *prompt, int echo, char *answer, int room);
int tpm2_token_ask_program(const char *program, const char *prompt, char *answer, int room);
int tpm2_token_is_terminal(int descriptor);

static volatile sig_atomic_t caught;

static void catch(int number) {
    caught = number;
}

static const int ends[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
enum { ENDS = sizeof ends / sizeof *ends };

/* One line, without its end, octet by octet so that nothing behind it is taken; -1 at the end of input. */
static int read_line(int descriptor, char *answer, int room) {
    int length = 0;
    for (;;) {
        char octet;
        ssize_t count = read(descriptor, &octet, 1);
        if (count < 0 && errno == EINTR && caught == 0) {
            continue;
        }
        if (count <= 0) {
            return length > 0 && caught == 0 ? length : NOBODY;
        }
        if (octet == '\n') {
            return length;
        }
        if (length < room) {
            answer[length++] = octet;
        }
    }
}

static void say(int descriptor, const char *text) {
    if (write(descriptor, text, strlen(text)) < 0) {
        return; /* whoever hung up does not read it */
    }
}

/* The length of the answer, or NOBODY. A signal that ends the program does so with echo restored. */
int tpm2_token_ask(const char *prompt, int echo, char *answer, int room) {
    int tty = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
    struct termios before;
    if (tty < 0 || tcgetattr(tty, &before) != 0) {
        if (tty >= 0) {
            close(tty);
        }
        return NOBODY;
    }
    struct sigaction old[ENDS], mine = {.sa_handler = catch};
    caught = 0;
    for (int i = 0; i < ENDS; i++) {
        sigaction(ends[i], &mine, &old[i]);
    }
    struct termios silent = before;
    if (!echo) {
        silent.c_lflag &= ~(tcflag_t)(ECHO | ECHOE | ECHOK);
    }
    tcsetattr(tty, TCSAFLUSH, &silent);
    say(tty, prompt);
    int length = read_line(tty, answer, room);
    tcsetattr(tty, TCSAFLUSH, &before);
    if (!echo) {
        say(tty, "\n");
    }
    for (int i = 0; i < ENDS; i++) {
        sigaction(ends[i], &old[i], NULL);
    }
    close(tty);
    if (caught != 0) {
        raise(caught);
    }
    return length;
}

/* The length of the first line that the program writes, or FAILED. */
int tpm2_token_ask_program(const char *program, const char *prompt, char *answer, int room) {
    int channel[2];
    if (pipe2(channel, O_CLOEXEC) != 0) {
        return FAILED;
    }
    pid_t child = fork();
    if (child == 0) {
        dup2(channel[1], STDOUT_FILENO);
        signal(SIGPIPE, SIG_DFL); /* main ignores it, and that would be inherited */
        execlp(program, program, prompt, (char *)NULL);
        _exit(127);
    }
    close(channel[1]);
    int length = FAILED;
    int status = 0;
    if (child > 0) {
        caught = 0;
        length = read_line(channel[0], answer, room);
        close(channel[0]);
        while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
        }
    } else {
        close(channel[0]);
    }
    return status == 0 && length >= 0 ? length : FAILED;
}

int tpm2_token_is_terminal(int descriptor) {
    return isatty(descriptor);
}
