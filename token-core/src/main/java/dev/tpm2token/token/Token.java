package dev.tpm2token.token;

import static dev.tpm2token.token.ReturnValue.CKR_ACTION_PROHIBITED;
import static dev.tpm2token.token.ReturnValue.CKR_OBJECT_HANDLE_INVALID;
import static dev.tpm2token.token.ReturnValue.CKR_PIN_INCORRECT;
import static dev.tpm2token.token.ReturnValue.CKR_PIN_LEN_RANGE;
import static dev.tpm2token.token.ReturnValue.CKR_PIN_LOCKED;
import static dev.tpm2token.token.ReturnValue.CKR_SESSION_READ_ONLY;
import static dev.tpm2token.token.ReturnValue.CKR_TEMPLATE_INCONSISTENT;
import static dev.tpm2token.token.ReturnValue.CKR_USER_ALREADY_LOGGED_IN;
import static dev.tpm2token.token.ReturnValue.CKR_USER_ANOTHER_ALREADY_LOGGED_IN;
import static dev.tpm2token.token.ReturnValue.CKR_USER_NOT_LOGGED_IN;
import static dev.tpm2token.token.ReturnValue.CKR_USER_PIN_NOT_INITIALIZED;
import static dev.tpm2token.token.attribute.AttributeType.CKA_CLASS;
import static dev.tpm2token.token.attribute.AttributeType.CKA_DESTROYABLE;
import static dev.tpm2token.token.attribute.AttributeType.CKA_PRIVATE;
import static dev.tpm2token.token.attribute.AttributeType.CKA_TOKEN;

import dev.tpm2token.token.attribute.Attributes;
import dev.tpm2token.token.attribute.Template;
import dev.tpm2token.token.crypto.HashAlgorithm;
import dev.tpm2token.token.crypto.PublicKey;
import dev.tpm2token.token.crypto.Sealing;
import dev.tpm2token.token.crypto.Secret;
import dev.tpm2token.token.device.KeyInUse;
import dev.tpm2token.token.device.PrivateKeyMaterial;
import dev.tpm2token.token.device.TokenDevice;
import dev.tpm2token.token.object.CryptokiObject;
import dev.tpm2token.token.object.ObjectClass;
import dev.tpm2token.token.object.ObjectId;
import dev.tpm2token.token.object.Schema;
import dev.tpm2token.token.store.ObjectFolder;
import dev.tpm2token.token.store.TokenFolder;
import dev.tpm2token.token.store.TokenGoneException;
import dev.tpm2token.token.store.TokenRecord;
import dev.tpm2token.tpm.KeyBlob;
import dev.tpm2token.tpm.Parent;
import dev.tpm2token.tpm.Policy;
import dev.tpm2token.tpm.structure.TpmtPublic;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.WeakHashMap;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * An initialised token as this process uses it: who is logged in, the token key while somebody is,
 * the session objects, and the objects of the store.
 */
public final class Token {
  private final TokenFolder folder;
  private final TokenDevice device;
  private final ObjectHandles handles;
  private final ObjectFactory factory;
  private final SecureRandom random;
  private final PinAttempts attempts;
  private final Map<ObjectId, SessionObject> sessionObjects = new TreeMap<>();
  private final Set<KeyInUse> keysInUse =
      Collections.synchronizedSet(Collections.newSetFromMap(new WeakHashMap<>()));

  /** What operations of this login had the TPM load, by their objects. */
  private final Map<ObjectId, KeyBlob> usedKeys = new HashMap<>();

  private LoginState login = LoginState.PUBLIC;
  private @Nullable Secret tokenKey;

  /** The objects that the token key is for: another process may initialise the token anew. */
  private @Nullable ObjectFolder opened;

  /** An object that lives as long as its session. */
  private record SessionObject(CryptokiObject object, long session) {}

  Token(TokenFolder folder, TokenDevice device, ObjectHandles handles, SecureRandom random) {
    this.folder = folder;
    this.device = device;
    this.handles = handles;
    this.factory = new ObjectFactory(random);
    this.random = random;
    this.attempts = new PinAttempts(random);
  }

