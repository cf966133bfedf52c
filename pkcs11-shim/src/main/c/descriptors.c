/*
 * The JDK's C opens most descriptors without O_CLOEXEC: a JVM's own way to start a program closes all that it does not
 * pass on. A host's does not: what it execs while we hold a TPM would hold it as well, and /dev/tpm0 lets one in at a
 * time. So all that is linked into the image opens through here (the linker's --wrap, listed in build-native), and
 * nothing that is the host's.
 *
 * Standard streams are what a program is given on purpose: a descriptor that is put there stays.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/socket.h>
#include <unistd.h>

#define WRAPS(result, name, ...) \
    result __real_##name(__VA_ARGS__); \
    result __wrap_##name(__VA_ARGS__); \
    result __wrap_##name(__VA_ARGS__)

/* The mode, which is there where a file may be made. */
#define MODE(mode, flags) \
    mode_t mode = 0; \
    if (((flags) & O_CREAT) != 0 || ((flags) & O_TMPFILE) == O_TMPFILE) { \
        va_list rest; \
        va_start(rest, flags); \
        mode = va_arg(rest, mode_t); \
        va_end(rest); \
    }

WRAPS(int, open, const char *path, int flags, ...) {
    MODE(mode, flags)
    return __real_open(path, flags | O_CLOEXEC, mode);
}

WRAPS(int, open64, const char *path, int flags, ...) {
    MODE(mode, flags)
    return __real_open64(path, flags | O_CLOEXEC, mode);
}

WRAPS(int, openat, int folder, const char *path, int flags, ...) {
    MODE(mode, flags)
    return __real_openat(folder, path, flags | O_CLOEXEC, mode);
}

WRAPS(int, openat64, int folder, const char *path, int flags, ...) {
    MODE(mode, flags)
    return __real_openat64(folder, path, flags | O_CLOEXEC, mode);
}

/* "e" is glibc's word for it, behind what the standard knows: "r", "r+", "rb"... */
static const char *close_on_exec(const char *mode, char room[8]) {
    const size_t length = strlen(mode);
    if (length + 1 < 8) {
        memcpy(room, mode, length);
        memcpy(room + length, "e", 2);
        return room;
    }
    return mode;
}

WRAPS(FILE *, fopen, const char *path, const char *mode) {
    char room[8];
    return __real_fopen(path, close_on_exec(mode, room));
}

WRAPS(FILE *, fopen64, const char *path, const char *mode) {
    char room[8];
    return __real_fopen64(path, close_on_exec(mode, room));
}

WRAPS(int, socket, int domain, int type, int protocol) {
    return __real_socket(domain, type | SOCK_CLOEXEC, protocol);
}

WRAPS(int, socketpair, int domain, int type, int protocol, int pair[2]) {
    return __real_socketpair(domain, type | SOCK_CLOEXEC, protocol, pair);
}

WRAPS(int, accept, int listening, struct sockaddr *address, socklen_t *length) {
    return accept4(listening, address, length, SOCK_CLOEXEC);
}

WRAPS(int, pipe, int ends[2]) {
    return pipe2(ends, O_CLOEXEC);
}

WRAPS(int, eventfd, unsigned int count, int flags) {
    return __real_eventfd(count, flags | EFD_CLOEXEC);
}

WRAPS(int, epoll_create, int size) {
    (void)size; /* unused by the kernel since 2.6.8 */
    return epoll_create1(EPOLL_CLOEXEC);
}

WRAPS(int, epoll_create1, int flags) {
    return __real_epoll_create1(flags | EPOLL_CLOEXEC);
}

WRAPS(int, inotify_init, void) {
    return inotify_init1(IN_CLOEXEC);
}

WRAPS(int, dup, int descriptor) {
    return fcntl(descriptor, F_DUPFD_CLOEXEC, 0);
}

WRAPS(int, dup2, int descriptor, int place) {
    return place <= STDERR_FILENO || place == descriptor ? __real_dup2(descriptor, place) : dup3(descriptor, place, O_CLOEXEC);
}
