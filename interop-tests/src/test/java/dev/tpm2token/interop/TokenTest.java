package dev.tpm2token.interop;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tpm2token.interop.cryptoki.Ck;
import dev.tpm2token.interop.cryptoki.Cryptoki;
import dev.tpm2token.interop.cryptoki.CryptokiException;
import dev.tpm2token.interop.cryptoki.Fn;
import dev.tpm2token.interop.cryptoki.Rv;
import dev.tpm2token.interop.cryptoki.Session;
import dev.tpm2token.interop.cryptoki.Template;
import dev.tpm2token.interop.harness.Lab;
import dev.tpm2token.interop.harness.LabExtension;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.extension.ExtendWith;

/** Tokens, PINs and sessions; each test makes a token of its own. */
@ExtendWith(LabExtension.class)
@TestInstance(Lifecycle.PER_CLASS)
class TokenTest {
  private Cryptoki module;

  @BeforeAll
  void load(Lab lab) {
    module = Cryptoki.load(lab);
    module.initialize();
  }

  @AfterAll
  void finish() {
    module.finish();
  }

  @Test
  void everyFunctionIsThere() {
    for (Fn function : Fn.values()) {
      assertNotEquals(0, module.address(function), function.name());
    }
  }

  @Test
  void theVersionIs240() {
    var info = module.memory(88);
    module.ok(Fn.C_GetInfo, info);
    assertEquals(2, info.getByte(0));
    assertEquals(40, info.getByte(1));
  }

  @Test
  void aTokenTellsHowFarItIs() {
    assertFalse(module.tokenInfo(module.blankSlot()).has(Ck.TOKEN_INITIALIZED));

    module.initToken("flags", Lab.SO_PIN);
    long slot = module.slotOf("flags");
    assertTrue(module.tokenInfo(slot).has(Ck.TOKEN_INITIALIZED | Ck.TOKEN_LOGIN_REQUIRED));
    assertFalse(module.tokenInfo(slot).has(Ck.TOKEN_USER_PIN_INITIALIZED));

    try (Session session = module.readWrite(slot)) {
      session.loginSo(Lab.SO_PIN);
      session.initPin(Lab.PIN);
      session.logout();
    }
    assertTrue(module.tokenInfo(slot).has(Ck.TOKEN_USER_PIN_INITIALIZED | Ck.TOKEN_RNG));
  }

  @Test
  void withoutAUserPinNoUserLogsIn() {
    module.initToken("no-pin", Lab.SO_PIN);
    try (Session session = module.readWrite(module.slotOf("no-pin"))) {
      fails(Rv.CKR_USER_PIN_NOT_INITIALIZED, () -> session.login(Lab.PIN));
    }
  }

  @Test
  void wrongPinsAreRefusedAndTheRightOnesStillWork() {
    long slot = module.token("pins");
    try (Session session = module.readWrite(slot)) {
      fails(Rv.CKR_PIN_INCORRECT, () -> session.login("not-the-pin"));
      fails(Rv.CKR_PIN_INCORRECT, () -> session.loginSo("not-the-pin"));
      session.login(Lab.PIN);
      session.logout();
      session.loginSo(Lab.SO_PIN);
      session.logout();
    }
  }

  @Test
  void theUserChangesThePin() {
    long slot = module.token("set-pin");
    try (Session session = module.readWrite(slot)) {
      session.login(Lab.PIN);
      fails(Rv.CKR_PIN_INCORRECT, () -> session.setPin("not-the-pin", "9876-new"));
      session.setPin(Lab.PIN, "9876-new");
      session.logout();
      fails(Rv.CKR_PIN_INCORRECT, () -> session.login(Lab.PIN));
      session.login("9876-new");
      session.logout();
    }
  }

  @Test
  void theOfficerChangesThePinAndResetsTheUsers() {
    long slot = module.token("set-so-pin");
    try (Session session = module.readWrite(slot)) {
      session.loginSo(Lab.SO_PIN);
      session.setPin(Lab.SO_PIN, "9876-officer");
      session.initPin("1111-reset");
      session.logout();
      fails(Rv.CKR_PIN_INCORRECT, () -> session.loginSo(Lab.SO_PIN));
      session.loginSo("9876-officer");
      session.logout();
      session.login("1111-reset");
      session.logout();
    }
  }

  @Test
  void loginBelongsToTheToken() {
    long slot = module.token("login");
    try (Session writer = module.readWrite(slot);
        Session reader = module.readOnly(slot)) {
      assertEquals(Ck.STATE_RW_PUBLIC, writer.state());
      assertEquals(Ck.STATE_RO_PUBLIC, reader.state());
      writer.login(Lab.PIN);
      assertEquals(Ck.STATE_RW_USER, writer.state());
      assertEquals(Ck.STATE_RO_USER, reader.state());
      fails(Rv.CKR_USER_ALREADY_LOGGED_IN, () -> reader.login(Lab.PIN));
      reader.logout();
      assertEquals(Ck.STATE_RW_PUBLIC, writer.state());
    }
  }

