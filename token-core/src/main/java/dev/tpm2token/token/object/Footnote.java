package dev.tpm2token.token.object;

/**
 * What may be done with an attribute of an object: the footnotes of the standard's attribute tables
 * (PKCS#11 3.1, table 11 "Common footnotes for object attribute tables"), by number.
 */
public enum Footnote {
  /** 1: must be specified when the object is created with C_CreateObject. */
  REQUIRED_TO_CREATE,
  /** 2: must not be specified when the object is created with C_CreateObject. */
  FORBIDDEN_TO_CREATE,
  /** 3: must be specified when the object is generated. */
  REQUIRED_TO_GENERATE,
  /** 4: must not be specified when the object is generated. */
  FORBIDDEN_TO_GENERATE,
  /** 7: not revealed where CKA_SENSITIVE is true or CKA_EXTRACTABLE is false. */
  SECRET,
  /** 8: may be modified with C_SetAttributeValue, and in the course of C_CopyObject. */
  MODIFIABLE,
  /** 10: set to true by the security officer alone. */
  TRUE_BY_SO,
  /** 11: not changed once it is true. */
  STAYS_TRUE,
  /** 12: not changed once it is false. */
  STAYS_FALSE,
  /** Not the standard's number: what C_CopyObject alone may set (CKA_TOKEN, CKA_PRIVATE...). */
  SET_BY_COPY,
  /** Not the standard's number: a token that does not support it ignores it (3.1, 4.6.3, 4.10). */
  IGNORED
}
