/* threads MODULE [SECONDS]: threads on 256 KiB of stack call and end, while another initialises and finalises under them. */
#include "host.h"

#include <pthread.h>
#include <stdatomic.h>

static CK_FUNCTION_LIST *p11;
static atomic_bool stop;
static atomic_long answered, refused;

static void *caller(void *unused) {
    (void)unused;
    for (int i = 0; i < 2000 && !stop; i++) {
        CK_INFO info;
        CK_BYTE random[64];
        CK_RV rv = i % 100 == 0 ? p11->C_GenerateRandom(0, random, sizeof random) : p11->C_GetInfo(&info);
        /* Without a session C_GenerateRandom is refused; what counts is that it comes back. */
        REQUIRE(rv != CKR_GENERAL_ERROR && rv != CKR_HOST_MEMORY);
        rv == CKR_CRYPTOKI_NOT_INITIALIZED ? refused++ : answered++;
    }
    return NULL;
}

static void *generations(void *unused) { /* a thread that ends is followed by a new one: each attaches and detaches */
    (void)unused;
    pthread_attr_t small;
    pthread_attr_init(&small);
    pthread_attr_setstacksize(&small, 256 * 1024);
    while (!stop) {
        pthread_t thread;
        REQUIRE(pthread_create(&thread, &small, caller, NULL) == 0);
        pthread_join(thread, NULL);
    }
    return NULL;
}

int main(int argc, char **argv) {
    REQUIRE(argc >= 2);
    double end = milliseconds() + 1000.0 * (argc > 2 ? atoi(argv[2]) : 3);
    p11 = load(argv[1]);
    pthread_t threads[8];
    REQUIRE(p11->C_Initialize(NULL) == CKR_OK);
    for (int i = 0; i < 8; i++) {
        REQUIRE(pthread_create(&threads[i], NULL, generations, NULL) == 0);
    }
    long lives = 1;
    for (; milliseconds() < end; lives++) {
        usleep(2000);
        REQUIRE(p11->C_Finalize(NULL) == CKR_OK); /* must not starve among the callers */
        REQUIRE(p11->C_Initialize(NULL) == CKR_OK);
    }
    stop = true;
    for (int i = 0; i < 8; i++) {
        pthread_join(threads[i], NULL);
    }
    REQUIRE(p11->C_Finalize(NULL) == CKR_OK);
    printf("%ld lives, %ld calls answered, %ld refused, %ld kB resident\n", lives, answered, refused, status("VmRSS"));
    return 0;
}
