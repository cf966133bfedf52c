package dev.tpm2token.token.object;

import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * What an object is called in the store and in CKA_UNIQUE_ID: 32 hexadecimal digits, of which the
 * first 12 are the milliseconds of its making, so that names sort in order of age.
 */
public record ObjectId(String text) implements Comparable<ObjectId> {
  private static final Pattern FORM = Pattern.compile("[0-9a-f]{32}");

  /** Checks the form: a name read from a disk is not to be trusted. */
  public ObjectId {
    if (!isValid(text)) {
      throw new IllegalArgumentException("not an object id");
    }
  }

  /** Whether the text has an id's form. */
  public static boolean isValid(String text) {
    return FORM.matcher(text).matches();
  }

  /** A new one. */
  public static ObjectId fresh(SecureRandom random) {
    byte[] tail = new byte[10];
    random.nextBytes(tail);
    return new ObjectId(
        "%012x%s"
            .formatted(
                System.currentTimeMillis() & 0xffff_ffff_ffffL, HexFormat.of().formatHex(tail)));
  }

  @Override
  public int compareTo(ObjectId other) {
    return text.compareTo(other.text);
  }

  @Override
  public String toString() {
    return text;
  }
}
