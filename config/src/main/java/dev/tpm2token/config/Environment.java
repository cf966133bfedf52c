package dev.tpm2token.config;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What surrounds the process. In a set-uid program the variables are the caller's, who must not
 * choose for the program, so there are none.
 */
public final class Environment {
  private final Map<String, String> variables;
  private final boolean secure;

  private Environment(Map<String, String> variables, boolean secure) {
    this.variables = variables;
    this.secure = secure;
  }

  /**
   * This process's environment.
   *
   * @param secure whether the program runs with rights that its caller lacks (getauxval(3),
   *     AT_SECURE)
   */
  public static Environment ofProcess(boolean secure) {
    return new Environment(secure ? Map.of() : System.getenv(), secure);
  }

  /** An environment of these variables. */
  public static Environment of(Map<String, String> variables) {
    return new Environment(Map.copyOf(variables), false);
  }

  /** A variable; an empty one counts as absent. */
  public Optional<String> get(String name) {
    return Optional.ofNullable(variables.get(name)).filter(value -> !value.isEmpty());
  }

  /**
   * Folders for what a user's running processes have in common, the best first: none is sure to be
   * there, or to be the user's own. In a set-uid program there are none: its caller could have put
   * there what it likes.
   */
  public List<Path> runtimeFolders() {
    if (secure) {
      return List.of();
    }
    Path ours = Path.of("/tmp", "tpm2-token-" + user());
    return get("XDG_RUNTIME_DIR")
        .map(Path::of)
        .filter(Path::isAbsolute)
        .filter(Files::isDirectory)
        .map(runtime -> List.of(runtime, ours))
        .orElse(List.of(ours));
  }

  private static String user() {
    return System.getProperty("user.name", "unknown").replace('/', '_');
  }
}
