package dev.tpm2token.token;

/**
 * CK_TOKEN_INFO: what C_GetTokenInfo says, with no TPM command. Texts are unpadded.
 *
 * @param flags the CKF_ bits
 * @param firmwareMajor of the TPM, when the token was made
 */
public record TokenInfo(
    String label,
    String manufacturer,
    String model,
    String serial,
    long flags,
    int sessions,
    int writeSessions,
    int firmwareMajor,
    int firmwareMinor) {
  /** Bytes of the shortest PIN. */
  public static final int MIN_PIN = 4;

  /** Bytes of the longest PIN. */
  public static final int MAX_PIN = 255;

  /** The token has a random number generator. */
  public static final long CKF_RNG = 0x1;

  /** A user must log in to use private objects. */
  public static final long CKF_LOGIN_REQUIRED = 0x4;

  /** There is a user PIN. */
  public static final long CKF_USER_PIN_INITIALIZED = 0x8;

  /** C_SetOperationState never wants a key: digests are saved, which have none. */
  public static final long CKF_RESTORE_KEY_NOT_NEEDED = 0x20;

  /** C_InitToken has been called. */
  public static final long CKF_TOKEN_INITIALIZED = 0x400;

  /** A wrong user PIN was given since the last right one. */
  public static final long CKF_USER_PIN_COUNT_LOW = 0x10000;

  /** One more wrong PIN locks the TPM. */
  public static final long CKF_USER_PIN_FINAL_TRY = 0x20000;

  /** The TPM takes no PIN now. */
  public static final long CKF_USER_PIN_LOCKED = 0x40000;

  /** As COUNT_LOW, of the security officer's PIN. The TPM counts both as one. */
  public static final long CKF_SO_PIN_COUNT_LOW = 0x100000;

  /** As FINAL_TRY. */
  public static final long CKF_SO_PIN_FINAL_TRY = 0x200000;

  /** As LOCKED. */
  public static final long CKF_SO_PIN_LOCKED = 0x400000;
}
