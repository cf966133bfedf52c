package dev.tpm2token.token;

import static dev.tpm2token.token.ReturnValue.CKR_KEY_SIZE_RANGE;
import static dev.tpm2token.token.ReturnValue.CKR_MECHANISM_PARAM_INVALID;
import static dev.tpm2token.token.ReturnValue.CKR_TEMPLATE_INCOMPLETE;
import static dev.tpm2token.token.attribute.AttributeType.CKA_ALWAYS_SENSITIVE;
import static dev.tpm2token.token.attribute.AttributeType.CKA_DERIVE_TEMPLATE;
import static dev.tpm2token.token.attribute.AttributeType.CKA_EXTRACTABLE;
import static dev.tpm2token.token.attribute.AttributeType.CKA_NEVER_EXTRACTABLE;
import static dev.tpm2token.token.attribute.AttributeType.CKA_SENSITIVE;
import static dev.tpm2token.token.attribute.AttributeType.CKA_VALUE_LEN;

import dev.tpm2token.token.attribute.Attributes;
import dev.tpm2token.token.attribute.Template;
import dev.tpm2token.token.crypto.HashAlgorithm;
import dev.tpm2token.token.crypto.PublicKey;
import dev.tpm2token.token.crypto.Secret;
import dev.tpm2token.token.device.KeyInUse;
import dev.tpm2token.token.mechanism.Operations;
import dev.tpm2token.token.mechanism.Parameter;
import dev.tpm2token.token.object.CryptokiObject;
import dev.tpm2token.token.object.KeyType;
import dev.tpm2token.token.object.Schema;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;

/**
 * C_DeriveKey: ECDH in the TPM (PKCS#11 3.1, 6.3.17 and 6.3.18), the derivation function here. The
 * curves have the cofactor 1, so that with or without it the secret is the same.
 */
final class KeyDerivation {
  /** CKD_NULL. */
  private static final long CKD_NULL = 1;

  private final Token token;
  private final KeyAccess access;

  KeyDerivation(Token token, KeyAccess access) {
    this.token = token;
    this.access = access;
  }

  /** C_DeriveKey: the new key's handle. */
  long derive(Session session, CryptokiObject base, Parameter parameter, Template given) {
    KeyAccess.checkWantsNoPin(base);
    Parameter.Ecdh1 ecdh = (Parameter.Ecdh1) parameter;
    Template template =
        base.attributes().template(CKA_DERIVE_TEMPLATE).map(given::and).orElse(given);
    Attributes attributes = prepare(session, ecdh, template);
    byte[] z = access.begin(base, key -> shared(key, ecdh.publicData()));
    return add(session, ecdh, z, inherited(attributes, base));
  }

  /** The attributes of a key that may be made, as far as they are known before the secret. */
  Attributes prepare(Session session, Parameter.Ecdh1 ecdh, Template template) {
    KeyType type = SecretKeys.type(template);
    Attributes attributes =
        SecretKeys.readable(
            new SecretKeys(token).begin(Schema.Origin.TAKEN, type, template), template);
    token.checkMayMake(session, List.of(attributes));
    if (attributes.get(CKA_VALUE_LEN).isPresent()) {
      SecretKeys.checkLength(type, attributes.number(CKA_VALUE_LEN, 0));
    }
    if (ecdh.kdf() == CKD_NULL && ecdh.sharedData().length != 0) {
      throw new CryptokiException(CKR_MECHANISM_PARAM_INVALID, "CKD_NULL takes no shared data");
    }
    return attributes;
  }

  /** Makes the key of the shared secret, which is zeroed. */
  long add(Session session, Parameter.Ecdh1 ecdh, byte[] z, Attributes attributes) {
    long length = attributes.number(CKA_VALUE_LEN, 0);
    try {
      byte[] value = ecdh.kdf() == CKD_NULL ? lastBytes(z, length) : x963(ecdh, z, (int) length);
      return new SecretKeys(token).add(session, attributes, Secret.taking(value));
    } finally {
      Arrays.fill(z, (byte) 0);
    }
  }

  /** The secret that a key in the TPM shares with the other party's. */
  byte[] shared(Operations.Key key, byte[] other) {
    if (!(key instanceof Operations.Key.Private(KeyInUse inUse))) {
      throw new IllegalArgumentException("not a private key");
    }
    try (inUse) {
      PublicKey.Ec own = (PublicKey.Ec) inUse.publicKey();
      return token.device().keys().ecdh(inUse, own.peer(other));
    }
  }

  /** What was never seen in the clear stays so (3.1, 4.9, as for every derived key). */
  private static Attributes inherited(Attributes derived, CryptokiObject base) {
    Attributes from = base.attributes();
    return derived.toBuilder()
        .put(
            CKA_ALWAYS_SENSITIVE,
            from.isTrue(CKA_ALWAYS_SENSITIVE) && derived.isTrue(CKA_SENSITIVE))
        .put(
            CKA_NEVER_EXTRACTABLE,
            from.isTrue(CKA_NEVER_EXTRACTABLE) && !derived.isTrue(CKA_EXTRACTABLE))
        .build();
  }

  /** Bytes are taken from the end: a truncation removes them from the leading end. */
  private static byte[] lastBytes(byte[] z, long length) {
    if (length > z.length) {
      throw new CryptokiException(
          CKR_KEY_SIZE_RANGE, "the shared secret has but %d bytes".formatted(z.length));
    }
    return Arrays.copyOfRange(z, length == 0 ? 0 : z.length - (int) length, z.length);
  }

  /** The derivation of ANSI X9.63, section 5.6.3. */
  private static byte[] x963(Parameter.Ecdh1 ecdh, byte[] z, int length) {
    HashAlgorithm hash =
        HashAlgorithm.of(HashAlgorithm::kdf, ecdh.kdf())
            .orElseThrow(
                () ->
                    new CryptokiException(
                        CKR_MECHANISM_PARAM_INVALID, "no derivation 0x%x".formatted(ecdh.kdf())));
    if (length == 0) {
      throw new CryptokiException(CKR_TEMPLATE_INCOMPLETE, "no CKA_VALUE_LEN");
    }
    byte[] derived = new byte[length];
    int done = 0;
    for (int counter = 1; done < length; counter++) {
      byte[] number = ByteBuffer.allocate(Integer.BYTES).putInt(counter).array();
      byte[] part = hash.digest(z, number, ecdh.sharedData());
      int count = Math.min(part.length, length - done);
      System.arraycopy(part, 0, derived, done, count);
      done += count;
      Arrays.fill(part, (byte) 0);
    }
    return derived;
  }
}
