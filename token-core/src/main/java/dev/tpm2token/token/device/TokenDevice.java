package dev.tpm2token.token.device;

import static dev.tpm2token.token.ReturnValue.CKR_CURVE_NOT_SUPPORTED;
import static dev.tpm2token.token.ReturnValue.CKR_DEVICE_ERROR;
import static dev.tpm2token.token.ReturnValue.CKR_KEY_SIZE_RANGE;
import static dev.tpm2token.token.ReturnValue.CKR_PIN_INCORRECT;
import static dev.tpm2token.token.ReturnValue.CKR_PIN_LOCKED;

import dev.tpm2token.token.CryptokiException;
import dev.tpm2token.token.SecretKeys;
import dev.tpm2token.token.Settings;
import dev.tpm2token.token.TokenInfo;
import dev.tpm2token.token.crypto.Curve;
import dev.tpm2token.token.crypto.HashAlgorithm;
import dev.tpm2token.token.crypto.PublicKey;
import dev.tpm2token.token.crypto.Sealing;
import dev.tpm2token.token.crypto.Secret;
import dev.tpm2token.token.mechanism.Mechanism;
import dev.tpm2token.token.object.CryptokiObject;
import dev.tpm2token.token.store.CapabilitiesRecord;
import dev.tpm2token.token.store.Store;
import dev.tpm2token.token.store.TokenRecord;
import dev.tpm2token.tpm.Capabilities;
import dev.tpm2token.tpm.DictionaryAttack;
import dev.tpm2token.tpm.KeyBlob;
import dev.tpm2token.tpm.Parent;
import dev.tpm2token.tpm.ParentTemplate;
import dev.tpm2token.tpm.Tpm;
import dev.tpm2token.tpm.TpmDevice;
import dev.tpm2token.tpm.TpmRc;
import dev.tpm2token.tpm.TpmResponseException;
import dev.tpm2token.tpm.command.ECDH_ZGen;
import dev.tpm2token.tpm.command.GetRandom;
import dev.tpm2token.tpm.command.ObjectChangeAuth;
import dev.tpm2token.tpm.command.RSA_Decrypt;
import dev.tpm2token.tpm.command.Sign;
import dev.tpm2token.tpm.command.StirRandom;
import dev.tpm2token.tpm.command.Unseal;
import dev.tpm2token.tpm.structure.ObjectAttributes;
import dev.tpm2token.tpm.structure.TpmAlgId;
import dev.tpm2token.tpm.structure.TpmHandle;
import dev.tpm2token.tpm.structure.TpmsEccPoint;
import dev.tpm2token.tpm.structure.TpmsSensitiveCreate;
import dev.tpm2token.tpm.structure.TpmtPublic;
import dev.tpm2token.tpm.structure.TpmtScheme;
import dev.tpm2token.tpm.structure.TpmtSensitive;
import dev.tpm2token.tpm.structure.TpmtSignature;
import dev.tpm2token.tpm.structure.TpmtSymDefObject;
import dev.tpm2token.tpm.structure.TpmuPublicId;
import dev.tpm2token.tpm.structure.TpmuPublicParms;
import dev.tpm2token.tpm.wire.TpmReader;
import java.math.BigInteger;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.bouncycastle.crypto.prng.SP800SecureRandom;
import org.bouncycastle.crypto.prng.SP800SecureRandomBuilder;
import org.jspecify.annotations.Nullable;

/**
 * What tokens want of the TPM: sealing under a PIN, keys, signatures, random numbers, and what the
 * TPM can do. Every call is one visit to the TPM; what it loads stays loaded for the next.
 */
public final class TokenDevice implements AutoCloseable {
  private static final int AUTH_BYTES = 32;
  private static final int SALT_BYTES = 16;
  private static final byte[] NO_AUTH = {};

  /** The longest stir that a TPM must take (Part 3, 16.2). */
  private static final int LONGEST_STIR = 128;

  private static final int FIXED =
      ObjectAttributes.FIXED_TPM | ObjectAttributes.FIXED_PARENT | ObjectAttributes.USER_WITH_AUTH;

