package dev.tpm2token.token.device;

import static dev.tpm2token.token.ReturnValue.CKR_PIN_INCORRECT;
import static dev.tpm2token.token.ReturnValue.CKR_PIN_LOCKED;

import dev.tpm2token.token.CryptokiException;
import dev.tpm2token.token.TokenInfo;
import dev.tpm2token.token.crypto.Sealing;
import dev.tpm2token.token.crypto.Secret;
import dev.tpm2token.token.store.TokenRecord;
import dev.tpm2token.tpm.DictionaryAttack;
import dev.tpm2token.tpm.KeyBlob;
import dev.tpm2token.tpm.Parent;
import dev.tpm2token.tpm.Tpm;
import dev.tpm2token.tpm.TpmDevice;
import dev.tpm2token.tpm.TpmRc;
import dev.tpm2token.tpm.TpmResponseException;
import dev.tpm2token.tpm.command.ObjectChangeAuth;
import dev.tpm2token.tpm.command.Unseal;
import dev.tpm2token.tpm.structure.ObjectAttributes;
import dev.tpm2token.tpm.structure.TpmsSensitiveCreate;
import dev.tpm2token.tpm.structure.TpmtPublic;
import dev.tpm2token.tpm.structure.TpmtScheme;
import dev.tpm2token.tpm.structure.TpmuPublicParms;
import dev.tpm2token.tpm.wire.TpmReader;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.function.Function;

/** Token keys, sealed under PINs: it is the TPM that counts wrong ones. */
public final class PinSeals {
  private static final int SALT_BYTES = 16;

  private static final int ATTRIBUTES =
      ObjectAttributes.FIXED_TPM | ObjectAttributes.FIXED_PARENT | ObjectAttributes.USER_WITH_AUTH;

  private final TpmDevice device;
  private final SecureRandom random;
  private volatile long flags;

  PinSeals(TpmDevice device, SecureRandom random) {
    this.device = device;
    this.random = random;
  }

  /** What the TPM's counters mean for PINs: the CKF_ bits, as of the last wrong PIN. */
  public long flags() {
    return flags;
  }

  /** Where the TPM's own count of wrong PINs stands now: one command. */
  public DictionaryAttack guesses() {
    return device.call(DictionaryAttack::read);
  }

  /** Seals a token key under a PIN; an empty PIN makes a seal that opens without. */
  public TokenRecord.Seal seal(TokenRecord.ParentKey parentKey, Secret tokenKey, byte[] pin) {
    byte[] salt = new byte[pin.length == 0 ? 0 : SALT_BYTES];
    random.nextBytes(salt);
    byte[] auth = authValue(salt, pin);
    int protection = pin.length == 0 ? ObjectAttributes.NO_DA : 0;
    TpmtPublic template =
        TpmtPublic.template(
            new ObjectAttributes(ATTRIBUTES | protection),
            new TpmuPublicParms.KeyedHash(TpmtScheme.NULL));
    try {
      Parent parent = parentKey.parent();
      KeyBlob made =
          tokenKey.use(
              key ->
                  device.call(
                      tpm -> tpm.create(parent, new TpmsSensitiveCreate(auth, key), template)));
      return new TokenRecord.Seal(salt, made.publicArea().marshal(), made.privateArea());
    } finally {
      Arrays.fill(auth, (byte) 0);
    }
  }

  /**
   * The token key.
   *
   * @throws CryptokiException CKR_PIN_INCORRECT
   */
  public Secret unseal(TokenRecord.ParentKey parentKey, TokenRecord.Seal seal, byte[] pin) {
    byte[] auth = authValue(seal.salt(), pin);
    try {
      Parent parent = parentKey.parent();
      return withPin(
          tpm ->
              Secret.taking(
                  tpm.execute(
                      new Unseal(tpm.load(blob(parent, seal))), tpm.authorize(parent, auth))));
    } finally {
      Arrays.fill(auth, (byte) 0);
    }
  }

  /**
   * The same secret under another PIN. The old seal still opens with the old PIN, for whoever kept
   * it: a TPM cannot take back what it has wrapped.
   *
   * @throws CryptokiException CKR_PIN_INCORRECT
   */
  public TokenRecord.Seal changePin(
      TokenRecord.ParentKey parentKey, TokenRecord.Seal seal, byte[] oldPin, byte[] newPin) {
    byte[] salt = new byte[SALT_BYTES];
    random.nextBytes(salt);
    byte[] oldAuth = authValue(seal.salt(), oldPin);
    byte[] newAuth = authValue(salt, newPin);
    try {
      Parent parent = parentKey.parent();
      KeyBlob old = blob(parent, seal);
      byte[] changed =
          withPin(
              tpm ->
                  tpm.execute(
                      new ObjectChangeAuth(tpm.load(old), tpm.handle(parent), newAuth),
                      tpm.authorize(parent, oldAuth)));
      device.forget(old);
      return new TokenRecord.Seal(salt, seal.publicArea(), changed);
    } finally {
      Arrays.fill(oldAuth, (byte) 0);
      Arrays.fill(newAuth, (byte) 0);
    }
  }

  /** The authValue of a PIN: fast to compute, because it is the TPM that counts wrong ones. */
  private static byte[] authValue(byte[] salt, byte[] pin) {
    return salt.length == 0 ? new byte[0] : Sealing.hkdf(pin, salt, "tpm2-token PIN");
  }

  private <T> T withPin(Function<Tpm, T> work) {
    try {
      T result = device.call(work);
      flags = 0;
      return result;
    } catch (TpmResponseException e) {
      boolean wrong = isWrongAuth(e);
      if (!wrong && !e.is(TpmRc.LOCKOUT)) {
        throw e;
      }
      DictionaryAttack state = guesses();
      flags = flags(state);
      throw wrong ? wrongPin(state, e) : locked(e);
    }
  }

  private static CryptokiException wrongPin(DictionaryAttack state, TpmResponseException e) {
    return new CryptokiException(
        CKR_PIN_INCORRECT,
        "the TPM refuses the PIN, and locks after %d more".formatted(state.triesLeft()),
        e);
  }

  private static CryptokiException locked(TpmResponseException e) {
    return new CryptokiException(
        CKR_PIN_LOCKED,
        "the TPM takes no PIN after too many wrong ones; tpm2-token lockout show says for how long",
        e);
  }

  /** Whether the TPM says that an authValue is another. */
  static boolean isWrongAuth(TpmResponseException e) {
    return e.is(TpmRc.AUTH_FAIL) || e.is(TpmRc.BAD_AUTH);
  }

  private static long flags(DictionaryAttack state) {
    long flags = TokenInfo.CKF_USER_PIN_COUNT_LOW | TokenInfo.CKF_SO_PIN_COUNT_LOW;
    if (!state.isOn()) {
      return flags; // no number of wrong ones locks it
    }
    if (state.triesLeft() == 1) {
      flags |= TokenInfo.CKF_USER_PIN_FINAL_TRY | TokenInfo.CKF_SO_PIN_FINAL_TRY;
    }
    if (state.triesLeft() == 0) {
      flags |= TokenInfo.CKF_USER_PIN_LOCKED | TokenInfo.CKF_SO_PIN_LOCKED;
    }
    return flags;
  }

  private static KeyBlob blob(Parent parent, TokenRecord.Seal seal) {
    return new KeyBlob(
        parent, TpmReader.readAll(seal.publicArea(), TpmtPublic::read), seal.privateArea());
  }
}
