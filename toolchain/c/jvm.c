/*
 * What the JDK's own C (libjava, libnet, libnio, libzip) asks of a virtual machine. The image is its own machine, so
 * little is left. A function that is missing here is found by ../link, which refuses undefined symbols.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

/* Called once in each new isolate; there is nothing to set up. */
void initialize(void) {
}

/* The processors this process may run on, which cgroups and taskset make fewer than the machine has. */
int JVM_ActiveProcessorCount(void) {
    cpu_set_t allowed;
    if (sched_getaffinity(0, sizeof allowed, &allowed) == 0) {
        return CPU_COUNT(&allowed);
    }
    long online = sysconf(_SC_NPROCESSORS_ONLN); /* more processors than the set above has room for */
    return online > 0 ? (int)online : 1;
}

void *JVM_FindLibraryEntry(void *library, const char *name) {
    return dlsym(library, name);
}

/* Runtime.halt. _exit rather than exit: the host's atexit handlers are not Java's to run. */
void JVM_Halt(int status) {
    _exit(status);
}

/* Unlike snprintf it promises a terminator and returns -1 when the text does not fit. */
int jio_vsnprintf(char *text, size_t size, const char *format, va_list arguments) {
    if (size == 0 || (ssize_t)size < 0) {
        return -1;
    }
    int length = vsnprintf(text, size, format, arguments);
    return length >= 0 && (size_t)length >= size ? -1 : length;
}

int jio_snprintf(char *text, size_t size, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    int length = jio_vsnprintf(text, size, format, arguments);
    va_end(arguments);
    return length;
}
