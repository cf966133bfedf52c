package dev.tpm2token.shim;

import dev.tpm2token.token.mechanism.Parameter;

/** The structures that CK_MECHANISM points to, by the shape that the mechanism's row says. */
final class MechanismParameters {
  private static final int WORD = Long.BYTES;
  private static final int BLOCK = 16;
  private static final long CKZ_DATA_SPECIFIED = 1;

  private MechanismParameters() {}

  /**
   * The parameter; where it has not the structure's length, its bytes, which no mechanism takes.
   */
  static Parameter read(Parameter.Shape shape, long address, long length) {
    if (length == 0) {
      return Parameter.NONE;
    }
    NativeMemory.required(address);
    return switch (shape) {
      case NONE, BYTES -> bytes(address, length);
      case LENGTH ->
          length == WORD ? new Parameter.Length(word(address, 0)) : bytes(address, length);
      case PSS ->
          length == 3 * WORD
              ? new Parameter.Pss(word(address, 0), word(address, 1), word(address, 2))
              : bytes(address, length);
      case OAEP -> length == 5 * WORD ? oaep(address) : bytes(address, length);
      case RSA_AES -> length == 2 * WORD ? rsaAes(address) : bytes(address, length);
      case ECDH1 ->
          length == 5 * WORD
              ? new Parameter.Ecdh1(
                  word(address, 0),
                  NativeMemory.read(word(address, 2), word(address, 1)),
                  NativeMemory.read(word(address, 4), word(address, 3)))
              : bytes(address, length);
      case COUNTER ->
          length == WORD + BLOCK
              ? new Parameter.Counter(word(address, 0), NativeMemory.read(address + WORD, BLOCK))
              : bytes(address, length);
      case GCM -> gcm(address, length);
    };
  }

  private static Parameter bytes(long address, long length) {
    return new Parameter.Bytes(NativeMemory.read(address, length));
  }

  private static long word(long address, int index) {
    return NativeMemory.readUlong(address + (long) index * WORD);
  }

  private static Parameter oaep(long address) {
    long source = word(address, 2);
    byte[] label = NativeMemory.read(word(address, 3), word(address, 4));
    return source == CKZ_DATA_SPECIFIED || (source == 0 && label.length == 0)
        ? new Parameter.Oaep(word(address, 0), word(address, 1), label)
        : bytes(address, 5L * WORD);
  }

  private static Parameter rsaAes(long address) {
    long inner = NativeMemory.required(word(address, 1));
    return oaep(inner) instanceof Parameter.Oaep oaep
        ? new Parameter.RsaAes(word(address, 0), oaep)
        : bytes(address, 2L * WORD);
  }

  /** With ulIvBits, as of 2.40, or without, as in the header that came with 2.30. */
  private static Parameter gcm(long address, long length) {
    if (length != 6 * WORD && length != 5 * WORD) {
      return bytes(address, length);
    }
    int rest = length == 6 * WORD ? 3 : 2;
    return new Parameter.Gcm(
        NativeMemory.read(word(address, 0), word(address, 1)),
        NativeMemory.read(word(address, rest), word(address, rest + 1)),
        word(address, rest + 2));
  }
}
