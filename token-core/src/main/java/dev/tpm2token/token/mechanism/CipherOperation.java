package dev.tpm2token.token.mechanism;

import org.bouncycastle.util.Arrays;

/** An encryption or decryption in the making, from C_EncryptInit or C_DecryptInit on. */
public interface CipherOperation extends AutoCloseable {
  /** Bytes that {@link #update} will give for a part so long: exactly so many. */
  int updateLength(int part);

  /** Bytes that a part so long and then {@link #finish} will give in all: at most so many. */
  int finalLength(int part);

  /** Takes a part, and gives what can be given of the result. */
  byte[] update(byte[] part);

  /** Ends, and gives the rest. */
  byte[] finish();

  /** Takes the last part, and gives all that is left of the result. */
  default byte[] finish(byte[] part) {
    byte[] first = update(part);
    byte[] last = finish();
    byte[] whole = Arrays.concatenate(first, last);
    Arrays.fill(first, (byte) 0);
    Arrays.fill(last, (byte) 0);
    return whole;
  }

  @Override
  default void close() {}
}
