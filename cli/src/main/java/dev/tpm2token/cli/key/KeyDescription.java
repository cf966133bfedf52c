package dev.tpm2token.cli.key;

import static dev.tpm2token.token.attribute.AttributeType.CKA_ALWAYS_AUTHENTICATE;
import static dev.tpm2token.token.attribute.AttributeType.CKA_LOCAL;

import dev.tpm2token.cli.ObjectChoice;
import dev.tpm2token.cli.ObjectReport;
import dev.tpm2token.cli.OpenToken;
import dev.tpm2token.cli.Part;
import dev.tpm2token.cli.Texts;
import dev.tpm2token.token.ForeignKeys;
import dev.tpm2token.token.object.CryptokiObject;
import dev.tpm2token.tpm.Parent;
import dev.tpm2token.tpm.structure.TpmHandle;
import java.io.PrintWriter;
import java.util.HexFormat;

/**
 * A private key of a token.
 *
 * @param label CKA_LABEL
 * @param id CKA_ID in hex
 * @param algorithm "RSA 2048", "EC P-256", …
 * @param origin "made in the TPM", or "from elsewhere"
 * @param place "the token's storage key", "storage key 0x…" for one that another one wraps, or "TPM
 *     0x…" for one that the TPM keeps
 * @param pcrs what it is bound to, as in {@code sha256:7,11}; empty where it is not
 * @param asksEachTime whether the PIN is wanted for each signature (CKA_ALWAYS_AUTHENTICATE)
 * @param name the TPM's Name of it, in hex
 * @param uniqueId CKA_UNIQUE_ID of its private half, which no two objects share
 */
record KeyDescription(
    String label,
    String id,
    String algorithm,
    String origin,
    String place,
    String pcrs,
    boolean asksEachTime,
    String name,
    String uniqueId)
    implements Part {
  static KeyDescription of(OpenToken token, long privateKey) {
    ObjectReport key = ObjectReport.of(token, privateKey);
    ForeignKeys.Description known = token.session().foreignKeys().describe(privateKey);
    return new KeyDescription(
        key.label(),
        key.id(),
        key.algorithm(),
        token.isTrue(privateKey, CKA_LOCAL) ? "made in the TPM" : "from elsewhere",
        place(known.place()),
        known.policy().pcrs().map(String::valueOf).orElse(""),
        token.isTrue(privateKey, CKA_ALWAYS_AUTHENTICATE),
        HexFormat.of().formatHex(known.publicArea().name().value()),
        ObjectChoice.uniqueId(token, privateKey));
  }

  private static String place(CryptokiObject.Place place) {
    return switch (place) {
      case CryptokiObject.Place.Token() -> "the token's storage key";
      case CryptokiObject.Place.Under(Parent parent) -> "storage key " + parent.handle();
      case CryptokiObject.Place.Kept(TpmHandle handle) -> "TPM " + handle;
    };
  }

  void print(PrintWriter out) {
    out.printf("%s  %s, %s, id %s%n", Texts.shown(label), algorithm, origin, id);
    out.printf("  unique id %s%n", uniqueId);
    if (!place.equals("the token's storage key")) {
      out.printf("  under %s%n", place);
    }
    if (!pcrs.isEmpty()) {
      out.printf("  bound to PCR %s%n", pcrs);
    }
    if (asksEachTime) {
      out.println("  wants the PIN each time");
    }
  }
}
