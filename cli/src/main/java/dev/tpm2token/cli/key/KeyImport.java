package dev.tpm2token.cli.key;

import dev.tpm2token.cli.CommandException;
import dev.tpm2token.cli.ExitStatus;
import dev.tpm2token.cli.HandleConverter;
import dev.tpm2token.cli.ObjectReport;
import dev.tpm2token.cli.OpenToken;
import dev.tpm2token.cli.Report;
import dev.tpm2token.cli.Texts;
import dev.tpm2token.cli.TokenVerb;
import dev.tpm2token.cli.cert.CertificateBatch;
import dev.tpm2token.cli.cert.CertificateObject;
import dev.tpm2token.cli.cert.CertificateReport;
import dev.tpm2token.cli.keyfile.KeyFile;
import dev.tpm2token.cli.keyfile.Passphrase;
import dev.tpm2token.token.CryptokiException;
import dev.tpm2token.token.ForeignKeys;
import dev.tpm2token.token.ReturnValue;
import dev.tpm2token.token.attribute.Template;
import dev.tpm2token.token.crypto.PrivateKeys;
import dev.tpm2token.token.device.PrivateKeyMaterial;
import dev.tpm2token.token.device.PublicAreas;
import dev.tpm2token.token.keyfile.TpmKeyFile;
import dev.tpm2token.tpm.TpmRc;
import dev.tpm2token.tpm.TpmResponseException;
import dev.tpm2token.tpm.command.TpmCc;
import dev.tpm2token.tpm.structure.TpmHandle;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code tpm2-token key import}: a key from elsewhere becomes one of the token. */
@Command(
    name = "import",
    description = {
      "Brings a private key from elsewhere into a token.",
      "Its public key comes with it, and the certificates that are in the file. The file may be"
          + " OpenSSH's own, PKCS#8, PKCS#1, SEC1 or PKCS#12, encrypted or not: the key is wrapped"
          + " to the TPM's storage key, and the file holds it still. A TPM 2.0 key file (TSS2"
          + " PRIVATE KEY) or a key that the TPM keeps (--handle) is used as it is, not copied."
    },
    footer = {
      "  tpm2-token key import --token laptop --label ssh ~/.ssh/id_rsa",
      "  tpm2-token key import --token laptop --label old --handle 0x81000002"
    })
public final class KeyImport extends TokenVerb {
  @Parameters(
      arity = "0..1",
      paramLabel = "FILE",
      description = "The file with the key; - is standard input.")
  private @Nullable String file;

  @Mixin private NewKey called = new NewKey();
  @Mixin private KeyFileChoice choice = new KeyFileChoice();

  @Option(
      names = "--handle",
      paramLabel = "HANDLE",
      converter = HandleConverter.class,
      description = "Instead of a file: the persistent handle of a key that the TPM keeps.")
  private @Nullable TpmHandle handle;

  /**
   * What is in the token now.
   *
   * @param token the token's label
   * @param key its private half
   * @param certificates those of the file that the token had not
   */
  record Imported(String token, ObjectReport key, List<CertificateReport> certificates)
      implements Report {
    @Override
    public void print(PrintWriter out) {
      out.printf(
          "imported key %s into %s: %s, id %s%n",
          Texts.shown(key.label()), Texts.shown(token), key.algorithm(), key.id());
      certificates.forEach(each -> each.print(out));
    }
  }

  @Override
  protected Report run() {
    if ((file == null) == (handle == null)) {
      throw usage("either FILE or --handle says which key");
    }
    String what = file != null ? file : String.valueOf(handle);
    try (Passphrase passphrase = choice.passphrase(secrets(), what)) {
      return file != null ? fromFile(file, passphrase) : linkKept(passphrase);
    } catch (CryptokiException | TpmResponseException e) {
      throw explained(what, e);
    }
  }

  private Report fromFile(String name, Passphrase passphrase) {
    try (KeyFile key = KeyFileChoice.read(surroundings(), name, passphrase);
        OpenToken token = login()) {
      return switch (key) {
        case KeyFile.Software software -> copy(token, software);
        case KeyFile.OfTpm(TpmKeyFile tpmKey) -> link(token, tpmKey, passphrase);
      };
    }
  }

