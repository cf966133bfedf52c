package dev.tpm2token.cli.key;

import static dev.tpm2token.token.attribute.AttributeType.CKA_ID;
import static dev.tpm2token.token.attribute.AttributeType.CKA_LABEL;
import static dev.tpm2token.token.attribute.AttributeType.CKA_TOKEN;

import dev.tpm2token.cli.HexId;
import dev.tpm2token.cli.ObjectReport;
import dev.tpm2token.cli.OpenToken;
import dev.tpm2token.cli.Report;
import dev.tpm2token.cli.TokenVerb;
import dev.tpm2token.token.MechanismCall;
import dev.tpm2token.token.attribute.Attributes;
import dev.tpm2token.token.attribute.Template;
import java.io.PrintWriter;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code tpm2-token key generate}: a key pair, made in the TPM. */
@Command(
    name = "generate",
    description = "Makes a key pair in the TPM.",
    footer = {"", "Example: tpm2-token key generate --token laptop --label ssh --type ec:p256"})
public final class KeyGenerate extends TokenVerb {
  @Option(
      names = "--label",
      required = true,
      paramLabel = "LABEL",
      description = "What the key is called.")
  private String label = "";

  @Option(
      names = "--type",
      paramLabel = "TYPE",
      defaultValue = "ec:p256",
      description = "rsa:2048, rsa:3072, ec:p256, ec:p384, …: what the TPM can do, see caps.")
  private String type = "";

  @Option(
      names = "--id",
      paramLabel = "HEX",
      description = "CKA_ID; without it, the SHA-1 of the public key, as NSS has it.")
  private @Nullable String id;

  /** The key pair. */
  record Made(String token, ObjectReport key) implements Report {
    @Override
    public void print(PrintWriter out) {
      out.printf("made key %s in %s: %s, id %s%n", key.label(), token, key.algorithm(), key.id());
    }
  }

  @Override
  protected Report run() {
    KeyKindName kind = KeyKindName.parse(type).orElseThrow(() -> usage(KeyKindName.wrong(type)));
    Attributes common = common();
    try (OpenToken token = login()) {
      Attributes publicKey = kind.publicKey(common);
      Attributes privateKey = kind.privateKey(common);
      MechanismCall call = MechanismCall.of(kind.mechanism());
      long[] made =
          progress(
              "the TPM makes the key",
              () ->
                  token
                      .session()
                      .generateKeyPair(call, Template.of(publicKey), Template.of(privateKey)));
      return new Made(token.info().label(), ObjectReport.of(token, made[1]));
    }
  }

  private Attributes common() {
    Attributes.Builder common = Attributes.builder().put(CKA_TOKEN, true).put(CKA_LABEL, label);
    if (id != null) {
      common.put(CKA_ID, HexId.parse(id).orElseThrow(() -> usage(HexId.WRONG)));
    }
    return common.build();
  }
}
