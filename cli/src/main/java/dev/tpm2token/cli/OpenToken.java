package dev.tpm2token.cli;

import static dev.tpm2token.token.attribute.AttributeType.CKA_TOKEN;

import dev.tpm2token.token.AttributeResult;
import dev.tpm2token.token.Cryptoki;
import dev.tpm2token.token.CryptokiException;
import dev.tpm2token.token.Data;
import dev.tpm2token.token.MechanismCall;
import dev.tpm2token.token.Session;
import dev.tpm2token.token.TokenInfo;
import dev.tpm2token.token.UserType;
import dev.tpm2token.token.attribute.AttributeType;
import dev.tpm2token.token.attribute.Attributes;
import dev.tpm2token.token.attribute.Template;
import dev.tpm2token.token.crypto.Secret;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A token that a verb works on, through a session of its own. */
public final class OpenToken implements AutoCloseable {
  private final Cryptoki module;
  private final long slot;
  private final long handle;

  private OpenToken(Cryptoki module, long slot, boolean readWrite) {
    this.module = module;
    this.slot = slot;
    this.handle = module.openSession(slot, readWrite);
  }

  /** The slots whose tokens are initialised. */
  public static List<Long> initialised(Cryptoki module) {
    return module.slots().stream()
        .filter(slot -> (module.tokenInfo(slot).flags() & TokenInfo.CKF_TOKEN_INITIALIZED) != 0)
        .toList();
  }

  /**
   * The slot of a token.
   *
   * @param token its label or serial number; without one there must be just one token
   * @throws CommandException where there is none, or there are several
   */
  public static long slot(Cryptoki module, @Nullable String token) {
    List<Long> found =
        initialised(module).stream()
            .filter(slot -> token == null || isCalled(module.tokenInfo(slot), token))
            .toList();
    if (found.size() == 1) {
      return found.getFirst();
    }
    throw new CommandException(
        ExitStatus.NOT_FOUND,
        found.isEmpty()
            ? missing(token)
            : "there are several: say which by --token, with its label or its serial number ("
                + String.join(", ", found.stream().map(each -> name(module, each)).toList())
                + ")");
  }

  private static String missing(@Nullable String token) {
    return (token == null ? "there is no token yet" : "there is no token " + Texts.shown(token))
        + "; tpm2-token token init makes one. Where one was, tpm2-token store check says what"
        + " became of it";
  }

  private static boolean isCalled(TokenInfo info, String token) {
    return info.label().equals(token) || info.serial().equals(token);
  }

  private static String name(Cryptoki module, long slot) {
    TokenInfo info = module.tokenInfo(slot);
    return Texts.shown(info.label()) + " " + info.serial();
  }

  /** Opens a session with the token of a slot; the module is closed with it. */
  static OpenToken of(Cryptoki module, long slot, boolean readWrite) {
    return new OpenToken(module, slot, readWrite);
  }

  /** The module that it is a token of. */
  public Cryptoki module() {
    return module;
  }

  public TokenInfo info() {
    return module.tokenInfo(slot);
  }

  public long slot() {
    return slot;
  }

  public Session session() {
    return module.session(handle);
  }

  /** Logs in; what is wrong with a PIN is said in words, with {@link ExitStatus#PIN}. */
  public void login(UserType user, Secret pin) {
    try {
      pin.use(
          octets -> {
            module.login(handle, user, octets);
            return octets.length;
          });
    } catch (CryptokiException e) {
      String whose = user == UserType.CKU_SO ? "SO PIN" : "user PIN";
      throw switch (e.returnValue()) {
        case CKR_PIN_INCORRECT ->
            new CommandException(
                ExitStatus.PIN,
                "that is not the %s of %s; %s"
                    .formatted(whose, Texts.shown(info().label()), Guesses.words(module.guesses())),
                e);
        case CKR_USER_PIN_NOT_INITIALIZED ->
            new CommandException(
                ExitStatus.PIN,
                "%s has no user PIN yet: tpm2-token pin set gives it one"
                    .formatted(Texts.shown(info().label())),
                e);
        case CKR_PIN_LOCKED ->
            new CommandException(ExitStatus.PIN, Guesses.words(module.guesses()), e);
        default -> e;
      };
    }
  }

  /**
   * C_InitPIN: the security officer sets the user's PIN; an empty one means that none is needed.
   */
  public void initPin(Secret pin) {
    pin.use(
        octets -> {
          session().initPin(octets);
          return octets.length;
        });
  }

  /** C_SetPIN: whoever is logged in changes their own. */
  public void setPin(Secret old, Secret changed) {
    old.use(
        before ->
            changed.use(
                after -> {
                  session().setPin(before, after);
                  return after.length;
                }));
  }

  /** Whether private objects need a login: not where the user's PIN is empty. */
  public boolean wantsPin() {
    return (info().flags() & TokenInfo.CKF_LOGIN_REQUIRED) != 0;
  }

  /** The token's objects with these attributes, as far as they can be seen now. */
  public long[] find(Attributes wanted) {
    Session session = session();
    session.findInit(Template.of(wanted.toBuilder().put(CKA_TOKEN, true).build()));
    try {
      return session.find(Integer.MAX_VALUE);
    } finally {
      session.findFinal();
    }
  }

  /** The signature that a private key makes by a mechanism (CKM_) that takes no parameter. */
  public byte[] sign(long mechanism, long key, byte[] data) {
    Session session = session();
    session.signing().init(MechanismCall.of(mechanism), key);
    return session.signing().sign(Data.of(data));
  }

  /** An attribute's value; empty where the object has none, or keeps it to itself. */
  public Optional<byte[]> value(long object, AttributeType type) {
    return session().attributes(object, new long[] {type.code()}).getFirst()
            instanceof AttributeResult.Value(byte[] value)
        ? Optional.of(value)
        : Optional.empty();
  }

  /** An attribute that is a number, or {@code otherwise}. */
  public long number(long object, AttributeType type, long otherwise) {
    return value(object, type)
        .map(value -> Attributes.builder().put(type, value).build().number(type, otherwise))
        .orElse(otherwise);
  }

  /** Whether an attribute is there, and CK_TRUE. */
  public boolean isTrue(long object, AttributeType type) {
    return value(object, type).filter(value -> Arrays.equals(value, new byte[] {1})).isPresent();
  }

  @Override
  public void close() {
    module.close();
  }
}
