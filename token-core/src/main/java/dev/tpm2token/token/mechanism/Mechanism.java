package dev.tpm2token.token.mechanism;

import static dev.tpm2token.token.crypto.HashAlgorithm.*;
import static dev.tpm2token.token.mechanism.Function.*;
import static dev.tpm2token.token.mechanism.Parameter.Shape.*;
import static dev.tpm2token.token.object.KeyType.CKK_AES;
import static dev.tpm2token.token.object.KeyType.CKK_EC;
import static dev.tpm2token.token.object.KeyType.CKK_GENERIC_SECRET;
import static dev.tpm2token.token.object.KeyType.CKK_RSA;

import dev.tpm2token.token.crypto.HashAlgorithm;
import dev.tpm2token.token.device.TokenDevice;
import dev.tpm2token.token.object.KeyType;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A row of the mechanism table. C_GetMechanismList, C_GetMechanismInfo, the checks of each C_…Init
 * and FEATURES.md all read these rows. To add a mechanism, add a row and, if none fits, a scheme.
 *
 * @param type CK_MECHANISM_TYPE
 * @param name the standard's
 * @param keyType the keys it takes, if it takes any
 * @param functions what it is used for
 * @param shape what its parameter is
 * @param hash what it hashes the data with first, if it does
 * @param work how it does it
 */
