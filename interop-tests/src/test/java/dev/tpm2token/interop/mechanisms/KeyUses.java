package dev.tpm2token.interop.mechanisms;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tpm2token.interop.cryptoki.Ck;
import dev.tpm2token.interop.cryptoki.Cryptoki;
import dev.tpm2token.interop.cryptoki.Fn;
import dev.tpm2token.interop.cryptoki.NewerFn;
import dev.tpm2token.interop.cryptoki.PublicKeys;
import dev.tpm2token.interop.cryptoki.Rv;
import dev.tpm2token.interop.cryptoki.Session;
import dev.tpm2token.interop.cryptoki.Template;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PublicKey;
import java.security.Signature;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.crypto.Cipher;
import jnr.ffi.Pointer;

/** Keys that are made, derived and agreed on; the JDK has the other half. */
final class KeyUses {
  private static final int LENGTH = 32;

  private final Cryptoki module;
  private final Session session;
  private final Parameters parameters;
  private final Keys keys;
  private final Jdk jdk;

  KeyUses(Cryptoki module, Session session, Parameters parameters, Keys keys, Jdk jdk) {
    this.module = module;
    this.session = session;
    this.parameters = parameters;
    this.keys = keys;
    this.jdk = jdk;
  }

  /** Of the least and of the greatest size that C_GetMechanismInfo tells; the JDK verifies. */
  void generatePair(Mechanism mechanism, int least, int greatest) throws GeneralSecurityException {
    if (mechanism.kind() == Mechanism.Kind.RSA_PAIR) {
      for (int bits : List.of(least, greatest)) {
        Session.KeyPair pair = Keys.rsaPair(session, bits);
        PublicKey key = PublicKeys.rsa(session, pair.publicKey());
        assertEquals(
            bits, new BigInteger(1, session.get(pair.publicKey(), Ck.A_MODULUS)).bitLength());
        assertSigns(pair, Ck.M_SHA256_RSA_PKCS, key, "SHA256withRSA");
      }
      return;
    }
    assertEquals(256, least);
    Session.KeyPair pair = Keys.ecPair(session, PublicKeys.P256);
    assertSigns(
        pair,
        Ck.M_ECDSA_SHA256,
        PublicKeys.ec(session, pair.publicKey(), 256),
        "SHA256withECDSAinP1363Format");
    assertTrue(greatest >= 384);
    pair = Keys.ecPair(session, PublicKeys.P384);
    assertSigns(
        pair,
        Ck.M_ECDSA_SHA384,
        PublicKeys.ec(session, pair.publicKey(), 384),
        "SHA384withECDSAinP1363Format");
  }

  private void assertSigns(Session.KeyPair pair, long mechanism, PublicKey key, String algorithm)
      throws GeneralSecurityException {
    Signature verifier = Signature.getInstance(algorithm);
    verifier.initVerify(key);
    verifier.update(Given.DATA);
    assertTrue(verifier.verify(session.sign(mechanism, pair.privateKey(), Given.DATA)));
  }

  /** CKA_EC_PARAMS is a curve's name, CKA_EC_POINT an OCTET STRING of an uncompressed point. */
  void pointOnANamedCurve() {
    long key = keys.ec.publicKey();
    assertArrayEquals(PublicKeys.P256, session.get(key, Ck.A_EC_PARAMS));
    assertArrayEquals(new byte[] {4, 65, 4}, Arrays.copyOf(session.get(key, Ck.A_EC_POINT), 3));
  }

  /** The key is where it should be, and works; the JDK, where it can be read. */
  void generate(Mechanism mechanism, Holder holder) throws GeneralSecurityException {
    boolean aes = mechanism.type() == Ck.M_AES_KEY_GEN;
    long one = generated(mechanism, holder, aes);
    long other = generated(mechanism, holder, aes);
    assertTrue(session.getBoolean(one, Ck.A_LOCAL));
    keys.assertIsThere(module, holder, one);
    Pointer working = module.mechanism(aes ? Ck.M_AES_ECB : Ck.M_SHA256_HMAC);
    byte[] result = worked(working, one, aes);
    assertFalse(Arrays.equals(result, worked(working, other, aes)), "keys differ");
    if (holder == Holder.SOFTWARE) {
      byte[] value = session.get(one, Ck.A_VALUE);
      assertEquals(LENGTH, value.length);
      assertArrayEquals(
          aes
              ? Jdk.aes(Cipher.ENCRYPT_MODE, Mechanism.Kind.AES_ECB, value, Given.DATA)
              : Jdk.hmac(Hash.SHA256, value, Given.DATA),
          result);
    } else {
      assertEquals(
          Rv.CKR_ATTRIBUTE_SENSITIVE,
          module.call(Fn.C_GetAttributeValue, session.handle(), one, asking(), 1));
    }
    session.destroy(one);
    session.destroy(other);
  }

  private Pointer asking() {
    Pointer attribute = module.memory(24);
    attribute.putLong(0, Ck.A_VALUE);
    return attribute;
  }

