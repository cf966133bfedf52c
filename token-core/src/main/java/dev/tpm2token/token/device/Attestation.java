package dev.tpm2token.token.device;

import dev.tpm2token.tpm.Endorsement;
import dev.tpm2token.tpm.TpmDevice;
import dev.tpm2token.tpm.structure.TpmtPublic;
import java.util.Optional;

/** The TPM vouches for keys. */
public final class Attestation {
  private final TokenDevice capabilities;
  private final TpmDevice device;

  Attestation(TokenDevice capabilities, TpmDevice device) {
    this.capabilities = capabilities;
    this.device = device;
  }

  /**
   * What the TPM says of a key, and what it is itself.
   *
   * @param kind of its endorsement key
   * @param endorsementKey the endorsement key's public area
   * @param certificate of the endorsement key in DER, where the maker has left one in the TPM
   * @param certification what it says, signed
   * @param key the key's public area
   */
  public record Evidence(
      Endorsement.Kind kind,
      TpmtPublic endorsementKey,
      Optional<byte[]> certificate,
      Endorsement.Certification certification,
      TpmtPublic key) {}

  /**
   * Certifies a key.
   *
   * @param endorsementAuth the endorsement hierarchy's password
   * @param nonce up to 32 octets, of whoever asks
   */
  public Evidence certify(KeyInUse key, byte[] endorsementAuth, byte[] nonce) {
    Endorsement.Kind kind = kind(endorsementAuth);
    return key.auth()
        .use(
            auth ->
                device.call(
                    tpm -> {
                      Endorsement endorsement = new Endorsement(tpm, endorsementAuth);
                      return new Evidence(
                          kind,
                          endorsement.endorsementKey(kind),
                          endorsement.certificate(kind),
                          endorsement.certify(kind, key.key(), key.parent(), auth, nonce),
                          key.key().publicArea());
                    }));
  }

  private Endorsement.Kind kind(byte[] endorsementAuth) {
    return device.call(
        tpm -> new Endorsement(tpm, endorsementAuth).kind(capabilities.capabilities()));
  }
}
