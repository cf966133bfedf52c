package dev.tpm2token.cli.cert;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import picocli.CommandLine.Option;

/** Whom a certificate is for, by what names, and what for; a mixin. */
final class Subject {
  @Option(
      names = "--subject",
      required = true,
      paramLabel = "DN",
      description = "The distinguished name, as in CN=www.example.org,O=Example.")
  private String name = "";

  @Option(names = "--dns", paramLabel = "NAME", description = "A DNS name it has besides.")
  private List<String> dns = new ArrayList<>();

  @Option(names = "--ip", paramLabel = "ADDRESS", description = "An IP address.")
  private List<String> ip = new ArrayList<>();

  @Option(names = "--email", paramLabel = "ADDRESS", description = "An e-mail address.")
  private List<String> email = new ArrayList<>();

  @Option(names = "--uri", paramLabel = "URI", description = "A URI.")
  private List<String> uri = new ArrayList<>();

  @Option(
      names = "--for",
      paramLabel = "PURPOSE",
      description = "client, server, email or code: the extended key usages.")
  private List<Purpose> purposes = new ArrayList<>();

  /** What a certificate is used for (RFC 5280, 4.2.1.12). */
  enum Purpose {
    client(KeyPurposeId.id_kp_clientAuth),
    server(KeyPurposeId.id_kp_serverAuth),
    email(KeyPurposeId.id_kp_emailProtection),
    code(KeyPurposeId.id_kp_codeSigning);

    @SuppressWarnings("ImmutableEnumChecker") // Bouncy Castle's identifiers do not change
    private final KeyPurposeId id;

    Purpose(KeyPurposeId id) {
      this.id = id;
    }
  }

  /**
   * The name.
   *
   * @throws IllegalArgumentException where it is none
   */
  X500Name name() {
    return new X500Name(name);
  }

  /** subjectAltName and the key usages, as far as any were given. */
  Optional<Extensions> extensions() throws IOException {
    List<Extension> extensions = new ArrayList<>();
    List<GeneralName> names = alternatives();
    if (!names.isEmpty()) {
      extensions.add(
          Extension.create(
              Extension.subjectAlternativeName,
              false,
              new GeneralNames(names.toArray(new GeneralName[0]))));
    }
    if (!purposes.isEmpty()) {
      extensions.add(
          Extension.create(
              Extension.keyUsage,
              true,
              new KeyUsage(KeyUsage.digitalSignature | KeyUsage.keyEncipherment)));
      extensions.add(
          Extension.create(
              Extension.extendedKeyUsage,
              false,
              new ExtendedKeyUsage(
                  purposes.stream().map(each -> each.id).toArray(KeyPurposeId[]::new))));
    }
    return extensions.isEmpty()
        ? Optional.empty()
        : Optional.of(new Extensions(extensions.toArray(new Extension[0])));
  }

  private List<GeneralName> alternatives() {
    List<GeneralName> names = new ArrayList<>();
    dns.forEach(each -> names.add(new GeneralName(GeneralName.dNSName, each)));
    ip.forEach(each -> names.add(new GeneralName(GeneralName.iPAddress, each)));
    email.forEach(each -> names.add(new GeneralName(GeneralName.rfc822Name, each)));
    uri.forEach(each -> names.add(new GeneralName(GeneralName.uniformResourceIdentifier, each)));
    return names;
  }
}
