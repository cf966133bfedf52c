/*
 * What the JDK's C takes to be its own in a process that is somebody else's; all that is linked into the image goes
 * through here, as with descriptors.c.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

char *__real_getcwd(char *room, size_t size);
char *__wrap_getcwd(char *room, size_t size);
int __real_sigaction(int number, const struct sigaction *wanted, struct sigaction *before);
int __wrap_sigaction(int number, const struct sigaction *wanted, struct sigaction *before);
int __real_pthread_kill(pthread_t thread, int number);
int __wrap_pthread_kill(pthread_t thread, int number);

/* Java does not start without a folder to work in. A host whose own was deleted has none: paths begin at the root. */
char *__wrap_getcwd(char *room, size_t size) {
    char *folder = __real_getcwd(room, size);
    return folder == NULL && errno == ENOENT && room != NULL && size >= sizeof "/" ? strcpy(room, "/") : folder;
}

/*
 * The signal by which the JDK wakes a thread that waits on a channel which another closes. Here nobody closes a channel
 * on which another thread waits: TpmDevice's lock is held meanwhile.
 */
static int wakes_threads(int number) {
    return number == SIGRTMAX - 2;
}

/* Handlers stay the host's: that of the signal above, and that of SIGCHLD, which the JDK resets before it has a child. */
int __wrap_sigaction(int number, const struct sigaction *wanted, struct sigaction *before) {
    const int is_hosts = wakes_threads(number) || number == SIGCHLD;
    return __real_sigaction(number, is_hosts ? NULL : wanted, before);
}

int __wrap_pthread_kill(pthread_t thread, int number) {
    return wakes_threads(number) ? 0 : __real_pthread_kill(thread, number);
}
