package dev.tpm2token.interop.functions;

import dev.tpm2token.interop.cryptoki.Cryptoki;
import java.util.ArrayList;
import java.util.List;
import jnr.ffi.Pointer;

/** What is laid out for calls, and stays until the row is over. */
class Memory {
  final Cryptoki module;
  private final List<Object> held = new ArrayList<>();

  Memory(Cryptoki module) {
    this.module = module;
  }

  void forget() {
    held.clear();
  }

  /** So many zeros. */
  Pointer memory(int size) {
    return keep(module.memory(size));
  }

  /** A CK_ULONG. */
  Pointer ulong(long value) {
    return keep(module.ulong(value));
  }

  Pointer bytes(byte[] bytes) {
    return keep(module.bytes(bytes));
  }

  /** CK_MECHANISM without a parameter. */
  Pointer mechanism(long type) {
    return keep(module.mechanism(type));
  }

  /** CK_MECHANISM with one. */
  Pointer mechanism(long type, byte[] parameter) {
    Pointer bytes = bytes(parameter);
    Pointer mechanism = mechanism(type);
    mechanism.putLong(8, bytes.address());
    mechanism.putLong(16, parameter.length);
    return mechanism;
  }

  private Pointer keep(Pointer memory) {
    held.add(memory);
    return memory;
  }

  /** CK_ATTRIBUTE[1] with so much room for the value. */
  Pointer asking(long type, int size) {
    Pointer attribute = memory(24);
    attribute.putLong(0, type);
    attribute.putLong(8, memory(size).address());
    attribute.putLong(16, size);
    return attribute;
  }

  /** What a function wrote. */
  static byte[] read(Pointer memory, int length) {
    byte[] bytes = new byte[length];
    memory.get(0, bytes, 0, length);
    return bytes;
  }
}
