package dev.tpm2token.token;

import static dev.tpm2token.token.ReturnValue.CKR_KEY_FUNCTION_NOT_PERMITTED;
import static dev.tpm2token.token.ReturnValue.CKR_KEY_HANDLE_INVALID;
import static dev.tpm2token.token.ReturnValue.CKR_KEY_TYPE_INCONSISTENT;
import static dev.tpm2token.token.ReturnValue.CKR_MECHANISM_INVALID;
import static dev.tpm2token.token.ReturnValue.CKR_MECHANISM_PARAM_INVALID;
import static dev.tpm2token.token.ReturnValue.CKR_OBJECT_HANDLE_INVALID;
import static dev.tpm2token.token.ReturnValue.CKR_OPERATION_ACTIVE;
import static dev.tpm2token.token.ReturnValue.CKR_OPERATION_NOT_INITIALIZED;
import static dev.tpm2token.token.ReturnValue.CKR_SESSION_READ_ONLY;
import static dev.tpm2token.token.attribute.AttributeType.CKA_ALLOWED_MECHANISMS;
import static dev.tpm2token.token.attribute.AttributeType.CKA_KEY_TYPE;
import static dev.tpm2token.token.attribute.AttributeType.CKA_SIGN;
import static dev.tpm2token.token.attribute.AttributeType.CKA_VERIFY;

import dev.tpm2token.token.attribute.AttributeType;
import dev.tpm2token.token.attribute.Attributes;
import dev.tpm2token.token.attribute.Template;
import dev.tpm2token.token.crypto.PublicKey;
import dev.tpm2token.token.mechanism.DigestOperation;
import dev.tpm2token.token.mechanism.Function;
import dev.tpm2token.token.mechanism.Mechanism;
import dev.tpm2token.token.mechanism.SignOperation;
import dev.tpm2token.token.mechanism.VerifyOperation;
import dev.tpm2token.token.object.CryptokiObject;
import dev.tpm2token.token.object.Schema;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A session: what a client does with a token, one thing after another. The methods are the
 * standard's functions without the C; each throws {@link CryptokiException}. Where an operation
 * ends by the standard's rule, it ends here; a query for a length does not come this far.
 */
public final class Session {
  private final long handle;
  private final Token token;
  private final boolean readWrite;

  private @Nullable Find find;
  private @Nullable DigestOperation digest;
  private @Nullable SignOperation sign;
  private @Nullable VerifyOperation verify;

  /** Data that a client hands over: fed to an operation piece by piece. */
  @FunctionalInterface
  public interface Data {
    /** Feeds all of it. */
    void feed(Consumer<byte[]> sink);

    /** Data that is here already. */
    static Data of(byte[] bytes) {
      return sink -> sink.accept(bytes);
    }
  }

  /** A search: what it found when it began, and how much of it was told. */
  private static final class Find {
    private final long[] handles;
    private int told;

    Find(long[] handles) {
      this.handles = handles;
    }
  }

  Session(long handle, Token token, boolean readWrite) {
    this.handle = handle;
    this.token = token;
    this.readWrite = readWrite;
  }

  long handle() {
    return handle;
  }

  Token token() {
    return token;
  }

  boolean isReadWrite() {
    return readWrite;
  }

  /** Ends what is under way. */
  synchronized void close() {
    if (sign != null) {
      sign.close();
    }
    find = null;
    digest = null;
    sign = null;
    verify = null;
    token.closed(handle);
  }

  // Session and login, PKCS#11 3.1, section 5.6

  /** C_GetSessionInfo. */
  public SessionInfo info() {
    return new SessionInfo(token.slot(), SessionInfo.State.of(token.login(), readWrite), readWrite);
  }

  /** C_Logout. */
  public void logout() {
    token.logout();
  }

  /** C_InitPIN. */
  public void initPin(byte[] pin) {
    token.initPin(pin);
  }

  /** C_SetPIN. */
  public void setPin(byte[] oldPin, byte[] newPin) {
    if (!readWrite) {
      throw new CryptokiException(CKR_SESSION_READ_ONLY);
    }
    token.setPin(oldPin, newPin);
  }

  // Objects, section 5.7

