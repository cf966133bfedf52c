package dev.tpm2token.token;

import static dev.tpm2token.token.ReturnValue.CKR_ACTION_PROHIBITED;
import static dev.tpm2token.token.ReturnValue.CKR_KEY_UNEXTRACTABLE;
import static dev.tpm2token.token.attribute.AttributeType.CKA_CLASS;
import static dev.tpm2token.token.attribute.AttributeType.CKA_DECRYPT;
import static dev.tpm2token.token.attribute.AttributeType.CKA_DERIVE;
import static dev.tpm2token.token.attribute.AttributeType.CKA_KEY_TYPE;
import static dev.tpm2token.token.attribute.AttributeType.CKA_SIGN;

import dev.tpm2token.token.attribute.AttributeType;
import dev.tpm2token.token.attribute.Attributes;
import dev.tpm2token.token.attribute.Template;
import dev.tpm2token.token.crypto.PrivateKeys;
import dev.tpm2token.token.crypto.PublicKey;
import dev.tpm2token.token.device.KeyInUse;
import dev.tpm2token.token.device.PrivateKeyMaterial;
import dev.tpm2token.token.device.PublicAreas;
import dev.tpm2token.token.device.TpmKeys;
import dev.tpm2token.token.keyfile.TpmKeyFile;
import dev.tpm2token.token.object.CryptokiObject;
import dev.tpm2token.token.object.KeyType;
import dev.tpm2token.token.object.ObjectClass;
import dev.tpm2token.token.object.Schema;
import dev.tpm2token.tpm.Parent;
import dev.tpm2token.tpm.Policy;
import dev.tpm2token.tpm.structure.ObjectAttributes;
import dev.tpm2token.tpm.structure.TpmHandle;
import dev.tpm2token.tpm.structure.TpmtPublic;
import java.util.List;

/**
 * Keys that come from elsewhere and keys that go there, beyond what Cryptoki has words for. What
 * comes in becomes two objects, as a generated key does.
 */
public final class ForeignKeys {
  private final Token token;
  private final KeyAccess access;
  private final Session session;

  ForeignKeys(Token token, KeyAccess access, Session session) {
    this.token = token;
    this.access = access;
    this.session = session;
  }

  /**
   * Brings in a key that was made in software: it is wrapped to the token's storage key.
   *
   * @param privateKeyInfo PKCS#8, the caller's to zero
   * @return the handles of the public and of the private key
   */
  public long[] importKey(byte[] privateKeyInfo, Template publicKey, Template privateKey) {
    try (PrivateKeyMaterial material = PrivateKeys.ofPkcs8(privateKeyInfo)) {
      token.device().checkHolds(material.publicKey());
      Halves halves = halves(material.publicKey(), publicKey, privateKey);
      return add(halves, token.imported(material));
    }
  }

  /**
   * Takes in a key of a TPM key file, which stays what it is: other programs may go on using it.
   *
   * @param auth its authValue, the caller's to zero
   * @return the handles of the public and of the private key
   * @throws CryptokiException CKR_PIN_INCORRECT where the authValue is another;
   *     CKR_ACTION_PROHIBITED where its policy is not satisfied, or it may only sign what the TPM
   *     itself says
   */
  public long[] link(TpmKeyFile file, byte[] auth, Template publicKey, Template privateKey) {
    Parent parent = keys().parent(file.parent(), file.rsaParent());
    byte[] privateArea =
        file.type() == TpmKeyFile.Type.IMPORTABLE
            ? keys().importDuplicate(parent, file.publicArea(), file.privateArea(), file.secret())
            : file.privateArea();
    CryptokiObject.Place place =
        parent.equals(storageKey())
            ? new CryptokiObject.Place.Token()
            : new CryptokiObject.Place.Under(parent);
    return link(file.publicArea(), privateArea, place, file.policy(), auth, publicKey, privateKey);
  }

  /** Takes in a key that the TPM keeps under a persistent handle; else as above. */
  public long[] link(TpmHandle handle, byte[] auth, Template publicKey, Template privateKey) {
    return link(
        keys().publicArea(handle),
        new byte[0],
        new CryptokiObject.Place.Kept(handle),
        Policy.NONE,
        auth,
        publicKey,
        privateKey);
  }

  /** The public half of a key that the TPM keeps. */
  public PublicKey publicKey(TpmHandle handle) {
    return PublicAreas.publicKey(keys().publicArea(handle));
  }

