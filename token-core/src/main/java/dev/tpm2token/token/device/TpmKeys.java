package dev.tpm2token.token.device;

import static dev.tpm2token.token.ReturnValue.CKR_ACTION_PROHIBITED;
import static dev.tpm2token.token.ReturnValue.CKR_DEVICE_ERROR;
import static dev.tpm2token.token.ReturnValue.CKR_PIN_INCORRECT;

import dev.tpm2token.token.CryptokiException;
import dev.tpm2token.token.crypto.HashAlgorithm;
import dev.tpm2token.token.crypto.PublicKey;
import dev.tpm2token.token.object.CryptokiObject;
import dev.tpm2token.token.store.TokenRecord;
import dev.tpm2token.tpm.Key;
import dev.tpm2token.tpm.KeyBlob;
import dev.tpm2token.tpm.Parent;
import dev.tpm2token.tpm.ParentTemplate;
import dev.tpm2token.tpm.Pcrs;
import dev.tpm2token.tpm.PersistentKey;
import dev.tpm2token.tpm.Policy;
import dev.tpm2token.tpm.Tpm;
import dev.tpm2token.tpm.TpmDevice;
import dev.tpm2token.tpm.TpmRc;
import dev.tpm2token.tpm.TpmResponseException;
import dev.tpm2token.tpm.command.ECDH_ZGen;
import dev.tpm2token.tpm.command.ObjectChangeAuth;
import dev.tpm2token.tpm.command.RSA_Decrypt;
import dev.tpm2token.tpm.command.ReadPublic;
import dev.tpm2token.tpm.command.Sign;
import dev.tpm2token.tpm.command.TpmCc;
import dev.tpm2token.tpm.command.TpmCommand;
import dev.tpm2token.tpm.structure.ObjectAttributes;
import dev.tpm2token.tpm.structure.TpmAlgId;
import dev.tpm2token.tpm.structure.TpmHandle;
import dev.tpm2token.tpm.structure.TpmlPcrSelection;
import dev.tpm2token.tpm.structure.TpmsEccPoint;
import dev.tpm2token.tpm.structure.TpmsSensitiveCreate;
import dev.tpm2token.tpm.structure.TpmtPublic;
import dev.tpm2token.tpm.structure.TpmtScheme;
import dev.tpm2token.tpm.structure.TpmtSignature;
import dev.tpm2token.tpm.structure.TpmuPublicParms;
import dev.tpm2token.tpm.wire.TpmReader;
import java.math.BigInteger;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;

/** Private keys in the TPM: made, brought in, used, and given on. */
public final class TpmKeys {
  private static final int AUTH_BYTES = 32;
  private static final byte[] NO_AUTH = {};

  /**
   * Keys have long random authValues, which nobody guesses: no protection against guessing, so that
   * a lockout does not stop those who are logged in. Both uses are allowed in the TPM, because raw
   * RSA and ECDH are decryption to it; what a key may do is said by its Cryptoki attributes.
   */
  static final ObjectAttributes IMPORTED =
      ObjectAttributes.of(
          ObjectAttributes.USER_WITH_AUTH,
          ObjectAttributes.NO_DA,
          ObjectAttributes.SIGN_ENCRYPT,
          ObjectAttributes.DECRYPT);

  /** A key that was made here: the TPM vouches that it was never anywhere else. */
  static final ObjectAttributes MADE =
      IMPORTED
          .with(ObjectAttributes.FIXED_TPM)
          .with(ObjectAttributes.FIXED_PARENT)
          .with(ObjectAttributes.SENSITIVE_DATA_ORIGIN);

  /** What a TPM answers where a policy is not satisfied: Part 2, 6.6.3. */
  private static final List<TpmRc> UNSATISFIED =
      List.of(
          TpmRc.POLICY,
          TpmRc.POLICY_FAIL,
          TpmRc.POLICY_CC,
          TpmRc.LOCALITY,
          TpmRc.PP,
          TpmRc.EXPIRED);

  private final TpmDevice device;
  private final SecureRandom random;

  TpmKeys(TpmDevice device, SecureRandom random) {
    this.device = device;
    this.random = random;
  }

  /** A new authValue, the caller's to zero. */
  public byte[] freshAuth() {
    byte[] auth = new byte[AUTH_BYTES];
    random.nextBytes(auth);
    return auth;
  }

