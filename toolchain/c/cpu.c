/*
 * What this processor can do, asked of the processor. The answer decides whether an isolate is created at all, so a
 * wrong "yes" is a SIGILL in someone's sshd; a feature missing from the table is a "no", which at worst is slower.
 */
#include "amd64cpufeatures.h"

#include <cpuid.h>
#include <stddef.h>
#include <stdint.h>

enum word { EAX, EBX, ECX, EDX };

/* Registers that the operating system must save at a context switch, or else the instructions fault. */
enum state { ANY = 0, YMM = 0x06, ZMM = 0xe6, EGPR = 0x80000 };

static const struct feature {
    size_t offset; /* in CPUFeatures */
    uint32_t leaf;
    uint32_t subleaf;
    enum word word;
    uint32_t bit;
    enum state state;
} features[] = {
#define FEATURE(name, leaf, subleaf, word, bit, state) {offsetof(CPUFeatures, f##name), leaf, subleaf, word, bit, state}
    FEATURE(TSC, 1, 0, EDX, 4, ANY),
    FEATURE(CX8, 1, 0, EDX, 8, ANY),
    FEATURE(CMOV, 1, 0, EDX, 15, ANY),
    FEATURE(FLUSH, 1, 0, EDX, 19, ANY),
    FEATURE(MMX, 1, 0, EDX, 23, ANY),
    FEATURE(FXSR, 1, 0, EDX, 24, ANY),
    FEATURE(SSE, 1, 0, EDX, 25, ANY),
    FEATURE(SSE2, 1, 0, EDX, 26, ANY),
    FEATURE(HT, 1, 0, EDX, 28, ANY),
    FEATURE(SSE3, 1, 0, ECX, 0, ANY),
    FEATURE(CLMUL, 1, 0, ECX, 1, ANY),
    FEATURE(SSSE3, 1, 0, ECX, 9, ANY),
    FEATURE(FMA, 1, 0, ECX, 12, YMM),
    FEATURE(SSE4_1, 1, 0, ECX, 19, ANY),
    FEATURE(SSE4_2, 1, 0, ECX, 20, ANY),
    FEATURE(POPCNT, 1, 0, ECX, 23, ANY),
    FEATURE(AES, 1, 0, ECX, 25, ANY),
    FEATURE(AVX, 1, 0, ECX, 28, YMM),
    FEATURE(VZEROUPPER, 1, 0, ECX, 28, YMM), /* comes with AVX; the JDK lets a user turn it off */
    FEATURE(F16C, 1, 0, ECX, 29, YMM),
    FEATURE(HV, 1, 0, ECX, 31, ANY),
    FEATURE(BMI1, 7, 0, EBX, 3, ANY),
    FEATURE(AVX2, 7, 0, EBX, 5, YMM),
    FEATURE(BMI2, 7, 0, EBX, 8, ANY),
    FEATURE(ERMS, 7, 0, EBX, 9, ANY),
    FEATURE(RTM, 7, 0, EBX, 11, ANY),
    FEATURE(AVX512F, 7, 0, EBX, 16, ZMM),
    FEATURE(AVX512DQ, 7, 0, EBX, 17, ZMM),
    FEATURE(ADX, 7, 0, EBX, 19, ANY),
    FEATURE(AVX512_IFMA, 7, 0, EBX, 21, ZMM),
    FEATURE(FLUSHOPT, 7, 0, EBX, 23, ANY),
    FEATURE(CLWB, 7, 0, EBX, 24, ANY),
    FEATURE(AVX512PF, 7, 0, EBX, 26, ZMM),
    FEATURE(AVX512ER, 7, 0, EBX, 27, ZMM),
    FEATURE(AVX512CD, 7, 0, EBX, 28, ZMM),
    FEATURE(SHA, 7, 0, EBX, 29, ANY),
    FEATURE(AVX512BW, 7, 0, EBX, 30, ZMM),
    FEATURE(AVX512VL, 7, 0, EBX, 31, ZMM),
    FEATURE(AVX512_VBMI, 7, 0, ECX, 1, ZMM),
    FEATURE(PKU, 7, 0, ECX, 3, ANY),
    FEATURE(OSPKE, 7, 0, ECX, 4, ANY),
    FEATURE(AVX512_VBMI2, 7, 0, ECX, 6, ZMM),
    FEATURE(CET_SS, 7, 0, ECX, 7, ANY),
    FEATURE(GFNI, 7, 0, ECX, 8, ANY),
    FEATURE(AVX512_VAES, 7, 0, ECX, 9, ZMM),
    FEATURE(AVX512_VPCLMULQDQ, 7, 0, ECX, 10, ZMM),
    FEATURE(AVX512_VNNI, 7, 0, ECX, 11, ZMM),
    FEATURE(AVX512_BITALG, 7, 0, ECX, 12, ZMM),
    FEATURE(AVX512_VPOPCNTDQ, 7, 0, ECX, 14, ZMM),
    FEATURE(RDPID, 7, 0, ECX, 22, ANY),
    FEATURE(FSRM, 7, 0, EDX, 4, ANY),
    FEATURE(SERIALIZE, 7, 0, EDX, 14, ANY),
    FEATURE(CET_IBT, 7, 0, EDX, 20, ANY),
    FEATURE(AVX512_FP16, 7, 0, EDX, 23, ZMM),
    FEATURE(SHA512, 7, 1, EAX, 0, YMM),
    FEATURE(AVX_IFMA, 7, 1, EAX, 23, YMM),
    FEATURE(APX_F, 7, 1, EDX, 21, EGPR),
    FEATURE(LZCNT, 0x80000001, 0, ECX, 5, ANY),
    FEATURE(SSE4A, 0x80000001, 0, ECX, 6, ANY),
    FEATURE(AMD_3DNOW_PREFETCH, 0x80000001, 0, ECX, 8, ANY),
    FEATURE(RDTSCP, 0x80000001, 0, EDX, 27, ANY),
    FEATURE(TSCINV_BIT, 0x80000007, 0, EDX, 8, ANY),
    FEATURE(TSCINV, 0x80000007, 0, EDX, 8, ANY),
#undef FEATURE
};

