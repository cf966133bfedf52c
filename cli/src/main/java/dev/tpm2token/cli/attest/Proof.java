package dev.tpm2token.cli.attest;

import dev.tpm2token.token.device.Attestation;

/**
 * What a TPM says of a key, as a file of JSON; octets are in hex.
 *
 * @param format the version of this form
 * @param label what the token calls the key: its word alone
 * @param endorsementKind "RSA" or "ECC"
 * @param endorsementKey TPMT_PUBLIC
 * @param endorsementCertificate X.509 in DER; empty where the maker has left none in the TPM
 * @param attestationKey TPMT_PUBLIC of the key that signs
 * @param key TPMT_PUBLIC of the key that is vouched for
 * @param certifyInfo TPMS_ATTEST
 * @param signature TPMT_SIGNATURE of certifyInfo
 */
@SuppressWarnings("ArrayRecordComponent") // carried, not compared
record Proof(
    int format,
    String label,
    String endorsementKind,
    byte[] endorsementKey,
    byte[] endorsementCertificate,
    byte[] attestationKey,
    byte[] key,
    byte[] certifyInfo,
    byte[] signature)
    implements Document {
  static Proof of(String label, Attestation.Evidence evidence) {
    return new Proof(
        Document.FORMAT,
        label,
        evidence.kind().name(),
        evidence.endorsementKey().marshal(),
        evidence.certificate().orElse(new byte[0]),
        evidence.certification().attestationKey().marshal(),
        evidence.key().marshal(),
        evidence.certification().certifyInfo(),
        evidence.certification().signature().marshal());
  }
}
