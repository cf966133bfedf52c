package dev.tpm2token.interop.mechanisms;

import static dev.tpm2token.interop.mechanisms.Given.AES_KEY;
import static dev.tpm2token.interop.mechanisms.Given.ASSOCIATED;
import static dev.tpm2token.interop.mechanisms.Given.CMAC;
import static dev.tpm2token.interop.mechanisms.Given.DATA;
import static dev.tpm2token.interop.mechanisms.Given.IV;
import static dev.tpm2token.interop.mechanisms.Given.LABEL;
import static dev.tpm2token.interop.mechanisms.Given.MAC_KEY;
import static dev.tpm2token.interop.mechanisms.Given.SALT;
import static dev.tpm2token.interop.mechanisms.Given.TAG_BITS;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.HexFormat;
import javax.crypto.Cipher;
import javax.crypto.KeyAgreement;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.OAEPParameterSpec;
import javax.crypto.spec.PSource;
import javax.crypto.spec.SecretKeySpec;

/** The other side: keys of the JDK's own, and what its providers make of the same data. */
final class Jdk {
  private static final byte[] P256_INFO =
      HexFormat.of().parseHex("3059301306072a8648ce3d020106082a8648ce3d030107034200");
  private static final int POINT = 65;
  private static final OAEPParameterSpec OAEP =
      new OAEPParameterSpec(
          "SHA-384", "MGF1", MGF1ParameterSpec.SHA1, new PSource.PSpecified(LABEL));

  final KeyPair rsa;
  final KeyPair ec;

