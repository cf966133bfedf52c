package dev.tpm2token.interop.mechanisms;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tpm2token.interop.cryptoki.Ck;
import dev.tpm2token.interop.cryptoki.Cryptoki;
import dev.tpm2token.interop.cryptoki.Fn;
import dev.tpm2token.interop.cryptoki.NewerFn;
import dev.tpm2token.interop.cryptoki.PublicKeys;
import dev.tpm2token.interop.cryptoki.Rv;
import dev.tpm2token.interop.cryptoki.Session;
import dev.tpm2token.interop.cryptoki.Template;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.LongBuffer;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.interfaces.RSAPublicKey;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;

/**
 * The keys of the module's side: pairs in the TPM, the JDK's public keys, secrets in both places.
 */
final class Keys {
  private static final byte[] F4 = {1, 0, 1};
  private static final long DIGEST = 0x400;
  private static final long A_ALLOWED_MECHANISMS = 0x40000600L;

  final Session.KeyPair rsa;
  final Session.KeyPair ec;
  final PublicKey rsaPublic;
  final PublicKey ecPublic;

  /** The JDK's public keys as objects here. */
  final long peerRsa;

  final long peerEc;

  private final Map<Holder, Long> aes = new EnumMap<>(Holder.class);
  private final Map<Holder, Long> macs = new EnumMap<>(Holder.class);
  private final Session session;

  Keys(Cryptoki module, Session session, Jdk jdk) throws GeneralSecurityException {
    this.session = session;
    rsa = rsaPair(session, 2048);
    ec = ecPair(session, PublicKeys.P256);
    rsaPublic = PublicKeys.rsa(session, rsa.publicKey());
    ecPublic = PublicKeys.ec(session, ec.publicKey(), 256);
    RSAPublicKey peer = (RSAPublicKey) jdk.rsa.getPublic();
    peerRsa =
        session.create(
            publicUses(publicKey(Ck.K_RSA))
                .with(Ck.A_MODULUS, magnitude(peer.getModulus()))
                .with(Ck.A_PUBLIC_EXPONENT, magnitude(peer.getPublicExponent())));
    peerEc =
        session.create(
            publicKey(Ck.K_EC)
                .with(Ck.A_VERIFY, true)
                .with(Ck.A_ENCAPSULATE, true)
                .with(Ck.A_EC_PARAMS, PublicKeys.P256)
                .with(
                    Ck.A_EC_POINT,
                    Given.joined(new byte[] {4, 65}, Jdk.point(jdk.ec.getPublic()))));
    for (Holder holder : Holder.values()) {
      aes.put(holder, session.create(secret(holder, Ck.K_AES, Given.AES_KEY)));
      macs.put(holder, session.create(secret(holder, Ck.K_GENERIC_SECRET, Given.MAC_KEY)));
      assertIsThere(module, holder, aes(holder));
      assertIsThere(module, holder, mac(holder));
    }
  }

  /** What is in the TPM cannot be digested, for its value does not come out. */
  void assertIsThere(Cryptoki module, Holder holder, long key) {
    module.ok(Fn.C_DigestInit, session.handle(), module.mechanism(Ck.M_SHA256));
    assertEquals(
        holder == Holder.TPM ? Rv.CKR_KEY_INDIGESTIBLE : Rv.CKR_OK,
        module.call(Fn.C_DigestKey, session.handle(), key));
    module.ok(NewerFn.C_SessionCancel, session.handle(), DIGEST);
  }

  static Session.KeyPair rsaPair(Session session, int bits) {
    return session.generate(
        Ck.M_RSA_PKCS_KEY_PAIR_GEN,
        publicUses(Template.of()).with(Ck.A_MODULUS_BITS, bits).with(Ck.A_PUBLIC_EXPONENT, F4),
        Template.of()
            .with(Ck.A_DECRYPT, true)
            .with(Ck.A_SIGN, true)
            .with(Ck.A_SIGN_RECOVER, true)
            .with(Ck.A_UNWRAP, true)
            .with(Ck.A_DECAPSULATE, true));
  }