public record Mechanism(
    long type,
    String name,
    Optional<KeyType> keyType,
    Set<Function> functions,
    Parameter.Shape shape,
    Optional<HashAlgorithm> hash,
    Work work) {
  /** Where the work is done. */
  public enum Place {
    /** In the TPM; what needs no secret (verifying, encrypting with a public key), in software. */
    TPM,
    /** Where the secret key is: in the TPM or in software. */
    EITHER,
    /** In software. */
    SOFTWARE
  }

  // CKF_ bits of CK_MECHANISM_INFO that are not functions
  private static final long CKF_HW = 0x1;
  private static final long CKF_MULTI_MESSAGE = 0x20;
  private static final long CKF_EC_F_P = 0x100000;
  private static final long CKF_EC_NAMEDCURVE = 0x800000;
  private static final long CKF_EC_UNCOMPRESS = 0x1000000;

  private static final Set<Function> SIGNATURE =
      EnumSet.of(SIGN, VERIFY, MESSAGE_SIGN, MESSAGE_VERIFY);
  private static final Set<Function> ALL_BUT_KEYS =
      all(SIGNATURE, EnumSet.of(ENCRYPT, DECRYPT, SIGN_RECOVER, VERIFY_RECOVER));
  private static final Set<Function> ALL_OF_RSA =
      all(ALL_BUT_KEYS, EnumSet.of(WRAP, UNWRAP, ENCAPSULATE, DECAPSULATE));
  private static final Work.SchemeChoice PKCS1_SCHEME = fixed(new RsaPkcs1Scheme());
  private static final Work.SchemeChoice RAW_SCHEME = fixed(new RawRsaScheme());
  private static final Work.SchemeChoice ECDSA_SCHEME = fixed(new EcdsaScheme());
  private static final Work.PaddingChoice PKCS1_PADDING = fixed(new Pkcs1Padding());
  private static final Work.PaddingChoice RAW_PADDING = fixed(new RawPadding());

  private static final Set<Function> DERIVATION = EnumSet.of(DERIVE, ENCAPSULATE, DECAPSULATE);

  /** Every mechanism that a TPM with all that we use would give. */
  public static final List<Mechanism> TABLE =
      List.of(
          keyPair(0x0000, "CKM_RSA_PKCS_KEY_PAIR_GEN", CKK_RSA),
          rsa(0x0001, "CKM_RSA_PKCS", NONE, PKCS1_SCHEME, PKCS1_PADDING, ALL_OF_RSA),
          rsa(0x0003, "CKM_RSA_X_509", NONE, RAW_SCHEME, RAW_PADDING, ALL_BUT_KEYS),
          rsa(
              0x0009,
              "CKM_RSA_PKCS_OAEP",
              OAEP,
              null,
              OaepPadding::of,
              EnumSet.of(ENCRYPT, DECRYPT, WRAP, UNWRAP, ENCAPSULATE, DECAPSULATE)),
          signature(0x000D, "CKM_RSA_PKCS_PSS", CKK_RSA, PSS, RsaPssScheme::of, null),
          signature(0x0006, "CKM_SHA1_RSA_PKCS", CKK_RSA, NONE, PKCS1_SCHEME, SHA_1),
          signature(0x000E, "CKM_SHA1_RSA_PKCS_PSS", CKK_RSA, PSS, RsaPssScheme::of, SHA_1),
          signature(0x0046, "CKM_SHA224_RSA_PKCS", CKK_RSA, NONE, PKCS1_SCHEME, SHA224),
          signature(0x0047, "CKM_SHA224_RSA_PKCS_PSS", CKK_RSA, PSS, RsaPssScheme::of, SHA224),
          signature(0x0040, "CKM_SHA256_RSA_PKCS", CKK_RSA, NONE, PKCS1_SCHEME, SHA256),
          signature(0x0043, "CKM_SHA256_RSA_PKCS_PSS", CKK_RSA, PSS, RsaPssScheme::of, SHA256),
          signature(0x0041, "CKM_SHA384_RSA_PKCS", CKK_RSA, NONE, PKCS1_SCHEME, SHA384),
          signature(0x0044, "CKM_SHA384_RSA_PKCS_PSS", CKK_RSA, PSS, RsaPssScheme::of, SHA384),
          signature(0x0042, "CKM_SHA512_RSA_PKCS", CKK_RSA, NONE, PKCS1_SCHEME, SHA512),
          signature(0x0045, "CKM_SHA512_RSA_PKCS_PSS", CKK_RSA, PSS, RsaPssScheme::of, SHA512),
          signature(0x0066, "CKM_SHA3_224_RSA_PKCS", CKK_RSA, NONE, PKCS1_SCHEME, SHA3_224),
          signature(0x0067, "CKM_SHA3_224_RSA_PKCS_PSS", CKK_RSA, PSS, RsaPssScheme::of, SHA3_224),
          signature(0x0060, "CKM_SHA3_256_RSA_PKCS", CKK_RSA, NONE, PKCS1_SCHEME, SHA3_256),
          signature(0x0063, "CKM_SHA3_256_RSA_PKCS_PSS", CKK_RSA, PSS, RsaPssScheme::of, SHA3_256),
          signature(0x0061, "CKM_SHA3_384_RSA_PKCS", CKK_RSA, NONE, PKCS1_SCHEME, SHA3_384),
          signature(0x0064, "CKM_SHA3_384_RSA_PKCS_PSS", CKK_RSA, PSS, RsaPssScheme::of, SHA3_384),
          signature(0x0062, "CKM_SHA3_512_RSA_PKCS", CKK_RSA, NONE, PKCS1_SCHEME, SHA3_512),
          signature(0x0065, "CKM_SHA3_512_RSA_PKCS_PSS", CKK_RSA, PSS, RsaPssScheme::of, SHA3_512),
          keys(0x1054, "CKM_RSA_AES_KEY_WRAP", CKK_RSA, RSA_AES, EnumSet.of(WRAP, UNWRAP)),
          keyPair(0x1040, "CKM_EC_KEY_PAIR_GEN", CKK_EC),
          signature(0x1041, "CKM_ECDSA", CKK_EC, NONE, ECDSA_SCHEME, null),
          signature(0x1042, "CKM_ECDSA_SHA1", CKK_EC, NONE, ECDSA_SCHEME, SHA_1),
          signature(0x1043, "CKM_ECDSA_SHA224", CKK_EC, NONE, ECDSA_SCHEME, SHA224),
          signature(0x1044, "CKM_ECDSA_SHA256", CKK_EC, NONE, ECDSA_SCHEME, SHA256),
          signature(0x1045, "CKM_ECDSA_SHA384", CKK_EC, NONE, ECDSA_SCHEME, SHA384),
          signature(0x1046, "CKM_ECDSA_SHA512", CKK_EC, NONE, ECDSA_SCHEME, SHA512),
          signature(0x1047, "CKM_ECDSA_SHA3_224", CKK_EC, NONE, ECDSA_SCHEME, SHA3_224),
          signature(0x1048, "CKM_ECDSA_SHA3_256", CKK_EC, NONE, ECDSA_SCHEME, SHA3_256),
          signature(0x1049, "CKM_ECDSA_SHA3_384", CKK_EC, NONE, ECDSA_SCHEME, SHA3_384),
          signature(0x104A, "CKM_ECDSA_SHA3_512", CKK_EC, NONE, ECDSA_SCHEME, SHA3_512),
          keys(0x1050, "CKM_ECDH1_DERIVE", CKK_EC, ECDH1, DERIVATION),
          keys(0x1051, "CKM_ECDH1_COFACTOR_DERIVE", CKK_EC, ECDH1, DERIVATION),
          digest("CKM_SHA_1", SHA_1),
          digest("CKM_SHA224", SHA224),
          digest("CKM_SHA256", SHA256),
          digest("CKM_SHA384", SHA384),
          digest("CKM_SHA512", SHA512),
          digest("CKM_SHA3_224", SHA3_224),
          digest("CKM_SHA3_256", SHA3_256),
          digest("CKM_SHA3_384", SHA3_384),
          digest("CKM_SHA3_512", SHA3_512),
          keys(
              0x0350, "CKM_GENERIC_SECRET_KEY_GEN", CKK_GENERIC_SECRET, NONE, EnumSet.of(GENERATE)),
          hmac(0x0221, "CKM_SHA_1_HMAC", NONE, SHA_1),
          hmac(0x0222, "CKM_SHA_1_HMAC_GENERAL", LENGTH, SHA_1),
          hmac(0x0256, "CKM_SHA224_HMAC", NONE, SHA224),
          hmac(0x0257, "CKM_SHA224_HMAC_GENERAL", LENGTH, SHA224),
          hmac(0x0251, "CKM_SHA256_HMAC", NONE, SHA256),
          hmac(0x0252, "CKM_SHA256_HMAC_GENERAL", LENGTH, SHA256),
          hmac(0x0261, "CKM_SHA384_HMAC", NONE, SHA384),
          hmac(0x0262, "CKM_SHA384_HMAC_GENERAL", LENGTH, SHA384),
          hmac(0x0271, "CKM_SHA512_HMAC", NONE, SHA512),
          hmac(0x0272, "CKM_SHA512_HMAC_GENERAL", LENGTH, SHA512),
          hmac(0x02B6, "CKM_SHA3_224_HMAC", NONE, SHA3_224),
          hmac(0x02B7, "CKM_SHA3_224_HMAC_GENERAL", LENGTH, SHA3_224),
          hmac(0x02B1, "CKM_SHA3_256_HMAC", NONE, SHA3_256),
          hmac(0x02B2, "CKM_SHA3_256_HMAC_GENERAL", LENGTH, SHA3_256),
          hmac(0x02C1, "CKM_SHA3_384_HMAC", NONE, SHA3_384),
          hmac(0x02C2, "CKM_SHA3_384_HMAC_GENERAL", LENGTH, SHA3_384),
          hmac(0x02D1, "CKM_SHA3_512_HMAC", NONE, SHA3_512),
          hmac(0x02D2, "CKM_SHA3_512_HMAC_GENERAL", LENGTH, SHA3_512),
          keys(0x1080, "CKM_AES_KEY_GEN", CKK_AES, NONE, EnumSet.of(GENERATE)),
          aes(0x1081, "CKM_AES_ECB", NONE, AesMode.ECB),
          aes(0x1082, "CKM_AES_CBC", BYTES, AesMode.CBC),
          aes(0x1085, "CKM_AES_CBC_PAD", BYTES, AesMode.CBC_PAD, WRAP, UNWRAP),
          aes(0x1086, "CKM_AES_CTR", COUNTER, AesMode.CTR),
          aes(
              0x1087,
              "CKM_AES_GCM",
              GCM,
              AesMode.GCM,
              WRAP,
              UNWRAP,
              MESSAGE_ENCRYPT,
              MESSAGE_DECRYPT),
          aes(0x2104, "CKM_AES_OFB", BYTES, AesMode.OFB),
          aes(0x2107, "CKM_AES_CFB128", BYTES, AesMode.CFB128),
          cmac(0x108A, "CKM_AES_CMAC", NONE),
          cmac(0x108B, "CKM_AES_CMAC_GENERAL", LENGTH),
          keys(0x2109, "CKM_AES_KEY_WRAP", CKK_AES, BYTES, EnumSet.of(WRAP, UNWRAP)),
          keys(0x210A, "CKM_AES_KEY_WRAP_PAD", CKK_AES, BYTES, EnumSet.of(WRAP, UNWRAP)),
          keys(0x210B, "CKM_AES_KEY_WRAP_KWP", CKK_AES, BYTES, EnumSet.of(WRAP, UNWRAP)),
          keys(0x210C, "CKM_AES_KEY_WRAP_PKCS7", CKK_AES, BYTES, EnumSet.of(WRAP, UNWRAP)));

  /** The row of a number, whether it works on this TPM or not. */
  public static Optional<Mechanism> row(long type) {
    return TABLE.stream().filter(row -> row.type() == type).findFirst();
  }

  /** Where the work is done: where the keys are, if the TPM can do it at all. */
  public Place place() {
    boolean noTpmHas =
        work instanceof Work.Digests
            || (work instanceof Work.Authenticates(MacScheme.Hmac(HashAlgorithm hash))
                && hash.tpmAlgorithm().isEmpty());
    if (noTpmHas) {
      return Place.SOFTWARE;
    }
    return switch (keyType.orElseThrow()) {
      case CKK_RSA, CKK_EC -> Place.TPM;
      case CKK_AES, CKK_GENERIC_SECRET -> Place.EITHER;
    };
  }

  /** Whether it makes HMACs with a hash algorithm that the TPM has. */
  public boolean isHmacOf(TokenDevice device) {
    return work instanceof Work.Authenticates(MacScheme.Hmac(HashAlgorithm hash))
        && device.has(hash);
  }

  /** The flags of CK_MECHANISM_INFO (PKCS#11 3.1, table 5; for curves 6.3, table 43). */
  public long flags() {
    long flags = functions.stream().mapToLong(Function::flag).sum();
    if (place() == Place.TPM) {
      flags |= CKF_HW;
    }
    if (functions.contains(MESSAGE_ENCRYPT) || functions.contains(MESSAGE_SIGN)) {
      flags |= CKF_MULTI_MESSAGE;
    }
    if (keyType.equals(Optional.of(CKK_EC))) {
      flags |= CKF_EC_F_P | CKF_EC_NAMEDCURVE | CKF_EC_UNCOMPRESS;
    }
    return flags;
  }

  private static Set<Function> all(Set<Function> some, Set<Function> others) {
    Set<Function> all = EnumSet.copyOf(some);
    all.addAll(others);
    return all;
  }

  private static Work.SchemeChoice fixed(SignatureScheme scheme) {
    return (mechanism, parameter) -> scheme;
  }

  private static Work.PaddingChoice fixed(RsaPadding padding) {
    return parameter -> padding;
  }

  private static Mechanism keys(
      long type, String name, KeyType keyType, Parameter.Shape shape, Set<Function> functions) {
    return new Mechanism(
        type, name, Optional.of(keyType), functions, shape, Optional.empty(), new Work.Keys());
  }

  private static Mechanism keyPair(long type, String name, KeyType keyType) {
    return keys(type, name, keyType, NONE, EnumSet.of(GENERATE_KEY_PAIR));
  }

  private static Mechanism rsa(
      long type,
      String name,
      Parameter.Shape shape,
      Work.@Nullable SchemeChoice scheme,
      Work.PaddingChoice padding,
      Set<Function> functions) {
    return new Mechanism(
        type,
        name,
        Optional.of(CKK_RSA),
        functions,
        shape,
        Optional.empty(),
        new Work.Asymmetric(Optional.ofNullable(scheme), Optional.of(padding)));
  }

  private static Mechanism signature(
      long type,
      String name,
      KeyType keyType,
      Parameter.Shape shape,
      Work.SchemeChoice scheme,
      @Nullable HashAlgorithm hash) {
    return new Mechanism(
        type,
        name,
        Optional.of(keyType),
        SIGNATURE,
        shape,
        Optional.ofNullable(hash),
        new Work.Asymmetric(Optional.of(scheme), Optional.empty()));
  }

  private static Mechanism digest(String name, HashAlgorithm hash) {
    return new Mechanism(
        hash.mechanism(),
        name,
        Optional.empty(),
        EnumSet.of(DIGEST),
        NONE,
        Optional.of(hash),
        new Work.Digests(hash));
  }

  private static Mechanism mac(
      long type, String name, KeyType keyType, Parameter.Shape shape, MacScheme mac) {
    return new Mechanism(
        type,
        name,
        Optional.of(keyType),
        SIGNATURE,
        shape,
        Optional.empty(),
        new Work.Authenticates(mac));
  }

  private static Mechanism hmac(long type, String name, Parameter.Shape shape, HashAlgorithm hash) {
    return mac(type, name, CKK_GENERIC_SECRET, shape, new MacScheme.Hmac(hash));
  }

  private static Mechanism cmac(long type, String name, Parameter.Shape shape) {
    return mac(type, name, CKK_AES, shape, new MacScheme.Cmac());
  }

  private static Mechanism aes(
      long type, String name, Parameter.Shape shape, AesMode mode, Function... more) {
    return new Mechanism(
        type,
        name,
        Optional.of(CKK_AES),
        all(EnumSet.of(ENCRYPT, DECRYPT), Set.of(more)),
        shape,
        Optional.empty(),
        new Work.Ciphers(mode));
  }
}
