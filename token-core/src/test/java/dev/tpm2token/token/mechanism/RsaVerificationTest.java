package dev.tpm2token.token.mechanism;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tpm2token.token.crypto.HashAlgorithm;
import dev.tpm2token.token.crypto.PublicKey;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.interfaces.RSAPrivateKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * A signature plus the modulus is the same number to the public key, but not the same signature
 * (RFC 8017, 5.2.2): Wycheproof's "the signature is not reduced".
 */
class RsaVerificationTest {
  private static final int BYTES = 256;
  private static final int SALT = 32;

  private static KeyPair pair;
  private static PublicKey.Rsa key;

  @BeforeAll
  static void makeKey() throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(8 * BYTES);
    pair = generator.generateKeyPair();
    RSAPublicKey made = (RSAPublicKey) pair.getPublic();
    key = new PublicKey.Rsa(made.getModulus(), made.getPublicExponent());
  }

  /** Signs a text that has room in it. */
  private interface Signing {
    byte[] sign(byte[] text) throws GeneralSecurityException;
  }

  /** Signs one text after the other until the modulus can be added to what comes of it. */
  private static void check(SignatureScheme scheme, HashAlgorithm hash, Signing signing)
      throws GeneralSecurityException {
    for (int i = 0; ; i++) {
      byte[] text = {(byte) (i >> 8), (byte) i};
      byte[] signature = signing.sign(text);
      byte[] input = scheme.input(hash, hash.digest(text));
      assertTrue(scheme.verify(key, input, signature));
      BigInteger greater = new BigInteger(1, signature).add(key.modulus());
      if (greater.bitLength() <= 8 * BYTES) {
        byte[] unreduced = PublicKey.unsigned(greater, BYTES);
        assertFalse(scheme.verify(key, input, unreduced));
        assertTrue(scheme.recover(key, unreduced).isEmpty());
        return;
      }
    }
  }

  @Test
  void pkcs1() throws Exception {
    check(new RsaPkcs1Scheme(), HashAlgorithm.SHA256, text -> sign("SHA256withRSA", text));
  }

  @Test
  void pss() throws Exception {
    HashAlgorithm hash = HashAlgorithm.SHA256;
    check(new RsaPssScheme(hash, hash, SALT), hash, text -> sign("RSASSA-PSS", text));
  }

  @Test
  void raw() throws Exception {
    RSAPrivateKey own = (RSAPrivateKey) pair.getPrivate();
    HashAlgorithm hash = HashAlgorithm.SHA256;
    check(
        new RawRsaScheme(),
        hash,
        text -> {
          BigInteger digest = new BigInteger(1, hash.digest(text));
          return PublicKey.unsigned(digest.modPow(own.getPrivateExponent(), key.modulus()), BYTES);
        });
  }

  private static byte[] sign(String algorithm, byte[] text) throws GeneralSecurityException {
    Signature signer = Signature.getInstance(algorithm);
    if (algorithm.equals("RSASSA-PSS")) {
      signer.setParameter(
          new PSSParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, SALT, 1));
    }
    signer.initSign(pair.getPrivate());
    signer.update(text);
    return signer.sign();
  }
}
