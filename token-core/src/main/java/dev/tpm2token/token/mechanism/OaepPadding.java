package dev.tpm2token.token.mechanism;

import static dev.tpm2token.token.ReturnValue.CKR_MECHANISM_PARAM_INVALID;

import dev.tpm2token.token.CryptokiException;
import dev.tpm2token.token.crypto.HashAlgorithm;
import dev.tpm2token.token.crypto.PublicKey;
import dev.tpm2token.token.device.TokenDevice;
import java.util.Arrays;
import java.util.Optional;

/**
 * RSAES-OAEP (RFC 8017, section 7.1; PKCS#11 3.1, 6.1.7), made here for any hash and label: a TPM
 * wants labels that end in a zero, and hashes that it has.
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record OaepPadding(HashAlgorithm hash, HashAlgorithm mgf, byte[] label) implements RsaPadding {
  /** The padding that a mechanism's parameter asks for. */
  static OaepPadding of(Parameter parameter) {
    if (!(parameter instanceof Parameter.Oaep(long hash, long mgf, byte[] label))) {
      throw new CryptokiException(CKR_MECHANISM_PARAM_INVALID, "no CK_RSA_PKCS_OAEP_PARAMS");
    }
    return new OaepPadding(Mgf1.hash(hash), Mgf1.ofMgf(mgf), label);
  }

  @Override
  public int longest(PublicKey key) {
    return key.signatureLength() - 2 * hash.length() - 2;
  }

  @Override
  public byte[] pad(TokenDevice device, PublicKey key, byte[] text) {
    byte[] block = new byte[key.signatureLength()];
    int db = 1 + hash.length();
    byte[] seed = device.salt(hash.length());
    System.arraycopy(hash.digest(label), 0, block, db, hash.length());
    block[block.length - text.length - 1] = 1;
    System.arraycopy(text, 0, block, block.length - text.length, text.length);
    System.arraycopy(seed, 0, block, 1, seed.length);
    Mgf1.mask(mgf, seed, block, db, block.length - db);
    Mgf1.mask(mgf, Arrays.copyOfRange(block, db, block.length), block, 1, hash.length());
    return block;
  }

  @Override
  public Optional<byte[]> unpad(byte[] masked) {
    int db = 1 + hash.length();
    if (masked.length < db + hash.length() + 1) {
      return Optional.empty();
    }
    byte[] block = masked.clone();
    Mgf1.mask(mgf, Arrays.copyOfRange(block, db, block.length), block, 1, hash.length());
    byte[] seed = Arrays.copyOfRange(block, 1, db);
    Mgf1.mask(mgf, seed, block, db, block.length - db);
    byte[] expected = hash.digest(label);
    int wrong = block[0] & 0xff;
    for (int i = 0; i < expected.length; i++) {
      wrong |= (expected[i] ^ block[db + i]) & 0xff;
    }
    int separator = 0;
    int found = 0; // all ones once a byte other than zero has been seen
    for (int i = db + hash.length(); i < block.length; i++) {
      int other = ~Pkcs1Padding.isZero(block[i] & 0xff);
      separator |= i & other & ~found;
      wrong |= (block[i] ^ 1) & 0xff & other & ~found;
      found |= other;
    }
    wrong |= ~found;
    Optional<byte[]> text =
        wrong == 0
            ? Optional.of(Arrays.copyOfRange(block, separator + 1, block.length))
            : Optional.empty();
    Arrays.fill(block, (byte) 0);
    return text;
  }
}
