/*
 * The life of the isolate (Java's heap and threads) inside a process that belongs to someone else.
 *
 *  - It exists between C_Initialize and C_Finalize or the host's exit. Before, the library has no thread, no descriptor
 *    and no memory.
 *  - Calls hold `lock` for reading, C_Initialize and C_Finalize for writing: no thread is in Java at tear-down.
 *  - Each isolate has a `generation`, a number never used again, not even in a forked child. A thread remembers the
 *    generation it is attached to; any other number means that its attachment went away with an isolate.
 *  - A forked child has the parent's memory but none of its threads. What it inherits is forgotten, never entered
 *    and never torn down, and the child is not initialised until it says so.
 */
#define _GNU_SOURCE
#include "process.h"

#include <errno.h>
#include <sched.h>
#include <stdatomic.h>
#include <sys/auxv.h>
#include <time.h>
#include <unistd.h>

#include "entry_points.h"

/*
 * The isolate's address range, most of it never touched. It counts against the host's RLIMIT_AS, and the image's own
 * choice would be 32 GiB. Room for the Java heap (64 MiB, set in toolchain/native-image), as much again while a
 * collection copies it, and the image's own heap.
 */
#define RESERVED_ADDRESS_SPACE (160UL << 20)

/* Bytes of stack below which nothing is tried. Java itself says so politely where more than this is too little. */
#define LEAST_STACK (20UL << 10)

/* Seconds that a host's exit waits for its own other threads. */
#define PATIENCE_AT_EXIT 1

/* The plain lock prefers readers: a C_Finalize could wait for ever among busy threads. */
#define FRESH_LOCK PTHREAD_RWLOCK_WRITER_NONRECURSIVE_INITIALIZER_NP

enum { NOBODY = 0, FORGETTING = -1 };    /* no process has these ids */

static pthread_rwlock_t lock = FRESH_LOCK;
static atomic_int owner = NOBODY;        /* the process that the variables here belong to */
static graal_isolate_t *isolate;         /* NULL: not initialised */
static atomic_ulong generation;          /* of the isolate; counted up at each C_Initialize */
static bool once_per_library;            /* fork handler and thread key exist: kept for good, and inherited */
static pthread_key_t at_thread_exit;

static _Thread_local struct {
    graal_isolatethread_t *thread;
    unsigned long generation;            /* 0: never attached */
} attached;

/* --- fork ----------------------------------------------------------------------------------------------------------- */

/* The parent's other threads may have held the lock, or waited for it, at the moment of the fork. */
static void forget_parent(void) {
    lock = (pthread_rwlock_t)FRESH_LOCK;
    isolate = NULL;
    atomic_store(&owner, getpid());
}

/*
 * For a child in which no fork handler ran (a bare clone). It may have threads by the time of its first call: one of
 * them cleans up, marking the owner FORGETTING, and the others wait for it.
 */
static void notice_fork(void) {
    const int self = getpid();
    int seen = atomic_load(&owner);
    while (seen != self) {
        const int mark = seen == NOBODY ? self : FORGETTING;
        if (seen != FORGETTING && atomic_compare_exchange_strong(&owner, &seen, mark)) {
            if (mark == FORGETTING) {
                forget_parent();
            }
            return;
        }
        sched_yield();
        seen = atomic_load(&owner);
    }
}

/* --- what is the host's --------------------------------------------------------------------------------------------- */

/*
 * Java writes to sockets and pipes without MSG_NOSIGNAL, and SIGPIPE would end the host; a cancelled thread would be
 * unwound through Java's frames; errno is the host's. With `all`, no signal at all is taken: threads that Java starts
 * inherit the mask, so that the host's handlers never run on them.
 */
static void protect_host(host_t *host, bool all) {
    host->error = errno;
    pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &host->cancel_state);
    sigset_t blocked, pending;
    if (all) {
        sigfillset(&blocked);
    } else {
        sigemptyset(&blocked);
        sigaddset(&blocked, SIGPIPE);
    }
    pthread_sigmask(SIG_BLOCK, &blocked, &host->mask);
    host->sigpipe_was_pending = sigpending(&pending) == 0 && sigismember(&pending, SIGPIPE) == 1;
}

