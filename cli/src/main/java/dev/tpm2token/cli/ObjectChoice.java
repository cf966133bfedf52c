package dev.tpm2token.cli;

import static dev.tpm2token.token.attribute.AttributeType.CKA_CLASS;
import static dev.tpm2token.token.attribute.AttributeType.CKA_ID;
import static dev.tpm2token.token.attribute.AttributeType.CKA_LABEL;
import static dev.tpm2token.token.attribute.AttributeType.CKA_UNIQUE_ID;

import dev.tpm2token.token.attribute.Attributes;
import dev.tpm2token.token.object.ObjectClass;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which object of a token is meant; a mixin. */
public class ObjectChoice {
  @Option(names = "--label", paramLabel = "LABEL", description = "The one of this label.")
  private @Nullable String label;

  @Option(names = "--id", paramLabel = "HEX", description = "The one of this id.")
  private @Nullable String id;

  @Option(
      names = "--unique-id",
      paramLabel = "HEX",
      description = "The one of this CKA_UNIQUE_ID, which no two objects share.")
  private @Nullable String uniqueId;

  /** What no two objects of a token share. */
  public static String uniqueId(OpenToken token, long object) {
    return new String(
        token.value(object, CKA_UNIQUE_ID).orElse(new byte[0]), StandardCharsets.UTF_8);
  }

  /** Whether anything was said of which is meant. */
  protected boolean isGiven() {
    return label != null || id != null || uniqueId != null;
  }

  /** The options that say it. */
  protected String options() {
    return "--label, --id or --unique-id";
  }

  /** What tells an object from others of its class, in a line. */
  protected String line(OpenToken token, long object) {
    ObjectReport report = ObjectReport.of(token, object);
    return "%s  %s, id %s, unique id %s"
        .formatted(
            Texts.shown(report.label()), report.algorithm(), report.id(), uniqueId(token, object));
  }

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
    if (uniqueId != null) {
      wanted.put(CKA_UNIQUE_ID, uniqueId.toLowerCase(Locale.ROOT));
    }
    return token.find(wanted.build());
  }

  /**
   * As above, where something was said for what there is.
   *
   * @throws CommandException where there is none of what was asked for
   */
  public long[] asked(OpenToken token, ObjectClass objectClass) {
    long[] found = all(token, objectClass);
    if (found.length == 0 && isGiven()) {
      throw none(token, objectClass);
    }
    return found;
  }

  /**
   * Those that are meant, one at least.
   *
   * @throws CommandException where there is none
   */
  public long[] some(OpenToken token, ObjectClass objectClass) {
    long[] found = all(token, objectClass);
    if (found.length == 0) {
      throw none(token, objectClass);
    }
    return found;
  }

  /**
   * The one that is meant.
   *
   * @throws CommandException where there is none, or there are several: then it lists them
   */
  public long one(OpenToken token, ObjectClass objectClass) {
    long[] found = some(token, objectClass);
    if (found.length == 1) {
      return found[0];
    }
    throw new CommandException(
        ExitStatus.NOT_FOUND,
        Arrays.stream(found)
            .mapToObj(object -> "\n  " + line(token, object))
            .collect(
                Collectors.joining(
                    "",
                    "there are %d such %ss in %s: say which by %s:"
                        .formatted(
                            found.length,
                            kind(objectClass),
                            Texts.shown(token.info().label()),
                            options()),
                    "")));
  }

  private static CommandException none(OpenToken token, ObjectClass objectClass) {
    return new CommandException(
        ExitStatus.NOT_FOUND,
        "there is no such %s in %s"
            .formatted(kind(objectClass), Texts.shown(token.info().label())));
  }

  private static String kind(ObjectClass objectClass) {
    return objectClass.name().substring("CKO_".length()).replace('_', ' ').toLowerCase(Locale.ROOT);
  }
}
