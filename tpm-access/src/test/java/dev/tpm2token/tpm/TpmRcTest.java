package dev.tpm2token.tpm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TpmRcTest {
  @ParameterizedTest
  @CsvSource({
    "0x000, SUCCESS, 0, TPM_RC_SUCCESS (0x000)",
    "0x01E, ERROR, 0, TPM_RC_BAD_TAG (0x01E)",
    "0x100, ERROR, 0, TPM_RC_INITIALIZE (0x100)",
    "0x14C, ERROR, 0, TPM_RC_NV_DEFINED (0x14C)",
    "0x902, WARNING, 0, TPM_RC_OBJECT_MEMORY (0x902)",
    "0x921, WARNING, 0, TPM_RC_LOCKOUT (0x921)",
    "0x98E, SESSION, 1, 'TPM_RC_AUTH_FAIL (0x98E, session 1)'",
    "0xA8E, SESSION, 2, 'TPM_RC_AUTH_FAIL (0xA8E, session 2)'",
    "0x9A2, SESSION, 1, 'TPM_RC_BAD_AUTH (0x9A2, session 1)'",
    "0x18B, HANDLE, 1, 'TPM_RC_HANDLE (0x18B, handle 1)'",
    "0x2CA, PARAMETER, 2, 'TPM_RC_TYPE (0x2CA, parameter 2)'",
    "0xFD5, PARAMETER, 15, 'TPM_RC_SIZE (0xFD5, parameter 15)'",
    "0xB0143, ERROR, 0, TPM_RC_COMMAND_CODE (0xB0143)",
    "0x17F, ERROR, 0, TPM_RC 0x17F",
  })
  void decodes(String value, TpmRc.Kind kind, int index, String text) {
    TpmRc rc = new TpmRc(Integer.decode(value));
    assertEquals(kind, rc.kind());
    assertEquals(index, rc.index());
    assertEquals(text, rc.toString());
  }

  @Test
  void isItsBaseWhateverItIsAbout() {
    assertTrue(new TpmRc(0x98E).is(TpmRc.AUTH_FAIL));
    assertTrue(new TpmRc(0x98E).is(new TpmRc(0xA8E)));
    assertEquals(TpmRc.SIZE, new TpmRc(0xFD5).base());
    assertTrue(new TpmRc(0x918).isReference());
    assertTrue(!TpmRc.LOCKOUT.isReference());
  }
}
