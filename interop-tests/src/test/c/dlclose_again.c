/* Loads the module, signs and unloads it, five times over: before C_Initialize it has no thread and
   no descriptor, and in the end none is left over. Usage: MODULE PIN */
#include "cryptoki.h"

#include <dirent.h>
#include <unistd.h>

static int entries(const char *folder) {
  int count = 0;
  DIR *dir = opendir(folder);
  while (readdir(dir) != NULL) count++;
  closedir(dir);
  return count - 2;
}

/* The number that we expect, once it has had time to become that. */
static int settled(const char *folder, int expected) {
  for (int i = 0; i < 200 && entries(folder) != expected; i++) usleep(10000);
  return entries(folder);
}

int main(int argc, char **argv) {
  if (argc != 3) return 2;
  int before = entries("/proc/self/fd");
  int after_first = 0;
  for (int i = 0; i < 5; i++) {
    ulong_t session, key;
    void *library = load(argv[1]);
    if (i == 0) {
      expect("threads before C_Initialize", 1, (ulong_t)entries("/proc/self/task"));
      expect("descriptors before C_Initialize", (ulong_t)before, (ulong_t)entries("/proc/self/fd"));
    }
    expect("C_Initialize", OK, cryptoki->at[INITIALIZE](NULL));
    expect("login", OK, try_login(argv[2], &session, &key));
    expect("C_Sign", OK, try_sign(session, key));
    expect("C_Finalize", OK, cryptoki->at[FINALIZE](NULL));
    dlclose(library);
    if (i == 0) after_first = entries("/proc/self/fd");
  }
  expect("threads at the end", 1, (ulong_t)settled("/proc/self/task", 1));
  expect("descriptors at the end", (ulong_t)after_first, (ulong_t)settled("/proc/self/fd", after_first));
  puts("signed five times");
  return 0;
}
