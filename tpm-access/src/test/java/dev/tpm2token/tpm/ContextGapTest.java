package dev.tpm2token.tpm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tpm2token.tpm.command.ContextLoad;
import dev.tpm2token.tpm.command.ContextSave;
import dev.tpm2token.tpm.command.FlushContext;
import dev.tpm2token.tpm.command.Sign;
import dev.tpm2token.tpm.command.StartAuthSession;
import dev.tpm2token.tpm.command.TpmCc;
import dev.tpm2token.tpm.command.TpmCommand;
import dev.tpm2token.tpm.session.HmacSession;
import dev.tpm2token.tpm.structure.Name;
import dev.tpm2token.tpm.structure.TpmAlgId;
import dev.tpm2token.tpm.structure.TpmHandle;
import dev.tpm2token.tpm.structure.TpmsContext;
import dev.tpm2token.tpm.structure.TpmsSensitiveCreate;
import dev.tpm2token.tpm.structure.TpmtScheme;
import dev.tpm2token.tpm.transport.Transport;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Sessions that other programs saved long ago keep all others from starting any. */
@Tag("swtpm")
class ContextGapTest {
  private static final byte[] AUTH =
      "an authValue of thirty-two bytes".getBytes(StandardCharsets.US_ASCII);

  /** So many numbers after another session's, this emulator gives no more: it counts in 16 bits. */
  private static final int NUMBERS = 65_531;

  private SwtpmProcess swtpm;
  private RecordingTransport bus;
  private KeyBlob key;

  @BeforeEach
  void start() {
    swtpm = SwtpmProcess.start();
    bus = new RecordingTransport(swtpm.tcti());
    try (TpmDevice device = new TpmDevice(bus, LeasePolicy.DEFAULT)) {
      key =
          device.call(
              tpm ->
                  tpm.create(
                      tpm.provision(TpmHandle.STORAGE_ROOT_KEY, ParentTemplate.ECC_STORAGE_ROOT),
                      new TpmsSensitiveCreate(AUTH, new byte[0]),
                      Templates.P256));
    }
  }

  @AfterEach
  void stop() {
    swtpm.close();
  }

  private void sign(TpmDevice device) {
    device.call(
        tpm ->
            tpm.execute(
                new Sign(tpm.load(key), new byte[32], TpmtScheme.ecdsa(TpmAlgId.SHA256)),
                tpm.authorize(key.parent(), AUTH)));
  }

  private static TpmHandle session(Execution other) {
    return run(
            other,
            new StartAuthSession(
                TpmHandle.NULL,
                TpmHandle.NULL,
                new byte[16],
                new byte[0],
                StartAuthSession.HMAC,
                HmacSession.SYMMETRIC,
                HmacSession.HASH))
        .sessionHandle();
  }

  private static <R> R run(Execution execution, TpmCommand<R> command) {
    return execution.execute(command, Name::of, List.of());
  }

  private List<TpmHandle> saved() {
    try (TpmDevice device = new TpmDevice(swtpm.tcti(), LeasePolicy.DEFAULT)) {
      return device.call(tpm -> tpm.handles(0x0300_0000));
    }
  }

  /** Programs that died with a session, until the TPM had no handle for another one. */
  @Test
  void endsASessionWhereThereAreNoHandlesLeft() {
    int most = 0;
    try (Transport transport = swtpm.tcti().open()) {
      Execution other = new Execution(transport);
      while (startsAndSaves(other)) {
        most++;
      }
    }
    assertEquals(most, saved().size());
    try (TpmDevice device = new TpmDevice(bus, LeasePolicy.DEFAULT)) {
      sign(device);
      sign(device);
    }
    assertEquals(most - 1, saved().size(), "no more were ended than had to be");
  }

  private static boolean startsAndSaves(Execution other) {
    try {
      run(other, new ContextSave(session(other)));
      return true;
    } catch (TpmResponseException e) {
      assertTrue(e.is(TpmRc.SESSION_HANDLES), e::toString);
      return false;
    }
  }

  /** A layer says what the TPM says after 65,535 contexts. */
  @Test
  void endsTheSessionThatIsInTheWay() {
    try (Transport transport = swtpm.tcti().open()) {
      Execution other = new Execution(transport);
      run(other, new ContextSave(session(other)));
    }
    assertEquals(1, saved().size());
    bus.tamper =
        response -> {
          boolean start = bus.codes().getLast() == TpmCc.StartAuthSession.value();
          if (!start || ByteBuffer.wrap(response).getInt(6) != 0) {
            return response;
          }
          bus.tamper = any -> any;
          return ByteBuffer.allocate(10).putShort((short) 0x8001).putInt(10).putInt(0x901).array();
        };
    try (TpmDevice device = new TpmDevice(bus, LeasePolicy.DEFAULT)) {
      sign(device);
    }
    assertEquals(List.of(), saved());
  }

  /** The same without a layer. */
  @Test
  void worksWhereTheNumbersOfContextsHaveGoneRound() {
    try (Transport transport = swtpm.tcti().open()) {
      Execution other = new Execution(transport);
      run(other, new ContextSave(session(other)));
      TpmHandle busy = session(other);
      TpmResponseException gap =
          assertThrows(TpmResponseException.class, () -> useNumbers(other, busy, 70_000));
      assertTrue(gap.is(TpmRc.CONTEXT_GAP), gap::toString);
      session(other);
      assertThrows(TpmResponseException.class, () -> session(other));
    }
    try (TpmDevice device = new TpmDevice(bus, LeasePolicy.DEFAULT)) {
      sign(device);
    }
  }

  /** So many contexts are saved, each with the next number. */
  private static void useNumbers(Execution other, TpmHandle busy, int count) {
    for (int i = 0; i < count; i++) {
      run(other, new ContextLoad(run(other, new ContextSave(busy))));
    }
  }

  /**
   * But a hundred numbers are left, and signatures take none of them: the other program's session,
   * which would be in the way of the hundred and first, is not ended.
   */
  @Test
  void signsAThousandTimesWhileAnotherProgramHasASession() {
    TpmsContext context;
    try (Transport transport = swtpm.tcti().open()) {
      Execution other = new Execution(transport);
      context = run(other, new ContextSave(session(other)));
      TpmHandle busy = session(other);
      useNumbers(other, busy, NUMBERS - 100);
      run(other, new FlushContext(busy));
    }
    try (TpmDevice device = new TpmDevice(swtpm.tcti(), LeasePolicy.DEFAULT)) {
      for (int i = 0; i < 1000; i++) {
        sign(device);
      }
    }
    try (Transport transport = swtpm.tcti().open()) {
      run(new Execution(transport), new ContextLoad(context)); // as good as before
    }
  }
}
