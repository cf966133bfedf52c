package dev.tpm2token.token.mechanism;

import static dev.tpm2token.token.ReturnValue.CKR_DATA_LEN_RANGE;
import static dev.tpm2token.token.ReturnValue.CKR_KEY_SIZE_RANGE;
import static dev.tpm2token.token.ReturnValue.CKR_MECHANISM_PARAM_INVALID;

import dev.tpm2token.token.CryptokiException;
import dev.tpm2token.token.crypto.HashAlgorithm;
import dev.tpm2token.token.crypto.PublicKey;
import dev.tpm2token.token.device.KeyInUse;
import dev.tpm2token.token.device.TokenDevice;
import java.security.MessageDigest;
import java.util.Arrays;

/**
 * RSASSA-PSS (RFC 8017, section 8.1; PKCS#11 3.1, 6.1.8). TPMs differ in the salt's length: some
 * take the longest that fits. Clients and protocols say which they want, so the padding is always
 * made here and put through the TPM's raw RSA.
 */
record RsaPssScheme(HashAlgorithm hash, HashAlgorithm mgf, int saltLength)
    implements SignatureScheme {
  private static final byte TRAILER = (byte) 0xbc;
  private static final int LONGEST_SALT = 2048;

  /** The scheme that a mechanism's parameter asks for. */
  static RsaPssScheme of(Mechanism mechanism, Parameter parameter) {
    if (!(parameter instanceof Parameter.Pss(long hash, long mgf, long salt))
        || salt < 0
        || salt > LONGEST_SALT
        || mechanism.hash().stream().anyMatch(own -> own.mechanism() != hash)) {
      throw new CryptokiException(
          CKR_MECHANISM_PARAM_INVALID,
          mechanism.name() + " wants CK_RSA_PKCS_PSS_PARAMS of its own");
    }
    return new RsaPssScheme(Mgf1.hash(hash), Mgf1.ofMgf(mgf), (int) salt);
  }

  @Override
  public byte[] input(HashAlgorithm any, byte[] digest) {
    return digest;
  }

  @Override
  public int longestInput(PublicKey key) {
    return hash.length();
  }

  @Override
  public byte[] sign(TokenDevice device, KeyInUse key, byte[] digest) {
    PublicKey publicKey = key.publicKey();
    checkInput(publicKey, digest);
    byte[] salt = device.salt(saltLength);
    byte[] h = hash.digest(new byte[8], digest, salt);
    byte[] block = new byte[publicKey.signatureLength()];
    int last = block.length - 1;
    int dbEnd = last - h.length;
    block[last] = TRAILER;
    System.arraycopy(h, 0, block, dbEnd, h.length);
    System.arraycopy(salt, 0, block, dbEnd - saltLength, saltLength);
    block[dbEnd - saltLength - 1] = 1;
    int start = start(publicKey);
    Mgf1.mask(mgf, h, block, start, dbEnd - start);
    clearTop(publicKey, block);
    return device.keys().rawRsa(key, block);
  }

  @Override
  public boolean verify(PublicKey key, byte[] digest, byte[] signature) {
    return key instanceof PublicKey.Rsa rsa
        && digest.length == hash.length()
        && !tooShort(key)
        && rsa.open(signature).filter(encoded -> isPadded(key, digest, encoded)).isPresent();
  }

  /** EMSA-PSS-VERIFY (RFC 8017, section 9.1.2). */
  private boolean isPadded(PublicKey key, byte[] digest, byte[] encoded) {
    byte[] block = encoded.clone();
    clearTop(key, block);
    boolean padded = Arrays.equals(encoded, block); // step 6: bits that EM does not have are zero
    int last = block.length - 1;
    int dbEnd = last - hash.length();
    byte[] h = Arrays.copyOfRange(block, dbEnd, last);
    int start = start(key);
    Mgf1.mask(mgf, h, block, start, dbEnd - start);
    clearTop(key, block);
    int saltStart = dbEnd - saltLength;
    padded &= block[last] == TRAILER && block[saltStart - 1] == 1;
    for (int i = 0; i < saltStart - 1; i++) {
      padded &= block[i] == 0;
    }
    byte[] salt = Arrays.copyOfRange(block, saltStart, dbEnd);
    return padded && MessageDigest.isEqual(h, hash.digest(new byte[8], digest, salt));
  }

  private void checkInput(PublicKey key, byte[] digest) {
    if (digest.length != hash.length()) {
      throw new CryptokiException(
          CKR_DATA_LEN_RANGE, "%s digests have %d bytes".formatted(hash, hash.length()));
    }
    if (tooShort(key)) {
      throw new CryptokiException(
          CKR_KEY_SIZE_RANGE, "the key is too short for that hash and salt");
    }
  }

  private boolean tooShort(PublicKey key) {
    return (key.bits() + 6) / 8 < hash.length() + saltLength + 2;
  }

  /** Where EM begins: one byte later where the modulus has a multiple of 8 bits, and one more. */
  private static int start(PublicKey key) {
    return key.signatureLength() - (key.bits() + 6) / 8;
  }

  /** Clears the bits above emBits, the modulus's length less one. */
  private static void clearTop(PublicKey key, byte[] block) {
    int bits = key.bits() - 1;
    int start = start(key);
    if (start == 1) {
      block[0] = 0;
    }
    block[start] &= (byte) (0xff >>> (8 * ((bits + 7) / 8) - bits));
  }
}
