package dev.tpm2token.cli.key;

import static dev.tpm2token.token.attribute.AttributeType.CKA_CLASS;
import static dev.tpm2token.token.attribute.AttributeType.CKA_ID;
import static dev.tpm2token.token.attribute.AttributeType.CKA_LABEL;
import static dev.tpm2token.token.attribute.AttributeType.CKA_PUBLIC_KEY_INFO;
import static dev.tpm2token.token.attribute.AttributeType.CKA_TOKEN;

import dev.tpm2token.cli.CommandException;
import dev.tpm2token.cli.ExitStatus;
import dev.tpm2token.cli.HexId;
import dev.tpm2token.cli.OpenToken;
import dev.tpm2token.token.attribute.Attributes;
import dev.tpm2token.token.crypto.PublicKey;
import dev.tpm2token.token.object.ObjectClass;
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
    return Optional.ofNullable(label);
  }

  /** The attributes that both halves have. */
  Attributes common(String called) {
    Attributes.Builder common = Attributes.builder().put(CKA_TOKEN, true).put(CKA_LABEL, called);
    if (id != null) {
      common.put(
          CKA_ID,
          HexId.parse(id).orElseThrow(() -> new CommandException(ExitStatus.USAGE, HexId.WRONG)));
    }
    return common.build();
  }

  /** Refuses a key that the token has. */
  static void checkNew(OpenToken token, PublicKey key) {
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
              .formatted(
                  token.info().label(), dev.tpm2token.cli.ObjectReport.of(token, same[0]).label()));
    }
  }
}
