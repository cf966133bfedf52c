package dev.tpm2token.token;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tpm2token.tpm.Authorization;
import dev.tpm2token.tpm.LeasePolicy;
import dev.tpm2token.tpm.ParentTemplate;
import dev.tpm2token.tpm.Passwords;
import dev.tpm2token.tpm.RecordingTransport;
import dev.tpm2token.tpm.Tpm;
import dev.tpm2token.tpm.TpmDevice;
import dev.tpm2token.tpm.TpmProtocolException;
import dev.tpm2token.tpm.command.CreatePrimary;
import dev.tpm2token.tpm.command.EvictControl;
import dev.tpm2token.tpm.command.HierarchyChangeAuth;
import dev.tpm2token.tpm.structure.ObjectAttributes;
import dev.tpm2token.tpm.structure.TpmHandle;
import dev.tpm2token.tpm.structure.TpmsSensitiveCreate;
import dev.tpm2token.tpm.structure.TpmtPublic;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tokens under other storage keys than the usual, and what is said when theirs is gone. */
@Tag("swtpm")
class ParentTest {
  private static final TpmHandle HANDLE = TpmHandle.STORAGE_ROOT_KEY;
  private static final byte[] PASSWORD = "a good password".getBytes(StandardCharsets.US_ASCII);

  @TempDir Path folder;
  private Bench bench;

  @BeforeEach
  void start() {
    bench = new Bench(folder.resolve("store"));
  }

  @AfterEach
  void stop() {
    bench.close();
  }

  private <T> T onTpm(Function<Tpm, T> work) {
    try (TpmDevice device = new TpmDevice(bench.tpm().tcti(), LeasePolicy.DEFAULT)) {
      return device.call(work);
    }
  }

  private void worksUnder(int parent, Passwords passwords) {
    try (Cryptoki module = Bench.withToken(bench.start(parent, passwords))) {
      Session session = Bench.login(module);
      Signer.sign(session, Signer.ec(session), PASSWORD);
    }
    try (Cryptoki module = bench.start(parent, passwords)) {
      Session session = Bench.login(module);
      Signer.sign(session, Signer.pairs(session).getFirst(), PASSWORD);
    }
    assertTrue(onTpm(tpm -> tpm.handles(0x8000_0000)).isEmpty());
  }

  @ParameterizedTest
  @ValueSource(ints = {0x4000_0001, 0x4000_000B, 0x4000_0007, 0x4000_000C, 0x8100_0002})
  void hierarchiesAndOtherHandlesServe(int parent) {
    worksUnder(parent, Passwords.NONE);
  }

  /** An RSA key of others, with a password, and not exempt from the protection against guessing. */
  @Test
  void aStorageKeyWithAPasswordServes() throws IOException {
    onTpm(
        tpm -> {
          CreatePrimary.Response made =
              tpm.execute(
                  new CreatePrimary(
                      TpmHandle.OWNER,
                      new TpmsSensitiveCreate(PASSWORD, new byte[0]),
                      guarded(ParentTemplate.RSA_H1)),
                  Authorization.EMPTY);
          return tpm.execute(
              new EvictControl(TpmHandle.OWNER, made.objectHandle(), HANDLE), Authorization.EMPTY);
        });
    Path file = Files.write(folder.resolve("password"), PASSWORD);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    worksUnder(
        HANDLE.value(), new PasswordFiles(HANDLE.value(), Optional.of(file), Optional.empty()));
  }

  private static TpmtPublic guarded(ParentTemplate template) {
    return TpmtPublic.template(
        template.publicArea().objectAttributes().without(ObjectAttributes.NO_DA),
        template.publicArea().parameters());
  }

