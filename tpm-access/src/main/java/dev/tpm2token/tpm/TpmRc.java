package dev.tpm2token.tpm;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** TPM_RC, a response code, and what its bits say: Part 2, 6.6 and Part 1, 39. */
public record TpmRc(int value) {
  private static final Map<Integer, String> NAMES = new HashMap<>();

  public static final TpmRc SUCCESS = named("SUCCESS", 0x000);
  public static final TpmRc BAD_TAG = named("BAD_TAG", 0x01E);

  // Format zero: about the command as a whole.
  public static final TpmRc INITIALIZE = named("INITIALIZE", 0x100);
  public static final TpmRc FAILURE = named("FAILURE", 0x101);
  public static final TpmRc SEQUENCE = named("SEQUENCE", 0x103);
  public static final TpmRc PRIVATE = named("PRIVATE", 0x10B);
  public static final TpmRc HMAC = named("HMAC", 0x119);
  public static final TpmRc DISABLED = named("DISABLED", 0x120);
  public static final TpmRc EXCLUSIVE = named("EXCLUSIVE", 0x121);
  public static final TpmRc AUTH_TYPE = named("AUTH_TYPE", 0x124);
  public static final TpmRc AUTH_MISSING = named("AUTH_MISSING", 0x125);
  public static final TpmRc POLICY = named("POLICY", 0x126);
  public static final TpmRc PCR = named("PCR", 0x127);
  public static final TpmRc PCR_CHANGED = named("PCR_CHANGED", 0x128);
  public static final TpmRc UPGRADE = named("UPGRADE", 0x12D);
  public static final TpmRc TOO_MANY_CONTEXTS = named("TOO_MANY_CONTEXTS", 0x12E);
  public static final TpmRc AUTH_UNAVAILABLE = named("AUTH_UNAVAILABLE", 0x12F);
  public static final TpmRc REBOOT = named("REBOOT", 0x130);
  public static final TpmRc UNBALANCED = named("UNBALANCED", 0x131);
  public static final TpmRc COMMAND_SIZE = named("COMMAND_SIZE", 0x142);
  public static final TpmRc COMMAND_CODE = named("COMMAND_CODE", 0x143);
  public static final TpmRc AUTHSIZE = named("AUTHSIZE", 0x144);
  public static final TpmRc AUTH_CONTEXT = named("AUTH_CONTEXT", 0x145);
  public static final TpmRc NV_RANGE = named("NV_RANGE", 0x146);
  public static final TpmRc NV_SIZE = named("NV_SIZE", 0x147);
  public static final TpmRc NV_LOCKED = named("NV_LOCKED", 0x148);
  public static final TpmRc NV_AUTHORIZATION = named("NV_AUTHORIZATION", 0x149);
  public static final TpmRc NV_UNINITIALIZED = named("NV_UNINITIALIZED", 0x14A);
  public static final TpmRc NV_SPACE = named("NV_SPACE", 0x14B);
  public static final TpmRc NV_DEFINED = named("NV_DEFINED", 0x14C);
  public static final TpmRc BAD_CONTEXT = named("BAD_CONTEXT", 0x150);
  public static final TpmRc CPHASH = named("CPHASH", 0x151);
  public static final TpmRc PARENT = named("PARENT", 0x152);
  public static final TpmRc NEEDS_TEST = named("NEEDS_TEST", 0x153);
  public static final TpmRc NO_RESULT = named("NO_RESULT", 0x154);
  public static final TpmRc SENSITIVE = named("SENSITIVE", 0x155);

  // Format one: about one handle, session or parameter.
  public static final TpmRc ASYMMETRIC = named("ASYMMETRIC", 0x081);
  public static final TpmRc ATTRIBUTES = named("ATTRIBUTES", 0x082);
  public static final TpmRc HASH = named("HASH", 0x083);
  public static final TpmRc VALUE = named("VALUE", 0x084);
  public static final TpmRc HIERARCHY = named("HIERARCHY", 0x085);
  public static final TpmRc KEY_SIZE = named("KEY_SIZE", 0x087);
  public static final TpmRc MGF = named("MGF", 0x088);
  public static final TpmRc MODE = named("MODE", 0x089);
  public static final TpmRc TYPE = named("TYPE", 0x08A);
  public static final TpmRc HANDLE = named("HANDLE", 0x08B);
  public static final TpmRc KDF = named("KDF", 0x08C);
  public static final TpmRc RANGE = named("RANGE", 0x08D);
  public static final TpmRc AUTH_FAIL = named("AUTH_FAIL", 0x08E);
  public static final TpmRc NONCE = named("NONCE", 0x08F);
  public static final TpmRc PP = named("PP", 0x090);
  public static final TpmRc SCHEME = named("SCHEME", 0x092);
  public static final TpmRc SIZE = named("SIZE", 0x095);
  public static final TpmRc SYMMETRIC = named("SYMMETRIC", 0x096);
  public static final TpmRc TAG = named("TAG", 0x097);
  public static final TpmRc SELECTOR = named("SELECTOR", 0x098);
  public static final TpmRc INSUFFICIENT = named("INSUFFICIENT", 0x09A);
  public static final TpmRc SIGNATURE = named("SIGNATURE", 0x09B);
  public static final TpmRc KEY = named("KEY", 0x09C);
  public static final TpmRc POLICY_FAIL = named("POLICY_FAIL", 0x09D);
  public static final TpmRc INTEGRITY = named("INTEGRITY", 0x09F);
  public static final TpmRc TICKET = named("TICKET", 0x0A0);
  public static final TpmRc RESERVED_BITS = named("RESERVED_BITS", 0x0A1);
  public static final TpmRc BAD_AUTH = named("BAD_AUTH", 0x0A2);
  public static final TpmRc EXPIRED = named("EXPIRED", 0x0A3);
  public static final TpmRc POLICY_CC = named("POLICY_CC", 0x0A4);
  public static final TpmRc BINDING = named("BINDING", 0x0A5);
  public static final TpmRc CURVE = named("CURVE", 0x0A6);
  public static final TpmRc ECC_POINT = named("ECC_POINT", 0x0A7);

