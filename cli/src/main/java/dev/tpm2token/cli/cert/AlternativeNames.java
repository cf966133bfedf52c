package dev.tpm2token.cli.cert;

import dev.tpm2token.cli.CommandException;
import dev.tpm2token.cli.ExitStatus;
import dev.tpm2token.cli.Texts;
import java.net.IDN;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.util.IPAddress;
import picocli.CommandLine.Option;

/**
 * By what names besides its subject somebody is known (RFC 5280, 4.2.1.6); a mixin. All of them are
 * ASCII: a DNS name of other letters becomes the one that is looked up (RFC 5280, 7.2).
 */
final class AlternativeNames {
  private static final Pattern DNS_LABEL =
      Pattern.compile("[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?");

  /** RFC 1034, 3.1, without the root. */
  private static final int LONGEST_DNS_NAME = 253;

  private static final Pattern LOCAL_PART = Pattern.compile("[\\w!#$%&'*+/=?^`{|}~.-]+");

  /** IDNA of 2003, which Java has, makes other names of these than today's does. */
  private static final Pattern DEVIATIONS = Pattern.compile("[\u00df\u1e9e\u03c2\u200c\u200d]");

  @Option(names = "--dns", paramLabel = "NAME", description = "A DNS name it has besides.")
  private List<String> dns = new ArrayList<>();

  @Option(names = "--ip", paramLabel = "ADDRESS", description = "An IP address.")
  private List<String> ip = new ArrayList<>();

  @Option(names = "--email", paramLabel = "ADDRESS", description = "An e-mail address.")
  private List<String> email = new ArrayList<>();

  @Option(names = "--uri", paramLabel = "URI", description = "A URI.")
  private List<String> uri = new ArrayList<>();

  /**
   * All that were given.
   *
   * @throws CommandException where one is none
   */
  List<GeneralName> all() {
    List<GeneralName> names = new ArrayList<>();
    dns.forEach(each -> names.add(new GeneralName(GeneralName.dNSName, dnsName(each))));
    ip.forEach(each -> names.add(new GeneralName(GeneralName.iPAddress, address(each))));
    email.forEach(each -> names.add(new GeneralName(GeneralName.rfc822Name, mailbox(each))));
    uri.forEach(
        each -> names.add(new GeneralName(GeneralName.uniformResourceIdentifier, uri(each))));
    return names;
  }

  private static String dnsName(String given) {
    String wildcard = given.startsWith("*.") ? "*." : "";
    return wildcard + host(given.substring(wildcard.length()), "--dns", given);
  }

  private static String host(String host, String option, String given) {
    if (DEVIATIONS.matcher(host).find()) {
      throw wrong(option, given, "give its form in ASCII, xn--…");
    }
    String ascii;
    try {
      ascii = isAscii(host) ? host : IDN.toASCII(host);
    } catch (IllegalArgumentException e) {
      throw wrong(option, given, "it has letters that DNS cannot have");
    }
    String[] labels = ascii.split("\\.", -1);
    for (String label : labels) {
      if (!DNS_LABEL.matcher(label).matches()) {
        throw wrong(option, given, "www.example.org is a DNS name");
      }
    }
    if (ascii.length() > LONGEST_DNS_NAME) {
      throw wrong(option, given, "it is too long");
    }
    if (labels[labels.length - 1].matches("[0-9]+")) {
      throw wrong(option, given, "an address goes to --ip");
    }
    return ascii;
  }

  private static String mailbox(String given) {
    int at = given.lastIndexOf('@');
    if (at < 1 || !LOCAL_PART.matcher(given.substring(0, at)).matches()) {
      throw wrong(
          "--email", given, "somebody@example.org is an address, in ASCII but for the domain");
    }
    return given.substring(0, at + 1) + host(given.substring(at + 1), "--email", given);
  }

  private static String address(String given) {
    if (!IPAddress.isValid(given)) {
      throw wrong("--ip", given, "192.0.2.1 and 2001:db8::1 are addresses");
    }
    return given;
  }

  private static String uri(String given) {
    try {
      if (isAscii(given) && new URI(given).isAbsolute()) {
        return given;
      }
    } catch (URISyntaxException e) {
      throw wrong("--uri", given, String.valueOf(e.getReason()));
    }
    throw wrong("--uri", given, "https://example.org/ is a URI: whole, and in ASCII");
  }

  private static boolean isAscii(String text) {
    return text.chars().allMatch(letter -> letter < 0x80);
  }

  private static CommandException wrong(String option, String given, String why) {
    return new CommandException(
        ExitStatus.USAGE, "%s cannot be '%s': %s".formatted(option, Texts.shown(given), why));
  }
}
