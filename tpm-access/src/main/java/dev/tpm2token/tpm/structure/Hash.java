package dev.tpm2token.tpm.structure;

import dev.tpm2token.tpm.TpmProtocolException;
import java.util.Arrays;
import org.bouncycastle.crypto.Digest;
import org.bouncycastle.crypto.digests.SHA1Digest;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.digests.SHA384Digest;
import org.bouncycastle.crypto.digests.SHA3Digest;
import org.bouncycastle.crypto.digests.SHA512Digest;
import org.bouncycastle.crypto.macs.HMac;
import org.bouncycastle.crypto.params.KeyParameter;

/** The hashes a TPM names, in software. */
public final class Hash {
  private Hash() {}

  /** A hash of the parts, one after the other. */
  public static byte[] of(TpmAlgId algorithm, byte[]... parts) {
    Digest digest = digest(algorithm);
    for (byte[] part : parts) {
      digest.update(part, 0, part.length);
    }
    byte[] result = new byte[digest.getDigestSize()];
    digest.doFinal(result, 0);
    return result;
  }

  /** An HMAC of the parts, one after the other. */
  public static byte[] hmac(TpmAlgId algorithm, byte[] key, byte[]... parts) {
    HMac mac = new HMac(digest(algorithm));
    KeyParameter copy = new KeyParameter(key);
    mac.init(copy);
    for (byte[] part : parts) {
      mac.update(part, 0, part.length);
    }
    byte[] result = new byte[mac.getMacSize()];
    mac.doFinal(result, 0);
    mac.init(new KeyParameter(new byte[1])); // so that the pads of the key do not stay behind
    Arrays.fill(copy.getKey(), (byte) 0);
    return result;
  }

  public static Digest digest(TpmAlgId algorithm) {
    return switch (algorithm) {
      case SHA1 -> new SHA1Digest();
      case SHA256 -> new SHA256Digest();
      case SHA384 -> new SHA384Digest();
      case SHA512 -> new SHA512Digest();
      case SHA3_256 -> new SHA3Digest(256);
      case SHA3_384 -> new SHA3Digest(384);
      case SHA3_512 -> new SHA3Digest(512);
      default -> throw new TpmProtocolException(algorithm + " is not a hash we have");
    };
  }
}
