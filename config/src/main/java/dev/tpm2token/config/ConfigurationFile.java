package dev.tpm2token.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.toml.TomlMapper;

/**
 * The configuration file, TOML: the one that TPM2_TOKEN_CONFIG names, else the user's, else the
 * system's. A key that nobody knows is a mistake and said to be one.
 */
final class ConfigurationFile {
  private static final Path SYSTEM = Path.of("/etc/tpm2-token/config.toml");

  /** Says nothing, and is the one device that is read. */
  private static final Path NOTHING = Path.of("/dev/null");

  /** Octets; a library must not wait for, or fill its host's memory with, what is no file. */
  private static final int LONGEST = 1 << 20;

  private static final Set<String> KEYS =
      Set.of(
          "store", "tcti", "parent", "parent_auth_file", "owner_auth_file", "lease_idle_ms", "log");
  private static final TomlMapper MAPPER = new TomlMapper();

  private final Optional<Path> path;
  private final JsonNode content;
  private final List<Path> passedOver;

  private ConfigurationFile(Optional<Path> path, JsonNode content, List<Path> passedOver) {
    this.path = path;
    this.content = content;
    this.passedOver = List.copyOf(passedOver);
  }

  static ConfigurationFile find(Environment environment) {
    Optional<Path> named = environment.get("TPM2_TOKEN_CONFIG").map(Path::of);
    if (named.isPresent()) {
      try {
        return new ConfigurationFile(named, read(named.get()), List.of());
      } catch (NoSuchFileException e) {
        throw new ConfigurationException(
            "%s, named by TPM2_TOKEN_CONFIG, is not there".formatted(named.get()), e);
      } catch (IOException e) {
        throw unreadable(named.get(), e);
      }
    }
    List<Path> passedOver = new ArrayList<>();
    for (Path candidate : candidates(environment)) {
      try {
        return new ConfigurationFile(Optional.of(candidate), read(candidate), passedOver);
      } catch (IOException e) {
        // A daemon's HOME may be /dev/null, or root's: nobody can tell that anything is there.
        if (Files.exists(candidate, LinkOption.NOFOLLOW_LINKS)) {
          throw unreadable(candidate, e);
        }
        if (!(e instanceof NoSuchFileException)) {
          passedOver.add(candidate);
        }
      }
    }
    return new ConfigurationFile(Optional.empty(), MAPPER.createObjectNode(), passedOver);
  }

  private static ConfigurationException unreadable(Path path, IOException e) {
    return new ConfigurationException("%s cannot be read: %s".formatted(path, reason(e)), e);
  }

  private static List<Path> candidates(Environment environment) {
    List<Path> candidates = new ArrayList<>();
    environment
        .get("XDG_CONFIG_HOME")
        .map(Path::of)
        .filter(Path::isAbsolute)
        .or(() -> environment.get("HOME").map(home -> Path.of(home, ".config")))
        .map(folder -> folder.resolve("tpm2-token/config.toml"))
        .ifPresent(candidates::add);
    candidates.add(SYSTEM);
    return candidates;
  }

  private static JsonNode read(Path path) throws IOException {
    try {
      JsonNode content = MAPPER.readTree(content(path));
      Collection<String> names = content.propertyNames();
      for (String name : names) {
        if (!KEYS.contains(name)) {
          throw new ConfigurationException(
              "%s: there is no key %s; there are %s"
                  .formatted(path, name, KEYS.stream().sorted().toList()));
        }
      }
      return content;
    } catch (JacksonException e) {
      throw new ConfigurationException(
          "%s is not TOML: %s".formatted(path, e.getOriginalMessage()), e);
    }
  }

  private static byte[] content(Path path) throws IOException {
    if (path.equals(NOTHING)) {
      return new byte[0];
    }
    BasicFileAttributes found = Files.readAttributes(path, BasicFileAttributes.class);
    if (!found.isRegularFile()) {
      throw new IOException("it is no file");
    }
    try (InputStream in = Files.newInputStream(path)) {
      byte[] content = in.readNBytes(LONGEST + 1);
      if (content.length > LONGEST) {
        throw new IOException("it is longer than %d octets".formatted(LONGEST));
      }
      return content;
    }
  }

  private static String reason(IOException e) {
    return switch (e) {
      case AccessDeniedException _ -> "this account may not";
      case FileSystemException failure when failure.getReason() != null -> failure.getReason();
      default -> String.valueOf(e.getMessage());
    };
  }

  Optional<Path> path() {
    return path;
  }

  /** Where this process may not even look. */
  List<Path> passedOver() {
    return passedOver;
  }

  Optional<Setting<String>> text(String key) {
    return value(key)
        .map(
            node -> {
              if (!node.isString() || node.stringValue().isEmpty()) {
                throw new ConfigurationException("%s: %s is text".formatted(source(), key));
              }
              return new Setting<>(node.stringValue(), source());
            });
  }

  Optional<Setting<Long>> number(String key) {
    return value(key)
        .map(
            node -> {
              if (!node.canConvertToLong()) {
                throw new ConfigurationException("%s: %s is a number".formatted(source(), key));
              }
              return new Setting<>(node.longValue(), source());
            });
  }

  private Optional<JsonNode> value(String key) {
    return content.optional(key);
  }

  private String source() {
    return path.map(Path::toString).orElse("default");
  }
}
