package dev.tpm2token.cli.keyfile;

import java.util.regex.Pattern;
import org.bouncycastle.openssl.PEMException;
import org.bouncycastle.openssl.bc.BcPEMDecryptorProvider;
import org.bouncycastle.util.encoders.Hex;
import org.bouncycastle.util.io.pem.PemHeader;
import org.bouncycastle.util.io.pem.PemObject;

/** PEM that OpenSSL encrypted before PKCS#8: {@code Proc-Type: 4,ENCRYPTED} (RFC 1421). */
final class LegacyPem {
  private static final Pattern CIPHERS =
      Pattern.compile("(AES-(128|192|256)|DES-EDE3)-(CBC|CFB|OFB)");

  private LegacyPem() {}

  /** A block's content, in the clear. */
  static byte[] open(PemObject block, Passphrase passphrase) throws KeyFileException {
    for (Object each : block.getHeaders()) {
      PemHeader header = (PemHeader) each;
      if (header.getName().equals("DEK-Info")) {
        return decrypt(block.getContent(), header.getValue().split(",", 2), passphrase);
      }
    }
    return block.getContent();
  }

  private static byte[] decrypt(byte[] content, String[] info, Passphrase passphrase)
      throws KeyFileException {
    if (info.length != 2 || !CIPHERS.matcher(info[0]).matches()) {
      throw new KeyFileException("it is encrypted by the unknown cipher " + info[0]);
    }
    return passphrase.useText(
        password -> {
          try {
            return new BcPEMDecryptorProvider(password)
                .get(info[0])
                .decrypt(content, Hex.decode(info[1].strip()));
          } catch (PEMException e) {
            throw KeyFileException.wrongPassphrase(e);
          }
        });
  }
}
