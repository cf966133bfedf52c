/*
 * What Java exports to C (@CEntryPoint), and nothing else may call. None lets an exception out, none is called
 * before tpm2_token_initialize or after tpm2_token_finalize, which are called with no other call under way.
 */
#ifndef ENTRY_POINTS_H
#define ENTRY_POINTS_H

#include "cryptoki.h"
#include "graal_isolate.h"

/* arguments may be NULL. secure: the process runs with more rights than its user (AT_SECURE), so trust no environment. */
CK_RV tpm2_token_initialize(graal_isolatethread_t *thread, CK_C_INITIALIZE_ARGS *arguments, int secure);

/* Ends every thread that Java started: what still runs keeps the isolate from going away. */
CK_RV tpm2_token_finalize(graal_isolatethread_t *thread);

/* C_WaitForSlotEvent without waiting: CKR_NO_EVENT where nothing has happened. */
CK_RV tpm2_token_poll_slot_event(graal_isolatethread_t *thread, CK_SLOT_ID *slot);

#define UNPACK(...) __VA_ARGS__
#define FUNCTION(name, parameters, arguments) CK_RV tpm2_token_##name(graal_isolatethread_t *thread, UNPACK parameters);
#define ANSWERED_HERE(name, parameters)
#include "functions.def"
#define FUNCTION(name, parameters, arguments) CK_RV tpm2_token_##name(graal_isolatethread_t *thread, UNPACK parameters);
#define ANSWERED_HERE(name, parameters)
#include "functions_3_0.def"
#define FUNCTION(name, parameters, arguments) CK_RV tpm2_token_##name(graal_isolatethread_t *thread, UNPACK parameters);
#define ANSWERED_HERE(name, parameters)
#include "functions_3_2.def"

#endif
