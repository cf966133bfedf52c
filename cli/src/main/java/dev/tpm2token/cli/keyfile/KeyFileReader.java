package dev.tpm2token.cli.keyfile;

import dev.tpm2token.cli.Pem;
import dev.tpm2token.cli.cert.CertificateFile;
import dev.tpm2token.token.keyfile.TpmKeyFile;
import dev.tpm2token.token.keyfile.UnmetPolicyException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.bouncycastle.asn1.ASN1BitString;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1Object;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.pkcs.RSAPrivateKey;
import org.bouncycastle.asn1.sec.ECPrivateKey;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemReader;

/**
 * Reads a private key of any usual form: OpenSSH's own, PKCS#8, PKCS#1 and SEC1, each encrypted or
 * not, in PEM or DER; PKCS#12 with its certificates; TPM 2.0 key files.
 */
public final class KeyFileReader {
  /** What algorithms are called that are no use to a TPM. */
  private static final Map<String, String> OTHERS =
      Map.of(
          "1.3.101.112", "an Ed25519 key",
          "1.3.101.113", "an Ed448 key",
          "1.3.101.110", "an X25519 key",
          "1.2.840.10040.4.1", "a DSA key");

  private static final String NO_KEY = "there is no private key in it";

  private final Passphrase passphrase;
  private final List<byte[]> certificates = new ArrayList<>();
  private ASN1Encodable curve = DERNull.INSTANCE;

  private KeyFileReader(Passphrase passphrase) {
    this.passphrase = passphrase;
  }

  /**
   * The key in a file.
   *
   * @param passphrase asked for where the file is encrypted
   * @throws KeyFileException where there is none, or it cannot be had
   */
  public static KeyFile read(byte[] file, Passphrase passphrase) throws KeyFileException {
    try {
      return new KeyFileReader(passphrase).read(file);
    } catch (UnmetPolicyException e) {
      throw new KeyFileException(String.valueOf(e.getMessage()), e);
    } catch (IOException | IllegalArgumentException | IllegalStateException e) {
      throw new KeyFileException(
          "it is damaged, or not of a form known here: " + e.getMessage(), e);
    }
  }

  private KeyFile read(byte[] file) throws IOException, KeyFileException {
    if (!Pem.isPem(file)) {
      OtherFiles.check(file);
      return ofDer(file);
    }
    KeyFile key = null;
    try (PemReader reader = Pem.reader(file)) {
      for (PemObject each = reader.readPemObject(); each != null; each = reader.readPemObject()) {
        switch (each.getType()) {
          case "CERTIFICATE", "X509 CERTIFICATE", "TRUSTED CERTIFICATE", "PKCS7" ->
              certificates.addAll(CertificateFile.in(each));
          case "EC PARAMETERS" -> curve = ASN1Primitive.fromByteArray(each.getContent());
          default -> key = key == null ? ofPem(each) : key;
        }
      }
    }
    if (key == null) {
      throw new KeyFileException(NO_KEY);
    }
    return key;
  }

  private KeyFile ofPem(PemObject block) throws IOException, KeyFileException {
    byte[] content = LegacyPem.open(block, passphrase);
    return switch (block.getType()) {
      case "OPENSSH PRIVATE KEY" -> software(OpenSshKey.read(content, passphrase));
      case "RSA PRIVATE KEY" -> software(pkcs1(RSAPrivateKey.getInstance(content)));
      case "EC PRIVATE KEY" -> software(sec1(ECPrivateKey.getInstance(content)));
      case "PRIVATE KEY" -> software(PrivateKeyInfo.getInstance(content));
      case "ENCRYPTED PRIVATE KEY" -> software(EncryptedPkcs8.open(content, passphrase));
      case TpmKeyFile.PEM_TYPE -> new KeyFile.OfTpm(TpmKeyFile.decode(content));
      default ->
          throw new KeyFileException(
              block.getType().contains("PUBLIC")
                  ? OtherFiles.PUBLIC_KEY
                  : "it begins with %s, which is no private key".formatted(block.getType()));
    };
  }

  /** DER says what it is by its first two elements. */
  private KeyFile ofDer(byte[] file) throws IOException, KeyFileException {
    ASN1Sequence sequence = ASN1Sequence.getInstance(file);
    if (sequence == null || sequence.size() < 2) {
      throw new KeyFileException(NO_KEY);
    }
    ASN1Encodable first = sequence.getObjectAt(0);
    ASN1Encodable second = sequence.getObjectAt(1);
    if (second instanceof ASN1BitString) {
      throw new KeyFileException(OtherFiles.PUBLIC_KEY); // SubjectPublicKeyInfo
    }
    if (sequence.size() == 3 && sequence.getObjectAt(2) instanceof ASN1BitString) {
      throw new KeyFileException("that is a certificate: the private key is wanted");
    }
    if (first instanceof ASN1ObjectIdentifier) {
      return new KeyFile.OfTpm(TpmKeyFile.decode(file));
    }
    if (first instanceof ASN1Sequence && second instanceof ASN1OctetString) {
      return software(EncryptedPkcs8.open(file, passphrase));
    }
    if (!(first instanceof ASN1Integer version)) {
      throw new KeyFileException(NO_KEY);
    }
    if (second instanceof ASN1Sequence) {
      return version.hasValue(3)
          ? Pkcs12.read(file, passphrase)
          : software(PrivateKeyInfo.getInstance(file));
    }
    return software(
        second instanceof ASN1OctetString
            ? sec1(ECPrivateKey.getInstance(file))
            : pkcs1(RSAPrivateKey.getInstance(file)));
  }

  private KeyFile software(PrivateKeyInfo key) throws IOException, KeyFileException {
    checkUsable(key);
    return new KeyFile.Software(key.getEncoded("DER"), certificates, "");
  }

  private static PrivateKeyInfo pkcs1(RSAPrivateKey key) throws IOException {
    return new PrivateKeyInfo(
        new AlgorithmIdentifier(PKCSObjectIdentifiers.rsaEncryption, DERNull.INSTANCE), key);
  }

  private PrivateKeyInfo sec1(ECPrivateKey key) throws IOException, KeyFileException {
    ASN1Object own = key.getParametersObject();
    ASN1Encodable parameters = own == null ? curve : own;
    if (parameters.equals(DERNull.INSTANCE)) {
      throw new KeyFileException("it does not name the key's curve");
    }
    return new PrivateKeyInfo(
        new AlgorithmIdentifier(X9ObjectIdentifiers.id_ecPublicKey, parameters), key);
  }

  static void checkUsable(PrivateKeyInfo key) throws KeyFileException {
    String other = OTHERS.get(key.getPrivateKeyAlgorithm().getAlgorithm().getId());
    if (other != null) {
      throw new KeyFileException("it holds %s: a TPM has RSA and NIST's curves".formatted(other));
    }
  }
}