  /**
   * Keys have long random authValues, which nobody guesses: no protection against guessing, so that
   * a lockout does not stop those who are logged in. Both uses are allowed in the TPM, because raw
   * RSA and ECDH are decryption to it; what a key may do is said by its Cryptoki attributes.
   */
  private static final ObjectAttributes KEY =
      new ObjectAttributes(
          FIXED
              | ObjectAttributes.SENSITIVE_DATA_ORIGIN
              | ObjectAttributes.NO_DA
              | ObjectAttributes.SIGN_ENCRYPT
              | ObjectAttributes.DECRYPT);

  /** A key that came from elsewhere: the TPM holds no more of it than that. */
  private static final ObjectAttributes IMPORTED =
      new ObjectAttributes(
          ObjectAttributes.USER_WITH_AUTH
              | ObjectAttributes.NO_DA
              | ObjectAttributes.SIGN_ENCRYPT
              | ObjectAttributes.DECRYPT);

  private final TpmDevice device;
  private final Store store;
  private final SecureRandom random;
  private final String tcti;
  private final TpmHandle parentHandle;

  private volatile @Nullable Capabilities capabilities;
  private volatile long pinFlags;

  /** Reaches the TPM of the settings, once it is needed. */
  public TokenDevice(Settings settings, Store store, SecureRandom random) {
    this.device = new TpmDevice(settings.tcti(), settings.lease(), settings.passwords());
    this.store = store;
    this.random = random;
    this.tcti = settings.tcti().toString();
    this.parentHandle = new TpmHandle(settings.parentHandle());
  }

  @Override
  public void close() {
    device.close();
  }

  // What the TPM is and can do

  /** What the TPM can do: remembered in the store, asked where it is not. */
  public Capabilities capabilities() {
    Capabilities known = capabilities;
    if (known == null) {
      known =
          store
              .recall(CapabilitiesRecord.FILE, CapabilitiesRecord.class)
              .flatMap(record -> record.capabilities(tcti))
              .orElseGet(this::probe);
      capabilities = known;
    }
    return known;
  }

  /** Asks the TPM itself, and remembers. */
  private Capabilities probe() {
    Capabilities found = device.call(Capabilities::probe);
    capabilities = found;
    store.remember(CapabilitiesRecord.FILE, CapabilitiesRecord.of(tcti, found));
    return found;
  }

  /** Whether the TPM has an algorithm. */
  public boolean has(TpmAlgId algorithm) {
    return capabilities().has(algorithm);
  }

  /** Whether the TPM has a hash algorithm. */
  public boolean has(HashAlgorithm hash) {
    return hash.tpmAlgorithm().filter(this::has).isPresent();
  }

  /** The RSA keys that can be had here, in bits; shorter than 2048 is not for today. */
  public Set<Long> rsaBits() {
    return capabilities().rsaKeyBits().stream()
        .filter(bits -> bits >= 2048)
        .map(Integer::longValue)
        .collect(Collectors.toUnmodifiableSet());
  }

  /** The curves that keys can be had on here: those for which there is a hash as long. */
  public Set<Curve> curves() {
    int longest =
        Stream.of(HashAlgorithm.values())
            .filter(this::has)
            .mapToInt(HashAlgorithm::length)
            .max()
            .orElse(0);
    return Stream.of(Curve.values())
        .filter(curve -> capabilities().has(curve.tpmCurve()))
        .filter(curve -> longest >= Math.min(curve.bytes(), HashAlgorithm.SHA512.length()))
        .collect(Collectors.toUnmodifiableSet());
  }

  /** The mechanisms that work here, in the table's order. */
  public List<Mechanism> mechanisms() {
    return Mechanism.TABLE.stream().filter(this::works).toList();
  }

  /** The mechanism of a number, if it works here. */
  public Optional<Mechanism> mechanism(long type) {
    return Mechanism.TABLE.stream()
        .filter(row -> row.type() == type)
        .filter(this::works)
        .findFirst();
  }

  private boolean works(Mechanism mechanism) {
    return mechanism
        .keyType()
        .map(
            type ->
                switch (type) {
                  case CKK_RSA -> has(TpmAlgId.RSA) && !rsaBits().isEmpty();
                  case CKK_EC -> has(TpmAlgId.ECDSA) && !curves().isEmpty();
                  case CKK_AES, CKK_GENERIC_SECRET -> true;
                })
        .orElse(true);
  }

