package dev.tpm2token.interop.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One test's own world: a folder, a TPM, an empty store, and a shell. Commands run in {@link
 * #dir()} with the module's path in {@code $M}; nothing of the user's environment but PATH reaches
 * them.
 */
public final class Lab implements AutoCloseable {
  /** The PINs of every token that a lab makes. */
  public static final String PIN = "1234-user";

  public static final String SO_PIN = "5678-officer";

  /** The administrator's command, which commands in a lab find by its name. */
  private static final Path COMMAND =
      Path.of("../cli/target/tpm2-token").toAbsolutePath().normalize();

  /** Pairs of a folder and its place, then a command to become. */
  private static final String MOUNT =
      "while [ $1 != -- ]; do mount --bind $1 $2 || exit; shift 2; done; shift; exec \"$@\"";

  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final int LOG_TAIL = 40;

  private final ModuleUnderTest module = ModuleUnderTest.find();
  private final Path dir;
  private final Map<String, String> env = new LinkedHashMap<>();
  private final Deque<Runnable> endings = new ArrayDeque<>();
  private final @Nullable Swtpm tpm;
  private final List<String> mounts = new ArrayList<>();

  private Lab() throws IOException {
    // Not under the build folder: the path of a unix socket has 107 bytes.
    dir = Files.createTempDirectory("lab");
    Files.createDirectories(dir.resolve("home"));
    Path programs = Files.createDirectories(dir.resolve("bin"));
    env.put(
        "PATH",
        programs + ":" + COMMAND.getParent() + ":/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin");
    env.put("LC_ALL", "C.UTF-8");
    env.put("HOME", dir.resolve("home").toString());
    env.put("M", module.library().toString());
    env.put("PIN", PIN);
    env.put("SO_PIN", SO_PIN);
    if (module.control()) {
      Path tokens = Files.createDirectories(dir.resolve("tokens"));
      Path conf = dir.resolve("softhsm2.conf");
      Files.writeString(conf, "directories.tokendir = " + tokens + "\nlog.level = ERROR\n");
      env.put("SOFTHSM2_CONF", conf.toString());
      tpm = null;
    } else {
      Swtpm swtpm = Swtpm.start(dir.resolve("tpm"));
      endings.push(swtpm::close);
      tpm = swtpm;
      env.put("TPM2_TOKEN_STORE", dir.resolve("store").toString());
      env.put("TPM2_TOKEN_CONFIG", "/dev/null");
      env.put("TPM2_TOKEN_LOG", dir.resolve("module.log").toString());
      talkTo(swtpm.port());
    }
  }

