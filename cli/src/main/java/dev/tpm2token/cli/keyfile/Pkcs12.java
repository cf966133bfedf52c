package dev.tpm2token.cli.keyfile;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.asn1.ASN1BMPString;
import org.bouncycastle.asn1.pkcs.Attribute;
import org.bouncycastle.asn1.pkcs.ContentInfo;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.operator.bc.BcDefaultDigestProvider;
import org.bouncycastle.pkcs.PKCS12PfxPdu;
import org.bouncycastle.pkcs.PKCS12SafeBag;
import org.bouncycastle.pkcs.PKCS12SafeBagFactory;
import org.bouncycastle.pkcs.PKCS8EncryptedPrivateKeyInfo;
import org.bouncycastle.pkcs.PKCSException;
import org.bouncycastle.pkcs.bc.BcPKCS12MacCalculatorBuilderProvider;
import org.jspecify.annotations.Nullable;

/** A key with its certificates in PKCS#12 (RFC 7292). */
final class Pkcs12 {
  private final char[] password;
  private final List<byte[]> certificates = new ArrayList<>();
  private @Nullable PrivateKeyInfo key;
  private String name = "";

  private Pkcs12(char[] password) {
    this.password = password;
  }

  static KeyFile read(byte[] file, Passphrase passphrase) throws IOException, KeyFileException {
    PKCS12PfxPdu pfx = new PKCS12PfxPdu(file);
    return passphrase.useText(password -> new Pkcs12(password).read(pfx));
  }

  private KeyFile read(PKCS12PfxPdu pfx) throws KeyFileException {
    try {
      if (pfx.hasMac()
          && !pfx.isMacValid(
              new BcPKCS12MacCalculatorBuilderProvider(BcDefaultDigestProvider.INSTANCE),
              password)) {
        throw KeyFileException.wrongPassphrase(new PKCSException("the MAC is another"));
      }
      for (ContentInfo each : pfx.getContentInfos()) {
        PKCS12SafeBagFactory bags =
            each.getContentType().equals(PKCSObjectIdentifiers.encryptedData)
                ? new PKCS12SafeBagFactory(each, Decryption.by(password))
                : new PKCS12SafeBagFactory(each);
        for (PKCS12SafeBag bag : bags.getSafeBags()) {
          take(bag);
        }
      }
      if (key == null) {
        throw new KeyFileException("there is no private key in it");
      }
      return new KeyFile.Software(key.getEncoded("DER"), certificates, name);
    } catch (PKCSException e) {
      throw new KeyFileException("its PKCS#12 cannot be read: " + e.getMessage(), e);
    } catch (IOException e) {
      throw new KeyFileException("its PKCS#12 is damaged", e);
    }
  }

  private void take(PKCS12SafeBag bag) throws IOException, KeyFileException {
    switch (bag.getBagValue()) {
      case X509CertificateHolder certificate -> certificates.add(certificate.getEncoded());
      case PrivateKeyInfo plain -> take(plain, bag);
      case PKCS8EncryptedPrivateKeyInfo encrypted ->
          take(EncryptedPkcs8.decrypt(encrypted, password), bag);
      default -> {} // a CRL, or a secret
    }
  }

  private void take(PrivateKeyInfo found, PKCS12SafeBag bag) throws KeyFileException {
    if (key != null) {
      throw new KeyFileException(
          "there are several private keys in it: openssl pkcs12 takes it apart");
    }
    KeyFileReader.checkUsable(found);
    key = found;
    name = friendlyName(bag);
  }

  private static String friendlyName(PKCS12SafeBag bag) {
    Attribute[] attributes = bag.getAttributes();
    for (Attribute each : attributes == null ? new Attribute[0] : attributes) {
      if (each.getAttrType().equals(PKCSObjectIdentifiers.pkcs_9_at_friendlyName)) {
        return ASN1BMPString.getInstance(each.getAttrValues().getObjectAt(0)).getString();
      }
    }
    return "";
  }
}
