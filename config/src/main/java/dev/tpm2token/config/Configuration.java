package dev.tpm2token.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What can be set. For each value the first that says anything wins: our own variable, the
 * configuration file, the variables of other TPM tools, the default.
 *
 * @param file the configuration file that was read, if there is one
 * @param passedOver where a configuration file may be and this process may not look
 * @param store the folder in which tokens are kept
 * @param tcti how the TPM is reached
 * @param parent the handle of the storage key, or the hierarchy that makes it
 * @param parentAuthFile the file with the storage key's password, if it has one
 * @param ownerAuthFile the file with the owner hierarchy's, if it has one
 * @param leaseIdle how long an exclusive TPM is held after a command, where that is said
 * @param log where messages go, if anywhere
 * @param runtimeFolders where a user's processes may queue for an exclusive TPM: {@link
 *     Environment#runtimeFolders}
 */
public record Configuration(
    Optional<Path> file,
    List<Path> passedOver,
    Setting<Path> store,
    Setting<String> tcti,
    Setting<Integer> parent,
    Optional<Setting<Path>> parentAuthFile,
    Optional<Setting<Path>> ownerAuthFile,
    Optional<Setting<Duration>> leaseIdle,
    Setting<LogTarget> log,
    List<Path> runtimeFolders) {
  /** TCG TPM v2.0 Provisioning Guidance, 7.8: where the storage root key is. */
  static final int STORAGE_ROOT_KEY = 0x8100_0001;

  // The first octet of a TPM_HANDLE says what it is of: TPM 2.0 Library, Part 2, 7.2.
  private static final int PERSISTENT = 0x81;
  private static final int PERMANENT = 0x40;

  /**
   * The configuration of a process.
   *
   * @throws ConfigurationException for a file or a value that cannot be used
   */
  public static Configuration load(Environment environment) {
    ConfigurationFile file = ConfigurationFile.find(environment);
    return new Configuration(
        file.path(),
        file.passedOver(),
        first(named("TPM2_TOKEN_STORE", environment), file.text("store"))
            .map(setting -> new Setting<>(Path.of(setting.value()), setting.source()))
            .orElseGet(() -> new Setting<>(defaultStore(environment), "default")),
        first(
                named("TPM2_TOKEN_TCTI", environment),
                file.text("tcti"),
                named("TPM2TOOLS_TCTI", environment),
                ibmTss(environment))
            .orElseGet(() -> new Setting<>("auto", "default")),
        file.text("parent")
            .map(setting -> new Setting<>(handle(setting), setting.source()))
            .orElseGet(() -> new Setting<>(STORAGE_ROOT_KEY, "default")),
        path(file, "parent_auth_file"),
        path(file, "owner_auth_file"),
        file.number("lease_idle_ms").map(setting -> new Setting<>(idle(setting), setting.source())),
        first(named("TPM2_TOKEN_LOG", environment), file.text("log"))
            .map(setting -> new Setting<>(LogTarget.parse(setting), setting.source()))
            .orElseGet(() -> new Setting<>(LogTarget.NONE, "default")),
        environment.runtimeFolders());
  }

  @SafeVarargs
  private static <T> Optional<T> first(Optional<T>... candidates) {
    for (Optional<T> candidate : candidates) {
      if (candidate.isPresent()) {
        return candidate;
      }
    }
    return Optional.empty();
  }

  private static Optional<Setting<String>> named(String variable, Environment environment) {
    return environment.get(variable).map(value -> new Setting<>(value, variable));
  }

  /** The variables of IBM's TSS: a simulator's socket or a device. */
  private static Optional<Setting<String>> ibmTss(Environment environment) {
    String variable = "TPM_INTERFACE_TYPE";
    return environment
        .get(variable)
        .flatMap(
            type ->
                switch (type) {
                  case "socsim" ->
                      Optional.of(
                          "%s:host=%s,port=%s"
                              .formatted(
                                  environment
                                      .get("TPM_SERVER_TYPE")
                                      .filter("raw"::equals)
                                      .map(raw -> "swtpm")
                                      .orElse("mssim"),
                                  environment.get("TPM_SERVER_NAME").orElse("localhost"),
                                  environment.get("TPM_COMMAND_PORT").orElse("2321")));
                  case "dev" ->
                      Optional.of("device:" + environment.get("TPM_DEVICE").orElse("/dev/tpmrm0"));
                  default -> Optional.empty();
                })
        .map(tcti -> new Setting<>(tcti, variable));
  }

  private static Path defaultStore(Environment environment) {
    return environment
        .get("XDG_DATA_HOME")
        .map(Path::of)
        .filter(Path::isAbsolute)
        .or(() -> environment.get("HOME").map(home -> Path.of(home, ".local", "share")))
        .map(data -> data.resolve("tpm2-token"))
        .orElse(Path.of("/var/lib/tpm2-token"));
  }

  private static Optional<Setting<Path>> path(ConfigurationFile file, String key) {
    return file.text(key)
        .map(
            setting -> {
              Path path = Path.of(setting.value());
              if (!path.isAbsolute()) {
                throw new ConfigurationException(
                    "%s: %s is the whole path of a file".formatted(setting.source(), key));
              }
              return new Setting<>(path, setting.source());
            });
  }

  private static int handle(Setting<String> setting) {
    try {
      String digits = setting.value().startsWith("0x") ? setting.value().substring(2) : "";
      int handle = Integer.parseUnsignedInt(digits, 16);
      if (handle >>> 24 == PERSISTENT || handle >>> 24 == PERMANENT) {
        return handle;
      }
      throw notAHandle(setting, null);
    } catch (NumberFormatException e) {
      throw notAHandle(setting, e);
    }
  }

  private static ConfigurationException notAHandle(
      Setting<String> setting, @Nullable Throwable cause) {
    return new ConfigurationException(
        "%s: parent is a handle such as \"0x81000001\": a persistent one (81), or a hierarchy's (40)"
            .formatted(setting.source()),
        cause);
  }

  private static Duration idle(Setting<Long> setting) {
    if (setting.value() < 0 || setting.value() > 60_000) {
      throw new ConfigurationException(
          "%s: lease_idle_ms is between 0 and 60000".formatted(setting.source()));
    }
    return Duration.ofMillis(setting.value());
  }
}
