package dev.tpm2token.cli.keyfile;

import java.io.IOException;
import java.io.OutputStream;
import java.math.BigInteger;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.asn1.ASN1BMPString;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.pkcs.Attribute;
import org.bouncycastle.asn1.pkcs.ContentInfo;
import org.bouncycastle.asn1.pkcs.MacData;
import org.bouncycastle.asn1.pkcs.PKCS12PBEParams;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.Pfx;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.operator.MacCalculator;
import org.bouncycastle.operator.OperatorCreationException;
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
    return passphrase.useText(
        password -> password.length == 0 ? withoutPassword(pfx) : new Pkcs12(password).read(pfx));
  }

  /**
   * An empty password is no octets for some, and for others (OpenSSL) the two of the zero at its
   * end (RFC 7292, B.1). Bouncy Castle adds those two to what is not empty: of a NUL it makes four
   * zeros, which the derivation, repeating them, cannot tell from two; and PBES2's HMAC pads its
   * key with zeros anyway.
   */
  private static KeyFile withoutPassword(PKCS12PfxPdu pfx) throws KeyFileException {
    try {
      return new Pkcs12(new char[] {'\0'}).read(pfx);
    } catch (KeyFileException e) {
      if (!e.isWrongPassphrase()) {
        throw e;
      }
      return new Pkcs12(new char[0]).read(pfx);
    }
  }

  private KeyFile read(PKCS12PfxPdu pfx) throws KeyFileException {
    try {
      if (pfx.hasMac() && !isMacRight(pfx.toASN1Structure())) {
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
      if (!pfx.hasMac()) {
        throw KeyFileException.wrongPassphrase(e); // nothing else tells it
      }
      throw new KeyFileException("its PKCS#12 cannot be read: " + e.getMessage(), e);
    } catch (IOException | IllegalArgumentException e) {
      if (!pfx.hasMac()) {
        throw KeyFileException.wrongPassphrase(e);
      }
      throw new KeyFileException("its PKCS#12 is damaged", e);
    }
  }

  /**
   * Compares the MAC alone: Bouncy Castle compares its algorithm as well, and so refuses what
   * GnuTLS writes, which names the hash without a NULL for parameters.
   */
  private boolean isMacRight(Pfx pfx) throws PKCSException, IOException, KeyFileException {
    MacData mac = pfx.getMacData();
    if (mac.getIterationCount().compareTo(BigInteger.valueOf(Decryption.MOST_ITERATIONS)) > 0) {
      throw new KeyFileException("it wants more than ten million iterations");
    }
    try {
      MacCalculator calculator =
          new BcPKCS12MacCalculatorBuilderProvider(BcDefaultDigestProvider.INSTANCE)
              .get(
                  new AlgorithmIdentifier(
                      mac.getMac().getAlgorithmId().getAlgorithm(),
                      new PKCS12PBEParams(mac.getSalt(), mac.getIterationCount().intValueExact())))
              .build(password);
      try (OutputStream out = calculator.getOutputStream()) {
        out.write(ASN1OctetString.getInstance(pfx.getAuthSafe().getContent()).getOctets());
      }
      return MessageDigest.isEqual(calculator.getMac(), mac.getMac().getDigest());
    } catch (OperatorCreationException e) {
      throw new PKCSException("its MAC is of an unknown kind", e);
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
