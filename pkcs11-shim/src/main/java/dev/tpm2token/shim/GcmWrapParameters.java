package dev.tpm2token.shim;

import dev.tpm2token.token.KeyWrapping;
import dev.tpm2token.token.MechanismCall;
import dev.tpm2token.token.MessageCiphering;
import dev.tpm2token.token.Session;
import dev.tpm2token.token.mechanism.Mechanism;
import dev.tpm2token.token.mechanism.Parameter;

/**
 * CK_GCM_WRAP_PARAMS of 3.2 (section 6.13.4), which C_WrapKey and C_UnwrapKey take beside the older
 * CK_GCM_PARAMS: the module may make the IV, and writes it where the structure points. The tag
 * comes after the wrapped key.
 *
 * @param type the mechanism's
 * @param gcm what a message would have, without a place for the tag
 * @param associated pAAD
 */
@SuppressWarnings("ArrayRecordComponent") // carried, not compared
record GcmWrapParameters(long type, GcmMessageParameters gcm, byte[] associated) {
  private static final int WORD = Long.BYTES;

  /** Whether a CK_MECHANISM has them: no other structure of GCM is as long. */
  static boolean areIn(long mechanism) {
    long type = NativeMemory.readUlong(mechanism);
    return NativeMemory.readUlong(mechanism + 2 * WORD) == 7 * WORD
        && Mechanism.row(type).filter(row -> row.shape() == Parameter.Shape.GCM).isPresent();
  }

  /** Those of a CK_MECHANISM. */
  static GcmWrapParameters of(long mechanism) {
    long at = NativeMemory.required(NativeMemory.readUlong(mechanism + WORD));
    return new GcmWrapParameters(
        NativeMemory.readUlong(mechanism),
        GcmMessageParameters.checked(
            NativeMemory.readUlong(at),
            NativeMemory.readUlong(at + WORD),
            NativeMemory.readUlong(at + 2 * WORD),
            NativeMemory.readUlong(at + 3 * WORD),
            0,
            NativeMemory.readUlong(at + 6 * WORD)),
        NativeMemory.read(
            NativeMemory.readUlong(at + 4 * WORD), NativeMemory.readUlong(at + 5 * WORD)));
  }

  /** C_WrapKey. */
  void wrap(Session session, long wrappingKey, long key, Output output) {
    KeyWrapping.Authenticated wrapping =
        session
            .wrapping()
            .wrapAuthenticated(
                new MechanismCall(type, gcm.forEncryption()), wrappingKey, key, associated);
    output.write(
        wrapping.length() + (int) gcm.tagBits() / Byte.SIZE,
        () -> {
          MessageCiphering.Result done = wrapping.work().get();
          gcm.writeIv(done.iv());
          return done.textAndTag();
        });
  }

  /** C_UnwrapKey, where the generator means nothing. */
  MechanismCall forUnwrapping() {
    return new MechanismCall(
        type, new Parameter.Gcm(gcm.forEncryption().iv(), associated, gcm.tagBits()));
  }
}