  static Session.KeyPair ecPair(Session session, byte[] curve) {
    return session.generate(
        Ck.M_EC_KEY_PAIR_GEN,
        Template.of()
            .with(Ck.A_EC_PARAMS, curve)
            .with(Ck.A_VERIFY, true)
            .with(Ck.A_ENCAPSULATE, true),
        Template.of().with(Ck.A_SIGN, true).with(Ck.A_DERIVE, true).with(Ck.A_DECAPSULATE, true));
  }

  private static Template publicKey(long type) {
    return Template.of()
        .with(Ck.A_CLASS, Ck.O_PUBLIC_KEY)
        .with(Ck.A_KEY_TYPE, type)
        .with(Ck.A_TOKEN, false);
  }

  private static Template publicUses(Template template) {
    return template
        .with(Ck.A_ENCRYPT, true)
        .with(Ck.A_VERIFY, true)
        .with(Ck.A_VERIFY_RECOVER, true)
        .with(Ck.A_WRAP, true)
        .with(Ck.A_ENCAPSULATE, true);
  }

  private static byte[] magnitude(BigInteger number) {
    byte[] bytes = number.toByteArray();
    return bytes[0] == 0 ? Arrays.copyOfRange(bytes, 1, bytes.length) : bytes;
  }

  /** What makes a secret key the TPM's or software's. */
  static Template heldBy(Holder holder, Template template) {
    boolean tpm = holder == Holder.TPM;
    return template.with(Ck.A_TOKEN, tpm).with(Ck.A_SENSITIVE, tpm).with(Ck.A_EXTRACTABLE, !tpm);
  }

  /** A secret key that can be read, as far as C_UnwrapKey and its like are to say. */
  static Template readable(long type) {
    return heldBy(
        Holder.SOFTWARE, Template.of().with(Ck.A_CLASS, Ck.O_SECRET_KEY).with(Ck.A_KEY_TYPE, type));
  }

  private static Template secret(Holder holder, long type, byte[] value) {
    Template template =
        heldBy(
            holder,
            Template.of()
                .with(Ck.A_CLASS, Ck.O_SECRET_KEY)
                .with(Ck.A_KEY_TYPE, type)
                .with(Ck.A_VALUE, value)
                .with(Ck.A_SIGN, true)
                .with(Ck.A_VERIFY, true));
    return type == Ck.K_AES ? cipherUses(template) : template;
  }

  static Template cipherUses(Template template) {
    return template
        .with(Ck.A_ENCRYPT, true)
        .with(Ck.A_DECRYPT, true)
        .with(Ck.A_WRAP, true)
        .with(Ck.A_UNWRAP, true);
  }

  long aes(Holder holder) {
    return Objects.requireNonNull(aes.get(holder));
  }

  private long mac(Holder holder) {
    return Objects.requireNonNull(macs.get(holder));
  }

  /** A key that can be wrapped. */
  long wrappable(byte[] value) {
    return session.create(readable(Ck.K_GENERIC_SECRET).with(Ck.A_VALUE, value));
  }

  /** The key with which this mechanism signs here. */
  long signing(Mechanism mechanism, Holder holder) {
    return switch (mechanism.kind()) {
      case HMAC -> mac(holder);
      case CMAC -> aes(holder);
      case ECDSA -> ec.privateKey();
      default -> rsa.privateKey();
    };
  }

  /** The key with which it verifies what the JDK has signed. */
  long verifying(Mechanism mechanism, Holder holder) {
    return switch (mechanism.kind()) {
      case HMAC, CMAC -> signing(mechanism, holder);
      case ECDSA -> peerEc;
      default -> peerRsa;
    };
  }

  /** The JDK's form of the key that verifies what {@link #signing} signs. */
  PublicKey publicKey(Mechanism mechanism) {
    return mechanism.kind() == Mechanism.Kind.ECDSA ? ecPublic : rsaPublic;
  }

  /** Whether a generic secret in the TPM is for this HMAC: CKA_ALLOWED_MECHANISMS says. */
  boolean tpmDoes(Mechanism mechanism) {
    LongBuffer allowed =
        ByteBuffer.wrap(session.get(mac(Holder.TPM), A_ALLOWED_MECHANISMS))
            .order(ByteOrder.nativeOrder())
            .asLongBuffer();
    while (allowed.hasRemaining()) {
      if (allowed.get() == mechanism.type()) {
        return true;
      }
    }
    return false;
  }
}
