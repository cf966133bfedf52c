package dev.tpm2token.token.mechanism;

import static dev.tpm2token.token.ReturnValue.CKR_DATA_LEN_RANGE;

import dev.tpm2token.token.CryptokiException;
import dev.tpm2token.token.crypto.HashAlgorithm;
import dev.tpm2token.token.crypto.PublicKey;
import dev.tpm2token.token.device.KeyInUse;
import dev.tpm2token.token.device.TokenDevice;
import dev.tpm2token.tpm.structure.TpmAlgId;
import java.util.Arrays;
import java.util.List;

/**
 * ECDSA (FIPS 186-5, section 6; PKCS#11 3.1, 6.3.12). A TPM takes digests of the lengths of hashes
 * that it has and no others, so the number that is signed, at most as long as the curve's order, is
 * put into the shortest of those that holds it. That does not change the number.
 */
final class EcdsaScheme implements SignatureScheme {
  /** Without SHA-1: TPMs in FIPS mode have it, but do not sign with it. */
  private static final List<HashAlgorithm> CARRIERS =
      List.of(HashAlgorithm.SHA256, HashAlgorithm.SHA384, HashAlgorithm.SHA512);

  @Override
  public byte[] input(HashAlgorithm hash, byte[] digest) {
    return digest;
  }

  /** What is beyond the order's length is cut off; more than any hash gives is a mistake. */
  @Override
  public int longestInput(PublicKey key) {
    return Math.max(HashAlgorithm.SHA512.length(), key.signatureLength() / 2);
  }

  @Override
  public byte[] sign(TokenDevice device, KeyInUse key, byte[] input) {
    int order = key.publicKey().signatureLength() / 2;
    byte[] number = input.length > order ? Arrays.copyOf(input, order) : input;
    for (HashAlgorithm hash : CARRIERS) {
      if (hash.length() >= number.length && device.has(hash)) {
        return device.keys().sign(key, TpmAlgId.ECDSA, hash, fit(number, hash.length(), order));
      }
    }
    throw new CryptokiException(
        CKR_DATA_LEN_RANGE, "the TPM has no hash as long as %d bytes".formatted(number.length));
  }

  /**
   * The number in exactly {@code length} bytes. The TPM uses the leftmost bytes, as many as the
   * order has: zeros go before the number up to there, and after it from there on.
   */
  static byte[] fit(byte[] number, int length, int order) {
    byte[] fitted = new byte[length];
    int end = Math.min(length, order);
    System.arraycopy(number, 0, fitted, end - number.length, number.length);
    return fitted;
  }

  @Override
  public boolean verify(PublicKey key, byte[] input, byte[] signature) {
    return key instanceof PublicKey.Ec ec && ec.verify(input, signature);
  }
}
