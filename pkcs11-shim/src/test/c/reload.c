/* reload MODULE: dlclose with the module initialised and threads attached, threads end, dlopen again: as ssh and its agent's helper do. */
#include "host.h"

#include <pthread.h>

static CK_FUNCTION_LIST *p11;
static pthread_barrier_t called, closed;

static void *caller(void *unused) {
    (void)unused;
    CK_INFO info;
    REQUIRE(p11->C_GetInfo(&info) == CKR_OK);
    pthread_barrier_wait(&called);
    pthread_barrier_wait(&closed);
    return NULL; /* the thread's attachment is given back by code that was "closed" */
}

int main(int argc, char **argv) {
    REQUIRE(argc == 2);
    for (int i = 0; i < 50; i++) {
        void *library = dlopen(argv[1], RTLD_NOW);
        CK_RV (*get)(CK_FUNCTION_LIST **);
        REQUIRE(library != NULL);
        *(void **)&get = dlsym(library, "C_GetFunctionList");
        REQUIRE(get(&p11) == CKR_OK);
        REQUIRE(p11->C_Initialize(NULL) == CKR_OK);
        pthread_t thread;
        pthread_barrier_init(&called, NULL, 2);
        pthread_barrier_init(&closed, NULL, 2);
        REQUIRE(pthread_create(&thread, NULL, caller, NULL) == 0);
        pthread_barrier_wait(&called);
        if (i % 2 == 0) {
            REQUIRE(p11->C_Finalize(NULL) == CKR_OK);
        }
        dlclose(library);
        pthread_barrier_wait(&closed);
        pthread_join(thread, NULL);
        if (i % 2 == 1) {
            REQUIRE(dlopen(argv[1], RTLD_NOW) != NULL && p11->C_Finalize(NULL) == CKR_OK);
        }
    }
    puts("50 times");
    return 0;
}
