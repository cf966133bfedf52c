package dev.tpm2token.token;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tpm2token.token.attribute.AttributeType;
import dev.tpm2token.token.mechanism.Function;
import dev.tpm2token.token.mechanism.Mechanism;
import dev.tpm2token.token.mechanism.Parameter;
import dev.tpm2token.token.object.KeyType;
import dev.tpm2token.tpm.LeasePolicy;
import dev.tpm2token.tpm.command.TpmCc;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** On a TPM that has less, there is less, and what there is works. */
@Tag("swtpm")
class AgilityTest {
  private static final long AES_KEY_GEN = 0x1080;
  private static final byte[] DATA = "what is signed".getBytes(StandardCharsets.UTF_8);

  @TempDir Path folder;
  private Bench bench;
  private LimitedTpm limited;

  @BeforeEach
  void start() {
    bench = new Bench(folder.resolve("store"));
    limited = new LimitedTpm(bench.tpm().tcti());
  }

  @AfterEach
  void stop() {
    limited.close();
    bench.close();
  }

  private Cryptoki module(int parent) {
    return new Cryptoki(
        new Settings(bench.store(), limited.tcti(), parent, LeasePolicy.DEFAULT, Log.NONE));
  }

  @ParameterizedTest
  @ValueSource(ints = {0x8100_0001, 0x4000_0001})
  void everyMechanismThatIsLeftWorks(int parent) {
    try (Cryptoki module = Bench.withToken(module(parent))) {
      List<Mechanism> mechanisms = module.mechanisms(module.slots().getFirst());
      assertTrue(mechanisms.size() < Mechanism.TABLE.size());
      assertTrue(
          mechanisms.stream().noneMatch(row -> row.keyType().equals(Optional.of(KeyType.CKK_EC))));
      Session session = Bench.login(module);
      Signer.Pair rsa = Signer.rsa(session);
      for (Mechanism row : mechanisms) {
        if (row.functions().contains(Function.SIGN)
            && row.keyType().equals(Optional.of(KeyType.CKK_RSA))
            && row.hash().isPresent()
            && row.shape() == Parameter.Shape.NONE) {
          byte[] signature =
              Signer.sign(
                  session, new Signer.Pair(rsa.publicKey(), rsa.privateKey(), row.type()), DATA);
          session.verification().init(MechanismCall.of(row.type()), rsa.publicKey());
          session.verification().verify(Data.of(DATA), signature);
        }
        if (row.keyType().equals(Optional.of(KeyType.CKK_RSA))) {
          assertEquals(2048, module.keySizes(row)[1], row::name);
        }
      }
    }
  }

  @Test
  void whatIsNotThereIsRefused() {
    try (Cryptoki module = Bench.withToken(module(0x8100_0001))) {
      Session session = Bench.login(module);
      assertEquals(
          ReturnValue.CKR_MECHANISM_INVALID,
          assertThrows(CryptokiException.class, () -> Signer.ec(session)).returnValue());
      CryptokiException tooLong =
          assertThrows(
              CryptokiException.class,
              () ->
                  session.generateKeyPair(
                      MechanismCall.of(0),
                      Bench.template(AttributeType.CKA_MODULUS_BITS, 3072),
                      Bench.template()));
      assertEquals(ReturnValue.CKR_KEY_SIZE_RANGE, tooLong.returnValue());
    }
  }

  private static boolean isInTpm(Cryptoki module) {
    Session session = Bench.login(module);
    long key =
        session.generateKey(
            MechanismCall.of(AES_KEY_GEN),
            Bench.template(
                AttributeType.CKA_TOKEN, true,
                AttributeType.CKA_SENSITIVE, true,
                AttributeType.CKA_EXTRACTABLE, false,
                AttributeType.CKA_VALUE_LEN, 32));
    return session.token().object(key).key() != null;
  }

  /** Who may write the store has keys made in software by it no more than the TPM itself. */
  @Test
  void whatIsRememberedIsNotBelievedWhenItSaysNo() throws Exception {
    Path remembered = bench.store().resolve("capabilities.json");
    try (Cryptoki module = Bench.withToken(bench.start())) {
      assertTrue(isInTpm(module));
    }
    String was = Files.readString(remembered);
    String without = was.replaceFirst("\\b%d, ".formatted(TpmCc.EncryptDecrypt2.value()), "");
    without = without.replaceFirst(", %d\\b".formatted(TpmCc.EncryptDecrypt2.value()), "");
    assertFalse(was.equals(without), was);
    Files.writeString(remembered, without);
    try (Cryptoki module = bench.start()) {
      assertTrue(isInTpm(module));
    }
    assertEquals(was, Files.readString(remembered));
  }

  /** The first key that a process makes finds new firmware out, whatever kind of key. */
  @Test
  void newFirmwareIsAskedAgain() throws Exception {
    Path remembered = bench.store().resolve("capabilities.json");
    Bench.withToken(bench.start()).close();
    String was = Files.readString(remembered);
    String older = was.replaceFirst("\"firmwareVersion\" : \\d+", "\"firmwareVersion\" : 17");
    Files.writeString(remembered, older);
    try (Cryptoki module = bench.start()) {
      Session session = Bench.login(module);
      assertEquals(older, Files.readString(remembered));
      Signer.ec(session);
    }
    assertEquals(was, Files.readString(remembered));
  }

  /** Another TPM by the same way: the next token's making asks again. */
  @Test
  void anotherTpmIsAskedAgain() throws Exception {
    Path remembered = bench.store().resolve("capabilities.json");
    try (Cryptoki module = Bench.withToken(module(0x8100_0001))) {
      assertFalse(module.mechanisms(1).isEmpty());
      byte[] was = Files.readAllBytes(remembered);
      String other = new String(was, StandardCharsets.UTF_8).replace("IBM", "XYZ");
      Files.writeString(remembered, other);
      module.initToken(2, Bench.SO_PIN, DATA);
      assertArrayEquals(was, Files.readAllBytes(remembered));
    }
  }
}