  private byte[] worked(Pointer mechanism, long key, boolean aes) {
    Session.Output done =
        aes
            ? session.encrypt(mechanism, key, Given.DATA)
            : session.sign(mechanism, key, Given.DATA);
    assertEquals(Rv.CKR_OK, done.rv());
    return done.bytes();
  }

  private long generated(Mechanism mechanism, Holder holder, boolean aes) {
    Template template = Keys.heldBy(holder, Template.of().with(Ck.A_VALUE_LEN, LENGTH));
    if (aes) {
      Keys.cipherUses(template);
    } else {
      template.with(Ck.A_SIGN, true).with(Ck.A_VERIFY, true);
    }
    Pointer key = module.ulong(0);
    module.ok(
        Fn.C_GenerateKey,
        session.handle(),
        module.mechanism(mechanism.type()),
        template,
        template.count(),
        key);
    return key.getLong(0);
  }

  /** With each derivation; the other party's point as it is, and in an OCTET STRING. */
  void derive(Mechanism mechanism) throws GeneralSecurityException {
    byte[] point = Jdk.point(jdk.ec.getPublic());
    for (Given.Derivation derivation : derivations()) {
      byte[] expected = Jdk.agreed(jdk.ec.getPrivate(), keys.ecPublic, derivation, LENGTH);
      for (byte[] form : List.of(point, Given.joined(new byte[] {4, 65}, point))) {
        Session.Output derived =
            session.derive(
                parameters.ecdh(mechanism.type(), derivation, form),
                keys.ec.privateKey(),
                secret());
        assertEquals(Rv.CKR_OK, derived.rv());
        assertArrayEquals(expected, derived.bytes());
      }
    }
  }

  private static List<Given.Derivation> derivations() {
    List<Given.Derivation> all = new ArrayList<>(List.of(Given.Derivation.NULL));
    for (Hash hash : Hash.values()) {
      all.add(Given.Derivation.of(hash));
    }
    return all;
  }

  private static Template secret() {
    return Keys.readable(Ck.K_GENERIC_SECRET).with(Ck.A_VALUE_LEN, LENGTH);
  }

  void encapsulate(Mechanism mechanism) throws GeneralSecurityException {
    if (mechanism.kind().isRsa()) {
      Encapsulated made = encapsulated(parameters.of(mechanism), keys.peerRsa);
      assertArrayEquals(
          made.key, Jdk.rsa(Cipher.DECRYPT_MODE, mechanism, jdk.rsa.getPrivate(), made.ciphertext));
      return;
    }
    for (Given.Derivation derivation : derivations()) {
      Encapsulated made =
          encapsulated(parameters.ecdh(mechanism.type(), derivation, new byte[0]), keys.peerEc);
      assertArrayEquals(
          made.key,
          Jdk.agreed(jdk.ec.getPrivate(), Jdk.ofPoint(made.ciphertext), derivation, LENGTH));
    }
  }

  @SuppressWarnings("ArrayRecordComponent") // nobody compares two of them
  private record Encapsulated(byte[] ciphertext, byte[] key) {}

  private Encapsulated encapsulated(Pointer mechanism, long publicKey) {
    Pointer out = module.memory(Calls.ROOM);
    Pointer length = module.ulong(Calls.ROOM);
    Pointer key = module.ulong(0);
    Template template = secret();
    module.ok(
        NewerFn.C_EncapsulateKey,
        session.handle(),
        mechanism,
        publicKey,
        template,
        template.count(),
        out,
        length,
        key);
    return new Encapsulated(
        Calls.taken(out, (int) length.getLong(0)), session.get(key.getLong(0), Ck.A_VALUE));
  }

  void decapsulate(Mechanism mechanism) throws GeneralSecurityException {
    if (mechanism.kind().isRsa()) {
      byte[] ciphertext = Jdk.rsa(Cipher.ENCRYPT_MODE, mechanism, keys.rsaPublic, Given.VALUE);
      assertArrayEquals(
          Given.VALUE, decapsulated(parameters.of(mechanism), keys.rsa.privateKey(), ciphertext));
      return;
    }
    for (Given.Derivation derivation : derivations()) {
      KeyPair once = Jdk.ecPair();
      assertArrayEquals(
          Jdk.agreed(once.getPrivate(), keys.ecPublic, derivation, LENGTH),
          decapsulated(
              parameters.ecdh(mechanism.type(), derivation, new byte[0]),
              keys.ec.privateKey(),
              Jdk.point(once.getPublic())));
    }
  }

  private byte[] decapsulated(Pointer mechanism, long privateKey, byte[] ciphertext) {
    Pointer key = module.ulong(0);
    Template template = secret();
    module.ok(
        NewerFn.C_DecapsulateKey,
        session.handle(),
        mechanism,
        privateKey,
        template,
        template.count(),
        ciphertext,
        ciphertext.length,
        key);
    return session.get(key.getLong(0), Ck.A_VALUE);
  }
}
