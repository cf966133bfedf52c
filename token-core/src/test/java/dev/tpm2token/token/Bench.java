package dev.tpm2token.token;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.tpm2token.token.attribute.AttributeType;
import dev.tpm2token.token.attribute.Attributes;
import dev.tpm2token.token.attribute.Template;
import dev.tpm2token.tpm.LeasePolicy;
import dev.tpm2token.tpm.Passwords;
import dev.tpm2token.tpm.SwtpmProcess;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** A module on a TPM of its own, for tests. */
final class Bench implements AutoCloseable {
  static final byte[] SO_PIN = "so-pin-5678".getBytes(StandardCharsets.US_ASCII);
  static final byte[] PIN = "pin-1234".getBytes(StandardCharsets.US_ASCII);

  private final Path store;
  private final SwtpmProcess tpm;

  Bench(Path store) {
    this(store, SwtpmProcess.start());
  }

  /** Another store on a TPM, which ends with the bench that started it. */
  private Bench(Path store, SwtpmProcess tpm) {
    this.store = store;
    this.tpm = tpm;
  }

  /** Another store on this TPM; not to be closed. */
  Bench withStore(Path other) {
    return new Bench(other, tpm);
  }

  SwtpmProcess tpm() {
    return tpm;
  }

  Path store() {
    return store;
  }

  /** A module, as a process of its own would have it. */
  Cryptoki start() {
    return start(0x8100_0001, Passwords.NONE);
  }

  /** A module with another storage key. */
  Cryptoki start(int parent, Passwords passwords) {
    return new Cryptoki(
        new Settings(store, tpm.tcti(), parent, LeasePolicy.DEFAULT, Log.NONE, passwords));
  }

  /** A module with a token labelled "lab" in its first slot, with both PINs. */
  Cryptoki withToken() {
    return withToken(start());
  }

  /** The same in a module that was started otherwise. */
  static Cryptoki withToken(Cryptoki module) {
    long slot = module.slots().getFirst();
    module.initToken(slot, SO_PIN, "lab".getBytes(StandardCharsets.US_ASCII));
    long session = module.openSession(slot, true);
    module.login(session, UserType.CKU_SO, SO_PIN);
    module.session(session).initPin(PIN);
    module.closeSession(session);
    return module;
  }

  /** A read/write session of the first slot, the user logged in. */
  static Session login(Cryptoki module) {
    long session = module.openSession(module.slots().getFirst(), true);
    module.login(session, UserType.CKU_USER, PIN);
    return module.session(session);
  }

  /** An attribute that everybody may read. */
  static byte[] value(Session session, long object, AttributeType type) {
    return assertInstanceOf(
            AttributeResult.Value.class,
            session.attributes(object, new long[] {type.code()}).getFirst())
        .bytes();
  }

  /** What a client is told of work that fails. */
  static void assertFails(ReturnValue expected, Runnable work) {
    assertEquals(expected, ReturnValues.of(assertThrows(RuntimeException.class, work::run)));
  }

  /** A template: attribute, value, attribute, value... */
  static Template template(Object... pairs) {
    Attributes.Builder attributes = Attributes.builder();
    for (int i = 0; i < pairs.length; i += 2) {
      AttributeType type = (AttributeType) pairs[i];
      switch (pairs[i + 1]) {
        case Boolean value -> attributes.put(type, value);
        case Number value -> attributes.put(type, value.longValue());
        case String value -> attributes.put(type, value);
        case byte[] value -> attributes.put(type, value);
        default -> throw new IllegalArgumentException("no attribute's value");
      }
    }
    return Template.of(attributes.build());
  }

  @Override
  public void close() {
    tpm.close();
  }
}
