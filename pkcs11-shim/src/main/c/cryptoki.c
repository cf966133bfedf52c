/*
 * The module's face: every exported function and the lists of them. A function does no more here than enter Java,
 * call the entry point of its name and leave; C_Initialize and C_Finalize are in process.c.
 */
#define _POSIX_C_SOURCE 200809L
#include "cryptoki.h"

#include <string.h>
#include <time.h>

#include "entry_points.h"
#include "process.h"

/* A table row names the parameters of functions that do not use them. */
#pragma GCC diagnostic ignored "-Wunused-parameter"

#define EXPORT(name, parameters, entry_point)      \
    CK_RV name parameters {                        \
        call_t call;                               \
        CK_RV rv = enter_java(&call);              \
        if (rv == CKR_OK) {                        \
            rv = entry_point;                      \
            leave_java(&call);                     \
        }                                          \
        return rv;                                 \
    }
#define FUNCTION(name, parameters, arguments) EXPORT(name, parameters, tpm2_token_##name(call.thread, UNPACK arguments))
#define ANSWERED_HERE(name, parameters)
#include "functions.def"
#define FUNCTION(name, parameters, arguments) EXPORT(name, parameters, tpm2_token_##name(call.thread, UNPACK arguments))
#define ANSWERED_HERE(name, parameters)
#include "functions_3_0.def"
#define FUNCTION(name, parameters, arguments) EXPORT(name, parameters, tpm2_token_##name(call.thread, UNPACK arguments))
#define ANSWERED_HERE(name, parameters)
#include "functions_3_2.def"

/* 5.16: relics of functions that ran in parallel. The specification fixes their answer. */
static CK_RV not_parallel(void) {
    call_t call;
    CK_RV rv = enter_java(&call);
    if (rv == CKR_OK) {
        leave_java(&call);
        rv = CKR_FUNCTION_NOT_PARALLEL;
    }
    return rv;
}

CK_RV C_GetFunctionStatus(CK_SESSION_HANDLE session) {
    return not_parallel();
}

CK_RV C_CancelFunction(CK_SESSION_HANDLE session) {
    return not_parallel();
}

/*
 * 5.5.4. Who waits for an event looks for one again and again, and is nowhere between two looks: no lock is held, so
 * that C_Finalize need not wait for it, and the look after C_Finalize ends the wait.
 */
CK_RV C_WaitForSlotEvent(CK_FLAGS flags, CK_SLOT_ID *slot, void *reserved) {
    const struct timespec between = {0, 100 * 1000 * 1000};
    unsigned long generation = 0;
    for (;;) {
        call_t call;
        CK_RV rv = enter_java(&call);
        if (rv != CKR_OK) {
            return rv;
        }
        const bool other = generation != 0 && generation != call.generation;
        generation = call.generation;
        if (other) {
            rv = CKR_CRYPTOKI_NOT_INITIALIZED;
        } else if (slot == NULL || reserved != NULL) {
            rv = CKR_ARGUMENTS_BAD;
        } else {
            rv = tpm2_token_poll_slot_event(call.thread, slot);
        }
        leave_java(&call);
        if (rv != CKR_NO_EVENT || (flags & CKF_DONT_BLOCK) != 0) {
            return rv;
        }
        nanosleep(&between, NULL);
    }
}

static CK_FUNCTION_LIST functions_2_40 = {
    .version = {2, 40},
#define FUNCTION(name, parameters, arguments) .name = name,
#define ANSWERED_HERE(name, parameters) .name = name,
#include "functions.def"
};

/* A list's C_GetInfo tells the version of the list. */
static CK_RV get_info_as(CK_INFO *info, CK_VERSION version) {
    CK_RV rv = C_GetInfo(info);
    if (rv == CKR_OK) {
        info->cryptokiVersion = version;
    }
    return rv;
}

static CK_RV get_info_3_0(CK_INFO *info) {
    return get_info_as(info, (CK_VERSION){3, 0});
}

static CK_RV get_info_3_2(CK_INFO *info) {
    return get_info_as(info, (CK_VERSION){3, 2});
}

/* The one entry that differs comes after those of the table. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Woverride-init"
static CK_FUNCTION_LIST_3_0 functions_3_0 = {
    .version = {3, 0},
#define FUNCTION(name, parameters, arguments) .name = name,
#define ANSWERED_HERE(name, parameters) .name = name,
#include "functions.def"
#define FUNCTION(name, parameters, arguments) .name = name,
#define ANSWERED_HERE(name, parameters) .name = name,
#include "functions_3_0.def"
    .C_GetInfo = get_info_3_0,
};

static CK_FUNCTION_LIST_3_2 functions_3_2 = {
    .version = {3, 2},
#define FUNCTION(name, parameters, arguments) .name = name,
#define ANSWERED_HERE(name, parameters) .name = name,
#include "functions.def"
#define FUNCTION(name, parameters, arguments) .name = name,
#define ANSWERED_HERE(name, parameters) .name = name,
#include "functions_3_0.def"
#define FUNCTION(name, parameters, arguments) .name = name,
#define ANSWERED_HERE(name, parameters) .name = name,
#include "functions_3_2.def"
    .C_GetInfo = get_info_3_2,
};
#pragma GCC diagnostic pop

/*
 * The interfaces of 3.0, the default one first. CKF_INTERFACE_FORK_SAFE is not among the flags: it promises that
 * sessions and logins live on in a forked child, where here the child starts anew with C_Initialize.
 */
static CK_INTERFACE interfaces[] = {
    {.pInterfaceName = (CK_UTF8CHAR *)"PKCS 11", .pFunctionList = &functions_3_2, .flags = 0},
    {.pInterfaceName = (CK_UTF8CHAR *)"PKCS 11", .pFunctionList = &functions_3_0, .flags = 0},
    {.pInterfaceName = (CK_UTF8CHAR *)"PKCS 11", .pFunctionList = &functions_2_40, .flags = 0},
};
static const CK_ULONG interface_count = sizeof interfaces / sizeof interfaces[0];

CK_RV C_GetFunctionList(CK_FUNCTION_LIST **list) {
    if (list == NULL) {
        return CKR_ARGUMENTS_BAD;
    }
    *list = &functions_2_40;
    return CKR_OK;
}

CK_RV C_GetInterfaceList(CK_INTERFACE *list, CK_ULONG *count) {
    if (count == NULL) {
        return CKR_ARGUMENTS_BAD;
    }
    CK_ULONG room = *count;
    *count = interface_count;
    if (list == NULL) {
        return CKR_OK;
    }
    if (room < interface_count) {
        return CKR_BUFFER_TOO_SMALL;
    }
    memcpy(list, interfaces, sizeof interfaces);
    return CKR_OK;
}

/* Each of name, version and flags narrows the choice; NULL and 0 do not. Every list begins with its version. */
CK_RV C_GetInterface(CK_UTF8CHAR *name, CK_VERSION *version, CK_INTERFACE **interface, CK_FLAGS flags) {
    if (interface == NULL) {
        return CKR_ARGUMENTS_BAD;
    }
    for (CK_ULONG i = 0; i < interface_count; i++) {
        const CK_VERSION *offered = interfaces[i].pFunctionList;
        bool name_fits = name == NULL || strcmp((const char *)name, (const char *)interfaces[i].pInterfaceName) == 0;
        bool version_fits = version == NULL || (version->major == offered->major && version->minor == offered->minor);
        if (name_fits && version_fits && (flags & ~interfaces[i].flags) == 0) {
            *interface = &interfaces[i];
            return CKR_OK;
        }
    }
    return CKR_FUNCTION_FAILED;
}