  /** The token as the store has it. */
  TokenRecord record() {
    return folder.record();
  }

  TokenFolder folder() {
    return folder;
  }

  TokenDevice device() {
    return device;
  }

  SecureRandom random() {
    return random;
  }

  ObjectFactory factory() {
    return factory;
  }

  /** The slot that it is in. */
  long slot() {
    return record().slot();
  }

  synchronized LoginState login() {
    checkOpened();
    return login;
  }

  // PINs and login (PKCS#11 3.1, section 5.6)

  /**
   * C_Login.
   *
   * @throws CryptokiException CKR_PIN_INCORRECT, CKR_PIN_LOCKED, CKR_USER_ALREADY_LOGGED_IN,
   *     CKR_USER_ANOTHER_ALREADY_LOGGED_IN, CKR_USER_PIN_NOT_INITIALIZED
   */
  synchronized void login(UserType user, byte[] pin) {
    LoginState wanted = user == UserType.CKU_SO ? LoginState.SO : LoginState.USER;
    folder.refresh();
    checkOpened();
    if (login == wanted) {
      throw new CryptokiException(CKR_USER_ALREADY_LOGGED_IN);
    }
    if (login != LoginState.PUBLIC) {
      throw new CryptokiException(CKR_USER_ANOTHER_ALREADY_LOGGED_IN);
    }
    become(wanted, unseal(seal(wanted), pin));
  }

  /** A login for one operation (CKU_CONTEXT_SPECIFIC): the user's PIN is right, and no more. */
  synchronized void checkUserPin(byte[] pin) {
    folder.refresh();
    try {
      unseal(seal(LoginState.USER), pin).close();
    } catch (CryptokiException e) {
      if (e.returnValue() == CKR_PIN_LOCKED) {
        endLogin(); // "and this also logs the user out" (3.1, 4.9)
      }
      throw e;
    }
  }

  private void become(LoginState state, Secret key) {
    if (tokenKey != null) {
      tokenKey.close();
    }
    hold(key);
    login = state;
  }

  private void hold(Secret key) {
    tokenKey = key;
    opened = objects();
  }

  /** A login ends where the token is another since. */
  private void checkOpened() {
    if (opened != null && opened != objects()) {
      endLogin();
    }
  }

  private TokenRecord.Seal seal(LoginState state) {
    TokenRecord.Seal seal = state == LoginState.SO ? record().soPin() : record().userPin();
    if (seal == null) {
      throw new CryptokiException(CKR_USER_PIN_NOT_INITIALIZED, "C_InitPIN sets the user's PIN");
    }
    return seal;
  }

  /** The token key, if the PIN is right. */
  Secret unseal(TokenRecord.Seal seal, byte[] pin) {
    return withPin(seal, pin, () -> device.seals().unseal(record().parent(), seal, pin));
  }

  private <T> T withPin(TokenRecord.Seal seal, byte[] pin, Supplier<T> work) {
    if (!seal.isOpen()
        && (pin.length < TokenInfo.MIN_PIN
            || pin.length > TokenInfo.MAX_PIN
            || attempts.wasRefused(seal, pin))) {
      throw new CryptokiException(CKR_PIN_INCORRECT, "that PIN was refused before");
    }
    try {
      return work.get();
    } catch (CryptokiException e) {
      if (e.returnValue() == CKR_PIN_INCORRECT) {
        attempts.refuse(seal, pin);
      }
      throw e;
    }
  }

  /**
   * C_Logout: the token key, the authValues of keys in use and the private session objects are
   * gone, and so are the handles of private objects.
   */
  synchronized void logout() {
    if (login == LoginState.PUBLIC) {
      throw new CryptokiException(CKR_USER_NOT_LOGGED_IN);
    }
    endLogin();
  }