static void release_host(const host_t *host) {
    sigset_t pending, sigpipe;
    if (!host->sigpipe_was_pending && sigpending(&pending) == 0 && sigismember(&pending, SIGPIPE) == 1) {
        const struct timespec at_once = {0, 0};
        sigemptyset(&sigpipe);
        sigaddset(&sigpipe, SIGPIPE);
        while (sigtimedwait(&sigpipe, NULL, &at_once) < 0 && errno == EINTR) {
        }
    }
    pthread_sigmask(SIG_SETMASK, &host->mask, NULL);
    pthread_setcancelstate(host->cancel_state, NULL);
    errno = host->error;
}

/*
 * Every thread that Java starts comes through here (the linker's --wrap): it inherits the mask with which it is made,
 * and no handler of the host's is to run on a thread of ours.
 */
int __real_pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*start)(void *), void *argument);
int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*start)(void *), void *argument);

int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*start)(void *), void *argument) {
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int error = __real_pthread_create(thread, attributes, start, argument);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return error;
}

/*
 * Whether the caller runs on the stack that its thread was made with, and some of it is left. Java checks its stack at
 * each call by what pthread says of the thread, and aborts the host where that is not so: on a coroutine's stack, or
 * at the end of a very small one. For the main thread the answer is read from /proc, so it is asked for once a thread.
 */
static bool on_good_stack(void) {
    static _Thread_local const char *low, *high;
    const char *here = __builtin_frame_address(0);
    pthread_attr_t attributes;
    if (low == NULL && pthread_getattr_np(pthread_self(), &attributes) == 0) {
        void *start = NULL;
        size_t size = 0;
        pthread_attr_getstack(&attributes, &start, &size);
        pthread_attr_destroy(&attributes);
        low = start;
        high = low + size;
    }
    return low == NULL || (here >= low + LEAST_STACK && here < high);
}

/* --- threads -------------------------------------------------------------------------------------------------------- */

/* A thread of the host ends: Java's record of it, some kilobytes, ends too, if its isolate is still there. */
static void detach(void *unused) {
    (void)unused;
    host_t host;
    notice_fork();
    protect_host(&host, false);
    pthread_rwlock_rdlock(&lock);
    if (isolate != NULL && attached.generation == atomic_load(&generation) && on_good_stack()) {
        graal_detach_thread(attached.thread);
    }
    attached.generation = 0;
    pthread_rwlock_unlock(&lock);
    release_host(&host);
}

static void remember_attachment(graal_isolatethread_t *thread) {
    attached.thread = thread;
    attached.generation = atomic_load(&generation);
    pthread_setspecific(at_thread_exit, &attached); /* any value but NULL: the destructor runs for it */
}

/* Under the lock, with an isolate. NULL if there is no memory for one more thread. */
static graal_isolatethread_t *attach(void) {
    if (attached.generation != atomic_load(&generation)) {
        graal_isolatethread_t *thread = NULL;
        if (graal_attach_thread(isolate, &thread) != 0) {
            return NULL;
        }
        remember_attachment(thread);
    }
    return attached.thread;
}

CK_RV enter_java(call_t *call) {
    notice_fork();
    protect_host(&call->host, false);
    pthread_rwlock_rdlock(&lock);
    CK_RV rv = CKR_CRYPTOKI_NOT_INITIALIZED;
    if (isolate != NULL) {
        call->thread = on_good_stack() ? attach() : NULL;
        call->generation = atomic_load(&generation);
        rv = call->thread != NULL ? CKR_OK : CKR_HOST_MEMORY;
    }
    if (rv != CKR_OK) {
        leave_java(call);
    }
    return rv;
}

void leave_java(call_t *call) {
    pthread_rwlock_unlock(&lock);
    release_host(&call->host);
}

/* --- C_Initialize, C_Finalize --------------------------------------------------------------------------------------- */

/*
 * 5.4: mutex functions come all four or none. Whatever they are, the module locks with the system's own primitives:
 * clients that pass them (NSS, p11-kit) all run on system threads, and some take CKR_CANT_LOCK for fatal. Flags are
 * not looked at, nor is pReserved, in which NSS and p11-kit pass a string; Java reads both.
 */
