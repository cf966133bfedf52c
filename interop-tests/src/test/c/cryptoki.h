/* As much of Cryptoki 2.40 as the programs here need, and what they have in common. */
#ifndef CRYPTOKI_H
#define CRYPTOKI_H

#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef unsigned long ulong_t;
/* Every parameter is a CK_ULONG or an address: one type of function will do. */
typedef ulong_t (*function_t)();

enum {
  INITIALIZE = 0,
  FINALIZE = 1,
  GET_SLOT_LIST = 4,
  OPEN_SESSION = 12,
  CLOSE_SESSION = 13,
  GET_SESSION_INFO = 15,
  LOGIN = 18,
  GET_ATTRIBUTE_VALUE = 24,
  FIND_OBJECTS_INIT = 26,
  FIND_OBJECTS = 27,
  FIND_OBJECTS_FINAL = 28,
  ENCRYPT_INIT = 29,
  ENCRYPT_UPDATE = 31,
  DIGEST_INIT = 37,
  SIGN_INIT = 42,
  SIGN = 43,
  GENERATE_KEY = 58,
  GENERATE_RANDOM = 64,
  FUNCTIONS = 68
};

enum {
  OK = 0,
  NOT_INITIALIZED = 0x190
};

struct function_list {
  unsigned char version[2];
  function_t at[FUNCTIONS];
};

struct attribute {
  ulong_t type;
  const void *value;
  ulong_t length;
};

struct mechanism {
  ulong_t type;
  const void *parameter;
  ulong_t length;
};

static struct function_list *cryptoki;

static inline void fail(const char *what, ulong_t rv) {
  fprintf(stderr, "%s: 0x%lx\n", what, rv);
  exit(1);
}

static inline void expect(const char *what, ulong_t wanted, ulong_t rv) {
  if (rv != wanted) fail(what, rv);
}

static inline void *load(const char *path) {
  void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  if (library == NULL) {
    fprintf(stderr, "%s\n", dlerror());
    exit(1);
  }
  function_t list = (function_t)dlsym(library, "C_GetFunctionList");
  if (list == NULL) fail("no C_GetFunctionList", 0);
  expect("C_GetFunctionList", OK, list(&cryptoki));
  return library;
}

/* For a host with threads: CKF_OS_LOCKING_OK. */
static inline ulong_t initialize_for_threads(void) {
  struct {
    void *create, *destroy, *lock, *unlock;
    ulong_t flags;
    void *reserved;
  } arguments = {NULL, NULL, NULL, NULL, 2, NULL};
  return cryptoki->at[INITIALIZE](&arguments);
}

/* Opens a session with the first token, logs in, and finds a private EC key. */
static inline ulong_t try_login(const char *pin, ulong_t *session, ulong_t *key) {
  ulong_t slots[16], count = 16, rv, found = 0;
  ulong_t private_key = 3, ec = 3;
  struct attribute template[] = {{0, &private_key, sizeof private_key}, {0x100, &ec, sizeof ec}};
  if ((rv = cryptoki->at[GET_SLOT_LIST](1UL, slots, &count)) != OK) return rv;
  if ((rv = cryptoki->at[OPEN_SESSION](slots[0], 6UL, NULL, NULL, session)) != OK) return rv;
  if ((rv = cryptoki->at[LOGIN](*session, 1UL, pin, strlen(pin))) != OK) return rv;
  if ((rv = cryptoki->at[FIND_OBJECTS_INIT](*session, template, 2UL)) != OK) return rv;
  if ((rv = cryptoki->at[FIND_OBJECTS](*session, key, 1UL, &found)) != OK) return rv;
  if ((rv = cryptoki->at[FIND_OBJECTS_FINAL](*session)) != OK) return rv;
  return found == 1 ? OK : 0x60;
}

static inline ulong_t try_sign(ulong_t session, ulong_t key) {
  static const unsigned char digest[32] = {1, 2, 3};
  unsigned char signature[256];
  ulong_t length = sizeof signature, rv;
  struct mechanism ecdsa = {0x1041, NULL, 0};
  if ((rv = cryptoki->at[SIGN_INIT](session, &ecdsa, key)) != OK) return rv;
  return cryptoki->at[SIGN](session, digest, sizeof digest, signature, &length);
}

#endif