  /** As {@link #logout}, where nobody may be logged in: the last session was closed. */
  synchronized void endLogin() {
    synchronized (keysInUse) {
      keysInUse.forEach(KeyInUse::close);
      keysInUse.clear();
    }
    usedKeys.values().forEach(device.keys()::forget);
    usedKeys.clear();
    forget(each -> each.object().isPrivate());
    ObjectFolder seen = opened == null ? objects() : opened;
    seen.privateIds().forEach(this::forgetHandle);
    seen.close();
    opened = null;
    if (tokenKey != null) {
      tokenKey.close();
      tokenKey = null;
    }
    login = LoginState.PUBLIC;
  }

  /** C_InitPIN; an empty PIN makes a token that needs none. */
  synchronized void initPin(byte[] pin) {
    checkOpened();
    if (login != LoginState.SO) {
      throw new CryptokiException(CKR_USER_NOT_LOGGED_IN, "the security officer sets the PIN");
    }
    Cryptoki.checkPin(pin);
    TokenRecord known = record();
    TokenRecord.Seal seal = device.seals().seal(known.parent(), key().orElseThrow(), pin);
    update(known, record -> record.withUserPin(seal));
  }

  /** Changes the record, if the token is the one that is known. */
  private void update(TokenRecord known, UnaryOperator<TokenRecord> change) {
    folder.update(
        record -> {
          if (!record.objects().equals(known.objects())) {
            throw new TokenGoneException(record.serial());
          }
          return change.apply(record);
        });
  }

  /** C_SetPIN: the security officer's where they are logged in, else the user's. */
  synchronized void setPin(byte[] oldPin, byte[] newPin) {
    checkLength(newPin);
    folder.refresh();
    checkOpened();
    TokenRecord known = record();
    boolean so = login == LoginState.SO;
    TokenRecord.Seal old = seal(so ? LoginState.SO : LoginState.USER);
    TokenRecord.Seal changed =
        withPin(old, oldPin, () -> device.seals().changePin(known.parent(), old, oldPin, newPin));
    update(known, record -> so ? record.withSoPin(changed) : record.withUserPin(changed));
  }

  static void checkLength(byte[] pin) {
    if (pin.length < TokenInfo.MIN_PIN || pin.length > TokenInfo.MAX_PIN) {
      throw new CryptokiException(
          CKR_PIN_LEN_RANGE,
          "a PIN has %d to %d bytes".formatted(TokenInfo.MIN_PIN, TokenInfo.MAX_PIN));
    }
  }

  /** The token key, while somebody is logged in. */
  private Optional<Secret> key() {
    return Optional.ofNullable(tokenKey);
  }

  /** The token key, where private objects may be seen: the user is here, or needs no PIN. */
  private Optional<Secret> userKey() {
    checkOpened();
    TokenRecord.Seal seal = record().userPin();
    if (login == LoginState.PUBLIC && tokenKey == null && seal != null && seal.isOpen()) {
      hold(unseal(seal, new byte[0]));
    }
    return login == LoginState.SO ? Optional.empty() : key();
  }

  // Objects (section 5.7)

  private ObjectFolder objects() {
    return folder.objects();
  }

  /** The handles of the objects that match, session objects last. */
  synchronized long[] find(Template template) {
    folder.refresh();
    List<CryptokiObject> visible = new ArrayList<>(objects().objects(userKey()));
    sessionObjects.values().stream()
        .map(SessionObject::object)
        .filter(object -> !object.isPrivate() || userKey().isPresent())
        .forEach(visible::add);
    visible.addAll(BuiltInObjects.matching(template, device::mechanisms));
    return visible.stream()
        .filter(object -> template.matches(object.attributes()))
        .mapToLong(this::handle)
        .toArray();
  }

  long handle(CryptokiObject object) {
    return handles.of(new ObjectHandles.Target(slot(), object.id()));
  }

