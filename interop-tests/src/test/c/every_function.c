/* Calls every function with null pointers, handles of nobody and absurd lengths, and writes a line
   "function case answer" for each. A line is begun before its call: in a crash the last one tells
   who it was. Usage: MODULE before|initialised|session [PIN] */
#include "cryptoki.h"

#include <sys/mman.h>

/* A parameter: h session handle, s slot, o object handle, p pointer, l length, m mechanism, t and n
   a template and its count, r pointer to a returned CK_ULONG, f flags, b CK_BBOOL, z must be NULL. */
static const char *const NAMES_AND_PARAMETERS[FUNCTIONS][2] = {
    {"C_Initialize", "z"},           {"C_Finalize", "z"},
    {"C_GetInfo", "p"},              {"C_GetFunctionList", "r"},
    {"C_GetSlotList", "bpr"},        {"C_GetSlotInfo", "sp"},
    {"C_GetTokenInfo", "sp"},        {"C_GetMechanismList", "spr"},
    {"C_GetMechanismInfo", "sop"},   {"C_InitToken", "splp"},
    {"C_InitPIN", "hpl"},            {"C_SetPIN", "hplpl"},
    {"C_OpenSession", "sfppr"},      {"C_CloseSession", "h"},
    {"C_CloseAllSessions", "s"},     {"C_GetSessionInfo", "hp"},
    {"C_GetOperationState", "hpr"},  {"C_SetOperationState", "hploo"},
    {"C_Login", "hopl"},             {"C_Logout", "h"},
    {"C_CreateObject", "htnr"},      {"C_CopyObject", "hotnr"},
    {"C_DestroyObject", "ho"},       {"C_GetObjectSize", "hor"},
    {"C_GetAttributeValue", "hotn"}, {"C_SetAttributeValue", "hotn"},
    {"C_FindObjectsInit", "htn"},    {"C_FindObjects", "hplr"},
    {"C_FindObjectsFinal", "h"},     {"C_EncryptInit", "hmo"},
    {"C_Encrypt", "hplpr"},          {"C_EncryptUpdate", "hplpr"},
    {"C_EncryptFinal", "hpr"},       {"C_DecryptInit", "hmo"},
    {"C_Decrypt", "hplpr"},          {"C_DecryptUpdate", "hplpr"},
    {"C_DecryptFinal", "hpr"},       {"C_DigestInit", "hm"},
    {"C_Digest", "hplpr"},           {"C_DigestUpdate", "hpl"},
    {"C_DigestKey", "ho"},           {"C_DigestFinal", "hpr"},
    {"C_SignInit", "hmo"},           {"C_Sign", "hplpr"},
    {"C_SignUpdate", "hpl"},         {"C_SignFinal", "hpr"},
    {"C_SignRecoverInit", "hmo"},    {"C_SignRecover", "hplpr"},
    {"C_VerifyInit", "hmo"},         {"C_Verify", "hplpl"},
    {"C_VerifyUpdate", "hpl"},       {"C_VerifyFinal", "hpl"},
    {"C_VerifyRecoverInit", "hmo"},  {"C_VerifyRecover", "hplpr"},
    {"C_DigestEncryptUpdate", "hplpr"}, {"C_DecryptDigestUpdate", "hplpr"},
    {"C_SignEncryptUpdate", "hplpr"}, {"C_DecryptVerifyUpdate", "hplpr"},
    {"C_GenerateKey", "hmtnr"},      {"C_GenerateKeyPair", "hmtntnrr"},
    {"C_WrapKey", "hmoopr"},         {"C_UnwrapKey", "hmopltnr"},
    {"C_DeriveKey", "hmotnr"},       {"C_SeedRandom", "hpl"},
    {"C_GenerateRandom", "hpl"},     {"C_GetFunctionStatus", "h"},
    {"C_CancelFunction", "h"},       {"C_WaitForSlotEvent", "frz"},
};

