package dev.tpm2token.tpm.transport;

import dev.tpm2token.tpm.TpmTransportException;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * How to reach a TPM, in the notation that TPM users know: {@code device:/dev/tpmrm0}, {@code
 * swtpm:host=localhost,port=2321}, {@code swtpm:path=/run/swtpm.sock}, {@code mssim:host=…,port=…},
 * {@code simulator:path=FOLDER}, {@code auto}; and any other name, such as {@code tabrmd:}, that
 * libtss2-tctildr knows.
 */
public final class Tcti implements TransportSource {
  private static final String RESOURCE_MANAGED = "/dev/tpmrm0";
  private static final String BARE = "/dev/tpm0";
  private static final int DEFAULT_PORT = 2321;
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** A name that libtss2-tctildr may know: one of its own, or that of a library. */
  private static final Pattern NAME = Pattern.compile("[A-Za-z][A-Za-z0-9._/-]*");

  private final String text;
  private final String kind;
  private final String path;
  private final String host;
  private final int port;

  private final Reach reach;

  /** What is the process's and not the TPM's. */
  private record Reach(NativeSystem system, List<Path> queues) {}

  private Tcti(String text, String kind, String path, String host, int port, Reach reach) {
    this.reach = reach;
    this.text = text;
    this.kind = kind;
    this.path = path;
    this.host = host;
    this.port = port;
  }

  /** As {@link #parse(String, NativeSystem, List)}, on a JVM. */
  public static Tcti parse(String text) {
    String user = System.getProperty("user.name", "unknown");
    return parse(text, new JvmSystem(), List.of(Path.of("/tmp", "tpm2-token-" + user)));
  }

  /**
   * Reads the notation; nothing is opened.
   *
   * @param queues folders of the user's, in the first of which that is the user's own its processes
   *     queue for a TPM that lets one in at a time; empty where they do without
   * @throws IllegalArgumentException if it can be none
   */
  public static Tcti parse(String text, NativeSystem system, List<Path> queues) {
    Reach reach = new Reach(system, List.copyOf(queues));
    int colon = text.indexOf(':');
    String kind = colon < 0 ? text : text.substring(0, colon);
    String rest = colon < 0 ? "" : text.substring(colon + 1);
    return switch (kind) {
      case "auto" -> new Tcti(text, kind, "", "", 0, reach);
      case "device" -> new Tcti(text, rest.isEmpty() ? "auto" : kind, rest, "", 0, reach);
      case "swtpm", "mssim", "simulator" -> socket(text, kind, rest, reach);
      default -> loaded(text, kind, reach);
    };
  }

  private static Tcti loaded(String text, String name, Reach reach) {
    if (name.length() == text.length() || !NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "\""
              + text
              + "\" names no TPM: use device:PATH, swtpm:host=HOST,port=PORT,"
              + " swtpm:path=SOCKET, mssim:host=HOST,port=PORT, simulator:, auto,"
              + " or what libtss2-tctildr knows, such as tabrmd:");
    }
    return new Tcti(text, name, "", "", 0, reach);
  }

  private static Tcti socket(String text, String kind, String rest, Reach reach) {
    Map<String, String> settings = new HashMap<>();
    for (String setting : rest.isEmpty() ? new String[0] : rest.split(",", -1)) {
      int equals = setting.indexOf('=');
      String name = equals < 0 ? setting : setting.substring(0, equals);
      if (equals < 0 || !settings(kind).contains(name)) {
        throw new IllegalArgumentException(
            "\"" + text + "\": \"" + setting + "\" is not a setting of " + kind);
      }
      settings.put(name, setting.substring(equals + 1));
    }
    return new Tcti(
        text,
        kind,
        settings.getOrDefault("path", ""),
        settings.getOrDefault("host", "localhost"),
        port(text, settings.getOrDefault("port", Integer.toString(DEFAULT_PORT))),
        reach);
  }

  private static Set<String> settings(String kind) {
    return switch (kind) {
      case "swtpm" -> Set.of("host", "port", "path");
      case "mssim" -> Set.of("host", "port");
      default -> Set.of("path");
    };
  }

  private static int port(String text, String digits) {
    try {
      int port = Integer.parseInt(digits);
      if (port > 0 && port < 0xFFFF) { // mssim has its platform port above it
        return port;
      }
    } catch (NumberFormatException e) {
      // the same complaint as for a number out of range
    }
    throw new IllegalArgumentException("\"" + text + "\": \"" + digits + "\" is not a port");
  }

  /** Opens it, waiting for half a minute while another has it. */
  public Transport open() {
    return open(PATIENCE);
  }

  @Override
  public Transport open(Duration patience) {
    if (!exclusive()) {
      return connect(patience);
    }
    Turn turn = Turn.take(text, reach.queues, patience);
    try {
      return turn.over(connect(patience));
    } catch (TpmTransportException e) {
      turn.close();
      throw e;
    }
  }

  private Transport connect(Duration patience) {
    return switch (kind) {
      case "swtpm" -> SwtpmTransport.open(text, connect(port, patience), patience);
      case "mssim" ->
          MssimTransport.open(
              text, connect(port + 1, patience), () -> connect(port, patience), patience);
      case "simulator" -> SimulatorTransport.open(text, simulatorState(), reach.system, patience);
      case "device", "auto" -> DeviceTransport.open(Path.of(device()), patience);
      default -> TctildrTransport.open(text, reach.system);
    };
  }

  @Override
  public boolean exclusive() {
    return switch (kind) {
      case "device" -> !path.startsWith("/dev/tpmrm");
      case "auto" -> !Files.exists(Path.of(RESOURCE_MANAGED));
      case "tabrmd" -> false; // a resource manager of its own
      default -> true;
    };
  }

  private String device() {
    if ("device".equals(kind)) {
      return path;
    }
    if (Files.exists(Path.of(RESOURCE_MANAGED))) {
      return RESOURCE_MANAGED;
    }
    if (Files.exists(Path.of(BARE))) {
      return BARE;
    }
    throw new TpmTransportException(
        "no TPM: neither /dev/tpmrm0 nor /dev/tpm0 is there. Enable the TPM 2.0 in the firmware"
            + " setup, or name a TPM, as in swtpm:host=localhost,port=2321");
  }

  private Path simulatorState() {
    if (path.isEmpty()) {
      throw new TpmTransportException(text + ": say where its state is: simulator:path=FOLDER");
    }
    return Path.of(path);
  }

  private Connection connect(int toPort, Duration patience) {
    return path.isEmpty()
        ? Connection.open(
            text, StandardProtocolFamily.INET, new InetSocketAddress(host, toPort), patience)
        : Connection.open(
            text, StandardProtocolFamily.UNIX, UnixDomainSocketAddress.of(path), patience);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Tcti tcti && text.equals(tcti.text);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  /** As it was given to {@link #parse}. */
  @Override
  public String toString() {
    return text;
  }
}
