package dev.tpm2token.tpm;

import static dev.tpm2token.tpm.structure.ObjectAttributes.ADMIN_WITH_POLICY;
import static dev.tpm2token.tpm.structure.ObjectAttributes.DECRYPT;
import static dev.tpm2token.tpm.structure.ObjectAttributes.FIXED_PARENT;
import static dev.tpm2token.tpm.structure.ObjectAttributes.FIXED_TPM;
import static dev.tpm2token.tpm.structure.ObjectAttributes.NO_DA;
import static dev.tpm2token.tpm.structure.ObjectAttributes.RESTRICTED;
import static dev.tpm2token.tpm.structure.ObjectAttributes.SENSITIVE_DATA_ORIGIN;
import static dev.tpm2token.tpm.structure.ObjectAttributes.SIGN_ENCRYPT;
import static dev.tpm2token.tpm.structure.ObjectAttributes.USER_WITH_AUTH;

import dev.tpm2token.tpm.command.ActivateCredential;
import dev.tpm2token.tpm.command.Certify;
import dev.tpm2token.tpm.command.NV_Read;
import dev.tpm2token.tpm.command.NV_ReadPublic;
import dev.tpm2token.tpm.structure.ObjectAttributes;
import dev.tpm2token.tpm.structure.TpmAlgId;
import dev.tpm2token.tpm.structure.TpmEccCurve;
import dev.tpm2token.tpm.structure.TpmHandle;
import dev.tpm2token.tpm.structure.TpmsEccPoint;
import dev.tpm2token.tpm.structure.TpmtPublic;
import dev.tpm2token.tpm.structure.TpmtScheme;
import dev.tpm2token.tpm.structure.TpmtSymDefObject;
import dev.tpm2token.tpm.structure.TpmuPublicId;
import dev.tpm2token.tpm.structure.TpmuPublicParms;
import java.io.ByteArrayOutputStream;
import java.util.HexFormat;
import java.util.Optional;

/**
 * How a TPM proves what it is, within one {@link TpmDevice#call}: its endorsement key, of which the
 * maker may have left a certificate in it (TCG EK Credential Profile 2.5), and an attestation key
 * that signs what the TPM says of other keys. Both are primary keys of the endorsement hierarchy,
 * the same each time that they are made, until that hierarchy's seed is changed.
 */
public final class Endorsement {
  /** PolicySecret of the endorsement hierarchy: the profile's policy A, B.2.1 (SHA-256). */
  private static final byte[] POLICY_A =
      HexFormat.of().parseHex("837197674484b3f81a90cc8d46a5d724fd52d76e06520b64f2a1da1b331469aa");

  private static final ObjectAttributes ENDORSEMENT_KEY =
      ObjectAttributes.of(
          FIXED_TPM, FIXED_PARENT, SENSITIVE_DATA_ORIGIN, ADMIN_WITH_POLICY, RESTRICTED, DECRYPT);

  private static final ObjectAttributes ATTESTATION_KEY =
      ObjectAttributes.of(
          FIXED_TPM,
          FIXED_PARENT,
          SENSITIVE_DATA_ORIGIN,
          USER_WITH_AUTH,
          NO_DA,
          RESTRICTED,
          SIGN_ENCRYPT);

  private static final int PAGE = 512;

  /** More than any certificate has octets. */
  private static final int LONGEST = 1 << 14;

  /**
   * A kind of endorsement key.
   *
   * <p>RSA is template L-1 and ECC template L-2 of the profile, B.3.3 and B.3.4.
   */
  @SuppressWarnings("ImmutableEnumChecker") // nothing in it changes
  public enum Kind {
    RSA(
        0x01C0_0002,
        TpmtPublic.template(
                ENDORSEMENT_KEY,
                new TpmuPublicParms.Rsa(TpmtSymDefObject.AES_128_CFB, TpmtScheme.NULL, 2048, 0))
            .withUnique(new TpmuPublicId.Rsa(new byte[256])),
        new TpmuPublicParms.Rsa(
            TpmtSymDefObject.NULL, TpmtScheme.rsassa(TpmAlgId.SHA256), 2048, 0)),
    ECC(
        0x01C0_000A,
        TpmtPublic.template(
                ENDORSEMENT_KEY,
                new TpmuPublicParms.Ecc(
                    TpmtSymDefObject.AES_128_CFB,
                    TpmtScheme.NULL,
                    TpmEccCurve.NIST_P256,
                    TpmtScheme.NULL))
            .withUnique(new TpmuPublicId.Ecc(new TpmsEccPoint(new byte[32], new byte[32]))),
        new TpmuPublicParms.Ecc(
            TpmtSymDefObject.NULL,
            TpmtScheme.ecdsa(TpmAlgId.SHA256),
            TpmEccCurve.NIST_P256,
            TpmtScheme.NULL));

