package dev.tpm2token.token;

import static dev.tpm2token.token.Bench.assertFails;
import static dev.tpm2token.token.Bench.template;
import static dev.tpm2token.token.attribute.AttributeType.*;

import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("swtpm")
class SecretKeysTest {
  private static final long GENERIC = 0x10;
  private static final long AES = 0x1F;
  private static final MechanismCall KWP = MechanismCall.of(0x210B);

  @TempDir Path store;

  private static long create(Session session, long type, int bytes) {
    return session.createObject(
        template(
            CKA_CLASS,
            4,
            CKA_KEY_TYPE,
            type,
            CKA_VALUE,
            new byte[bytes],
            CKA_WRAP,
            true,
            CKA_UNWRAP,
            true,
            CKA_EXTRACTABLE,
            true));
  }

  /** Each function has its own word for it in the standard's list of return values. */
  @Test
  void noAesKeyHasFifteenBytes() {
    try (Bench bench = new Bench(store.resolve("store"));
        Cryptoki module = bench.withToken()) {
      Session session = Bench.login(module);
      assertFails(ReturnValue.CKR_ATTRIBUTE_VALUE_INVALID, () -> create(session, AES, 15));
      assertFails(
          ReturnValue.CKR_KEY_SIZE_RANGE,
          () -> session.generateKey(MechanismCall.of(0x1080), template(CKA_VALUE_LEN, 15)));
      long key = create(session, AES, 16);
      long other = create(session, GENERIC, 15);
      byte[] wrapped = session.wrapping().wrap(KWP, key, other).work().get();
      assertFails(
          ReturnValue.CKR_WRAPPED_KEY_LEN_RANGE,
          () ->
              session
                  .wrapping()
                  .unwrap(KWP, key, wrapped, template(CKA_CLASS, 4, CKA_KEY_TYPE, AES)));
    }
  }
}
