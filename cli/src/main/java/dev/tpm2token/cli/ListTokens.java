package dev.tpm2token.cli;

import static dev.tpm2token.token.attribute.AttributeType.CKA_CLASS;
import static dev.tpm2token.token.attribute.AttributeType.CKA_EC_PARAMS;
import static dev.tpm2token.token.attribute.AttributeType.CKA_ID;
import static dev.tpm2token.token.attribute.AttributeType.CKA_KEY_TYPE;
import static dev.tpm2token.token.attribute.AttributeType.CKA_LABEL;
import static dev.tpm2token.token.attribute.AttributeType.CKA_MODULUS;
import static dev.tpm2token.token.attribute.AttributeType.CKA_VALUE_LEN;

import dev.tpm2token.token.AttributeResult;
import dev.tpm2token.token.Cryptoki;
import dev.tpm2token.token.Session;
import dev.tpm2token.token.TokenInfo;
import dev.tpm2token.token.attribute.AttributeType;
import dev.tpm2token.token.attribute.Attributes;
import dev.tpm2token.token.attribute.Template;
import dev.tpm2token.token.crypto.Curve;
import dev.tpm2token.token.object.KeyType;
import dev.tpm2token.token.object.ObjectClass;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code tpm2-token list}: tokens, and what can be seen of them without a PIN. */
@Command(
    name = "list",
    description = "Lists the tokens and the objects that can be seen without a PIN.",
    mixinStandardHelpOptions = true)
final class ListTokens implements Callable<Integer> {
  @ParentCommand private Tpm2Token parent;
  @Spec private CommandSpec spec;

  /** For picocli, which fills in the fields. */
  @SuppressWarnings("NullAway.Init")
  ListTokens() {}

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    try (Cryptoki module = new Cryptoki(Setup.settings(parent.configuration(), true))) {
      List<Long> initialised =
          module.slots().stream().filter(slot -> isInitialised(module, slot)).toList();
      for (long slot : initialised) {
        print(module, slot, out);
      }
      if (initialised.isEmpty()) {
        out.printf(
            "No token in %s yet. To make one:%n"
                + "  p11tool --provider=libtpm2-token.so --initialize --label NAME 'pkcs11:'%n",
            parent.configuration().store().value());
      }
    }
    return Tpm2Token.DONE;
  }

  private static boolean isInitialised(Cryptoki module, long slot) {
    return (module.tokenInfo(slot).flags() & TokenInfo.CKF_TOKEN_INITIALIZED) != 0;
  }

  private static void print(Cryptoki module, long slot, PrintWriter out) {
    TokenInfo info = module.tokenInfo(slot);
    out.printf(
        "%s  slot %d  serial %s  %s%n", info.label(), slot, info.serial(), pins(info.flags()));
    Session session = module.session(module.openSession(slot, false));
    session.findInit(new Template(List.of()));
    for (long object : session.find(Integer.MAX_VALUE)) {
      out.printf(
          "  %-12s %-12s id %-40s %s%n",
          kind(session, object),
          algorithm(session, object),
          HexFormat.of().formatHex(bytes(session, object, CKA_ID)),
          text(bytes(session, object, CKA_LABEL)));
    }
    session.findFinal();
  }

  private static String pins(long flags) {
    if ((flags & TokenInfo.CKF_USER_PIN_INITIALIZED) == 0) {
      return "no user PIN set yet";
    }
    return (flags & TokenInfo.CKF_LOGIN_REQUIRED) == 0
        ? "no PIN needed"
        : "private objects behind the PIN";
  }

  private static String kind(Session session, long object) {
    return ObjectClass.of(number(session, object, CKA_CLASS))
        .map(
            each ->
                switch (each) {
                  case CKO_DATA -> "data";
                  case CKO_CERTIFICATE -> "certificate";
                  case CKO_PUBLIC_KEY -> "public key";
                  case CKO_PRIVATE_KEY -> "private key";
                  case CKO_SECRET_KEY -> "secret key";
                  case CKO_MECHANISM -> "mechanism";
                  case CKO_PROFILE -> "profile";
                })
        .orElse("object");
  }

  private static String algorithm(Session session, long object) {
    return KeyType.of(number(session, object, CKA_KEY_TYPE))
        .map(
            type ->
                switch (type) {
                  case CKK_RSA -> "RSA " + bytes(session, object, CKA_MODULUS).length * 8;
                  case CKK_EC ->
                      Curve.ofParameters(bytes(session, object, CKA_EC_PARAMS))
                          .map(curve -> "EC " + curve.name().replace('_', '-'))
                          .orElse("EC");
                  case CKK_AES -> "AES " + 8 * number(session, object, CKA_VALUE_LEN);
                  case CKK_GENERIC_SECRET -> number(session, object, CKA_VALUE_LEN) + " bytes";
                })
        .orElse("");
  }

  private static long number(Session session, long object, AttributeType type) {
    return Attributes.builder().put(type, bytes(session, object, type)).build().number(type, -1);
  }

  private static byte[] bytes(Session session, long object, AttributeType type) {
    return session.attributes(object, new long[] {type.code()}).getFirst()
            instanceof AttributeResult.Value(byte[] value)
        ? value
        : new byte[0];
  }

  /** Text for a terminal: nothing in it moves the cursor. */
  private static String text(byte[] label) {
    return new String(label, StandardCharsets.UTF_8).replaceAll("\\p{Cntrl}", "?");
  }
}
