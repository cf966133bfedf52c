package dev.tpm2token.tpm;

import static dev.tpm2token.tpm.structure.ObjectAttributes.DECRYPT;
import static dev.tpm2token.tpm.structure.ObjectAttributes.FIXED_PARENT;
import static dev.tpm2token.tpm.structure.ObjectAttributes.FIXED_TPM;
import static dev.tpm2token.tpm.structure.ObjectAttributes.SENSITIVE_DATA_ORIGIN;
import static dev.tpm2token.tpm.structure.ObjectAttributes.SIGN_ENCRYPT;
import static dev.tpm2token.tpm.structure.ObjectAttributes.USER_WITH_AUTH;

import dev.tpm2token.tpm.structure.ObjectAttributes;
import dev.tpm2token.tpm.structure.TpmAlgId;
import dev.tpm2token.tpm.structure.TpmEccCurve;
import dev.tpm2token.tpm.structure.TpmtPublic;
import dev.tpm2token.tpm.structure.TpmtScheme;
import dev.tpm2token.tpm.structure.TpmtSymDefObject;
import dev.tpm2token.tpm.structure.TpmuPublicParms;

/** Objects such as a token makes. */
final class Templates {
  static final TpmtPublic SEALED =
      TpmtPublic.template(
          ObjectAttributes.of(FIXED_TPM, FIXED_PARENT, USER_WITH_AUTH),
          new TpmuPublicParms.KeyedHash(TpmtScheme.NULL));

  static final TpmtPublic HMAC =
      TpmtPublic.template(
          ObjectAttributes.of(FIXED_TPM, FIXED_PARENT, USER_WITH_AUTH, DECRYPT, SIGN_ENCRYPT),
          new TpmuPublicParms.KeyedHash(TpmtScheme.NULL));

  static final TpmtPublic AES_128 =
      TpmtPublic.template(
          ObjectAttributes.of(FIXED_TPM, FIXED_PARENT, USER_WITH_AUTH, DECRYPT, SIGN_ENCRYPT),
          new TpmuPublicParms.SymCipher(new TpmtSymDefObject(TpmAlgId.AES, 128, TpmAlgId.NULL)));

  static final TpmtPublic RSA_2048 =
      TpmtPublic.template(
          ObjectAttributes.of(
              FIXED_TPM,
              FIXED_PARENT,
              SENSITIVE_DATA_ORIGIN,
              USER_WITH_AUTH,
              DECRYPT,
              SIGN_ENCRYPT),
          new TpmuPublicParms.Rsa(TpmtSymDefObject.NULL, TpmtScheme.NULL, 2048, 0));

  static final TpmtPublic P256 =
      TpmtPublic.template(
          ObjectAttributes.of(
              FIXED_TPM,
              FIXED_PARENT,
              SENSITIVE_DATA_ORIGIN,
              USER_WITH_AUTH,
              DECRYPT,
              SIGN_ENCRYPT),
          new TpmuPublicParms.Ecc(
              TpmtSymDefObject.NULL, TpmtScheme.NULL, TpmEccCurve.NIST_P256, TpmtScheme.NULL));

  private Templates() {}
}
