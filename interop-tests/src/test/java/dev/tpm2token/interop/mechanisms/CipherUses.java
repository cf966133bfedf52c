package dev.tpm2token.interop.mechanisms;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tpm2token.interop.cryptoki.Cryptoki;
import dev.tpm2token.interop.cryptoki.Fn;
import dev.tpm2token.interop.cryptoki.NewerFn;
import dev.tpm2token.interop.cryptoki.Rv;
import dev.tpm2token.interop.cryptoki.Session;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.List;
import javax.crypto.Cipher;
import jnr.ffi.Pointer;

/** Encryption and decryption: the JDK decrypts what we encrypt, and the other way round. */
final class CipherUses {
  private static final long END_OF_MESSAGE = 1;

  private final Cryptoki module;
  private final Session session;
  private final Parameters parameters;
  private final Keys keys;
  private final Calls calls;
  private final Jdk jdk;

  CipherUses(
      Cryptoki module, Session session, Parameters parameters, Keys keys, Calls calls, Jdk jdk) {
    this.module = module;
    this.session = session;
    this.parameters = parameters;
    this.keys = keys;
    this.calls = calls;
    this.jdk = jdk;
  }

  void encrypt(Mechanism mechanism, Holder holder) throws GeneralSecurityException {
    Pointer encrypting = parameters.of(mechanism);
    boolean rsa = mechanism.kind().isRsa();
    long key = rsa ? keys.peerRsa : keys.aes(holder);
    byte[] text = rsa ? Given.DATA : Given.text(mechanism);
    List<byte[]> encrypted =
        List.of(
            calls.whole(Fn.C_EncryptInit, Fn.C_Encrypt, encrypting, key, text),
            calls.throughParts(
                Fn.C_EncryptInit, Fn.C_EncryptUpdate, Fn.C_EncryptFinal, encrypting, key, text));
    for (byte[] each : encrypted) {
      if (rsa) {
        assertTrue(
            Given.endsWithData(
                Jdk.rsa(Cipher.DECRYPT_MODE, mechanism, jdk.rsa.getPrivate(), each)));
      } else {
        assertArrayEquals(Jdk.aes(Cipher.ENCRYPT_MODE, mechanism, text), each);
      }
    }
  }

  void decrypt(Mechanism mechanism, Holder holder) throws GeneralSecurityException {
    Pointer decrypting = parameters.of(mechanism);
    boolean rsa = mechanism.kind().isRsa();
    long key = rsa ? keys.rsa.privateKey() : keys.aes(holder);
    byte[] text = rsa ? Given.DATA : Given.text(mechanism);
    byte[] encrypted =
        rsa
            ? Jdk.rsa(Cipher.ENCRYPT_MODE, mechanism, keys.rsaPublic, text)
            : Jdk.aes(Cipher.ENCRYPT_MODE, mechanism, text);
    List<byte[]> decrypted =
        List.of(
            calls.whole(Fn.C_DecryptInit, Fn.C_Decrypt, decrypting, key, encrypted),
            calls.throughParts(
                Fn.C_DecryptInit,
                Fn.C_DecryptUpdate,
                Fn.C_DecryptFinal,
                decrypting,
                key,
                encrypted));
    for (byte[] each : decrypted) {
      if (mechanism.kind() == Mechanism.Kind.RSA_RAW) {
        assertTrue(Given.endsWithData(each));
      } else {
        assertArrayEquals(text, each);
      }
    }
  }

  // Messages: AES-GCM alone has them

