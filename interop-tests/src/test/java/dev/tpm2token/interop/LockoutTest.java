package dev.tpm2token.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tpm2token.interop.cryptoki.Ck;
import dev.tpm2token.interop.cryptoki.Cryptoki;
import dev.tpm2token.interop.cryptoki.CryptokiException;
import dev.tpm2token.interop.cryptoki.Fn;
import dev.tpm2token.interop.cryptoki.NewerFn;
import dev.tpm2token.interop.cryptoki.Rv;
import dev.tpm2token.interop.cryptoki.Session;
import dev.tpm2token.interop.harness.Lab;
import dev.tpm2token.interop.harness.LabExtension;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.extension.ExtendWith;

/** The TPM counts wrong PINs and locks, here after three; the token's flags say how far it is. */
@ExtendWith(LabExtension.class)
@TestInstance(Lifecycle.PER_CLASS)
@Tag("tpm2token-only")
class LockoutTest {
  private Cryptoki module;
  private long slot;

  @BeforeAll
  void makeAToken(Lab lab) {
    lab.tpm().allowTries(3);
    module = Cryptoki.load(lab);
    module.initialize();
    slot = module.token("lab");
    module.finish();
  }

  @BeforeEach
  void begin(Lab lab) {
    lab.tpm().forgive();
    module.initialize();
    slot = module.slotOf("lab");
  }

  @AfterEach
  void finish() {
    module.finish();
  }

  @Test
  void threeWrongPinsLock(Lab lab) {
    try (Session session = module.readOnly(slot)) {
      refuses(session, "wrong-one", Rv.CKR_PIN_INCORRECT);
      assertTrue(module.tokenInfo(slot).has(Ck.TOKEN_USER_PIN_COUNT_LOW));
      refuses(session, "wrong-two", Rv.CKR_PIN_INCORRECT);
      assertTrue(module.tokenInfo(slot).has(Ck.TOKEN_USER_PIN_FINAL_TRY));
      refuses(session, "wrong-three", Rv.CKR_PIN_INCORRECT);
      assertTrue(module.tokenInfo(slot).has(Ck.TOKEN_USER_PIN_LOCKED));
      refuses(session, Lab.PIN, Rv.CKR_PIN_LOCKED);
    }
    module.finish();
    lab.tpm().forgive();
    module.initialize();
    try (Session session = module.readOnly(slot)) {
      session.login(Lab.PIN);
      assertFalse(module.tokenInfo(slot).has(Ck.TOKEN_USER_PIN_LOCKED));
    }
  }

  /** All functions that take a PIN, the right one too; and that takes nothing from the token. */
  @Test
  void aLockedTpmLocksThemAll(Lab lab) {
    byte[] pin = Lab.PIN.getBytes(StandardCharsets.US_ASCII);
    byte[] so = Lab.SO_PIN.getBytes(StandardCharsets.US_ASCII);
    byte[] label = "%-32s".formatted("lab").getBytes(StandardCharsets.US_ASCII);
    try (Session session = module.readWrite(slot)) {
      lock(session);
      long h = session.handle();
      assertLocked(Fn.C_Login, h, Ck.USER, pin, pin.length);
      assertLocked(Fn.C_Login, h, Ck.SO, so, so.length);
      assertLocked(Fn.C_SetPIN, h, pin, pin.length, pin, pin.length);
      for (long user : new long[] {Ck.USER, Ck.SO}) {
        byte[] own = user == Ck.SO ? so : pin;
        assertEquals(
            Rv.CKR_PIN_LOCKED, module.call(NewerFn.C_LoginUser, h, user, own, own.length, null, 0));
      }
    }
    assertLocked(Fn.C_InitToken, slot, so, so.length, label);
    module.finish();
    lab.tpm().forgive();
    module.initialize();
    try (Session session = module.readWrite(slot)) {
      session.login(Lab.PIN);
      session.setPin(Lab.PIN, Lab.PIN);
      session.logout();
      session.loginSo(Lab.SO_PIN);
    }
  }

  /** The security officer's C_SetPIN counts wrong PINs, and is locked by them. */
  @Test
  void theSecurityOfficerIsLockedToo() {
    byte[] so = Lab.SO_PIN.getBytes(StandardCharsets.US_ASCII);
    try (Session session = module.readWrite(slot)) {
      session.loginSo(Lab.SO_PIN);
      byte[] wrong = "wrong-so-0".getBytes(StandardCharsets.US_ASCII);
      for (int i = 0; i < 3; i++) {
        wrong[wrong.length - 1]++;
        assertEquals(
            Rv.CKR_PIN_INCORRECT,
            module.call(Fn.C_SetPIN, session.handle(), wrong, wrong.length, so, so.length));
      }
      assertLocked(Fn.C_SetPIN, session.handle(), so, so.length, so, so.length);
    }
  }

  private void lock(Session session) {
    for (String pin : List.of("wrong-four", "wrong-five", "wrong-six")) {
      refuses(session, pin, Rv.CKR_PIN_INCORRECT);
    }
  }

  private void assertLocked(Fn function, Object... arguments) {
    assertEquals(Rv.CKR_PIN_LOCKED, module.call(function, arguments), function.name());
  }

  @Test
  void theSameWrongPinCostsOneTry() {
    try (Session session = module.readOnly(slot)) {
      for (int i = 0; i < 10; i++) {
        refuses(session, "wrong-again", Rv.CKR_PIN_INCORRECT);
      }
      session.login(Lab.PIN);
    }
  }

  private static void refuses(Session session, String pin, Rv expected) {
    assertEquals(expected, assertThrows(CryptokiException.class, () -> session.login(pin)).rv());
  }
}
