package dev.tpm2token.cli.keyfile;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.misc.MiscObjectIdentifiers;
import org.bouncycastle.asn1.misc.ScryptParams;
import org.bouncycastle.asn1.pkcs.KeyDerivationFunc;
import org.bouncycastle.asn1.pkcs.PBES2Parameters;
import org.bouncycastle.asn1.pkcs.PBKDF2Params;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.crypto.BufferedBlockCipher;
import org.bouncycastle.crypto.Digest;
import org.bouncycastle.crypto.InvalidCipherTextException;
import org.bouncycastle.crypto.PBEParametersGenerator;
import org.bouncycastle.crypto.digests.SHA1Digest;
import org.bouncycastle.crypto.digests.SHA224Digest;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.digests.SHA384Digest;
import org.bouncycastle.crypto.digests.SHA512Digest;
import org.bouncycastle.crypto.generators.PKCS5S2ParametersGenerator;
import org.bouncycastle.crypto.generators.SCrypt;
import org.bouncycastle.crypto.params.KeyParameter;
import org.bouncycastle.crypto.util.CipherFactory;
import org.bouncycastle.operator.InputDecryptor;
import org.bouncycastle.operator.InputDecryptorProvider;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.pkcs.bc.BcPKCS12PBEInputDecryptorProviderBuilder;

/**
 * Opens what a password encrypts: PBES2 (RFC 8018, 6.2) with PBKDF2 or scrypt, which everybody
 * writes today, and PKCS#12's own schemes of before. Bouncy Castle has the first in its JCA form
 * only, which is not in the image.
 */
final class Decryption {
  /** More than anybody writes: a file cannot keep us busy for ever, or eat up the memory. */
  static final int MOST_ITERATIONS = 10_000_000;

  private static final long MOST_SCRYPT_OCTETS = 64L << 20;

  private Decryption() {}

  /** For a password. */
  static InputDecryptorProvider by(char[] password) {
    return algorithm ->
        algorithm.getAlgorithm().equals(PKCSObjectIdentifiers.id_PBES2)
            ? pbes2(algorithm, password)
            : new BcPKCS12PBEInputDecryptorProviderBuilder().build(password).get(algorithm);
  }

  private static InputDecryptor pbes2(AlgorithmIdentifier algorithm, char[] password)
      throws OperatorCreationException {
    PBES2Parameters parameters = PBES2Parameters.getInstance(algorithm.getParameters());
    AlgorithmIdentifier scheme =
        new AlgorithmIdentifier(
            parameters.getEncryptionScheme().getAlgorithm(),
            parameters.getEncryptionScheme().getParameters());
    byte[] key = key(parameters.getKeyDerivationFunc(), keyOctets(scheme), password);
    return new InputDecryptor() {
      @Override
      public AlgorithmIdentifier getAlgorithmIdentifier() {
        return algorithm;
      }

      @Override
      public InputStream getInputStream(InputStream encrypted) {
        try {
          return new ByteArrayInputStream(decrypt(scheme, key, encrypted.readAllBytes()));
        } catch (IOException e) {
          return new FailingStream(e);
        } finally {
          Arrays.fill(key, (byte) 0);
        }
      }
    };
  }

  private static byte[] decrypt(AlgorithmIdentifier scheme, byte[] key, byte[] encrypted)
      throws IOException {
    byte[] room = new byte[encrypted.length];
    try {
      if (!(CipherFactory.createContentCipher(false, new KeyParameter(key), scheme)
          instanceof BufferedBlockCipher cipher)) {
        throw new IOException("encrypted by the unknown cipher " + scheme.getAlgorithm());
      }
      int length = cipher.processBytes(encrypted, 0, encrypted.length, room, 0);
      length += cipher.doFinal(room, length);
      return Arrays.copyOf(room, length);
    } catch (InvalidCipherTextException e) {
      throw new IOException("it does not decrypt", e);
    } finally {
      Arrays.fill(room, (byte) 0);
    }
  }

