package dev.tpm2token.interop.mechanisms;

import static dev.tpm2token.interop.mechanisms.Given.ASSOCIATED;
import static dev.tpm2token.interop.mechanisms.Given.IV;
import static dev.tpm2token.interop.mechanisms.Given.LABEL;
import static dev.tpm2token.interop.mechanisms.Given.SALT;
import static dev.tpm2token.interop.mechanisms.Given.TAG_BITS;

import dev.tpm2token.interop.cryptoki.Cryptoki;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import jnr.ffi.Pointer;

/** CK_MECHANISM for each mechanism, its structure laid out as the standard declares it. */
final class Parameters {
  private static final long CKZ_DATA_SPECIFIED = 1;
  private static final long CKG_MGF1_SHA1 = 1;
  private static final long CKG_GENERATE = 1;
  private static final int GCM_IV = 12;
  private static final long AES_BITS = 192;

  private final Cryptoki module;
  private final List<Pointer> held = new ArrayList<>();

  Parameters(Cryptoki module) {
    this.module = module;
  }

  private Pointer keep(Pointer memory) {
    held.add(memory);
    return memory;
  }

  /** With the parameter that both sides use. */
  Pointer of(Mechanism mechanism) {
    long type = mechanism.type();
    return keep(
        switch (mechanism.kind()) {
          case RSA_PSS -> {
            Hash hash = mechanism.parameterHash(); // CK_RSA_PKCS_PSS_PARAMS
            yield module.mechanismWith(type, hash.digest, hash.mgf, SALT);
          }
          case RSA_OAEP -> oaep(type);
          case RSA_AES -> // CK_RSA_AES_KEY_WRAP_PARAMS
              module.mechanismWith(type, AES_BITS, keep(oaep(0)).getLong(8));
          case HMAC, CMAC ->
              mechanism.isGeneral()
                  ? module.mechanismWith(type, Mechanism.SHORT)
                  : module.mechanism(type);
          case AES_CBC, AES_CBC_PAD, AES_OFB, AES_CFB -> module.mechanism(type, IV);
          case AES_CTR -> module.mechanism(type, counter());
          case AES_GCM -> gcm(type);
          case ECDH -> ecdh(type, Given.Derivation.NULL, new byte[0]);
          default -> module.mechanism(type);
        });
  }

  /** CK_RSA_PKCS_OAEP_PARAMS. */
  private Pointer oaep(long type) {
    return module.mechanismWith(
        type, Hash.SHA384.digest, CKG_MGF1_SHA1, CKZ_DATA_SPECIFIED, LABEL, LABEL.length);
  }

  /** CK_AES_CTR_PARAMS: ulCounterBits and the block. */
  private static byte[] counter() {
    return ByteBuffer.allocate(24).order(ByteOrder.nativeOrder()).putLong(128).put(IV).array();
  }

  /** CK_GCM_PARAMS. */
  private Pointer gcm(long type) {
    return module.mechanismWith(
        type,
        Arrays.copyOf(IV, GCM_IV),
        GCM_IV,
        Byte.SIZE * GCM_IV,
        ASSOCIATED,
        ASSOCIATED.length,
        TAG_BITS);
  }

  /** CK_ECDH1_DERIVE_PARAMS. */
  Pointer ecdh(long type, Given.Derivation derivation, byte[] point) {
    return keep(
        module.mechanismWith(
            type,
            derivation.kdf(),
            derivation.sharedData().length,
            derivation.sharedData(),
            point.length,
            point));
  }

  /** CK_GCM_MESSAGE_PARAMS, and where its pointers go. */
  record GcmMessage(Pointer structure, Pointer iv, Pointer tag) {
    static final int LENGTH = 48;

    byte[] ivBytes() {
      return Calls.taken(iv, GCM_IV);
    }

    byte[] tagBytes() {
      return Calls.taken(tag, TAG_BITS / Byte.SIZE);
    }
  }

  /** One whose IV the module makes, or is given. */
  GcmMessage gcmMessage(boolean generate, byte[] iv, byte[] tag) {
    Pointer ivMemory = keep(module.bytes(iv));
    Pointer tagMemory = keep(module.bytes(tag));
    Pointer structure = keep(module.memory(GcmMessage.LENGTH));
    structure.putLong(0, ivMemory.address());
    structure.putLong(8, iv.length);
    structure.putLong(16, 0);
    structure.putLong(24, generate ? CKG_GENERATE : 0);
    structure.putLong(32, tagMemory.address());
    structure.putLong(40, TAG_BITS);
    return new GcmMessage(structure, ivMemory, tagMemory);
  }

  GcmMessage gcmMessageToCome() {
    return gcmMessage(true, new byte[GCM_IV], new byte[TAG_BITS / Byte.SIZE]);
  }

  /** CK_MECHANISM with a structure of so many bytes. */
  Pointer with(long type, Pointer structure, int length) {
    Pointer mechanism = keep(module.mechanism(type));
    mechanism.putLong(8, structure.address());
    mechanism.putLong(16, length);
    return mechanism;
  }

  /** CK_GCM_WRAP_PARAMS of 3.2, whose IV the module makes and writes here. */
  Pointer gcmWrap(long type, Pointer iv) {
    Pointer associated = keep(module.bytes(ASSOCIATED));
    Pointer structure = keep(module.memory(56));
    structure.putLong(0, iv.address());
    structure.putLong(8, GCM_IV);
    structure.putLong(16, 0);
    structure.putLong(24, CKG_GENERATE);
    structure.putLong(32, associated.address());
    structure.putLong(40, ASSOCIATED.length);
    structure.putLong(48, TAG_BITS);
    return with(type, structure, 56);
  }
}
