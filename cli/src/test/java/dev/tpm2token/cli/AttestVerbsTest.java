package dev.tpm2token.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** attest, verify and credential: what is verified is verified without a TPM. */
class AttestVerbsTest {
  private final CommandRun command = new CommandRun();

  @BeforeEach
  void makeAKey() {
    command.token("lab");
    command.run("key generate --label web --pin-file @pin").ok();
  }

  @AfterEach
  void end() {
    command.close();
  }

  private void attest() {
    command
        .run("attest --label web --nonce 5f1c22ab --pin-file @pin @web.proof")
        .ok()
        .says("a proof of the key web, without a certificate");
  }

  @Test
  void aProofIsVerifiedWithoutATpm() {
    attest();
    String publicKey = command.run("key export --public --label web").ok().out();
    String known = "--attestation-key " + attestationKey();
    command.loseTpm();
    CommandRun.Ended verified =
        command.run("verify --nonce 5f1c22ab %s @web.proof".formatted(known)).ok();
    verified.says(
        "signature        good",
        "made in the TPM, and bound to it for ever",
        "the one that was asked for",
        "which TPM        good");
    assertTrue(verified.out().endsWith(publicKey), verified::out);
    command
        .run("verify --nonce 5f1c22ac %s @web.proof".formatted(known))
        .fails(ExitStatus.FAILED)
        .says("nonce            bad", "It proves nothing.");
    command.run("verify %s @web.proof".formatted(known)).ok().says("the proof may be an old one");
  }

  /** Which the proof itself says, and whoever asked the TPM believes. */
  private String attestationKey() {
    return command
        .run("credential make --json @web.proof @q")
        .ok()
        .json()
        .at("/attestationKey")
        .asString();
  }

  @Test
  void aProofOfNoTpmProvesNothing() {
    attest();
    command.write("forged", ForgedProof.after(command.read("web.proof")));
    command
        .run("verify --nonce 5f1c22ab @forged")
        .fails(ExitStatus.FAILED)
        .says(
            "signature        good",
            "which TPM        open",
            "Nothing is proven yet",
            "credential make");
    assertEquals(
        "open",
        command
            .run("verify --json @forged")
            .fails(ExitStatus.FAILED)
            .json()
            .at("/outcome")
            .asString());
    command.shell(
        "openssl req -x509 -newkey rsa:2048 -nodes -keyout ca.key -subj /CN=Maker -out ca.pem");
    command
        .run("verify --ca @ca.pem @forged")
        .fails(ExitStatus.FAILED)
        .says("certificate      bad", "none is in the proof");
    command
        .run("verify --attestation-key %s @forged".formatted(attestationKey()))
        .fails(ExitStatus.FAILED)
        .says("another one than that");
  }

  @Test
  void anythingThatIsChangedIsFoundOut() {
    attest();
    String known = "--attestation-key " + attestationKey();
    String proof = command.read("web.proof");
    command.write("forged", proof.replace("\"ECC\"", "\"RSA\""));
    command
        .run("verify --nonce 5f1c22ab %s @forged".formatted(known))
        .fails(ExitStatus.FAILED)
        .says("not of the kind");
    for (String field : new String[] {"attestationKey", "key", "certifyInfo", "signature"}) {
      int start = proof.indexOf("\"" + field + "\" : \"") + field.length() + 6;
      int end = proof.indexOf('"', start);
      char last = proof.charAt(end - 1);
      command.write(
          "forged", proof.substring(0, end - 1) + (last == '0' ? '1' : '0') + proof.substring(end));
      command
          .run("verify --nonce 5f1c22ab %s @forged".formatted(known))
          .fails(ExitStatus.FAILED)
          .says("bad", "It proves nothing.");
    }
  }

  @Test
  void aKeyFromElsewhereIsNotVouchedFor() {
    command.shell("openssl ecparam -name prime256v1 -genkey -noout -out ec");
    command.run("key import --label ec --pin-file @pin @ec").ok();
    command.run("attest --label ec --pin-file @pin @ec.proof").ok();
    command
        .run("verify @ec.proof")
        .fails(ExitStatus.FAILED)
        .says("origin           bad", "NOT made in the TPM");
  }

