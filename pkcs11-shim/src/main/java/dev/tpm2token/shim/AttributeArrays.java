package dev.tpm2token.shim;

import static dev.tpm2token.token.ReturnValue.CKR_ARGUMENTS_BAD;
import static dev.tpm2token.token.ReturnValue.CKR_ATTRIBUTE_SENSITIVE;
import static dev.tpm2token.token.ReturnValue.CKR_ATTRIBUTE_TYPE_INVALID;
import static dev.tpm2token.token.ReturnValue.CKR_ATTRIBUTE_VALUE_INVALID;
import static dev.tpm2token.token.ReturnValue.CKR_BUFFER_TOO_SMALL;

import dev.tpm2token.token.AttributeResult;
import dev.tpm2token.token.CryptokiException;
import dev.tpm2token.token.ReturnValue;
import dev.tpm2token.token.attribute.AttributeType;
import dev.tpm2token.token.attribute.Kind;
import dev.tpm2token.token.attribute.Template;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** Arrays of CK_ATTRIBUTE, some of whose values may be such arrays themselves. */
final class AttributeArrays {
  /** CK_ATTRIBUTE: type, pValue, ulValueLen. */
  private static final int ATTRIBUTE_BYTES = 3 * Long.BYTES;

  private static final int VALUE = Long.BYTES;
  private static final int VALUE_LENGTH = 2 * Long.BYTES;

  /** More attributes than the standard has are a mistake. */
  private static final long MOST_ATTRIBUTES = 1024;

  /** CK_UNAVAILABLE_INFORMATION. */
  private static final long UNAVAILABLE = -1;

  private AttributeArrays() {}

  /** A template for making, changing or finding objects. */
  static Template template(long address, long count) {
    return template(address, count, true);
  }

  private static Template template(long address, long count, boolean outermost) {
    List<Template.Entry> entries = new ArrayList<>();
    for (long each : elements(address, count)) {
      long type = NativeMemory.readUlong(each);
      long value = NativeMemory.readUlong(each + VALUE);
      long length = NativeMemory.readUlong(each + VALUE_LENGTH);
      entries.add(
          new Template.Entry(
              type,
              outermost && isTemplate(type)
                  ? nested(value, length).encode()
                  : NativeMemory.read(value, length)));
    }
    return new Template(entries);
  }

  private static boolean isTemplate(long type) {
    return AttributeType.of(type).filter(known -> known.kind() == Kind.TEMPLATE).isPresent();
  }

  /** A value that is an array of CK_ATTRIBUTE: its length is in bytes. */
  private static Template nested(long value, long length) {
    if (length % ATTRIBUTE_BYTES != 0) {
      throw new CryptokiException(
          CKR_ATTRIBUTE_VALUE_INVALID, "a template is so many CK_ATTRIBUTEs");
    }
    return template(value, length / ATTRIBUTE_BYTES, false);
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
      case AttributeResult.Value(byte[] bytes) ->
          fill(entry, bytes.length, buffer -> NativeMemory.write(buffer, bytes));
      case AttributeResult.Array(List<Template.Entry> entries) -> array(entry, entries);
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

  private static @Nullable ReturnValue fill(long entry, long length, LongConsumer writing) {
    long buffer = NativeMemory.readUlong(entry + VALUE);
    long room = NativeMemory.readUlong(entry + VALUE_LENGTH);
    if (buffer != 0 && Long.compareUnsigned(room, length) < 0) {
      NativeMemory.writeUlong(entry + VALUE_LENGTH, UNAVAILABLE);
      return CKR_BUFFER_TOO_SMALL;
    }
    if (buffer != 0) {
      writing.accept(buffer);
    }
    NativeMemory.writeUlong(entry + VALUE_LENGTH, length);
    return null;
  }

  /** The array as it is, then each value where the client has room for it (3.1, 5.7.5). */
  private static @Nullable ReturnValue array(long entry, List<Template.Entry> entries) {
    long length = (long) entries.size() * ATTRIBUTE_BYTES;
    List<ReturnValue> wrong = new ArrayList<>();
    ReturnValue outer =
        fill(
            entry,
            length,
            buffer -> {
              for (int i = 0; i < entries.size(); i++) {
                long element = buffer + (long) i * ATTRIBUTE_BYTES;
                byte[] value = entries.get(i).value();
                NativeMemory.writeUlong(element, entries.get(i).type());
                ReturnValue one =
                    fill(element, value.length, place -> NativeMemory.write(place, value));
                if (one != null) {
                  wrong.add(one);
                }
              }
            });
    return outer != null || wrong.isEmpty() ? outer : wrong.getFirst();
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
