package dev.tpm2token.token.mechanism;

import static dev.tpm2token.token.ReturnValue.CKR_DATA_LEN_RANGE;

import dev.tpm2token.token.CryptokiException;
import dev.tpm2token.token.crypto.HashAlgorithm;
import dev.tpm2token.token.crypto.PublicKey;
import dev.tpm2token.token.device.KeyInUse;
import dev.tpm2token.token.device.TokenDevice;
import dev.tpm2token.tpm.structure.TpmAlgId;
import java.util.Arrays;
import java.util.Optional;

/**
 * RSASSA-PKCS1-v1_5 (RFC 8017, section 8.2; PKCS#11 3.1, 6.1.6). The input is what is padded: in
 * practice a DigestInfo. A TPM pads only those whose hash it has; the rest is padded here and put
 * through the TPM's raw RSA. So is SHA-1: TPMs in FIPS mode have it, but do not sign with it.
 */
final class RsaPkcs1Scheme implements SignatureScheme {
  /** 00 01, at least eight FF, 00. */
  private static final int LEAST_PADDING = 11;

  @Override
  public byte[] input(HashAlgorithm hash, byte[] digest) {
    return hash.digestInfo(digest);
  }

  @Override
  public int longestInput(PublicKey key) {
    return key.signatureLength() - LEAST_PADDING;
  }

  @Override
  public byte[] sign(TokenDevice device, KeyInUse key, byte[] input) {
    Optional<HashAlgorithm.Digested> info =
        HashAlgorithm.parseDigestInfo(input)
            .filter(digested -> digested.algorithm() != HashAlgorithm.SHA_1)
            .filter(digested -> device.has(digested.algorithm()));
    byte[] block = pad(key.publicKey(), input);
    return info.isPresent()
        ? device.keys().sign(key, TpmAlgId.RSASSA, info.get().algorithm(), info.get().digest())
        : device.keys().rawRsa(key, block);
  }

  @Override
  public boolean verify(PublicKey key, byte[] input, byte[] signature) {
    byte[] expected = pad(key, input);
    return key instanceof PublicKey.Rsa rsa
        && rsa.open(signature).filter(block -> Arrays.equals(block, expected)).isPresent();
  }

  /** The padding of a signature is public, so there is no oracle to be afraid of. */
  @Override
  public Optional<byte[]> recover(PublicKey key, byte[] signature) {
    return ((PublicKey.Rsa) key).open(signature).flatMap(RsaPkcs1Scheme::unpad);
  }

  private static Optional<byte[]> unpad(byte[] block) {
    int end = 2;
    while (end < block.length && block[end] == (byte) 0xff) {
      end++;
    }
    boolean whole =
        block[0] == 0
            && block[1] == 1
            && end >= LEAST_PADDING - 1
            && end < block.length
            && block[end] == 0;
    return whole ? Optional.of(Arrays.copyOfRange(block, end + 1, block.length)) : Optional.empty();
  }

  private byte[] pad(PublicKey key, byte[] input) {
    if (input.length > longestInput(key)) {
      throw new CryptokiException(
          CKR_DATA_LEN_RANGE,
          "%d bytes are too many for a key of %d bits".formatted(input.length, key.bits()));
    }
    byte[] block = new byte[key.signatureLength()];
    int start = block.length - input.length;
    block[1] = 1;
    Arrays.fill(block, 2, start - 1, (byte) 0xff);
    System.arraycopy(input, 0, block, start, input.length);
    return block;
  }
}