  /**
   * The shortest and the longest key of a mechanism; 0 where it has none. In bits for RSA and
   * curves, in bytes for AES, and in bits for generic secrets, as the standard has it.
   */
  public int[] keySizes(Mechanism mechanism) {
    List<Integer> sizes =
        mechanism
            .keyType()
            .map(
                type ->
                    switch (type) {
                      case CKK_RSA -> rsaBits().stream().map(Long::intValue).toList();
                      case CKK_EC -> curves().stream().map(Curve::bits).toList();
                      case CKK_AES -> List.of(16, 32);
                      case CKK_GENERIC_SECRET -> List.of(8, 8 * SecretKeys.LONGEST);
                    })
            .orElse(List.of());
    return new int[] {
      sizes.stream().min(Comparator.naturalOrder()).orElse(0),
      sizes.stream().max(Comparator.naturalOrder()).orElse(0)
    };
  }

  /** What the TPM says of itself. */
  public TokenRecord.Tpm describe() {
    Capabilities known = capabilities();
    int firmware = (int) (known.firmwareVersion() >>> Integer.SIZE);
    return new TokenRecord.Tpm(
        known.manufacturer(),
        tcti.startsWith("simulator:") ? "simulator" : known.vendor().replaceAll("\\s+", " "),
        firmware >>> Short.SIZE & 0xff,
        firmware & 0xff);
  }

  /** What the TPM's counters mean for PINs: the CKF_ bits, as of the last wrong PIN. */
  public long pinFlags() {
    return pinFlags;
  }

  // The parent, and secrets sealed under PINs

  /** The storage key for a new token: the one that is there, or one that is made. */
  public TokenRecord.ParentKey provision() {
    Capabilities found = probe();
    Parent parent =
        device.call(tpm -> tpm.provision(parentHandle, ParentTemplate.storageRoot(found)));
    return new TokenRecord.ParentKey(parent.handle().value(), parent.publicArea().marshal());
  }

  /** Seals a token key under a PIN; an empty PIN makes a seal that opens without. */
  public TokenRecord.Seal seal(TokenRecord.ParentKey parentKey, Secret tokenKey, byte[] pin) {
    byte[] salt = new byte[pin.length == 0 ? 0 : SALT_BYTES];
    random.nextBytes(salt);
    byte[] auth = authValue(salt, pin);
    int protection = pin.length == 0 ? ObjectAttributes.NO_DA : 0;
    TpmtPublic template =
        TpmtPublic.template(
            new ObjectAttributes(FIXED | protection),
            new TpmuPublicParms.KeyedHash(TpmtScheme.NULL));
    try {
      Parent parent = parent(parentKey);
      KeyBlob made =
          tokenKey.use(
              key ->
                  device.call(
                      tpm -> tpm.create(parent, new TpmsSensitiveCreate(auth, key), template)));
      return new TokenRecord.Seal(salt, made.publicArea().marshal(), made.privateArea());
    } finally {
      Arrays.fill(auth, (byte) 0);
    }
  }

  /**
   * The token key.
   *
   * @throws CryptokiException CKR_PIN_INCORRECT
   */
  public Secret unseal(TokenRecord.ParentKey parentKey, TokenRecord.Seal seal, byte[] pin) {
    byte[] auth = authValue(seal.salt(), pin);
    try {
      Parent parent = parent(parentKey);
      return withPin(
          tpm ->
              Secret.taking(
                  tpm.execute(
                      new Unseal(tpm.load(blob(parent, seal))), tpm.authorize(parent, auth))));
    } finally {
      Arrays.fill(auth, (byte) 0);
    }
  }

  /**
   * The same secret under another PIN. The old seal still opens with the old PIN, for whoever kept
   * it: a TPM cannot take back what it has wrapped.
   *
   * @throws CryptokiException CKR_PIN_INCORRECT
   */
  public TokenRecord.Seal changePin(
      TokenRecord.ParentKey parentKey, TokenRecord.Seal seal, byte[] oldPin, byte[] newPin) {
    byte[] salt = new byte[SALT_BYTES];
    random.nextBytes(salt);
    byte[] oldAuth = authValue(seal.salt(), oldPin);
    byte[] newAuth = authValue(salt, newPin);
    try {
      Parent parent = parent(parentKey);
      KeyBlob old = blob(parent, seal);
      byte[] changed =
          withPin(
              tpm ->
                  tpm.execute(
                      new ObjectChangeAuth(tpm.load(old), tpm.handle(parent), newAuth),
                      tpm.authorize(parent, oldAuth)));
      device.forget(old);
      return new TokenRecord.Seal(salt, seal.publicArea(), changed);
    } finally {
      Arrays.fill(oldAuth, (byte) 0);
      Arrays.fill(newAuth, (byte) 0);
    }
  }