  @ParameterizedTest
  @ValueSource(ints = {0x4000_0001, 0x8100_0001})
  void theOwnersPasswordServes(int parent) throws IOException {
    onTpm(
        tpm ->
            tpm.execute(
                new HierarchyChangeAuth(TpmHandle.OWNER, PASSWORD),
                tpm.authorize(tpm.readParent(TpmHandle.NULL), new byte[0])));
    Path file =
        Files.write(
            folder.resolve("owner"),
            (new String(PASSWORD, StandardCharsets.US_ASCII) + "\n")
                .getBytes(StandardCharsets.US_ASCII));
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    PasswordFiles passwords = new PasswordFiles(parent, Optional.empty(), Optional.of(file));
    worksUnder(parent, passwords);
    RecordingTransport bus = new RecordingTransport(bench.tpm().tcti());
    try (TpmDevice device = new TpmDevice(bus, LeasePolicy.DEFAULT, passwords)) {
      device.call(tpm -> tpm.provision(new TpmHandle(0x8100_0005), ParentTemplate.ECC_H2));
    }
    assertFalse(bus.saw(PASSWORD));
  }

  @Test
  void aPasswordThatAllCanReadIsRefused() throws IOException {
    Path file = Files.write(folder.resolve("open"), PASSWORD);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    PasswordFiles passwords = new PasswordFiles(1, Optional.empty(), Optional.of(file));
    CryptokiException e =
        assertThrows(CryptokiException.class, () -> passwords.of(TpmHandle.OWNER));
    assertTrue(e.toString().contains("chmod 600"), e::toString);
    assertEquals(0, passwords.of(TpmHandle.ENDORSEMENT).length);
  }

  /** This account's alone, or root's and the group's that may read it. */
  @ParameterizedTest
  @CsvSource({"0, rw-r-----, true", "0, rw--w----, false", "65534, rw-------, false"})
  void whosePasswordFilesAreTaken(int owner, String mode, boolean taken) throws IOException {
    assumeTrue("root".equals(System.getProperty("user.name")), "only root gives files away");
    Path file = Files.write(folder.resolve("password"), PASSWORD);
    Files.setAttribute(file, "unix:uid", owner);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
    PasswordFiles passwords = new PasswordFiles(1, Optional.empty(), Optional.of(file));
    if (taken) {
      assertArrayEquals(PASSWORD, passwords.of(TpmHandle.OWNER));
    } else {
      assertThrows(CryptokiException.class, () -> passwords.of(TpmHandle.OWNER));
    }
  }

  private String refusedLogin() {
    try (Cryptoki module = bench.start()) {
      TpmProtocolException e = assertThrows(TpmProtocolException.class, () -> Bench.login(module));
      assertEquals(ReturnValue.CKR_DEVICE_ERROR, ReturnValues.of(e));
      return e.getMessage();
    }
  }

  private void replaceParent(ParentTemplate other) {
    onTpm(
        tpm -> {
          tpm.execute(new EvictControl(TpmHandle.OWNER, HANDLE, HANDLE), Authorization.EMPTY);
          return tpm.provision(HANDLE, other);
        });
  }

  @Test
  void aSwappedParentIsRefused() {
    bench.withToken().close();
    for (ParentTemplate other :
        new ParentTemplate[] {ParentTemplate.ECC_H2, ParentTemplate.RSA_H1}) {
      replaceParent(other);
      assertEquals(
          "the storage key at 0x81000001 is not the one under which this token was made: this is"
              + " another TPM, or it was cleared, or the key was replaced; tpm2-token doctor says"
              + " what to do",
          refusedLogin());
    }
    replaceParent(ParentTemplate.ECC_STORAGE_ROOT);
    try (Cryptoki module = bench.start()) {
      Bench.login(module);
    }
  }

  @Test
  void aClearedTpmIsSaidToBe() throws Exception {
    bench.withToken().close();
    ProcessBuilder clear = new ProcessBuilder("tpm2_clear", "-c", "p").inheritIO();
    clear.environment().put("TPM2TOOLS_TCTI", bench.tpm().tcti().toString());
    assertEquals(0, clear.start().waitFor());
    assertTrue(refusedLogin().contains("the TPM was cleared"));
    onTpm(tpm -> tpm.provision(HANDLE, ParentTemplate.ECC_STORAGE_ROOT));
    assertTrue(refusedLogin().contains("is not the one under which"));
  }

  @Test
  void aClearedHierarchyIsSaidToBe() throws Exception {
    Bench.withToken(bench.start(TpmHandle.NULL.value(), Passwords.NONE)).close();
    bench.tpm().restart();
    assertTrue(refusedLogin().contains("is not the one under which this token was made"));
  }
}
