package dev.tpm2token.token.store;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An object as it lies in the store: {@code <id>.json}. One of {@code body} and {@code sealed} is
 * there.
 *
 * @param format the version of this form
 * @param id the object's id, which is the file's name as well
 * @param body what a public object is
 * @param sealed what a private object is: the JSON of its body, encrypted under the token key
 */
@SuppressWarnings("ArrayRecordComponent") // carried, not compared
record ObjectRecord(int format, String id, @Nullable Body body, byte @Nullable [] sealed) {
  static final int FORMAT = 1;

  /**
   * An object itself.
   *
   * @param attributes by the standard's names
   * @param key what a private key is in the TPM
   * @param secret a secret key's value; the body of a secret key is always sealed
   */
  @SuppressWarnings("ArrayRecordComponent") // carried, not compared
  record Body(Map<String, Object> attributes, @Nullable Key key, byte @Nullable [] secret) {}

  /**
   * A key that the TPM alone can open.
   *
   * @param publicArea TPMT_PUBLIC
   * @param privateArea TPM2B_PRIVATE's buffer
   * @param auth its authValue, encrypted under the token key
   */
  record Key(byte[] publicArea, byte[] privateArea, byte[] auth) {}
}
