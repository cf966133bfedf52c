/* lifecycle MODULE [ROUNDS]: C_Initialize and C_Finalize in all accepted shapes, then again and again: no thread, descriptor or memory may stay. */
#include "host.h"

#include <errno.h>

static CK_RV create(void **mutex) { *mutex = malloc(1); return CKR_OK; }
static CK_RV destroy(void *mutex) { free(mutex); return CKR_OK; }
static CK_RV nothing(void *mutex) { (void)mutex; return CKR_OK; }

static int descriptors(void) {
    int open = 0;
    for (int i = 0; i < 1024; i++) {
        open += lseek(i, 0, SEEK_CUR) != -1 || errno != EBADF;
    }
    return open;
}

int main(int argc, char **argv) {
    REQUIRE(argc >= 2);
    int rounds = argc > 2 ? atoi(argv[2]) : 1000;
    int open_before = descriptors();
    double start = milliseconds();
    CK_FUNCTION_LIST *p11 = load(argv[1]);
    printf("dlopen %.2f ms\n", milliseconds() - start);
    REQUIRE(status("Threads") == 1 && descriptors() == open_before);

    CK_INFO info;
    REQUIRE(p11->C_GetInfo(&info) == CKR_CRYPTOKI_NOT_INITIALIZED);
    REQUIRE(p11->C_GetFunctionStatus(0) == CKR_CRYPTOKI_NOT_INITIALIZED);
    REQUIRE(p11->C_Finalize(NULL) == CKR_CRYPTOKI_NOT_INITIALIZED);
    for (CK_ULONG *p = (CK_ULONG *)&p11->C_Initialize; p <= (CK_ULONG *)&p11->C_WaitForSlotEvent; p++) {
        REQUIRE(*p != 0);
    }

    CK_C_INITIALIZE_ARGS shapes[] = {
        {.flags = 0}, {.flags = 1}, {.flags = 2}, {.flags = 3}, {.flags = 2, .pReserved = "parameters"},
        {create, destroy, nothing, nothing, 2, NULL}, {create, destroy, nothing, nothing, 3, NULL}, {create, destroy, nothing, nothing, 0, NULL},
    };
    for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++) {
        errno = 4711;
        REQUIRE(p11->C_Initialize(&shapes[i]) == CKR_OK && errno == 4711);
        REQUIRE(p11->C_Initialize(NULL) == CKR_CRYPTOKI_ALREADY_INITIALIZED);
        REQUIRE(p11->C_GetInfo(&info) == CKR_OK && errno == 4711);
        REQUIRE(p11->C_GetFunctionStatus(0) == CKR_FUNCTION_NOT_PARALLEL && p11->C_CancelFunction(0) == CKR_FUNCTION_NOT_PARALLEL);
        REQUIRE(p11->C_Finalize(&info) == CKR_ARGUMENTS_BAD);
        REQUIRE(p11->C_Finalize(NULL) == CKR_OK && errno == 4711);
    }
    CK_C_INITIALIZE_ARGS some = {create, NULL, nothing, nothing, 2, NULL};
    REQUIRE(p11->C_Initialize(&some) == CKR_ARGUMENTS_BAD);

    int opened = descriptors();
    long rss = 0;
    double slowest = 0, total = 0;
    for (int i = 0; i < rounds; i++) {
        if (i == rounds / 10) {
            rss = status("VmRSS");
        }
        start = milliseconds();
        REQUIRE(p11->C_Initialize(NULL) == CKR_OK);
        REQUIRE(p11->C_GetInfo(&info) == CKR_OK);
        REQUIRE(i > 0 || printf("initialised: %ld kB resident, %ld kB address space, %ld threads\n", status("VmRSS"), status("VmSize"), status("Threads")) > 0);
        REQUIRE(p11->C_Finalize(NULL) == CKR_OK);
        double took = milliseconds() - start;
        total += took;
        slowest = took > slowest ? took : slowest;
    }
    long grown = status("VmRSS") - rss;
    printf("%d rounds: %.2f ms each, slowest %.2f ms, grown by %ld kB\n", rounds, total / rounds, slowest, grown);
    REQUIRE(grown < 1024);
    REQUIRE(descriptors() <= opened && status("Threads") == 1);
    return 0;
}