  /** Two under one C_MessageEncryptInit, whose IVs the module makes. */
  void encryptMessages(Mechanism mechanism, Holder holder) throws GeneralSecurityException {
    long h = session.handle();
    byte[] text = Given.text(mechanism);
    byte[] aad = Given.ASSOCIATED;
    Pointer out = module.memory(Calls.ROOM);
    Pointer length = module.ulong(Calls.ROOM);
    module.ok(
        NewerFn.C_MessageEncryptInit, h, module.mechanism(mechanism.type()), keys.aes(holder));
    Parameters.GcmMessage one = parameters.gcmMessageToCome();
    module.ok(
        NewerFn.C_EncryptMessage,
        h,
        one.structure(),
        Parameters.GcmMessage.LENGTH,
        aad,
        aad.length,
        text,
        text.length,
        out,
        length);
    byte[] whole = Calls.taken(out, (int) length.getLong(0));
    Parameters.GcmMessage two = parameters.gcmMessageToCome();
    byte[] parts = messageParts(true, two, text);
    module.ok(NewerFn.C_MessageEncryptFinal, h);
    assertFalse(Arrays.equals(one.ivBytes(), two.ivBytes()));
    assertArrayEquals(gcm(one, text), Given.joined(whole, one.tagBytes()));
    assertArrayEquals(gcm(two, text), Given.joined(parts, two.tagBytes()));
  }

  private static byte[] gcm(Parameters.GcmMessage message, byte[] text)
      throws GeneralSecurityException {
    return Jdk.gcm(Cipher.ENCRYPT_MODE, message.ivBytes(), Given.TAG_BITS, text);
  }

  /** Begin, and Next for each part, the last of which says so. */
  private byte[] messageParts(boolean encrypting, Parameters.GcmMessage message, byte[] data) {
    long h = session.handle();
    int size = Parameters.GcmMessage.LENGTH;
    module.ok(
        encrypting ? NewerFn.C_EncryptMessageBegin : NewerFn.C_DecryptMessageBegin,
        h,
        message.structure(),
        size,
        Given.ASSOCIATED,
        Given.ASSOCIATED.length);
    NewerFn next = encrypting ? NewerFn.C_EncryptMessageNext : NewerFn.C_DecryptMessageNext;
    byte[] all = new byte[0];
    List<byte[]> parts = Calls.parts(data);
    for (int i = 0; i < parts.size(); i++) {
      byte[] part = parts.get(i);
      Pointer out = module.memory(Calls.ROOM);
      Pointer length = module.ulong(Calls.ROOM);
      long flags = i == parts.size() - 1 ? END_OF_MESSAGE : 0;
      module.ok(next, h, message.structure(), size, part, part.length, out, length, flags);
      all = Given.joined(all, Calls.taken(out, (int) length.getLong(0)));
    }
    return all;
  }

  /** Two under one C_MessageDecryptInit, and a third that somebody spoilt. */
  void decryptMessages(Mechanism mechanism, Holder holder) throws GeneralSecurityException {
    long h = session.handle();
    byte[] text = Given.text(mechanism);
    byte[] iv = Arrays.copyOf(Given.IV, 12);
    byte[] sealed = Jdk.gcm(Cipher.ENCRYPT_MODE, iv, Given.TAG_BITS, text);
    byte[] encrypted = Arrays.copyOf(sealed, text.length);
    byte[] tag = Arrays.copyOfRange(sealed, text.length, sealed.length);
    module.ok(
        NewerFn.C_MessageDecryptInit, h, module.mechanism(mechanism.type()), keys.aes(holder));
    Pointer out = module.memory(Calls.ROOM);
    assertEquals(Rv.CKR_OK, decryptMessage(parameters.gcmMessage(false, iv, tag), encrypted, out));
    assertArrayEquals(text, Calls.taken(out, text.length));
    assertArrayEquals(text, messageParts(false, parameters.gcmMessage(false, iv, tag), encrypted));
    assertEquals(
        Rv.CKR_AEAD_DECRYPT_FAILED,
        decryptMessage(parameters.gcmMessage(false, iv, Given.spoilt(tag)), encrypted, out));
    module.ok(NewerFn.C_MessageDecryptFinal, h);
  }

  private Rv decryptMessage(Parameters.GcmMessage message, byte[] encrypted, Pointer out) {
    byte[] aad = Given.ASSOCIATED;
    return module.call(
        NewerFn.C_DecryptMessage,
        session.handle(),
        message.structure(),
        Parameters.GcmMessage.LENGTH,
        aad,
        aad.length,
        encrypted,
        encrypted.length,
        out,
        module.ulong(Calls.ROOM));
  }
}