/* What 3.0 and 3.2 add, by symbol, where the module has it. (Interfaces need no session: interfaces.c.) */
static const char *const NEWER[][2] = {
    {"C_LoginUser", "hoplpl"},           {"C_SessionCancel", "hf"},
    {"C_MessageEncryptInit", "hmo"},     {"C_EncryptMessage", "hplplplpr"},
    {"C_EncryptMessageBegin", "hplpl"},  {"C_EncryptMessageNext", "hplplprf"},
    {"C_MessageEncryptFinal", "h"},      {"C_MessageDecryptInit", "hmo"},
    {"C_DecryptMessage", "hplplplpr"},   {"C_DecryptMessageBegin", "hplpl"},
    {"C_DecryptMessageNext", "hplplprf"}, {"C_MessageDecryptFinal", "h"},
    {"C_MessageSignInit", "hmo"},        {"C_SignMessage", "hplplpr"},
    {"C_SignMessageBegin", "hpl"},       {"C_SignMessageNext", "hplplpr"},
    {"C_MessageSignFinal", "h"},         {"C_MessageVerifyInit", "hmo"},
    {"C_VerifyMessage", "hplplpl"},      {"C_VerifyMessageBegin", "hpl"},
    {"C_VerifyMessageNext", "hplplpl"},  {"C_MessageVerifyFinal", "h"},
    {"C_EncapsulateKey", "hmotnprr"},    {"C_DecapsulateKey", "hmotnplr"},
    {"C_VerifySignatureInit", "hmopl"},  {"C_VerifySignature", "hpl"},
    {"C_VerifySignatureUpdate", "hpl"},  {"C_VerifySignatureFinal", "h"},
    {"C_GetSessionValidationFlags", "hor"}, {"C_AsyncComplete", "hpp"},
    {"C_AsyncGetID", "hpr"},             {"C_AsyncJoin", "hpopl"},
    {"C_WrapKeyAuthenticated", "hmooplpr"}, {"C_UnwrapKeyAuthenticated", "hmopltnplr"},
};
enum { NEWER_FUNCTIONS = sizeof NEWER / sizeof NEWER[0] };

/* One way to fill in all parameters. Data of 2^31 bytes is really there, as zeros: it may be read. */
struct way {
  const char *name;
  int pointers;     /* 0: NULL */
  ulong_t length;   /* of data */
  ulong_t count;    /* of templates */
  int real_handles; /* 0: those of nobody */
  ulong_t mechanism;
};
static const ulong_t HUGE_LENGTH = ~0UL, TWO_GIB = 1UL << 31;
static const ulong_t NOBODY = ~0UL;
static void *two_gib;
static ulong_t slot, session, key;

static ulong_t call(function_t function, const char *parameters, ulong_t flags, const struct way *way) {
  static struct attribute nothing[4];
  static struct mechanism mechanism;
  static ulong_t results[2];
  ulong_t a[10] = {0};
  memset(nothing, 0, sizeof nothing);
  mechanism = (struct mechanism){way->mechanism, NULL, way->length};
  memset(results, 0, sizeof results);
  for (int i = 0; parameters[i] != 0; i++) {
    switch (parameters[i]) {
      case 'h': a[i] = way->real_handles ? session : NOBODY; break;
      case 's': a[i] = way->real_handles ? slot : NOBODY; break;
      case 'o': a[i] = way->real_handles ? key : NOBODY; break;
      case 'p': a[i] = way->pointers ? (ulong_t)two_gib : 0; break;
      case 'm': a[i] = way->pointers ? (ulong_t)&mechanism : 0; break;
      case 't': a[i] = way->pointers ? (ulong_t)nothing : 0; break;
      case 'r': a[i] = way->pointers ? (ulong_t)results : 0; break;
      case 'l': a[i] = way->length; break;
      case 'n': a[i] = way->count; break;
      case 'f': a[i] = flags; break;
      case 'z': a[i] = way->pointers ? (ulong_t)two_gib : 0; break;
      default: a[i] = 1;
    }
  }
  return function(a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7], a[8], a[9]);
}

/* Calls that would do what they are asked, or take for ever over it. */
static int is_left_out(int index, const struct way *way, int is_before) {
  const char *name = NAMES_AND_PARAMETERS[index][0];
  if (index == INITIALIZE && is_before) return 1;
  if (index == FINALIZE && !way->pointers) return 1;
  if (!way->real_handles) return 0;
  return strcmp(name, "C_CloseSession") == 0 || strcmp(name, "C_CloseAllSessions") == 0 ||
         strcmp(name, "C_DestroyObject") == 0 || strcmp(name, "C_InitToken") == 0 ||
         strcmp(name, "C_Logout") == 0;
}

static void begin(const char *function, const char *way) {
  printf("%s %s", function, way);
  fflush(stdout);
}

static void end(ulong_t rv) {
  printf(" 0x%lx\n", rv);
  fflush(stdout);
}

