package dev.tpm2token.token.mechanism;

import static dev.tpm2token.token.ReturnValue.CKR_MECHANISM_PARAM_INVALID;

import dev.tpm2token.token.CryptokiException;
import dev.tpm2token.token.crypto.HashAlgorithm;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** The mask generation function of PSS and OAEP (RFC 8017, appendix B.2.1). */
final class Mgf1 {
  private Mgf1() {}

  /** Masks or unmasks a part of a block with what the seed, another part of it, makes. */
  static void mask(HashAlgorithm hash, byte[] seed, byte[] block, int start, int length) {
    int done = 0;
    for (int counter = 0; done < length; counter++) {
      byte[] part = hash.digest(seed, ByteBuffer.allocate(Integer.BYTES).putInt(counter).array());
      for (int i = 0; i < part.length && done < length; i++, done++) {
        block[start + done] ^= part[i];
      }
      Arrays.fill(part, (byte) 0);
    }
  }

  /** The hash that a parameter names by its digest mechanism. */
  static HashAlgorithm hash(long mechanism) {
    return HashAlgorithm.of(HashAlgorithm::mechanism, mechanism)
        .orElseThrow(
            () ->
                new CryptokiException(
                    CKR_MECHANISM_PARAM_INVALID, "no hash 0x%x here".formatted(mechanism)));
  }

  /** The hash of the MGF1 that a parameter names. */
  static HashAlgorithm ofMgf(long mgf) {
    return HashAlgorithm.of(HashAlgorithm::mgf, mgf)
        .orElseThrow(
            () ->
                new CryptokiException(
                    CKR_MECHANISM_PARAM_INVALID, "no mask generation 0x%x here".formatted(mgf)));
  }
}
