package dev.tpm2token.token.store;

import dev.tpm2token.tpm.Parent;
import dev.tpm2token.tpm.structure.TpmHandle;
import dev.tpm2token.tpm.structure.TpmtPublic;
import dev.tpm2token.tpm.wire.TpmReader;
import org.jspecify.annotations.Nullable;

/**
 * {@code token.json}: a token as it lies in the store.
 *
 * @param format the version of this form; a higher one than ours is left alone
 * @param serial 16 hexadecimal digits, and the name of the token's folder
 * @param slot the slot that the token is in, for as long as it exists
 * @param label up to 32 bytes of UTF-8
 * @param objects the name of the folder in which its objects are: a fresh one each time that the
 *     token is initialised
 * @param tpm what the TPM said of itself when the token was made
 * @param parent the storage key under which everything is, pinned
 * @param soPin the token key, sealed under the security officer's PIN
 * @param userPin the token key, sealed under the user's PIN, once there is one
 */
@SuppressWarnings("ArrayRecordComponent") // carried, not compared
public record TokenRecord(
    int format,
    String serial,
    long slot,
    String label,
    String objects,
    Tpm tpm,
    ParentKey parent,
    Seal soPin,
    @Nullable Seal userPin) {
  /** The version that we write. */
  public static final int FORMAT = 1;

  public TokenRecord {
    StoreJson.checkWhole(serial, label, objects, tpm, parent, soPin);
  }

  /** What the TPM said of itself. */
  public record Tpm(String manufacturer, String model, int firmwareMajor, int firmwareMinor) {
    public Tpm {
      StoreJson.checkWhole(manufacturer, model);
    }
  }

  /**
   * The parent.
   *
   * @param handle where it is: a persistent handle or a hierarchy
   * @param publicArea TPMT_PUBLIC
   */
  public record ParentKey(int handle, byte[] publicArea) {
    public ParentKey {
      StoreJson.checkWhole((Object) publicArea);
    }

    /** As it is now. */
    public static ParentKey of(Parent parent) {
      return new ParentKey(parent.handle().value(), parent.publicArea().marshal());
    }

    /** As the TPM is told of it. */
    public Parent parent() {
      return new Parent(new TpmHandle(handle), TpmReader.readAll(publicArea, TpmtPublic::read));
    }
  }

  /**
   * The token key, sealed in a TPM object.
   *
   * @param salt of the authorisation value's derivation; empty where there is no PIN
   * @param publicArea TPMT_PUBLIC of the sealed object
   * @param privateArea TPM2B_PRIVATE's buffer
   */
  public record Seal(byte[] salt, byte[] publicArea, byte[] privateArea) {
    public Seal {
      StoreJson.checkWhole(salt, publicArea, privateArea);
    }

    /** Whether it opens without a PIN. */
    public boolean isOpen() {
      return salt.length == 0;
    }
  }

  /** The same token in another slot. */
  TokenRecord withSlot(long changed) {
    return new TokenRecord(format, serial, changed, label, objects, tpm, parent, soPin, userPin);
  }

  /** The same token with another label. */
  public TokenRecord withLabel(String changed) {
    return new TokenRecord(format, serial, slot, changed, objects, tpm, parent, soPin, userPin);
  }

  /** The same token with another user PIN. */
  public TokenRecord withUserPin(Seal seal) {
    return new TokenRecord(format, serial, slot, label, objects, tpm, parent, soPin, seal);
  }

  /** The same token with another security officer's PIN. */
  public TokenRecord withSoPin(Seal seal) {
    return new TokenRecord(format, serial, slot, label, objects, tpm, parent, seal, userPin);
  }
}