  /** C_CreateObject: the new object's handle. */
  public long createObject(Template template) {
    Attributes attributes = token.factory().create(template, token.login() == LoginState.SO);
    return token.add(this, List.of(token.factory().object(attributes)))[0];
  }

  /** C_DestroyObject. */
  public void destroyObject(long object) {
    token.destroy(this, object);
  }

  /** C_GetObjectSize: bytes of its attributes and its key. */
  public long objectSize(long object) {
    CryptokiObject found = token.object(object);
    CryptokiObject.TpmKey key = found.key();
    return (long) found.attributes().size()
        + (key == null ? 0 : key.publicArea().length + key.privateArea().length);
  }

  /** C_GetAttributeValue: a result for each type, in their order. */
  public List<AttributeResult> attributes(long object, long[] types) {
    Attributes attributes = token.object(object).attributes();
    Schema schema = Schema.of(attributes);
    return Arrays.stream(types)
        .mapToObj(code -> AttributeType.of(code).map(type -> result(attributes, schema, type)))
        .map(result -> result.orElseGet(AttributeResult.Absent::new))
        .toList();
  }

  private static AttributeResult result(Attributes attributes, Schema schema, AttributeType type) {
    if (schema.isSecret(type)) {
      return new AttributeResult.Sensitive();
    }
    return attributes
        .get(type)
        .<AttributeResult>map(AttributeResult.Value::new)
        .orElseGet(AttributeResult.Absent::new);
  }

  /** C_SetAttributeValue. */
  public void setAttributes(long object, Template template) {
    token.modify(this, object, template);
  }

  /** C_FindObjectsInit. */
  public synchronized void findInit(Template template) {
    if (find != null) {
      throw new CryptokiException(CKR_OPERATION_ACTIVE, "a search is under way");
    }
    find = new Find(token.find(template));
  }

  /** C_FindObjects: the next handles, at most so many. */
  public synchronized long[] find(int most) {
    Find current = active(find);
    int end = Math.min(current.handles.length, current.told + Math.max(0, most));
    long[] next = Arrays.copyOfRange(current.handles, current.told, end);
    current.told = end;
    return next;
  }

  /** C_FindObjectsFinal. */
  public synchronized void findFinal() {
    active(find);
    find = null;
  }

  // Digests, section 5.10

  /** C_DigestInit. */
  public synchronized void digestInit(MechanismCall call) {
    idle(digest);
    digest = new DigestOperation(mechanism(call, Function.DIGEST));
  }

  /** Bytes of the digest under way. */
  public synchronized int digestLength() {
    return active(digest).length();
  }

  /** C_DigestUpdate; where it fails, the operation ends. */
  public synchronized void digestUpdate(Data data) {
    DigestOperation current = active(digest);
    feed(data, current::update, () -> digest = null);
  }

  /** C_DigestFinal. */
  public synchronized byte[] digestFinal() {
    byte[] result = active(digest).finish();
    digest = null;
    return result;
  }

  /** C_Digest. */
  public synchronized byte[] digest(Data data) {
    digestUpdate(data);
    return digestFinal();
  }

  // Signatures, section 5.11

  /** C_SignInit. */
  public synchronized void signInit(MechanismCall call, long key) {
    idle(sign);
    Mechanism mechanism = mechanism(call, Function.SIGN);
    CryptokiObject object = key(key, CKA_SIGN, mechanism);
    sign = new SignOperation(mechanism, token.device(), token.use(object));
  }

  /** Bytes of the signature under way. */
  public synchronized int signatureLength() {
    return active(sign).length();
  }

  /** C_SignUpdate; where it fails, the operation ends. */
  public synchronized void signUpdate(Data data) {
    SignOperation current = active(sign);
    feed(data, current::update, this::endSign);
  }

  /** C_SignFinal; the operation ends, whatever comes of it. */
  public synchronized byte[] signFinal() {
    try {
      return active(sign).finish();
    } finally {
      endSign();
    }
  }

  /** C_Sign. */
  public synchronized byte[] sign(Data data) {
    signUpdate(data);
    return signFinal();
  }

  private void endSign() {
    if (sign != null) {
      sign.close();
      sign = null;
    }
  }

  // Verification, section 5.13: in software, without login

