package dev.tpm2token.cli.key;

import static dev.tpm2token.token.attribute.AttributeType.CKA_PUBLIC_KEY_INFO;

import dev.tpm2token.cli.CommandException;
import dev.tpm2token.cli.ExitStatus;
import dev.tpm2token.cli.NewFile;
import dev.tpm2token.cli.ObjectChoice;
import dev.tpm2token.cli.OpenToken;
import dev.tpm2token.cli.Pem;
import dev.tpm2token.cli.Report;
import dev.tpm2token.cli.TokenVerb;
import dev.tpm2token.token.CryptokiException;
import dev.tpm2token.token.ReturnValue;
import dev.tpm2token.token.crypto.Secret;
import dev.tpm2token.token.keyfile.TpmKeyFile;
import dev.tpm2token.token.object.ObjectClass;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code tpm2-token key export}: a key of the token in a file for other programs. */
@Command(
    name = "export",
    description = {
      "Writes a key of a token for other programs.",
      "With --tss2 it is a TPM 2.0 key file (TSS2 PRIVATE KEY), for OpenSSL's tpm2 provider and"
          + " engines on this machine, with a password of its own; with --public it"
          + " is the public half, without a PIN. The key stays in the TPM, and in the token.",
      "The TPM does not count wrong passwords of an exported key: give it a long one."
    },
    footer = {
      "  tpm2-token key export --label web --tss2 web.tpm",
      "  tpm2-token key export --label web --public >web.pub"
    })
public final class KeyExport extends TokenVerb {
  @Mixin private ObjectChoice choice = new ObjectChoice();
  @Mixin private NewPassword password = new NewPassword();

  @ArgGroup(multiplicity = "1")
  private Form form = new Form();

  /** What is written. */
  static final class Form {
    @Option(names = "--tss2", description = "The key, for other programs that use this TPM.")
    private boolean tss2;

    @Option(names = "--public", description = "The public key, as PEM.")
    @SuppressWarnings("UnusedVariable") // it is the other of two
    private boolean publicHalf;
  }

  @Parameters(
      arity = "0..1",
      paramLabel = "NEW",
      description = "The file to write; without it, it is printed.")
  private @Nullable Path file;

  /**
   * The file.
   *
   * @param file its name; empty where it is printed
   * @param parent the storage key that opens it; empty for a public key
   * @param pem its text, where it is printed; else empty
   */
  record Exported(String file, String parent, String pem) implements Report {
    @Override
    public void print(PrintWriter out) {
      if (pem.isEmpty()) {
        out.printf("wrote %s%s%n", file, parent.isEmpty() ? "" : ", for the storage key " + parent);
      } else {
        out.print(pem);
      }
    }
  }

  @Override
  protected Report run() {
    return form.tss2 ? tpmKey() : publicKey();
  }

  private Report publicKey() {
    try (OpenToken token = open()) {
      long key = choice.one(token, ObjectClass.CKO_PUBLIC_KEY);
      String pem = Pem.of("PUBLIC KEY", token.value(key, CKA_PUBLIC_KEY_INFO).orElseThrow());
      return write("", pem, NewFile::writePublic);
    }
  }

  private Report tpmKey() {
    try (OpenToken token = login()) {
      long key = choice.one(token, ObjectClass.CKO_PRIVATE_KEY);
      String what = "the key in " + (file == null ? "the file" : file);
      try (Secret auth = password.get(secrets(), what, () -> password.ask(secrets(), what))) {
        TpmKeyFile exported = auth.use(octets -> token.session().foreignKeys().export(key, octets));
        return write(
            exported.parent().toString(),
            Pem.of(TpmKeyFile.PEM_TYPE, exported.encode()),
            NewFile::write);
      }
    } catch (CryptokiException e) {
      throw e.returnValue() == ReturnValue.CKR_KEY_UNEXTRACTABLE
          ? new CommandException(ExitStatus.REFUSED, String.valueOf(e.getMessage()), e)
          : e;
    }
  }

  private Report write(String parent, String pem, BiConsumer<Path, byte[]> writing) {
    if (file == null) {
      return new Exported("", parent, pem);
    }
    writing.accept(file, pem.getBytes(StandardCharsets.US_ASCII));
    return new Exported(file.toString(), parent, "");
  }
}