  private Report copy(OpenToken token, KeyFile.Software key) {
    List<CertificateObject> certificates = certificates(key);
    try (PrivateKeyMaterial material = PrivateKeys.ofPkcs8(key.privateKeyInfo())) {
      called.checkNew(token, material.publicKey());
    }
    Template template = template(key.name());
    long[] made =
        progress(
            "the TPM takes the key",
            () ->
                token.session().foreignKeys().importKey(key.privateKeyInfo(), template, template));
    return report(
        token,
        made,
        CertificateBatch.put(token, certificates, Optional.empty(), Optional.empty()).made());
  }

  private List<CertificateObject> certificates(KeyFile.Software key) {
    try {
      return key.certificates().stream().map(CertificateObject::new).toList();
    } catch (IllegalArgumentException e) {
      throw new CommandException(
          ExitStatus.FAILED, file + ": a certificate in it is damaged; nothing was imported", e);
    }
  }

  private Report link(OpenToken token, TpmKeyFile key, Passphrase passphrase) {
    if (key.type() == TpmKeyFile.Type.SEALED) {
      throw new CommandException(ExitStatus.FAILED, file + " holds sealed data, and no key");
    }
    called.checkNew(token, PublicAreas.publicKey(key.publicArea()));
    Template template = template("");
    ForeignKeys keys = token.session().foreignKeys();
    return report(
        token,
        key.emptyAuth()
            ? keys.link(key, new byte[0], template, template)
            : passphrase.get().use(auth -> keys.link(key, auth, template, template)),
        List.of());
  }

  /** A key that the TPM keeps: where nobody names its password, the empty one is tried first. */
  private Report linkKept(Passphrase passphrase) {
    TpmHandle kept = Objects.requireNonNull(handle);
    try (OpenToken token = login()) {
      ForeignKeys keys = token.session().foreignKeys();
      called.checkNew(token, keys.publicKey(kept));
      Template template = template("");
      Optional<long[]> made =
          choice.isGiven() ? Optional.empty() : linkWithoutPassword(keys, kept, template);
      return report(
          token,
          made.orElseGet(
              () -> passphrase.get().use(auth -> keys.link(kept, auth, template, template))),
          List.of());
    }
  }

  private static Optional<long[]> linkWithoutPassword(
      ForeignKeys keys, TpmHandle kept, Template template) {
    try {
      return Optional.of(keys.link(kept, new byte[0], template, template));
    } catch (CryptokiException e) {
      if (e.returnValue() != ReturnValue.CKR_PIN_INCORRECT) {
        throw e;
      }
      return Optional.empty();
    }
  }

  private static Report report(OpenToken token, long[] made, List<CertificateReport> certificates) {
    return new Imported(token.info().label(), ObjectReport.of(token, made[1]), certificates);
  }

  /** Its label is the one that was given, or that the file has, or the file's name. */
  private Template template(String named) {
    String fallback = !named.isEmpty() || file == null ? named : baseName(file);
    String label = called.label().orElse(fallback);
    if (label.isBlank()) {
      throw usage("--label is wanted");
    }
    return Template.of(called.common(label));
  }

  private static String baseName(String file) {
    Path name = Path.of(file).getFileName();
    return file.equals("-") || name == null ? "" : name.toString().replaceFirst("\\.[^.]*$", "");
  }

  /** What a TPM's refusal means here. */
  private static RuntimeException explained(String what, RuntimeException e) {
    if (e instanceof CryptokiException c && c.returnValue() == ReturnValue.CKR_PIN_INCORRECT) {
      return new CommandException(
          ExitStatus.PIN, "that is not the password of the key in " + what, e);
    }
    if (e instanceof CryptokiException c
        && (c.returnValue() == ReturnValue.CKR_KEY_SIZE_RANGE
            || c.returnValue() == ReturnValue.CKR_CURVE_NOT_SUPPORTED)) {
      return new CommandException(
          ExitStatus.FAILED, "the key in %s is of %s".formatted(what, c.getMessage()), e);
    }
    if (e instanceof TpmResponseException t) {
      if (t.command() == TpmCc.Import || t.command() == TpmCc.Load) {
        return new CommandException(
            ExitStatus.TPM,
            "%s is not for this TPM, or for another storage key of it (%s)"
                .formatted(what, t.getMessage()),
            e);
      }
      if (t.is(TpmRc.HANDLE)) {
        return new CommandException(
            ExitStatus.NOT_FOUND,
            "the TPM has no such key: primary list shows those that it keeps (%s)"
                .formatted(t.getMessage()),
            e);
      }
    }
    return e;
  }
}