  /** C_VerifyInit. */
  public synchronized void verifyInit(MechanismCall call, long key) {
    idle(verify);
    Mechanism mechanism = mechanism(call, Function.VERIFY);
    CryptokiObject object = key(key, CKA_VERIFY, mechanism);
    verify = new VerifyOperation(mechanism, PublicKey.of(object.attributes()));
  }

  /** C_VerifyUpdate; where it fails, the operation ends. */
  public synchronized void verifyUpdate(Data data) {
    VerifyOperation current = active(verify);
    feed(data, current::update, () -> verify = null);
  }

  /** C_VerifyFinal; the operation ends, whatever comes of it. */
  public synchronized void verifyFinal(byte[] signature) {
    VerifyOperation current = active(verify);
    verify = null;
    current.finish(signature);
  }

  /** C_Verify. */
  public synchronized void verify(Data data, byte[] signature) {
    verifyUpdate(data);
    verifyFinal(signature);
  }

  private static void feed(Data data, Consumer<byte[]> sink, Runnable end) {
    boolean whole = false;
    try {
      data.feed(sink);
      whole = true;
    } finally {
      if (!whole) {
        end.run();
      }
    }
  }

  // Keys and random numbers, sections 5.18 and 5.20

  /** C_GenerateKeyPair: the handles of the public and the private key. */
  public long[] generateKeyPair(MechanismCall call, Template publicKey, Template privateKey) {
    Mechanism mechanism = mechanism(call, Function.GENERATE_KEY_PAIR);
    return new KeyPairGenerator(token).generate(this, mechanism, publicKey, privateKey);
  }

  /** C_SeedRandom. */
  public void seedRandom(byte[] seed) {
    token.device().stirRandom(seed);
  }

  /** C_GenerateRandom. */
  public byte[] generateRandom(int length) {
    return token.device().random(length);
  }

  private Mechanism mechanism(MechanismCall call, Function function) {
    Mechanism mechanism =
        token
            .device()
            .mechanism(call.type())
            .filter(row -> row.functions().contains(function))
            .orElseThrow(
                () ->
                    new CryptokiException(
                        CKR_MECHANISM_INVALID,
                        "mechanism 0x%x does not %s here".formatted(call.type(), function)));
    if (call.parameter().length != 0) {
      throw new CryptokiException(
          CKR_MECHANISM_PARAM_INVALID, mechanism.name() + " takes no parameter");
    }
    return mechanism;
  }

  /** The key of a handle, if it may do that. */
  private CryptokiObject key(long handle, AttributeType permission, Mechanism mechanism) {
    CryptokiObject object;
    try {
      object = token.object(handle);
    } catch (CryptokiException e) {
      throw e.returnValue() == CKR_OBJECT_HANDLE_INVALID
          ? new CryptokiException(CKR_KEY_HANDLE_INVALID)
          : e;
    }
    Attributes attributes = object.attributes();
    if (attributes.get(CKA_KEY_TYPE).isEmpty()) {
      throw new CryptokiException(CKR_KEY_HANDLE_INVALID, "not a key");
    }
    if (mechanism.keyType().stream()
        .anyMatch(type -> type.code() != attributes.number(CKA_KEY_TYPE, -1))) {
      throw new CryptokiException(
          CKR_KEY_TYPE_INCONSISTENT, mechanism.name() + " is for other keys");
    }
    Optional<byte[]> allowed = attributes.get(CKA_ALLOWED_MECHANISMS);
    boolean forbidden =
        allowed.isPresent()
            && Arrays.stream(attributes.numbers(CKA_ALLOWED_MECHANISMS))
                .noneMatch(type -> type == mechanism.type());
    if (!attributes.isTrue(permission) || forbidden) {
      throw new CryptokiException(
          CKR_KEY_FUNCTION_NOT_PERMITTED,
          forbidden ? "CKA_ALLOWED_MECHANISMS leaves it out" : permission + " is false");
    }
    return object;
  }

  private static void idle(@Nullable Object operation) {
    if (operation != null) {
      throw new CryptokiException(CKR_OPERATION_ACTIVE, "an operation of the kind is under way");
    }
  }

  private static <T> T active(@Nullable T operation) {
    if (operation == null) {
      throw new CryptokiException(CKR_OPERATION_NOT_INITIALIZED);
    }
    return operation;
  }
}
