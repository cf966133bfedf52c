package dev.tpm2token.token;

import static dev.tpm2token.token.Bench.template;
import static dev.tpm2token.token.attribute.AttributeType.CKA_DECRYPT;
import static dev.tpm2token.token.attribute.AttributeType.CKA_ENCRYPT;
import static dev.tpm2token.token.attribute.AttributeType.CKA_SIGN;
import static dev.tpm2token.token.attribute.AttributeType.CKA_VALUE_LEN;
import static dev.tpm2token.token.attribute.AttributeType.CKA_VERIFY;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** What may follow what: parts after parts, and a NULL mechanism after whatever is under way. */
@Tag("swtpm")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OperationStatesTest {
  private static final MechanismCall SHA256 = MechanismCall.of(0x250);
  private static final MechanismCall HMAC = MechanismCall.of(0x251);
  private static final MechanismCall ECB = MechanismCall.of(0x1081);
  private static final Data PART = Data.of(new byte[16]);

  @TempDir static Path store;
  private Bench bench;
  private Cryptoki module;
  private Session session;
  private long aes;
  private long secret;

  @BeforeAll
  void start() {
    bench = new Bench(store.resolve("store"));
    module = bench.withToken();
    session = Bench.login(module);
    aes =
        session.generateKey(
            MechanismCall.of(0x1080),
            template(CKA_VALUE_LEN, 16, CKA_ENCRYPT, true, CKA_DECRYPT, true));
    secret =
        session.generateKey(
            MechanismCall.of(0x350), template(CKA_VALUE_LEN, 32, CKA_SIGN, true, CKA_VERIFY, true));
  }

  @AfterAll
  void stop() {
    module.close();
    bench.close();
  }

  @BeforeEach
  void nothingIsUnderWay() {
    session.cancel(-1);
  }

  private static void assertFails(ReturnValue expected, Runnable work) {
    assertEquals(expected, assertThrows(CryptokiException.class, work::run).returnValue());
  }

  private static void assertNone(Runnable work) {
    assertFails(ReturnValue.CKR_OPERATION_NOT_INITIALIZED, work);
  }

  @Test
  void whatWasBegunInPartsIsNotEndedInOne() {
    session.digesting().init(SHA256);
    session.digesting().update(PART);
    assertNone(() -> session.digesting().inOnePart());
    session.signing().init(HMAC, secret);
    session.signing().update(PART);
    assertNone(() -> session.signing().inOnePart());
    session.encryption().init(ECB, aes);
    session.encryption().update(new byte[16]);
    assertNone(() -> session.encryption().inOnePart());
    session.verification().init(HMAC, secret);
    session.verification().update(PART);
    assertNone(() -> session.verification().verify(PART, new byte[32]));
    session.verification().init(HMAC, secret, new byte[32]);
    session.verification().updateAwaited(PART);
    assertNone(() -> session.verification().verifyAwaited(PART));

    session.digesting().init(SHA256); // they are all over
    session.signing().init(HMAC, secret);
    session.encryption().init(ECB, aes);
    session.verification().init(HMAC, secret);
  }

  @Test
  void aSignatureComesFirstOrLast() {
    session.verification().init(HMAC, secret, new byte[32]);
    assertNone(() -> session.verification().update(PART));
    assertNone(() -> session.verification().finish(new byte[32]));
    assertNone(() -> session.verification().verify(PART, new byte[32]));
    assertFails(
        ReturnValue.CKR_SIGNATURE_INVALID,
        () -> session.verification().verifyAwaited(PART)); // it was still under way
    session.verification().init(HMAC, secret);
    assertNone(() -> session.verification().updateAwaited(PART));
    assertNone(() -> session.verification().finishAwaited());
    assertFails(
        ReturnValue.CKR_SIGNATURE_INVALID, () -> session.verification().finish(new byte[32]));
  }

  @Test
  void whatIsUnderWayCanBeEnded() {
    session.digesting().init(SHA256);
    session.digesting().terminate();
    assertFails(ReturnValue.CKR_ARGUMENTS_BAD, () -> session.digesting().terminate());
    session.signing().init(HMAC, secret);
    session.signing().terminate();
    assertFails(ReturnValue.CKR_ARGUMENTS_BAD, () -> session.signing().terminate());
    session.decryption().init(ECB, aes);
    session.decryption().terminate();
    assertFails(ReturnValue.CKR_ARGUMENTS_BAD, () -> session.decryption().terminate());
    session.verification().init(HMAC, secret, new byte[32]);
    session.verification().terminate();
    assertFails(ReturnValue.CKR_ARGUMENTS_BAD, () -> session.verification().terminate());
    assertFails(ReturnValue.CKR_ARGUMENTS_BAD, () -> session.recovery().terminate());
  }
}