  private long[] link(
      TpmtPublic area,
      byte[] privateArea,
      CryptokiObject.Place place,
      Policy policy,
      byte[] auth,
      Template publicTemplate,
      Template privateTemplate) {
    if (area.objectAttributes().has(ObjectAttributes.RESTRICTED)) {
      throw new CryptokiException(
          CKR_ACTION_PROHIBITED,
          "that key is a restricted one: it signs or decrypts only what the TPM itself makes");
    }
    PublicKey key = PublicAreas.publicKey(area);
    Halves halves = halves(key, publicTemplate, privateTemplate);
    CryptokiObject.TpmKey linked =
        new CryptokiObject.TpmKey(
            area.marshal(), privateArea, token.sealAuth(area, auth), place, policy);
    Attributes allowed = uses(halves.privateHalf, area.objectAttributes());
    try (KeyInUse use = token.use(token.factory().object(allowed, linked))) {
      keys().tryOut(use);
    }
    return add(new Halves(halves.publicHalf, allowed), linked);
  }

  /** What the TPM lets the key do. */
  private static Attributes uses(Attributes privateHalf, ObjectAttributes of) {
    AttributeType decryption =
        privateHalf.number(CKA_KEY_TYPE, -1) == KeyType.CKK_RSA.code() ? CKA_DECRYPT : CKA_DERIVE;
    return privateHalf.toBuilder()
        .put(CKA_SIGN, of.has(ObjectAttributes.SIGN_ENCRYPT))
        .put(decryption, of.has(ObjectAttributes.DECRYPT))
        .build();
  }

  /**
   * A key for other programs on this machine: the same key under another authValue.
   *
   * @param newAuth empty where nobody shall be asked
   * @throws CryptokiException CKR_KEY_UNEXTRACTABLE for a key that the TPM keeps, or that has a
   *     policy, which the file's readers would not know
   */
  public TpmKeyFile export(long privateKey, byte[] newAuth) {
    CryptokiObject object = access.key(privateKey);
    CryptokiObject.TpmKey key = object.key();
    if (key == null || key.place() instanceof CryptokiObject.Place.Kept || !key.policy().isNone()) {
      throw new CryptokiException(
          CKR_KEY_UNEXTRACTABLE,
          key == null
              ? "that is no key of the TPM"
              : "a key that is kept in the TPM, or bound to PCR, is not exported");
    }
    try (KeyInUse use = token.use(object)) {
      Parent parent = use.parent();
      return TpmKeyFile.loadable(
          parent.handle(),
          parent.handle().isPermanent() && PublicAreas.isRsa(parent.publicArea()),
          use.key().publicArea(),
          keys().withAuth(use, newAuth),
          newAuth.length == 0);
    }
  }

  /** The token's storage key, for which others may wrap keys. */
  public Parent storageKey() {
    return token.record().parent().parent();
  }

  /**
   * What is known of a private key besides its attributes.
   *
   * @param place where it is
   * @param policy what has to be so for it to be used
   * @param publicArea as the TPM has it
   */
  public record Description(CryptokiObject.Place place, Policy policy, TpmtPublic publicArea) {}

  /** Describes a private key. */
  public Description describe(long privateKey) {
    CryptokiObject.TpmKey key = access.key(privateKey).key();
    if (key == null) {
      throw new CryptokiException(ReturnValue.CKR_KEY_HANDLE_INVALID, "that is no key of the TPM");
    }
    return new Description(key.place(), key.policy(), keys().publicArea(key));
  }

  private TpmKeys keys() {
    return token.device().keys();
  }

  private record Halves(Attributes publicHalf, Attributes privateHalf) {}

  private Halves halves(PublicKey key, Template publicTemplate, Template privateTemplate) {
    Halves halves =
        new Halves(
            token.factory().publicKey(begin(ObjectClass.CKO_PUBLIC_KEY, key, publicTemplate)),
            KeyImporter.complete(begin(ObjectClass.CKO_PRIVATE_KEY, key, privateTemplate), key));
    token.checkMayMake(session, List.of(halves.publicHalf, halves.privateHalf));
    return halves;
  }

  private Attributes begin(ObjectClass objectClass, PublicKey key, Template template) {
    KeyType type = key instanceof PublicKey.Rsa ? KeyType.CKK_RSA : KeyType.CKK_EC;
    Attributes.Builder half =
        Schema.of(objectClass, type)
            .create(Schema.Origin.TAKEN, template, token.login() == LoginState.SO)
            .toBuilder()
            .put(CKA_CLASS, objectClass.code())
            .put(CKA_KEY_TYPE, type.code());
    for (AttributeType each : key.attributes().types()) {
      half.put(each, key.attributes().bytes(each));
    }
    return half.build();
  }

  /** The private key comes last: whoever finds it finds its public half as well. */
  private long[] add(Halves halves, CryptokiObject.TpmKey key) {
    return token.add(
        session,
        List.of(
            token.factory().object(halves.publicHalf),
            token.factory().object(halves.privateHalf, key)));
  }
}
