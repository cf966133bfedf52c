package dev.tpm2token.interop.wycheproof;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tpm2token.interop.cryptoki.Ck;
import dev.tpm2token.interop.cryptoki.Rv;
import dev.tpm2token.interop.harness.Lab;
import dev.tpm2token.interop.harness.LabExtension;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.Signature;
import java.security.spec.RSAPrivateKeySpec;
import java.util.HashSet;
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

/**
 * Ciphertexts are decrypted with private keys that are imported into the TPM. Each key signs as
 * well: PKCS#1 signatures have no chance in them, so they must be the JDK's.
 */
@ExtendWith(LabExtension.class)
@TestInstance(Lifecycle.PER_CLASS)
@Tag("tpm2token-only") // SoftHSM has OAEP with SHA-1 and no label alone, and keys of all sizes
class RsaDecryptionVectorsTest {
  /** Bits of the RSA keys that swtpm holds. */
  private static final Set<Integer> HELD = Set.of(2048, 3072);

  /** CKZ_DATA_SPECIFIED. */
  private static final long DATA_SPECIFIED = 1;

  private final Set<String> signed = new HashSet<>();
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
            Stream.of("2048_*", "3072_*", "4096_*", "misc")
                .map(size -> run.family("rsa_oaep_" + size, this::oaep)),
            Stream.of(run.family("rsa_three_primes_oaep_*", this::threePrimes)),
            Stream.of("2048", "3072", "4096")
                .map(size -> run.family("rsa_pkcs1_" + size, this::pkcs1)))
        .flatMap(families -> families);
  }

  private Optional<String> oaep(Vector vector) {
    Hash hash = Hash.of(vector.group().text("sha"));
    Hash mgf = Hash.of(vector.group().text("mgfSha"));
    if (!run.has(hash)) {
      return Optional.of(Run.NO_HASH);
    }
    byte[] label = vector.bytes("label");
    return decrypt(
        vector,
        run.module.mechanismWith(
            Ck.M_RSA_PKCS_OAEP, hash.digest, mgf.mgf, DATA_SPECIFIED, label, label.length));
  }

  private Optional<String> pkcs1(Vector vector) {
    return decrypt(vector, run.module.mechanism(Ck.M_RSA_PKCS));
  }

  private Optional<String> decrypt(Vector vector, Pointer mechanism) {
    Fields fields = vector.group().object("privateKey");
    int bits = vector.group().number("keySize");
    if (!HELD.contains(bits)) {
      Keys.Made refused = run.keys.make("RSA-" + bits, () -> Keys.rsaPrivate(fields));
      assertEquals(Rv.CKR_KEY_SIZE_RANGE, refused.rv());
      return Optional.of("a key of a size that this TPM does not hold");
    }
    long key = run.keys.handle(fields.text("modulus"), () -> Keys.rsaPrivate(fields));
    signs(fields, key);
    byte[] ciphertext = vector.bytes("ct");
    run.expect(
        vector,
        ciphertext.length == bits / 8
            ? Rv.CKR_ENCRYPTED_DATA_INVALID
            : Rv.CKR_ENCRYPTED_DATA_LEN_RANGE,
        vector.bytes("msg"),
        run.session.decrypt(mechanism, key, ciphertext));
    return Optional.empty();
  }

  /** Each key once. */
  private void signs(Fields key, long handle) {
    byte[] modulus = key.bytes("modulus");
    if (signed.add(key.text("modulus"))) {
      Pointer mechanism = run.module.mechanism(Ck.M_SHA256_RSA_PKCS);
      assertArrayEquals(
          byTheJdk(new BigInteger(1, modulus), new BigInteger(1, key.bytes("privateExponent"))),
          run.session.sign(mechanism, handle, modulus).bytes());
    }
  }

  /** What the JDK makes of the modulus itself. */
  private static byte[] byTheJdk(BigInteger modulus, BigInteger privateExponent) {
    try {
      Signature signature = Signature.getInstance("SHA256withRSA");
      signature.initSign(
          KeyFactory.getInstance("RSA")
              .generatePrivate(new RSAPrivateKeySpec(modulus, privateExponent)));
      signature.update(modulus.toByteArray());
      return signature.sign();
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  /** Neither Cryptoki nor a TPM has such keys. */
  private Optional<String> threePrimes(Vector vector) {
    Fields key = vector.group().object("privateKey");
    Keys.Made refused = run.keys.make(key.text("modulus"), () -> Keys.rsaPrivate(key));
    assertEquals(Rv.CKR_ATTRIBUTE_VALUE_INVALID, refused.rv());
    return Optional.of("a key of three primes");
  }
}
