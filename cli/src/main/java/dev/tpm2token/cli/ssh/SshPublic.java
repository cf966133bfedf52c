package dev.tpm2token.cli.ssh;

import static dev.tpm2token.token.attribute.AttributeType.CKA_LABEL;
import static dev.tpm2token.token.attribute.AttributeType.CKA_PUBLIC_KEY_INFO;

import dev.tpm2token.cli.CommandException;
import dev.tpm2token.cli.ExitStatus;
import dev.tpm2token.cli.ObjectChoice;
import dev.tpm2token.cli.OneTokenVerb;
import dev.tpm2token.cli.OpenToken;
import dev.tpm2token.cli.Report;
import dev.tpm2token.cli.Texts;
import dev.tpm2token.token.object.ObjectClass;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.bouncycastle.crypto.util.OpenSSHPublicKeyUtil;
import org.bouncycastle.crypto.util.PublicKeyFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code tpm2-token ssh public}: public keys as OpenSSH writes them (RFC 4253, 6.6). */
@Command(
    name = "public",
    description = "Prints public keys as lines for authorized_keys, without a PIN.",
    footer = {"  tpm2-token ssh public --label ssh >>authorized_keys"})
public final class SshPublic extends OneTokenVerb {
  @Mixin private ObjectChoice choice = new ObjectChoice();

  /**
   * The lines.
   *
   * @param keys a line each: the type, the key in base64, the label
   */
  record Lines(List<String> keys) implements Report {
    @Override
    public void print(PrintWriter out) {
      keys.forEach(out::println);
    }
  }

  @Override
  protected Report run() {
    try (OpenToken token = open()) {
      long[] keys = choice.all(token, ObjectClass.CKO_PUBLIC_KEY);
      if (keys.length == 0) {
        throw new CommandException(
            ExitStatus.NOT_FOUND,
            "there is no such key in %s; tpm2-token key generate makes one"
                .formatted(token.info().label()));
      }
      return new Lines(Arrays.stream(keys).mapToObj(key -> line(token, key)).toList());
    }
  }

  private static String line(OpenToken token, long key) {
    try {
      byte[] blob =
          OpenSSHPublicKeyUtil.encodePublicKey(
              PublicKeyFactory.createKey(token.value(key, CKA_PUBLIC_KEY_INFO).orElseThrow()));
      int length = blob[3]; // the type's name comes first, and is short
      String type = new String(blob, 4, length, StandardCharsets.US_ASCII);
      String label =
          new String(token.value(key, CKA_LABEL).orElse(new byte[0]), StandardCharsets.UTF_8);
      return "%s %s %s"
          .formatted(type, Base64.getEncoder().encodeToString(blob), Texts.shown(label))
          .strip();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
