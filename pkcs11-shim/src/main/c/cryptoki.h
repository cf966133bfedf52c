/*
 * As much of Cryptoki 2.40, 3.0 and 3.2 as the C side needs, written from the OASIS specification.
 * What stands behind a pointer is Java's to read: here most structures are names only. Everything has C's natural
 * alignment, as on every Unix (only Windows packs), and CK_ULONG is the machine word.
 */
#ifndef CRYPTOKI_H
#define CRYPTOKI_H

#include <stddef.h>

typedef unsigned char CK_BYTE;
typedef CK_BYTE CK_UTF8CHAR;
typedef CK_BYTE CK_BBOOL;
typedef unsigned long CK_ULONG;
typedef CK_ULONG CK_FLAGS;
typedef CK_ULONG CK_RV;
typedef CK_ULONG CK_SLOT_ID;
typedef CK_ULONG CK_SESSION_HANDLE;
typedef CK_ULONG CK_OBJECT_HANDLE;
typedef CK_ULONG CK_USER_TYPE;
typedef CK_ULONG CK_STATE;
typedef CK_ULONG CK_NOTIFICATION;
typedef CK_ULONG CK_MECHANISM_TYPE;
typedef CK_ULONG CK_ATTRIBUTE_TYPE;

typedef struct CK_VERSION {
    CK_BYTE major;
    CK_BYTE minor;
} CK_VERSION;

typedef struct CK_INFO {
    CK_VERSION cryptokiVersion;
    CK_UTF8CHAR manufacturerID[32];
    CK_FLAGS flags;
    CK_UTF8CHAR libraryDescription[32];
    CK_VERSION libraryVersion;
} CK_INFO;

typedef struct CK_SLOT_INFO {
    CK_UTF8CHAR slotDescription[64];
    CK_UTF8CHAR manufacturerID[32];
    CK_FLAGS flags;
    CK_VERSION hardwareVersion;
    CK_VERSION firmwareVersion;
} CK_SLOT_INFO;

typedef struct CK_TOKEN_INFO {
    CK_UTF8CHAR label[32];
    CK_UTF8CHAR manufacturerID[32];
    CK_UTF8CHAR model[16];
    CK_UTF8CHAR serialNumber[16];
    CK_FLAGS flags;
    CK_ULONG ulMaxSessionCount;
    CK_ULONG ulSessionCount;
    CK_ULONG ulMaxRwSessionCount;
    CK_ULONG ulRwSessionCount;
    CK_ULONG ulMaxPinLen;
    CK_ULONG ulMinPinLen;
    CK_ULONG ulTotalPublicMemory;
    CK_ULONG ulFreePublicMemory;
    CK_ULONG ulTotalPrivateMemory;
    CK_ULONG ulFreePrivateMemory;
    CK_VERSION hardwareVersion;
    CK_VERSION firmwareVersion;
    CK_UTF8CHAR utcTime[16];
} CK_TOKEN_INFO;

typedef struct CK_SESSION_INFO {
    CK_SLOT_ID slotID;
    CK_STATE state;
    CK_FLAGS flags;
    CK_ULONG ulDeviceError;
} CK_SESSION_INFO;

typedef struct CK_MECHANISM_INFO {
    CK_ULONG ulMinKeySize;
    CK_ULONG ulMaxKeySize;
    CK_FLAGS flags;
} CK_MECHANISM_INFO;

typedef struct CK_MECHANISM {
    CK_MECHANISM_TYPE mechanism;
    void *pParameter;
    CK_ULONG ulParameterLen;
} CK_MECHANISM;

typedef struct CK_ATTRIBUTE {
    CK_ATTRIBUTE_TYPE type;
    void *pValue;
    CK_ULONG ulValueLen;
} CK_ATTRIBUTE;

typedef CK_RV (*CK_NOTIFY)(CK_SESSION_HANDLE session, CK_NOTIFICATION event, void *application);

typedef struct CK_C_INITIALIZE_ARGS {
    CK_RV (*CreateMutex)(void **mutex);
    CK_RV (*DestroyMutex)(void *mutex);
    CK_RV (*LockMutex)(void *mutex);
    CK_RV (*UnlockMutex)(void *mutex);
    CK_FLAGS flags;
    void *pReserved;
} CK_C_INITIALIZE_ARGS;

typedef struct CK_FUNCTION_LIST CK_FUNCTION_LIST;

typedef struct CK_INTERFACE {
    CK_UTF8CHAR *pInterfaceName;
    void *pFunctionList;
    CK_FLAGS flags;
} CK_INTERFACE;

/* Every function, declared: the exported symbols. */
#define FUNCTION(name, parameters, arguments) CK_RV name parameters;
#define ANSWERED_HERE(name, parameters) CK_RV name parameters;
#include "functions.def"
#define FUNCTION(name, parameters, arguments) CK_RV name parameters;
#define ANSWERED_HERE(name, parameters) CK_RV name parameters;
#include "functions_3_0.def"
#define FUNCTION(name, parameters, arguments) CK_RV name parameters;
#define ANSWERED_HERE(name, parameters) CK_RV name parameters;
#include "functions_3_2.def"

/* The lists: the version, then a pointer to each function, in the specification's order. */
struct CK_FUNCTION_LIST {
    CK_VERSION version;
#define FUNCTION(name, parameters, arguments) CK_RV(*name) parameters;
#define ANSWERED_HERE(name, parameters) CK_RV(*name) parameters;
#include "functions.def"
};

typedef struct CK_FUNCTION_LIST_3_0 {
    CK_VERSION version;
#define FUNCTION(name, parameters, arguments) CK_RV(*name) parameters;
#define ANSWERED_HERE(name, parameters) CK_RV(*name) parameters;
#include "functions.def"
#define FUNCTION(name, parameters, arguments) CK_RV(*name) parameters;
#define ANSWERED_HERE(name, parameters) CK_RV(*name) parameters;
#include "functions_3_0.def"
} CK_FUNCTION_LIST_3_0;

typedef struct CK_FUNCTION_LIST_3_2 {
    CK_VERSION version;
#define FUNCTION(name, parameters, arguments) CK_RV(*name) parameters;
#define ANSWERED_HERE(name, parameters) CK_RV(*name) parameters;
#include "functions.def"
#define FUNCTION(name, parameters, arguments) CK_RV(*name) parameters;
#define ANSWERED_HERE(name, parameters) CK_RV(*name) parameters;
#include "functions_3_0.def"
#define FUNCTION(name, parameters, arguments) CK_RV(*name) parameters;
#define ANSWERED_HERE(name, parameters) CK_RV(*name) parameters;
#include "functions_3_2.def"
} CK_FUNCTION_LIST_3_2;

#define CKF_LIBRARY_CANT_CREATE_OS_THREADS 0x00000001UL
#define CKF_OS_LOCKING_OK 0x00000002UL

#define CKF_DONT_BLOCK 0x00000001UL

#define CKR_OK 0x00000000UL
#define CKR_HOST_MEMORY 0x00000002UL
#define CKR_GENERAL_ERROR 0x00000005UL
#define CKR_FUNCTION_FAILED 0x00000006UL
#define CKR_ARGUMENTS_BAD 0x00000007UL
#define CKR_NO_EVENT 0x00000008UL
#define CKR_FUNCTION_NOT_PARALLEL 0x00000051UL
#define CKR_BUFFER_TOO_SMALL 0x00000150UL
#define CKR_CRYPTOKI_NOT_INITIALIZED 0x00000190UL
#define CKR_CRYPTOKI_ALREADY_INITIALIZED 0x00000191UL

#endif
