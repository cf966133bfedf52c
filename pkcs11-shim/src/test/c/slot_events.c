/* slot_events MODULE: C_WaitForSlotEvent without waiting, and a wait that C_Finalize ends. */
#include "host.h"

#include <pthread.h>

static CK_FUNCTION_LIST *p11;

static void *waiter(void *result) {
    CK_SLOT_ID slot;
    *(CK_RV *)result = p11->C_WaitForSlotEvent(0, &slot, NULL);
    return NULL;
}

int main(int argc, char **argv) {
    REQUIRE(argc == 2);
    p11 = load(argv[1]);
    CK_SLOT_ID slot;
    REQUIRE(p11->C_WaitForSlotEvent(CKF_DONT_BLOCK, &slot, NULL) == CKR_CRYPTOKI_NOT_INITIALIZED);
    REQUIRE(p11->C_Initialize(NULL) == CKR_OK);
    REQUIRE(p11->C_WaitForSlotEvent(CKF_DONT_BLOCK, NULL, NULL) == CKR_ARGUMENTS_BAD);
    REQUIRE(p11->C_WaitForSlotEvent(CKF_DONT_BLOCK, &slot, &slot) == CKR_ARGUMENTS_BAD);
    REQUIRE(p11->C_WaitForSlotEvent(CKF_DONT_BLOCK, &slot, NULL) == CKR_NO_EVENT);
    for (int again = 0; again < 2; again++) { /* the second time, C_Initialize comes right behind C_Finalize */
        CK_RV result = CKR_GENERAL_ERROR;
        pthread_t thread;
        REQUIRE(pthread_create(&thread, NULL, waiter, &result) == 0);
        usleep(300 * 1000);
        double start = milliseconds();
        REQUIRE(p11->C_Finalize(NULL) == CKR_OK);
        REQUIRE(milliseconds() - start < 500);
        REQUIRE(again == 0 || p11->C_Initialize(NULL) == CKR_OK);
        pthread_join(thread, NULL);
        REQUIRE(milliseconds() - start < 500 && result == CKR_CRYPTOKI_NOT_INITIALIZED);
        REQUIRE(again == 1 || p11->C_Initialize(NULL) == CKR_OK);
    }
    REQUIRE(p11->C_Finalize(NULL) == CKR_OK);
    return 0;
}