  /** The authValue of a PIN: fast to compute, because it is the TPM that counts wrong ones. */
  private static byte[] authValue(byte[] salt, byte[] pin) {
    return salt.length == 0 ? new byte[0] : Sealing.hkdf(pin, salt, "tpm2-token PIN");
  }

  private <T> T withPin(java.util.function.Function<Tpm, T> work) {
    try {
      T result = device.call(work);
      pinFlags = 0;
      return result;
    } catch (TpmResponseException e) {
      boolean wrong = e.is(TpmRc.AUTH_FAIL) || e.is(TpmRc.BAD_AUTH);
      if (!wrong && !e.is(TpmRc.LOCKOUT)) {
        throw e;
      }
      DictionaryAttack state = device.call(DictionaryAttack::read);
      pinFlags = flags(state);
      throw wrong ? wrongPin(state, e) : locked(e);
    }
  }

  private static CryptokiException wrongPin(DictionaryAttack state, TpmResponseException e) {
    return new CryptokiException(
        CKR_PIN_INCORRECT,
        "the TPM refuses the PIN, and locks after %d more".formatted(state.triesLeft()),
        e);
  }

  private static CryptokiException locked(TpmResponseException e) {
    return new CryptokiException(
        CKR_PIN_LOCKED,
        "the TPM takes no PIN after too many wrong ones; tpm2-token lockout show says for how long",
        e);
  }

  private static long flags(DictionaryAttack state) {
    long flags = TokenInfo.CKF_USER_PIN_COUNT_LOW | TokenInfo.CKF_SO_PIN_COUNT_LOW;
    if (state.triesLeft() == 1) {
      flags |= TokenInfo.CKF_USER_PIN_FINAL_TRY | TokenInfo.CKF_SO_PIN_FINAL_TRY;
    }
    if (state.triesLeft() == 0) {
      flags |= TokenInfo.CKF_USER_PIN_LOCKED | TokenInfo.CKF_SO_PIN_LOCKED;
    }
    return flags;
  }

  private static Parent parent(TokenRecord.ParentKey key) {
    return new Parent(
        new TpmHandle(key.handle()), TpmReader.readAll(key.publicArea(), TpmtPublic::read));
  }

  private static KeyBlob blob(Parent parent, TokenRecord.Seal seal) {
    return new KeyBlob(
        parent, TpmReader.readAll(seal.publicArea(), TpmtPublic::read), seal.privateArea());
  }

  // Keys

  /** A new key, as the TPM gave it. */
  @SuppressWarnings("ArrayRecordComponent") // carried, not compared
  public record Generated(byte[] publicArea, byte[] privateArea, PublicKey publicKey) {}

  /** A new authValue, the caller's to zero. */
  public byte[] freshAuth() {
    byte[] auth = new byte[AUTH_BYTES];
    random.nextBytes(auth);
    return auth;
  }

  /** Makes a key pair under the parent. */
  public Generated generate(TokenRecord.ParentKey parentKey, KeyKind kind, byte[] auth) {
    TpmuPublicParms parameters =
        switch (kind) {
          case KeyKind.Rsa(int bits) ->
              new TpmuPublicParms.Rsa(TpmtSymDefObject.NULL, TpmtScheme.NULL, bits, 0);
          case KeyKind.Ec(Curve curve) ->
              new TpmuPublicParms.Ecc(
                  TpmtSymDefObject.NULL, TpmtScheme.NULL, curve.tpmCurve(), TpmtScheme.NULL);
        };
    Parent parent = parent(parentKey);
    KeyBlob made =
        device.call(
            tpm ->
                tpm.create(
                    parent,
                    new TpmsSensitiveCreate(auth, NO_AUTH),
                    TpmtPublic.template(KEY, parameters)));
    return new Generated(
        made.publicArea().marshal(), made.privateArea(), publicKey(made.publicArea()));
  }

