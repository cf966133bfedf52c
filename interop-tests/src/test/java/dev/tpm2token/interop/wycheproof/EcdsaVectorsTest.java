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
 * ECDSA signatures are verified, each in two ways: with the mechanism that hashes, where there is
 * one, and with CKM_ECDSA.
 */
@ExtendWith(LabExtension.class)
@TestInstance(Lifecycle.PER_CLASS)
class EcdsaVectorsTest {
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
    return Stream.of(
        run.family("ecdsa_secp256r1_*", this::verify),
        run.family("ecdsa_secp384r1_*", this::verify),
        run.family("ecdsa_secp521r1_*", this::verify));
  }

  private Optional<String> verify(Vector vector) {
    Fields publicKey = vector.group().object("publicKey");
    Curve curve = Curve.of(publicKey.text("curve"));
    byte[] signature = vector.bytes("sig");
    if (vector.group().text("type").equals("EcdsaVerify")) {
      Optional<byte[]> raw = Der.rAndS(signature, curve.bytes());
      if (raw.isEmpty()) {
        assertNotEquals(Vector.Result.VALID, vector.result());
        return Optional.of("DER of no r and s that fit the curve");
      }
      signature = raw.get();
    }
    byte[] point = publicKey.bytes("uncompressed");
    long key = run.keys.handle(publicKey.text("uncompressed"), () -> Keys.ecPublic(curve, point));
    Hash hash = Hash.of(vector.group().text("sha"));
    byte[] message = vector.bytes("msg");
    Rv refusal =
        signature.length == 2 * curve.bytes()
            ? Rv.CKR_SIGNATURE_INVALID
            : Rv.CKR_SIGNATURE_LEN_RANGE;
    if (hash.ecdsa != 0 && !run.lacks(hash.ecdsa)) {
      run.expect(
          vector,
          refusal,
          run.session.verify(run.module.mechanism(hash.ecdsa), key, message, signature));
    }
    run.expect(
        vector,
        refusal,
        run.session.verify(run.module.mechanism(Ck.M_ECDSA), key, hash.of(message), signature));
    return Optional.empty();
  }
}
