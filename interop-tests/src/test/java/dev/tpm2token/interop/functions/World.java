package dev.tpm2token.interop.functions;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tpm2token.interop.cryptoki.Ck;
import dev.tpm2token.interop.cryptoki.Cryptoki;
import dev.tpm2token.interop.cryptoki.Fn;
import dev.tpm2token.interop.cryptoki.NewerFn;
import dev.tpm2token.interop.cryptoki.PublicKeys;
import dev.tpm2token.interop.cryptoki.Rv;
import dev.tpm2token.interop.cryptoki.Session;
import dev.tpm2token.interop.cryptoki.Template;
import dev.tpm2token.interop.harness.Lab;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import jnr.ffi.Pointer;
import org.jspecify.annotations.Nullable;

/**
 * Where a row happens: a module, a token with key pairs, and for each row a fresh R/W session in
 * which the user is logged in. Nothing else of a row outlives it.
 */
final class World extends Memory {
  static final byte[] IV = new byte[16];
  static final byte[] BLOCK = "sixteen bytes of".getBytes(StandardCharsets.US_ASCII);
  static final byte[] KEY = "a key, 16 bytes.".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] F4 = {1, 0, 1};
  private static final String TOKEN = "functions";
  private static final String PINLESS = "pinless";

  private final Map<String, Object> objects = new HashMap<>();
  private @Nullable Object[] lastGiven = {};
  private long slot;
  private Session session;

  /** Makes the tokens and the keys that all rows share. */
  World(Lab lab) {
    super(Cryptoki.load(lab));
    module.initialize();
    module.initToken(PINLESS, Lab.SO_PIN);
    slot = module.token(TOKEN);
    session = module.readWrite(slot);
    session.login(Lab.PIN);
    generateRsa("rsa", false);
    generateRsa("asks", true);
    session.generate(
        Ck.M_EC_KEY_PAIR_GEN,
        labelled("ec").with(Ck.A_EC_PARAMS, PublicKeys.P256).with(Ck.A_VERIFY, true),
        labelled("ec").with(Ck.A_PRIVATE, true).with(Ck.A_SIGN, true).with(Ck.A_DERIVE, true));
  }

  private void generateRsa(String label, boolean asks) {
    session.generate(
        Ck.M_RSA_PKCS_KEY_PAIR_GEN,
        labelled(label)
            .with(Ck.A_MODULUS_BITS, 2048)
            .with(Ck.A_PUBLIC_EXPONENT, F4)
            .with(Ck.A_ENCRYPT, true)
            .with(Ck.A_VERIFY, true)
            .with(Ck.A_VERIFY_RECOVER, true)
            .with(Ck.A_WRAP, true),
        labelled(label)
            .with(Ck.A_PRIVATE, true)
            .with(Ck.A_SENSITIVE, true)
            .with(Ck.A_ALWAYS_AUTHENTICATE, asks)
            .with(Ck.A_DECRYPT, true)
            .with(Ck.A_SIGN, true)
            .with(Ck.A_SIGN_RECOVER, true)
            .with(Ck.A_UNWRAP, true));
  }

  private static Template labelled(String label) {
    return Template.of().with(Ck.A_TOKEN, true).with(Ck.A_LABEL, label);
  }

  /** A fresh session with the user logged in, and nothing under way. */
  void begin() {
    initialise();
    module.ok(Fn.C_CloseAllSessions, slot);
    objects.clear();
    forget();
    session = module.readWrite(slot);
    session.login(Lab.PIN);
  }

  /** A row may have ended the module, or begun it anew: then slots may have other ids. */
  private void initialise() {
    module.call(Fn.C_Initialize, (Object) null);
    slot = module.slotOf(TOKEN);
  }

  /** Calls with the module not initialised. */
  Rv uninitialised(Supplier<Rv> call) {
    module.finish();
    try {
      return call.get();
    } finally {
      initialise();
    }
  }

  Rv call(Enum<?> function, @Nullable Object... arguments) {
    lastGiven = arguments;
    return function instanceof NewerFn newer
        ? module.call(newer, arguments)
        : module.call((Fn) function, arguments);
  }

  void ok(Enum<?> function, @Nullable Object... arguments) {
    assertEquals(Rv.CKR_OK, call(function, arguments), () -> "before: " + function);
  }

  /** An argument of the last call. */
  Object given(int index) {
    return Objects.requireNonNull(lastGiven[index]);
  }

  // Slots and sessions

  long slot() {
    return slot;
  }

  /** Of a token that waits for C_InitToken. */
  long blankSlot() {
    return module.blankSlot();
  }

  long pinlessSlot() {
    return module.slotOf(PINLESS);
  }

  long session() {
    return session.handle();
  }

  Session user() {
    return session;
  }

  long closedSession() {
    Session closed = module.readWrite(slot); // R/O there is none while the SO is logged in
    closed.close();
    return closed.handle();
  }

  /** Another session, whose login is the first one's. */
  long readOnly() {
    return module.readOnly(slot).handle();
  }

  long pinlessSession() {
    long pinless = pinlessSlot();
    module.ok(Fn.C_CloseAllSessions, pinless);
    return module.readWrite(pinless).handle();
  }

  void closeAll() {
    module.ok(Fn.C_CloseAllSessions, slot);
  }

  void logout() {
    session.logout();
  }

  /** The security officer is logged in instead. */
  void officer() {
    session.logout();
    session.loginSo(Lab.SO_PIN);
  }

  /** A public session is the only one, and read-only. */
  void publicReader() {
    session.logout();
    Session reader = module.readOnly(slot);
    session.close();
    session = reader;
  }

  /** The only session is read-only; the user is logged in. */
  void reader() {
    Session reader = module.readOnly(slot);
    session.close();
    session = reader;
  }

  // Objects

  /** What a row makes once, however often it asks for it. */
  @SuppressWarnings("unchecked") // a name has one type
  <T> T once(String name, Supplier<T> making) {
    Object known = objects.get(name);
    if (known == null) {
      known = making.get();
      objects.put(name, known);
    }
    return (T) known;
  }

  long rsaPublic() {
    return found("rsa", Ck.O_PUBLIC_KEY);
  }

  long rsaPrivate() {
    return found("rsa", Ck.O_PRIVATE_KEY);
  }

  /** A key that asks for the PIN at each use. */
  long askingKey() {
    return found("asks", Ck.O_PRIVATE_KEY);
  }

  long ecPublic() {
    return found("ec", Ck.O_PUBLIC_KEY);
  }

  long ecPrivate() {
    return found("ec", Ck.O_PRIVATE_KEY);
  }

  private long found(String label, long objectClass) {
    return once(
        label + objectClass,
        () -> {
          // The row's own session may be busy, and then some modules do not search in it.
          try (Session other = module.readWrite(slot)) {
            return other.findOne(
                Template.of().with(Ck.A_CLASS, objectClass).with(Ck.A_LABEL, label));
          }
        });
  }

  /** A session object that is no key. */
  long data() {
    return once("data", () -> session.create(dataTemplate()));
  }

  static Template dataTemplate() {
    return Template.of()
        .with(Ck.A_CLASS, Ck.O_DATA)
        .with(Ck.A_TOKEN, false)
        .with(Ck.A_PRIVATE, false)
        .with(Ck.A_LABEL, "data")
        .with(Ck.A_VALUE, BLOCK);
  }

  /** An AES key that may do anything and may leave. */
  long aes() {
    return once("aes", () -> session.create(anyUse(secret(Ck.K_AES))));
  }

  /** An AES key that may do nothing and may not leave. */
  long uselessAes() {
    return once(
        "useless",
        () ->
            session.create(
                secret(Ck.K_AES)
                    .with(Ck.A_ENCRYPT, false)
                    .with(Ck.A_DECRYPT, false)
                    .with(Ck.A_SIGN, false)
                    .with(Ck.A_VERIFY, false)
                    .with(Ck.A_WRAP, false)
                    .with(Ck.A_UNWRAP, false)
                    .with(Ck.A_SENSITIVE, true)
                    .with(Ck.A_EXTRACTABLE, false)));
  }

  /** A generic secret of 32 bytes, for MACs. */
  long secret() {
    return once(
        "secret",
        () ->
            session.create(
                Template.of()
                    .with(Ck.A_CLASS, Ck.O_SECRET_KEY)
                    .with(Ck.A_KEY_TYPE, Ck.K_GENERIC_SECRET)
                    .with(Ck.A_TOKEN, false)
                    .with(Ck.A_VALUE, Arrays.copyOf(KEY, 32))
                    .with(Ck.A_SIGN, true)
                    .with(Ck.A_VERIFY, true)
                    .with(Ck.A_SENSITIVE, false)
                    .with(Ck.A_EXTRACTABLE, true)));
  }

  static Template secret(long type) {
    return Template.of()
        .with(Ck.A_CLASS, Ck.O_SECRET_KEY)
        .with(Ck.A_KEY_TYPE, type)
        .with(Ck.A_TOKEN, false)
        .with(Ck.A_VALUE, KEY);
  }

  static Template anyUse(Template template) {
    return template
        .with(Ck.A_ENCRYPT, true)
        .with(Ck.A_DECRYPT, true)
        .with(Ck.A_WRAP, true)
        .with(Ck.A_UNWRAP, true)
        .with(Ck.A_SENSITIVE, false)
        .with(Ck.A_EXTRACTABLE, true);
  }

  // Operations

  Pointer cbc() {
    return mechanism(Ck.M_AES_CBC, IV);
  }

  Pointer padded() {
    return mechanism(Ck.M_AES_CBC_PAD, IV);
  }

  /** A block encrypted with {@link #cbc}. */
  byte[] encrypted(Pointer mechanism, byte[] data) {
    Session own = module.readOnly(slot);
    Pointer out = memory(64);
    Pointer length = ulong(64);
    ok(Fn.C_EncryptInit, own.handle(), mechanism, aes());
    ok(Fn.C_Encrypt, own.handle(), data, data.length, out, length);
    own.close();
    return read(out, (int) length.getLong(0));
  }

  /** A digest's saved state. */
  byte[] state() {
    Session own = module.readOnly(slot);
    Pointer out = memory(512);
    Pointer length = ulong(512);
    ok(Fn.C_DigestInit, own.handle(), mechanism(Ck.M_SHA256));
    ok(Fn.C_GetOperationState, own.handle(), out, length);
    own.close();
    return read(out, (int) length.getLong(0));
  }

  /** There is no slot event that nobody was told of. */
  void noEvents() {
    Pointer id = ulong(0);
    while (module.call(Fn.C_WaitForSlotEvent, 1, id, null) == Rv.CKR_OK) {
      assertEquals(Rv.CKR_OK, module.call(Fn.C_GetSlotInfo, id.getLong(0), memory(128)));
    }
  }

  void finding() {
    ok(Fn.C_FindObjectsInit, session(), null, 0);
  }

  /** A signature, made in a session of its own. */
  Pointer signature(long mechanism, long key, byte[] data) {
    try (Session own = module.readWrite(slot)) {
      return bytes(own.sign(mechanism, key, data));
    }
  }

  void encrypting() {
    ok(Fn.C_EncryptInit, session(), cbc(), aes());
  }

  void decrypting() {
    ok(Fn.C_DecryptInit, session(), cbc(), aes());
  }

  void digesting() {
    ok(Fn.C_DigestInit, session(), mechanism(Ck.M_SHA256));
  }

  /** An HMAC: in software for both modules, and multi-part. */
  void macing() {
    ok(Fn.C_SignInit, session(), mechanism(Ck.M_SHA256_HMAC), secret());
  }

  void verifyingMac() {
    ok(Fn.C_VerifyInit, session(), mechanism(Ck.M_SHA256_HMAC), secret());
  }
}
