/*
 * floor PORT SECONDS: the fastest that the TPM behind a swtpm port signs: one TPM2_Sign after another, a loaded key
 * with an empty password, one warm connection. Prints "rsa RATE MEDIAN" and "ec RATE MEDIAN" as bench does.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { MOST = 200000, RETRY = 0x922 };

static int tpm;
static uint8_t message[4096];
static size_t length;

static void u8(unsigned value) { message[length++] = value; }
static void u16(unsigned value) { u8(value >> 8); u8(value & 0xff); }
static void u32(unsigned value) { u16(value >> 16); u16(value & 0xffff); }

static double milliseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1e3 + now.tv_nsec / 1e6;
}

static int ascending(const void *a, const void *b) {
    double difference = *(const double *)a - *(const double *)b;
    return (difference > 0) - (difference < 0);
}

static void read_exactly(uint8_t *into, size_t count) {
    for (size_t done = 0; done < count;) {
        ssize_t n = read(tpm, into + done, count - done);
        if (n <= 0) {
            perror("floor: read");
            exit(1);
        }
        done += n;
    }
}

static uint32_t number(const uint8_t *at) { return (uint32_t)at[0] << 24 | at[1] << 16 | at[2] << 8 | at[3]; }

/* Sends what was written since begin; the response's handle, if it has one. */
static uint32_t transmit(void) {
    uint8_t response[4096];
    uint32_t rc;
    message[2] = length >> 24, message[3] = length >> 16, message[4] = length >> 8, message[5] = length;
    do {
        if (write(tpm, message, length) != (ssize_t)length) {
            perror("floor: write");
            exit(1);
        }
        read_exactly(response, 10);
        read_exactly(response + 10, number(response + 2) - 10);
        rc = number(response + 6);
    } while (rc == RETRY); /* still testing itself */
    if (rc != 0) {
        fprintf(stderr, "floor: response code 0x%x\n", rc);
        exit(1);
    }
    return number(response + 10);
}

/* A command on one handle, authorised by the empty password. */
static void begin(unsigned code, uint32_t handle) {
    length = 0;
    u16(0x8002), u32(0), u32(code), u32(handle);
    u32(9), u32(0x40000009), u16(0), u8(0), u16(0);
}

static uint32_t primary(int rsa) {
    begin(0x131, 0x40000007); /* TPM2_CreatePrimary, TPM_RH_NULL */
    u16(4), u16(0), u16(0);
    size_t size_at = length;
    u16(0), u16(rsa ? 0x0001 : 0x0023), u16(0x000b), u32(0x00040072), u16(0);
    u16(0x0010); /* symmetric: NULL */
    if (rsa) {
        u16(0x0014), u16(0x000b), u16(2048), u32(0), u16(0);
    } else {
        u16(0x0018), u16(0x000b), u16(3), u16(0x0010), u16(0), u16(0);
    }
    size_t size = length - size_at - 2;
    message[size_at] = size >> 8, message[size_at + 1] = size;
    u16(0), u32(0);
    return transmit();
}

static void measure(int rsa, double seconds) {
    static double took[MOST];
    uint32_t key = primary(rsa);
    int count = 0;
    double start = milliseconds();
    while (count < MOST && milliseconds() - start < seconds * 1e3) {
        double before = milliseconds();
        begin(0x15d, key); /* TPM2_Sign */
        u16(32);
        for (int i = 0; i < 32; i++) {
            u8(0x11);
        }
        u16(rsa ? 0x0014 : 0x0018), u16(0x000b), u16(0x8024), u32(0x40000007), u16(0);
        transmit();
        took[count++] = milliseconds() - before;
    }
    double elapsed = milliseconds() - start;
    qsort(took, count, sizeof *took, ascending);
    printf("%s %.0f %.2f\n", rsa ? "rsa" : "ec", count * 1e3 / elapsed, took[count / 2]);
    length = 0;
    u16(0x8001), u32(0), u32(0x165), u32(key); /* TPM2_FlushContext */
    transmit();
}

int main(int argc, char **argv) {
    if (argc != 3) {
        fprintf(stderr, "usage: floor PORT SECONDS\n");
        return 2;
    }
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(atoi(argv[1]))};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    tpm = socket(AF_INET, SOCK_STREAM, 0);
    int on = 1;
    setsockopt(tpm, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (connect(tpm, (struct sockaddr *)&address, sizeof address) != 0) {
        perror("floor: connect");
        return 1;
    }
    measure(1, atof(argv[2]));
    measure(0, atof(argv[2]));
    return 0;
}
