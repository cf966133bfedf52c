package dev.tpm2token.interop.cryptoki;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import jnr.ffi.Pointer;

/** A session, and the functions that take one in a comfortable form. */
public final class Session implements AutoCloseable {
  private static final byte[] F4 = {1, 0, 1};

  /** More than anything that is signed, encrypted or wrapped here grows by. */
  private static final int ROOM = 2048;

  /** A public and a private key's handles. */
  public record KeyPair(long publicKey, long privateKey) {}

  /**
   * What a function answers, and what comes of it.
   *
   * @param bytes none where it is not CKR_OK
   */
  @SuppressWarnings("ArrayRecordComponent") // nobody compares two of them
  public record Output(Rv rv, byte[] bytes) {}

  private final Cryptoki module;
  private final long handle;

  Session(Cryptoki module, long handle) {
    this.module = module;
    this.handle = handle;
  }

  public long handle() {
    return handle;
  }

  /** C_Login as the user. */
  public void login(String pin) {
    byte[] bytes = pin.getBytes(StandardCharsets.UTF_8);
    module.ok(Fn.C_Login, handle, Ck.USER, bytes, bytes.length);
  }

  /** C_Login as the security officer. */
  public void loginSo(String pin) {
    byte[] bytes = pin.getBytes(StandardCharsets.UTF_8);
    module.ok(Fn.C_Login, handle, Ck.SO, bytes, bytes.length);
  }

  /** C_Logout. */
  public void logout() {
    module.ok(Fn.C_Logout, handle);
  }

  /** C_InitPIN. */
  public void initPin(String pin) {
    byte[] bytes = pin.getBytes(StandardCharsets.UTF_8);
    module.ok(Fn.C_InitPIN, handle, bytes, bytes.length);
  }

  /** C_SetPIN. */
  public void setPin(String oldPin, String newPin) {
    byte[] oldBytes = oldPin.getBytes(StandardCharsets.UTF_8);
    byte[] newBytes = newPin.getBytes(StandardCharsets.UTF_8);
    module.ok(Fn.C_SetPIN, handle, oldBytes, oldBytes.length, newBytes, newBytes.length);
  }

  /** The session's state (CKS_…). */
  public long state() {
    Pointer info = module.memory(32);
    module.ok(Fn.C_GetSessionInfo, handle, info);
    return info.getLong(8);
  }

  /** All objects that match, fetched three at a time. */
  public long[] find(Template template) {
    module.ok(Fn.C_FindObjectsInit, handle, template, template.count());
    Pointer found = module.memory(24);
    Pointer count = module.ulong(0);
    long[] all = new long[0];
    do {
      module.ok(Fn.C_FindObjects, handle, found, 3, count);
      int more = (int) count.getLong(0);
      all = Arrays.copyOf(all, all.length + more);
      found.get(0, all, all.length - more, more);
    } while (count.getLong(0) > 0);
    module.ok(Fn.C_FindObjectsFinal, handle);
    return all;
  }

  /** The one object that matches. */
  public long findOne(Template template) {
    long[] found = find(template);
    if (found.length != 1) {
      throw new AssertionError("one object should match, not " + found.length);
    }
    return found[0];
  }

  /** A token key pair: RSA of so many bits, F4. */
  public KeyPair generateRsa(int bits, String label, byte... id) {
    return generate(
        Ck.M_RSA_PKCS_KEY_PAIR_GEN,
        publicTemplate(label, id).with(Ck.A_MODULUS_BITS, bits).with(Ck.A_PUBLIC_EXPONENT, F4),
        privateTemplate(label, id));
  }

  /** A token key pair on the curve whose DER-encoded OID this is. */
  public KeyPair generateEc(byte[] curve, String label, byte... id) {
    return generate(
        Ck.M_EC_KEY_PAIR_GEN,
        publicTemplate(label, id).with(Ck.A_EC_PARAMS, curve),
        privateTemplate(label, id));
  }

  private static Template publicTemplate(String label, byte[] id) {
    return Template.of()
        .with(Ck.A_TOKEN, true)
        .with(Ck.A_PRIVATE, false)
        .with(Ck.A_VERIFY, true)
        .with(Ck.A_LABEL, label)
        .with(Ck.A_ID, id);
  }

