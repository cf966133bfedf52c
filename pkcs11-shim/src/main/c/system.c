/*
 * What Java in the image wants of the system and has no words for: libtss2-tctildr, loaded when somebody names a TCTI
 * of it, and a program started that outlives us. Declared to Java in ImageSystem.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* TSS2_TCTI_CONTEXT_COMMON_V1 of the TCG TSS 2.0 TCTI specification, as far as it is used. */
typedef struct tcti {
    uint64_t magic;
    uint32_t version;
    uint32_t (*transmit)(struct tcti *, size_t, const uint8_t *);
    uint32_t (*receive)(struct tcti *, size_t *, uint8_t *, int32_t);
} tcti_t;

enum { NOT_IMPLEMENTED = 2, BAD_VALUE = 0xb, MOST_WORDS = 32 };

long tpm2_token_tcti_open(const char *name_and_configuration, char *error);
int tpm2_token_tcti_transmit(tcti_t *tcti, const char *command, long length);
int tpm2_token_tcti_receive(tcti_t *tcti, char *response, long room, int milliseconds);
void tpm2_token_tcti_close(tcti_t *tcti);
int tpm2_token_launch(const char *words);

/* Looked up at each use: a TCTI is opened once for many commands. The library stays loaded. */
static void *tctildr(const char *function) {
    void *library = dlopen("libtss2-tctildr.so.0", RTLD_NOW | RTLD_LOCAL);
    return library != NULL ? dlsym(library, function) : NULL;
}

/* The context, or 0; then error holds the TSS2_RC, or 0 if the library is missing. */
long tpm2_token_tcti_open(const char *name_and_configuration, char *error) {
    uint32_t (*initialize)(const char *, tcti_t **);
    *(void **)&initialize = tctildr("Tss2_TctiLdr_Initialize");
    tcti_t *tcti = NULL;
    uint32_t rc = initialize != NULL ? initialize(name_and_configuration, &tcti) : 0;
    memcpy(error, &rc, sizeof rc);
    return rc == 0 ? (long)tcti : 0;
}

int tpm2_token_tcti_transmit(tcti_t *tcti, const char *command, long length) {
    return (int)tcti->transmit(tcti, (size_t)length, (const uint8_t *)command);
}

/* How many bytes came; INT_MIN if the TCTI does not know time limits; -1 for any other failure. */
int tpm2_token_tcti_receive(tcti_t *tcti, char *response, long room, int milliseconds) {
    size_t size = (size_t)room;
    uint32_t code = tcti->receive(tcti, &size, (uint8_t *)response, milliseconds) & 0xffff;
    if (code == NOT_IMPLEMENTED || code == BAD_VALUE) {
        return INT_MIN;
    }
    return code == 0 && size <= (size_t)room ? (int)size : -1;
}

void tpm2_token_tcti_close(tcti_t *tcti) {
    void (*finalize)(tcti_t **);
    *(void **)&finalize = tctildr("Tss2_TctiLdr_Finalize");
    if (finalize != NULL) {
        finalize(&tcti);
    }
}

/* In the grandchild, of which the host knows nothing: only what is safe after a fork among threads. */
static void become(char *const argv[], int report) {
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    signal(SIGPIPE, SIG_DFL);
    setsid();
    report = fcntl(report, F_DUPFD_CLOEXEC, 3); /* a host may have closed its standard streams: it can be one of them */
    int null = open("/dev/null", O_RDWR);
    for (int stream = 0; stream <= 2; stream++) {
        dup2(null, stream);
        fcntl(stream, F_SETFD, 0);
    }
    if (report != 3) {
        dup3(report, 3, O_CLOEXEC);
    }
    close_range(4, ~0U, 0);
    if (chdir("/") == 0) {
        execvp(argv[0], argv);
    }
    int error = errno;
    if (write(3, &error, sizeof error) < 0) {
        _exit(126);
    }
    _exit(127);
}

/* Starts a program as nobody's child. 0, or errno of what went wrong, known when exec has succeeded or failed. */
int tpm2_token_launch(const char *words) {
    char *argv[MOST_WORDS + 1];
    int count = 0;
    for (const char *word = words; *word != '\0' && count < MOST_WORDS; word += strlen(word) + 1) {
        argv[count++] = (char *)word;
    }
    argv[count] = NULL;
    int report[2];
    if (pipe2(report, O_CLOEXEC) != 0) {
        return errno;
    }
    pid_t child = fork();
    if (child == 0) {
        if (fork() == 0) {
            become(argv, report[1]);
        }
        _exit(0);
    }
    int error = child < 0 ? errno : 0;
    close(report[1]);
    if (child > 0) {
        while (waitpid(child, NULL, 0) < 0 && errno == EINTR) {
        }
        if (read(report[0], &error, sizeof error) != sizeof error) {
            error = 0; /* closed by the exec that succeeded */
        }
    }
    close(report[0]);
    return error;
}
