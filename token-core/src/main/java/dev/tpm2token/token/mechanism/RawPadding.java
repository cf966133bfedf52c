package dev.tpm2token.token.mechanism;

import dev.tpm2token.token.crypto.PublicKey;
import dev.tpm2token.token.device.TokenDevice;
import java.util.Optional;

/** None at all: CKM_RSA_X_509 (PKCS#11 3.1, 6.1.10). */
final class RawPadding implements RsaPadding {
  @Override
  public int longest(PublicKey key) {
    return key.signatureLength();
  }

  @Override
  public byte[] pad(TokenDevice device, PublicKey key, byte[] text) {
    return RawRsaScheme.block(key, text);
  }

  @Override
  public Optional<byte[]> unpad(byte[] block) {
    return Optional.of(block);
  }
}
