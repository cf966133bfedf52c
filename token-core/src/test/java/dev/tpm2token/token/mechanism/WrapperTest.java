package dev.tpm2token.token.mechanism;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.tpm2token.token.CryptokiException;
import dev.tpm2token.token.ReturnValue;
import dev.tpm2token.token.crypto.Secret;
import java.util.HexFormat;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WrapperTest {
  private static final byte[] KEY = HexFormat.of().parseHex("574957151fc2afe0fa3dc7a9a7da6495");

  /** The key 0001020304050607, encrypted at once and by KW's steps: Wycheproof's 12 and 13. */
  @ParameterizedTest
  @CsvSource({
    "KW, 6f0b501f1f2f59e3ae605aa679ce43a6",
    "KW, dc26fb6911d71971df0356d6bb9ed6e6",
    "PKCS7, dc26fb6911d71971df0356d6bb9ed6e6",
  })
  void nothingIsUnwrappedOfOneBlock(Wrapper.AesForm form, String wrapped) {
    try (Secret secret = Secret.copyOf(KEY)) {
      Wrapper wrapper = new Wrapper.Aes(form, new SoftwareAes(secret), new byte[0]);
      CryptokiException refusal =
          assertThrows(
              CryptokiException.class, () -> wrapper.unwrap(HexFormat.of().parseHex(wrapped)));
      assertEquals(ReturnValue.CKR_WRAPPED_KEY_LEN_RANGE, refusal.returnValue());
    }
  }
}