  private static byte[] key(KeyDerivationFunc function, int octets, char[] password)
      throws OperatorCreationException {
    byte[] utf8 = PBEParametersGenerator.PKCS5PasswordToUTF8Bytes(password);
    try {
      ASN1ObjectIdentifier algorithm = function.getAlgorithm();
      if (algorithm.equals(PKCSObjectIdentifiers.id_PBKDF2)) {
        return pbkdf2(PBKDF2Params.getInstance(function.getParameters()), octets, utf8);
      }
      if (algorithm.equals(MiscObjectIdentifiers.id_scrypt)) {
        return scrypt(ScryptParams.getInstance(function.getParameters()), octets, utf8);
      }
      throw new OperatorCreationException("its key is derived by the unknown " + algorithm);
    } finally {
      Arrays.fill(utf8, (byte) 0);
    }
  }

  private static byte[] pbkdf2(PBKDF2Params parameters, int octets, byte[] password)
      throws OperatorCreationException {
    if (parameters.getIterationCount().bitLength() > 31
        || parameters.getIterationCount().intValue() > MOST_ITERATIONS) {
      throw new OperatorCreationException("it wants more than ten million iterations");
    }
    PKCS5S2ParametersGenerator generator =
        new PKCS5S2ParametersGenerator(digest(parameters.getPrf().getAlgorithm()));
    generator.init(password, parameters.getSalt(), parameters.getIterationCount().intValueExact());
    return ((KeyParameter) generator.generateDerivedMacParameters(8 * octets)).getKey();
  }

  private static byte[] scrypt(ScryptParams parameters, int octets, byte[] password)
      throws OperatorCreationException {
    long cost = parameters.getCostParameter().longValueExact();
    long block = parameters.getBlockSize().longValueExact();
    if (cost < 2 || block < 1 || cost > MOST_SCRYPT_OCTETS / 128 / block) {
      throw new OperatorCreationException("its scrypt wants more memory than there is here");
    }
    return SCrypt.generate(
        password,
        parameters.getSalt(),
        (int) cost,
        (int) block,
        parameters.getParallelizationParameter().intValueExact(),
        octets);
  }

  private static Digest digest(ASN1ObjectIdentifier prf) throws OperatorCreationException {
    if (prf.equals(PKCSObjectIdentifiers.id_hmacWithSHA1)) {
      return new SHA1Digest();
    }
    if (prf.equals(PKCSObjectIdentifiers.id_hmacWithSHA224)) {
      return new SHA224Digest();
    }
    if (prf.equals(PKCSObjectIdentifiers.id_hmacWithSHA256)) {
      return new SHA256Digest();
    }
    if (prf.equals(PKCSObjectIdentifiers.id_hmacWithSHA384)) {
      return new SHA384Digest();
    }
    if (prf.equals(PKCSObjectIdentifiers.id_hmacWithSHA512)) {
      return new SHA512Digest();
    }
    throw new OperatorCreationException("its key is derived with the unknown " + prf);
  }

  private static int keyOctets(AlgorithmIdentifier scheme) throws OperatorCreationException {
    return switch (scheme.getAlgorithm().getId()) {
      case "2.16.840.1.101.3.4.1.2" -> 16; // id-aes128-CBC
      case "2.16.840.1.101.3.4.1.22" -> 24;
      case "2.16.840.1.101.3.4.1.42" -> 32;
      case "1.2.840.113549.3.7" -> 24; // des-ede3-cbc
      default ->
          throw new OperatorCreationException(
              "it is encrypted by the unknown cipher " + scheme.getAlgorithm());
    };
  }

  /** A failure that has to wait until somebody reads. */
  private static final class FailingStream extends InputStream {
    private final IOException failure;

    FailingStream(IOException failure) {
      this.failure = failure;
    }

    @Override
    public int read() throws IOException {
      throw failure;
    }

    @Override
    public int read(byte[] into, int start, int length) throws IOException {
      throw failure;
    }
  }
}
