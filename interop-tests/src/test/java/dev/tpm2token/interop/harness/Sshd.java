package dev.tpm2token.interop.harness;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** An SSH server on loopback that lets in whoever {@code authorized_keys} of the lab names. */
public final class Sshd implements AutoCloseable {
  private static final int ATTEMPTS = 5;

  private final Process process;
  private final int port;

  private Sshd(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  /** Starts one in the lab, which ends it; {@code $SSH} is from then on the command to log in. */
  public static Sshd start(Lab lab) {
    lab.sh("mkdir -p /run/sshd").ok();
    lab.sh("ssh-keygen -q -t ed25519 -N '' -f host_key").ok();
    lab.write(
        "sshd_config",
        """
        ListenAddress 127.0.0.1
        HostKey %1$s/host_key
        AuthorizedKeysFile %1$s/authorized_keys
        PidFile none
        PasswordAuthentication no
        PermitRootLogin yes
        StrictModes no
        UsePAM no
        """
            .formatted(lab.dir()));
    try {
      for (int i = 0; i < ATTEMPTS; i++) {
        int port = Ports.freePair();
        Path out = lab.dir().resolve("sshd.out");
        Process process =
            lab.builder(
                    "/usr/sbin/sshd", "-D", "-e", "-f", "sshd_config", "-p", String.valueOf(port))
                .redirectErrorStream(true)
                .redirectOutput(out.toFile())
                .start();
        if (Ports.answers(port, Duration.ofSeconds(20), process::isAlive) && process.isAlive()) {
          Sshd sshd = new Sshd(process, port);
          lab.atEnd(sshd::close);
          lab.env().put("SSH", sshd.client(lab));
          return sshd;
        }
        process.destroyForcibly();
        if (i == ATTEMPTS - 1) {
          throw new AssertionError("sshd does not start: " + Files.readString(out));
        }
      }
      throw new AssertionError("sshd does not start");
    } catch (IOException e) {
      throw new AssertionError("sshd (script/install-test-tools installs it)", e);
    }
  }

  private String client(Lab lab) {
    return "ssh -F none -p %d -l %s -o StrictHostKeyChecking=no -o UserKnownHostsFile=%s/known_hosts -o LogLevel=ERROR -o PasswordAuthentication=no -o KbdInteractiveAuthentication=no"
        .formatted(port, System.getProperty("user.name"), lab.dir());
  }

  @Override
  public void close() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly().onExit().join();
  }
}
