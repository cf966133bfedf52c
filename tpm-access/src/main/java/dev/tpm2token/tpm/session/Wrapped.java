package dev.tpm2token.tpm.session;

import dev.tpm2token.tpm.structure.Hash;
import dev.tpm2token.tpm.structure.Name;
import dev.tpm2token.tpm.structure.TpmtPublic;
import dev.tpm2token.tpm.structure.TpmtSensitive;
import dev.tpm2token.tpm.structure.TpmtSymDefObject;
import dev.tpm2token.tpm.structure.TpmuPublicParms;
import dev.tpm2token.tpm.wire.TpmWriter;
import java.security.SecureRandom;
import java.util.Arrays;
import org.bouncycastle.crypto.engines.AESEngine;
import org.bouncycastle.crypto.modes.CFBBlockCipher;
import org.bouncycastle.crypto.modes.CFBModeCipher;
import org.bouncycastle.crypto.params.KeyParameter;
import org.bouncycastle.crypto.params.ParametersWithIV;

/**
 * What only the TPM with a certain storage key can open, wrapped in software: Part 1, 23.3.2.3 and
 * 24.
 *
 * @param contents TPM2_Import's duplicate, or TPM2_ActivateCredential's credentialBlob
 * @param encryptedSeed the seed of the wrapping, which that key alone can open: inSymSeed, or
 *     secret
 */
@SuppressWarnings("ArrayRecordComponent") // carried, not compared
public record Wrapped(byte[] contents, byte[] encryptedSeed) {
  private static final byte[] NONE = {};

  /** A private area for a parent, of which nothing but the public area need be at hand. */
  public static Wrapped duplicate(
      TpmtPublic parent, TpmtPublic object, TpmtSensitive sensitive, SecureRandom random) {
    try (Salt seed = Salt.of(parent, Salt.DUPLICATE, random);
        TpmWriter plain = new TpmWriter()) {
      byte[] data = plain.sized(sensitive).toByteArray();
      return new Wrapped(wrap(parent, seed.value(), object.name(), data), seed.encrypted());
    }
  }

  /**
   * A secret that a TPM gives out where the endorsement key and an object of this Name are both its
   * own.
   *
   * @param secret no longer than the digest of the endorsement key's nameAlg
   */
  public static Wrapped credential(
      TpmtPublic endorsementKey, Name object, byte[] secret, SecureRandom random) {
    try (Salt seed = Salt.of(endorsementKey, Salt.IDENTITY, random);
        TpmWriter plain = new TpmWriter()) {
      byte[] data = plain.tpm2b(secret).toByteArray();
      return new Wrapped(wrap(endorsementKey, seed.value(), object, data), seed.encrypted());
    }
  }

  /** Encrypts the data in place, for a Name, and puts an HMAC before it. */
  static byte[] wrap(TpmtPublic parent, byte[] seed, Name name, byte[] data) {
    int keyBits = symmetric(parent).keyBits();
    int hashBits = 8 * parent.nameAlg().digestLength();
    byte[] key = Kdf.a(parent.nameAlg(), seed, "STORAGE", name.value(), NONE, keyBits);
    byte[] macKey = Kdf.a(parent.nameAlg(), seed, "INTEGRITY", NONE, NONE, hashBits);
    try (TpmWriter w = new TpmWriter()) {
      CFBModeCipher cipher = CFBBlockCipher.newInstance(AESEngine.newInstance(), 128);
      cipher.init(true, new ParametersWithIV(new KeyParameter(key), new byte[16]));
      cipher.processBytes(data, 0, data.length, data, 0);
      w.tpm2b(Hash.hmac(parent.nameAlg(), macKey, data, name.value()));
      return w.bytes(data).toByteArray();
    } finally {
      Arrays.fill(key, (byte) 0);
      Arrays.fill(macKey, (byte) 0);
    }
  }

  private static TpmtSymDefObject symmetric(TpmtPublic parent) {
    return switch (parent.parameters()) {
      case TpmuPublicParms.Rsa rsa -> rsa.symmetric();
      case TpmuPublicParms.Ecc ecc -> ecc.symmetric();
      default -> throw new IllegalArgumentException("a " + parent.type() + " key is no parent");
    };
  }
}
