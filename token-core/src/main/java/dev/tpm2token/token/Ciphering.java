package dev.tpm2token.token;

import dev.tpm2token.token.attribute.AttributeType;
import dev.tpm2token.token.mechanism.CipherOperation;
import dev.tpm2token.token.mechanism.Function;
import dev.tpm2token.token.mechanism.Mechanism;
import dev.tpm2token.token.mechanism.Operations;
import dev.tpm2token.token.object.CryptokiObject;
import java.util.Arrays;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A session's encryption or its decryption (PKCS#11 3.1, sections 5.8 and 5.9). A result whose
 * length is known only once it is there is kept until the client has room for it.
 */
public final class Ciphering {
  private final boolean encrypting;
  private final Token token;
  private final KeyAccess access;
  private final PinGate gate = new PinGate();

  private final UnderWay<CipherOperation> operation = new UnderWay<>();
  private byte @Nullable [] kept;

  Ciphering(boolean encrypting, Token token, KeyAccess access) {
    this.encrypting = encrypting;
    this.token = token;
    this.access = access;
  }

  /** C_EncryptInit, C_DecryptInit. */
  public synchronized void init(MechanismCall call, long key) {
    operation.checkNone();
    Mechanism mechanism = access.mechanism(call, encrypting ? Function.ENCRYPT : Function.DECRYPT);
    AttributeType permission = encrypting ? AttributeType.CKA_ENCRYPT : AttributeType.CKA_DECRYPT;
    CryptokiObject object = access.key(key, permission, mechanism);
    operation.begin(
        access.begin(
            object,
            opened ->
                Operations.cipher(
                    encrypting, mechanism, call.parameter(), token.device(), opened)));
    gate.begin(object);
  }

  /** C_EncryptInit, C_DecryptInit without a mechanism (as of 3.0): ends what is under way. */
  public synchronized void terminate() {
    operation.checkCanEnd();
    end();
  }

  /** For C_Encrypt, C_Decrypt: all the data come at once. */
  public synchronized Ciphering inOnePart() {
    operation.checkInOnePart(this::end);
    return this;
  }

  /** Bytes that an update with a part so long gives. */
  public synchronized int updateLength(int part) {
    return operation.get().updateLength(part);
  }

  /** C_EncryptUpdate, C_DecryptUpdate; where it fails, the operation ends. */
  public synchronized byte[] update(byte[] part) {
    CipherOperation current = operation.getForPart();
    return orEnd(
        () -> {
          gate.pass();
          return current.update(part);
        });
  }

  /** Bytes that the end gives, or data so long and the end: at most so many. */
  public synchronized int finalLength(int data) {
    CipherOperation current = operation.get();
    return kept != null ? kept.length : current.finalLength(data);
  }

  /**
   * C_Encrypt, C_Decrypt, and with no data C_EncryptFinal, C_DecryptFinal. The operation ends
   * unless the result needs more room.
   *
   * @throws BufferTooSmallException and keeps the result
   */
  public synchronized byte[] finish(byte[] data, long room) {
    CipherOperation current = operation.get();
    byte[] result = kept;
    if (result == null) {
      int bound = current.finalLength(data.length);
      if (encrypting && room < bound) {
        throw new BufferTooSmallException(bound);
      }
      result =
          orEnd(
              () -> {
                gate.pass();
                return current.finish(data);
              });
    }
    if (room < result.length) {
      kept = result;
      throw new BufferTooSmallException(result.length);
    }
    kept = null;
    end();
    return result;
  }

  private byte[] orEnd(Supplier<byte[]> work) {
    boolean done = false;
    try {
      byte[] result = work.get();
      done = true;
      return result;
    } finally {
      if (!done) {
        end();
      }
    }
  }

  /** Whether an operation is under way. */
  synchronized boolean isActive() {
    return operation.isActive();
  }

  /** What a PIN for this one operation opens. */
  PinGate gate() {
    return gate;
  }

  /** Ends what is under way, if anything is. */
  synchronized void end() {
    CipherOperation current = operation.orNull();
    if (current != null) {
      current.close();
    }
    operation.end();
    if (kept != null) {
      Arrays.fill(kept, (byte) 0);
      kept = null;
    }
    gate.open();
  }
}
