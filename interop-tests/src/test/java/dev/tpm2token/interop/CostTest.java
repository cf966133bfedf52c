package dev.tpm2token.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tpm2token.interop.cryptoki.Ck;
import dev.tpm2token.interop.cryptoki.Cryptoki;
import dev.tpm2token.interop.cryptoki.PublicKeys;
import dev.tpm2token.interop.cryptoki.Session;
import dev.tpm2token.interop.cryptoki.Template;
import dev.tpm2token.interop.harness.BusRecorder;
import dev.tpm2token.interop.harness.Lab;
import dev.tpm2token.interop.harness.LabExtension;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How many commands the TPM is given; each costs a discrete one tens of milliseconds. */
@ExtendWith(LabExtension.class)
@TestInstance(Lifecycle.PER_CLASS)
@Tag("tpm2token-only")
class CostTest {
  private static final Template PUBLIC_KEYS = Template.of().with(Ck.A_CLASS, Ck.O_PUBLIC_KEY);

  private BusRecorder bus;
  private Cryptoki module;

  @BeforeAll
  void makeKeys(Lab lab) {
    bus = lab.recorder();
    module = Cryptoki.load(lab);
    module.initialize();
    try (Session session = module.readWrite(module.token("cost"))) {
      session.login(Lab.PIN);
      session.generateRsa(2048, "rsa", (byte) 1);
      session.generateEc(PublicKeys.P256, "ec", (byte) 2);
    }
    module.finish();
  }

  @BeforeEach
  void coldStart() {
    bus.restart();
    module.initialize();
  }

  @AfterEach
  void finish() {
    module.finish();
  }

  private static Template privateKey(long type) {
    return Template.of().with(Ck.A_CLASS, Ck.O_PRIVATE_KEY).with(Ck.A_KEY_TYPE, type);
  }

  private static long mechanism(long type) {
    return type == Ck.K_RSA ? Ck.M_RSA_PKCS : Ck.M_ECDSA;
  }

  @Test
  void whatIsPublicCostsNothing() {
    long slot = module.slotOf("cost");
    try (Session session = module.readOnly(slot)) {
      for (long key : session.find(PUBLIC_KEYS)) {
        session.get(key, Ck.A_LABEL);
      }
    }
    atMost(0);
  }

  @ParameterizedTest
  @ValueSource(longs = {Ck.K_RSA, Ck.K_EC})
  void theFirstSignature(long type) {
    try (Session session = module.readOnly(module.slotOf("cost"))) {
      session.login(Lab.PIN);
      session.sign(mechanism(type), session.findOne(privateKey(type)), new byte[32]);
      atMost(8);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {Ck.K_RSA, Ck.K_EC})
  void eachFurtherSignature(long type) {
    try (Session session = module.readOnly(module.slotOf("cost"))) {
      session.login(Lab.PIN);
      long key = session.findOne(privateKey(type));
      session.sign(mechanism(type), key, new byte[32]);
      bus.restart();
      for (int i = 0; i < 20; i++) {
        session.sign(mechanism(type), key, new byte[32]);
      }
      assertEquals(20, bus.heard().size(), () -> bus.heard().toString());
    }
  }

  @Test
  void verifyingCostsNothing() {
    try (Session session = module.readOnly(module.slotOf("cost"))) {
      session.login(Lab.PIN);
      byte[] signature =
          session.sign(Ck.M_ECDSA, session.findOne(privateKey(Ck.K_EC)), new byte[32]);
      long key =
          session.findOne(
              Template.of().with(Ck.A_CLASS, Ck.O_PUBLIC_KEY).with(Ck.A_KEY_TYPE, Ck.K_EC));
      bus.restart();
      session.verify(Ck.M_ECDSA, key, new byte[32], signature);
      atMost(0);
    }
  }

  @Test
  void aFurtherLogin() {
    try (Session session = module.readOnly(module.slotOf("cost"))) {
      session.login(Lab.PIN);
      session.logout();
      bus.restart();
      session.login(Lab.PIN);
      atMost(1);
    }
  }

  @Test
  void aLogoutTakesTheKeysOutOfTheTpmAtOnce() {
    try (Session session = module.readOnly(module.slotOf("cost"))) {
      session.login(Lab.PIN);
      for (long type : new long[] {Ck.K_RSA, Ck.K_EC, Ck.K_RSA}) {
        session.sign(mechanism(type), session.findOne(privateKey(type)), new byte[32]);
      }
      bus.restart();
      session.logout();
      assertEquals(
          2, bus.heard().stream().filter(each -> each.toString().contains("FlushContext")).count());
    }
  }

  private void atMost(int limit) {
    assertTrue(
        bus.heard().size() <= limit,
        () -> "at most %d commands, not %d: %s".formatted(limit, bus.heard().size(), bus.heard()));
  }
}
