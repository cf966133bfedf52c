package dev.tpm2token.token.mechanism;

import dev.tpm2token.token.crypto.PublicKey;
import dev.tpm2token.token.crypto.Secret;
import dev.tpm2token.token.device.KeyInUse;
import dev.tpm2token.token.device.TokenDevice;

/** Begins operations: a mechanism's row, its parameter and a key. */
public final class Operations {
  /** A key that a mechanism works with. */
  public sealed interface Key extends AutoCloseable {
    /** In the TPM. The operation closes it. */
    record Private(KeyInUse key) implements Key {
      @Override
      public void close() {
        key.close();
      }
    }

    /** A public key in software. */
    record Public(PublicKey key) implements Key {}

    /** A secret key in the TPM. The operation closes it. */
    record TpmSecret(KeyInUse key) implements Key {
      @Override
      public void close() {
        key.close();
      }
    }

    /** A secret in software. It stays the caller's. */
    record Symmetric(Secret secret) implements Key {}

    @Override
    default void close() {}
  }

  private Operations() {}

  /** C_SignInit, C_SignRecoverInit. */
  public static SignOperation sign(
      Mechanism mechanism, Parameter parameter, TokenDevice device, Key key) {
    return switch (mechanism.work()) {
      case Work.Asymmetric work when key instanceof Key.Private(KeyInUse inUse) ->
          new PrivateKeySigning(mechanism, scheme(mechanism, work, parameter), device, inUse);
      case Work.Authenticates(MacScheme mac) -> mac.start(device, key, parameter);
      default -> throw mismatch(mechanism);
    };
  }

  /** C_VerifyInit. */
  public static VerifyOperation verify(
      Mechanism mechanism, Parameter parameter, TokenDevice device, Key key) {
    return switch (mechanism.work()) {
      case Work.Asymmetric work when key instanceof Key.Public(PublicKey publicKey) ->
          new PublicKeyVerifying(mechanism, scheme(mechanism, work, parameter), publicKey);
      case Work.Authenticates(MacScheme mac) -> mac.start(device, key, parameter);
      default -> throw mismatch(mechanism);
    };
  }

  /** C_EncryptInit, C_DecryptInit. */
  public static CipherOperation cipher(
      boolean encrypting, Mechanism mechanism, Parameter parameter, TokenDevice device, Key key) {
    return switch (mechanism.work()) {
      case Work.Asymmetric work when key instanceof Key.Private(KeyInUse inUse) ->
          RsaCipher.decrypting(device, inUse, work.padding().orElseThrow().of(parameter));
      case Work.Asymmetric work when key instanceof Key.Public(PublicKey publicKey) ->
          RsaCipher.encrypting(device, publicKey, work.padding().orElseThrow().of(parameter));
      case Work.Ciphers(AesMode mode) -> mode.start(encrypting, AesKey.of(device, key), parameter);
      default -> throw mismatch(mechanism);
    };
  }

  /** The scheme of a signature that is recovered rather than verified. */
  public static SignatureScheme scheme(Mechanism mechanism, Parameter parameter) {
    return scheme(mechanism, (Work.Asymmetric) mechanism.work(), parameter);
  }

  private static SignatureScheme scheme(
      Mechanism mechanism, Work.Asymmetric work, Parameter parameter) {
    return work.scheme().orElseThrow().of(mechanism, parameter);
  }

  private static IllegalArgumentException mismatch(Mechanism mechanism) {
    return new IllegalArgumentException(mechanism.name() + " with a key of another class");
  }
}
