package dev.tpm2token.cli.attest;

import dev.tpm2token.tpm.Endorsement;

/**
 * A question to a TPM, as a file of JSON: a secret that it can read where both keys are its own.
 *
 * @param format the version of this form
 * @param endorsementKind "RSA" or "ECC"
 * @param attestationKey the Name of the attestation key, in hex
 * @param credentialBlob TPM2B_ID_OBJECT's buffer
 * @param secret TPM2B_ENCRYPTED_SECRET's buffer
 */
@SuppressWarnings("ArrayRecordComponent") // carried, not compared
record Credential(
    int format, String endorsementKind, String attestationKey, byte[] credentialBlob, byte[] secret)
    implements Document {
  Endorsement.Kind kind() {
    return endorsementKind.equals("RSA") ? Endorsement.Kind.RSA : Endorsement.Kind.ECC;
  }
}
