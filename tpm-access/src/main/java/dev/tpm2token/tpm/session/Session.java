package dev.tpm2token.tpm.session;

import dev.tpm2token.tpm.structure.TpmHandle;

/**
 * One entry of a command's authorization area: Part 1, 17.4. Sessions differ only here.
 *
 * <p>{@code authValue} is that of the entity the session authorizes; empty where it authorizes
 * none.
 */
public sealed interface Session extends AutoCloseable
    permits PasswordSession, HmacSession, PolicySession {
  /** TPMA_SESSION (Part 2, 8.4): the session outlives the command. */
  int CONTINUE_SESSION = 0x01;

  /** TPMA_SESSION: the first command parameter is encrypted. */
  int DECRYPT = 0x20;

  /** TPMA_SESSION: the first response parameter is encrypted. */
  int ENCRYPT = 0x40;

  TpmHandle handle();

  /** Whether parameters can be encrypted, and HMACs tell who answered. */
  boolean isSecure();

  /** Takes a new nonceCaller: once for each command. */
  void begin();

  byte[] nonceCaller();

  /** Encrypts {@code data} in place with what the first command parameter is encrypted with. */
  void encryptCommand(byte[] authValue, byte[] data);

  /** The command's HMAC; a password session's is the password. */
  byte[] authorize(byte[] authValue, byte[] cpHash, int attributes);

  /**
   * Takes the TPM's new nonce, and checks the response's HMAC with it.
   *
   * @throws dev.tpm2token.tpm.TpmProtocolException if it is not the TPM's
   */
  void verify(byte[] authValue, byte[] rpHash, byte[] nonceTpm, int attributes, byte[] hmac);

  /** Decrypts in place; after {@link #verify}. */
  void decryptResponse(byte[] authValue, byte[] data);

  /** Zeroes the session's secrets. The TPM is told by FlushContext. */
  @Override
  void close();
}
