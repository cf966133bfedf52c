package dev.tpm2token.cli.key;

import dev.tpm2token.cli.CommandException;
import dev.tpm2token.cli.ExitStatus;
import dev.tpm2token.cli.HandleConverter;
import dev.tpm2token.cli.HexId;
import dev.tpm2token.cli.NewFile;
import dev.tpm2token.cli.Pem;
import dev.tpm2token.cli.Report;
import dev.tpm2token.cli.keyfile.KeyFile;
import dev.tpm2token.cli.keyfile.Passphrase;
import dev.tpm2token.cli.tpm.TpmVerb;
import dev.tpm2token.token.crypto.PrivateKeys;
import dev.tpm2token.token.crypto.Secret;
import dev.tpm2token.token.device.PrivateKeyMaterial;
import dev.tpm2token.token.device.PublicAreas;
import dev.tpm2token.token.keyfile.TpmKeyFile;
import dev.tpm2token.tpm.KeyBlob;
import dev.tpm2token.tpm.Parent;
import dev.tpm2token.tpm.Policy;
import dev.tpm2token.tpm.TpmRc;
import dev.tpm2token.tpm.TpmResponseException;
import dev.tpm2token.tpm.command.TpmCc;
import dev.tpm2token.tpm.session.Wrapped;
import dev.tpm2token.tpm.structure.ObjectAttributes;
import dev.tpm2token.tpm.structure.TpmHandle;
import dev.tpm2token.tpm.structure.TpmtPublic;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code tpm2-token key wrap}: a key becomes a file that only a TPM can open. */
@Command(
    name = "wrap",
    description = {
      "Writes a private key as a file that only a TPM can open.",
      "It is a TPM 2.0 key file (TSS2 PRIVATE KEY), which OpenSSL's tpm2 provider and engines, and"
          + " key import, take. With --for it is for another machine's TPM, of which no more than"
          + " the public storage key is wanted: srk export writes it there. Such an importable file"
          + " key import takes there, and openssl_tpm2_engine; tpm2-openssl and tpm2-tss-engine do"
          + " not. Its password is the passphrase of the file that it comes from, unless told"
          + " otherwise."
    },
    footer = {
      "  tpm2-token key wrap id_rsa id_rsa.tpm",
      "  tpm2-token key wrap --for other-srk.pub id_rsa id_rsa.tpm"
    })
public final class KeyWrap extends TpmVerb {
  private static final ObjectAttributes ATTRIBUTES =
      ObjectAttributes.of(
          ObjectAttributes.USER_WITH_AUTH, ObjectAttributes.SIGN_ENCRYPT, ObjectAttributes.DECRYPT);