  /** A new one. */
  public static Lab open() {
    try {
      return new Lab();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void talkTo(int port) {
    env.put("TPM2_TOKEN_TCTI", "swtpm:host=127.0.0.1,port=" + port);
  }

  public ModuleUnderTest module() {
    return module;
  }

  /** The folder that commands run in. */
  public Path dir() {
    return dir;
  }

  /** What commands see; a test may add to it. */
  public Map<String, String> env() {
    return env;
  }

  /** The TPM; a control has none. */
  public Swtpm tpm() {
    if (tpm == null) {
      throw new AssertionError("the control has no TPM: tag this test tpm2token-only");
    }
    return tpm;
  }

  /** From here on, whatever the module says to the TPM passes through this recorder. */
  public BusRecorder recorder() {
    BusRecorder recorder = BusRecorder.before(tpm().port());
    endings.push(recorder::close);
    talkTo(recorder.port());
    return recorder;
  }

  /** From here on nobody listens on the port where the module looks for its TPM. */
  public void loseTpm() {
    tpm().kill();
  }

  /** Makes a token of this label with {@link #PIN} and {@link #SO_PIN}. */
  public void token(String label) {
    sh("pkcs11-tool --module $M --slot-index 0 --init-token --label %s --so-pin $SO_PIN"
            .formatted(label))
        .ok();
    sh("""
    pkcs11-tool --module $M --token-label %s --login --login-type so --so-pin $SO_PIN \
      --init-pin --new-pin $PIN\
    """
            .formatted(label))
        .ok();
  }

  /**
   * Makes the token that the pages of docs/clients speak of: {@code $T}, with its PIN in pin.txt.
   */
  public void laptop() {
    token("laptop");
    env.put("T", "pkcs11:token=laptop");
    sh("(umask 077 && printf %s $PIN >pin.txt)").ok();
  }

  /** Makes a key pair in the token "lab": {@code type} as pkcs11-tool names it. */
  public void keyPair(String type, String id, String label) {
    sh("""
    pkcs11-tool --module $M --token-label lab --login --pin $PIN \
      --keypairgen --key-type %s --id %s --label %s\
    """
            .formatted(type, id, label))
        .ok();
  }

  /** Runs a command line in bash; a minute is its limit. */
  public Outcome sh(String commandLine) {
    return sh(commandLine, LIMIT);
  }

  /** Runs a command line in bash; when its limit is over it is ended and counts as hung. */
  public Outcome sh(String commandLine, Duration limit) {
    try {
      Path out = Files.createTempFile(dir, "stdout", "");
      Path err = Files.createTempFile(dir, "stderr", "");
      Process process =
          builder("bash", "-c", commandLine)
              .redirectOutput(out.toFile())
              .redirectError(err.toFile())
              .redirectInput(Path.of("/dev/null").toFile())
              .start();
      boolean ended = process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
      if (!ended) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly().onExit().join();
      }
      int exit = ended ? process.exitValue() : Outcome.HUNG;
      return new Outcome(commandLine, exit, read(out), read(err), this::moduleLog);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** From here on commands see this folder in the place of another, as nobody else does. */
  public void mount(Path folder, String place) {
    mounts.add(dir.resolve(folder).toString());
    mounts.add(place);
  }

  /** From here on commands see and write a copy of /etc, so that the machine's stays as it is. */
  public void ownEtc() {
    sh("cp -a /etc etc").ok();
    mount(Path.of("etc"), "/etc");
  }

  /** A process with this lab's folder and environment, for whoever starts it. */
  public ProcessBuilder builder(String... command) {
    List<String> line = new ArrayList<>();
    if (!mounts.isEmpty()) {
      line.addAll(List.of("unshare", "--mount", "bash", "-c", MOUNT, "mount"));
      line.addAll(mounts);
      line.add("--");
    }
    line.addAll(List.of(command));
    ProcessBuilder builder = new ProcessBuilder(line).directory(dir.toFile());
    builder.environment().clear();
    builder.environment().putAll(env);
    return builder;
  }

  /** Has this done when the lab closes, before the TPM goes. */
  public void atEnd(Runnable ending) {
    endings.push(ending);
  }

  /** Writes a file into the folder. */
  public Path write(String name, byte[] content) {
    try {
      return Files.write(dir.resolve(name), content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Writes a text into the folder. */
  public Path write(String name, String content) {
    return write(name, content.getBytes(StandardCharsets.UTF_8));
  }

  /** Writes a program that commands find by its name, before any other of that name. */
  public Path program(String name, String content) {
    Path program = write("bin/" + name, content);
    try {
      Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return program;
  }

  /** Writes a program that says the PIN, and has OpenSSH ask it; what it asks is in "asked". */
  public void askpass(String pin) {
    Path script = program("askpass", "#!/bin/sh\necho \"$1\" >>asked\necho '" + pin + "'\n");
    env.put("SSH_ASKPASS", script.toString());
    env.put("SSH_ASKPASS_REQUIRE", "force");
  }

  /** The end of what the module logged. */
  public String moduleLog() {
    Path log = dir.resolve("module.log");
    if (!Files.exists(log)) {
      return "(there is none)";
    }
    List<String> lines = new ArrayList<>(Arrays.asList(read(log).split("\n", -1)));
    return String.join("\n", lines.subList(Math.max(0, lines.size() - LOG_TAIL), lines.size()));
  }

  private static String read(Path file) {
    try {
      return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    while (!endings.isEmpty()) {
      endings.pop().run();
    }
    endWhatIsLeft();
    try {
      deleteFolder();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Ends what commands left running, such as an agent of a page whose last line, that ends it, was
   * not reached. It went into a session of its own, but its home is the lab's.
   */
  private void endWhatIsLeft() {
    String home = "\0HOME=" + env.get("HOME") + "\0";
    ProcessHandle.allProcesses()
        .filter(process -> environment(process).contains(home))
        .forEach(ProcessHandle::destroyForcibly);
  }

  /** What it was started with: each variable between two NULs. */
  private static String environment(ProcessHandle process) {
    try {
      return "\0" + read(Path.of("/proc", Long.toString(process.pid()), "environ"));
    } catch (UncheckedIOException goneOrSomebodyElses) {
      return "";
    }
  }

  private void deleteFolder() throws IOException {
    Files.walkFileTree(
        dir,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException problem)
              throws IOException {
            Files.delete(folder);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
