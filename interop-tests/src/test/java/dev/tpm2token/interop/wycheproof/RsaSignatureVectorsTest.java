package dev.tpm2token.interop.wycheproof;

import dev.tpm2token.interop.cryptoki.Ck;
import dev.tpm2token.interop.cryptoki.Rv;
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
 * RSA signatures are verified, each with the mechanism that hashes, and with the one that does not.
 */
@ExtendWith(LabExtension.class)
@TestInstance(Lifecycle.PER_CLASS)
class RsaSignatureVectorsTest {
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
  Stream<DynamicNode> signatures() {
    return Stream.concat(
        Stream.of("2048_*", "3072_*", "4096_*", "8192_*")
            .map(size -> run.family("rsa_signature_" + size, this::pkcs1)),
        Stream.of("2048_*", "3072_*", "4096_*", "misc*")
            .map(size -> run.family("rsa_pss_" + size, this::pss)));
  }

  private long key(Vector vector) {
    Fields key = vector.group().object("publicKey");
    String name = key.text("modulus") + "/" + key.text("publicExponent");
    return run.keys.handle(name, () -> Keys.rsaPublic(key));
  }

  private static Rv refusal(Vector vector) {
    int bytes = vector.group().number("keySize") / 8;
    return vector.bytes("sig").length == bytes
        ? Rv.CKR_SIGNATURE_INVALID
        : Rv.CKR_SIGNATURE_LEN_RANGE;
  }

  private Rv verify(Vector vector, Pointer mechanism, byte[] data) {
    return run.session.verify(mechanism, key(vector), data, vector.bytes("sig"));
  }

  private Optional<String> pkcs1(Vector vector) {
    Hash hash = Hash.of(vector.group().text("sha"));
    byte[] message = vector.bytes("msg");
    Rv refusal = refusal(vector);
    if (hash.pkcs1 != 0 && !run.lacks(hash.pkcs1)) {
      run.expect(vector, refusal, verify(vector, run.module.mechanism(hash.pkcs1), message));
    }
    Pointer plain = run.module.mechanism(Ck.M_RSA_PKCS);
    run.expect(vector, refusal, verify(vector, plain, hash.info(message)));
    return Optional.empty();
  }

  private Optional<String> pss(Vector vector) {
    Hash hash = Hash.of(vector.group().text("sha"));
    if (!run.has(hash)) {
      return Optional.of(Run.NO_HASH);
    }
    Hash mgf = Hash.of(vector.group().text("mgfSha"));
    if (run.lacks(hash.pss) || (run.isControl() && mgf != hash)) {
      return Optional.of(Run.NO_MECHANISM);
    }
    int salt = vector.group().number("sLen");
    byte[] message = vector.bytes("msg");
    Rv refusal = refusal(vector);
    for (long type : new long[] {hash.pss, Ck.M_RSA_PKCS_PSS}) {
      byte[] data = type == hash.pss ? message : hash.of(message);
      Pointer mechanism = run.module.mechanismWith(type, hash.digest, mgf.mgf, salt);
      run.expect(vector, refusal, verify(vector, mechanism, data));
    }
    return Optional.empty();
  }
}
