package dev.tpm2token.token.mechanism;

import static dev.tpm2token.token.ReturnValue.CKR_KEY_SIZE_RANGE;
import static dev.tpm2token.token.ReturnValue.CKR_MECHANISM_PARAM_INVALID;
import static dev.tpm2token.token.ReturnValue.CKR_WRAPPED_KEY_INVALID;
import static dev.tpm2token.token.ReturnValue.CKR_WRAPPED_KEY_LEN_RANGE;

import dev.tpm2token.token.CryptokiException;
import dev.tpm2token.token.crypto.PublicKey;
import dev.tpm2token.token.crypto.Secret;
import dev.tpm2token.token.device.KeyInUse;
import dev.tpm2token.token.device.TokenDevice;
import java.util.Arrays;
import java.util.Map;
import org.bouncycastle.crypto.CipherParameters;
import org.bouncycastle.crypto.InvalidCipherTextException;
import org.bouncycastle.crypto.engines.RFC3394WrapEngine;
import org.bouncycastle.crypto.engines.RFC5649WrapEngine;
import org.bouncycastle.crypto.params.ParametersWithIV;

/** How keys are wrapped and unwrapped with a key and a mechanism. */
public interface Wrapper extends AutoCloseable {
  /** Bytes that wrapping a key so long gives. */
  int length(int key);

  /** Wraps. */
  byte[] wrap(byte[] key);

  /** Unwraps; the result is the caller's to zero. */
  byte[] unwrap(byte[] wrapped);

  /** A key in the TPM is closed. */
  @Override
  void close();

  /** The forms of AES key wrapping (PKCS#11 3.1, 6.13.4; RFC 3394 and RFC 5649). */
  enum AesForm {
    KW(8),
    KWP(4),
    /**
     * Padded as PKCS#7 has it, then KW: CKM_AES_KEY_WRAP_PAD as 2.40 defines it and NSS has it, and
     * the name that 3.2 gives it. (SoftHSM's is KWP.)
     */
    PKCS7(8);

    private final int ivBytes;

    AesForm(int ivBytes) {
      this.ivBytes = ivBytes;
    }
  }

  /** The mechanisms that do nothing else. */
  Map<Long, AesForm> AES_FORMS =
      Map.of(
          0x2109L,
          AesForm.KW,
          0x210AL,
          AesForm.PKCS7,
          0x210BL,
          AesForm.KWP,
          0x210CL,
          AesForm.PKCS7);

  /** Begins. A key in the TPM is taken over; a secret in software stays the caller's. */
  static Wrapper of(
      Mechanism mechanism, Parameter parameter, TokenDevice device, Operations.Key key) {
    AesForm form = AES_FORMS.get(mechanism.type());
    if (form != null) {
      return new Aes(form, AesKey.of(device, key), iv(form, parameter));
    }
    if (parameter instanceof Parameter.RsaAes(long aesBits, Parameter.Oaep oaep)) {
      return RsaAes.of(aesBits, OaepPadding.of(oaep), device, key);
    }
    return new ByCipher(mechanism, parameter, device, key);
  }

  private static byte[] iv(AesForm form, Parameter parameter) {
    byte[] iv = parameter instanceof Parameter.Bytes(byte[] bytes) ? bytes : new byte[0];
    if (iv.length != 0 && iv.length != form.ivBytes) {
      throw new CryptokiException(
          CKR_MECHANISM_PARAM_INVALID, "an IV has %d bytes here".formatted(form.ivBytes));
    }
    return iv;
  }

  /** By a mechanism that encrypts as well: RSA with a padding, AES in modes CBC_PAD and GCM. */
  record ByCipher(Mechanism mechanism, Parameter parameter, TokenDevice device, Operations.Key key)
      implements Wrapper {
    @Override
    public int length(int bytes) {
      if (key instanceof Operations.Key.Public(PublicKey publicKey)) {
        return publicKey.signatureLength();
      }
      return parameter instanceof Parameter.Gcm gcm
          ? bytes + (int) gcm.tagBits() / Byte.SIZE
          : (bytes / AesMode.BLOCK + 1) * AesMode.BLOCK;
    }

    @Override
    public byte[] wrap(byte[] bytes) {
      return run(true, bytes);
    }

    @Override
    public byte[] unwrap(byte[] wrapped) {
      return run(false, wrapped);
    }

    private byte[] run(boolean encrypting, byte[] in) {
      try (CipherOperation cipher =
          Operations.cipher(encrypting, mechanism, parameter, device, key)) {
        return cipher.finish(in);
      }
    }

    @Override
    public void close() {
      key.close();
    }
  }

