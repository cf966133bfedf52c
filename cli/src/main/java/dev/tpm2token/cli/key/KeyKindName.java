package dev.tpm2token.cli.key;

import static dev.tpm2token.token.attribute.AttributeType.CKA_DECRYPT;
import static dev.tpm2token.token.attribute.AttributeType.CKA_DERIVE;
import static dev.tpm2token.token.attribute.AttributeType.CKA_EC_PARAMS;
import static dev.tpm2token.token.attribute.AttributeType.CKA_ENCRYPT;
import static dev.tpm2token.token.attribute.AttributeType.CKA_MODULUS_BITS;
import static dev.tpm2token.token.attribute.AttributeType.CKA_SIGN;
import static dev.tpm2token.token.attribute.AttributeType.CKA_VERIFY;

import dev.tpm2token.token.attribute.AttributeType;
import dev.tpm2token.token.attribute.Attributes;
import dev.tpm2token.token.crypto.Curve;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** A kind of key pair as people write it: {@code rsa:2048}, {@code ec:p256}. */
sealed interface KeyKindName {
  /** Of so many bits. */
  record Rsa(int bits) implements KeyKindName {}

  /** On a curve. */
  record Ec(Curve curve) implements KeyKindName {}

  /** CKM_RSA_PKCS_KEY_PAIR_GEN or CKM_EC_KEY_PAIR_GEN. */
  default long mechanism() {
    return switch (this) {
      case Rsa rsa -> 0x0000;
      case Ec ec -> 0x1040;
    };
  }

  /** What the public half is asked to be, and may be used for. */
  default Attributes publicKey(Attributes common) {
    Attributes.Builder key = common.toBuilder().put(CKA_VERIFY, true);
    return (switch (this) {
          case Rsa(int bits) -> key.put(CKA_MODULUS_BITS, bits).put(CKA_ENCRYPT, true);
          case Ec(Curve curve) -> key.put(CKA_EC_PARAMS, curve.parameters());
        })
        .build();
  }

  /** What the private half may be used for: all that keys of its kind can do. */
  default Attributes privateKey(Attributes common) {
    AttributeType besides = this instanceof Rsa ? CKA_DECRYPT : CKA_DERIVE;
    return common.toBuilder().put(CKA_SIGN, true).put(besides, true).build();
  }

  /** The kind of this name, if there is one. */
  static Optional<KeyKindName> parse(String text) {
    String[] words = text.toLowerCase(Locale.ROOT).split(":", -1);
    if (words.length != 2) {
      return Optional.empty();
    }
    return switch (words[0]) {
      case "rsa" ->
          words[1].matches("[0-9]{4}")
              ? Optional.of(new Rsa(Integer.parseInt(words[1])))
              : Optional.empty();
      case "ec" ->
          Arrays.stream(Curve.values())
              .filter(curve -> name(curve).equals(words[1]))
              .findFirst()
              .map(Ec::new);
      default -> Optional.empty();
    };
  }

  private static String name(Curve curve) {
    return curve.name().toLowerCase(Locale.ROOT).replace("_", "");
  }

  /** What to say of a name that is none. */
  static String wrong(String text) {
    return "%s is no type of key: rsa:2048, %s"
        .formatted(
            text,
            Arrays.stream(Curve.values())
                .map(curve -> "ec:" + name(curve))
                .collect(Collectors.joining(", ")));
  }
}
