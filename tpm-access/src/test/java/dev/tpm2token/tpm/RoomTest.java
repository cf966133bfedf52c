package dev.tpm2token.tpm;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.tpm2token.tpm.command.CreatePrimary;
import dev.tpm2token.tpm.command.ReadPublic;
import dev.tpm2token.tpm.command.StartAuthSession;
import dev.tpm2token.tpm.command.TpmCc;
import dev.tpm2token.tpm.command.TpmCommand;
import dev.tpm2token.tpm.session.HmacSession;
import dev.tpm2token.tpm.session.Wrapped;
import dev.tpm2token.tpm.structure.Name;
import dev.tpm2token.tpm.structure.TpmHandle;
import dev.tpm2token.tpm.structure.TpmsAttest;
import dev.tpm2token.tpm.structure.TpmsSensitiveCreate;
import dev.tpm2token.tpm.structure.TpmtPublic;
import dev.tpm2token.tpm.transport.Transport;
import dev.tpm2token.tpm.wire.TpmReader;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Work that holds several objects in the three slots of a bare TPM, some of which other programs
 * have left full: tpm2_createprimary leaves an object behind each time.
 */
@Tag("swtpm")
class RoomTest {
  private static final byte[] AUTH =
      "a key's authValue, 32 bytes long".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] NONCE = "asked just now".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] NO_PASSWORD = {};
  private static final byte[] PASSWORD = "endorsement password".getBytes(StandardCharsets.US_ASCII);
  private static final Endorsement.Kind KIND = Endorsement.Kind.ECC;

  private SwtpmProcess swtpm;
  private RecordingTransport bus;

  @BeforeEach
  void start() {
    swtpm = SwtpmProcess.start();
    bus = new RecordingTransport(swtpm.tcti());
  }

  @AfterEach
  void stop() {
    swtpm.close();
  }

  private <T> T call(Function<Tpm, T> work) {
    try (TpmDevice device = new TpmDevice(bus, LeasePolicy.DEFAULT)) {
      return device.call(work);
    }
  }

  /** Objects and sessions as of a program that did not take them out. */
  private void leave(int objects, int sessions) {
    try (Transport transport = swtpm.tcti().open()) {
      Execution other = new Execution(transport);
      for (int i = 0; i < objects; i++) {
        run(
            other,
            new CreatePrimary(
                TpmHandle.OWNER,
                new TpmsSensitiveCreate(NO_PASSWORD, NO_PASSWORD),
                ParentTemplate.ECC_H2.publicArea()),
            Authorization.EMPTY);
      }
      for (int i = 0; i < sessions; i++) {
        run(
            other,
            new StartAuthSession(
                TpmHandle.NULL,
                TpmHandle.NULL,
                new byte[16],
                NO_PASSWORD,
                StartAuthSession.HMAC,
                HmacSession.SYMMETRIC,
                HmacSession.HASH));
      }
    }
  }

  private static <R> R run(Execution execution, TpmCommand<R> command, Authorization... list) {
    return execution.execute(command, Name::of, List.of(list));
  }

  private void checkLeftovers(int objects, int sessions) {
    try (Transport transport = swtpm.tcti().open()) {
      Execution other = new Execution(transport);
      for (int i = 0; i < objects; i++) {
        run(other, new ReadPublic(new TpmHandle(0x8000_0000 + i)));
      }
    }
    assertEquals(sessions, call(tpm -> tpm.handles(0x0200_0000)).size());
    assertEquals(objects, call(tpm -> tpm.handles(0x8000_0000)).size());
  }

  private KeyBlob key(boolean hierarchy) {
    return call(
        tpm ->
            tpm.create(
                hierarchy
                    ? tpm.readParent(TpmHandle.OWNER)
                    : tpm.provision(TpmHandle.STORAGE_ROOT_KEY, ParentTemplate.ECC_STORAGE_ROOT),
                new TpmsSensitiveCreate(AUTH, NO_PASSWORD),
                Templates.P256));
  }

  private byte[] password(boolean has) {
    if (has) {
      call(
          tpm -> {
            new Administration(tpm).changeAuth(TpmHandle.ENDORSEMENT, NO_PASSWORD, PASSWORD);
            return 0;
          });
    }
    return has ? PASSWORD : NO_PASSWORD;
  }

  @ParameterizedTest(
      name = "{0} objects and {1} sessions left, under a hierarchy {2}, password {3}")
  @CsvSource({
    "0,0,false,false", "0,0,true,true", "1,0,false,false", "1,0,true,false", "1,0,false,true",
    "2,0,false,false", "2,0,true,true", "3,0,true,true", "0,2,false,true", "3,3,true,true"
  })
  void certifiesAndActivates(int objects, int sessions, boolean hierarchy, boolean hasPassword) {
    KeyBlob key = key(hierarchy);
    byte[] password = password(hasPassword);
    leave(objects, sessions);
    bus.clear();
    Endorsement.Certification made =
        call(tpm -> new Endorsement(tpm, password).certify(KIND, key, key.parent(), AUTH, NONCE));
    assertArrayEquals(
        key.name().value(), TpmReader.readAll(made.certifyInfo(), TpmsAttest::read).name());
    TpmtPublic endorsed = call(tpm -> new Endorsement(tpm, password).endorsementKey(KIND));
    Wrapped credential =
        Wrapped.credential(endorsed, made.attestationKey().name(), NONCE, new SecureRandom());
    assertArrayEquals(
        NONCE,
        call(
            tpm ->
                new Endorsement(tpm, password)
                    .activate(KIND, credential.contents(), credential.encryptedSeed())));
    assertFalse(bus.saw(AUTH) || bus.saw(PASSWORD));
    checkLeftovers(objects, sessions);
  }

  /** In one lease the null hierarchy's key is made once, however often a password is sent. */
  @Test
  void makesTheKeyForPasswordsOnce() {
    byte[] password = password(true);
    bus.clear();
    call(
        tpm -> {
          Endorsement endorsement = new Endorsement(tpm, password);
          return List.of(endorsement.endorsementKey(KIND), endorsement.endorsementKey(KIND));
        });
    assertEquals(3, count(TpmCc.CreatePrimary));
  }

  /** What others left goes first, once; then ours take turns. */
  @Test
  void movesOthersAsideBeforeItTakesOutItsOwn() {
    List<KeyBlob> keys = List.of(key(false), key(false), key(false), key(false));
    leave(2, 0);
    bus.clear();
    call(
        tpm -> {
          List<TpmHandle> loaded = keys.subList(0, 2).stream().map(tpm::load).toList();
          assertEquals(loaded, keys.subList(0, 2).stream().map(tpm::load).toList());
          return 0;
        });
    assertEquals(2, count(TpmCc.ContextSave));
    bus.clear();
    call(
        tpm -> {
          for (int i = 0; i < 8; i++) {
            tpm.load(keys.get(i % 4));
          }
          return 0;
        });
    assertEquals(3, count(TpmCc.GetCapability), "two of theirs, and then there are none");
    checkLeftovers(2, 0);
  }

  private int count(TpmCc code) {
    return Collections.frequency(bus.codes(), code.value());
  }

  @Test
  void takesOutNothingThatIsHeld() {
    List<KeyBlob> keys = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      keys.add(key(false));
    }
    call(
        tpm -> {
          try (ObjectSlots.Hold first = tpm.hold(keys.getFirst())) {
            keys.forEach(tpm::load);
            assertEquals(first.handle(), tpm.load(keys.getFirst()));
          }
          return 0;
        });
  }
}
