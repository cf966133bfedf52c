package dev.tpm2token.cli;

import static dev.tpm2token.token.attribute.AttributeType.CKA_CLASS;
import static dev.tpm2token.token.attribute.AttributeType.CKA_ID;
import static dev.tpm2token.token.attribute.AttributeType.CKA_LABEL;

import dev.tpm2token.token.attribute.Attributes;
import dev.tpm2token.token.object.ObjectClass;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which object of a token is meant; a mixin. */
public final class ObjectChoice {
  @Option(names = "--label", paramLabel = "LABEL", description = "The one of this label.")
  private @Nullable String label;

  @Option(names = "--id", paramLabel = "HEX", description = "The one of this id.")
  private @Nullable String id;

  /** Those of a class that are meant; all of them where nothing was said. */
  public long[] all(OpenToken token, ObjectClass objectClass) {
    Attributes.Builder wanted = Attributes.builder().put(CKA_CLASS, objectClass.code());
    if (label != null) {
      wanted.put(CKA_LABEL, label);
    }
    if (id != null) {
      wanted.put(
          CKA_ID,
          HexId.parse(id).orElseThrow(() -> new CommandException(ExitStatus.USAGE, HexId.WRONG)));
    }
    return token.find(wanted.build());
  }

  /**
   * The one that is meant.
   *
   * @throws CommandException where there is none, or there are several
   */
  public long one(OpenToken token, ObjectClass objectClass) {
    long[] found = all(token, objectClass);
    if (found.length == 1) {
      return found[0];
    }
    String kind =
        objectClass.name().substring("CKO_".length()).replace('_', ' ').toLowerCase(Locale.ROOT);
    throw new CommandException(
        ExitStatus.NOT_FOUND,
        found.length == 0
            ? "there is no such %s in %s".formatted(kind, token.info().label())
            : "there are %d such %ss in %s: say which by --label or --id"
                .formatted(found.length, kind, token.info().label()));
  }
}
