package dev.tpm2token.interop.wycheproof;

import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.tpm2token.interop.cryptoki.Ck;
import dev.tpm2token.interop.cryptoki.Rv;
import dev.tpm2token.interop.harness.Lab;
import dev.tpm2token.interop.harness.LabExtension;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A shared secret with a private key that is imported into the TPM. The other party's key is a
 * point, or it is in a SubjectPublicKeyInfo or a JSON Web Key, out of which a client takes the
 * point.
 */
@ExtendWith(LabExtension.class)
@TestInstance(Lifecycle.PER_CLASS)
class EcdhVectorsTest {
  /** CKD_NULL. */
  private static final long KDF_NULL = 1;

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
  Stream<DynamicNode> agreements() {
    return Stream.of("secp256r1", "secp384r1", "secp521r1")
        .map("ecdh_"::concat)
        .flatMap(
            curve ->
                Stream.of(
                    run.family(curve, this::subjectPublicKeyInfo),
                    run.family(curve + "_ecpoint", this::point),
                    run.family(curve + "_webcrypto", this::webKey)));
  }

  private Optional<String> subjectPublicKeyInfo(Vector vector) {
    Curve curve = curve(vector);
    return derive(vector, vector.bytes("private"), curve.point(vector.bytes("public")));
  }

  private Optional<String> point(Vector vector) {
    return derive(vector, vector.bytes("private"), Optional.of(vector.bytes("public")));
  }

  private Optional<String> webKey(Vector vector) {
    Fields other = vector.fields().object("public");
    byte[] own = vector.fields().object("private").base64Url("d");
    boolean same = other.text("crv").equals(vector.group().text("curve"));
    byte[] uncompressed = {4};
    byte[] point = Bytes.concat(uncompressed, other.base64Url("x"), other.base64Url("y"));
    return derive(vector, own, same ? Optional.of(point) : Optional.empty());
  }

  private static Curve curve(Vector vector) {
    return Curve.of(vector.group().text("curve"));
  }

  private Optional<String> derive(Vector vector, byte[] own, Optional<byte[]> point) {
    if (point.isEmpty()) {
      assertNotEquals(Vector.Result.VALID, vector.result());
      return Optional.of("no key of that curve");
    }
    byte[] value = Bytes.magnitude(own);
    long key = run.keys.handle(Bytes.hex(value), () -> Keys.ecPrivate(curve(vector), value));
    byte[] other = point.get();
    run.expect(
        vector,
        Rv.CKR_MECHANISM_PARAM_INVALID,
        vector.bytes("shared"),
        run.session.derive(
            run.module.mechanismWith(Ck.M_ECDH1_DERIVE, KDF_NULL, 0, 0, other.length, other),
            key,
            Keys.readable(Ck.K_GENERIC_SECRET)));
    return Optional.empty();
  }
}
