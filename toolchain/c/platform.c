/* Wrappers the image calls because it cannot call a variadic function or read a C macro itself. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

extern char **environ;

char **getEnviron(void) {
    return environ;
}

int getThreadId(void) {
    return (int)syscall(SYS_gettid);
}

int openSII(const char *path, int flags, int mode) {
    return open(path, flags, mode);
}

int openatISII(int folder, const char *path, int flags, int mode) {
    return openat(folder, path, flags, mode);
}

int fprintfSD(FILE *stream, const char *format, const char *text, int number) {
    /* The only caller passes a format of its own, "%s ... %d". */
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    return fprintf(stream, format, text, number);
}

void *mremapP(void *old, size_t old_size, size_t new_size, int flags, void *new_address) {
    return mremap(old, old_size, new_size, flags, new_address);
}

/* The zone's name for java.util.TimeZone: TZ, else the target of the system's link. The caller owns the string. */
char *SVM_FindJavaTZmd(const char *mappings, int length) {
    (void)mappings; /* Windows only */
    (void)length;
    const char *zone = getenv("TZ");
    if (zone != NULL && *zone != '\0') {
        return strdup(zone[0] == ':' ? zone + 1 : zone);
    }
    char target[4096];
    ssize_t size = readlink("/etc/localtime", target, sizeof target - 1);
    if (size > 0) {
        target[size] = '\0';
        const char *folder = strstr(target, "zoneinfo/");
        if (folder != NULL) {
            return strdup(folder + strlen("zoneinfo/"));
        }
    }
    return strdup("UTC");
}
