package dev.tpm2token.cli.keyfile;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.crypto.BufferedBlockCipher;
import org.bouncycastle.crypto.DefaultBufferedBlockCipher;
import org.bouncycastle.crypto.InvalidCipherTextException;
import org.bouncycastle.crypto.engines.AESEngine;
import org.bouncycastle.crypto.modes.CBCBlockCipher;
import org.bouncycastle.crypto.modes.GCMBlockCipher;
import org.bouncycastle.crypto.modes.SICBlockCipher;
import org.bouncycastle.crypto.params.AEADParameters;
import org.bouncycastle.crypto.params.KeyParameter;
import org.bouncycastle.crypto.params.ParametersWithIV;
import org.bouncycastle.crypto.util.OpenSSHPrivateKeyUtil;
import org.bouncycastle.crypto.util.PrivateKeyInfoFactory;
import org.mindrot.jbcrypt.BCrypt;

/**
 * OpenSSH's own format (its PROTOCOL.key): Bouncy Castle reads what is not encrypted, so what is
 * encrypted is decrypted here, and handed to it as if it had never been.
 */
final class OpenSshKey {
  private static final byte[] MAGIC = "openssh-key-v1\0".getBytes(StandardCharsets.US_ASCII);
  private static final String NONE = "none";
  private static final int PLAIN_BLOCK = 8;
  private static final int AES_BLOCK = 16;
  private static final int GCM_NONCE = 12;
  private static final int GCM_TAG = 16;

  /** More than anybody sets by ssh-keygen -a: 100 take about a second. */
  private static final int MOST_ROUNDS = 10_000;

  private OpenSshKey() {}

  static PrivateKeyInfo read(byte[] content, Passphrase passphrase)
      throws IOException, KeyFileException {
    byte[] plain = decrypted(content, passphrase);
    try {
      return PrivateKeyInfoFactory.createPrivateKeyInfo(
          OpenSSHPrivateKeyUtil.parsePrivateKeyBlob(plain));
    } finally {
      Arrays.fill(plain, (byte) 0);
    }
  }

  private static byte[] decrypted(byte[] content, Passphrase passphrase)
      throws IOException, KeyFileException {
    ByteBuffer in = ByteBuffer.wrap(content);
    try {
      byte[] magic = new byte[MAGIC.length];
      in.get(magic);
      if (!Arrays.equals(MAGIC, magic)) {
        throw new IOException("it is not of OpenSSH's format");
      }
      String cipher = text(in);
      String kdf = text(in);
      ByteBuffer options = ByteBuffer.wrap(string(in));
      int keys = in.getInt();
      byte[] publicKey = string(in);
      byte[] encrypted = string(in);
      if (keys != 1) {
        throw new IOException("it holds %d keys".formatted(keys));
      }
      if (cipher.equals(NONE)) {
        return content.clone();
      }
      if (!kdf.equals("bcrypt")) {
        throw new KeyFileException("its key is derived by the unknown " + kdf);
      }
      byte[] tag = new byte[in.remaining()];
      in.get(tag);
      byte[] plain = decrypt(Cipher.of(cipher), options, encrypted, tag, passphrase);
      return envelope(publicKey, repadded(plain));
    } catch (BufferUnderflowException e) {
      throw new IOException("it is cut short", e);
    }
  }

  /** A cipher of ssh -Q cipher, as far as they are of AES. */
  private record Cipher(int keyOctets, String mode) {
    static Cipher of(String name) throws KeyFileException {
      return switch (name) {
        case "aes128-ctr", "aes128-cbc" -> new Cipher(16, name.substring(7));
        case "aes192-ctr", "aes192-cbc" -> new Cipher(24, name.substring(7));
        case "aes256-ctr", "aes256-cbc" -> new Cipher(32, name.substring(7));
        case "aes128-gcm@openssh.com" -> new Cipher(16, "gcm");
        case "aes256-gcm@openssh.com" -> new Cipher(32, "gcm");
        default ->
            throw new KeyFileException(
                "it is encrypted by %s: ssh-keygen -p -Z aes256-ctr -f FILE changes that"
                    .formatted(name));
      };
    }

