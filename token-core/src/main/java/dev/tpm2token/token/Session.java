package dev.tpm2token.token;

import static dev.tpm2token.token.ReturnValue.CKR_KEY_INDIGESTIBLE;
import static dev.tpm2token.token.ReturnValue.CKR_KEY_NOT_NEEDED;
import static dev.tpm2token.token.ReturnValue.CKR_OPERATION_ACTIVE;
import static dev.tpm2token.token.ReturnValue.CKR_OPERATION_NOT_INITIALIZED;
import static dev.tpm2token.token.ReturnValue.CKR_SESSION_READ_ONLY;
import static dev.tpm2token.token.ReturnValue.CKR_STATE_UNSAVEABLE;
import static dev.tpm2token.token.attribute.AttributeType.CKA_DERIVE;
import static dev.tpm2token.token.attribute.AttributeType.CKA_EXTRACTABLE;
import static dev.tpm2token.token.attribute.AttributeType.CKA_SENSITIVE;
import static dev.tpm2token.token.attribute.AttributeType.CKA_SIGN;
import static dev.tpm2token.token.attribute.AttributeType.CKA_VERIFY;

import dev.tpm2token.token.attribute.AttributeType;
import dev.tpm2token.token.attribute.Attributes;
import dev.tpm2token.token.attribute.Template;
import dev.tpm2token.token.crypto.Secret;
import dev.tpm2token.token.mechanism.DigestOperation;
import dev.tpm2token.token.mechanism.Function;
import dev.tpm2token.token.mechanism.Mechanism;
import dev.tpm2token.token.mechanism.Operations;
import dev.tpm2token.token.mechanism.SignOperation;
import dev.tpm2token.token.mechanism.VerifyOperation;
import dev.tpm2token.token.object.CryptokiObject;
import dev.tpm2token.token.object.Schema;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A session: what a client does with a token, one thing after another. The methods are the
 * standard's functions without the C; each throws {@link CryptokiException}. Where an operation
 * ends by the standard's rule, it ends here; a query for a length does not come this far.
 */
public final class Session {
  private static final long CKF_FIND_OBJECTS = 0x40;

  private final long handle;
  private final Token token;
  private final boolean readWrite;

  private final KeyAccess access;
  private final Ciphering encryption;
  private final Ciphering decryption;
  private final Recovering recovery;
  private final PinGate signGate = new PinGate();

  private @Nullable Find find;
  private @Nullable DigestOperation digest;
  private @Nullable SignOperation sign;
  private @Nullable VerifyOperation verify;