  private static Template privateTemplate(String label, byte[] id) {
    return Template.of()
        .with(Ck.A_TOKEN, true)
        .with(Ck.A_PRIVATE, true)
        .with(Ck.A_SENSITIVE, true)
        .with(Ck.A_SIGN, true)
        .with(Ck.A_LABEL, label)
        .with(Ck.A_ID, id);
  }

  /** C_GenerateKeyPair. */
  public KeyPair generate(long mechanism, Template publicKey, Template privateKey) {
    Pointer handles = module.memory(16);
    module.ok(
        Fn.C_GenerateKeyPair,
        handle,
        module.mechanism(mechanism),
        publicKey,
        publicKey.count(),
        privateKey,
        privateKey.count(),
        handles,
        handles.address() + 8);
    return new KeyPair(handles.getLong(0), handles.getLong(8));
  }

  /** C_CreateObject. */
  public long create(Template template) {
    Pointer object = module.ulong(0);
    module.ok(Fn.C_CreateObject, handle, template, template.count(), object);
    return object.getLong(0);
  }

  /** C_DestroyObject. */
  public void destroy(long object) {
    module.ok(Fn.C_DestroyObject, handle, object);
  }

  /** C_SetAttributeValue. */
  public void set(long object, Template template) {
    module.ok(Fn.C_SetAttributeValue, handle, object, template, template.count());
  }

  /** One attribute in the two steps of the standard: its length, then its value. */
  public byte[] get(long object, long type) {
    Pointer attribute = module.memory(24);
    attribute.putLong(0, type);
    module.ok(Fn.C_GetAttributeValue, handle, object, attribute, 1);
    Pointer value = module.memory((int) attribute.getLong(16));
    attribute.putLong(8, value.address());
    module.ok(Fn.C_GetAttributeValue, handle, object, attribute, 1);
    byte[] bytes = new byte[(int) attribute.getLong(16)];
    value.get(0, bytes, 0, bytes.length);
    return bytes;
  }

  /** An attribute that is a CK_BBOOL. */
  public boolean getBoolean(long object, long type) {
    return get(object, type)[0] != 0;
  }

  /** An attribute that is a string. */
  public String getText(long object, long type) {
    return new String(get(object, type), StandardCharsets.UTF_8);
  }

  /** C_SignInit and C_Sign, with the size asked first. */
  public byte[] sign(long mechanism, long key, byte[] data) {
    module.ok(Fn.C_SignInit, handle, module.mechanism(mechanism), key);
    Pointer length = module.ulong(0);
    module.ok(Fn.C_Sign, handle, data, data.length, null, length);
    Pointer out = module.memory((int) length.getLong(0));
    module.ok(Fn.C_Sign, handle, data, data.length, out, length);
    return taken(out, length);
  }

  /** The same in many parts of some 100 bytes. */
  public byte[] signInParts(long mechanism, long key, byte[] data) {
    module.ok(Fn.C_SignInit, handle, module.mechanism(mechanism), key);
    for (int at = 0; at < data.length; at += 100) {
      byte[] part = Arrays.copyOfRange(data, at, Math.min(data.length, at + 100));
      module.ok(Fn.C_SignUpdate, handle, part, part.length);
    }
    Pointer length = module.ulong(0);
    module.ok(Fn.C_SignFinal, handle, null, length);
    Pointer out = module.memory((int) length.getLong(0));
    module.ok(Fn.C_SignFinal, handle, out, length);
    return taken(out, length);
  }

  /** C_VerifyInit and C_Verify. */
  public Rv verify(long mechanism, long key, byte[] data, byte[] signature) {
    module.ok(Fn.C_VerifyInit, handle, module.mechanism(mechanism), key);
    return module.call(Fn.C_Verify, handle, data, data.length, signature, signature.length);
  }