  private static PublicKey publicKey(TpmtPublic area) {
    return switch (area.unique()) {
      case TpmuPublicId.Rsa(byte[] modulus)
          when area.parameters() instanceof TpmuPublicParms.Rsa p ->
          new PublicKey.Rsa(new BigInteger(1, modulus), BigInteger.valueOf(p.publicExponent()));
      case TpmuPublicId.Ecc(var point) when area.parameters() instanceof TpmuPublicParms.Ecc p -> {
        Curve curve = Curve.of(p.curve()).orElseThrow();
        byte[] encoded = new byte[1 + 2 * curve.bytes()];
        encoded[0] = 4;
        put(point.x(), encoded, 1, curve.bytes());
        put(point.y(), encoded, 1 + curve.bytes(), curve.bytes());
        yield new PublicKey.Ec(curve, encoded);
      }
      default -> throw new CryptokiException(CKR_DEVICE_ERROR, "the TPM made another kind of key");
    };
  }

  /** A number of any length, right-aligned: a TPM may leave out leading zeros. */
  private static void put(byte[] number, byte[] into, int start, int length) {
    byte[] fitted = PublicKey.unsigned(new BigInteger(1, number), length);
    System.arraycopy(fitted, 0, into, start, length);
  }

  /** What the TPM loads to use a key of the store. */
  public KeyBlob blob(TokenRecord.ParentKey parentKey, CryptokiObject.TpmKey key) {
    return new KeyBlob(
        parent(parentKey),
        TpmReader.readAll(key.publicArea(), TpmtPublic::read),
        key.privateArea());
  }

  /** Takes a key out of the TPM. */
  public void forget(KeyBlob key) {
    device.forget(key);
  }

  /**
   * Signs a digest as long as the hash's, in one command where the key is loaded.
   *
   * @return the signature as Cryptoki has it: as long as the modulus, or r and s, each as long as
   *     the curve's order
   */
  public byte[] sign(KeyInUse key, TpmAlgId scheme, HashAlgorithm hash, byte[] digest) {
    TpmtScheme with = new TpmtScheme(scheme, hash.tpmAlgorithm().orElseThrow());
    TpmtSignature signature = use(key, (tpm, handle) -> new Sign(handle, digest, with));
    int length = key.publicKey().signatureLength();
    byte[] result = new byte[length];
    switch (signature) {
      case TpmtSignature.Rsa rsa -> put(rsa.signature(), result, 0, length);
      case TpmtSignature.Ecc ecc -> {
        put(ecc.signatureR(), result, 0, length / 2);
        put(ecc.signatureS(), result, length / 2, length / 2);
      }
      default -> throw new CryptokiException(CKR_DEVICE_ERROR, "the TPM signed otherwise");
    }
    return result;
  }

  /** Applies an RSA private key to a block as long as the modulus; the result is as long. */
  public byte[] rawRsa(KeyInUse key, byte[] block) {
    byte[] result =
        use(key, (tpm, handle) -> new RSA_Decrypt(handle, block, TpmtScheme.NULL, NO_AUTH));
    return PublicKey.unsigned(new BigInteger(1, result), block.length);
  }

  /**
   * The x coordinate of the private key times another's point (ECDH), as long as the curve's
   * coordinates; the caller's to zero.
   */
  public byte[] ecdh(KeyInUse key, PublicKey.Ec other) {
    int length = other.curve().bytes();
    byte[] point = other.point();
    TpmsEccPoint in =
        new TpmsEccPoint(
            Arrays.copyOfRange(point, 1, 1 + length),
            Arrays.copyOfRange(point, 1 + length, point.length));
    TpmsEccPoint shared = use(key, (tpm, handle) -> new ECDH_ZGen(handle, in));
    byte[] x = new byte[length];
    System.arraycopy(shared.x(), 0, x, length - shared.x().length, shared.x().length);
    Arrays.fill(shared.x(), (byte) 0);
    Arrays.fill(shared.y(), (byte) 0);
    return x;
  }

