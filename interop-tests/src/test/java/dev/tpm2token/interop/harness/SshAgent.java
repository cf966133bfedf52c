package dev.tpm2token.interop.harness;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** An ssh-agent that may load the module under test, and copies of it in the lab's folder. */
public final class SshAgent implements AutoCloseable {
  private final Process process;

  private SshAgent(Process process) {
    this.process = process;
  }

  /** Starts one in the lab, which ends it, and has the lab's commands find it. */
  public static SshAgent start(Lab lab) {
    Path socket = lab.dir().resolve("agent");
    try {
      Files.deleteIfExists(socket);
      String mayLoad = lab.module().library() + "," + lab.dir() + "/*";
      Process process =
          lab.builder("ssh-agent", "-D", "-a", "agent", "-P", mayLoad)
              .redirectErrorStream(true)
              .redirectOutput(lab.dir().resolve("agent.out").toFile())
              .start();
      SshAgent agent = new SshAgent(process);
      lab.atEnd(agent::close);
      if (!Ports.eventually(Duration.ofSeconds(20), () -> Files.exists(socket), process::isAlive)) {
        throw new AssertionError(
            "ssh-agent does not start: " + Files.readString(lab.dir().resolve("agent.out")));
      }
      lab.env().put("SSH_AUTH_SOCK", socket.toString());
      return agent;
    } catch (IOException e) {
      throw new AssertionError("ssh-agent (script/install-test-tools installs it)", e);
    }
  }

  @Override
  public void close() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly().onExit().join();
  }
}
