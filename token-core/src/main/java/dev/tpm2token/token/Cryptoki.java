package dev.tpm2token.token;

import static dev.tpm2token.token.ReturnValue.CKR_MECHANISM_INVALID;
import static dev.tpm2token.token.ReturnValue.CKR_PIN_INCORRECT;
import static dev.tpm2token.token.ReturnValue.CKR_SESSION_COUNT;
import static dev.tpm2token.token.ReturnValue.CKR_SESSION_EXISTS;
import static dev.tpm2token.token.ReturnValue.CKR_SESSION_HANDLE_INVALID;
import static dev.tpm2token.token.ReturnValue.CKR_SESSION_READ_ONLY_EXISTS;
import static dev.tpm2token.token.ReturnValue.CKR_SESSION_READ_WRITE_SO_EXISTS;
import static dev.tpm2token.token.ReturnValue.CKR_SLOT_ID_INVALID;
import static dev.tpm2token.token.ReturnValue.CKR_TOKEN_NOT_RECOGNIZED;

import dev.tpm2token.token.crypto.Secret;
import dev.tpm2token.token.device.TokenDevice;
import dev.tpm2token.token.mechanism.Mechanism;
import dev.tpm2token.token.store.Backup;
import dev.tpm2token.token.store.Store;
import dev.tpm2token.token.store.TokenFolder;
import dev.tpm2token.token.store.TokenRecord;
import dev.tpm2token.tpm.DictionaryAttack;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The module between C_Initialize and C_Finalize: slots, each of which has a token, and sessions.
 * Every token of the store has a slot of its own, for as long as it exists; one more slot has an
 * uninitialised token, waiting for C_InitToken.
 */
public final class Cryptoki implements AutoCloseable {
  /** What we call ourselves. */
  public static final String MANUFACTURER = "tpm2-token";

  /** More than any client has, and few enough that there is memory left to close them. */
  private static final int MOST_SESSIONS = 10_000;

  private final Store store;
  private final TokenDevice device;
  private final SecureRandom random = new SecureRandom();
  private final ObjectHandles objectHandles = new ObjectHandles();
  private final Map<Long, Token> tokens = new TreeMap<>();
  private final Map<Long, Session> sessions = new ConcurrentSkipListMap<>();
  private final Log log;

  /** Held by C_InitToken, which waits for the TPM too long to hold what others want. */
  private final Object initialisation = new Object();

  private long lastSession;

  /** The tokens that a client of {@link #slotEvent} knows of, by slot. */
  private @Nullable Map<Long, String> watched;

  /** Starts: nothing is read, and the TPM is not asked anything. */
  public Cryptoki(Settings settings) {
    this.log = settings.log();
    this.store = new Store(settings.store(), random, log);
    this.device = new TokenDevice(settings, store, random);
  }

  /** C_Finalize: what the TPM holds for us is flushed, secrets are zeroed. */
  @Override
  public void close() {
    List<Session> open;
    List<Token> known;
    synchronized (this) {
      open = List.copyOf(sessions.values());
      known = List.copyOf(tokens.values());
      sessions.clear();
      tokens.clear();
    }
    open.forEach(Session::close);
    known.forEach(Token::endLogin);
    device.close();
  }

  /** Where messages for people go. */
  public Log log() {
    return log;
  }

  // Slots and tokens, PKCS#11 3.1, section 5.5

  /** C_GetSlotList: the tokens that are there now, then the slot for a new one. */
  public synchronized List<Long> slots() {
    List<Long> slots = new ArrayList<>();
    Map<Long, String> first = new TreeMap<>();
    List<TokenFolder> folders = store.tokens();
    for (TokenFolder folder : folders) {
      long slot = folder.record().slot();
      tokens.compute(
          slot,
          (any, known) ->
              known != null && known.folder() == folder
                  ? known
                  : new Token(folder, device, objectHandles, random));
      slots.add(slot);
      first.put(slot, folder.record().serial());
    }
    watched = watched == null ? first : watched;
    // A token whose files went away is kept for as long as somebody has a session with it: when
    // they come back, its old sessions and new ones are of one token, and agree on the login.
    tokens.keySet().removeIf(slot -> !first.containsKey(slot) && sessions(slot).isEmpty());
    slots.add(Store.slotAfter(folders));
    return slots;
  }

  /** The token in a slot; empty for the slot whose token is not initialised. */
  private synchronized Optional<Token> token(long slot) {
    Token known = tokens.get(slot);
    if (known != null && known.folder().refresh()) {
      return Optional.of(known);
    }
    if (!slots().contains(slot)) {
      throw new CryptokiException(CKR_SLOT_ID_INVALID, "there is no slot " + slot);
    }
    return Optional.ofNullable(tokens.get(slot)).filter(token -> token.folder().refresh());
  }

