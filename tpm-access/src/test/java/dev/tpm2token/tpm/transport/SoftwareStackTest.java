package dev.tpm2token.tpm.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tpm2token.tpm.Capabilities;
import dev.tpm2token.tpm.DictionaryAttack;
import dev.tpm2token.tpm.LeasePolicy;
import dev.tpm2token.tpm.Parent;
import dev.tpm2token.tpm.ParentTemplate;
import dev.tpm2token.tpm.SwtpmProcess;
import dev.tpm2token.tpm.TpmDevice;
import dev.tpm2token.tpm.TpmTransportException;
import dev.tpm2token.tpm.structure.TpmHandle;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** TPMs by way of libtss2-tctildr, and an emulated one that we start ourselves. */
@Tag("swtpm")
class SoftwareStackTest {
  @TempDir Path folder;

  private static Parent provision(TpmDevice device) {
    return device.call(
        tpm -> tpm.provision(TpmHandle.STORAGE_ROOT_KEY, ParentTemplate.ECC_STORAGE_ROOT));
  }

  @Test
  void aTctiOfTheSoftwareStackCarriesCommands() {
    try (SwtpmProcess swtpm = SwtpmProcess.start()) {
      String settings = swtpm.tcti().toString().substring("swtpm:".length());
      Tcti loaded = Tcti.parse("libtss2-tcti-swtpm.so.0:" + settings);
      assertTrue(loaded.exclusive());
      try (TpmDevice device = new TpmDevice(loaded, LeasePolicy.DEFAULT)) {
        assertEquals("IBM", device.call(Capabilities::probe).manufacturer());
        provision(device);
      }
    }
  }

  @Test
  void aCommandsStandardStreams() {
    try (SwtpmProcess swtpm = SwtpmProcess.start();
        TpmDevice device =
            new TpmDevice(Tcti.parse("cmd:tpm2_send -T " + swtpm.tcti()), LeasePolicy.DEFAULT)) {
      assertEquals("IBM", device.call(Capabilities::probe).manufacturer());
    }
  }

  @Test
  void aTctiThatNobodyHas() {
    Tcti unknown = Tcti.parse("nosuch:a=b");
    TpmTransportException failure =
        assertThrows(TpmTransportException.class, () -> unknown.open().close());
    assertTrue(String.valueOf(failure.getMessage()).contains("nosuch"), failure::getMessage);
  }

  @Test
  void theResourceManagerOfTheStackIsShared() {
    assertFalse(Tcti.parse("tabrmd:").exclusive());
  }

  @Test
  void aSimulatorKeepsItsStateAndCountsNoWrongPin() {
    Tcti simulator = Tcti.parse("simulator:path=" + folder.resolve("tpm"));
    Parent first;
    try (TpmDevice device = new TpmDevice(simulator, LeasePolicy.DEFAULT)) {
      first = provision(device);
    }
    for (int i = 0; i < 5; i++) {
      try (TpmDevice device = new TpmDevice(simulator, LeasePolicy.DEFAULT)) {
        assertEquals(first, device.call(tpm -> tpm.readParent(TpmHandle.STORAGE_ROOT_KEY)));
        assertEquals(0, device.call(DictionaryAttack::read).lockoutCounter());
      }
    }
  }

  @Test
  void severalUsersShareASimulator() throws InterruptedException {
    Tcti simulator = Tcti.parse("simulator:path=" + folder.resolve("shared"));
    AtomicInteger answers = new AtomicInteger();
    CountDownLatch done = new CountDownLatch(4);
    for (int i = 0; i < 4; i++) {
      Thread user =
          new Thread(
              () -> {
                try (TpmDevice device = new TpmDevice(simulator, LeasePolicy.DEFAULT)) {
                  device.call(DictionaryAttack::read);
                  answers.incrementAndGet();
                } finally {
                  done.countDown();
                }
              });
      user.start();
    }
    done.await();
    assertEquals(4, answers.get());
  }
}
