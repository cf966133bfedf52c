package dev.tpm2token.cli;

import dev.tpm2token.token.TokenInfo;

/**
 * A token.
 *
 * @param label what it is called
 * @param serial its serial number, in hex
 * @param slot its slot's id, which stays
 * @param pin "not set", "none" (no login is needed) or "set"
 */
public record TokenReport(String label, String serial, long slot, String pin) implements Part {
  /** What C_GetTokenInfo says of it. */
  public static TokenReport of(TokenInfo info, long slot) {
    return new TokenReport(info.label(), info.serial(), slot, pin(info.flags()));
  }

  private static String pin(long flags) {
    if ((flags & TokenInfo.CKF_USER_PIN_INITIALIZED) == 0) {
      return "not set";
    }
    return (flags & TokenInfo.CKF_LOGIN_REQUIRED) == 0 ? "none" : "set";
  }
}
