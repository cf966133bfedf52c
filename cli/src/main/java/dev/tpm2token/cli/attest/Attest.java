package dev.tpm2token.cli.attest;

import static dev.tpm2token.token.attribute.AttributeType.CKA_LABEL;

import dev.tpm2token.cli.HexId;
import dev.tpm2token.cli.Json;
import dev.tpm2token.cli.ObjectChoice;
import dev.tpm2token.cli.OpenToken;
import dev.tpm2token.cli.Report;
import dev.tpm2token.cli.TokenVerb;
import dev.tpm2token.token.crypto.Secret;
import dev.tpm2token.token.object.ObjectClass;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code tpm2-token attest}: a proof that a key lives in this TPM. */
@Command(
    name = "attest",
    description = {
      "Has the TPM prove that a key lives in it.",
      "That is TPM2_Certify by an attestation key, with the endorsement key and its certificate,"
          + " where the maker has left one in the TPM. verify checks the proof anywhere, without a"
          + " TPM. Whoever asks for it gives a --nonce, so that it cannot be an old one."
    },
    footer = {"  tpm2-token attest --label web --nonce 5f1c22ab web.proof"})
public final class Attest extends TokenVerb {
  /** As long as a hash: the longest that a TPM takes (TPM2B_DATA) is longer. */
  private static final int LONGEST_NONCE = 32;

  @Mixin private ObjectChoice choice = new ObjectChoice();

  @Option(
      names = "--nonce",
      paramLabel = "HEX",
      description = "Up to 32 octets that are in what the TPM signs.")
  private @Nullable String nonce;

  @Mixin private EndorsementPassword endorsementPassword = new EndorsementPassword();

  @Parameters(
      arity = "0..1",
      paramLabel = "NEW",
      description = "The file to write; without it, the proof is printed.")
  private @Nullable Path file;

  /**
   * The proof.
   *
   * @param file its name; empty where it is printed
   */
  record Attested(String file, Proof proof) implements Report {
    @Override
    public void print(PrintWriter out) {
      if (file.isEmpty()) {
        out.println(Json.of(proof));
      } else {
        out.printf(
            "wrote %s: a proof of the key %s, %s%n",
            file,
            proof.label(),
            proof.endorsementCertificate().length > 0
                ? "with the TPM's certificate"
                : "without a certificate: the TPM's maker has left none in it");
      }
    }
  }

  @Override
  protected Report run() {
    byte[] asked =
        nonce == null
            ? new byte[0]
            : HexId.parse(nonce)
                .filter(octets -> octets.length <= LONGEST_NONCE)
                .orElseThrow(() -> usage("--nonce wants up to 32 octets in hex"));
    try (OpenToken token = login();
        Secret auth = endorsementPassword.get(secrets())) {
      long key = choice.one(token, ObjectClass.CKO_PRIVATE_KEY);
      String label =
          new String(token.value(key, CKA_LABEL).orElse(new byte[0]), StandardCharsets.UTF_8);
      Proof proof =
          Proof.of(
              label,
              progress(
                  "the TPM makes its keys",
                  () -> auth.use(octets -> token.session().certify(key, octets, asked))));
      if (file != null) {
        proof.write(file);
      }
      return new Attested(file == null ? "" : file.toString(), proof);
    }
  }
}
