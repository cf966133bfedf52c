package dev.tpm2token.interop.harness;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/**
 * An SSH server on loopback that lets in whoever {@code authorized_keys} of the lab names. Its own
 * configuration is {@code sshd_config} there, and {@code host_key} what it shows.
 */
public final class Sshd implements AutoCloseable {
  private static final int ATTEMPTS = 5;

  private final Lab lab;
  private final int port;
  private Process process;

  private Sshd(Lab lab, int port, Process process) {
    this.lab = lab;
    this.port = port;
    this.process = process;
  }

  /**
   * Starts one in the lab, which ends it. From then on {@code $SSH} is the command to log in
   * without anybody's configuration, and {@code ssh server} does it with the lab's own.
   */
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
    for (int i = 0; i < ATTEMPTS; i++) {
      int port = Ports.freePair();
      Process process = launch(lab, port);
      if (isUp(process, port)) {
        Sshd sshd = new Sshd(lab, port, process);
        lab.atEnd(sshd::close);
        lab.env().put("SSH", sshd.client());
        sshd.nameItServer();
        return sshd;
      }
      process.destroyForcibly();
    }
    throw new AssertionError("sshd does not start: " + lab.sh("cat sshd.out"));
  }

  /** Ends it and starts it again on its port, with what {@code sshd_config} says by now. */
  public void restart() {
    close();
    process = launch(lab, port);
    if (!isUp(process, port)) {
      throw new AssertionError("sshd does not come back: " + lab.sh("cat sshd.out"));
    }
  }

  private static Process launch(Lab lab, int port) {
    try {
      return lab.builder(
              "/usr/sbin/sshd", "-D", "-e", "-f", "sshd_config", "-p", String.valueOf(port))
          .redirectErrorStream(true)
          .redirectOutput(lab.dir().resolve("sshd.out").toFile())
          .start();
    } catch (IOException e) {
      throw new AssertionError("sshd (script/install-test-tools installs it)", e);
    }
  }

  private static boolean isUp(Process process, int port) {
    return Ports.answers(port, Duration.ofSeconds(20), process::isAlive) && process.isAlive();
  }

  private String client() {
    return "ssh -F none -p %d -l %s -o StrictHostKeyChecking=no -o UserKnownHostsFile=%s/known_hosts -o LogLevel=ERROR -o PasswordAuthentication=no -o KbdInteractiveAuthentication=no"
        .formatted(port, System.getProperty("user.name"), lab.dir());
  }

  /** ssh looks for its user's configuration in the home of the password file, not in $HOME. */
  private void nameItServer() {
    try {
      Path ssh = Files.createDirectories(lab.dir().resolve("home/.ssh"));
      Files.writeString(
          ssh.resolve("config"),
          """
          Host server
            HostName 127.0.0.1
            Port %d
            HostKeyAlias server
            UserKnownHostsFile %s/known_hosts
            StrictHostKeyChecking accept-new
            LogLevel ERROR
            IdentityFile none
            PasswordAuthentication no
            KbdInteractiveAuthentication no
          """
              .formatted(port, lab.dir()));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    lab.program("ssh", "#!/bin/sh\nexec /usr/bin/ssh -F $HOME/.ssh/config \"$@\"\n");
  }

  @Override
  public void close() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly().onExit().join();
  }
}
