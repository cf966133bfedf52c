package dev.tpm2token.token.mechanism;

import static dev.tpm2token.token.ReturnValue.CKR_DATA_INVALID;

import dev.tpm2token.token.CryptokiException;
import dev.tpm2token.token.crypto.HashAlgorithm;
import dev.tpm2token.token.crypto.PublicKey;
import dev.tpm2token.token.device.KeyInUse;
import dev.tpm2token.token.device.TokenDevice;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.Optional;

/** CKM_RSA_X_509 (PKCS#11 3.1, 6.1.10): a number, less than the modulus, without padding. */
final class RawRsaScheme implements SignatureScheme {
  @Override
  public byte[] input(HashAlgorithm hash, byte[] digest) {
    return digest;
  }

  @Override
  public int longestInput(PublicKey key) {
    return key.signatureLength();
  }

  @Override
  public byte[] sign(TokenDevice device, KeyInUse key, byte[] input) {
    return device.keys().rawRsa(key, block(key.publicKey(), input));
  }

  @Override
  public boolean verify(PublicKey key, byte[] input, byte[] signature) {
    byte[] expected = block(key, input);
    return key instanceof PublicKey.Rsa rsa
        && rsa.open(signature).filter(block -> Arrays.equals(block, expected)).isPresent();
  }

  @Override
  public Optional<byte[]> recover(PublicKey key, byte[] signature) {
    return ((PublicKey.Rsa) key).open(signature);
  }

  /** The number, with zeros before it, as long as the modulus. */
  static byte[] block(PublicKey key, byte[] input) {
    BigInteger number = new BigInteger(1, input);
    if (!(key instanceof PublicKey.Rsa rsa) || number.compareTo(rsa.modulus()) >= 0) {
      throw new CryptokiException(CKR_DATA_INVALID, "the number is not less than the modulus");
    }
    return PublicKey.unsigned(number, key.signatureLength());
  }
}
