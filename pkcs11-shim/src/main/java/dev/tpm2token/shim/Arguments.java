package dev.tpm2token.shim;

import dev.tpm2token.token.MechanismCall;
import dev.tpm2token.token.mechanism.Mechanism;
import dev.tpm2token.token.mechanism.Parameter;
import java.util.function.Consumer;

/** CK_MECHANISM, as clients hand it in. */
final class Arguments {
  private Arguments() {}

  /** CK_MECHANISM. */
  static MechanismCall mechanism(long address) {
    long type = NativeMemory.readUlong(address);
    return new MechanismCall(
        type, MechanismParameters.read(shape(type), parameter(address), parameterLength(address)));
  }

  /** Begins what a CK_MECHANISM says; without one, as of 3.0, what is under way is to end. */
  static void begin(long address, Runnable termination, Consumer<MechanismCall> beginning) {
    if (address == 0) {
      termination.run();
    } else {
      beginning.accept(mechanism(address));
    }
  }

  /** CK_MECHANISM for messages: AES-GCM has another structure for them. */
  static MechanismCall messageMechanism(long address) {
    long type = NativeMemory.readUlong(address);
    if (shape(type) != Parameter.Shape.GCM || parameterLength(address) == 0) {
      return mechanism(address);
    }
    return new MechanismCall(type, messageParameter(address).forEncryption());
  }

  /** The same with the tag of what is to be decrypted. */
  static MechanismCall authenticatedMechanism(long address) {
    long type = NativeMemory.readUlong(address);
    return shape(type) == Parameter.Shape.GCM
        ? new MechanismCall(type, messageParameter(address).forDecryption())
        : mechanism(address);
  }

  /** The CK_GCM_MESSAGE_PARAMS of a CK_MECHANISM, which the module may write to. */
  static GcmMessageParameters messageParameter(long mechanism) {
    return GcmMessageParameters.at(parameter(mechanism), parameterLength(mechanism));
  }

  private static Parameter.Shape shape(long type) {
    return Mechanism.row(type).map(Mechanism::shape).orElse(Parameter.Shape.BYTES);
  }

  private static long parameter(long mechanism) {
    return NativeMemory.readUlong(mechanism + Long.BYTES);
  }

  private static long parameterLength(long mechanism) {
    return NativeMemory.readUlong(mechanism + 2 * Long.BYTES);
  }
}
