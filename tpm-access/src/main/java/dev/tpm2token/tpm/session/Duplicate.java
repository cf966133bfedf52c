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
 * A private area wrapped in software for one parent, as Import takes it: Part 1, 23.3.2.3.
 *
 * @param contents of TPM2_Import's duplicate
 * @param encryptedSeed its inSymSeed: the seed of the wrapping, which the parent alone can open
 */
@SuppressWarnings("ArrayRecordComponent") // carried, not compared
public record Duplicate(byte[] contents, byte[] encryptedSeed) {
  private static final byte[] NONE = {};

  /** Wraps an object for a parent, of which nothing but the public area need be at hand. */
  public static Duplicate of(
      TpmtPublic parent, TpmtPublic object, TpmtSensitive sensitive, SecureRandom random) {
    try (Salt seed = Salt.of(parent, Salt.DUPLICATE, random)) {
      return new Duplicate(wrap(parent, seed.value(), object.name(), sensitive), seed.encrypted());
    }
  }

  /**
   * The contents of TPM2_Import's duplicate, with an outer wrapper alone.
   *
   * @param seed a salt for the parent, of the use {@link Salt#DUPLICATE}
   */
  static byte[] wrap(TpmtPublic parent, byte[] seed, Name name, TpmtSensitive sensitive) {
    int keyBits = symmetric(parent).keyBits();
    int hashBits = 8 * parent.nameAlg().digestLength();
    byte[] key = Kdf.a(parent.nameAlg(), seed, "STORAGE", name.value(), NONE, keyBits);
    byte[] macKey = Kdf.a(parent.nameAlg(), seed, "INTEGRITY", NONE, NONE, hashBits);
    try (TpmWriter plain = new TpmWriter();
        TpmWriter w = new TpmWriter()) {
      byte[] data = plain.sized(sensitive).toByteArray();
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
