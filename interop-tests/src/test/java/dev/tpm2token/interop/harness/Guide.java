package dev.tpm2token.interop.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A page of docs/clients: what it tells a user to type, run as it is written. A section is what
 * stands beneath a heading of the first or second level; its commands are in blocks marked {@code
 * sh}, and run in one shell that stops at the first failure.
 */
public final class Guide {
  private static final Path PAGES = Path.of("../docs/clients");
  private static final Pattern HEADING = Pattern.compile("(?m)^##? (.*)$");
  private static final Pattern COMMANDS = Pattern.compile("(?ms)^```sh\n(.*?)^```$");

  private final String page;
  private final Map<String, String> sections;
  private final Set<String> run = new TreeSet<>();

  private Guide(String page, Map<String, String> sections) {
    this.page = page;
    this.sections = sections;
  }

  /** The page of this name, such as {@code openssh}. */
  static Guide of(String page) {
    try {
      return new Guide(page, sections(Files.readString(PAGES.resolve(page + ".md"))));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The commands by their section's heading; a section without commands has none to run. */
  private static Map<String, String> sections(String text) {
    Map<String, String> sections = new LinkedHashMap<>();
    Matcher commands = COMMANDS.matcher(text);
    while (commands.find()) {
      sections.merge(
          heading(text.substring(0, commands.start())), commands.group(1), String::concat);
    }
    return sections;
  }

  private static String heading(String before) {
    return HEADING.matcher(before).results().reduce((first, last) -> last).orElseThrow().group(1);
  }

  /**
   * Runs what the section beneath this heading says, in the lab's folder: {@code $M} is the module,
   * {@code $T} the token of the pages, {@code pin.txt} holds its PIN.
   */
  public Outcome run(Lab lab, String heading) {
    return run(lab, heading, Duration.ofMinutes(2));
  }

  /** As {@link #run(Lab, String)}, for commands that take longer. */
  public Outcome run(Lab lab, String heading, Duration limit) {
    // $PIN and $SO_PIN are the tests' own words, which a reader does not have.
    return lab.sh("set -eu -o pipefail; unset PIN SO_PIN\n" + commands(heading), limit);
  }

  /** What the section beneath this heading says, for whoever runs it in another way. */
  public String commands(String heading) {
    String commands = sections.get(heading);
    if (commands == null) {
      throw new AssertionError("docs/clients/%s.md has no commands at %s".formatted(page, heading));
    }
    run.add(heading);
    return commands;
  }

  /** Asserts that every command of the page was run. */
  void assertWhole() {
    Set<String> left = new TreeSet<>(sections.keySet());
    left.removeAll(run);
    if (!left.isEmpty()) {
      throw new AssertionError("docs/clients/%s.md: nobody ran %s".formatted(page, left));
    }
  }
}