  /** The signature that came before the data, where it did. */
  private byte @Nullable [] awaited;

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
    this.access = new KeyAccess(token);
    this.encryption = new Ciphering(true, token, access);
    this.decryption = new Ciphering(false, token, access);
    this.recovery = new Recovering(token, access);
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
    cancel();
    token.closed(handle);
  }

  /** Ends every operation, and says so to nobody. */
  private void cancel() {
    endSign();
    encryption.end();
    decryption.end();
    recovery.end();
    find = null;
    digest = null;
    verify = null;
  }

  /** C_SessionCancel: ends the operations whose CKF_ bits are set. */
  public synchronized void cancel(long flags) {
    Map<Long, Runnable> endings =
        Map.of(
            Function.ENCRYPT.flag(),
            encryption::end,
            Function.DECRYPT.flag(),
            decryption::end,
            Function.DIGEST.flag(),
            () -> digest = null,
            Function.SIGN.flag(),
            this::endSign,
            Function.SIGN_RECOVER.flag(),
            recovery::endSign,
            Function.VERIFY.flag(),
            () -> verify = null,
            Function.VERIFY_RECOVER.flag(),
            recovery::endVerify,
            CKF_FIND_OBJECTS,
            () -> find = null);
    endings.forEach(
        (flag, ending) -> {
          if ((flags & flag) != 0) {
            ending.run();
          }
        });
  }

  // Session and login, PKCS#11 3.1, section 5.6

  /** C_GetSessionInfo. */
  public SessionInfo info() {
    return new SessionInfo(token.slot(), SessionInfo.State.of(token.login(), readWrite), readWrite);
  }

  /** C_Login for the operations under way whose keys ask for a PIN at each use. */
  synchronized void contextLogin(byte[] pin) {
    List<PinGate> waiting =
        Stream.of(signGate, decryption.gate(), recovery.gate()).filter(PinGate::isClosed).toList();
    if (waiting.isEmpty()) {
      throw new CryptokiException(CKR_OPERATION_NOT_INITIALIZED, "no operation asks for a login");
    }
    token.checkUserPin(pin);
    waiting.forEach(PinGate::open);
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
    return new KeyImporter(token).create(this, template);
  }

  /** C_CopyObject: the copy's handle. */
  public long copyObject(long object, Template template) {
    return token.copy(this, object, template);
  }

  /** C_DestroyObject. */
  public void destroyObject(long object) {
    token.destroy(this, object);
  }

  /** C_GetObjectSize: bytes of its attributes and its key. */
  public long objectSize(long object) {
    CryptokiObject found = token.object(object);
    CryptokiObject.TpmKey key = found.key();
    Secret secret = found.secret();
    return (long) found.attributes().size()
        + (secret == null ? 0 : secret.use(bytes -> bytes.length))
        + (key == null ? 0 : key.publicArea().length + key.privateArea().length);
  }

  /** C_GetAttributeValue: a result for each type, in their order. */
  public List<AttributeResult> attributes(long object, long[] types) {
    CryptokiObject found = token.object(object);
    Schema schema = Schema.of(found.attributes());
    return Arrays.stream(types)
        .mapToObj(code -> AttributeType.of(code).map(type -> result(found, schema, type)))
        .map(result -> result.orElseGet(AttributeResult.Absent::new))
        .toList();
  }

  private static AttributeResult result(CryptokiObject object, Schema schema, AttributeType type) {
    Attributes attributes = object.attributes();
    if (schema.isSecret(type)) {
      Secret secret = object.secret();
      return secret == null
              || attributes.isTrue(CKA_SENSITIVE)
              || !attributes.isTrue(CKA_EXTRACTABLE)
          ? new AttributeResult.Sensitive()
          : new AttributeResult.Value(secret.use(byte[]::clone));
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
    digest = DigestOperation.of(access.mechanism(call, Function.DIGEST));
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

  /** C_DigestKey; where it fails, the operation ends. */
  public synchronized void digestKey(long key) {
    DigestOperation current = active(digest);
    digest = null;
    Secret secret = access.key(key).secret();
    if (secret == null) {
      throw new CryptokiException(CKR_KEY_INDIGESTIBLE, "only secret keys are digested");
    }
    secret.use(
        bytes -> {
          current.updateSecret(bytes);
          return bytes.length;
        });
    digest = current;
  }

  /** C_GetOperationState: of a digest, where it is the one operation under way. */
  public synchronized byte[] operationState() {
    if (sign != null || verify != null || encryption.isActive() || decryption.isActive()) {
      throw new CryptokiException(CKR_STATE_UNSAVEABLE, "only digests can be saved");
    }
    return active(digest).state();
  }

  /** C_SetOperationState: what was under way ends. */
  public synchronized void setOperationState(byte[] state, long encryptionKey, long otherKey) {
    if (encryptionKey != 0 || otherKey != 0) {
      throw new CryptokiException(CKR_KEY_NOT_NEEDED, "a digest goes on without a key");
    }
    DigestOperation restored = DigestOperation.ofState(state);
    cancel();
    digest = restored;
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
    Mechanism mechanism = access.mechanism(call, Function.SIGN);
    CryptokiObject object = access.key(key, CKA_SIGN, mechanism);
    sign =
        access.begin(
            object, opened -> Operations.sign(mechanism, call.parameter(), token.device(), opened));
    signGate.begin(object);
  }

  /** Bytes of the signature under way. */
  public synchronized int signatureLength() {
    return active(sign).length();
  }

  /** C_SignUpdate; where it fails, the operation ends. */
  public synchronized void signUpdate(Data data) {
    SignOperation current = active(sign);
    feed(
        sink -> {
          signGate.pass();
          data.feed(sink);
        },
        current::update,
        this::endSign);
  }

  /** C_SignFinal; the operation ends, whatever comes of it. */
  public synchronized byte[] signFinal() {
    try {
      SignOperation current = active(sign);
      signGate.pass();
      return current.finish();
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
    signGate.open();
  }

  // Verification, section 5.13: in software, without login

  /** C_VerifyInit. */
  public synchronized void verifyInit(MechanismCall call, long key) {
    idle(verify);
    awaited = null;
    Mechanism mechanism = access.mechanism(call, Function.VERIFY);
    CryptokiObject object = access.key(key, CKA_VERIFY, mechanism);
    verify = access.begin(object, opened -> Operations.verify(mechanism, call.parameter(), opened));
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

  /** C_VerifySignatureInit of 3.2: the signature comes first. */
  public synchronized void verifySignatureInit(MechanismCall call, long key, byte[] signature) {
    verifyInit(call, key);
    awaited = signature;
  }

  /** C_VerifySignatureUpdate, and the data of C_VerifySignature. */
  public synchronized void verifySignatureUpdate(Data data) {
    active(awaited);
    verifyUpdate(data);
  }

  /** C_VerifySignatureFinal. */
  public synchronized void verifySignatureFinal() {
    byte[] signature = active(awaited);
    awaited = null;
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

  // Encryption, sections 5.8 and 5.9; recovery, 5.13.4 and 5.15.5; two at once, 5.16

  /** C_Encrypt… */
  public Ciphering encryption() {
    return encryption;
  }

  /** C_Decrypt… */
  public Ciphering decryption() {
    return decryption;
  }

  /** C_SignRecover…, C_VerifyRecover… */
  public Recovering recovery() {
    return recovery;
  }

  /** C_DigestEncryptUpdate. */
  public synchronized byte[] digestEncryptUpdate(byte[] part) {
    active(digest);
    encryption.updateLength(0);
    digestUpdate(Data.of(part));
    return encryption.update(part);
  }

  /** C_DecryptDigestUpdate. */
  public synchronized byte[] decryptDigestUpdate(byte[] part) {
    active(digest);
    byte[] text = decryption.update(part);
    digestUpdate(Data.of(text));
    return text;
  }

  /** C_SignEncryptUpdate. */
  public synchronized byte[] signEncryptUpdate(byte[] part) {
    active(sign);
    encryption.updateLength(0);
    signUpdate(Data.of(part));
    return encryption.update(part);
  }

  /** C_DecryptVerifyUpdate. */
  public synchronized byte[] decryptVerifyUpdate(byte[] part) {
    active(verify);
    byte[] text = decryption.update(part);
    verifyUpdate(Data.of(text));
    return text;
  }

  // Keys and random numbers, sections 5.18 and 5.20

  /** C_GenerateKeyPair: the handles of the public and the private key. */
  public long[] generateKeyPair(MechanismCall call, Template publicKey, Template privateKey) {
    Mechanism mechanism = access.mechanism(call, Function.GENERATE_KEY_PAIR);
    return new KeyPairGenerator(token).generate(this, mechanism, publicKey, privateKey);
  }

  /** C_GenerateKey: the new key's handle. */
  public long generateKey(MechanismCall call, Template template) {
    Mechanism mechanism = access.mechanism(call, Function.GENERATE);
    return new SecretKeys(token).generate(this, mechanism, template);
  }

  /** C_DeriveKey: the new key's handle. */
  public long deriveKey(MechanismCall call, long baseKey, Template template) {
    Mechanism mechanism = access.mechanism(call, Function.DERIVE);
    CryptokiObject base = access.key(baseKey, CKA_DERIVE, mechanism);
    return new KeyDerivation(token, access).derive(this, base, call.parameter(), template);
  }

  /** C_WrapKey and C_UnwrapKey. */
  public KeyWrapping wrapping() {
    return new KeyWrapping(token, access, this);
  }

  /** C_SeedRandom. */
  public void seedRandom(byte[] seed) {
    token.device().stirRandom(seed);
  }

  /** C_GenerateRandom. */
  public byte[] generateRandom(int length) {
    return token.device().random(length);
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
