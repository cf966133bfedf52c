package dev.tpm2token.token.mechanism;

/** A mechanism's parameter, out of C memory: which of these a mechanism takes, its row says. */
public sealed interface Parameter {
  /** None at all. */
  Parameter NONE = new None();

  /** No parameter. */
  record None() implements Parameter {}

  /** Bytes as they are: an initialisation vector, or what no row of ours has a shape for. */
  @SuppressWarnings("ArrayRecordComponent") // carried, not compared
  record Bytes(byte[] value) implements Parameter {}

  /** CK_MAC_GENERAL_PARAMS: how long the MAC shall be, in bytes. */
  record Length(long bytes) implements Parameter {}

  /** CK_RSA_PKCS_PSS_PARAMS. */
  record Pss(long hash, long mgf, long saltLength) implements Parameter {}

  /** CK_RSA_PKCS_OAEP_PARAMS: CKZ_DATA_SPECIFIED with the label as its data. */
  @SuppressWarnings("ArrayRecordComponent") // carried, not compared
  record Oaep(long hash, long mgf, byte[] label) implements Parameter {}

  /** CK_RSA_AES_KEY_WRAP_PARAMS. */
  record RsaAes(long aesBits, Oaep oaep) implements Parameter {}

  /** CK_ECDH1_DERIVE_PARAMS. */
  @SuppressWarnings("ArrayRecordComponent") // carried, not compared
  record Ecdh1(long kdf, byte[] sharedData, byte[] publicData) implements Parameter {}

  /** CK_AES_CTR_PARAMS. */
  @SuppressWarnings("ArrayRecordComponent") // carried, not compared
  record Counter(long bits, byte[] block) implements Parameter {}

  /** CK_GCM_PARAMS. */
  @SuppressWarnings("ArrayRecordComponent") // carried, not compared
  record Gcm(byte[] iv, byte[] aad, long tagBits) implements Parameter {}

  /**
   * CK_GCM_MESSAGE_PARAMS: a message's.
   *
   * @param iv pIv: where it is generated, the fixed part of it
   * @param fixedBits ulIvFixedBits
   * @param generator CK_GENERATOR_FUNCTION
   * @param tag pTag, of a message to be decrypted
   */
  @SuppressWarnings("ArrayRecordComponent") // carried, not compared
  record GcmMessage(byte[] iv, long fixedBits, long generator, byte[] tag, long tagBits)
      implements Parameter {
    /** Bytes of the tag. */
    public int tagBytes() {
      return (int) tagBits / Byte.SIZE;
    }
  }

  /** What the bytes of a mechanism's parameter are. */
  enum Shape {
    NONE,
    BYTES,
    LENGTH,
    PSS,
    OAEP,
    RSA_AES,
    ECDH1,
    COUNTER,
    GCM
  }
}