  @Parameters(
      index = "0",
      paramLabel = "FILE",
      description =
          "The file with the key, of any form that key import takes; - is standard input.")
  private String file = "";

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "NEW",
      description = "The file to write; without it, it is printed.")
  private @Nullable Path written;

  @Mixin private KeyFileChoice choice = new KeyFileChoice();
  @Mixin private NewPassword password = new NewPassword();

  @Option(
      names = "--for",
      paramLabel = "SRK",
      description = "What srk export wrote on the other machine.")
  private @Nullable Path other;

  @Option(
      names = "--name",
      paramLabel = "HEX",
      description = "The Name that srk export printed there: a storage key of another is refused.")
  private @Nullable String name;

  @Option(
      names = "--parent",
      paramLabel = "HANDLE",
      converter = HandleConverter.class,
      description = "Where the storage key is; what the configuration says without this.")
  private @Nullable TpmHandle parent;

  /**
   * The file.
   *
   * @param file its name; empty where it is printed
   * @param parent the handle at which the storage key that opens it is looked for
   * @param name the Name of that storage key, in hex
   * @param importable whether it is for a TPM that has not seen it yet
   * @param pem its text, where it is printed; else empty
   */
  record Written(String file, String parent, String name, boolean importable, String pem)
      implements Report {
    @Override
    public void print(PrintWriter out) {
      if (pem.isEmpty()) {
        out.printf("wrote %s, for the storage key %s, Name %s%n", file, parent, name);
      } else {
        out.print(pem);
      }
    }
  }

  /** A file, and the storage key that opens it. */
  private record Wrapping(TpmKeyFile file, TpmtPublic storageKey) {}

  @Override
  protected Report run() {
    if (name != null && other == null) {
      throw usage("--name says whose storage key the one of --for is");
    }
    try (Passphrase passphrase = choice.passphrase(secrets(), file);
        KeyFile key = KeyFileChoice.read(surroundings(), file, passphrase)) {
      if (!(key instanceof KeyFile.Software software)) {
        throw new CommandException(
            ExitStatus.REFUSED, file + " is a TPM's key already: its TPM alone has it");
      }
      try (PrivateKeyMaterial material = PrivateKeys.ofPkcs8(software.privateKeyInfo());
          Secret auth = password.get(secrets(), file, () -> same(passphrase))) {
        return write(auth.use(octets -> wrap(material, octets)));
      }
    }
  }

  /** The password of the article: the one that the key had before. */
  private static Secret same(Passphrase passphrase) {
    return passphrase.wasAsked() ? passphrase.get().copy() : Secret.taking(new byte[0]);
  }

  private Report write(Wrapping wrapping) {
    TpmKeyFile key = wrapping.file();
    String pem = Pem.of(TpmKeyFile.PEM_TYPE, key.encode());
    String parentName = StorageKeyFile.name(wrapping.storageKey());
    boolean importable = key.type() == TpmKeyFile.Type.IMPORTABLE;
    if (written == null) {
      if (importable) {
        surroundings().err().printf("for the storage key of the Name %s%n", parentName);
      }
      return new Written("", key.parent().toString(), parentName, importable, pem);
    }
    NewFile.write(written, pem.getBytes(StandardCharsets.US_ASCII));
    return new Written(written.toString(), key.parent().toString(), parentName, importable, "");
  }

  private Wrapping wrap(PrivateKeyMaterial material, byte[] auth) {
    // Wrong passwords are counted where somebody may guess one.
    TpmtPublic area =
        PublicAreas.of(
            material.publicKey(),
            auth.length == 0 ? ATTRIBUTES.with(ObjectAttributes.NO_DA) : ATTRIBUTES);
    TpmHandle handle = parent != null ? parent : new TpmHandle(settings().parentHandle());
    return other != null
        ? wrapFor(StorageKeyFile.read(other, wantedName()), handle, area, material, auth)
        : wrapHere(handle, area, material, auth);
  }

  private @Nullable String wantedName() {
    return name == null
        ? null
        : HexId.parse(name)
            .map(HexFormat.of()::formatHex)
            .orElseThrow(() -> usage("--name wants octets in hex"));
  }

  private static Wrapping wrapFor(
      TpmtPublic storageKey,
      TpmHandle handle,
      TpmtPublic area,
      PrivateKeyMaterial material,
      byte[] auth) {
    Wrapped duplicate =
        material.sensitive(
            auth, sensitive -> Wrapped.duplicate(storageKey, area, sensitive, new SecureRandom()));
    return new Wrapping(
        new TpmKeyFile(
            TpmKeyFile.Type.IMPORTABLE,
            auth.length == 0,
            Policy.NONE,
            duplicate.encryptedSeed(),
            handle.isPermanent() && PublicAreas.isRsa(storageKey),
            handle,
            area,
            duplicate.contents()),
        storageKey);
  }

  private Wrapping wrapHere(
      TpmHandle handle, TpmtPublic area, PrivateKeyMaterial material, byte[] auth) {
    KeyBlob blob =
        progress(
            "the TPM takes the key",
            () -> SrkExport.explained(handle, () -> imported(handle, area, material, auth)));
    TpmtPublic storageKey = blob.parent().publicArea();
    return new Wrapping(
        TpmKeyFile.loadable(
            handle,
            handle.isPermanent() && PublicAreas.isRsa(storageKey),
            area,
            blob.privateArea(),
            auth.length == 0),
        storageKey);
  }

  private KeyBlob imported(
      TpmHandle handle, TpmtPublic area, PrivateKeyMaterial material, byte[] auth) {
    try {
      return on(
          device -> {
            Parent storageKey = device.call(tpm -> tpm.checked(tpm.readParent(handle)));
            return material.sensitive(
                auth, sensitive -> device.call(tpm -> tpm.importKey(storageKey, area, sensitive)));
          });
    } catch (TpmResponseException e) {
      throw e.command() == TpmCc.Import && e.rc().kind() == TpmRc.Kind.PARAMETER
          ? new CommandException(
              ExitStatus.TPM,
              "the TPM does not take the key in %s, such as one of its size: tpm2-token caps says what it can do (%s)"
                  .formatted(file, e.getMessage()),
              e)
          : e;
    }
  }
}
