package dev.tpm2token.token.mechanism;

import dev.tpm2token.token.crypto.HashAlgorithm;
import dev.tpm2token.token.crypto.PublicKey;
import dev.tpm2token.token.device.KeyInUse;
import dev.tpm2token.token.device.TokenDevice;
import java.util.Optional;

/**
 * How a family of mechanisms signs and verifies its input: what the client gave, or what {@link
 * #input} made of its digest.
 */
public interface SignatureScheme {
  /** The input that a digest makes. */
  byte[] input(HashAlgorithm hash, byte[] digest);

  /**
   * The longest input for a key, in bytes.
   *
   * <p>A client may give it in parts; nothing longer needs to be kept.
   */
  int longestInput(PublicKey key);

  /**
   * Signs with one TPM command.
   *
   * @throws dev.tpm2token.token.CryptokiException CKR_DATA_LEN_RANGE for an input too long
   */
  byte[] sign(TokenDevice device, KeyInUse key, byte[] input);

  /** What was signed, where the signature holds it; empty where it is no signature. */
  default Optional<byte[]> recover(PublicKey key, byte[] signature) {
    return Optional.empty();
  }

  /** Whether it is the signature; its length is the key's. */
  boolean verify(PublicKey key, byte[] input, byte[] signature);
}