  /** RFC 3394, and with padding RFC 5649. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Aes(AesForm form, AesKey key, byte[] iv) implements Wrapper {
    private static final int SEMIBLOCK = 8;

    @Override
    public int length(int bytes) {
      return paddedLength(form, bytes);
    }

    static int paddedLength(AesForm form, int bytes) {
      int padding = form == AesForm.PKCS7 ? SEMIBLOCK : SEMIBLOCK - 1;
      return (bytes + padding) / SEMIBLOCK * SEMIBLOCK + SEMIBLOCK;
    }

    @Override
    public byte[] wrap(byte[] bytes) {
      if (form == AesForm.KW && (bytes.length % SEMIBLOCK != 0 || bytes.length < 2 * SEMIBLOCK)) {
        throw new CryptokiException(
            CKR_KEY_SIZE_RANGE, "AES_KEY_WRAP takes 16 bytes or more, a multiple of 8");
      }
      if (form == AesForm.PKCS7 && bytes.length < SEMIBLOCK) {
        throw new CryptokiException(CKR_KEY_SIZE_RANGE, "padded, it takes 8 bytes or more");
      }
      byte[] padded = form == AesForm.PKCS7 ? padded(bytes) : bytes.clone();
      try {
        return engine(true).wrap(padded, 0, padded.length);
      } finally {
        Arrays.fill(padded, (byte) 0);
      }
    }

    @Override
    public byte[] unwrap(byte[] wrapped) {
      // KW wraps two blocks at least (RFC 3394, 2.2.1; SP 800-38F, 5.3.1), so of one it unwraps
      // none.
      int shortest = form == AesForm.KWP ? 2 * SEMIBLOCK : 3 * SEMIBLOCK;
      if (wrapped.length % SEMIBLOCK != 0 || wrapped.length < shortest) {
        throw new CryptokiException(CKR_WRAPPED_KEY_LEN_RANGE);
      }
      try {
        byte[] key = engine(false).unwrap(wrapped, 0, wrapped.length);
        return form == AesForm.PKCS7 ? withoutPadding(key) : key;
      } catch (InvalidCipherTextException e) {
        throw new CryptokiException(CKR_WRAPPED_KEY_INVALID, "not wrapped by that key", e);
      }
    }

    private static byte[] padded(byte[] bytes) {
      int count = SEMIBLOCK - bytes.length % SEMIBLOCK;
      byte[] padded = Arrays.copyOf(bytes, bytes.length + count);
      Arrays.fill(padded, bytes.length, padded.length, (byte) count);
      return padded;
    }

    private static byte[] withoutPadding(byte[] padded) throws InvalidCipherTextException {
      int count = padded[padded.length - 1];
      byte[] key = Arrays.copyOf(padded, padded.length - Math.clamp(count, 0, SEMIBLOCK));
      boolean right = count > 0 && Arrays.equals(padded(key), padded);
      Arrays.fill(padded, (byte) 0);
      if (!right) {
        Arrays.fill(key, (byte) 0);
        throw new InvalidCipherTextException("the padding is wrong");
      }
      return key;
    }

    private org.bouncycastle.crypto.Wrapper engine(boolean wrapping) {
      org.bouncycastle.crypto.Wrapper engine =
          form == AesForm.KWP
              ? new RFC5649WrapEngine(key.blocks())
              : new RFC3394WrapEngine(key.blocks());
      CipherParameters parameter = key.parameter();
      engine.init(wrapping, iv.length == 0 ? parameter : new ParametersWithIV(parameter, iv));
      return engine;
    }

    @Override
    public void close() {
      key.close();
    }
  }

  /**
   * CKM_RSA_AES_KEY_WRAP (3.1, 6.1.22): an AES key under OAEP, then the key under that with KWP.
   */
  record RsaAes(int aesBytes, OaepPadding padding, TokenDevice device, Operations.Key key)
      implements Wrapper {
    static RsaAes of(long aesBits, OaepPadding padding, TokenDevice device, Operations.Key key) {
      if (aesBits != 128 && aesBits != 192 && aesBits != 256) {
        throw new CryptokiException(CKR_MECHANISM_PARAM_INVALID, "no AES key has so many bits");
      }
      return new RsaAes((int) aesBits / 8, padding, device, key);
    }

    @Override
    public int length(int bytes) {
      return modulusBytes() + Aes.paddedLength(AesForm.KWP, bytes);
    }

    private int modulusBytes() {
      return switch (key) {
        case Operations.Key.Public(PublicKey publicKey) -> publicKey.signatureLength();
        case Operations.Key.Private(KeyInUse inUse) -> inUse.publicKey().signatureLength();
        case Operations.Key.Symmetric _, Operations.Key.TpmSecret _ ->
            throw new IllegalArgumentException("not RSA");
      };
    }

    @Override
    public byte[] wrap(byte[] bytes) {
      if (!(key instanceof Operations.Key.Public(PublicKey publicKey))) {
        throw new IllegalArgumentException("not a public key");
      }
      byte[] fresh = device.random(aesBytes);
      try (Secret aes = Secret.taking(fresh);
          RsaCipher rsa = RsaCipher.encrypting(device, publicKey, padding)) {
        rsa.update(fresh);
        byte[] first = rsa.finish();
        byte[] second = new Aes(AesForm.KWP, new SoftwareAes(aes), new byte[0]).wrap(bytes);
        byte[] whole = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, whole, first.length, second.length);
        return whole;
      }
    }

    @Override
    public byte[] unwrap(byte[] wrapped) {
      if (!(key instanceof Operations.Key.Private(KeyInUse inUse))) {
        throw new IllegalArgumentException("not a private key");
      }
      int first = modulusBytes();
      if (wrapped.length <= first) {
        throw new CryptokiException(CKR_WRAPPED_KEY_LEN_RANGE);
      }
      try (RsaCipher rsa = RsaCipher.decrypting(device, inUse, padding)) {
        rsa.update(Arrays.copyOf(wrapped, first));
        try (Secret aes = Secret.taking(rsa.finish())) {
          if (aes.use(bytes -> bytes.length) != aesBytes) {
            throw new CryptokiException(CKR_WRAPPED_KEY_INVALID, "an AES key of another length");
          }
          return new Aes(AesForm.KWP, new SoftwareAes(aes), new byte[0])
              .unwrap(Arrays.copyOfRange(wrapped, first, wrapped.length));
        }
      }
    }

    @Override
    public void close() {
      key.close();
    }
  }
}