  /**
   * The object of a handle.
   *
   * @throws CryptokiException CKR_OBJECT_HANDLE_INVALID where there is none, or none to be seen
   */
  synchronized CryptokiObject object(long handle) {
    ObjectId id = id(handle);
    SessionObject ofSession = sessionObjects.get(id);
    return (ofSession != null
            ? Optional.of(ofSession.object())
                .filter(object -> !object.isPrivate() || userKey().isPresent())
            : objects().object(id, userKey()))
        .or(() -> BuiltInObjects.of(id, device::mechanisms))
        .orElseThrow(() -> new CryptokiException(CKR_OBJECT_HANDLE_INVALID));
  }

  private ObjectId id(long handle) {
    return handles
        .target(handle)
        .filter(target -> target.slot() == slot())
        .map(ObjectHandles.Target::id)
        .orElseThrow(() -> new CryptokiException(CKR_OBJECT_HANDLE_INVALID));
  }

  /** Checks that a session may make such objects. */
  synchronized void checkMayMake(Session session, List<Attributes> made) {
    for (Attributes attributes : made) {
      checkMayWrite(session, attributes);
      if (attributes.isTrue(CKA_PRIVATE) && userKey().isEmpty()) {
        throw new CryptokiException(CKR_USER_NOT_LOGGED_IN, "private objects need the user");
      }
    }
  }

  private static void checkMayWrite(Session session, Attributes attributes) {
    if (attributes.isTrue(CKA_TOKEN) && !session.isReadWrite()) {
      throw new CryptokiException(
          CKR_SESSION_READ_ONLY, "token objects are made and changed in read/write sessions");
    }
  }

  /** Keeps new objects: in the store, or for as long as the session. */
  synchronized long[] add(Session session, List<CryptokiObject> made) {
    checkMayMake(session, made.stream().map(CryptokiObject::attributes).toList());
    List<CryptokiObject> forStore =
        made.stream().filter(object -> object.attributes().isTrue(CKA_TOKEN)).toList();
    if (forStore.stream().anyMatch(object -> object.secret() != null && !object.isPrivate())) {
      throw new CryptokiException(
          CKR_TEMPLATE_INCONSISTENT,
          "a secret key in the store is private, or else sensitive, not extractable and the TPM's");
    }
    if (!forStore.isEmpty()) {
      objects().add(forStore, userKey());
      forStore.forEach(CryptokiObject::erase); // what is used from now on is read from the store
    }
    for (CryptokiObject object : made) {
      if (!object.attributes().isTrue(CKA_TOKEN)) {
        sessionObjects.put(object.id(), new SessionObject(object, session.handle()));
      }
    }
    return made.stream().mapToLong(this::handle).toArray();
  }

  /** C_CopyObject: the copy's handle. */
  synchronized long copy(Session session, long handle, Template template) {
    CryptokiObject original = object(handle);
    Attributes attributes =
        Schema.of(original.attributes())
            .copy(original.attributes(), template, login == LoginState.SO);
    return add(session, List.of(factory.copy(original, attributes)))[0];
  }

  /** C_SetAttributeValue. */
  synchronized void modify(Session session, long handle, Template template) {
    CryptokiObject object = object(handle);
    checkMayWrite(session, object.attributes());
    ObjectFolder.Change change =
        current -> Schema.of(current).modify(current, template, login == LoginState.SO);
    SessionObject ofSession = sessionObjects.get(object.id());
    if (ofSession != null) {
      CryptokiObject changed = object.with(change.apply(object.attributes()));
      sessionObjects.put(object.id(), new SessionObject(changed, ofSession.session()));
    } else {
      if (objects().change(object.id(), userKey(), change).isEmpty()) {
        throw new CryptokiException(CKR_OBJECT_HANDLE_INVALID);
      }
    }
  }

  /** C_DestroyObject. */
  synchronized void destroy(Session session, long handle) {
    CryptokiObject object = object(handle);
    checkMayWrite(session, object.attributes());
    if (!object.attributes().isTrue(CKA_DESTROYABLE)) {
      throw new CryptokiException(CKR_ACTION_PROHIBITED, "the object is not destroyable");
    }
    if (sessionObjects.remove(object.id()) == null && !objects().remove(object.id())) {
      throw new CryptokiException(CKR_OBJECT_HANDLE_INVALID);
    }
    gone(object);
  }