  @Test
  void aTpmShowsThatTheAttestationKeyIsItsOwn() {
    attest();
    var made = command.run("credential make --json @web.proof @question").ok().json();
    String answer = made.at("/answer").asString();
    assertEquals(
        answer,
        command.run("credential activate --json @question").ok().json().at("/answer").asString());
    command
        .run(
            "verify --attestation-key %s @web.proof"
                .formatted(made.at("/attestationKey").asString()))
        .ok()
        .says("which TPM        good");
    command
        .run("verify --attestation-key 000b00 @web.proof")
        .fails(ExitStatus.FAILED)
        .says("another one than that");
    try (CommandRun other = new CommandRun()) {
      other.write("question", command.read("question"));
      other.run("credential activate @question").fails(ExitStatus.TPM).says("not about this TPM");
    }
  }

  /** As makers do it, with an authority in ca.pem. */
  private void certifyTheEndorsementKey(String kind, String index) {
    Path endorsementKey = command.dir().resolve("ek.pub");
    command.tool(
        "tpm2_createek", "-G", kind, "-c", "ek.ctx", "-f", "pem", "-u", endorsementKey.toString());
    command.tool("tpm2_flushcontext", "-t");
    command.shell(
        """
        openssl req -x509 -newkey rsa:2048 -nodes -keyout ca.key -subj /CN=Maker -out ca.pem
        openssl req -new -key ca.key -subj /CN=TPM -out csr
        openssl x509 -req -in csr -force_pubkey ek.pub -CA ca.pem -CAkey ca.key -CAcreateserial \
          -outform DER -out ek.crt
        """);
    Path certificate = command.dir().resolve("ek.crt");
    command.tool(
        "tpm2_nvdefine",
        "-C",
        "o",
        "-s",
        String.valueOf(certificate.toFile().length()),
        "-a",
        "authread|ownerwrite|ownerread",
        index);
    command.tool("tpm2_nvwrite", "-C", "o", "-i", certificate.toString(), index);
  }

  @ParameterizedTest
  @CsvSource({"rsa, 0x1c00002", "ecc, 0x1c0000a"})
  void aTpmWithACertificate(String kind, String index) {
    certifyTheEndorsementKey(kind, index);
    command
        .run("attest --label web --pin-file @pin @web.proof")
        .ok()
        .says("with the TPM's certificate");
    command
        .run("verify @web.proof")
        .fails(ExitStatus.FAILED)
        .says("endorsement key  good", "--ca names whom to believe", "Nothing is proven yet");
    command
        .run("verify --ca @ca.pem --attestation-key %s @web.proof".formatted(attestationKey()))
        .ok()
        .says("certificate      good");
    command.shell(
        "openssl req -x509 -newkey rsa:2048 -nodes -keyout x -subj '/CN=other' -out other.pem");
    command
        .run("verify --ca @other.pem @web.proof")
        .fails(ExitStatus.FAILED)
        .says("by none of those who are believed");
    command.run("verify --ca @none @web.proof").fails(ExitStatus.NOT_FOUND);
    command.write("empty.pem", "-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----\n");
    command
        .run("verify --ca @empty.pem @web.proof")
        .fails(ExitStatus.NOT_FOUND)
        .says("has no certificate in it");
  }

  @Test
  void mistakes() {
    command.run("attest --label no --pin-file @pin").fails(ExitStatus.NOT_FOUND);
    command.run("attest --label web --pin-file @so-pin").fails(ExitStatus.PIN);
    command.run("attest --label web --nonce x --pin-file @pin").fails(ExitStatus.USAGE);
    command.run("verify @none").fails(ExitStatus.NOT_FOUND);
    command.run("verify @pin").fails(ExitStatus.FAILED).says("not what tpm2-token attest writes");
    command.run("verify").fails(ExitStatus.USAGE);
    command.run("credential activate @pin").fails(ExitStatus.FAILED);
    command.run("credential make @pin @new").fails(ExitStatus.FAILED);
    command.run("credential").fails(ExitStatus.USAGE).says("which of these?");
    attest();
    command.run("credential make @web.proof @pin").fails(ExitStatus.REFUSED).says("there already");
  }
}