  /**
   * C_WaitForSlotEvent without waiting: a slot to which a token came, or whose token went, since
   * the last time or since the slots were first listed.
   */
  public synchronized Optional<Long> slotEvent() {
    Map<Long, String> now = new TreeMap<>();
    for (TokenFolder folder : store.tokens()) {
      now.put(folder.record().slot(), folder.record().serial());
    }
    Map<Long, String> before = watched;
    if (before == null) {
      watched = now;
      return Optional.empty();
    }
    Optional<Long> changed =
        Stream.concat(before.keySet().stream(), now.keySet().stream())
            .filter(slot -> !Objects.equals(before.get(slot), now.get(slot)))
            .findFirst();
    changed.ifPresent(
        slot -> {
          before.remove(slot);
          if (now.containsKey(slot)) {
            before.put(slot, now.getOrDefault(slot, ""));
          }
        });
    return changed;
  }

  /** C_GetSlotInfo. */
  public SlotInfo slotInfo(long slot) {
    String description =
        token(slot)
            .map(token -> "TPM 2.0 token " + token.record().serial())
            .orElse("TPM 2.0, ready for a new token");
    return new SlotInfo(description, MANUFACTURER);
  }

  /** C_GetTokenInfo, without a TPM command. */
  public TokenInfo tokenInfo(long slot) {
    Optional<Token> token = token(slot);
    if (token.isEmpty()) {
      return new TokenInfo(
          "",
          MANUFACTURER,
          "TPM 2.0",
          "",
          TokenInfo.CKF_RNG | TokenInfo.CKF_LOGIN_REQUIRED,
          0,
          0,
          0,
          0);
    }
    TokenRecord record = token.get().record();
    List<Session> open = sessions(slot);
    return new TokenInfo(
        record.label(),
        record.tpm().manufacturer(),
        record.tpm().model(),
        record.serial(),
        flags(record),
        open.size(),
        (int) open.stream().filter(Session::isReadWrite).count(),
        record.tpm().firmwareMajor(),
        record.tpm().firmwareMinor());
  }

  private long flags(TokenRecord record) {
    long flags =
        TokenInfo.CKF_RNG
            | TokenInfo.CKF_RESTORE_KEY_NOT_NEEDED
            | TokenInfo.CKF_TOKEN_INITIALIZED
            | device.seals().flags();
    TokenRecord.Seal userPin = record.userPin();
    if (userPin != null) {
      flags |= TokenInfo.CKF_USER_PIN_INITIALIZED;
    }
    return userPin != null && userPin.isOpen() ? flags : flags | TokenInfo.CKF_LOGIN_REQUIRED;
  }

  /** Where the TPM's count of wrong PINs stands: one TPM command. */
  public DictionaryAttack guesses() {
    return device.seals().guesses();
  }

  /** C_GetMechanismList: what works on this TPM. */
  public List<Mechanism> mechanisms(long slot) {
    token(slot);
    return device.mechanisms();
  }

  /** C_GetMechanismInfo: the mechanism's row, if it works on this TPM. */
  public Mechanism mechanism(long slot, long type) {
    token(slot);
    return device.mechanism(type).orElseThrow(() -> new CryptokiException(CKR_MECHANISM_INVALID));
  }

  /** The shortest and the longest key of a mechanism on this TPM, in bits; 0 where it has none. */
  public int[] keySizes(Mechanism mechanism) {
    return device.keySizes(mechanism);
  }

  /**
   * C_InitToken: a new token under the TPM's storage key, or one that begins anew.
   *
   * @param label UTF-8, without its padding
   * @throws CryptokiException CKR_SESSION_EXISTS; CKR_PIN_LEN_RANGE; CKR_PIN_INCORRECT where the
   *     token has another SO PIN
   */
  public void initToken(long slot, byte[] pin, byte[] label) {
    synchronized (initialisation) {
      Optional<Token> old = token(slot);
      checkNoSession(slot);
      install(old, sealed(slot, old, pin, label));
    }
  }

  private void checkNoSession(long slot) {
    if (!sessions(slot).isEmpty()) {
      throw new CryptokiException(CKR_SESSION_EXISTS);
    }
  }

  /** The new token, as the TPM has sealed its key. */
  private TokenRecord sealed(long slot, Optional<Token> old, byte[] pin, byte[] label) {
    if (old.isPresent()) {
      old.get().unseal(old.get().record().soPin(), pin).close();
    } else {
      Token.checkLength(pin);
    }
    TokenRecord.ParentKey parent = device.provision();
    byte[] key = new byte[32];
    random.nextBytes(key);
    TokenRecord.Seal soPin;
    try (Secret tokenKey = Secret.taking(key)) {
      soPin = device.seals().seal(parent, tokenKey, pin);
    }
    return new TokenRecord(
        TokenRecord.FORMAT,
        old.map(token -> token.record().serial()).orElseGet(() -> hex(8)),
        slot,
        new String(label, StandardCharsets.UTF_8),
        "objects-" + hex(4),
        device.describe(),
        parent,
        soPin,
        null);
  }

