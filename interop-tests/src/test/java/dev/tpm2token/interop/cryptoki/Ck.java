package dev.tpm2token.interop.cryptoki;

/** The constants of pkcs11t.h that the tests use, under their own names less the CK. */
public final class Ck {
  /** CK_UNAVAILABLE_INFORMATION: the length of an attribute that is not given out. */
  public static final long UNAVAILABLE = ~0L;

  public static final long USER = 1;
  public static final long SO = 0;
  public static final long CONTEXT_SPECIFIC = 2;

  public static final long SESSION_RW = 0x2;
  public static final long SESSION_SERIAL = 0x4;
  public static final long SESSION_ASYNC = 0x8;
  public static final long STATE_RO_PUBLIC = 0;
  public static final long STATE_RO_USER = 1;
  public static final long STATE_RW_PUBLIC = 2;
  public static final long STATE_RW_USER = 3;
  public static final long STATE_RW_SO = 4;

  public static final long TOKEN_RNG = 0x1;
  public static final long TOKEN_LOGIN_REQUIRED = 0x4;
  public static final long TOKEN_USER_PIN_INITIALIZED = 0x8;
  public static final long TOKEN_INITIALIZED = 0x400;
  public static final long TOKEN_USER_PIN_COUNT_LOW = 0x10000;
  public static final long TOKEN_USER_PIN_FINAL_TRY = 0x20000;
  public static final long TOKEN_USER_PIN_LOCKED = 0x40000;

  public static final long O_DATA = 0;
  public static final long O_CERTIFICATE = 1;
  public static final long O_PUBLIC_KEY = 2;
  public static final long O_PRIVATE_KEY = 3;
  public static final long O_SECRET_KEY = 4;
  public static final long O_PROFILE = 9;

  public static final long K_RSA = 0;
  public static final long K_EC = 3;
  public static final long K_GENERIC_SECRET = 0x10;
  public static final long K_AES = 0x1f;

  public static final long A_CLASS = 0x0;
  public static final long A_TOKEN = 0x1;
  public static final long A_PRIVATE = 0x2;
  public static final long A_LABEL = 0x3;
  public static final long A_APPLICATION = 0x10;
  public static final long A_VALUE = 0x11;
  public static final long A_CERTIFICATE_TYPE = 0x80;
  public static final long A_ISSUER = 0x81;
  public static final long A_SERIAL_NUMBER = 0x82;
  public static final long A_KEY_TYPE = 0x100;
  public static final long A_SUBJECT = 0x101;
  public static final long A_ID = 0x102;
  public static final long A_SENSITIVE = 0x103;
  public static final long A_ENCRYPT = 0x104;
  public static final long A_DECRYPT = 0x105;
  public static final long A_WRAP = 0x106;
  public static final long A_UNWRAP = 0x107;
  public static final long A_SIGN = 0x108;
  public static final long A_SIGN_RECOVER = 0x109;
  public static final long A_VERIFY = 0x10a;
  public static final long A_VERIFY_RECOVER = 0x10b;
  public static final long A_DERIVE = 0x10c;
  public static final long A_MODULUS = 0x120;
  public static final long A_MODULUS_BITS = 0x121;
  public static final long A_PUBLIC_EXPONENT = 0x122;
  public static final long A_PRIVATE_EXPONENT = 0x123;
  public static final long A_PRIME_1 = 0x124;
  public static final long A_PRIME_2 = 0x125;
  public static final long A_EXPONENT_1 = 0x126;
  public static final long A_EXPONENT_2 = 0x127;
  public static final long A_COEFFICIENT = 0x128;
  public static final long A_VALUE_LEN = 0x161;
  public static final long A_EXTRACTABLE = 0x162;
  public static final long A_LOCAL = 0x163;
  public static final long A_NEVER_EXTRACTABLE = 0x164;
  public static final long A_ALWAYS_SENSITIVE = 0x165;
  public static final long A_KEY_GEN_MECHANISM = 0x166;
  public static final long A_MODIFIABLE = 0x170;
  public static final long A_COPYABLE = 0x171;
  public static final long A_DESTROYABLE = 0x172;
  public static final long A_EC_PARAMS = 0x180;
  public static final long A_EC_POINT = 0x181;
  public static final long A_ALWAYS_AUTHENTICATE = 0x202;
  public static final long A_WRAP_WITH_TRUSTED = 0x210;
  public static final long A_PROFILE_ID = 0x601;
  public static final long A_ENCAPSULATE = 0x633;
  public static final long A_DECAPSULATE = 0x634;
  public static final long A_VENDOR = 0xcf534301L;

  public static final long M_RSA_PKCS_KEY_PAIR_GEN = 0x0;
  public static final long M_RSA_PKCS = 0x1;
  public static final long M_RSA_X_509 = 0x3;
  public static final long M_RSA_PKCS_OAEP = 0x9;
  public static final long M_RSA_PKCS_PSS = 0xd;
  public static final long M_SHA1_RSA_PKCS = 0x6;
  public static final long M_SHA256_RSA_PKCS = 0x40;
  public static final long M_SHA384_RSA_PKCS = 0x41;
  public static final long M_SHA512_RSA_PKCS = 0x42;
  public static final long M_SHA_1 = 0x220;
  public static final long M_SHA256 = 0x250;
  public static final long M_SHA384 = 0x260;
  public static final long M_SHA512 = 0x270;
  public static final long M_SHA256_HMAC = 0x251;
  public static final long M_SHA256_HMAC_GENERAL = 0x252;
  public static final long M_GENERIC_SECRET_KEY_GEN = 0x350;
  public static final long M_EC_KEY_PAIR_GEN = 0x1040;
  public static final long M_ECDSA = 0x1041;
  public static final long M_ECDSA_SHA1 = 0x1042;
  public static final long M_ECDSA_SHA256 = 0x1044;
  public static final long M_ECDSA_SHA384 = 0x1045;
  public static final long M_ECDSA_SHA512 = 0x1046;
  public static final long M_ECDH1_DERIVE = 0x1050;
  public static final long M_AES_KEY_GEN = 0x1080;
  public static final long M_AES_ECB = 0x1081;
  public static final long M_AES_CBC = 0x1082;
  public static final long M_AES_CBC_PAD = 0x1085;
  public static final long M_AES_GCM = 0x1087;
  public static final long M_AES_CMAC = 0x108a;
  public static final long M_AES_CMAC_GENERAL = 0x108b;
  public static final long M_AES_KEY_WRAP = 0x2109;
  public static final long M_AES_KEY_WRAP_KWP = 0x210b;

  /** A mechanism that nobody has: in the vendors' range. */
  public static final long M_NONE = 0x8fffffffL;

  private Ck() {}
}
