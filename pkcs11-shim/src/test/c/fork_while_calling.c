/* fork_while_calling MODULE [FORKS]: forks while other threads are in calls; each child, and its child, must find the module uninitialised and usable. */
#include "host.h"

#include <pthread.h>
#include <stdatomic.h>
#include <sys/wait.h>

static CK_FUNCTION_LIST *p11;
static atomic_bool stop;

static void *caller(void *unused) {
    (void)unused;
    while (!stop) {
        CK_INFO info;
        CK_BYTE random[64];
        REQUIRE(p11->C_GetInfo(&info) == CKR_OK);
        REQUIRE(p11->C_GenerateRandom(0, random, sizeof random) != CKR_CRYPTOKI_NOT_INITIALIZED);
    }
    return NULL;
}

static void fork_and_wait(int depth);

static void child(int depth) {
    CK_INFO info;
    alarm(20); /* a dead-lock ends as SIGALRM */
    REQUIRE(p11->C_GetInfo(&info) == CKR_CRYPTOKI_NOT_INITIALIZED);
    REQUIRE(p11->C_Initialize(NULL) == CKR_OK);
    REQUIRE(p11->C_GetInfo(&info) == CKR_OK);
    if (depth > 0) {
        fork_and_wait(depth - 1);
    }
    REQUIRE(p11->C_GetInfo(&info) == CKR_OK);
    REQUIRE(p11->C_Finalize(NULL) == CKR_OK);
}

static void fork_and_wait(int depth) {
    pid_t pid = fork();
    if (pid == 0) {
        child(depth);
        _exit(0);
    }
    int result;
    REQUIRE(waitpid(pid, &result, 0) == pid && result == 0);
}

int main(int argc, char **argv) {
    REQUIRE(argc >= 2);
    int forks = argc > 2 ? atoi(argv[2]) : 100;
    p11 = load(argv[1]);
    REQUIRE(p11->C_Initialize(NULL) == CKR_OK);
    pthread_t threads[4];
    for (int i = 0; i < 4; i++) {
        REQUIRE(pthread_create(&threads[i], NULL, caller, NULL) == 0);
    }
    for (int i = 0; i < forks; i++) {
        fork_and_wait(i % 2);
        CK_INFO info;
        REQUIRE(p11->C_GetInfo(&info) == CKR_OK);
    }
    stop = true;
    for (int i = 0; i < 4; i++) {
        pthread_join(threads[i], NULL);
    }
    REQUIRE(p11->C_Finalize(NULL) == CKR_OK);
    printf("%d forks\n", forks);
    return 0;
}
