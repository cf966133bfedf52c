package dev.tpm2token.token.device;

import dev.tpm2token.token.crypto.PublicKey;
import dev.tpm2token.token.crypto.Secret;
import dev.tpm2token.tpm.structure.TpmAlgId;
import dev.tpm2token.tpm.structure.TpmtSensitive;
import java.util.function.Function;

/**
 * A private key on its way into the TPM.
 *
 * @param publicKey its public half
 * @param secret what TPMT_SENSITIVE holds: an RSA key's first prime, or d of a key on a curve
 */
public record PrivateKeyMaterial(PublicKey publicKey, Secret secret) implements AutoCloseable {
  /** Does something with the key as a TPM has it (Part 2, 12.3.2.4), under an authValue. */
  public <T> T sensitive(byte[] auth, Function<TpmtSensitive, T> work) {
    TpmAlgId type = publicKey instanceof PublicKey.Rsa ? TpmAlgId.RSA : TpmAlgId.ECC;
    return secret.use(octets -> work.apply(new TpmtSensitive(type, auth, new byte[0], octets)));
  }

  @Override
  public void close() {
    secret.close();
  }
}