  private synchronized void install(Optional<Token> old, TokenRecord made) {
    checkNoSession(made.slot()); // while the TPM worked, somebody may have opened one
    if (old.isPresent()) {
      objectHandles.forgetAll(made.slot());
      old.get().folder().replace(made);
    } else {
      store.create(made);
    }
    slots();
  }

  /**
   * Gives a token another label; who may write the store may do that.
   *
   * @param label UTF-8, up to 32 bytes
   */
  public void renameToken(long slot, String label) {
    initialised(slot).folder().update(record -> record.withLabel(label));
  }

  /** Removes a token and all that is in it, for good. */
  public synchronized void removeToken(long slot) {
    Token token = initialised(slot);
    closeAllSessions(slot);
    objectHandles.forgetAll(slot);
    store.remove(token.folder());
    tokens.remove(slot);
  }

  /** A copy of a token's files. */
  public Backup backup(long slot) {
    return store.backup(initialised(slot).folder());
  }

  /**
   * Puts a token back under a label: its slot; empty where one of its serial number is here
   * already.
   */
  public synchronized Optional<Long> restore(Backup backup, String label) {
    Optional<Long> slot = store.restore(backup, label).map(folder -> folder.record().slot());
    slots();
    return slot;
  }

  private Token initialised(long slot) {
    return token(slot)
        .orElseThrow(
            () ->
                new CryptokiException(
                    CKR_TOKEN_NOT_RECOGNIZED, "C_InitToken makes the token in this slot"));
  }

  /**
   * Checks that a user PIN could be set: an empty one makes a token that needs none.
   *
   * @throws CryptokiException CKR_PIN_LEN_RANGE
   */
  public static void checkPin(byte[] pin) {
    if (pin.length > 0) {
      Token.checkLength(pin);
    }
  }

  private String hex(int bytes) {
    byte[] name = new byte[bytes];
    random.nextBytes(name);
    return HexFormat.of().formatHex(name);
  }

  // Sessions, section 5.6

  /** C_OpenSession: the new session's handle. */
  public synchronized long openSession(long slot, boolean readWrite) {
    Token token = initialised(slot);
    if (!readWrite && token.login() == LoginState.SO) {
      throw new CryptokiException(CKR_SESSION_READ_WRITE_SO_EXISTS);
    }
    if (sessions.size() >= MOST_SESSIONS) {
      throw new CryptokiException(CKR_SESSION_COUNT, "so many sessions are a client's mistake");
    }
    long handle = ++lastSession;
    sessions.put(handle, new Session(handle, token, readWrite));
    return handle;
  }

  /** The session of a handle. */
  public Session session(long handle) {
    Session session = sessions.get(handle);
    if (session == null) {
      throw new CryptokiException(CKR_SESSION_HANDLE_INVALID);
    }
    return session;
  }

  private List<Session> sessions(long slot) {
    return sessions.values().stream().filter(each -> each.token().slot() == slot).toList();
  }

  /** C_CloseSession; with the last session of a token, its login ends. */
  public void closeSession(long handle) {
    Session closed = sessions.remove(handle);
    if (closed == null) {
      throw new CryptokiException(CKR_SESSION_HANDLE_INVALID);
    }
    closed.close();
    endLoginOfNobody(closed.token());
  }

  /** A login lasts as long as a token has sessions; none is opened meanwhile. */
  private synchronized void endLoginOfNobody(Token token) {
    if (sessions(token.slot()).isEmpty()) {
      token.endLogin();
    }
  }

  /** C_CloseAllSessions. */
  public void closeAllSessions(long slot) {
    token(slot);
    for (Session session : sessions(slot)) {
      closeSession(session.handle());
    }
  }

  /** C_Login. */
  public void login(long handle, UserType user, byte[] pin) {
    Session session = session(handle);
    if (user == UserType.CKU_CONTEXT_SPECIFIC) {
      session.contextLogin(pin);
      return;
    }
    if (user == UserType.CKU_SO
        && sessions(session.token().slot()).stream().anyMatch(each -> !each.isReadWrite())) {
      throw new CryptokiException(CKR_SESSION_READ_ONLY_EXISTS);
    }
    try {
      session.token().login(user, pin);
    } catch (CryptokiException e) {
      if (e.returnValue() == CKR_PIN_INCORRECT) {
        log.log(Log.Level.INFO, () -> "a wrong PIN for slot " + session.token().slot());
      }
      throw e;
    }
    endLoginOfNobody(session.token()); // whose last session another thread has closed meanwhile
  }
}
