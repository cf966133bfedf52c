/* Uses a token whose TPM is not there, and writes what it was told into a file: the module must not
   print anything itself. Usage: MODULE PIN FILE */
#include "cryptoki.h"

int main(int argc, char **argv) {
  ulong_t slots[16], count = 16, session = 0;
  unsigned char random[16];
  if (argc != 4) return 2;
  FILE *out = fopen(argv[3], "w");
  load(argv[1]);
  fprintf(out, "C_Initialize 0x%lx\n", cryptoki->at[INITIALIZE](NULL));
  fprintf(out, "C_GetSlotList 0x%lx\n", cryptoki->at[GET_SLOT_LIST](1UL, slots, &count));
  fprintf(out, "C_OpenSession 0x%lx\n",
          cryptoki->at[OPEN_SESSION](slots[0], 6UL, NULL, NULL, &session));
  fprintf(out, "C_Login 0x%lx\n",
          cryptoki->at[LOGIN](session, 1UL, argv[2], (ulong_t)strlen(argv[2])));
  fprintf(out, "C_GenerateRandom 0x%lx\n", cryptoki->at[GENERATE_RANDOM](session, random, 16UL));
  fprintf(out, "C_Finalize 0x%lx\n", cryptoki->at[FINALIZE](NULL));
  return fclose(out);
}
