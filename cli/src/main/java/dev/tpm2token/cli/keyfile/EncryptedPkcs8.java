package dev.tpm2token.cli.keyfile;

import java.io.IOException;
import org.bouncycastle.asn1.pkcs.EncryptedPrivateKeyInfo;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.pkcs.PKCS8EncryptedPrivateKeyInfo;
import org.bouncycastle.pkcs.PKCSException;

/** EncryptedPrivateKeyInfo (RFC 5958, 3). */
final class EncryptedPkcs8 {
  private EncryptedPkcs8() {}

  static PrivateKeyInfo open(byte[] der, Passphrase passphrase)
      throws KeyFileException, IOException {
    PKCS8EncryptedPrivateKeyInfo encrypted =
        new PKCS8EncryptedPrivateKeyInfo(EncryptedPrivateKeyInfo.getInstance(der));
    return passphrase.useText(password -> decrypt(encrypted, password));
  }

  static PrivateKeyInfo decrypt(PKCS8EncryptedPrivateKeyInfo encrypted, char[] password)
      throws KeyFileException {
    try {
      return encrypted.decryptPrivateKeyInfo(Decryption.by(password));
    } catch (PKCSException e) {
      if (e.getCause() instanceof OperatorCreationException unknown) {
        throw new KeyFileException(String.valueOf(unknown.getMessage()), e);
      }
      throw KeyFileException.wrongPassphrase(e);
    } catch (IllegalArgumentException | IllegalStateException e) {
      throw KeyFileException.wrongPassphrase(e); // what comes out is no key
    }
  }
}
