package dev.tpm2token.interop.mechanisms;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tpm2token.interop.cryptoki.Ck;
import dev.tpm2token.interop.cryptoki.Cryptoki;
import dev.tpm2token.interop.cryptoki.NewerFn;
import dev.tpm2token.interop.cryptoki.Rv;
import dev.tpm2token.interop.cryptoki.Session;
import dev.tpm2token.interop.cryptoki.Template;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.List;
import javax.crypto.Cipher;
import jnr.ffi.Pointer;

/** Wrapping: the JDK unwraps what we wrap, and we unwrap what it wraps. */
final class WrapUses {
  private static final int MODULUS = 256;
  private static final int INNER_AES = 24;

  private final Cryptoki module;
  private final Session session;
  private final Parameters parameters;
  private final Keys keys;
  private final Jdk jdk;

  WrapUses(Cryptoki module, Session session, Parameters parameters, Keys keys, Jdk jdk) {
    this.module = module;
    this.session = session;
    this.parameters = parameters;
    this.keys = keys;
    this.jdk = jdk;
  }

  /** Keys of whole blocks, and where that is all the same, one that is none. */
  private static List<byte[]> values(Mechanism mechanism) {
    return mechanism.kind() == Mechanism.Kind.AES_KW
        ? List.of(Given.VALUE)
        : List.of(Given.VALUE, Given.ODD_VALUE);
  }

  void wrap(Mechanism mechanism, Holder holder) throws GeneralSecurityException {
    Pointer wrapping = parameters.of(mechanism);
    long with = mechanism.kind().isRsa() ? keys.peerRsa : keys.aes(holder);
    for (byte[] value : values(mechanism)) {
      Session.Output wrapped = session.wrap(wrapping, with, keys.wrappable(value));
      assertEquals(Rv.CKR_OK, wrapped.rv());
      assertArrayEquals(value, jdkUnwraps(mechanism, wrapped.bytes()));
    }
    if (mechanism.kind() == Mechanism.Kind.AES_GCM) {
      wrapsWithAnIvOfItsOwn(mechanism, with);
      wrapsAuthenticated(mechanism, with);
    }
    assertEquals(
        Rv.CKR_KEY_UNEXTRACTABLE,
        session.wrap(wrapping, with, keys.aes(Holder.TPM)).rv(),
        "what is in the TPM stays there");
  }

  private byte[] jdkUnwraps(Mechanism mechanism, byte[] wrapped) throws GeneralSecurityException {
    if (mechanism.kind() == Mechanism.Kind.RSA_AES) {
      byte[] aes = jdkDecrypts(mechanism, Arrays.copyOf(wrapped, MODULUS));
      assertEquals(INNER_AES, aes.length, "ulAESKeyBits");
      return Jdk.aes(
          Cipher.DECRYPT_MODE,
          Mechanism.Kind.AES_KWP,
          aes,
          Arrays.copyOfRange(wrapped, MODULUS, wrapped.length));
    }
    return mechanism.kind().isRsa()
        ? jdkDecrypts(mechanism, wrapped)
        : Jdk.aes(Cipher.DECRYPT_MODE, mechanism, wrapped);
  }

  private byte[] jdkDecrypts(Mechanism mechanism, byte[] wrapped) throws GeneralSecurityException {
    return Jdk.rsa(Cipher.DECRYPT_MODE, mechanism, jdk.rsa.getPrivate(), wrapped);
  }

  /** CK_GCM_WRAP_PARAMS: the IV is where the structure says, the tag after the key. */
  private void wrapsWithAnIvOfItsOwn(Mechanism mechanism, long with)
      throws GeneralSecurityException {
    Pointer iv = module.memory(12);
    Session.Output wrapped =
        session.wrap(parameters.gcmWrap(mechanism.type(), iv), with, keys.wrappable(Given.VALUE));
    assertEquals(Rv.CKR_OK, wrapped.rv());
    assertArrayEquals(
        Given.VALUE,
        Jdk.gcm(Cipher.DECRYPT_MODE, Calls.taken(iv, 12), Given.TAG_BITS, wrapped.bytes()));
  }

