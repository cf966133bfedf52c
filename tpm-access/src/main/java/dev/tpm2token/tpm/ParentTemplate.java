package dev.tpm2token.tpm;

import static dev.tpm2token.tpm.structure.ObjectAttributes.DECRYPT;
import static dev.tpm2token.tpm.structure.ObjectAttributes.FIXED_PARENT;
import static dev.tpm2token.tpm.structure.ObjectAttributes.FIXED_TPM;
import static dev.tpm2token.tpm.structure.ObjectAttributes.NO_DA;
import static dev.tpm2token.tpm.structure.ObjectAttributes.RESTRICTED;
import static dev.tpm2token.tpm.structure.ObjectAttributes.SENSITIVE_DATA_ORIGIN;
import static dev.tpm2token.tpm.structure.ObjectAttributes.USER_WITH_AUTH;

import dev.tpm2token.tpm.structure.ObjectAttributes;
import dev.tpm2token.tpm.structure.TpmAlgId;
import dev.tpm2token.tpm.structure.TpmEccCurve;
import dev.tpm2token.tpm.structure.TpmsEccPoint;
import dev.tpm2token.tpm.structure.TpmtPublic;
import dev.tpm2token.tpm.structure.TpmtScheme;
import dev.tpm2token.tpm.structure.TpmtSymDefObject;
import dev.tpm2token.tpm.structure.TpmuPublicId;
import dev.tpm2token.tpm.structure.TpmuPublicParms;

/**
 * What a storage key is made from. A primary key is a function of its hierarchy's seed and of every
 * byte of the template, so that what differs in {@code unique} alone are different keys:
 *
 * <ul>
 *   <li>the storage root key has it as long as the key, of zeros (TCG TPM v2.0 Provisioning
 *       Guidance, 7.5.1, after the TCG EK Credential Profile, B.3.3 and B.3.4);
 *   <li>the templates H-1 and H-2 of the same profile (B.4.4 and B.4.5), which TPM 2.0 key files
 *       name for a parent that is a hierarchy, have it empty.
 * </ul>
 */
public record ParentTemplate(TpmtPublic publicArea) {
  private static final ObjectAttributes ATTRIBUTES =
      ObjectAttributes.of(
          FIXED_TPM,
          FIXED_PARENT,
          SENSITIVE_DATA_ORIGIN,
          USER_WITH_AUTH,
          NO_DA,
          RESTRICTED,
          DECRYPT);

  /** H-1: RSA-2048. */
  public static final ParentTemplate RSA_H1 =
      new ParentTemplate(
          TpmtPublic.template(
              ATTRIBUTES,
              new TpmuPublicParms.Rsa(TpmtSymDefObject.AES_128_CFB, TpmtScheme.NULL, 2048, 0)));

  /** H-2: ECC P-256. */
  public static final ParentTemplate ECC_H2 =
      new ParentTemplate(
          TpmtPublic.template(
              ATTRIBUTES,
              new TpmuPublicParms.Ecc(
                  TpmtSymDefObject.AES_128_CFB,
                  TpmtScheme.NULL,
                  TpmEccCurve.NIST_P256,
                  TpmtScheme.NULL)));

  /** The storage root key on ECC P-256. */
  public static final ParentTemplate ECC_STORAGE_ROOT =
      new ParentTemplate(
          ECC_H2.publicArea.withUnique(
              new TpmuPublicId.Ecc(new TpmsEccPoint(new byte[32], new byte[32]))));

  /** The storage root key of RSA-2048. */
  public static final ParentTemplate RSA_STORAGE_ROOT =
      new ParentTemplate(RSA_H1.publicArea.withUnique(new TpmuPublicId.Rsa(new byte[256])));

  /** What to make the storage root key from on this TPM: ECC where it has that. */
  public static ParentTemplate storageRoot(Capabilities capabilities) {
    return capabilities.algorithms().contains(TpmAlgId.ECC)
            && capabilities.curves().contains(TpmEccCurve.NIST_P256)
        ? ECC_STORAGE_ROOT
        : RSA_STORAGE_ROOT;
  }
}
