package dev.tpm2token.interop.wycheproof;

import dev.tpm2token.interop.cryptoki.Ck;
import dev.tpm2token.interop.cryptoki.Rv;
import dev.tpm2token.interop.cryptoki.Template;
import dev.tpm2token.interop.harness.Lab;
import dev.tpm2token.interop.harness.LabExtension;
import java.util.Optional;
import java.util.stream.Stream;
import jnr.ffi.Pointer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * AES with keys of all sizes: what is encrypted, authenticated and wrapped must be the vectors' to
 * the octet, and what has been tampered with is refused.
 */
@ExtendWith(LabExtension.class)
@TestInstance(Lifecycle.PER_CLASS)
class AesVectorsTest {
  private static final int BLOCK = 16;
  private static final int SEMIBLOCK = 8;

  /** Blocks of the shortest wrapped key: KW wraps two at least, and the check value is one. */
  private static final int LEAST_KW = 3;

  private static final int LEAST_KWP = 2;

  private static final int LONGEST_IV_OF_CONTROL = 128;

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
  Stream<DynamicNode> ciphertexts() {
    return Stream.of(
        run.family("aes_gcm", this::gcm),
        run.family("aes_gmac", this::gmac),
        run.family("aes_cbc_pkcs5", this::cbc),
        run.family("aes_wrap", vector -> wrap(vector, Ck.M_AES_KEY_WRAP, LEAST_KW)),
        run.family("aes_kwp", vector -> wrap(vector, Ck.M_AES_KEY_WRAP_KWP, LEAST_KWP)));
  }

  private long key(Vector vector) {
    Fields fields = vector.fields();
    return run.keys.handle(fields.text("key"), () -> Keys.secret(Ck.K_AES, fields.bytes("key")));
  }

  private Optional<String> gcm(Vector vector) {
    return gcm(vector, vector.bytes("aad"), vector.bytes("msg"), vector.bytes("ct"));
  }

  /** GMAC is GCM of nothing (SP 800-38D, section 3). */
  private Optional<String> gmac(Vector vector) {
    return gcm(vector, vector.bytes("msg"), new byte[0], new byte[0]);
  }

  private Optional<String> gcm(Vector vector, byte[] aad, byte[] text, byte[] encrypted) {
    byte[] iv = vector.bytes("iv");
    if (run.isControl() && iv.length > LONGEST_IV_OF_CONTROL) {
      return Optional.of("an IV that the control does not take");
    }
    int tagBits = vector.group().number("tagSize");
    Pointer mechanism =
        run.module.mechanismWith(
            Ck.M_AES_GCM, iv, iv.length, 8 * iv.length, aad, aad.length, tagBits);
    byte[] whole = Bytes.concat(encrypted, vector.bytes("tag"));
    Rv refusal = iv.length == 0 ? Rv.CKR_MECHANISM_PARAM_INVALID : Rv.CKR_ENCRYPTED_DATA_INVALID;
    both(vector, mechanism, refusal, text, whole);
    return Optional.empty();
  }

  private Optional<String> cbc(Vector vector) {
    byte[] encrypted = vector.bytes("ct");
    Rv refusal =
        encrypted.length % BLOCK == 0 && encrypted.length > 0
            ? Rv.CKR_ENCRYPTED_DATA_INVALID
            : Rv.CKR_ENCRYPTED_DATA_LEN_RANGE;
    Pointer mechanism = run.module.mechanism(Ck.M_AES_CBC_PAD, vector.bytes("iv"));
    both(vector, mechanism, refusal, vector.bytes("msg"), encrypted);
    return Optional.empty();
  }

  /** Decrypts, and where the vector is valid encrypts as well. */
  private void both(Vector vector, Pointer mechanism, Rv refusal, byte[] text, byte[] encrypted) {
    run.expect(vector, refusal, text, run.session.decrypt(mechanism, key(vector), encrypted));
    if (vector.result() == Vector.Result.VALID) {
      run.expect(vector, refusal, encrypted, run.session.encrypt(mechanism, key(vector), text));
    }
  }

  private Optional<String> wrap(Vector vector, long type, int least) {
    if (run.lacks(type)) {
      return Optional.of(Run.NO_MECHANISM);
    }
    Pointer mechanism = run.module.mechanism(type);
    byte[] wrapped = vector.bytes("ct");
    byte[] text = vector.bytes("msg");
    Rv refusal =
        wrapped.length % SEMIBLOCK == 0 && wrapped.length >= least * SEMIBLOCK
            ? Rv.CKR_WRAPPED_KEY_INVALID
            : Rv.CKR_WRAPPED_KEY_LEN_RANGE;
    Template template = Keys.readable(Ck.K_GENERIC_SECRET);
    run.expect(
        vector, refusal, text, run.session.unwrap(mechanism, key(vector), wrapped, template));
    if (vector.result() == Vector.Result.VALID) {
      long key = run.session.create(Keys.secret(Ck.K_GENERIC_SECRET, text));
      run.expect(
          vector, Rv.CKR_KEY_SIZE_RANGE, wrapped, run.session.wrap(mechanism, key(vector), key));
      run.session.destroy(key);
    }
    return Optional.empty();
  }
}
