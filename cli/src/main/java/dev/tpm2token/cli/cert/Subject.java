package dev.tpm2token.cli.cert;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Whom a certificate is for, by what names, and what for; a mixin. */
final class Subject {
  @Option(
      names = "--subject",
      required = true,
      paramLabel = "DN",
      description = "The distinguished name, as in CN=www.example.org,O=Example.")
  private String name = "";

  @Mixin private AlternativeNames alternatives = new AlternativeNames();

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
   * The name; empty where an empty one was given.
   *
   * @throws dev.tpm2token.cli.CommandException where it is none
   */
  X500Name name() {
    return DistinguishedName.parse(name);
  }

  /** subjectAltName and the key usages of a key, as far as any were given. */
  Optional<Extensions> extensions(SubjectPublicKeyInfo key) throws IOException {
    List<Extension> extensions = new ArrayList<>();
    List<GeneralName> names = alternatives.all();
    if (!names.isEmpty()) {
      boolean isAllThereIs = name().getRDNs().length == 0; // RFC 5280, 4.2.1.6
      extensions.add(
          Extension.create(
              Extension.subjectAlternativeName,
              isAllThereIs,
              new GeneralNames(names.toArray(new GeneralName[0]))));
    }
    if (!purposes.isEmpty()) {
      extensions.add(Extension.create(Extension.keyUsage, true, new KeyUsage(usage(key))));
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

  /**
   * What goes with the purposes (RFC 5280, 4.2.1.12): others encrypt a key for servers of old and
   * for mail, which an RSA key decrypts; a key on a curve can do no such thing (RFC 8813, 3), but
   * agree on one for mail.
   */
  private int usage(SubjectPublicKeyInfo key) {
    boolean isRsa = key.getAlgorithm().getAlgorithm().equals(PKCSObjectIdentifiers.rsaEncryption);
    Set<Purpose> wanted = Set.copyOf(purposes);
    int usage = KeyUsage.digitalSignature;
    if (isRsa && (wanted.contains(Purpose.server) || wanted.contains(Purpose.email))) {
      usage |= KeyUsage.keyEncipherment;
    }
    if (!isRsa && wanted.contains(Purpose.email)) {
      usage |= KeyUsage.keyAgreement;
    }
    return usage;
  }
}
