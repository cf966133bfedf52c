/*
 * The person at the terminal: a question, a secret typed without echo, and a helper program that asks in a window.
 * Declared to Java in ImageTerminal. What is read goes to the caller's buffer alone.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

enum { NOBODY = -1, FAILED = -2 };

int tpm2_token_ask(const char *prompt, int echo, char *answer, int room);
int tpm2_token_ask_program(const char *program, const char *prompt, char *answer, int room);
int tpm2_token_is_terminal(int descriptor);

static volatile sig_atomic_t caught;
static volatile sig_atomic_t is_in_background;

static void catch(int number) {
    caught = number;
    if (number == SIGTTOU) {
        is_in_background = 1;
    }
}

/* What ends the program, and what stops it: neither may leave the terminal without echo. */
static const int signals[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP, SIGTTIN, SIGTTOU};
enum { SIGNALS = sizeof signals / sizeof *signals };

static bool stops(int number) {
    return number == SIGTSTP || number == SIGTTIN || number == SIGTTOU;
}

/*
 * One line, without its end, octet by octet so that nothing behind it is taken; -1 at the end of input, and where a
 * signal was caught. Only while it waits are signals as `waiting` has them: one that comes a moment before is not missed.
 */
static int read_line(int descriptor, const sigset_t *waiting, char *answer, int room) {
    int length = 0;
    while (caught == 0) {
        char octet;
        struct pollfd input = {.fd = descriptor, .events = POLLIN};
        if (ppoll(&input, 1, NULL, waiting) < 0 && errno == EINTR) {
            continue;
        }
        ssize_t count = read(descriptor, &octet, 1);
        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count <= 0) {
            return length > 0 ? length : NOBODY;
        }
        if (octet == '\n') {
            return length;
        }
        if (length < room) {
            answer[length++] = octet;
        }
    }
    return NOBODY;
}

static void say(int descriptor, const char *text) {
    if (write(descriptor, text, strlen(text)) < 0) {
        return; /* whoever hung up does not read it */
    }
}

/* Whether it is so now; not where the terminal is another job's. */
static bool set_terminal(int tty, const struct termios *wanted) {
    is_in_background = 0;
    while (tcsetattr(tty, TCSAFLUSH, wanted) != 0) {
        if (errno != EINTR || is_in_background) {
            return false;
        }
    }
    return true;
}

/* Asks with the terminal as it has to be, and leaves it as it was. */
static int ask_on(int tty, const char *prompt, int echo, char *answer, int room) {
    struct termios before;
    if (tcgetattr(tty, &before) != 0) {
        return NOBODY;
    }
    struct termios silent = before;
    if (!echo) {
        silent.c_lflag &= ~(tcflag_t)(ECHO | ECHOE | ECHOK);
    }
    if (!set_terminal(tty, &silent)) {
        return NOBODY;
    }
    sigset_t held, old;
    sigemptyset(&held);
    for (int i = 0; i < SIGNALS; i++) {
        if (signals[i] != SIGTTIN && signals[i] != SIGTTOU) { /* which, held, would let a job in the background go on */
            sigaddset(&held, signals[i]);
        }
    }
    pthread_sigmask(SIG_BLOCK, &held, &old);
    say(tty, prompt);
    int length = read_line(tty, &old, answer, room);
    set_terminal(tty, &before);
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    if (!echo) {
        say(tty, "\n");
    }
    return length;
}

/*
 * The length of the answer, or NOBODY. A signal that ends the program does so with the terminal as it was before; one
 * that stops it, too, and when it goes on it asks again: what was typed before is forgotten.
 */
int tpm2_token_ask(const char *prompt, int echo, char *answer, int room) {
    int tty = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
    if (tty < 0) {
        return NOBODY;
    }
    int length;
    do {
        struct sigaction old[SIGNALS], mine = {.sa_handler = catch};
        caught = 0;
        for (int i = 0; i < SIGNALS; i++) {
            sigaction(signals[i], &mine, &old[i]);
            if (old[i].sa_handler == SIG_IGN) {
                sigaction(signals[i], &old[i], NULL);
            }
        }
        length = ask_on(tty, prompt, echo, answer, room);
        for (int i = 0; i < SIGNALS; i++) {
            sigaction(signals[i], &old[i], NULL);
        }
        if (caught != 0) {
            explicit_bzero(answer, (size_t)room);
            length = NOBODY;
            raise(caught);
        }
    } while (stops(caught));
    close(tty);
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
        length = read_line(channel[0], NULL, answer, room);
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
