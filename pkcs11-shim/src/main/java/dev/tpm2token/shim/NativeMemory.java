package dev.tpm2token.shim;

import static dev.tpm2token.token.ReturnValue.CKR_ARGUMENTS_BAD;

import dev.tpm2token.token.CryptokiException;
import dev.tpm2token.token.Data;
import java.util.Arrays;
import org.graalvm.word.Pointer;
import org.graalvm.word.WordFactory;

/**
 * C's memory, by address: what is read is copied, once. A length that no caller means is refused
 * before anything is read. Addresses are plain numbers, so that they may be kept in lambdas.
 */
final class NativeMemory {
  /** Longer values, templates and PINs are mistakes. */
  private static final long LONGEST_VALUE = 16 << 20;

  /** Longer messages in one call are mistakes; longer data goes in parts. */
  private static final long LONGEST_MESSAGE = 1 << 30;

  private static final int CHUNK = 64 << 10;

  private NativeMemory() {}

  private static Pointer pointer(long address) {
    return WordFactory.pointer(address);
  }

  /** A CK_ULONG. */
  static long readUlong(long address) {
    return pointer(required(address)).readLong(0);
  }

  static void writeUlong(long address, long value) {
    pointer(required(address)).writeLong(0, value);
  }

  /** A length as Java counts; one that no caller means is refused. */
  static int length(long length) {
    if (length < 0 || length > LONGEST_VALUE) {
      throw new CryptokiException(
          CKR_ARGUMENTS_BAD, "at most 16 MiB at a time; longer data goes in parts");
    }
    return (int) length;
  }

  static void writeByte(long address, byte value) {
    pointer(address).writeByte(0, value);
  }

  /** So many bytes; none at all need no address. */
  static byte[] read(long address, long length) {
    return read(address, length, LONGEST_VALUE);
  }

  private static byte[] read(long address, long length, long longest) {
    check(address, length, longest);
    byte[] bytes = new byte[(int) length];
    copy(address, bytes);
    return bytes;
  }

  private static void copy(long address, byte[] bytes) {
    Pointer from = pointer(address);
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = from.readByte(i);
    }
  }

  static void write(long address, byte[] bytes) {
    Pointer to = pointer(required(address));
    for (int i = 0; i < bytes.length; i++) {
      to.writeByte(i, bytes[i]);
    }
  }

  /** Data, handed on piece by piece: a long one need not fit the heap. */
  static Data data(long address, long length) {
    return sink -> {
      check(address, length, LONGEST_MESSAGE);
      for (long done = 0; done < length; done += CHUNK) {
        byte[] chunk = new byte[(int) Math.min(CHUNK, length - done)];
        copy(address + done, chunk);
        sink.accept(chunk);
        Arrays.fill(chunk, (byte) 0);
      }
    };
  }

  /** The address, unless it is NULL. */
  static long required(long address) {
    if (address == 0) {
      throw new CryptokiException(CKR_ARGUMENTS_BAD, "a pointer is NULL");
    }
    return address;
  }

  private static void check(long address, long length, long longest) {
    if (length < 0 || length > longest) {
      throw new CryptokiException(
          CKR_ARGUMENTS_BAD,
          "no argument is %s bytes long".formatted(Long.toUnsignedString(length)));
    }
    if (length > 0) {
      required(address);
    }
  }
}
