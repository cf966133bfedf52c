package dev.tpm2token.cli.attest;

import dev.tpm2token.cli.CommandException;
import dev.tpm2token.cli.ExitStatus;
import dev.tpm2token.cli.HexId;
import dev.tpm2token.cli.Pem;
import dev.tpm2token.cli.Report;
import dev.tpm2token.cli.SmallFile;
import dev.tpm2token.cli.Texts;
import dev.tpm2token.cli.Verb;
import dev.tpm2token.token.CryptokiException;
import dev.tpm2token.token.device.PublicAreas;
import dev.tpm2token.tpm.TpmException;
import dev.tpm2token.tpm.structure.TpmtPublic;
import dev.tpm2token.tpm.wire.TpmReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code tpm2-token verify}: checks what attest wrote. */
@Command(
    name = "verify",
    description = {
      "Checks a proof of attest, without a TPM.",
      "It prints the key that the proof is about. What a proof alone cannot show is that its"
          + " attestation key is in a TPM at all, and in the one that has the endorsement key:"
          + " credential make asks the TPM that, once for each machine. From then on"
          + " --attestation-key knows it again; without it, nothing is proven and the exit status"
          + " is 1."
    },
    footer = {
      "  tpm2-token verify --nonce 5f1c22ab --attestation-key 000b17… web.proof",
      "  tpm2-token verify --ca tpm-maker.pem web.proof    # before credential make"
    })
public final class Verify extends Verb {
  @Parameters(paramLabel = "FILE", description = "What attest wrote.")
  private Path file = Path.of("");

  @Option(names = "--nonce", paramLabel = "HEX", description = "What the proof was asked for with.")
  private @Nullable String nonce;

  @Option(
      names = "--ca",
      paramLabel = "FILE",
      description = "Certificates, in PEM or DER, of those who are believed to certify TPMs.")
  private List<Path> authorities = new ArrayList<>();

  @Option(
      names = "--attestation-key",
      paramLabel = "NAME",
      description = "The Name, in hex, of the attestation key of the TPM that it has to be.")
  private @Nullable String attestationKey;

  /**
   * What was found.
   *
   * @param good whether it is proven: nothing speaks against it, and the attestation key is the
   *     known one of a TPM
   * @param outcome "good", "bad" where something speaks against it, or "open" where nothing does,
   *     but the attestation key could be anybody's
   * @param label what its token calls the key: the proof's word alone
   * @param checks each thing that was looked at
   * @param attestationKey its Name, in hex
   * @param publicKey the key, in PEM; empty where the outcome is not good
   */
  record Verified(
      boolean good,
      String outcome,
      String label,
      List<Verification.Check> checks,
      String attestationKey,
      String publicKey)
      implements Report {
    @Override
    public void print(PrintWriter out) {
      checks.forEach(
          each ->
              out.printf(
                  "%-16s %-5s %s%n", each.what(), each.outcome(), Texts.shown(each.words())));
      switch (outcome) {
        case "good" -> out.printf("The key %s lives in a TPM:%n%s", Texts.shown(label), publicKey);
        case "open" ->
            out.printf(
                "Nothing is proven yet: whoever has no TPM can write such a file. Ask the TPM"
                    + " (tpm2-token credential make),%nand when it has answered, verify with"
                    + " --attestation-key %s%n",
                attestationKey);
        default -> out.println("It proves nothing.");
      }
    }

    @Override
    public ExitStatus status() {
      return good ? ExitStatus.DONE : ExitStatus.FAILED;
    }
  }

  @Override
  protected Report run() {
    Proof proof = Document.read(file, Proof.class, "attest");
    byte[] asked =
        nonce == null
            ? null
            : HexId.parse(nonce).orElseThrow(() -> usage("--nonce wants octets in hex"));
    List<Verification.Check> checks =
        new ArrayList<>(Verification.of(proof, asked, certificates()));
    String signer = name(proof.attestationKey());
    checks.add(knownOrNot(signer));
    String outcome = outcome(checks);
    boolean good = outcome.equals("good");
    return new Verified(good, outcome, proof.label(), checks, signer, good ? pem(proof) : "");
  }

  private String outcome(List<Verification.Check> checks) {
    if (checks.stream().anyMatch(each -> each.outcome().equals("bad"))) {
      return "bad";
    }
    return attestationKey == null ? "open" : "good";
  }

  private Verification.Check knownOrNot(String signer) {
    if (attestationKey == null) {
      return new Verification.Check(
          "which TPM", "open", "the attestation key's, if that is in one");
    }
    boolean known = attestationKey.equalsIgnoreCase(signer);
    return new Verification.Check(
        "which TPM",
        known ? "good" : "bad",
        known ? "the one of that attestation key" : "another one than that");
  }

  private List<byte[]> certificates() {
    List<byte[]> all = new ArrayList<>();
    for (Path each : authorities) {
      List<byte[]> found = certificates(each);
      if (found.isEmpty()) {
        throw new CommandException(ExitStatus.NOT_FOUND, each + " has no certificate in it");
      }
      all.addAll(found);
    }
    return all;
  }

  private static List<byte[]> certificates(Path file) {
    try {
      return Pem.blocks("CERTIFICATE", SmallFile.read(file));
    } catch (IOException e) {
      throw CommandException.unreadable(file, e);
    }
  }

  private static String name(byte[] area) {
    try {
      return TpmReader.readAll(area, TpmtPublic::read).name().toString();
    } catch (TpmException e) {
      return ""; // which was said
    }
  }

  private static String pem(Proof proof) {
    try {
      return Pem.of(
          "PUBLIC KEY",
          PublicAreas.publicKey(TpmReader.readAll(proof.key(), TpmtPublic::read))
              .subjectPublicKeyInfo());
    } catch (CryptokiException e) {
      throw new CommandException(ExitStatus.FAILED, String.valueOf(e.getMessage()), e);
    }
  }
}
