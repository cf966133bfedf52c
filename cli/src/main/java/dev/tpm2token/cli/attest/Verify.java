package dev.tpm2token.cli.attest;

import dev.tpm2token.cli.CommandException;
import dev.tpm2token.cli.ExitStatus;
import dev.tpm2token.cli.HexId;
import dev.tpm2token.cli.Pem;
import dev.tpm2token.cli.Report;
import dev.tpm2token.cli.Texts;
import dev.tpm2token.cli.Verb;
import dev.tpm2token.token.CryptokiException;
import dev.tpm2token.token.device.PublicAreas;
import dev.tpm2token.tpm.TpmException;
import dev.tpm2token.tpm.structure.TpmtPublic;
import dev.tpm2token.tpm.wire.TpmReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
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
          + " attestation key is of the TPM that has the endorsement key: credential make asks the"
          + " TPM that, once for each machine; from then on --attestation-key knows it again."
    },
    footer = {"  tpm2-token verify --nonce 5f1c22ab --ca tpm-maker.pem web.proof"})
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
   * @param good whether nothing speaks against it
   * @param label what its token calls the key
   * @param publicKey the key, in PEM
   */
  record Verified(
      boolean good,
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
      out.printf(
          "%s%n",
          good ? "The key " + Texts.shown(label) + " lives in a TPM:" : "It proves nothing.");
      if (good) {
        out.print(publicKey);
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
    boolean good = checks.stream().noneMatch(each -> each.outcome().equals("bad"));
    return new Verified(good, proof.label(), checks, signer, good ? pem(proof) : "");
  }

  private Verification.Check knownOrNot(String signer) {
    if (attestationKey == null) {
      return new Verification.Check(
          "which TPM", "open", "the attestation key's: tpm2-token credential make asks it");
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
      try {
        all.addAll(Pem.blocks("CERTIFICATE", Files.readAllBytes(each)));
      } catch (IOException e) {
        throw CommandException.unreadable(each, e);
      }
    }
    return all;
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
