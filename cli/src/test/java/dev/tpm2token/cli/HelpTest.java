package dev.tpm2token.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.UsageMessageSpec;

/** What the command says of itself: its help, of which the manual is made, and its completion. */
class HelpTest {
  /** Every verb, by the words that call it. */
  static Stream<String> verbs() {
    List<String> verbs = new ArrayList<>();
    collect(ManPages.command(), "", verbs);
    return verbs.stream();
  }

  private static void collect(CommandLine command, String path, List<String> verbs) {
    command
        .getSubcommands()
        .forEach(
            (name, each) -> {
              if (each.getSubcommands().isEmpty()) {
                verbs.add((path + " " + name).strip());
              }
              collect(each, path + " " + name, verbs);
            });
  }

  private static UsageMessageSpec help(String verb) {
    return ManPages.verb(verb).getCommandSpec().usageMessage();
  }

  @ParameterizedTest
  @MethodSource("verbs")
  void eachVerbSaysWhatItDoesAndGivesAnExample(String verb) {
    String[] description = help(verb).description();
    assertTrue(description[0].endsWith("."), "a sentence, the manual's first: " + description[0]);
    String[] examples = help(verb).footer();
    assertTrue(examples.length > 0, "no example");
    for (String example : examples) {
      assertTrue(example.startsWith("  ") && example.contains("tpm2-token " + verb), example);
    }
  }

  /** The examples are good command lines, as far as the parser is concerned. */
  @ParameterizedTest
  @MethodSource("verbs")
  void theExamplesParse(String verb) {
    for (String example : help(verb).footer()) {
      String words = example.strip().replaceFirst("^source <\\(", "").replaceFirst("\\)$", "");
      List<String> line = new ArrayList<>();
      for (String word : words.split("\\s+(?=(?:[^']*'[^']*')*[^']*$)", -1)) {
        if (word.equals("|") || word.equals("#") || word.startsWith(">")) {
          break;
        }
        line.add(word.replace("'", ""));
      }
      ManPages.command().parseArgs(line.subList(1, line.size()).toArray(String[]::new));
    }
  }

  @Test
  void bashCompletesVerbsAndFiles() throws Exception {
    try (CommandRun command = new CommandRun()) {
      command.write("completion", command.run("completion bash").ok().out());
      assertEquals("import", completed(command, "tpm2-token key i"));
      assertEquals("so-pin", completed(command, "tpm2-token pin set --so-pin-file so"));
      assertEquals("so-pin", completed(command, "tpm2-token cert import so"));
      command.run("completion fish").fails(ExitStatus.USAGE);
      command.run("completion").fails(ExitStatus.USAGE);
      command.run("completion zsh").ok().says("bashcompinit");
    }
  }

  /** What the tabulator key offers at the end of a line. */
  private static String completed(CommandRun command, String line) {
    command.shell(
        """
        set +eu
        compopt() { :; }
        source completion
        COMP_LINE='%s'
        COMP_WORDS=($COMP_LINE) COMP_POINT=${#COMP_LINE}
        COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
        _complete_tpm2-token
        echo "${COMPREPLY[@]}" >reply
        """
            .formatted(line));
    return command.read("reply").strip();
  }
}
