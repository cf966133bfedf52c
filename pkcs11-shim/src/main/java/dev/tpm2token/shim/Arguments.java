package dev.tpm2token.shim;

import static dev.tpm2token.token.ReturnValue.CKR_ARGUMENTS_BAD;
import static dev.tpm2token.token.ReturnValue.CKR_ATTRIBUTE_SENSITIVE;
import static dev.tpm2token.token.ReturnValue.CKR_ATTRIBUTE_TYPE_INVALID;
import static dev.tpm2token.token.ReturnValue.CKR_BUFFER_TOO_SMALL;

import dev.tpm2token.token.AttributeResult;
import dev.tpm2token.token.CryptokiException;
import dev.tpm2token.token.MechanismCall;
import dev.tpm2token.token.ReturnValue;
import dev.tpm2token.token.attribute.Template;
import dev.tpm2token.token.mechanism.Mechanism;
import dev.tpm2token.token.mechanism.Parameter;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The structures that clients hand in: CK_MECHANISM and arrays of CK_ATTRIBUTE. */
final class Arguments {
  /** CK_ATTRIBUTE: type, pValue, ulValueLen. */
  private static final int ATTRIBUTE_BYTES = 3 * Long.BYTES;

  private static final int VALUE = Long.BYTES;
  private static final int VALUE_LENGTH = 2 * Long.BYTES;

  /** More attributes than the standard has are a mistake. */
  private static final long MOST_ATTRIBUTES = 1024;

  /** CK_UNAVAILABLE_INFORMATION. */
  private static final long UNAVAILABLE = -1;

  private Arguments() {}

  /** CK_MECHANISM. */
  static MechanismCall mechanism(long address) {
    long type = NativeMemory.readUlong(address);
    return new MechanismCall(
        type, MechanismParameters.read(shape(type), parameter(address), parameterLength(address)));
  }

  /** CK_MECHANISM for messages: AES-GCM has another structure for them. */
  static MechanismCall messageMechanism(long address) {
    long type = NativeMemory.readUlong(address);
    if (shape(type) != Parameter.Shape.GCM || parameterLength(address) == 0) {
      return mechanism(address);
    }
    return new MechanismCall(type, messageParameter(address).forEncryption());
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

  /** A template for making, changing or finding objects. */
  static Template template(long address, long count) {
    List<Template.Entry> entries = new ArrayList<>();
    for (long each : elements(address, count)) {
      entries.add(
          new Template.Entry(
              NativeMemory.readUlong(each),
              NativeMemory.read(
                  NativeMemory.readUlong(each + VALUE),
                  NativeMemory.readUlong(each + VALUE_LENGTH))));
    }
    return new Template(entries);
  }

  /** The attributes that C_GetAttributeValue is asked for. */
  static long[] types(long address, long count) {
    long[] elements = elements(address, count);
    long[] types = new long[elements.length];
    for (int i = 0; i < types.length; i++) {
      types[i] = NativeMemory.readUlong(elements[i]);
    }
    return types;
  }

  /**
   * Fills a template with what was found, every entry of it, and only then says what was wrong with
   * some (PKCS#11 3.1, 5.7.5).
   */
  static void fill(long address, List<AttributeResult> results) {
    ReturnValue wrong = null;
    for (int i = 0; i < results.size(); i++) {
      ReturnValue one = fill(address + (long) i * ATTRIBUTE_BYTES, results.get(i));
      wrong = wrong == null ? one : wrong;
    }
    if (wrong != null) {
      throw new CryptokiException(wrong);
    }
  }

  private static @Nullable ReturnValue fill(long entry, AttributeResult result) {
    return switch (result) {
      case AttributeResult.Value(byte[] bytes) -> {
        long buffer = NativeMemory.readUlong(entry + VALUE);
        long room = NativeMemory.readUlong(entry + VALUE_LENGTH);
        if (buffer != 0 && Long.compareUnsigned(room, bytes.length) < 0) {
          NativeMemory.writeUlong(entry + VALUE_LENGTH, UNAVAILABLE);
          yield CKR_BUFFER_TOO_SMALL;
        }
        if (buffer != 0) {
          NativeMemory.write(buffer, bytes);
        }
        NativeMemory.writeUlong(entry + VALUE_LENGTH, bytes.length);
        yield null;
      }
      case AttributeResult.Sensitive() -> {
        NativeMemory.writeUlong(entry + VALUE_LENGTH, UNAVAILABLE);
        yield CKR_ATTRIBUTE_SENSITIVE;
      }
      case AttributeResult.Absent() -> {
        NativeMemory.writeUlong(entry + VALUE_LENGTH, UNAVAILABLE);
        yield CKR_ATTRIBUTE_TYPE_INVALID;
      }
    };
  }

  private static long[] elements(long address, long count) {
    if (count < 0 || count > MOST_ATTRIBUTES) {
      throw new CryptokiException(
          CKR_ARGUMENTS_BAD, "no template has so many attributes: " + Long.toUnsignedString(count));
    }
    if (count > 0) {
      NativeMemory.required(address);
    }
    long[] elements = new long[(int) count];
    for (int i = 0; i < elements.length; i++) {
      elements[i] = address + (long) i * ATTRIBUTE_BYTES;
    }
    return elements;
  }
}