  /** Makes a key pair under the parent. */
  public KeyBlob generate(
      TokenRecord.ParentKey parentKey, KeyKind kind, byte[] auth, Policy policy) {
    TpmtPublic plain = TpmtPublic.template(MADE, PublicAreas.parameters(kind));
    TpmtPublic template =
        policy.isNone() ? plain : plain.underPolicy(policy.digest(plain.nameAlg()));
    Parent parent = parentKey.parent();
    return device.call(tpm -> tpm.create(parent, new TpmsSensitiveCreate(auth, NO_AUTH), template));
  }

  /** The policy that PCR are as they are now, and the key's authValue is known. */
  public Policy policy(TpmlPcrSelection pcrs) {
    byte[] digest = device.call(tpm -> Pcrs.digest(tpm, pcrs, TpmAlgId.SHA256));
    return Policy.ofPcrsAndAuthValue(pcrs, digest);
  }

  /** Puts a private key that was made elsewhere under the parent, wrapped before it leaves us. */
  public KeyBlob importKey(
      TokenRecord.ParentKey parentKey, PrivateKeyMaterial material, byte[] auth) {
    TpmtPublic area = PublicAreas.of(material.publicKey(), IMPORTED);
    Parent parent = parentKey.parent();
    return material.sensitive(
        auth, sensitive -> device.call(tpm -> tpm.importKey(parent, area, sensitive)));
  }

  /**
   * The storage key that a key file names: it will be told the key's password. Where a token of the
   * store was made under one there, it is that one.
   *
   * @param rsa of a hierarchy, whether it is its RSA primary key
   */
  public Parent parent(TpmHandle handle, boolean rsa) {
    return device.call(
        tpm ->
            tpm.checked(
                handle.isPermanent() && rsa
                    ? tpm.primary(handle, ParentTemplate.RSA_H1)
                    : tpm.readParent(handle)));
  }

  /** The public area of a key that the TPM keeps. */
  public TpmtPublic publicArea(TpmHandle handle) {
    return device.call(tpm -> tpm.execute(new ReadPublic(handle)).outPublic());
  }

  /** The public area of a key of the store. */
  public TpmtPublic publicArea(CryptokiObject.TpmKey key) {
    return TpmReader.readAll(key.publicArea(), TpmtPublic::read);
  }

  /**
   * Has a parent import what was wrapped for it elsewhere.
   *
   * @return TPM2B_PRIVATE's buffer
   */
  public byte[] importDuplicate(
      Parent parent, TpmtPublic area, byte[] duplicate, byte[] encryptedSeed) {
    return device
        .call(tpm -> tpm.importDuplicate(parent, area, duplicate, encryptedSeed))
        .privateArea();
  }

  /**
   * Uses a key once, to see that it is this TPM's and its authValue the right one.
   *
   * @throws CryptokiException CKR_PIN_INCORRECT where it is not
   */
  public void tryOut(KeyInUse key) {
    TpmtPublic area = key.key().publicArea();
    try {
      if (area.objectAttributes().has(ObjectAttributes.SIGN_ENCRYPT)) {
        trySigning(key, area);
      } else if (key.publicKey() instanceof PublicKey.Ec own) {
        Arrays.fill(ecdh(key, own), (byte) 0);
      } else {
        rawRsa(key, PublicKey.unsigned(BigInteger.TWO, key.publicKey().signatureLength()));
      }
    } catch (TpmResponseException e) {
      throw PinSeals.isWrongAuth(e)
          ? new CryptokiException(CKR_PIN_INCORRECT, "that is not the key's password", e)
          : e;
    }
  }

  private void trySigning(KeyInUse key, TpmtPublic area) {
    TpmtScheme own =
        switch (area.parameters()) {
          case TpmuPublicParms.Rsa rsa -> rsa.scheme();
          case TpmuPublicParms.Ecc ecc -> ecc.scheme();
          default -> TpmtScheme.NULL;
        };
    TpmAlgId scheme = PublicAreas.isRsa(area) ? TpmAlgId.RSASSA : TpmAlgId.ECDSA;
    TpmtScheme with = own.equals(TpmtScheme.NULL) ? new TpmtScheme(scheme, TpmAlgId.SHA256) : own;
    byte[] digest = new byte[with.hash().digestLength()];
    use(key, handle -> new Sign(handle, digest, with));
  }

