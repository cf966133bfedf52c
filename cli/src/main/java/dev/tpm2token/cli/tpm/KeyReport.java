package dev.tpm2token.cli.tpm;

import dev.tpm2token.cli.Part;
import dev.tpm2token.tpm.structure.ObjectAttributes;
import dev.tpm2token.tpm.structure.TpmHandle;
import dev.tpm2token.tpm.structure.TpmtPublic;
import dev.tpm2token.tpm.structure.TpmuPublicParms;
import java.util.HexFormat;

/**
 * A key in the TPM.
 *
 * @param handle where it is; empty where it is not kept
 * @param type "RSA 2048", "ECC NIST_P256", …
 * @param use "storage key", "signing key", "decryption key" or "key"
 * @param name the TPM's Name of it, in hex: nameAlg and the hash of its public area
 */
record KeyReport(String handle, String type, String use, String name) implements Part {
  static KeyReport of(TpmHandle handle, TpmtPublic area) {
    return new KeyReport(
        handle.toString(),
        type(area),
        use(area.objectAttributes()),
        HexFormat.of().formatHex(area.name().value()));
  }

  private static String type(TpmtPublic area) {
    return switch (area.parameters()) {
      case TpmuPublicParms.Rsa rsa -> "RSA " + rsa.keyBits();
      case TpmuPublicParms.Ecc ecc -> "ECC " + ecc.curve();
      default -> area.type().toString();
    };
  }

  private static String use(ObjectAttributes attributes) {
    if (attributes.has(ObjectAttributes.RESTRICTED | ObjectAttributes.DECRYPT)) {
      return "storage key";
    }
    if (attributes.has(ObjectAttributes.SIGN_ENCRYPT)) {
      return "signing key";
    }
    return attributes.has(ObjectAttributes.DECRYPT) ? "decryption key" : "key";
  }

  /** For people. */
  String words() {
    return "%s  %s, %s, Name %s…".formatted(handle, type, use, name.substring(0, 20));
  }
}
