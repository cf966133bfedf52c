/*
 * bench MODULE LABEL PIN SECONDS [cold]: how fast a PKCS#11 module signs, asked as any client asks. Prints
 *   cold MS          from dlopen over login and one RSA signature to C_Finalize
 *   rsa RATE MEDIAN  signatures a second and the median in ms, key by key ("ec" likewise)
 * With "cold", that line alone: one run whose TPM commands somebody counts.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cryptoki.h"

enum { CLASS = 0, KEY_TYPE = 0x100, PRIVATE_KEY = 3, RSA = 0, EC = 3, RSA_PKCS = 1, ECDSA = 0x1041, MOST = 200000 };

static CK_FUNCTION_LIST *p11;

#define REQUIRE(call)                                              \
    do {                                                           \
        CK_RV rv = (call);                                         \
        if (rv != CKR_OK) {                                        \
            fprintf(stderr, "%s: 0x%lx\n", #call, (unsigned long)rv); \
            exit(1);                                               \
        }                                                          \
    } while (0)

static double milliseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1e3 + now.tv_nsec / 1e6;
}

static int ascending(const void *a, const void *b) {
    double difference = *(const double *)a - *(const double *)b;
    return (difference > 0) - (difference < 0);
}

static void load(const char *module) {
    void *library = dlopen(module, RTLD_NOW | RTLD_LOCAL);
    if (library == NULL) {
        fprintf(stderr, "%s\n", dlerror());
        exit(1);
    }
    CK_RV (*get)(CK_FUNCTION_LIST **);
    *(void **)&get = dlsym(library, "C_GetFunctionList");
    REQUIRE(get(&p11));
    CK_C_INITIALIZE_ARGS arguments = {.flags = 2}; /* CKF_OS_LOCKING_OK */
    REQUIRE(p11->C_Initialize(&arguments));
}

static CK_SESSION_HANDLE login(const char *label, const char *pin) {
    CK_SLOT_ID slots[16];
    CK_ULONG count = 16;
    REQUIRE(p11->C_GetSlotList(1, slots, &count));
    for (CK_ULONG i = 0; i < count; i++) {
        CK_TOKEN_INFO info;
        CK_SESSION_HANDLE session;
        if (p11->C_GetTokenInfo(slots[i], &info) == CKR_OK && memcmp(info.label, label, strlen(label)) == 0) {
            REQUIRE(p11->C_OpenSession(slots[i], 4 | 2, NULL, NULL, &session));
            REQUIRE(p11->C_Login(session, 1, (CK_UTF8CHAR *)pin, strlen(pin)));
            return session;
        }
    }
    fprintf(stderr, "no token %s\n", label);
    exit(1);
}

static CK_OBJECT_HANDLE find(CK_SESSION_HANDLE session, CK_ULONG type) {
    CK_ULONG class = PRIVATE_KEY;
    CK_ATTRIBUTE wanted[] = {{CLASS, &class, sizeof class}, {KEY_TYPE, &type, sizeof type}};
    CK_OBJECT_HANDLE key;
    CK_ULONG count;
    REQUIRE(p11->C_FindObjectsInit(session, wanted, 2));
    REQUIRE(p11->C_FindObjects(session, &key, 1, &count));
    REQUIRE(p11->C_FindObjectsFinal(session));
    if (count != 1) {
        fprintf(stderr, "no key of type %lu\n", (unsigned long)type);
        exit(1);
    }
    return key;
}

static void sign(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE key, CK_ULONG type) {
    /* The DigestInfo of a SHA-256 of zeros; its last 32 bytes for ECDSA. */
    CK_BYTE data[51] = {0x30, 0x31, 0x30, 0x0d, 6, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 1, 5, 0, 4, 0x20};
    CK_MECHANISM mechanism = {type == RSA ? RSA_PKCS : ECDSA, NULL, 0};
    CK_BYTE signature[512];
    CK_ULONG length = sizeof signature;
    REQUIRE(p11->C_SignInit(session, &mechanism, key));
    REQUIRE(p11->C_Sign(session, type == RSA ? data : data + 19, type == RSA ? 51 : 32, signature, &length));
}

static void rate(CK_SESSION_HANDLE session, CK_ULONG type, double seconds) {
    static double took[MOST];
    CK_OBJECT_HANDLE key = find(session, type);
    sign(session, key, type);
    int count = 0;
    double start = milliseconds();
    while (count < MOST && milliseconds() - start < seconds * 1e3) {
        double before = milliseconds();
        sign(session, key, type);
        took[count++] = milliseconds() - before;
    }
    double elapsed = milliseconds() - start;
    qsort(took, count, sizeof *took, ascending);
    printf("%s %.0f %.2f\n", type == RSA ? "rsa" : "ec", count * 1e3 / elapsed, took[count / 2]);
}

int main(int argc, char **argv) {
    if (argc < 5) {
        fprintf(stderr, "usage: bench MODULE LABEL PIN SECONDS [cold]\n");
        return 2;
    }
    double start = milliseconds();
    load(argv[1]);
    CK_SESSION_HANDLE session = login(argv[2], argv[3]);
    sign(session, find(session, RSA), RSA);
    REQUIRE(p11->C_Finalize(NULL));
    printf("cold %.1f\n", milliseconds() - start);
    if (argc == 5) {
        load(argv[1]);
        session = login(argv[2], argv[3]);
        rate(session, RSA, atof(argv[4]));
        rate(session, EC, atof(argv[4]));
        REQUIRE(p11->C_Finalize(NULL));
    }
    return 0;
}