  /** What the TPM is told of to use a key of the store. */
  public Key key(TokenRecord.ParentKey parentKey, CryptokiObject.TpmKey key) {
    TpmtPublic area = publicArea(key);
    return switch (key.place()) {
      case CryptokiObject.Place.Token() -> new KeyBlob(parentKey.parent(), area, key.privateArea());
      case CryptokiObject.Place.Under(Parent parent) ->
          new KeyBlob(parent, area, key.privateArea());
      case CryptokiObject.Place.Kept(TpmHandle handle) -> new PersistentKey(handle, area);
    };
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
    TpmtSignature signature = use(key, handle -> new Sign(handle, digest, with));
    int length = key.publicKey().signatureLength();
    byte[] result = new byte[length];
    switch (signature) {
      case TpmtSignature.Rsa rsa -> PublicAreas.put(rsa.signature(), result, 0, length);
      case TpmtSignature.Ecc ecc -> {
        PublicAreas.put(ecc.signatureR(), result, 0, length / 2);
        PublicAreas.put(ecc.signatureS(), result, length / 2, length / 2);
      }
      default -> throw new CryptokiException(CKR_DEVICE_ERROR, "the TPM signed otherwise");
    }
    return result;
  }

  /** Applies an RSA private key to a block as long as the modulus; the result is as long. */
  public byte[] rawRsa(KeyInUse key, byte[] block) {
    byte[] result = use(key, handle -> new RSA_Decrypt(handle, block, TpmtScheme.NULL, NO_AUTH));
    byte[] padded = new byte[block.length];
    PublicAreas.put(result, padded, 0, padded.length);
    Arrays.fill(result, (byte) 0);
    return padded;
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
    TpmsEccPoint shared = use(key, handle -> new ECDH_ZGen(handle, in));
    byte[] x = new byte[length];
    System.arraycopy(shared.x(), 0, x, length - shared.x().length, shared.x().length);
    Arrays.fill(shared.x(), (byte) 0);
    Arrays.fill(shared.y(), (byte) 0);
    return x;
  }

  /**
   * The same key with another authValue, for use elsewhere: Part 3, 12.8.
   *
   * @return TPM2B_PRIVATE's buffer
   */
  public byte[] withAuth(KeyInUse key, byte[] newAuth) {
    if (!(key.key() instanceof KeyBlob blob)) {
      throw new IllegalArgumentException("the TPM keeps the key: there is nothing to give on");
    }
    return key.auth()
        .use(
            auth ->
                device.call(
                    tpm ->
                        tpm.execute(
                            new ObjectChangeAuth(
                                tpm.load(blob), tpm.handle(blob.parent()), newAuth),
                            tpm.authorize(blob.parent(), auth))));
  }

  /** A command that uses a loaded key. */
  interface KeyCommand<R> {
    TpmCommand<R> on(TpmHandle handle);
  }

  <R> R use(KeyInUse key, KeyCommand<R> command) {
    return use(key, (tpm, auth) -> execute(tpm, key, auth, command));
  }

  /** What is done with a key in one visit to the TPM. */
  @FunctionalInterface
  interface KeyWork<R> {
    R with(Tpm tpm, byte[] auth);
  }

  /** Does something with a key. Where its policy is not satisfied, this is said. */
  <R> R use(KeyInUse key, KeyWork<R> work) {
    try {
      return key.auth().use(auth -> device.call(tpm -> work.with(tpm, auth)));
    } catch (TpmResponseException e) {
      throw key.policy().isNone() ? e : unsatisfied(key.policy(), e);
    }
  }

  /** Executes a command that uses a key. */
  static <R> R execute(Tpm tpm, KeyInUse key, byte[] auth, KeyCommand<R> command) {
    return tpm.execute(
        command.on(tpm.load(key.key())), tpm.authorize(key.parent(), auth, key.policy()));
  }

  /** Where it is the policy that the TPM finds unsatisfied, this is said. */
  private static RuntimeException unsatisfied(Policy policy, TpmResponseException e) {
    boolean pcrs = (e.command() == TpmCc.PolicyPCR && e.is(TpmRc.VALUE)) || e.is(TpmRc.PCR_CHANGED);
    if (pcrs) {
      return new CryptokiException(
          CKR_ACTION_PROHIBITED,
          "the key is bound to the PCR %s, and they are not as they were when it was made: the machine was started with something else"
              .formatted(policy.pcrs().map(String::valueOf).orElse("")),
          e);
    }
    return UNSATISFIED.stream().anyMatch(e::is)
            || policy.steps().stream().anyMatch(step -> step.code() == e.command())
        ? new CryptokiException(
            CKR_ACTION_PROHIBITED, "the key's policy forbids it now: " + e.getMessage(), e)
        : e;
  }
}
