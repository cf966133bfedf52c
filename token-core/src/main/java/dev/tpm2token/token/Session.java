package dev.tpm2token.token;

import static dev.tpm2token.token.ReturnValue.CKR_KEY_NOT_NEEDED;
import static dev.tpm2token.token.ReturnValue.CKR_OPERATION_NOT_INITIALIZED;
import static dev.tpm2token.token.ReturnValue.CKR_SESSION_READ_ONLY;
import static dev.tpm2token.token.ReturnValue.CKR_STATE_UNSAVEABLE;
import static dev.tpm2token.token.attribute.AttributeType.CKA_DERIVE;
import static dev.tpm2token.token.attribute.AttributeType.CKA_EXTRACTABLE;
import static dev.tpm2token.token.attribute.AttributeType.CKA_SENSITIVE;
import static dev.tpm2token.token.attribute.AttributeType.CKA_SIGN;
import static dev.tpm2token.token.attribute.AttributeType.CKA_SIGN_RECOVER;

import dev.tpm2token.token.attribute.AttributeType;
import dev.tpm2token.token.attribute.Attributes;
import dev.tpm2token.token.attribute.Kind;
import dev.tpm2token.token.attribute.Template;
import dev.tpm2token.token.crypto.Secret;
import dev.tpm2token.token.device.Attestation;
import dev.tpm2token.token.device.KeyInUse;
import dev.tpm2token.token.mechanism.DigestOperation;
import dev.tpm2token.token.mechanism.Function;
import dev.tpm2token.token.mechanism.Mechanism;
import dev.tpm2token.token.object.CryptokiObject;
import dev.tpm2token.token.object.Schema;
import dev.tpm2token.tpm.Policy;
import dev.tpm2token.tpm.structure.TpmlPcrSelection;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

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
  private final Digesting digesting;
  private final Signing signing;
  private final Signing recoverableSigning;
  private final Verifying verification;
  private final Recovering recovery;
  private final MessageCiphering messageEncryption;
  private final MessageCiphering messageDecryption;
  private final MessageSigning messageSigning;
  private final MessageVerifying messageVerification;

  private final UnderWay<Find> find = new UnderWay<>();

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
    this.digesting = new Digesting(access);
    this.signing = new Signing(Function.SIGN, CKA_SIGN, token, access);
    this.recoverableSigning = new Signing(Function.SIGN_RECOVER, CKA_SIGN_RECOVER, token, access);
    this.verification = new Verifying(token, access);
    this.recovery = new Recovering(access);
    this.messageEncryption = new MessageCiphering(true, token, access);
    this.messageDecryption = new MessageCiphering(false, token, access);
    this.messageSigning = new MessageSigning(token, access);
    this.messageVerification = new MessageVerifying(token, access);
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
    cancel(-1);
  }

  /** C_SessionCancel: ends the operations whose CKF_ bits are set. */
  public synchronized void cancel(long flags) {
    Map<Long, Runnable> endings =
        Map.ofEntries(
            Map.entry(Function.ENCRYPT.flag(), encryption::end),
            Map.entry(Function.DECRYPT.flag(), decryption::end),
            Map.entry(Function.DIGEST.flag(), digesting::end),
            Map.entry(Function.SIGN.flag(), signing::end),
            Map.entry(Function.SIGN_RECOVER.flag(), recoverableSigning::end),
            Map.entry(Function.VERIFY.flag(), verification::end),
            Map.entry(Function.VERIFY_RECOVER.flag(), recovery::end),
            Map.entry(Function.MESSAGE_ENCRYPT.flag(), messageEncryption::end),
            Map.entry(Function.MESSAGE_DECRYPT.flag(), messageDecryption::end),
            Map.entry(Function.MESSAGE_SIGN.flag(), messageSigning::end),
            Map.entry(Function.MESSAGE_VERIFY.flag(), messageVerification::end),
            Map.entry(CKF_FIND_OBJECTS, find::end));
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
        Stream.of(
                signing.gate(), decryption.gate(), recoverableSigning.gate(), messageSigning.gate())
            .filter(PinGate::isClosed)
            .toList();
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
    if (type.kind() == Kind.TEMPLATE) {
      return attributes
          .template(type)
          .<AttributeResult>map(template -> new AttributeResult.Array(template.entries()))
          .orElseGet(AttributeResult.Absent::new);
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
    find.checkNone();
    find.begin(new Find(token.find(template)));
  }

  /** C_FindObjects: the next handles, at most so many. */
  public synchronized long[] find(int most) {
    Find current = find.get();
    int end = Math.min(current.handles.length, current.told + Math.max(0, most));
    long[] next = Arrays.copyOfRange(current.handles, current.told, end);
    current.told = end;
    return next;
  }

  /** C_FindObjectsFinal. */
  public synchronized void findFinal() {
    find.get();
    find.end();
  }

  // Operations, sections 5.8 to 5.15

  /** C_Encrypt… */
  public Ciphering encryption() {
    return encryption;
  }

  /** C_Decrypt… */
  public Ciphering decryption() {
    return decryption;
  }

  /** C_Digest… */
  public Digesting digesting() {
    return digesting;
  }

  /** C_Sign… */
  public Signing signing() {
    return signing;
  }

  /** C_SignRecover… */
  public Signing recoverableSigning() {
    return recoverableSigning;
  }

  /** C_Verify…, C_VerifySignature… */
  public Verifying verification() {
    return verification;
  }

  /** C_VerifyRecover… */
  public Recovering recovery() {
    return recovery;
  }

  /** C_EncryptMessage… */
  public MessageCiphering messageEncryption() {
    return messageEncryption;
  }

  /** C_DecryptMessage… */
  public MessageCiphering messageDecryption() {
    return messageDecryption;
  }

  /** C_SignMessage… */
  public MessageSigning messageSigning() {
    return messageSigning;
  }

  /** C_VerifyMessage… */
  public MessageVerifying messageVerification() {
    return messageVerification;
  }

  /** C_GetOperationState: of a digest, where it is the one operation under way. */
  public synchronized byte[] operationState() {
    if (signing.isActive()
        || verification.isActive()
        || encryption.isActive()
        || decryption.isActive()) {
      throw new CryptokiException(CKR_STATE_UNSAVEABLE, "only digests can be saved");
    }
    return digesting.state();
  }

  /** C_SetOperationState: what was under way ends. */
  public synchronized void setOperationState(byte[] state, long encryptionKey, long otherKey) {
    if (encryptionKey != 0 || otherKey != 0) {
      throw new CryptokiException(CKR_KEY_NOT_NEEDED, "a digest goes on without a key");
    }
    DigestOperation restored = DigestOperation.ofState(state);
    cancel();
    digesting.restore(restored);
  }

  // Two operations at once, section 5.17: neither goes on unless both are under way

  /** C_DigestEncryptUpdate. */
  public synchronized byte[] digestEncryptUpdate(byte[] part) {
    digesting.length();
    encryption.updateLength(0);
    digesting.update(Data.of(part));
    return encryption.update(part);
  }

  /** C_DecryptDigestUpdate. */
  public synchronized byte[] decryptDigestUpdate(byte[] part) {
    digesting.length();
    byte[] text = decryption.update(part);
    digesting.update(Data.of(text));
    return text;
  }

  /** C_SignEncryptUpdate. */
  public synchronized byte[] signEncryptUpdate(byte[] part) {
    signing.length();
    encryption.updateLength(0);
    signing.update(Data.of(part));
    return encryption.update(part);
  }

  /** C_DecryptVerifyUpdate. */
  public synchronized byte[] decryptVerifyUpdate(byte[] part) {
    verification.checkActive();
    byte[] text = decryption.update(part);
    verification.update(Data.of(text));
    return text;
  }

  // Keys and random numbers, sections 5.18 and 5.20

  /** C_GenerateKeyPair: the handles of the public and the private key. */
  public long[] generateKeyPair(MechanismCall call, Template publicKey, Template privateKey) {
    Mechanism mechanism = access.mechanism(call, Function.GENERATE_KEY_PAIR);
    return new KeyPairGenerator(token)
        .generate(this, mechanism, publicKey, privateKey, Policy.NONE);
  }

  /**
   * As C_GenerateKeyPair, and the key can be used for as long as some PCR have the values that they
   * have now.
   *
   * @throws IllegalArgumentException where the TPM has no such PCR
   */
  public long[] generateKeyPair(
      MechanismCall call, Template publicKey, Template privateKey, TpmlPcrSelection pcrs) {
    Mechanism mechanism = access.mechanism(call, Function.GENERATE_KEY_PAIR);
    Policy policy = token.device().keys().policy(pcrs);
    return new KeyPairGenerator(token).generate(this, mechanism, publicKey, privateKey, policy);
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

  /** C_EncapsulateKey and C_DecapsulateKey. */
  public KeyEncapsulation encapsulation() {
    return new KeyEncapsulation(token, access, this);
  }

  /** C_WrapKey and C_UnwrapKey. */
  public KeyWrapping wrapping() {
    return new KeyWrapping(token, access, this);
  }

  /** Keys that come from elsewhere and go there, beyond Cryptoki. */
  public ForeignKeys foreignKeys() {
    return new ForeignKeys(token, access, this);
  }

  /**
   * What the TPM says of a private key, signed.
   *
   * @param endorsementAuth the endorsement hierarchy's password
   * @param nonce up to 32 octets, of whoever asks
   */
  public Attestation.Evidence certify(long privateKey, byte[] endorsementAuth, byte[] nonce) {
    try (KeyInUse key = token.use(access.key(privateKey))) {
      return token.device().attestation().certify(key, endorsementAuth, nonce);
    }
  }

  /** C_SeedRandom. */
  public void seedRandom(byte[] seed) {
    token.device().stirRandom(seed);
  }

  /** C_GenerateRandom. */
  public byte[] generateRandom(int length) {
    return token.device().random(length);
  }
}
