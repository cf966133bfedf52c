/*
 * tpm2-token, the administrator's command: the same image as the module, with a main instead of function lists.
 * Ctrl-C ends it, as the shell has it. A TPM that goes while it is written to must not: that is answered by trying
 * again; and what cannot be written to a closed pipe is left unsaid.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "graal_isolate.h"

int tpm2_token_main(graal_isolatethread_t *thread, int argc, char **argv);

int main(int argc, char **argv) {
    signal(SIGPIPE, SIG_IGN);
    /* libtss2's libraries write to standard error unless they are told not to: what is wrong is said by us. */
    setenv("TSS2_LOG", "all+none", 0);
    /*
     * Any bound but the heap's would be a guess: the address space is free for a command, unlike for a module in a
     * host under RLIMIT_AS, so the image chooses. Java raises its own heap limit when a command needs more.
     */
    graal_create_isolate_params_t parameters = {.version = __graal_create_isolate_params_version};
    graal_isolate_t *isolate;
    graal_isolatethread_t *thread;
    int error = graal_create_isolate(&parameters, &isolate, &thread);
    if (error != 0) {
        fprintf(stderr, "tpm2-token: cannot start (error %d): too little memory, or a processor that lacks what this build needs\n", error);
        return 70; /* EX_SOFTWARE */
    }
    /* Not torn down: exit is what gives everything back, and at once. */
    return tpm2_token_main(thread, argc, argv);
}
