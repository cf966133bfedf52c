package dev.tpm2token.cli.cert;

import dev.tpm2token.cli.CommandException;
import dev.tpm2token.cli.ExitStatus;
import dev.tpm2token.cli.Texts;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.asn1.ASN1IA5String;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1PrintableString;
import org.bouncycastle.asn1.ASN1String;
import org.bouncycastle.asn1.DERIA5String;
import org.bouncycastle.asn1.DERPrintableString;
import org.bouncycastle.asn1.x500.AttributeTypeAndValue;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;

/** A distinguished name as people write it: RFC 4514's way, or OpenSSL's with slashes. */
final class DistinguishedName {
  private static final String WANTED =
      "--subject wants a distinguished name, such as CN=www.example.org,O=Example or"
          + " /CN=www.example.org/O=Example";

  private DistinguishedName() {}

  /**
   * The name; empty where the text is.
   *
   * @throws CommandException where it is none
   */
  static X500Name parse(String text) {
    try {
      X500Name name = text.startsWith("/") ? ofSlashes(text.substring(1)) : new X500Name(text);
      for (RDN each : name.getRDNs()) {
        for (AttributeTypeAndValue attribute : each.getTypesAndValues()) {
          check(attribute);
        }
      }
      return name;
    } catch (IllegalArgumentException | IllegalStateException | IndexOutOfBoundsException e) {
      throw new CommandException(
          ExitStatus.USAGE,
          "%s: %s".formatted(WANTED, Texts.shown(String.valueOf(e.getMessage()))),
          e);
    }
  }

  /** As {@code openssl req -subj} has it. */
  private static X500Name ofSlashes(String text) {
    X500NameBuilder name = new X500NameBuilder(BCStyle.INSTANCE);
    for (String part : split(text, '/')) {
      List<ASN1ObjectIdentifier> types = new ArrayList<>();
      List<String> values = new ArrayList<>();
      for (String attribute : split(part, '+')) {
        int equals = attribute.indexOf('=');
        if (equals < 1) {
          throw new IllegalArgumentException("no type and value in '%s'".formatted(attribute));
        }
        types.add(BCStyle.INSTANCE.attrNameToOID(attribute.substring(0, equals).strip()));
        values.add(literal(unescaped(attribute.substring(equals + 1))));
      }
      name.addMultiValuedRDN(
          types.toArray(ASN1ObjectIdentifier[]::new), values.toArray(String[]::new));
    }
    return name.build();
  }

  /** At each such character that has no backslash before it. */
  private static List<String> split(String text, char at) {
    List<String> parts = new ArrayList<>();
    int start = 0;
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) == '\\') {
        i++;
      } else if (text.charAt(i) == at) {
        parts.add(text.substring(start, i));
        start = i + 1;
      }
    }
    parts.add(text.substring(start));
    return parts;
  }

  private static String unescaped(String value) {
    return value.replaceAll("\\\\(.)", "$1");
  }

  /** A # in front would be hex for Bouncy Castle, and a backslash would be taken off. */
  private static String literal(String value) {
    return value.startsWith("#") || value.startsWith("\\") ? "\\" + value : value;
  }

  /** Bouncy Castle writes the low octet of each character where a type has ASCII alone. */
  private static void check(AttributeTypeAndValue attribute) {
    String type = BCStyle.INSTANCE.oidToDisplayName(attribute.getType());
    if (!(attribute.getValue() instanceof ASN1String string)) {
      return; // a value in hex, or a date
    }
    String value = string.getString();
    boolean fits =
        switch (attribute.getValue()) {
          case ASN1IA5String _ -> DERIA5String.isIA5String(value);
          case ASN1PrintableString _ -> DERPrintableString.isPrintableString(value);
          default -> true;
        };
    if (!fits) {
      throw new IllegalArgumentException(
          "'%s' has letters that %s cannot have".formatted(value, type));
    }
    if (value.isEmpty()) {
      throw new IllegalArgumentException(type + " is empty");
    }
  }
}
