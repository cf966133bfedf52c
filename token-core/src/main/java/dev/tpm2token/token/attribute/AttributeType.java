package dev.tpm2token.token.attribute;

import static dev.tpm2token.token.attribute.Kind.BOOL;
import static dev.tpm2token.token.attribute.Kind.BYTES;
import static dev.tpm2token.token.attribute.Kind.DATE;
import static dev.tpm2token.token.attribute.Kind.TEMPLATE;
import static dev.tpm2token.token.attribute.Kind.TEXT;
import static dev.tpm2token.token.attribute.Kind.ULONG;
import static dev.tpm2token.token.attribute.Kind.ULONGS;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The attributes that an object of ours can have: number and kind. What may be done with each is
 * the matter of an object class's schema.
 */
public enum AttributeType {
  CKA_CLASS(0x000, ULONG),
  CKA_TOKEN(0x001, BOOL),
  CKA_PRIVATE(0x002, BOOL),
  CKA_LABEL(0x003, TEXT),
  CKA_UNIQUE_ID(0x004, TEXT),
  CKA_APPLICATION(0x010, TEXT),
  CKA_VALUE(0x011, BYTES),
  CKA_OBJECT_ID(0x012, BYTES),
  CKA_CERTIFICATE_TYPE(0x080, ULONG),
  CKA_ISSUER(0x081, BYTES),
  CKA_SERIAL_NUMBER(0x082, BYTES),
  CKA_TRUSTED(0x086, BOOL),
  CKA_CERTIFICATE_CATEGORY(0x087, ULONG),
  CKA_JAVA_MIDP_SECURITY_DOMAIN(0x088, ULONG),
  CKA_URL(0x089, TEXT),
  CKA_HASH_OF_SUBJECT_PUBLIC_KEY(0x08A, BYTES),
  CKA_HASH_OF_ISSUER_PUBLIC_KEY(0x08B, BYTES),
  CKA_NAME_HASH_ALGORITHM(0x08C, ULONG),
  CKA_CHECK_VALUE(0x090, BYTES),
  CKA_KEY_TYPE(0x100, ULONG),
  CKA_SUBJECT(0x101, BYTES),
  CKA_ID(0x102, BYTES),
  CKA_SENSITIVE(0x103, BOOL),
  CKA_ENCRYPT(0x104, BOOL),
  CKA_DECRYPT(0x105, BOOL),
  CKA_WRAP(0x106, BOOL),
  CKA_UNWRAP(0x107, BOOL),
  CKA_SIGN(0x108, BOOL),
  CKA_SIGN_RECOVER(0x109, BOOL),
  CKA_VERIFY(0x10A, BOOL),
  CKA_VERIFY_RECOVER(0x10B, BOOL),
  CKA_DERIVE(0x10C, BOOL),
  CKA_START_DATE(0x110, DATE),
  CKA_END_DATE(0x111, DATE),
  CKA_MODULUS(0x120, BYTES),
  CKA_MODULUS_BITS(0x121, ULONG),
  CKA_PUBLIC_EXPONENT(0x122, BYTES),
  CKA_PRIVATE_EXPONENT(0x123, BYTES),
  CKA_PRIME_1(0x124, BYTES),
  CKA_PRIME_2(0x125, BYTES),
  CKA_EXPONENT_1(0x126, BYTES),
  CKA_EXPONENT_2(0x127, BYTES),
  CKA_COEFFICIENT(0x128, BYTES),
  CKA_PUBLIC_KEY_INFO(0x129, BYTES),
  CKA_VALUE_LEN(0x161, ULONG),
  CKA_EXTRACTABLE(0x162, BOOL),
  CKA_LOCAL(0x163, BOOL),
  CKA_NEVER_EXTRACTABLE(0x164, BOOL),
  CKA_ALWAYS_SENSITIVE(0x165, BOOL),
  CKA_KEY_GEN_MECHANISM(0x166, ULONG),
  CKA_MODIFIABLE(0x170, BOOL),
  CKA_COPYABLE(0x171, BOOL),
  CKA_DESTROYABLE(0x172, BOOL),
  CKA_EC_PARAMS(0x180, BYTES),
  CKA_EC_POINT(0x181, BYTES),
  CKA_ALWAYS_AUTHENTICATE(0x202, BOOL),
  CKA_WRAP_WITH_TRUSTED(0x210, BOOL),
  CKA_MECHANISM_TYPE(0x500, ULONG),
  CKA_PROFILE_ID(0x601, ULONG),
  CKA_TRUST_SERVER_AUTH(0x62C, ULONG),
  CKA_TRUST_CLIENT_AUTH(0x62D, ULONG),
  CKA_TRUST_CODE_SIGNING(0x62E, ULONG),
  CKA_TRUST_EMAIL_PROTECTION(0x62F, ULONG),
  CKA_TRUST_IPSEC_IKE(0x630, ULONG),
  CKA_TRUST_TIME_STAMPING(0x631, ULONG),
  CKA_TRUST_OCSP_SIGNING(0x632, ULONG),
  CKA_ENCAPSULATE(0x633, BOOL),
  CKA_DECAPSULATE(0x634, BOOL),
  CKA_HASH_OF_CERTIFICATE(0x635, BYTES),
  CKA_WRAP_TEMPLATE(0x40000211, TEMPLATE),
  CKA_UNWRAP_TEMPLATE(0x40000212, TEMPLATE),
  CKA_DERIVE_TEMPLATE(0x40000213, TEMPLATE),
  CKA_ALLOWED_MECHANISMS(0x40000600, ULONGS),
  CKA_ENCAPSULATE_TEMPLATE(0x4000062A, TEMPLATE),
  CKA_DECAPSULATE_TEMPLATE(0x4000062B, TEMPLATE);

  private static final Map<Long, AttributeType> BY_CODE =
      Arrays.stream(values()).collect(Collectors.toMap(AttributeType::code, Function.identity()));

  private final long code;
  private final Kind kind;

  AttributeType(long code, Kind kind) {
    this.code = code;
    this.kind = kind;
  }

  /** CK_ATTRIBUTE_TYPE. */
  public long code() {
    return code;
  }

  /** How the value's bytes are to be read. */
  public Kind kind() {
    return kind;
  }

  /** The attribute of that number, if objects of ours can have it. */
  public static Optional<AttributeType> of(long code) {
    return Optional.ofNullable(BY_CODE.get(code));
  }
}