static void call_all(void *library, const struct way *way, int is_before) {
  for (int i = 0; i < FUNCTIONS; i++) {
    if (is_left_out(i, way, is_before)) continue;
    begin(NAMES_AND_PARAMETERS[i][0], way->name);
    ulong_t flags = i == OPEN_SESSION ? 4 : 1; /* serial; do not block */
    end(call(cryptoki->at[i], NAMES_AND_PARAMETERS[i][1], flags, way));
  }
  for (int i = 0; i < NEWER_FUNCTIONS; i++) {
    function_t function = (function_t)dlsym(library, NEWER[i][0]);
    if (function == NULL) continue;
    begin(NEWER[i][0], way->name);
    end(call(function, NEWER[i][1], 1, way));
  }
}

/* With an operation begun, the lengths meet the code that does the work. */
static void absurd_operations(void) {
  static unsigned char out[512];
  ulong_t length, lengths[] = {HUGE_LENGTH, HUGE_LENGTH / 2, TWO_GIB, TWO_GIB - 1};
  struct mechanism ecdsa = {0x1041, NULL, 0}, sha256 = {0x250, NULL, 0};
  struct mechanism long_parameter = {0x250, two_gib, HUGE_LENGTH};
  for (unsigned i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
    expect("C_SignInit", OK, cryptoki->at[SIGN_INIT](session, &ecdsa, key));
    length = sizeof out;
    begin("C_Sign", "absurd-operation");
    end(cryptoki->at[SIGN](session, two_gib, lengths[i], out, &length));
    expect("C_DigestInit", OK, cryptoki->at[DIGEST_INIT](session, &sha256));
    length = sizeof out;
    begin("C_Digest", "null-operation");
    end(cryptoki->at[DIGEST_INIT + 1](session, NULL, lengths[i], out, &length));
  }
  begin("C_DigestInit", "absurd-parameter");
  end(cryptoki->at[DIGEST_INIT](session, &long_parameter));
}

int main(int argc, char **argv) {
  static const struct way WAYS[] = {
      {"null-0", 0, 0, 0, 1, 0x1041},
      {"null-5", 0, 5, 5, 1, 0x1041},
      {"null-nobody", 0, 0, 0, 0, 0x1041},
      {"null-absurd", 0, ~0UL, ~0UL, 1, 0x1041},
      {"null-2^31", 0, 1UL << 31, 1UL << 31, 1, 0x1041},
      {"nobody", 1, 16, 1, 0, 0x1041},
      {"nobody-absurd", 1, ~0UL, ~0UL, 0, 0x1041},
      {"nonsense", 1, 0, 1, 1, 0x8fffffff},
      {"nonsense-absurd", 1, ~0UL, ~0UL, 1, 0x8fffffff},
      {"absurd", 1, ~0UL, ~0UL, 1, 0x1041},
      {"signed-absurd", 1, ~0UL >> 1, ~0UL >> 1, 1, 0x1041},
  };
  if (argc < 3) return 2;
  int is_before = strcmp(argv[2], "before") == 0;
  two_gib = mmap(NULL, TWO_GIB + 4096, PROT_READ | PROT_WRITE,
                 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (two_gib == MAP_FAILED) return 2;
  void *library = load(argv[1]);
  for (int i = 0; i < FUNCTIONS; i++)
    if (cryptoki->at[i] == NULL) fail(NAMES_AND_PARAMETERS[i][0], 0);
  if (!is_before) expect("C_Initialize", OK, cryptoki->at[INITIALIZE](NULL));
  if (argc == 4) {
    ulong_t slots[16], count = 16;
    expect("login", OK, try_login(argv[3], &session, &key));
    expect("C_GetSlotList", OK, cryptoki->at[GET_SLOT_LIST](1UL, slots, &count));
    slot = slots[0];
  }
  for (unsigned i = 0; i < sizeof WAYS / sizeof WAYS[0]; i++) call_all(library, &WAYS[i], is_before);
  if (argc == 4) {
    /* After all that, the module is as good as new: a fresh session, for this one may be busy. */
    expect("C_OpenSession", OK, cryptoki->at[OPEN_SESSION](slot, 6UL, NULL, NULL, &session));
    absurd_operations();
    expect("C_OpenSession", OK, cryptoki->at[OPEN_SESSION](slot, 6UL, NULL, NULL, &session));
    expect("C_Sign", OK, try_sign(session, key));
  }
  puts("survived");
  return 0;
}