  /** C_VerifyInit and C_Verify: what the first that refuses answers. */
  public Rv verify(Pointer mechanism, long key, byte[] data, byte[] signature) {
    Rv begun = module.call(Fn.C_VerifyInit, handle, mechanism, key);
    return begun == Rv.CKR_OK
        ? module.call(Fn.C_Verify, handle, data, data.length, signature, signature.length)
        : begun;
  }

  /** C_SignInit and C_Sign. */
  public Output sign(Pointer mechanism, long key, byte[] data) {
    return run(Fn.C_SignInit, Fn.C_Sign, mechanism, key, data);
  }

  /** C_EncryptInit and C_Encrypt. */
  public Output encrypt(Pointer mechanism, long key, byte[] data) {
    return run(Fn.C_EncryptInit, Fn.C_Encrypt, mechanism, key, data);
  }

  /** C_DecryptInit and C_Decrypt. */
  public Output decrypt(Pointer mechanism, long key, byte[] data) {
    return run(Fn.C_DecryptInit, Fn.C_Decrypt, mechanism, key, data);
  }

  /** What the first that refuses answers, or what comes of it, with room for more than that. */
  private Output run(Fn begin, Fn end, Pointer mechanism, long key, byte[] data) {
    Rv begun = module.call(begin, handle, mechanism, key);
    if (begun != Rv.CKR_OK) {
      return new Output(begun, new byte[0]);
    }
    int room = data.length + ROOM;
    Pointer out = module.memory(room);
    Pointer length = module.ulong(room);
    Rv rv = module.call(end, handle, data, data.length, out, length);
    return new Output(rv, rv == Rv.CKR_OK ? taken(out, length) : new byte[0]);
  }

  /** C_WrapKey. */
  public Output wrap(Pointer mechanism, long wrappingKey, long key) {
    Pointer length = module.ulong(ROOM);
    Pointer out = module.memory(ROOM);
    Rv rv = module.call(Fn.C_WrapKey, handle, mechanism, wrappingKey, key, out, length);
    return new Output(rv, rv == Rv.CKR_OK ? taken(out, length) : new byte[0]);
  }

  /** C_UnwrapKey; what comes of it is the new key's CKA_VALUE, and the key is destroyed. */
  public Output unwrap(Pointer mechanism, long unwrappingKey, byte[] wrapped, Template template) {
    Pointer key = module.ulong(0);
    Rv rv =
        module.call(
            Fn.C_UnwrapKey,
            handle,
            mechanism,
            unwrappingKey,
            wrapped,
            wrapped.length,
            template,
            template.count(),
            key);
    return valueOf(rv, key);
  }

  /** C_DeriveKey; what comes of it is the new key's CKA_VALUE, and the key is destroyed. */
  public Output derive(Pointer mechanism, long baseKey, Template template) {
    Pointer key = module.ulong(0);
    Rv rv =
        module.call(Fn.C_DeriveKey, handle, mechanism, baseKey, template, template.count(), key);
    return valueOf(rv, key);
  }

  private Output valueOf(Rv rv, Pointer key) {
    if (rv != Rv.CKR_OK) {
      return new Output(rv, new byte[0]);
    }
    byte[] value = get(key.getLong(0), Ck.A_VALUE);
    destroy(key.getLong(0));
    return new Output(rv, value);
  }

  /** C_DigestInit and C_Digest. */
  public byte[] digest(long mechanism, byte[] data) {
    module.ok(Fn.C_DigestInit, handle, module.mechanism(mechanism));
    Pointer length = module.ulong(0);
    module.ok(Fn.C_Digest, handle, data, data.length, null, length);
    Pointer out = module.memory((int) length.getLong(0));
    module.ok(Fn.C_Digest, handle, data, data.length, out, length);
    return taken(out, length);
  }

  /** C_GenerateRandom. */
  public byte[] random(int count) {
    Pointer out = module.memory(count);
    module.ok(Fn.C_GenerateRandom, handle, out, count);
    return taken(out, module.ulong(count));
  }

  private static byte[] taken(Pointer out, Pointer length) {
    byte[] bytes = new byte[(int) length.getLong(0)];
    out.get(0, bytes, 0, bytes.length);
    return bytes;
  }

  @Override
  public void close() {
    module.ok(Fn.C_CloseSession, handle);
  }
}
