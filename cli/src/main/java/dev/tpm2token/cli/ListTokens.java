package dev.tpm2token.cli;

import static dev.tpm2token.token.attribute.AttributeType.CKA_CLASS;

import dev.tpm2token.token.Cryptoki;
import dev.tpm2token.token.attribute.Attributes;
import dev.tpm2token.token.store.StoreCheck;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import picocli.CommandLine.Command;

/** {@code tpm2-token list}: tokens, and what can be seen of them without a PIN. */
@Command(
    name = "list",
    description = "Lists the tokens and the objects that can be seen without a PIN.",
    footer = {"  tpm2-token list --json | jq -r '.tokens[].token.label'"})
final class ListTokens extends Verb {
  /** A token and what is in it. */
  record Entry(TokenReport token, List<ObjectReport> objects) implements Part {}

  /**
   * All of them.
   *
   * @param store the store's folder
   * @param damaged files and folders of the store that cannot be read
   */
  record Listing(String store, List<Entry> tokens, List<String> damaged) implements Report {
    @Override
    public void print(PrintWriter out) {
      for (Entry each : tokens) {
        TokenReport token = each.token;
        out.printf(
            "%s  slot %d  serial %s  %s%n",
            Texts.shown(token.label()), token.slot(), token.serial(), words(token.pin()));
        each.objects.forEach(object -> object.print(out));
      }
      if (!damaged.isEmpty()) {
        out.printf(
            "%d damaged in %s, and not listed: tpm2-token store check says what%n",
            damaged.size(), store);
      } else if (tokens.isEmpty()) {
        out.printf("No token in %s yet. To make one:%n", store);
        out.println("  tpm2-token token init --label NAME");
      }
    }

    @Override
    public ExitStatus status() {
      return damaged.isEmpty() ? ExitStatus.DONE : ExitStatus.FAILED;
    }

    private static String words(String pin) {
      return switch (pin) {
        case "set" -> "private objects behind the PIN";
        case "none" -> "no PIN needed";
        default -> "no user PIN set yet";
      };
    }
  }

  @Override
  protected Report run() {
    List<Entry> tokens = new ArrayList<>();
    try (Cryptoki module = Setup.module(configuration())) {
      for (long slot : OpenToken.initialised(module)) {
        OpenToken token = OpenToken.of(module, slot, false);
        tokens.add(new Entry(TokenReport.of(token.info(), slot), objects(token)));
      }
    }
    Path store = configuration().store().value();
    return new Listing(store.toString(), tokens, damaged(store));
  }

  /** What a module passes over; modes that are too open hide nothing. */
  private static List<String> damaged(Path store) {
    return StoreCheck.of(store).findings().stream()
        .filter(StoreCheck.Finding::isLoss)
        .map(each -> each.file().toString())
        .toList();
  }

  private static List<ObjectReport> objects(OpenToken token) {
    return Arrays.stream(token.find(Attributes.NONE))
        .filter(object -> token.value(object, CKA_CLASS).isPresent())
        .mapToObj(object -> ObjectReport.of(token, object))
        .toList();
  }
}