static bool acceptable(const CK_C_INITIALIZE_ARGS *arguments) {
    if (arguments == NULL) {
        return true;
    }
    int given = (arguments->CreateMutex != NULL) + (arguments->DestroyMutex != NULL) + (arguments->LockMutex != NULL) + (arguments->UnlockMutex != NULL);
    return given == 0 || given == 4;
}

static bool prepare_library(void) {
    if (!once_per_library) {
        if (pthread_key_create(&at_thread_exit, detach) != 0) {
            return false;
        }
        once_per_library = pthread_atfork(NULL, NULL, forget_parent) == 0;
        if (!once_per_library) {
            pthread_key_delete(at_thread_exit);
        }
    }
    return once_per_library;
}

static CK_RV create_isolate(CK_C_INITIALIZE_ARGS *arguments) {
    graal_create_isolate_params_t parameters = {
        .version = __graal_create_isolate_params_version,
        .reserved_address_space_size = RESERVED_ADDRESS_SPACE,
    };
    graal_isolate_t *created = NULL;
    graal_isolatethread_t *thread = NULL;
    if (!on_good_stack()) {
        return CKR_HOST_MEMORY;
    }
    /* Too little memory, address space or stack, or a processor without a feature that the image was compiled for. */
    if (!prepare_library() || graal_create_isolate(&parameters, &created, &thread) != 0) {
        return CKR_GENERAL_ERROR;
    }
    CK_RV rv = tpm2_token_initialize(thread, arguments, getauxval(AT_SECURE) != 0);
    if (rv != CKR_OK) {
        graal_detach_all_threads_and_tear_down_isolate(thread);
        return rv;
    }
    isolate = created;
    atomic_fetch_add(&generation, 1);
    remember_attachment(thread);
    return CKR_OK;
}

CK_RV C_Initialize(void *arguments) {
    if (!acceptable(arguments)) {
        return CKR_ARGUMENTS_BAD;
    }
    host_t host;
    notice_fork();
    protect_host(&host, true);
    pthread_rwlock_wrlock(&lock);
    CK_RV rv = isolate != NULL ? CKR_CRYPTOKI_ALREADY_INITIALIZED : create_isolate(arguments);
    pthread_rwlock_unlock(&lock);
    release_host(&host);
    return rv;
}

CK_RV C_Finalize(void *reserved) {
    if (reserved != NULL) {
        return CKR_ARGUMENTS_BAD;
    }
    host_t host;
    notice_fork();
    protect_host(&host, true);
    pthread_rwlock_wrlock(&lock);
    CK_RV rv = CKR_CRYPTOKI_NOT_INITIALIZED;
    if (isolate != NULL) {
        graal_isolatethread_t *thread = on_good_stack() ? attach() : NULL;
        rv = CKR_HOST_MEMORY;
        if (thread != NULL) {
            rv = tpm2_token_finalize(thread);
            /* Other threads of the host are still attached, but with the lock held for writing none is in Java. */
            graal_detach_all_threads_and_tear_down_isolate(thread);
            isolate = NULL;
        }
    }
    pthread_rwlock_unlock(&lock);
    release_host(&host);
    return rv;
}

/*
 * A host that exits without C_Finalize, as those of libp11 and SunPKCS11 do: a TPM that it holds is given back, with
 * nothing of ours in it. On a bare one nobody else would clear that away before the next reset. A thread of the host's
 * that is still in a call is waited for, but not for ever.
 */
__attribute__((destructor)) static void finalize_at_exit(void) {
    host_t host;
    struct timespec limit;
    notice_fork();
    if (isolate == NULL) {
        return;
    }
    protect_host(&host, true);
    clock_gettime(CLOCK_REALTIME, &limit);
    limit.tv_sec += PATIENCE_AT_EXIT;
    if (pthread_rwlock_timedwrlock(&lock, &limit) == 0) {
        graal_isolatethread_t *thread = isolate != NULL && on_good_stack() ? attach() : NULL;
        if (thread != NULL) {
            tpm2_token_finalize(thread);
        }
        isolate = NULL; /* and not torn down: the process ends anyway */
        pthread_rwlock_unlock(&lock);
    }
    release_host(&host);
}