  // Warnings: not now, or not while this is so.
  public static final TpmRc CONTEXT_GAP = named("CONTEXT_GAP", 0x901);
  public static final TpmRc OBJECT_MEMORY = named("OBJECT_MEMORY", 0x902);
  public static final TpmRc SESSION_MEMORY = named("SESSION_MEMORY", 0x903);
  public static final TpmRc MEMORY = named("MEMORY", 0x904);
  public static final TpmRc SESSION_HANDLES = named("SESSION_HANDLES", 0x905);
  public static final TpmRc OBJECT_HANDLES = named("OBJECT_HANDLES", 0x906);
  public static final TpmRc LOCALITY = named("LOCALITY", 0x907);
  public static final TpmRc YIELDED = named("YIELDED", 0x908);
  public static final TpmRc CANCELED = named("CANCELED", 0x909);
  public static final TpmRc TESTING = named("TESTING", 0x90A);
  public static final TpmRc REFERENCE_H0 = named("REFERENCE_H0", 0x910);
  public static final TpmRc REFERENCE_H1 = named("REFERENCE_H1", 0x911);
  public static final TpmRc REFERENCE_S0 = named("REFERENCE_S0", 0x918);
  public static final TpmRc NV_RATE = named("NV_RATE", 0x920);
  public static final TpmRc LOCKOUT = named("LOCKOUT", 0x921);
  public static final TpmRc RETRY = named("RETRY", 0x922);
  public static final TpmRc NV_UNAVAILABLE = named("NV_UNAVAILABLE", 0x923);

  private static final int FORMAT_ONE = 0x080;
  private static final int PARAMETER_BIT = 0x040;
  private static final int SESSION_BIT = 0x800;
  private static final int WARNING_BIT = 0x800;
  private static final int CODE = 0xFFF; // above it, a resource manager's layer number

  /** What a response code is about. */
  public enum Kind {
    SUCCESS,
    ERROR,
    WARNING,
    HANDLE,
    SESSION,
    PARAMETER
  }

  private static TpmRc named(String name, int value) {
    NAMES.put(value, name);
    return new TpmRc(value);
  }

  public Kind kind() {
    if ((value & CODE) == 0) {
      return Kind.SUCCESS;
    }
    if ((value & FORMAT_ONE) == 0) {
      return (value & WARNING_BIT) == 0 ? Kind.ERROR : Kind.WARNING;
    }
    if ((value & PARAMETER_BIT) != 0) {
      return Kind.PARAMETER;
    }
    return (value & SESSION_BIT) == 0 ? Kind.HANDLE : Kind.SESSION;
  }

  /** Which parameter, session or handle, counted from 1; 0 where the code does not say. */
  public int index() {
    return switch (kind()) {
      case PARAMETER -> value >> 8 & 0xF;
      case SESSION, HANDLE -> value >> 8 & 0x7;
      case SUCCESS, ERROR, WARNING -> 0;
    };
  }

  /**
   * The code without its index and kind: one of this class's constants, where the code is known.
   */
  public TpmRc base() {
    return new TpmRc((value & FORMAT_ONE) == 0 ? value & CODE : value & 0x0BF);
  }

  public boolean is(TpmRc code) {
    return base().equals(code.base());
  }

  /** Whether a handle or session is not in the TPM (any more): REFERENCE_H0 to REFERENCE_S6. */
  public boolean isReference() {
    int code = base().value;
    return code >= REFERENCE_H0.value && code <= 0x91E;
  }

  @Override
  public String toString() {
    String hex = "0x%03X".formatted(value);
    String name = NAMES.get(base().value);
    String about =
        index() == 0 ? "" : ", " + kind().name().toLowerCase(Locale.ROOT) + " " + index();
    return name == null ? "TPM_RC " + hex : "TPM_RC_" + name + " (" + hex + about + ")";
  }
}