    int ivOctets() {
      return mode.equals("gcm") ? GCM_NONCE : AES_BLOCK;
    }
  }

  private static byte[] decrypt(
      Cipher cipher, ByteBuffer options, byte[] encrypted, byte[] tag, Passphrase passphrase)
      throws IOException, KeyFileException {
    byte[] salt = string(options);
    int rounds = options.getInt();
    if (rounds < 1 || rounds > MOST_ROUNDS || salt.length == 0) {
      throw new IOException("its key derivation wants %d rounds".formatted(rounds));
    }
    byte[] keyAndIv = new byte[cipher.keyOctets() + cipher.ivOctets()];
    try {
      return passphrase.use(
          octets -> {
            new BCrypt().pbkdf(octets, salt, rounds, keyAndIv);
            return decrypt(cipher, keyAndIv, encrypted, tag);
          });
    } finally {
      Arrays.fill(keyAndIv, (byte) 0);
    }
  }

  private static byte[] decrypt(Cipher cipher, byte[] keyAndIv, byte[] encrypted, byte[] tag)
      throws KeyFileException {
    KeyParameter key = new KeyParameter(keyAndIv, 0, cipher.keyOctets());
    byte[] iv = Arrays.copyOfRange(keyAndIv, cipher.keyOctets(), keyAndIv.length);
    byte[] plain = new byte[encrypted.length];
    try {
      if (cipher.mode().equals("gcm")) {
        var gcm = GCMBlockCipher.newInstance(AESEngine.newInstance());
        gcm.init(false, new AEADParameters(key, 8 * GCM_TAG, iv));
        int length = gcm.processBytes(encrypted, 0, encrypted.length, plain, 0);
        length += gcm.processBytes(tag, 0, tag.length, plain, length);
        gcm.doFinal(plain, length);
      } else {
        BufferedBlockCipher block =
            new DefaultBufferedBlockCipher(
                cipher.mode().equals("ctr")
                    ? SICBlockCipher.newInstance(AESEngine.newInstance())
                    : CBCBlockCipher.newInstance(AESEngine.newInstance()));
        block.init(false, new ParametersWithIV(key, iv));
        int length = block.processBytes(encrypted, 0, encrypted.length, plain, 0);
        block.doFinal(plain, length);
      }
    } catch (InvalidCipherTextException e) {
      throw KeyFileException.wrongPassphrase(e);
    }
    // Two equal numbers come first, for no other reason than to find out a wrong passphrase.
    if (plain.length < 8 || !Arrays.equals(plain, 0, 4, plain, 4, 8)) {
      throw KeyFileException.wrongPassphrase(new IOException("the check numbers differ"));
    }
    return plain;
  }

  /** The padding 1, 2, 3, … is to the cipher's block; without a cipher it is to eight octets. */
  private static byte[] repadded(byte[] plain) {
    int padding = plain[plain.length - 1];
    if (padding < PLAIN_BLOCK || padding >= AES_BLOCK) {
      return plain;
    }
    byte[] shorter = Arrays.copyOf(plain, plain.length - PLAIN_BLOCK);
    Arrays.fill(plain, (byte) 0);
    return shorter;
  }

  private static byte[] envelope(byte[] publicKey, byte[] privateKeys) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(MAGIC);
    write(out, NONE.getBytes(StandardCharsets.US_ASCII));
    write(out, NONE.getBytes(StandardCharsets.US_ASCII));
    write(out, new byte[0]);
    out.writeBytes(ByteBuffer.allocate(4).putInt(1).array());
    write(out, publicKey);
    write(out, privateKeys);
    Arrays.fill(privateKeys, (byte) 0);
    return out.toByteArray();
  }

  private static void write(ByteArrayOutputStream out, byte[] string) {
    out.writeBytes(ByteBuffer.allocate(4).putInt(string.length).array());
    out.writeBytes(string);
  }

  private static byte[] string(ByteBuffer in) {
    int length = in.getInt();
    if (length < 0 || length > in.remaining()) {
      throw new BufferUnderflowException();
    }
    byte[] string = new byte[length];
    in.get(string);
    return string;
  }

  private static String text(ByteBuffer in) {
    return new String(string(in), StandardCharsets.US_ASCII);
  }
}
