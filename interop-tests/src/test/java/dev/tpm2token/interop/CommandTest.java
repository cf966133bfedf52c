package dev.tpm2token.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tpm2token.interop.harness.Lab;
import dev.tpm2token.interop.harness.LabExtension;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The administrator's command, from the same image as the module. */
@ExtendWith(LabExtension.class)
@Tag("tpm2token-only")
class CommandTest {
  private static final Path COMMAND =
      Path.of("../cli/target/tpm2-token").toAbsolutePath().normalize();

  @BeforeAll
  static void makeAToken(Lab lab) {
    lab.token("lab");
    lab.keyPair("EC:prime256v1", "0a", "signing-key");
    lab.keyPair("rsa:2048", "0b", "rsa-key");
  }

  @BeforeEach
  void abbreviate(Lab lab) {
    lab.env().put("C", COMMAND.toString());
  }

  @Test
  void version(Lab lab) {
    assertEquals("tpm2-token 0.1.0", lab.sh("$C --version").ok().lines().getFirst());
  }

  @Test
  void help(Lab lab) {
    lab.sh("$C --help").ok().says("list", "doctor", "TPM2_TOKEN_STORE", "Exit status");
    lab.sh("$C doctor --help").ok().says("Example");
    lab.sh("$C").ok().says("Usage");
  }

  @Test
  void listsWhatCanBeSeenWithoutAPin(Lab lab) {
    lab.sh("$C list")
        .ok()
        .says("lab", "private objects behind the PIN", "EC P-256", "id 0a", "signing-key")
        .says("RSA 2048", "id 0b")
        .doesNotSay("private key");
  }

  @Test
  void listWithoutATokenSaysHowToMakeOne(Lab lab) {
    lab.sh("TPM2_TOKEN_STORE=$PWD/none $C list").ok().says("No token", "token init --label");
  }

  @Test
  void doctorFindsAllWell(Lab lab) {
    lab.sh("$C doctor")
        .ok()
        .says("swtpm:host=127.0.0.1", "TPM2_TOKEN_TCTI", "NIST_P256", "0x81000001, ECC")
        .says("token", "lab", "All is well");
  }

  @Test
  void doctorSaysWhatIsWrong(Lab lab) {
    lab.sh("TPM2_TOKEN_TCTI=device:/dev/no-such-tpm $C doctor")
        .fails()
        .says("WRONG", "/dev/no-such-tpm", "to mend", "1 to mend");
    lab.sh("cp -r store open && chmod 755 open && TPM2_TOKEN_STORE=$PWD/open $C doctor")
        .fails()
        .says("open to other users", "chmod 700");
  }

  @Test
  void aMistakeInTheConfigurationIsNamed(Lab lab) {
    lab.write("bad.toml", "stoer = '/tmp'\n");
    lab.sh("TPM2_TOKEN_CONFIG=$PWD/bad.toml $C list 2>&1").fails().says("bad.toml", "no key stoer");
    lab.sh("TPM2_TOKEN_TCTI=swtpm:prot=1 $C list 2>&1").fails().says("prot=1");
    lab.sh("TPM2_TOKEN_TCTI=sqtpm:port=1 $C doctor").fails().says("sqtpm", "libtss2-tctildr");
  }

  @Test
  void aTctiOfTheSoftwareStack(Lab lab) {
    lab.sh(
            "TPM2_TOKEN_TCTI=$(echo $TPM2_TOKEN_TCTI | sed s/swtpm/libtss2-tcti-swtpm.so.0/) $C"
                + " doctor")
        .ok()
        .says("libtss2-tcti-swtpm.so.0:host", "0x81000001, ECC", "All is well");
  }

  @Test
  void aSimulatorIsThereWhenItIsWantedAndGoneAfterwards(Lab lab) {
    lab.env().put("S", lab.module().library().toString());
    lab.sh(
            "mkdir simulated; env TPM2_TOKEN_TCTI=simulator: TPM2_TOKEN_STORE=$PWD/simulated/store"
                + " pkcs11-tool --module $S --slot-index 0 --init-token --label sim --so-pin"
                + " 12345678")
        .ok();
    lab.sh(
            "TPM2_TOKEN_TCTI=simulator: TPM2_TOKEN_STORE=$PWD/simulated/store pkcs11-tool --module"
                + " $S -L")
        .ok()
        .says("sim", "simulator");
    lab.sh(
            "for i in $(seq 60); do pgrep -f $PWD/simulated/store || exit 0; sleep 0.05; done; exit"
                + " 1")
        .ok();
    lab.sh("TPM2_TOKEN_TCTI=simulator: TPM2_TOKEN_STORE=$PWD/simulated/store $C doctor")
        .ok()
        .says("0 of 3 counted", "0x81000001, ECC", "sim");
  }

  @Test
  void whatCannotBeWrittenIsAFailure(Lab lab) {
    lab.sh("$C list >/dev/full").fails().says("standard output cannot be written: No space left");
    lab.sh("$C ssh public >/dev/full").fails().says("standard output cannot be written");
    lab.sh("$C list 2>said | true; cat said").ok().doesNotSay("cannot be written");
  }

  @Test
  void anotherUsersStoreCannotBeReadAndIsNotEmpty(Lab lab) {
    assumeTrue("root".equals(System.getProperty("user.name")), "only root may become another");
    lab.sh("cp $C ./command && chmod 755 . ./command && chmod 700 store").ok();
    String nobody = "setpriv --reuid=65534 --regid=65534 --clear-groups ./command ";
    for (String verb : List.of("list", "token list", "key list", "store check", "doctor")) {
      lab.sh(nobody + verb).fails().says("cannot be read").doesNotSay("token init");
    }
    lab.env().put("S", lab.module().library().toString());
    lab.sh(
            "cp $S ./module.so && chmod 755 module.so && TPM2_TOKEN_LOG=/dev/stderr setpriv"
                + " --reuid=65534 --regid=65534 --clear-groups pkcs11-tool --module"
                + " $PWD/module.so -L")
        .ok()
        .says("uninitialized", "cannot read", "this account may not");
  }

  @Test
  void tokensAreMendedAndRemovedThroughOpenFolders(Lab lab) {
    lab.sh(
            """
            cp -r store copy; export TPM2_TOKEN_STORE=$PWD/copy; o=$(echo copy/*/objects-*)
            echo outside >outside; chmod 644 outside; ln -s $PWD/outside $o/aaaaaaaaaaaaaaaa.json
            mkfifo $o/$(printf %032d 0).json; mkdir $o/folder; chmod 755 copy
            timeout 20 $C list; test $? = 1 && timeout 20 $C store repair && $C store check
            test "$(stat -c %a outside copy | xargs)" = '644 700' && test -L $o/damaged/aaaa*.json
            """)
        .ok()
        .says("4 damaged, now mended", "0 damaged");
    lab.sh("TPM2_TOKEN_STORE=$PWD/copy $C token remove --yes && ls -d copy/*").ok().says("lock");
    lab.sh("test -s outside && ! ls -d copy/*/").ok();
  }

  @Test
  void aWrongCommandLineIsTwo(Lab lab) {
    lab.sh("$C lsit 2>&1; test $? = 2").ok().says("lsit");
  }

  /** The JDK's tables for names of other letters are in the image. */
  @Test
  void aNameThatIsNotAscii(Lab lab) {
    lab.sh("$C csr --id 0a --pin-file <(echo $PIN) --subject CN=x --dns b\u00fccher.example >x.csr")
        .ok();
    lab.sh("openssl req -in x.csr -noout -text").ok().says("DNS:xn--bcher-kva.example");
  }
}