/* XCR0: which register states the operating system saves. Zero without OSXSAVE, when reading it would fault. */
static uint64_t saved_states(void) {
    uint32_t eax, ebx, ecx, edx;
    if (!__get_cpuid(1, &eax, &ebx, &ecx, &edx) || !(ecx & (1u << 27))) {
        return 0;
    }
    uint32_t low, high;
    __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return ((uint64_t)high << 32) | low;
}

void determineCPUFeatures(CPUFeatures *found) {
    uint64_t saved = saved_states();
    for (size_t i = 0; i < sizeof features / sizeof features[0]; i++) {
        const struct feature *feature = &features[i];
        uint32_t words[4];
        int known = __get_cpuid_count(feature->leaf, feature->subleaf, &words[EAX], &words[EBX], &words[ECX], &words[EDX]);
        ((char *)found)[feature->offset] = known && (words[feature->word] >> feature->bit & 1) && (saved & feature->state) == (uint64_t)feature->state;
    }
}

/*
 * Zero if the processor has all that the image was compiled for. The image's mask has a byte for each char of
 * CPUFeatures, all ones but for the lowest bit, which is zero where the feature is required.
 */
int checkCPUFeatures(const char *mask) {
    CPUFeatures found = {0};
    determineCPUFeatures(&found);
    for (size_t i = 0; i < sizeof found; i++) {
        int required = !(mask[i] & 1);
        if (required && !((const char *)&found)[i]) {
            return 1;
        }
    }
    return 0;
}

/* A program's main would print and exit here. The isolate is refused with an error code all the same. */
int checkCPUFeaturesOrExit(const char *mask, const char *message) {
    (void)message;
    return checkCPUFeatures(mask);
}