  @Test
  @Tag("tpm2token-only") // SoftHSM is content with a logout of nobody
  void nobodyCannotLogOut() {
    try (Session session = module.readWrite(module.token("nobody"))) {
      fails(Rv.CKR_USER_NOT_LOGGED_IN, session::logout);
    }
  }

  @Test
  void theLastSessionTakesTheLoginWithIt() {
    long slot = module.token("last");
    try (Session session = module.readWrite(slot)) {
      session.login(Lab.PIN);
    }
    try (Session session = module.readWrite(slot)) {
      assertEquals(Ck.STATE_RW_PUBLIC, session.state());
    }
  }

  @Test
  void theOfficerWantsNoReadersAround() {
    long slot = module.token("readers");
    try (Session writer = module.readWrite(slot)) {
      try (Session reader = module.readOnly(slot)) {
        assertEquals(Ck.STATE_RO_PUBLIC, reader.state());
        fails(Rv.CKR_SESSION_READ_ONLY_EXISTS, () -> writer.loginSo(Lab.SO_PIN));
      }
      writer.loginSo(Lab.SO_PIN);
      assertEquals(Ck.STATE_RW_SO, writer.state());
      fails(Rv.CKR_SESSION_READ_WRITE_SO_EXISTS, () -> module.readOnly(slot));
      writer.logout();
    }
  }

  @Test
  void aTokenIsNotInitialisedUnderOpenSessions() {
    long slot = module.token("busy");
    byte[] pin = Lab.SO_PIN.getBytes(UTF_8);
    byte[] label = "%-32s".formatted("busy").getBytes(UTF_8);
    try (Session session = module.readWrite(slot)) {
      assertEquals(Ck.STATE_RW_PUBLIC, session.state());
      assertEquals(
          Rv.CKR_SESSION_EXISTS, module.call(Fn.C_InitToken, slot, pin, pin.length, label));
    }
  }

  @Test
  void aTokenIsInitialisedAgainByItsOfficerAlone() {
    long slot = module.token("again");
    try (Session session = module.readWrite(slot)) {
      session.login(Lab.PIN);
      session.create(
          Template.of()
              .with(Ck.A_CLASS, Ck.O_DATA)
              .with(Ck.A_TOKEN, true)
              .with(Ck.A_PRIVATE, false)
              .with(Ck.A_LABEL, "gone"));
    }
    byte[] wrong = {'n', 'o', 't', ' ', 'i', 't'};
    byte[] pin = Lab.SO_PIN.getBytes(UTF_8);
    byte[] label = "%-32s".formatted("again").getBytes(UTF_8);
    assertEquals(
        Rv.CKR_PIN_INCORRECT, module.call(Fn.C_InitToken, slot, wrong, wrong.length, label));
    module.ok(Fn.C_InitToken, slot, pin, pin.length, label);
    try (Session session = module.readOnly(module.slotOf("again"))) {
      assertEquals(0, session.find(Template.of()).length);
    }
  }

  @Test
  void finalizeAndInitializeKeepTokensAndForgetSessions() {
    long slot = module.token("kept");
    Session session = module.readWrite(slot);
    session.login(Lab.PIN);
    String serial = module.tokenInfo(slot).serial();

    module.finish();
    assertEquals(Rv.CKR_CRYPTOKI_NOT_INITIALIZED, module.call(Fn.C_Logout, session.handle()));
    module.initialize();

    assertEquals(serial, module.tokenInfo(module.slotOf("kept")).serial());
    assertEquals(Rv.CKR_SESSION_HANDLE_INVALID, module.call(Fn.C_Logout, session.handle()));
    try (Session next = module.readWrite(module.slotOf("kept"))) {
      assertEquals(Ck.STATE_RW_PUBLIC, next.state());
      next.login(Lab.PIN);
    }
  }

  @Test
  void theRngGivesBytesThatDiffer() {
    long slot = module.token("rng");
    try (Session session = module.readOnly(slot)) {
      byte[] seed = {1, 2, 3};
      module.call(Fn.C_SeedRandom, session.handle(), seed, seed.length);
      byte[] first = session.random(1000);
      assertFalse(Arrays.equals(first, session.random(1000)));
      long zeros = IntStream.range(0, first.length).filter(i -> first[i] == 0).count();
      assertTrue(zeros < 30, "of 1000 random bytes some 4 are zero, not " + zeros);
    }
  }

  private static void fails(Rv expected, Runnable action) {
    assertEquals(expected, assertThrows(CryptokiException.class, action::run).rv());
  }
}
