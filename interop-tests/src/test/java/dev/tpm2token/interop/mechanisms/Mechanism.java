package dev.tpm2token.interop.mechanisms;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What a mechanism is, by the standard alone: nothing here comes from the module's own table.
 *
 * @param type CK_MECHANISM_TYPE
 * @param hash what it hashes with, if it does
 */
record Mechanism(long type, String name, Kind kind, Optional<Hash> hash) {
  /** What is done, with which keys. */
  enum Kind {
    RSA_PAIR,
    EC_PAIR,
    SECRET_KEY,
    DIGEST,
    RSA_PKCS,
    RSA_RAW,
    RSA_OAEP,
    RSA_PSS,
    RSA_AES,
    ECDSA,
    ECDH,
    HMAC,
    CMAC,
    AES_ECB,
    AES_CBC,
    AES_CBC_PAD,
    AES_CTR,
    AES_GCM,
    AES_OFB,
    AES_CFB,
    AES_KW,
    AES_KW_PKCS7,
    AES_KWP;

    boolean isRsa() {
      return name().startsWith("RSA");
    }

    boolean isEc() {
      return name().startsWith("EC");
    }

    boolean isAes() {
      return name().startsWith("AES");
    }

    /** Secret keys are the TPM's or software's. */
    boolean isOfSecretKeys() {
      return isAes() || this == HMAC || this == CMAC || this == SECRET_KEY;
    }
  }

  /** Bytes of a MAC that is cut short. */
  static final int SHORT = 9;

  static final Map<Long, Mechanism> TABLE = table();

  private static Map<Long, Mechanism> table() {
    Map<Long, Mechanism> all = new LinkedHashMap<>();
    add(all, 0x0000, "RSA_PKCS_KEY_PAIR_GEN", Kind.RSA_PAIR);
    add(all, 0x0001, "RSA_PKCS", Kind.RSA_PKCS);
    add(all, 0x0003, "RSA_X_509", Kind.RSA_RAW);
    add(all, 0x0009, "RSA_PKCS_OAEP", Kind.RSA_OAEP);
    add(all, 0x000d, "RSA_PKCS_PSS", Kind.RSA_PSS);
    add(all, 0x1054, "RSA_AES_KEY_WRAP", Kind.RSA_AES);
    add(all, 0x1040, "EC_KEY_PAIR_GEN", Kind.EC_PAIR);
    add(all, 0x1041, "ECDSA", Kind.ECDSA);
    add(all, 0x1050, "ECDH1_DERIVE", Kind.ECDH);
    add(all, 0x1051, "ECDH1_COFACTOR_DERIVE", Kind.ECDH);
    for (Hash hash : Hash.values()) {
      add(all, hash.digest, hash.own, Kind.DIGEST, hash);
      add(all, hash.digest + 1, hash.own + "_HMAC", Kind.HMAC, hash);
      add(all, hash.digest + 2, hash.own + "_HMAC_GENERAL", Kind.HMAC, hash);
      add(all, hash.pkcs1, hash + "_RSA_PKCS", Kind.RSA_PKCS, hash);
      add(all, hash.pss, hash + "_RSA_PKCS_PSS", Kind.RSA_PSS, hash);
      add(all, hash.ecdsa, "ECDSA_" + hash, Kind.ECDSA, hash);
    }
    add(all, 0x0350, "GENERIC_SECRET_KEY_GEN", Kind.SECRET_KEY);
    add(all, 0x1080, "AES_KEY_GEN", Kind.SECRET_KEY);
    add(all, 0x1081, "AES_ECB", Kind.AES_ECB);
    add(all, 0x1082, "AES_CBC", Kind.AES_CBC);
    add(all, 0x1085, "AES_CBC_PAD", Kind.AES_CBC_PAD);
    add(all, 0x1086, "AES_CTR", Kind.AES_CTR);
    add(all, 0x1087, "AES_GCM", Kind.AES_GCM);
    add(all, 0x108a, "AES_CMAC", Kind.CMAC);
    add(all, 0x108b, "AES_CMAC_GENERAL", Kind.CMAC);
    add(all, 0x2104, "AES_OFB", Kind.AES_OFB);
    add(all, 0x2107, "AES_CFB128", Kind.AES_CFB);
    add(all, 0x2109, "AES_KEY_WRAP", Kind.AES_KW);
    add(all, 0x210a, "AES_KEY_WRAP_PAD", Kind.AES_KW_PKCS7);
    add(all, 0x210b, "AES_KEY_WRAP_KWP", Kind.AES_KWP);
    add(all, 0x210c, "AES_KEY_WRAP_PKCS7", Kind.AES_KW_PKCS7);
    return all;
  }

  private static void add(Map<Long, Mechanism> all, long type, String name, Kind kind) {
    all.put(type, new Mechanism(type, "CKM_" + name, kind, Optional.empty()));
  }

  private static void add(Map<Long, Mechanism> all, long type, String name, Kind kind, Hash hash) {
    all.put(type, new Mechanism(type, "CKM_" + name, kind, Optional.of(hash)));
  }

  /** Whether its parameter says how long the MAC is. */
  boolean isGeneral() {
    return name.endsWith("_GENERAL");
  }

  /** The hash of its parameter: its own, or where it has none, SHA-256. */
  Hash parameterHash() {
    return hash.orElse(Hash.SHA256);
  }
}