  private void gone(CryptokiObject object) {
    object.erase();
    forgetHandle(object.id());
    KeyBlob used = usedKeys.remove(object.id());
    if (used != null) {
      device.keys().forget(used);
    }
  }

  /** The session's objects go with it. */
  synchronized void closed(long session) {
    forget(each -> each.session() == session);
  }

  private void forget(Predicate<SessionObject> which) {
    sessionObjects
        .values()
        .removeIf(
            each -> {
              boolean gone = which.test(each);
              if (gone) {
                gone(each.object());
              }
              return gone;
            });
  }

  private void forgetHandle(ObjectId id) {
    handles.forget(new ObjectHandles.Target(slot(), id));
  }

  // Keys

  /** Seals a new key's authValue for the store. */
  synchronized byte[] sealAuth(TpmtPublic publicArea, byte[] auth) {
    return Sealing.seal(
        userKey().orElseThrow(() -> new CryptokiException(CKR_USER_NOT_LOGGED_IN)),
        authPlace(publicArea.marshal()),
        auth,
        random);
  }

  /** A key that the TPM makes or takes under a new authValue, which is sealed for the store. */
  CryptokiObject.TpmKey newKey(Policy policy, Function<byte[], KeyBlob> making) {
    byte[] auth = device.keys().freshAuth();
    try {
      KeyBlob made = making.apply(auth);
      return CryptokiObject.TpmKey.of(made, sealAuth(made.publicArea(), auth), policy);
    } finally {
      Arrays.fill(auth, (byte) 0);
    }
  }

  /** A private key that was made elsewhere, given to the TPM. */
  CryptokiObject.TpmKey imported(PrivateKeyMaterial material) {
    TokenRecord.ParentKey parent = record().parent();
    return newKey(Policy.NONE, auth -> device.keys().importKey(parent, material, auth));
  }

  /**
   * Opens a key in the TPM for an operation, which closes it.
   *
   * @throws CryptokiException CKR_USER_NOT_LOGGED_IN
   */
  synchronized KeyInUse use(CryptokiObject object) {
    CryptokiObject.TpmKey key = object.key();
    if (key == null) {
      throw new IllegalArgumentException("not a key in the TPM");
    }
    Secret userKey = userKey().orElseThrow(() -> new CryptokiException(CKR_USER_NOT_LOGGED_IN));
    byte[] auth =
        Sealing.open(userKey, authPlace(key.publicArea()), key.auth())
            .orElseThrow(
                () ->
                    new CryptokiException(
                        ReturnValue.CKR_DEVICE_ERROR, "the key's authValue is damaged"));
    KeyInUse inUse =
        new KeyInUse(
            device.keys().key(record().parent(), key),
            salting(key),
            key.policy(),
            Secret.taking(auth),
            publicHalf(object));
    keysInUse.add(inUse);
    if (inUse.key() instanceof KeyBlob blob) {
      usedKeys.put(object.id(), blob);
    }
    return inUse;
  }

  private static Optional<PublicKey> publicHalf(CryptokiObject object) {
    return object.attributes().number(CKA_CLASS, -1) == ObjectClass.CKO_SECRET_KEY.code()
        ? Optional.empty()
        : Optional.of(PublicKey.of(object.attributes()));
  }

  /** The storage key that wraps a key, or else the token's: a session's salt is for it alone. */
  private Parent salting(CryptokiObject.TpmKey key) {
    return key.place() instanceof CryptokiObject.Place.Under(Parent other)
        ? other
        : record().parent().parent();
  }

  private String authPlace(byte[] publicArea) {
    return "auth 1 %s %s"
        .formatted(
            record().serial(), HexFormat.of().formatHex(HashAlgorithm.SHA256.digest(publicArea)));
  }
}
