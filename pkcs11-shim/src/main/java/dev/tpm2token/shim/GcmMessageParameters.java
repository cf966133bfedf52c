package dev.tpm2token.shim;

import static dev.tpm2token.token.ReturnValue.CKR_MECHANISM_PARAM_INVALID;

import dev.tpm2token.token.CryptokiException;
import dev.tpm2token.token.mechanism.Parameter;

/**
 * CK_GCM_MESSAGE_PARAMS: pIv, ulIvLen, ulIvFixedBits, ivGenerator, pTag, ulTagBits. The module
 * reads it and, of an encrypted message, writes the IV and the tag where it points.
 */
record GcmMessageParameters(
    long iv, long ivLength, long fixedBits, long generator, long tag, long tagBits) {
  private static final int WORD = Long.BYTES;
  private static final long LONGEST_IV = 256;
  private static final long LONGEST_TAG = 128;

  /** Those at an address. */
  static GcmMessageParameters at(long address, long length) {
    if (length != 6 * WORD) {
      throw new CryptokiException(
          CKR_MECHANISM_PARAM_INVALID, "a message wants its CK_GCM_MESSAGE_PARAMS");
    }
    return checked(
        NativeMemory.readUlong(address),
        NativeMemory.readUlong(address + WORD),
        NativeMemory.readUlong(address + 2 * WORD),
        NativeMemory.readUlong(address + 3 * WORD),
        NativeMemory.readUlong(address + 4 * WORD),
        NativeMemory.readUlong(address + 5 * WORD));
  }

  /** Those of lengths that can be meant. */
  static GcmMessageParameters checked(
      long iv, long ivLength, long fixedBits, long generator, long tag, long tagBits) {
    if (ivLength < 1 || ivLength > LONGEST_IV || tagBits < 0 || tagBits > LONGEST_TAG) {
      throw new CryptokiException(
          CKR_MECHANISM_PARAM_INVALID, "GCM has IVs of 1 to 256 bytes and tags of up to 128 bits");
    }
    return new GcmMessageParameters(iv, ivLength, fixedBits, generator, tag, tagBits);
  }

  /** Where the tag is still to be made, or to be given. */
  Parameter.GcmMessage forEncryption() {
    return with(new byte[0]);
  }

  /** With the tag of an encrypted message. */
  Parameter.GcmMessage forDecryption() {
    return with(NativeMemory.read(tag, tagBits / Byte.SIZE));
  }

  private Parameter.GcmMessage with(byte[] tagBytes) {
    return new Parameter.GcmMessage(
        NativeMemory.read(iv, ivLength), fixedBits, generator, tagBytes, tagBits);
  }

  /** The tag's place, which there must be before work is done for it. */
  GcmMessageParameters withRoomForTag() {
    NativeMemory.required(tag);
    return this;
  }

  void writeIv(byte[] bytes) {
    NativeMemory.write(iv, bytes);
  }

  void writeTag(byte[] bytes) {
    NativeMemory.write(tag, bytes);
  }
}
