import java.math.BigInteger;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.PublicKey;
import java.security.Security;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.Arrays;
import java.util.Collections;
import javax.crypto.Cipher;
import javax.crypto.KeyAgreement;
import javax.crypto.KeyGenerator;
import javax.crypto.Mac;
import javax.crypto.SecretKey;
import javax.crypto.spec.IvParameterSpec;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedKeyManager;

/**
 * A program that uses a token through SunPKCS11 alone: java TokenClient.java p11.cfg PIN. Run by each
 * JDK's source launcher, so that it is what a user of that JDK would write.
 */
public class TokenClient {
  private static final byte[] DATA = "to be signed".getBytes(StandardCharsets.UTF_8);

  public static void main(String[] arguments) throws Exception {
    Provider token = Security.getProvider("SunPKCS11").configure(arguments[0]);
    Security.addProvider(token);
    KeyStore keys = KeyStore.getInstance("PKCS11", token);
    char[] pin = arguments[1].toCharArray();
    keys.load(null, pin);
    System.out.println("entries " + Collections.list(keys.aliases()));
    PrivateKey rsa = (PrivateKey) keys.getKey("java-rsa", null);
    PrivateKey ec = (PrivateKey) keys.getKey("java-ec", null);
    PublicKey rsaPublic = keys.getCertificate("java-rsa").getPublicKey();
    PublicKey ecPublic = keys.getCertificate("java-ec").getPublicKey();
    for (String algorithm : new String[] {"SHA256withRSA", "SHA384withRSA", "SHA512withRSA"}) {
      sign(algorithm, rsa, rsaPublic, null, token);
    }
    sign("RSASSA-PSS", rsa, rsaPublic, new PSSParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, 32, 1), token);
    sign("RSASSA-PSS", rsa, rsaPublic, new PSSParameterSpec("SHA-384", "MGF1", MGF1ParameterSpec.SHA384, 20, 1), token);
    for (String algorithm : new String[] {"SHA1withECDSA", "SHA256withECDSA", "SHA384withECDSA", "SHA512withECDSA"}) {
      sign(algorithm, ec, ecPublic, null, token);
    }
    decrypt(rsa, rsaPublic, token);
    agree(ec, ecPublic, token);
    secretKeys(token);
    raw((RSAPublicKey) rsaPublic, rsa, token);
    for (String alias : new String[] {"java-rsa", "java-ec"}) {
      tls(alias, keys, pin, "TLSv1.2");
      tls(alias, keys, pin, "TLSv1.3");
    }
    System.out.println("all is well");
  }

  private static void sign(String algorithm, PrivateKey key, PublicKey publicKey, PSSParameterSpec pss, Provider token) throws Exception {
    // Without parameters the key chooses the provider; PSS has them before it has the key.
    Signature signer = pss == null ? Signature.getInstance(algorithm) : Signature.getInstance(algorithm, token);
    if (pss != null) {
      signer.setParameter(pss);
    }
    signer.initSign(key);
    check(signer.getProvider().getName().startsWith("SunPKCS11-"), algorithm + " on the token");
    signer.update(DATA, 0, 3);
    signer.update(DATA, 3, DATA.length - 3);
    byte[] signature = signer.sign();
    Signature verifier = Signature.getInstance(algorithm, publicKey.getAlgorithm().equals("RSA") ? "SunRsaSign" : "SunEC");
    if (pss != null) {
      verifier.setParameter(pss);
    }
    verifier.initVerify(publicKey);
    verifier.update(DATA);
    check(verifier.verify(signature), algorithm);
  }

  private static void decrypt(PrivateKey key, PublicKey publicKey, Provider token) throws Exception {
    Cipher software = Cipher.getInstance("RSA/ECB/PKCS1Padding", "SunJCE");
    software.init(Cipher.ENCRYPT_MODE, publicKey);
    Cipher onToken = Cipher.getInstance("RSA/ECB/PKCS1Padding", token);
    onToken.init(Cipher.DECRYPT_MODE, key);
    check(Arrays.equals(DATA, onToken.doFinal(software.doFinal(DATA))), "RSA decryption");
  }

  private static void agree(PrivateKey key, PublicKey publicKey, Provider token) throws Exception {
    KeyPairGenerator software = KeyPairGenerator.getInstance("EC", "SunEC");
    software.initialize(new ECGenParameterSpec("secp256r1"));
    KeyPair theirs = software.generateKeyPair();
    KeyAgreement onToken = KeyAgreement.getInstance("ECDH", token);
    onToken.init(key);
    onToken.doPhase(theirs.getPublic(), true);
    KeyAgreement inSoftware = KeyAgreement.getInstance("ECDH", "SunEC");
    inSoftware.init(theirs.getPrivate());
    inSoftware.doPhase(publicKey, true);
    check(Arrays.equals(inSoftware.generateSecret(), onToken.generateSecret()), "ECDH");
  }

  private static void secretKeys(Provider token) throws Exception {
    KeyGenerator generator = KeyGenerator.getInstance("AES", token);
    generator.init(256);
    SecretKey key = generator.generateKey();
    Cipher cipher = Cipher.getInstance("AES/CBC/PKCS5Padding", token);
    cipher.init(Cipher.ENCRYPT_MODE, key, new IvParameterSpec(new byte[16]));
    byte[] encrypted = cipher.doFinal(DATA);
    cipher.init(Cipher.DECRYPT_MODE, key, new IvParameterSpec(new byte[16]));
    check(Arrays.equals(DATA, cipher.doFinal(encrypted)), "AES");
    SecretKey hmac = KeyGenerator.getInstance("HmacSHA256").generateKey();
    Mac onToken = Mac.getInstance("HmacSHA256", token);
    onToken.init(hmac);
    Mac software = Mac.getInstance("HmacSHA256", "SunJCE");
    software.init(hmac);
    check(MessageDigest.isEqual(software.doFinal(DATA), onToken.doFinal(DATA)), "HMAC");
  }

  /** What a signature is made of, with the public exponent. */
  private static void raw(RSAPublicKey publicKey, PrivateKey key, Provider token) throws Exception {
    Signature signer = Signature.getInstance("SHA256withRSA", token);
    signer.initSign(key);
    signer.update(DATA);
    byte[] signature = signer.sign();
    byte[] block = new BigInteger(1, signature).modPow(publicKey.getPublicExponent(), publicKey.getModulus()).toByteArray();
    byte[] digest = MessageDigest.getInstance("SHA-256").digest(DATA);
    check(Arrays.equals(digest, Arrays.copyOfRange(block, block.length - 32, block.length)), "the digest in the signature");
  }

  /** Mutual TLS, with one key of the token's on both sides. */
  private static void tls(String alias, KeyStore keys, char[] pin, String version) throws Exception {
    KeyManagerFactory ours = KeyManagerFactory.getInstance("SunX509");
    ours.init(keys, pin);
    KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
    trusted.load(null, null);
    trusted.setCertificateEntry(alias, keys.getCertificate(alias));
    TrustManagerFactory theirs = TrustManagerFactory.getInstance("PKIX");
    theirs.init(trusted);
    KeyManager only = new Only(alias, (X509ExtendedKeyManager) ours.getKeyManagers()[0]);
    SSLContext context = SSLContext.getInstance(version);
    context.init(new KeyManager[] {only}, theirs.getTrustManagers(), null);
    try (SSLServerSocket server = (SSLServerSocket) context.getServerSocketFactory().createServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      server.setNeedClientAuth(true);
      server.setEnabledProtocols(new String[] {version});
      Thread thread = new Thread(() -> {
        try (SSLSocket accepted = (SSLSocket) server.accept()) {
          accepted.getOutputStream().write(accepted.getSession().getPeerPrincipal().getName().getBytes(StandardCharsets.UTF_8));
        } catch (Exception e) {
          e.printStackTrace();
        }
      });
      thread.start();
      String name = ((X509Certificate) keys.getCertificate(alias)).getSubjectX500Principal().getName();
      try (SSLSocket client = (SSLSocket) context.getSocketFactory().createSocket(server.getInetAddress(), server.getLocalPort())) {
        String seen = new String(client.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        check(seen.equals(name), version + ": the server sees " + name);
        check(client.getSession().getPeerPrincipal().getName().equals(name), version + ": the client sees " + name);
      }
      thread.join();
    }
  }

  /** A key manager that has one key. */
  private static class Only extends X509ExtendedKeyManager {
    private final String alias;
    private final X509ExtendedKeyManager all;

    Only(String alias, X509ExtendedKeyManager all) {
      this.alias = alias;
      this.all = all;
    }

    private String chosen(String... keyTypes) {
      return Arrays.asList(keyTypes).contains(all.getPrivateKey(alias).getAlgorithm()) ? alias : null;
    }

    @Override
    public String chooseClientAlias(String[] keyTypes, Principal[] issuers, Socket socket) {
      return chosen(keyTypes);
    }

    @Override
    public String chooseServerAlias(String keyType, Principal[] issuers, Socket socket) {
      return chosen(keyType);
    }

    @Override
    public String[] getClientAliases(String keyType, Principal[] issuers) {
      return all.getClientAliases(keyType, issuers);
    }

    @Override
    public String[] getServerAliases(String keyType, Principal[] issuers) {
      return all.getServerAliases(keyType, issuers);
    }

    @Override
    public X509Certificate[] getCertificateChain(String name) {
      return all.getCertificateChain(name);
    }

    @Override
    public PrivateKey getPrivateKey(String name) {
      return all.getPrivateKey(name);
    }
  }

  private static void check(boolean good, String what) {
    if (!good) {
      throw new AssertionError(what);
    }
    System.out.println("ok " + what);
  }
}