  Jdk() throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(2048);
    rsa = generator.generateKeyPair();
    ec = ecPair();
  }

  static KeyPair ecPair() throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    return generator.generateKeyPair();
  }

  // Signatures and MACs, always of DATA

  /** What a mechanism is given to sign: where it does not hash, a digest. */
  static byte[] given(Mechanism mechanism) throws GeneralSecurityException {
    return mechanism.hash().isEmpty()
            && (mechanism.kind() == Mechanism.Kind.RSA_PSS
                || mechanism.kind() == Mechanism.Kind.ECDSA)
        ? Hash.SHA256.of(DATA)
        : DATA;
  }

  /** Its own signature or MAC. */
  byte[] sign(Mechanism mechanism) throws GeneralSecurityException {
    return switch (mechanism.kind()) {
      case HMAC, CMAC -> mac(mechanism);
      case RSA_PKCS, RSA_RAW ->
          mechanism.hash().isPresent()
              ? sign(signature(mechanism), rsa.getPrivate())
              : rsa(Cipher.ENCRYPT_MODE, mechanism, rsa.getPrivate(), DATA);
      case RSA_PSS -> sign(signature(mechanism), rsa.getPrivate());
      case ECDSA -> sign(signature(mechanism), ec.getPrivate());
      default -> throw new AssertionError(mechanism + " does not sign");
    };
  }

  private static byte[] sign(Signature signature, PrivateKey key) throws GeneralSecurityException {
    signature.initSign(key);
    signature.update(DATA);
    return signature.sign();
  }

  /** Whether a signature of the holder of this key, or a MAC, is right. */
  static boolean verifies(Mechanism mechanism, PublicKey key, byte[] signature)
      throws GeneralSecurityException {
    if (mechanism.kind() == Mechanism.Kind.HMAC || mechanism.kind() == Mechanism.Kind.CMAC) {
      return Arrays.equals(mac(mechanism), signature);
    }
    if (mechanism.hash().isEmpty()
        && (mechanism.kind() == Mechanism.Kind.RSA_PKCS
            || mechanism.kind() == Mechanism.Kind.RSA_RAW)) {
      return Given.endsWithData(rsa(Cipher.DECRYPT_MODE, mechanism, key, signature));
    }
    Signature verifier = signature(mechanism);
    verifier.initVerify(key);
    verifier.update(DATA);
    return verifier.verify(signature);
  }

  private static Signature signature(Mechanism mechanism) throws GeneralSecurityException {
    Hash hash = mechanism.parameterHash();
    return switch (mechanism.kind()) {
      case RSA_PSS -> {
        Signature pss = Signature.getInstance("RSASSA-PSS");
        pss.setParameter(
            new PSSParameterSpec(hash.jdk, "MGF1", new MGF1ParameterSpec(hash.jdk), SALT, 1));
        yield pss;
      }
      case ECDSA -> Signature.getInstance(hash.inNames() + "withECDSAinP1363Format");
      default -> Signature.getInstance(hash.inNames() + "withRSA");
    };
  }

  /** An HMAC by the JDK, which has no CMAC: that is SP 800-38B's example. */
  private static byte[] mac(Mechanism mechanism) throws GeneralSecurityException {
    byte[] whole = CMAC;
    if (mechanism.kind() == Mechanism.Kind.HMAC) {
      whole = hmac(mechanism.parameterHash(), MAC_KEY, DATA);
    }
    return mechanism.isGeneral() ? Arrays.copyOf(whole, Mechanism.SHORT) : whole.clone();
  }

  static byte[] hmac(Hash hash, byte[] key, byte[] data) throws GeneralSecurityException {
    Mac mac = Mac.getInstance("Hmac" + hash.inNames());
    mac.init(new SecretKeySpec(key, "any"));
    return mac.doFinal(data);
  }

  // Ciphers

  /** RSA with a mechanism's padding. */
  static byte[] rsa(int mode, Mechanism mechanism, Key key, byte[] in)
      throws GeneralSecurityException {
    Cipher cipher =
        Cipher.getInstance(
            switch (mechanism.kind()) {
              case RSA_PKCS -> "RSA/ECB/PKCS1Padding";
              case RSA_RAW -> "RSA/ECB/NoPadding";
              default -> "RSA/ECB/OAEPPadding";
            });
    if (mechanism.kind() == Mechanism.Kind.RSA_OAEP || mechanism.kind() == Mechanism.Kind.RSA_AES) {
      cipher.init(mode, key, OAEP);
    } else {
      cipher.init(mode, key);
    }
    return cipher.doFinal(in);
  }

  /** AES with AES_KEY in a mechanism's mode. */
  static byte[] aes(int mode, Mechanism mechanism, byte[] in) throws GeneralSecurityException {
    return aes(mode, mechanism.kind(), AES_KEY, in);
  }

  static byte[] aes(int mode, Mechanism.Kind kind, byte[] key, byte[] in)
      throws GeneralSecurityException {
    SecretKeySpec secret = new SecretKeySpec(key, "AES");
    Cipher cipher =
        Cipher.getInstance(
            switch (kind) {
              case AES_ECB -> "AES/ECB/NoPadding";
              case AES_CBC -> "AES/CBC/NoPadding";
              case AES_CBC_PAD -> "AES/CBC/PKCS5Padding";
              case AES_CTR -> "AES/CTR/NoPadding";
              case AES_OFB -> "AES/OFB/NoPadding";
              case AES_CFB -> "AES/CFB/NoPadding";
              case AES_GCM -> "AES/GCM/NoPadding";
              case AES_KW -> "AES/KW/NoPadding";
              case AES_KW_PKCS7 -> "AES/KW/PKCS5Padding";
              case AES_KWP -> "AES/KWP/NoPadding";
              default -> throw new AssertionError(kind + " is no mode");
            });
    switch (kind) {
      case AES_ECB, AES_KW, AES_KW_PKCS7, AES_KWP -> cipher.init(mode, secret);
      case AES_GCM -> {
        return gcm(mode, Arrays.copyOf(IV, 12), TAG_BITS, in);
      }
      default -> cipher.init(mode, secret, new IvParameterSpec(IV));
    }
    return cipher.doFinal(in);
  }

  /** With AES_KEY and the associated data. */
  static byte[] gcm(int mode, byte[] iv, int tagBits, byte[] in) throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(mode, new SecretKeySpec(AES_KEY, "AES"), new GCMParameterSpec(tagBits, iv));
    cipher.updateAAD(ASSOCIATED);
    return cipher.doFinal(in);
  }

  // Agreement

  /** The secret of two keys, and what a derivation makes of it (X9.63, 5.6.3). */
  static byte[] agreed(PrivateKey own, PublicKey other, Given.Derivation derivation, int length)
      throws GeneralSecurityException {
    KeyAgreement agreement = KeyAgreement.getInstance("ECDH");
    agreement.init(own);
    agreement.doPhase(other, true);
    byte[] z = agreement.generateSecret();
    if (derivation.hash().isEmpty()) {
      return Arrays.copyOfRange(z, z.length - length, z.length);
    }
    byte[] derived = new byte[0];
    for (int counter = 1; derived.length < length; counter++) {
      byte[] number = ByteBuffer.allocate(Integer.BYTES).putInt(counter).array();
      derived =
          Given.joined(derived, derivation.hash().get().of(z, number, derivation.sharedData()));
    }
    return Arrays.copyOf(derived, length);
  }

  /** A public key's point, uncompressed. */
  static byte[] point(PublicKey key) {
    byte[] info = key.getEncoded();
    return Arrays.copyOfRange(info, info.length - POINT, info.length);
  }

  /** The public key of a point. */
  static PublicKey ofPoint(byte[] point) throws GeneralSecurityException {
    return KeyFactory.getInstance("EC")
        .generatePublic(new X509EncodedKeySpec(Given.joined(P256_INFO, point)));
  }
}
