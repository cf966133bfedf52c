package dev.tpm2token.token;

import dev.tpm2token.token.attribute.Template;
import java.util.List;

/** What C_GetAttributeValue finds for one attribute (PKCS#11 3.1, 5.7.5). */
public sealed interface AttributeResult {
  /** The value. */
  @SuppressWarnings("ArrayRecordComponent") // carried, not compared
  record Value(byte[] bytes) implements AttributeResult {}

  /** The value is a template: an array of CK_ATTRIBUTE. */
  record Array(List<Template.Entry> entries) implements AttributeResult {}

  /** It is there and never shown: CKR_ATTRIBUTE_SENSITIVE. */
  record Sensitive() implements AttributeResult {}

  /** The object has no such attribute: CKR_ATTRIBUTE_TYPE_INVALID. */
  record Absent() implements AttributeResult {}
}
