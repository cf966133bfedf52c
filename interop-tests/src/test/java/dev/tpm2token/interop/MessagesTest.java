package dev.tpm2token.interop;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.tpm2token.interop.cryptoki.Ck;
import dev.tpm2token.interop.cryptoki.Cryptoki;
import dev.tpm2token.interop.cryptoki.Fn;
import dev.tpm2token.interop.cryptoki.NewerFn;
import dev.tpm2token.interop.cryptoki.PublicKeys;
import dev.tpm2token.interop.cryptoki.Rv;
import dev.tpm2token.interop.cryptoki.Session;
import dev.tpm2token.interop.cryptoki.Template;
import dev.tpm2token.interop.harness.Lab;
import dev.tpm2token.interop.harness.LabExtension;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import jnr.ffi.Pointer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.extension.ExtendWith;

/** The message-based functions of 3.0 through C: AES-GCM, signatures, and what is out of turn. */
@ExtendWith(LabExtension.class)
@TestInstance(Lifecycle.PER_CLASS)
@Tag("tpm2token-only") // SoftHSM knows Cryptoki 2.40
class MessagesTest {
  private static final long M_AES_GCM = 0x1087;
  private static final long M_SHA256_HMAC = 0x251;
  private static final long NO_GENERATE = 0;
  private static final long GENERATE = 1;
  private static final long COUNTER = 2;
  private static final long RANDOM = 3;
  private static final long COUNTER_XOR = 4;
  private static final long END_OF_MESSAGE = 1;
  private static final int GCM_BYTES = 48;
  private static final byte[] KEY = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] AAD = "what comes along".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] TEXT =
      "forty-three bytes, which is no multiple of 16".getBytes(StandardCharsets.US_ASCII);

  private Cryptoki module;
  private long slot;
  private Session session;
  private long h;

  @BeforeAll
  void makeToken(Lab lab) {
    module = Cryptoki.load(lab);
    module.initialize();
    slot = module.token("messages");
  }

  @BeforeEach
  void login() {
    session = module.readWrite(slot);
    session.login(Lab.PIN);
    h = session.handle();
  }

  @AfterEach
  void closeAll() {
    module.ok(Fn.C_CloseAllSessions, slot);
  }

  @AfterAll
  void finish() {
    module.finish();
  }

  private Rv call(NewerFn function, @Nullable Object... arguments) {
    return module.call(function, arguments);
  }

  private long secret(long type) {
    return session.create(
        Template.of()
            .with(Ck.A_CLASS, 4)
            .with(Ck.A_KEY_TYPE, type)
            .with(Ck.A_VALUE, KEY)
            .with(Ck.A_SIGN, true)
            .with(Ck.A_VERIFY, true)
            .with(Ck.A_ENCRYPT, true)
            .with(Ck.A_DECRYPT, true));
  }

  private long aes() {
    return secret(0x1f);
  }

  /** CK_GCM_MESSAGE_PARAMS with the memory that it points to. */
  private final class Gcm {
    private final Pointer iv;
    private final Pointer tag = module.memory(16);
    private final Pointer parameter = module.memory(GCM_BYTES);

    Gcm(byte[] iv, long fixedBits, long generator) {
      this.iv = module.bytes(iv);
      parameter.putLong(0, this.iv.address());
      parameter.putLong(8, iv.length);
      parameter.putLong(16, fixedBits);
      parameter.putLong(24, generator);
      parameter.putLong(32, tag.address());
      parameter.putLong(40, 128);
    }

    byte[] iv() {
      return taken(iv, (int) parameter.getLong(8));
    }

    byte[] tag() {
      return taken(tag, 16);
    }
  }

  private static byte[] taken(Pointer memory, int length) {
    byte[] bytes = new byte[length];
    memory.get(0, bytes, 0, length);
    return bytes;
  }

  private byte[] encrypt(Gcm gcm, byte[] text) {
    Pointer out = module.memory(text.length);
    Pointer length = module.ulong(text.length);
    module.ok(
        NewerFn.C_EncryptMessage,
        h,
        gcm.parameter,
        GCM_BYTES,
        AAD,
        AAD.length,
        text,
        text.length,
        out,
        length);
    assertEquals(text.length, length.getLong(0));
    return taken(out, text.length);
  }

  private Rv decrypt(Gcm gcm, byte[] encrypted, Pointer out) {
    return call(
        NewerFn.C_DecryptMessage,
        h,
        gcm.parameter,
        GCM_BYTES,
        AAD,
        AAD.length,
        encrypted,
        encrypted.length,
        out,
        module.ulong(encrypted.length));
  }

  private static byte[] opened(byte[] iv, byte[] encrypted, byte[] tag) throws Exception {
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(Cipher.DECRYPT_MODE, new SecretKeySpec(KEY, "AES"), new GCMParameterSpec(128, iv));
    cipher.updateAAD(AAD);
    byte[] whole = Arrays.copyOf(encrypted, encrypted.length + tag.length);
    System.arraycopy(tag, 0, whole, encrypted.length, tag.length);
    return cipher.doFinal(whole);
  }

  private static byte[] hex(String text) {
    return HexFormat.of().parseHex(text);
  }

  @Test
  void manyMessagesUnderOneKey() throws Exception {
    module.ok(NewerFn.C_MessageEncryptInit, h, module.mechanism(M_AES_GCM), aes());
    List<String> expected = List.of("aabbccdd0000000000000000", "aabbccdd0000000000000001");
    for (String iv : expected) {
      Gcm gcm = new Gcm(hex("aabbccdd1111111111111111"), 32, COUNTER);
      byte[] encrypted = encrypt(gcm, TEXT);
      assertEquals(iv, HexFormat.of().formatHex(gcm.iv()));
      assertArrayEquals(TEXT, opened(gcm.iv(), encrypted, gcm.tag()));
    }
    Gcm xor = new Gcm(hex("0f0f0f0f0f0f0f0f0f0f0f0f"), 0, COUNTER_XOR);
    encrypt(xor, TEXT); // the third message
    assertEquals("0f0f0f0f0f0f0f0f0f0f0f0d", HexFormat.of().formatHex(xor.iv()));
    for (long generator : new long[] {GENERATE, RANDOM}) {
      Gcm first = new Gcm(hex("aabbccdd0000000000000000"), 32, generator);
      Gcm second = new Gcm(hex("aabbccdd0000000000000000"), 32, generator);
      byte[] encrypted = encrypt(first, TEXT);
      assertArrayEquals(TEXT, opened(first.iv(), encrypted, first.tag()));
      encrypt(second, TEXT);
      assertFalse(Arrays.equals(first.iv(), second.iv()));
      assertArrayEquals(hex("aabbccdd"), Arrays.copyOf(first.iv(), 4));
    }
    module.ok(NewerFn.C_MessageEncryptFinal, h);
    assertEquals(Rv.CKR_OPERATION_NOT_INITIALIZED, call(NewerFn.C_MessageEncryptFinal, h));
  }

  @Test
  void aMessageInParts() throws Exception {
    long key = aes();
    Gcm gcm = new Gcm(new byte[12], 0, NO_GENERATE);
    Pointer mechanism = module.mechanism(M_AES_GCM);
    mechanism.putLong(8, gcm.parameter.address());
    mechanism.putLong(16, GCM_BYTES);
    module.ok(NewerFn.C_MessageEncryptInit, h, mechanism, key);
    assertEquals(Rv.CKR_OPERATION_ACTIVE, call(NewerFn.C_MessageEncryptInit, h, mechanism, key));
    module.ok(NewerFn.C_EncryptMessageBegin, h, gcm.parameter, GCM_BYTES, AAD, AAD.length);
    assertEquals(
        Rv.CKR_OPERATION_ACTIVE,
        call(NewerFn.C_EncryptMessageBegin, h, gcm.parameter, GCM_BYTES, AAD, AAD.length));
    assertEquals(Rv.CKR_OPERATION_ACTIVE, call(NewerFn.C_MessageEncryptFinal, h));
    byte[] encrypted = inParts(NewerFn.C_EncryptMessageNext, gcm, TEXT);
    assertArrayEquals(TEXT, opened(gcm.iv(), encrypted, gcm.tag()));

    module.ok(NewerFn.C_MessageDecryptInit, h, module.mechanism(M_AES_GCM), key);
    module.ok(NewerFn.C_DecryptMessageBegin, h, gcm.parameter, GCM_BYTES, AAD, AAD.length);
    assertArrayEquals(TEXT, inParts(NewerFn.C_DecryptMessageNext, gcm, encrypted));
    module.ok(NewerFn.C_MessageDecryptFinal, h);
  }

  private byte[] inParts(NewerFn next, Gcm gcm, byte[] text) {
    Pointer out = module.memory(text.length);
    int done = 0;
    for (int at = 0; at < text.length; at += 20) {
      byte[] part = Arrays.copyOfRange(text, at, Math.min(text.length, at + 20));
      long flags = at + 20 >= text.length ? END_OF_MESSAGE : 0;
      Pointer length = module.ulong(0);
      module.ok(next, h, gcm.parameter, GCM_BYTES, part, part.length, null, length, flags);
      int needed = (int) length.getLong(0);
      if (needed > 0) {
        length.putLong(0, needed - 1);
        assertEquals(
            Rv.CKR_BUFFER_TOO_SMALL,
            call(next, h, gcm.parameter, GCM_BYTES, part, part.length, out, length, flags));
      }
      length.putLong(0, text.length - done);
      module.ok(
          next,
          h,
          gcm.parameter,
          GCM_BYTES,
          part,
          part.length,
          out.address() + done,
          length,
          flags);
      done += (int) length.getLong(0);
    }
    assertEquals(text.length, done);
    return taken(out, done);
  }

  @Test
  void aWrongTagGivesNothingAway() {
    long key = aes();
    module.ok(NewerFn.C_MessageEncryptInit, h, module.mechanism(M_AES_GCM), key);
    Gcm gcm = new Gcm(new byte[12], 0, GENERATE);
    byte[] encrypted = encrypt(gcm, TEXT);
    module.ok(NewerFn.C_MessageDecryptInit, h, module.mechanism(M_AES_GCM), key);
    Pointer out = module.memory(TEXT.length);
    gcm.tag.putByte(0, (byte) ~gcm.tag.getByte(0));
    assertEquals(Rv.CKR_AEAD_DECRYPT_FAILED, decrypt(gcm, encrypted, out));
    module.ok(NewerFn.C_DecryptMessageBegin, h, gcm.parameter, GCM_BYTES, AAD, AAD.length);
    Pointer length = module.ulong(TEXT.length);
    assertEquals(
        Rv.CKR_AEAD_DECRYPT_FAILED,
        call(
            NewerFn.C_DecryptMessageNext,
            h,
            gcm.parameter,
            GCM_BYTES,
            encrypted,
            encrypted.length,
            out,
            length,
            END_OF_MESSAGE));
    assertArrayEquals(new byte[TEXT.length], taken(out, TEXT.length));
    gcm.tag.putByte(0, (byte) ~gcm.tag.getByte(0));
    assertEquals(Rv.CKR_OK, decrypt(gcm, encrypted, out)); // the process goes on
    assertArrayEquals(TEXT, taken(out, TEXT.length));
  }

  @Test
  void parametersThatAreRefused() {
    module.ok(NewerFn.C_MessageEncryptInit, h, module.mechanism(M_AES_GCM), aes());
    Pointer length = module.ulong(100);
    for (Gcm wrong :
        List.of(
            new Gcm(new byte[12], 96, COUNTER),
            new Gcm(new byte[12], 64, RANDOM),
            new Gcm(new byte[12], 0, 5),
            new Gcm(new byte[12], -1, COUNTER),
            new Gcm(new byte[0], 0, NO_GENERATE))) {
      assertEquals(
          Rv.CKR_MECHANISM_PARAM_INVALID,
          call(
              NewerFn.C_EncryptMessage,
              h,
              wrong.parameter,
              GCM_BYTES,
              AAD,
              AAD.length,
              TEXT,
              TEXT.length,
              module.memory(100),
              length));
    }
    Gcm xor = new Gcm(new byte[12], 0, COUNTER_XOR);
    encrypt(xor, TEXT);
    encrypt(xor, TEXT); // the counter was zero: the same part again
    assertEquals(
        Rv.CKR_MECHANISM_PARAM_INVALID,
        call(
            NewerFn.C_EncryptMessage,
            h,
            xor.parameter,
            GCM_BYTES,
            AAD,
            AAD.length,
            TEXT,
            TEXT.length,
            module.memory(100),
            length),
        "a counter that is mixed into what it made would repeat IVs");
    for (int i = 0; i < 2; i++) { // the third message, and the fourth
      encrypt(new Gcm(new byte[12], 94, COUNTER), TEXT);
    }
    assertEquals(
        Rv.CKR_DATA_LEN_RANGE,
        call(
            NewerFn.C_EncryptMessage,
            h,
            new Gcm(new byte[12], 94, COUNTER).parameter,
            GCM_BYTES,
            AAD,
            AAD.length,
            TEXT,
            TEXT.length,
            module.memory(100),
            length),
        "two bits have four values");
    assertEquals(
        Rv.CKR_MECHANISM_PARAM_INVALID,
        call(NewerFn.C_EncryptMessageBegin, h, module.memory(47), 47, AAD, AAD.length));
  }

  @Test
  void messagesAreSignedInTheTpm() {
    Session.KeyPair pair = session.generateEc(PublicKeys.P256, "message", (byte) 7);
    sign(module.mechanism(Ck.M_ECDSA_SHA256), pair.privateKey(), pair.publicKey(), 64);
    long generic = secret(0x10);
    sign(module.mechanism(M_SHA256_HMAC), generic, generic, 32);
  }

  private void sign(Pointer mechanism, long with, long by, int bytes) {
    module.ok(NewerFn.C_MessageSignInit, h, mechanism, with);
    module.ok(NewerFn.C_MessageVerifyInit, h, mechanism, by);
    Pointer length = module.ulong(0);
    Pointer signature = module.memory(bytes);
    for (int i = 0; i < 3; i++) {
      module.ok(NewerFn.C_SignMessage, h, null, 0, TEXT, TEXT.length - i, null, length);
      assertEquals(bytes, length.getLong(0));
      module.ok(NewerFn.C_SignMessage, h, null, 0, TEXT, TEXT.length - i, signature, length);
      module.ok(NewerFn.C_VerifyMessage, h, null, 0, TEXT, TEXT.length - i, signature, bytes);
      assertEquals(
          Rv.CKR_SIGNATURE_INVALID,
          call(NewerFn.C_VerifyMessage, h, null, 0, TEXT, 3, signature, bytes));
    }
    module.ok(NewerFn.C_SignMessageBegin, h, null, 0);
    assertEquals(Rv.CKR_OPERATION_ACTIVE, call(NewerFn.C_SignMessageBegin, h, null, 0));
    assertEquals(Rv.CKR_OPERATION_ACTIVE, call(NewerFn.C_MessageSignFinal, h));
    module.ok(NewerFn.C_SignMessageNext, h, null, 0, TEXT, 5, null, null);
    length.putLong(0, bytes - 1);
    byte[] rest = Arrays.copyOfRange(TEXT, 5, TEXT.length);
    assertEquals(
        Rv.CKR_BUFFER_TOO_SMALL,
        call(NewerFn.C_SignMessageNext, h, null, 0, rest, rest.length, signature, length));
    module.ok(NewerFn.C_SignMessageNext, h, null, 0, rest, rest.length, signature, length);
    module.ok(NewerFn.C_VerifyMessageBegin, h, null, 0);
    module.ok(NewerFn.C_VerifyMessageNext, h, null, 0, TEXT, 9, null, 0);
    byte[] end = Arrays.copyOfRange(TEXT, 9, TEXT.length);
    module.ok(NewerFn.C_VerifyMessageNext, h, null, 0, end, end.length, signature, bytes);
    assertEquals(
        Rv.CKR_OPERATION_NOT_INITIALIZED,
        call(NewerFn.C_VerifyMessageNext, h, null, 0, TEXT, 9, null, 0));
    assertEquals(
        Rv.CKR_MECHANISM_PARAM_INVALID, call(NewerFn.C_SignMessageBegin, h, module.memory(8), 8));
    module.ok(NewerFn.C_MessageSignFinal, h);
    module.ok(NewerFn.C_MessageVerifyFinal, h);
  }

  @Test
  void nothingIsUnderWay() {
    Rv none = Rv.CKR_OPERATION_NOT_INITIALIZED;
    Pointer length = module.ulong(64);
    Pointer out = module.memory(64);
    for (NewerFn whole : List.of(NewerFn.C_EncryptMessage, NewerFn.C_DecryptMessage)) {
      assertEquals(none, call(whole, h, null, 0, null, 0, TEXT, 4, out, length));
    }
    for (NewerFn begin : List.of(NewerFn.C_EncryptMessageBegin, NewerFn.C_DecryptMessageBegin)) {
      assertEquals(none, call(begin, h, null, 0, null, 0));
    }
    for (NewerFn next : List.of(NewerFn.C_EncryptMessageNext, NewerFn.C_DecryptMessageNext)) {
      assertEquals(none, call(next, h, null, 0, TEXT, 4, out, length, 0));
    }
    for (NewerFn begin : List.of(NewerFn.C_SignMessageBegin, NewerFn.C_VerifyMessageBegin)) {
      assertEquals(none, call(begin, h, null, 0));
    }
    for (NewerFn message : List.of(NewerFn.C_SignMessage, NewerFn.C_SignMessageNext)) {
      assertEquals(none, call(message, h, null, 0, TEXT, 4, out, length));
    }
    for (NewerFn message : List.of(NewerFn.C_VerifyMessage, NewerFn.C_VerifyMessageNext)) {
      assertEquals(none, call(message, h, null, 0, TEXT, 4, out, 64));
    }
    for (NewerFn end :
        List.of(
            NewerFn.C_MessageEncryptFinal,
            NewerFn.C_MessageDecryptFinal,
            NewerFn.C_MessageSignFinal,
            NewerFn.C_MessageVerifyFinal)) {
      assertEquals(none, call(end, h));
      assertEquals(Rv.CKR_SESSION_HANDLE_INVALID, call(end, 0x7fff_fff1L));
    }
  }

  @Test
  void whoMayBeginAndHowItEnds() {
    long key = aes();
    Pointer gcm = module.mechanism(M_AES_GCM);
    Pointer sha = module.mechanism(Ck.M_SHA256);
    List<NewerFn> inits =
        List.of(
            NewerFn.C_MessageEncryptInit,
            NewerFn.C_MessageDecryptInit,
            NewerFn.C_MessageSignInit,
            NewerFn.C_MessageVerifyInit);
    for (NewerFn init : inits) {
      assertEquals(Rv.CKR_MECHANISM_INVALID, call(init, h, sha, key), init.name());
      assertEquals(Rv.CKR_OK, call(init, h, null, 0), init.name());
    }
    assertEquals(
        Rv.CKR_KEY_HANDLE_INVALID, call(NewerFn.C_MessageEncryptInit, h, gcm, 0x7fff_fff1L));
    assertEquals(
        Rv.CKR_KEY_TYPE_INCONSISTENT, call(NewerFn.C_MessageEncryptInit, h, gcm, secret(0x10)));
    session.set(key, Template.of().with(Ck.A_ENCRYPT, false));
    assertEquals(
        Rv.CKR_KEY_FUNCTION_NOT_PERMITTED, call(NewerFn.C_MessageEncryptInit, h, gcm, key));
    session.set(key, Template.of().with(Ck.A_ENCRYPT, true));

    Pointer cmac = module.mechanism(0x108a);
    List<Pointer> mechanisms = List.of(gcm, gcm, cmac, cmac);
    long[] flags = {0x2, 0x4, 0x8, 0x10};
    for (int i = 0; i < flags.length; i++) {
      module.ok(inits.get(i), h, mechanisms.get(i), key);
      module.ok(NewerFn.C_SessionCancel, h, 0x100 | 0x800); // others
      assertEquals(Rv.CKR_OPERATION_ACTIVE, call(inits.get(i), h, mechanisms.get(i), key));
      module.ok(NewerFn.C_SessionCancel, h, flags[i]);
      module.ok(inits.get(i), h, mechanisms.get(i), key);
      module.ok(inits.get(i), h, null, 0);
      module.ok(inits.get(i), h, mechanisms.get(i), key);
    }
    Pointer info = module.memory(24);
    module.ok(Fn.C_GetMechanismInfo, slot, M_AES_GCM, info);
    assertEquals(0x26, info.getLong(16) & 0x3e);
    module.ok(Fn.C_GetMechanismInfo, slot, Ck.M_ECDSA, info);
    assertEquals(0x38, info.getLong(16) & 0x3e);
  }
}
