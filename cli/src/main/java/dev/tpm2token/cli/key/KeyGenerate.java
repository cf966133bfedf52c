package dev.tpm2token.cli.key;

import static dev.tpm2token.token.attribute.AttributeType.CKA_ALWAYS_AUTHENTICATE;

import dev.tpm2token.cli.CommandException;
import dev.tpm2token.cli.ExitStatus;
import dev.tpm2token.cli.ObjectReport;
import dev.tpm2token.cli.OpenToken;
import dev.tpm2token.cli.Report;
import dev.tpm2token.cli.Texts;
import dev.tpm2token.cli.TokenVerb;
import dev.tpm2token.token.MechanismCall;
import dev.tpm2token.token.Session;
import dev.tpm2token.token.attribute.Attributes;
import dev.tpm2token.token.attribute.Template;
import dev.tpm2token.tpm.structure.TpmlPcrSelection;
import java.io.PrintWriter;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code tpm2-token key generate}: a key pair, made in the TPM. */
@Command(
    name = "generate",
    description = "Makes a key pair in the TPM.",
    footer = {
      "  tpm2-token key generate --token laptop --label ssh --type ec:p256",
      "  tpm2-token key generate --label boot --pcr sha256:7"
    })
public final class KeyGenerate extends TokenVerb {
  @Mixin private NewKey called = new NewKey();

  @Option(
      names = "--type",
      paramLabel = "TYPE",
      defaultValue = "ec:p256",
      description = "rsa:2048, rsa:3072, ec:p256, ec:p384, …: what the TPM can do, see caps.")
  private String type = "";

  @Option(
      names = "--pcr",
      paramLabel = "PCR",
      converter = PcrChoice.class,
      description =
          "The key can be used for as long as these PCR are as they are now, as in sha256:7: a"
              + " machine started with something else cannot use it.")
  private @Nullable TpmlPcrSelection pcrs;

  @Option(
      names = "--always-authenticate",
      description = "The PIN is wanted for each use of the key. Not every program can do that.")
  private boolean alwaysAuthenticate;

  /**
   * The key pair.
   *
   * @param token the token's label
   * @param key its private half
   * @param pcrs what it is bound to; empty where it is not
   */
  record Made(String token, ObjectReport key, String pcrs) implements Report {
    @Override
    public void print(PrintWriter out) {
      out.printf(
          "made key %s in %s: %s, id %s%n",
          Texts.shown(key.label()), Texts.shown(token), key.algorithm(), key.id());
      if (!pcrs.isEmpty()) {
        out.printf("  bound to PCR %s%n", pcrs);
      }
    }
  }

  @Override
  protected Report run() {
    KeyKindName kind = KeyKindName.parse(type).orElseThrow(() -> usage(KeyKindName.wrong(type)));
    Attributes common = called.common(called.label().orElseThrow(() -> usage("--label is wanted")));
    Attributes.Builder privateKey = kind.privateKey(common).toBuilder();
    if (alwaysAuthenticate) {
      privateKey.put(CKA_ALWAYS_AUTHENTICATE, true);
    }
    try (OpenToken token = login()) {
      called.checkId(token, Optional.empty());
      long[] made =
          progress(
              "the TPM makes the key",
              () ->
                  generate(
                      token.session(),
                      MechanismCall.of(kind.mechanism()),
                      Template.of(kind.publicKey(common)),
                      Template.of(privateKey.build())));
      return new Made(
          token.info().label(),
          ObjectReport.of(token, made[1]),
          pcrs == null ? "" : pcrs.toString());
    }
  }

  private long[] generate(
      Session session, MechanismCall call, Template publicKey, Template privateKey) {
    try {
      return pcrs == null
          ? session.generateKeyPair(call, publicKey, privateKey)
          : session.generateKeyPair(call, publicKey, privateKey, pcrs);
    } catch (IllegalArgumentException e) { // a PCR that the TPM has not
      throw new CommandException(ExitStatus.FAILED, String.valueOf(e.getMessage()), e);
    }
  }
}
