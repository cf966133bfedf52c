package dev.tpm2token.cli;

import static dev.tpm2token.token.attribute.AttributeType.CKA_CERTIFICATE_TYPE;
import static dev.tpm2token.token.attribute.AttributeType.CKA_CLASS;
import static dev.tpm2token.token.attribute.AttributeType.CKA_EC_PARAMS;
import static dev.tpm2token.token.attribute.AttributeType.CKA_ID;
import static dev.tpm2token.token.attribute.AttributeType.CKA_KEY_TYPE;
import static dev.tpm2token.token.attribute.AttributeType.CKA_LABEL;
import static dev.tpm2token.token.attribute.AttributeType.CKA_MODULUS;
import static dev.tpm2token.token.attribute.AttributeType.CKA_VALUE_LEN;

import dev.tpm2token.token.crypto.Curve;
import dev.tpm2token.token.object.KeyType;
import dev.tpm2token.token.object.ObjectClass;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/**
 * An object of a token.
 *
 * @param kind "private key", "public key", "secret key", "certificate", "data", …
 * @param algorithm "RSA 2048", "EC P-256", "AES 256"; empty for what is no key
 * @param id CKA_ID in hex
 * @param label CKA_LABEL
 */
public record ObjectReport(String kind, String algorithm, String id, String label) implements Part {
  /** What the token says of an object. */
  public static ObjectReport of(OpenToken token, long object) {
    return new ObjectReport(
        kind(token, object),
        algorithm(token, object),
        HexFormat.of().formatHex(bytes(token, object, CKA_ID)),
        new String(bytes(token, object, CKA_LABEL), StandardCharsets.UTF_8));
  }

  private static byte[] bytes(
      OpenToken token, long object, dev.tpm2token.token.attribute.AttributeType type) {
    return token.value(object, type).orElseGet(() -> new byte[0]);
  }

  private static String kind(OpenToken token, long object) {
    return ObjectClass.of(token.number(object, CKA_CLASS, -1))
        .map(each -> each.name().substring("CKO_".length()).replace('_', ' '))
        .map(name -> name.toLowerCase(java.util.Locale.ROOT))
        .orElse("object");
  }

  private static String algorithm(OpenToken token, long object) {
    if (token.value(object, CKA_CERTIFICATE_TYPE).isPresent()) {
      return "X.509";
    }
    return KeyType.of(token.number(object, CKA_KEY_TYPE, -1))
        .map(
            type ->
                switch (type) {
                  case CKK_RSA -> "RSA " + bytes(token, object, CKA_MODULUS).length * 8;
                  case CKK_EC ->
                      Curve.ofParameters(bytes(token, object, CKA_EC_PARAMS))
                          .map(curve -> "EC " + curve.name().replace('_', '-'))
                          .orElse("EC");
                  case CKK_AES -> "AES " + 8 * token.number(object, CKA_VALUE_LEN, 0);
                  case CKK_GENERIC_SECRET -> token.number(object, CKA_VALUE_LEN, 0) + " bytes";
                })
        .orElse("");
  }

  /** A line of a list. */
  void print(PrintWriter out) {
    out.printf("  %-12s %-10s id %-40s %s%n", kind, algorithm, id, Texts.shown(label));
  }
}
