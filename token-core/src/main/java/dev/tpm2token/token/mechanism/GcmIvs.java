package dev.tpm2token.token.mechanism;

import static dev.tpm2token.token.ReturnValue.CKR_DATA_LEN_RANGE;
import static dev.tpm2token.token.ReturnValue.CKR_MECHANISM_PARAM_INVALID;

import dev.tpm2token.token.CryptokiException;
import java.math.BigInteger;
import java.security.SecureRandom;
import org.bouncycastle.util.BigIntegers;
import org.jspecify.annotations.Nullable;

/**
 * The initialisation vectors of messages under one key (PKCS#11 3.1, 6.13.3): the part that is not
 * fixed is generated, and no two messages get the same, because GCM would give away its key.
 */
public final class GcmIvs {
  /** CK_GENERATOR_FUNCTION. */
  private static final long CKG_NO_GENERATE = 0;

  private static final long CKG_GENERATE = 1;
  private static final long CKG_GENERATE_COUNTER = 2;
  private static final long CKG_GENERATE_RANDOM = 3;
  private static final long CKG_GENERATE_COUNTER_XOR = 4;

  /** With fewer bits, random ones would be the same too soon. */
  private static final int FEWEST_RANDOM_BITS = 64;

  private final SecureRandom random;
  private long messages;

  /** What CKG_GENERATE_COUNTER_XOR began with, without the fixed part. */
  private @Nullable BigInteger mask;

  /** Begins with the counter at zero. */
  public GcmIvs(SecureRandom random) {
    this.random = random;
  }

  /**
   * A message's IV.
   *
   * @throws CryptokiException CKR_MECHANISM_PARAM_INVALID; CKR_DATA_LEN_RANGE where the counter
   *     would begin anew
   */
  public byte[] next(Parameter.GcmMessage parameter) {
    byte[] given = parameter.iv();
    if (parameter.generator() == CKG_NO_GENERATE) {
      return given;
    }
    int bits = generatedBits(parameter);
    BigInteger all = BigInteger.ONE.shiftLeft(bits);
    BigInteger passed = new BigInteger(1, given);
    BigInteger own = passed.mod(all);
    BigInteger generated =
        switch (Math.toIntExact(parameter.generator())) {
          case (int) CKG_GENERATE, (int) CKG_GENERATE_RANDOM -> random(bits);
          case (int) CKG_GENERATE_COUNTER -> counter(all);
          default -> counter(all).xor(unvaried(own));
        };
    messages++;
    return BigIntegers.asUnsignedByteArray(given.length, passed.subtract(own).add(generated));
  }

  /** Checks what would give a single message its IV, whose key has no counter that goes on. */
  public static void checkSingle(Parameter.GcmMessage parameter) {
    if (parameter.generator() == CKG_GENERATE_COUNTER
        || parameter.generator() == CKG_GENERATE_COUNTER_XOR) {
      throw new CryptokiException(
          CKR_MECHANISM_PARAM_INVALID, "a counter that begins anew each time would repeat IVs");
    }
  }

  private static int generatedBits(Parameter.GcmMessage parameter) {
    long bits = 8L * parameter.iv().length - parameter.fixedBits();
    if (parameter.generator() < CKG_GENERATE
        || parameter.generator() > CKG_GENERATE_COUNTER_XOR
        || parameter.fixedBits() < 0
        || bits < 1) {
      throw new CryptokiException(
          CKR_MECHANISM_PARAM_INVALID, "no such generator, or nothing left for it to generate");
    }
    return (int) bits;
  }

  private BigInteger random(int bits) {
    if (bits < FEWEST_RANDOM_BITS) {
      throw new CryptokiException(
          CKR_MECHANISM_PARAM_INVALID,
          "fewer than %d random bits would be the same too soon".formatted(FEWEST_RANDOM_BITS));
    }
    return new BigInteger(bits, random);
  }

  private BigInteger counter(BigInteger all) {
    BigInteger count = BigInteger.valueOf(messages);
    if (count.compareTo(all) >= 0) {
      throw new CryptokiException(CKR_DATA_LEN_RANGE, "the counter would begin anew");
    }
    return count;
  }

  /** Were it to vary from call to call, as the standard forbids, IVs could be the same. */
  private BigInteger unvaried(BigInteger own) {
    if (mask != null && !mask.equals(own)) {
      throw new CryptokiException(
          CKR_MECHANISM_PARAM_INVALID, "the part that a counter is mixed into has changed");
    }
    mask = own;
    return own;
  }
}
