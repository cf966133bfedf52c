package dev.tpm2token.shim;

import static dev.tpm2token.token.ReturnValue.CKR_BUFFER_TOO_SMALL;

import dev.tpm2token.token.BufferTooSmallException;
import dev.tpm2token.token.CryptokiException;
import java.util.function.LongFunction;
import java.util.function.Supplier;

/**
 * The standard's rule for functions that return bytes (PKCS#11 3.1, section 5.2), once: without a
 * buffer they tell the length, with one too small they tell it too, and in neither case is the work
 * done or the operation over.
 */
record Output(long buffer, long lengthAddress) {
  /** Writes what the work makes, if it fits; the length is known before the work is done. */
  void write(int length, Supplier<byte[]> work) {
    long room = NativeMemory.readUlong(lengthAddress);
    if (buffer == 0 || Long.compareUnsigned(room, length) < 0) {
      NativeMemory.writeUlong(lengthAddress, length);
      if (buffer == 0) {
        return;
      }
      throw new CryptokiException(CKR_BUFFER_TOO_SMALL);
    }
    byte[] result = work.get();
    if (result.length > length) {
      throw new IllegalStateException(
          "%d bytes where there should be %d".formatted(result.length, length));
    }
    NativeMemory.write(buffer, result);
    NativeMemory.writeUlong(lengthAddress, result.length);
  }

  /**
   * Writes what the work makes, of which only the greatest length is known before: it is told how
   * much room there is, and keeps what does not fit.
   */
  void writeAtMost(int bound, LongFunction<byte[]> work) {
    long room = NativeMemory.readUlong(lengthAddress);
    if (buffer == 0) {
      NativeMemory.writeUlong(lengthAddress, bound);
      return;
    }
    try {
      byte[] result = work.apply(room < 0 ? Long.MAX_VALUE : room);
      NativeMemory.write(buffer, result);
      NativeMemory.writeUlong(lengthAddress, result.length);
    } catch (BufferTooSmallException e) {
      NativeMemory.writeUlong(lengthAddress, e.length());
      throw e;
    }
  }

  /** Writes an array of CK_ULONG by the same rule, its length counted in elements. */
  void writeUlongs(long[] values) {
    long room = NativeMemory.readUlong(lengthAddress);
    NativeMemory.writeUlong(lengthAddress, values.length);
    if (buffer == 0) {
      return;
    }
    if (Long.compareUnsigned(room, values.length) < 0) {
      throw new CryptokiException(CKR_BUFFER_TOO_SMALL);
    }
    for (int i = 0; i < values.length; i++) {
      NativeMemory.writeUlong(buffer + (long) i * Long.BYTES, values[i]);
    }
  }
}
