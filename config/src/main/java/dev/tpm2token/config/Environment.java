package dev.tpm2token.config;

import java.util.Map;
import java.util.Optional;

/**
 * What surrounds the process. In a set-uid program the variables are the caller's, who must not
 * choose for the program, so there are none.
 */
public final class Environment {
  private final Map<String, String> variables;

  private Environment(Map<String, String> variables) {
    this.variables = variables;
  }

  /**
   * This process's environment.
   *
   * @param secure whether the program runs with rights that its caller lacks (getauxval(3),
   *     AT_SECURE)
   */
  public static Environment ofProcess(boolean secure) {
    return new Environment(secure ? Map.of() : System.getenv());
  }

  /** An environment of these variables. */
  public static Environment of(Map<String, String> variables) {
    return new Environment(Map.copyOf(variables));
  }

  /** A variable; an empty one counts as absent. */
  public Optional<String> get(String name) {
    return Optional.ofNullable(variables.get(name)).filter(value -> !value.isEmpty());
  }
}
