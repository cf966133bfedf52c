package dev.tpm2token.interop;

import dev.tpm2token.interop.harness.CProgram;
import dev.tpm2token.interop.harness.Lab;
import dev.tpm2token.interop.harness.LabExtension;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The command at a terminal. */
@Tag("tpm2token-only")
@ExtendWith(LabExtension.class)
class TerminalTest {
  @Test
  void asksAgainAfterAStop(Lab lab) {
    Path source = Path.of("../cli/src/main/c/terminal.c").toAbsolutePath().normalize();
    CProgram.compile(lab, "stopped_while_asking", source.toString());
    lab.sh("./stopped_while_asking").ok().says("asked again");
  }
}
