/* Between the exported functions and Java: which isolate, which thread, what of the host's must not change. */
#ifndef PROCESS_H
#define PROCESS_H

#include <pthread.h>
#include <signal.h>
#include <stdbool.h>

#include "cryptoki.h"
#include "graal_isolate.h"

/* What is put back when a call returns to the host. */
typedef struct host {
    sigset_t mask;
    bool sigpipe_was_pending;
    int cancel_state;
    int error;
} host_t;

typedef struct call {
    graal_isolatethread_t *thread;
    unsigned long generation; /* of the isolate: another number means that C_Finalize came in between */
    host_t host;
} call_t;

/* CKR_OK: the thread may call Java, and leave_java must follow. Anything else is the answer of the function. */
CK_RV enter_java(call_t *call);
void leave_java(call_t *call);

#endif
