package dev.tpm2token.cli.attest;

import dev.tpm2token.cli.CommandException;
import dev.tpm2token.cli.ExitStatus;
import dev.tpm2token.cli.Report;
import dev.tpm2token.cli.Verb;
import dev.tpm2token.cli.tpm.TpmVerb;
import dev.tpm2token.token.crypto.Secret;
import dev.tpm2token.tpm.Endorsement;
import dev.tpm2token.tpm.TpmException;
import dev.tpm2token.tpm.TpmRc;
import dev.tpm2token.tpm.TpmResponseException;
import dev.tpm2token.tpm.session.Wrapped;
import dev.tpm2token.tpm.structure.TpmtPublic;
import dev.tpm2token.tpm.wire.TpmReader;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code tpm2-token credential make} and {@code activate}: whose attestation key it is. */
public final class CredentialVerb {
  private CredentialVerb() {}

  /** Asks, away from the TPM. */
  @Command(
      name = "make",
      description = {
        "Makes a question that only the TPM of a proof can answer.",
        "It can where the endorsement key and the attestation key of the proof are both its own."
            + " Making the question needs no TPM. The answer is printed: keep it, and compare it"
            + " with what credential activate prints there."
      },
      footer = {"  tpm2-token credential make web.proof web.question"})
  public static final class Make extends Verb {
    private static final int SECRET_BYTES = 32;

    @Parameters(index = "0", paramLabel = "PROOF", description = "What attest wrote.")
    private Path proof = Path.of("");

    @Parameters(index = "1", paramLabel = "NEW", description = "The file to write.")
    private Path file = Path.of("");

    /**
     * The question.
     *
     * @param file its name
     * @param answer what the TPM has to answer, in hex
     * @param attestationKey the Name of the key that is then known to be its own
     */
    record Made(String file, String answer, String attestationKey) implements Report {
      @Override
      public void print(PrintWriter out) {
        out.printf("wrote %s, about the attestation key %s%n", file, attestationKey);
        out.printf("answer %s%n", answer);
      }
    }

    @Override
    protected Report run() {
      Proof about = Document.read(proof, Proof.class, "attest");
      SecureRandom random = new SecureRandom();
      byte[] secret = new byte[SECRET_BYTES];
      random.nextBytes(secret);
      try {
        TpmtPublic attestationKey = TpmReader.readAll(about.attestationKey(), TpmtPublic::read);
        Wrapped credential =
            Wrapped.credential(
                TpmReader.readAll(about.endorsementKey(), TpmtPublic::read),
                attestationKey.name(),
                secret,
                random);
        String name = attestationKey.name().toString();
        Credential question =
            new Credential(
                Document.FORMAT,
                about.endorsementKind(),
                name,
                credential.contents(),
                credential.encryptedSeed());
        question.write(file);
        return new Made(file.toString(), HexFormat.of().formatHex(secret), name);
      } catch (TpmException | IllegalArgumentException e) {
        throw new CommandException(
            ExitStatus.FAILED, "%s is damaged: %s".formatted(proof, e.getMessage()), e);
      }
    }
  }

  /** Answers, where the TPM is. */
  @Command(
      name = "activate",
      description = "Answers a question of credential make, which this TPM can if it is about it.",
      footer = {"  tpm2-token credential activate web.question"})
  public static final class Activate extends TpmVerb {
    @Parameters(paramLabel = "FILE", description = "What credential make wrote.")
    private Path file = Path.of("");

    @Mixin private EndorsementPassword endorsementPassword = new EndorsementPassword();

    /**
     * The answer.
     *
     * @param answer in hex
     */
    record Activated(String answer) implements Report {
      @Override
      public void print(PrintWriter out) {
        out.printf("answer %s%n", answer);
      }
    }

    @Override
    protected Report run() {
      Credential question = Document.read(file, Credential.class, "credential make");
      try (Secret auth = endorsementPassword.get(secrets())) {
        byte[] answer = progress("the TPM makes its keys", () -> answer(question, auth));
        return new Activated(HexFormat.of().formatHex(answer));
      } catch (TpmResponseException e) {
        throw e.is(TpmRc.INTEGRITY) || e.is(TpmRc.VALUE) || e.is(TpmRc.SIZE)
            ? new CommandException(
                ExitStatus.TPM, "the question is not about this TPM and its attestation key", e)
            : e;
      }
    }

    private byte[] answer(Credential question, Secret auth) {
      return auth.use(
          octets ->
              on(
                  device ->
                      device.call(
                          tpm ->
                              new Endorsement(tpm, octets)
                                  .activate(
                                      question.kind(),
                                      question.credentialBlob(),
                                      question.secret()))));
    }
  }
}