    private final TpmHandle certificate;
    private final TpmtPublic endorsementKey;
    private final TpmtPublic attestationKey;

    Kind(int certificate, TpmtPublic endorsementKey, TpmuPublicParms attestation) {
      this.certificate = new TpmHandle(certificate);
      this.endorsementKey = endorsementKey.withAuthPolicy(POLICY_A);
      this.attestationKey = TpmtPublic.template(ATTESTATION_KEY, attestation);
    }

    private TpmtScheme scheme() {
      return switch (attestationKey.parameters()) {
        case TpmuPublicParms.Rsa rsa -> rsa.scheme();
        case TpmuPublicParms.Ecc ecc -> ecc.scheme();
        default -> throw new IllegalStateException();
      };
    }
  }

  private final Tpm tpm;
  private final byte[] auth;

  /**
   * For one lease.
   *
   * @param auth the endorsement hierarchy's password; the caller zeroes it
   */
  public Endorsement(Tpm tpm, byte[] auth) {
    this.tpm = tpm;
    this.auth = auth;
  }

  /** The kind that the maker has certified, or else the one that the TPM makes faster. */
  public Kind kind(Capabilities capabilities) {
    for (Kind each : new Kind[] {Kind.ECC, Kind.RSA}) {
      if (certificate(each).isPresent()) {
        return each;
      }
    }
    return capabilities.has(TpmEccCurve.NIST_P256) ? Kind.ECC : Kind.RSA;
  }

  /** The endorsement key's certificate in DER, where the maker has left one in the TPM. */
  public Optional<byte[]> certificate(Kind kind) {
    int size;
    try {
      size = tpm.execute(new NV_ReadPublic(kind.certificate)).nvPublic().dataSize();
    } catch (TpmResponseException e) {
      if (e.is(TpmRc.HANDLE)) {
        return Optional.empty();
      }
      throw e;
    }
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    while (content.size() < Math.min(size, LONGEST)) {
      byte[] part =
          tpm.execute(
              new NV_Read(
                  kind.certificate,
                  kind.certificate,
                  Math.min(PAGE, size - content.size()),
                  content.size()),
              Authorization.EMPTY);
      if (part.length == 0) {
        break;
      }
      content.writeBytes(part);
    }
    return Optional.of(content.toByteArray());
  }

  /** The endorsement key's public area. */
  public TpmtPublic endorsementKey(Kind kind) {
    try (Primaries.Primary made = make(kind.endorsementKey)) {
      return made.publicArea();
    }
  }

  /**
   * What the TPM says of a key, signed by the attestation key.
   *
   * @param attestationKey the public area of the key that signs
   * @param certifyInfo a TPMS_ATTEST, as it was signed
   */
  @SuppressWarnings("ArrayRecordComponent") // carried, not compared
  public record Certification(
      TpmtPublic attestationKey,
      byte[] certifyInfo,
      dev.tpm2token.tpm.structure.TpmtSignature signature) {}

  /**
   * Certifies a key.
   *
   * @param parent to which the session is salted that authorizes the key's use
   * @param keyAuth the key's authValue
   * @param qualifyingData up to 32 octets that are in what is signed
   */
  public Certification certify(
      Kind kind, Key key, Parent parent, byte[] keyAuth, byte[] qualifyingData) {
    try (Primaries.Primary signer = make(kind.attestationKey);
        ObjectSlots.Hold certifies = tpm.hold(key)) {
      Certify.Response certified =
          tpm.execute(
              new Certify(certifies.handle(), signer.handle(), qualifyingData, kind.scheme()),
              tpm.authorize(parent, keyAuth),
              Authorization.EMPTY);
      return new Certification(signer.publicArea(), certified.certifyInfo(), certified.signature());
    }
  }

  /**
   * Gives out the secret of a credential that was made for both keys: {@link
   * dev.tpm2token.tpm.session.Wrapped#credential}.
   *
   * @throws TpmResponseException TPM_RC_INTEGRITY or TPM_RC_VALUE where it was made for others
   */
  public byte[] activate(Kind kind, byte[] credentialBlob, byte[] secret) {
    try (Primaries.Primary activated = make(kind.attestationKey);
        Primaries.Primary endorsed = make(kind.endorsementKey)) {
      return tpm.execute(
          new ActivateCredential(activated.handle(), endorsed.handle(), credentialBlob, secret),
          Authorization.EMPTY,
          tpm.authorizeBySecret(TpmHandle.ENDORSEMENT, auth));
    }
  }

  private Primaries.Primary make(TpmtPublic template) {
    return tpm.makePrimary(TpmHandle.ENDORSEMENT, template, tpm.hierarchy(auth));
  }
}
