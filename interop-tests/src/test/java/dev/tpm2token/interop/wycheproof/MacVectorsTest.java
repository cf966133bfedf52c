package dev.tpm2token.interop.wycheproof;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tpm2token.interop.cryptoki.Ck;
import dev.tpm2token.interop.cryptoki.Rv;
import dev.tpm2token.interop.harness.Lab;
import dev.tpm2token.interop.harness.LabExtension;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import jnr.ffi.Pointer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.extension.ExtendWith;

/** HMAC and AES-CMAC, whole and cut short: made and verified. */
@ExtendWith(LabExtension.class)
@TestInstance(Lifecycle.PER_CLASS)
@Tag("tpm2token-only") // SoftHSM cuts no tag short, and takes AES keys of any length
class MacVectorsTest {
  private static final Set<Integer> AES_KEYS = Set.of(16, 24, 32);
  private static final int BLOCK = 16;

  private Run run;

  @BeforeAll
  void begin(Lab lab) {
    run = new Run(lab);
  }

  @AfterAll
  void finish() {
    run.close();
  }

  @TestFactory
  Stream<DynamicNode> tags() {
    return Stream.of(run.family("aes_cmac", this::cmac), run.family("hmac_sha*", this::hmac));
  }

  private Optional<String> cmac(Vector vector) {
    byte[] value = vector.bytes("key");
    Keys.Made key = run.keys.make(vector.fields().text("key"), () -> Keys.secret(Ck.K_AES, value));
    if (!AES_KEYS.contains(value.length)) {
      assertEquals(Vector.Result.INVALID, vector.result());
      assertEquals(Rv.CKR_ATTRIBUTE_VALUE_INVALID, key.rv());
      return Optional.empty();
    }
    assertEquals(Rv.CKR_OK, key.rv());
    both(vector, key.handle(), Ck.M_AES_CMAC, Ck.M_AES_CMAC_GENERAL, BLOCK);
    return Optional.empty();
  }

  private Optional<String> hmac(Vector vector) {
    Hash hash = Hash.of(vector.algorithm().substring("HMAC".length()));
    if (!run.has(hash)) {
      return Optional.of(Run.NO_HASH);
    }
    byte[] value = vector.bytes("key");
    long key =
        run.keys.handle(vector.fields().text("key"), () -> Keys.secret(Ck.K_GENERIC_SECRET, value));
    both(vector, key, hash.digest + 1, hash.digest + 2, hash.length());
    return Optional.empty();
  }

  private void both(Vector vector, long key, long whole, long general, int length) {
    byte[] tag = vector.bytes("tag");
    byte[] message = vector.bytes("msg");
    long bytes = vector.group().number("tagSize") / 8;
    Pointer mechanism =
        bytes == length ? run.module.mechanism(whole) : run.module.mechanismWith(general, bytes);
    Rv refusal = tag.length == bytes ? Rv.CKR_SIGNATURE_INVALID : Rv.CKR_SIGNATURE_LEN_RANGE;
    run.expect(vector, refusal, run.session.verify(mechanism, key, message, tag));
    if (vector.result() == Vector.Result.VALID) {
      run.expect(vector, refusal, tag, run.session.sign(mechanism, key, message));
    }
  }
}