  /**
   * Checks that the TPM takes keys of that size or curve.
   *
   * @throws CryptokiException CKR_KEY_SIZE_RANGE, CKR_CURVE_NOT_SUPPORTED
   */
  public void checkHolds(PublicKey key) {
    switch (key) {
      case PublicKey.Rsa rsa when !rsaBits().contains((long) rsa.bits()) ->
          throw new CryptokiException(CKR_KEY_SIZE_RANGE, "this TPM holds " + rsaBits());
      case PublicKey.Ec ec when !curves().contains(ec.curve()) ->
          throw new CryptokiException(CKR_CURVE_NOT_SUPPORTED, "this TPM holds " + curves());
      default -> {}
    }
  }

  /** Puts a private key that was made elsewhere under the parent, wrapped before it leaves us. */
  public Generated importKey(
      TokenRecord.ParentKey parentKey, PrivateKeyMaterial material, byte[] auth) {
    TpmuPublicParms parameters;
    TpmuPublicId unique;
    switch (material.publicKey()) {
      case PublicKey.Rsa rsa -> {
        parameters = new TpmuPublicParms.Rsa(TpmtSymDefObject.NULL, TpmtScheme.NULL, rsa.bits(), 0);
        unique = new TpmuPublicId.Rsa(PublicKey.unsigned(rsa.modulus(), rsa.signatureLength()));
      }
      case PublicKey.Ec ec -> {
        int length = ec.curve().bytes();
        parameters =
            new TpmuPublicParms.Ecc(
                TpmtSymDefObject.NULL, TpmtScheme.NULL, ec.curve().tpmCurve(), TpmtScheme.NULL);
        unique =
            new TpmuPublicId.Ecc(
                new TpmsEccPoint(
                    Arrays.copyOfRange(ec.point(), 1, 1 + length),
                    Arrays.copyOfRange(ec.point(), 1 + length, 1 + 2 * length)));
      }
    }
    TpmtPublic area = TpmtPublic.template(IMPORTED, parameters).withUnique(unique);
    Parent parent = parent(parentKey);
    KeyBlob blob =
        material
            .secret()
            .use(
                secret ->
                    device.call(
                        tpm ->
                            tpm.importKey(
                                parent,
                                area,
                                new TpmtSensitive(parameters.type(), auth, NO_AUTH, secret))));
    return new Generated(area.marshal(), blob.privateArea(), material.publicKey());
  }

  /** Random bytes that need not be secret, without a TPM command: salts and paddings. */
  public byte[] salt(int length) {
    byte[] salt = new byte[length];
    random.nextBytes(salt);
    return salt;
  }

  /** A command that uses a loaded key. */
  private interface KeyCommand<R> {
    dev.tpm2token.tpm.command.TpmCommand<R> on(Tpm tpm, TpmHandle handle);
  }

  private <R> R use(KeyInUse key, KeyCommand<R> command) {
    return key.auth()
        .use(
            auth ->
                device.call(
                    tpm ->
                        tpm.execute(
                            command.on(tpm, tpm.load(key.blob())),
                            tpm.authorize(key.blob().parent(), auth))));
  }

  // Random numbers

  /**
   * Random bytes: an HMAC-DRBG (SP 800-90A) that the TPM and the system have both seeded, so that
   * neither alone, nor who listens between us and the TPM, knows what comes of it. One TPM command,
   * whatever the length.
   */
  public byte[] random(int length) {
    byte[] fromTpm = device.call(tpm -> tpm.execute(new GetRandom(AUTH_BYTES)));
    SP800SecureRandom generator =
        new SP800SecureRandomBuilder(random, false)
            .setPersonalizationString(fromTpm)
            .buildHMAC(
                new org.bouncycastle.crypto.macs.HMac(HashAlgorithm.SHA256.start()), null, false);
    byte[] result = new byte[length];
    generator.nextBytes(result);
    return result;
  }

  /** Adds to the TPM's entropy. */
  public void stirRandom(byte[] seed) {
    for (int done = 0; done < seed.length; done += LONGEST_STIR) {
      byte[] part = Arrays.copyOfRange(seed, done, Math.min(seed.length, done + LONGEST_STIR));
      device.call(tpm -> tpm.execute(new StirRandom(part)));
    }
  }
}