  /** C_WrapKeyAuthenticated: IV and tag are where the structure says. */
  private void wrapsAuthenticated(Mechanism mechanism, long with) throws GeneralSecurityException {
    Parameters.GcmMessage message = parameters.gcmMessageToCome();
    Pointer out = module.memory(Calls.ROOM);
    Pointer length = module.ulong(Calls.ROOM);
    module.ok(
        NewerFn.C_WrapKeyAuthenticated,
        session.handle(),
        parameters.with(mechanism.type(), message.structure(), Parameters.GcmMessage.LENGTH),
        with,
        keys.wrappable(Given.VALUE),
        Given.ASSOCIATED,
        Given.ASSOCIATED.length,
        out,
        length);
    byte[] sealed = Given.joined(Calls.taken(out, (int) length.getLong(0)), message.tagBytes());
    assertArrayEquals(
        Given.VALUE, Jdk.gcm(Cipher.DECRYPT_MODE, message.ivBytes(), Given.TAG_BITS, sealed));
  }

  void unwrap(Mechanism mechanism, Holder holder) throws GeneralSecurityException {
    Pointer unwrapping = parameters.of(mechanism);
    long with = mechanism.kind().isRsa() ? keys.rsa.privateKey() : keys.aes(holder);
    for (byte[] value : values(mechanism)) {
      byte[] wrapped = jdkWraps(mechanism, value);
      Session.Output unwrapped = session.unwrap(unwrapping, with, wrapped, secret());
      assertEquals(Rv.CKR_OK, unwrapped.rv());
      assertArrayEquals(value, unwrapped.bytes());
    }
    if (mechanism.kind() == Mechanism.Kind.AES_GCM) {
      unwrapsAuthenticated(mechanism, with);
    }
  }

  private static Template secret() {
    return Keys.readable(Ck.K_GENERIC_SECRET);
  }

  private byte[] jdkWraps(Mechanism mechanism, byte[] value) throws GeneralSecurityException {
    if (mechanism.kind() == Mechanism.Kind.RSA_AES) {
      byte[] aes = Arrays.copyOf(Given.DATA, INNER_AES);
      return Given.joined(
          Jdk.rsa(Cipher.ENCRYPT_MODE, mechanism, keys.rsaPublic, aes),
          Jdk.aes(Cipher.ENCRYPT_MODE, Mechanism.Kind.AES_KWP, aes, value));
    }
    return mechanism.kind().isRsa()
        ? Jdk.rsa(Cipher.ENCRYPT_MODE, mechanism, keys.rsaPublic, value)
        : Jdk.aes(Cipher.ENCRYPT_MODE, mechanism, value);
  }

  private void unwrapsAuthenticated(Mechanism mechanism, long with)
      throws GeneralSecurityException {
    byte[] iv = Arrays.copyOf(Given.IV, 12);
    byte[] sealed = Jdk.gcm(Cipher.ENCRYPT_MODE, iv, Given.TAG_BITS, Given.VALUE);
    int length = Given.VALUE.length;
    byte[] tag = Arrays.copyOfRange(sealed, length, sealed.length);
    Pointer key = module.ulong(0);
    Object[] arguments = {
      session.handle(),
      parameters.with(
          mechanism.type(),
          parameters.gcmMessage(false, iv, tag).structure(),
          Parameters.GcmMessage.LENGTH),
      with,
      Arrays.copyOf(sealed, length),
      length,
      secret(),
      secret().count(),
      Given.ASSOCIATED,
      Given.ASSOCIATED.length,
      key
    };
    module.ok(NewerFn.C_UnwrapKeyAuthenticated, arguments);
    assertArrayEquals(Given.VALUE, session.get(key.getLong(0), Ck.A_VALUE));
    arguments[3] = Given.spoilt(Arrays.copyOf(sealed, length));
    assertEquals(
        Rv.CKR_WRAPPED_KEY_INVALID, module.call(NewerFn.C_UnwrapKeyAuthenticated, arguments));
  }
}
