package dev.tpm2token.token;

import dev.tpm2token.token.crypto.HashAlgorithm;
import dev.tpm2token.token.store.TokenRecord;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.HashSet;
import java.util.Set;

/**
 * The PINs that the TPM has refused. The TPM counts each wrong one and locks after a few; programs
 * try the same wrong PIN again for each key, and that need not cost the user another try.
 */
final class PinAttempts {
  /** Hashes salted for this process alone, of PINs that open nothing. */
  private final Set<ByteBuffer> refused = new HashSet<>();

  private final byte[] salt = new byte[32];

  PinAttempts(SecureRandom random) {
    random.nextBytes(salt);
  }

  synchronized boolean wasRefused(TokenRecord.Seal seal, byte[] pin) {
    return refused.contains(mark(seal, pin));
  }

  synchronized void refuse(TokenRecord.Seal seal, byte[] pin) {
    refused.add(mark(seal, pin));
  }

  /** A PIN that was changed has another seal, and another mark. */
  private ByteBuffer mark(TokenRecord.Seal seal, byte[] pin) {
    return ByteBuffer.wrap(HashAlgorithm.SHA256.digest(salt, seal.privateArea(), pin));
  }
}
