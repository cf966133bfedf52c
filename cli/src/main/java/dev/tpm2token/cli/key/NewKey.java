package dev.tpm2token.cli.key;

import static dev.tpm2token.token.attribute.AttributeType.CKA_CLASS;
import static dev.tpm2token.token.attribute.AttributeType.CKA_ID;
import static dev.tpm2token.token.attribute.AttributeType.CKA_LABEL;
import static dev.tpm2token.token.attribute.AttributeType.CKA_PUBLIC_KEY_INFO;
import static dev.tpm2token.token.attribute.AttributeType.CKA_TOKEN;

import dev.tpm2token.cli.CommandException;
import dev.tpm2token.cli.ExitStatus;
import dev.tpm2token.cli.HexId;
import dev.tpm2token.cli.NewLabel;
import dev.tpm2token.cli.ObjectReport;
import dev.tpm2token.cli.OpenToken;
import dev.tpm2token.cli.Texts;
import dev.tpm2token.token.attribute.Attributes;
import dev.tpm2token.token.crypto.PublicKey;
import dev.tpm2token.token.object.ObjectClass;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What a key is to be called; a mixin. */
final class NewKey {
  @Option(names = "--label", paramLabel = "LABEL", description = "What the key is called.")
  private @Nullable String label;

  @Option(
      names = "--id",
      paramLabel = "HEX",
      description = "CKA_ID; without it, the SHA-1 of the public key, as NSS has it.")
  private @Nullable String id;

  Optional<String> label() {
    return Optional.ofNullable(label).map(NewLabel::checked);
  }

  /** The attributes that both halves have. */
  Attributes common(String called) {
    Attributes.Builder common = Attributes.builder().put(CKA_TOKEN, true).put(CKA_LABEL, called);
    id().ifPresent(octets -> common.put(CKA_ID, octets));
    return common.build();
  }

  private Optional<byte[]> id() {
    return Optional.ofNullable(id)
        .map(
            hex ->
                HexId.parse(hex)
                    .orElseThrow(() -> new CommandException(ExitStatus.USAGE, HexId.WRONG)));
  }

  /**
   * Refuses an id that another key of the token has: by it programs find the halves of a key, and
   * its certificates.
   *
   * @param own the key that it is for, where that is known: its other half may be there
   */
  void checkId(OpenToken token, Optional<PublicKey> own) {
    Optional<byte[]> same = own.map(PublicKey::subjectPublicKeyInfo);
    for (ObjectClass half : List.of(ObjectClass.CKO_PRIVATE_KEY, ObjectClass.CKO_PUBLIC_KEY)) {
      id()
          .map(octets -> Attributes.builder().put(CKA_CLASS, half.code()).put(CKA_ID, octets))
          .map(wanted -> token.find(wanted.build()))
          .stream()
          .flatMapToLong(Arrays::stream)
          .filter(other -> !isOf(token, other, same))
          .findFirst()
          .ifPresent(
              other -> {
                throw new CommandException(
                    ExitStatus.REFUSED,
                    "the key %s of %s has the id %s: choose another, or leave --id out"
                        .formatted(label(token, other), Texts.shown(token.info().label()), id));
              });
    }
  }

  private static boolean isOf(OpenToken token, long object, Optional<byte[]> publicKey) {
    return publicKey.isPresent()
        && Arrays.equals(
            publicKey.get(), token.value(object, CKA_PUBLIC_KEY_INFO).orElse(new byte[0]));
  }

  private static String label(OpenToken token, long key) {
    return Texts.shown(ObjectReport.of(token, key).label());
  }

  /** Refuses a key that the token has, and an id that another one has. */
  void checkNew(OpenToken token, PublicKey key) {
    long[] same =
        token.find(
            Attributes.builder()
                .put(CKA_CLASS, ObjectClass.CKO_PRIVATE_KEY.code())
                .put(CKA_PUBLIC_KEY_INFO, key.subjectPublicKeyInfo())
                .build());
    if (same.length > 0) {
      throw new CommandException(
          ExitStatus.REFUSED,
          "that key is in %s already: %s"
              .formatted(Texts.shown(token.info().label()), label(token, same[0])));
    }
    checkId(token, Optional.of(key));
  }
}
