package dev.tpm2token.token;

import static dev.tpm2token.token.Bench.template;
import static dev.tpm2token.token.attribute.AttributeType.CKA_CLASS;
import static dev.tpm2token.token.attribute.AttributeType.CKA_EC_PARAMS;
import static dev.tpm2token.token.attribute.AttributeType.CKA_KEY_TYPE;
import static dev.tpm2token.token.attribute.AttributeType.CKA_MODULUS_BITS;
import static dev.tpm2token.token.attribute.AttributeType.CKA_TOKEN;

import dev.tpm2token.token.crypto.Curve;
import dev.tpm2token.tpm.LeasePolicy;
import dev.tpm2token.tpm.transport.Tcti;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A process that signs: with each key of the token in turn, for so long, and checks each signature
 * in software. Prints how many there were and the longest that one took, in milliseconds.
 */
final class Signer {
  private static final long CKM_RSA_GEN = 0;
  private static final long CKM_EC_GEN = 0x1040;
  private static final long CKM_SHA256_RSA_PKCS = 0x40;
  private static final long CKM_ECDSA_SHA256 = 0x1044;
  private static final long CKO_PUBLIC_KEY = 2;
  private static final long CKO_PRIVATE_KEY = 3;
  private static final long CKK_RSA = 0;
  private static final long CKK_EC = 3;

  /** A key pair, and what signs with it. */
  record Pair(long publicKey, long privateKey, long mechanism) {}

  /** How it went. */
  record Result(int signatures, long worstMillis) {}

  private Signer() {}

  /** Arguments: the store, the TPM, seconds. */
  public static void main(String[] arguments) {
    Settings settings =
        new Settings(
            Path.of(arguments[0]),
            Tcti.parse(arguments[1]),
            0x8100_0001,
            LeasePolicy.DEFAULT,
            Log.NONE);
    try (Cryptoki module = new Cryptoki(settings)) {
      Session session = Bench.login(module);
      Result result =
          sign(session, pairs(session), Duration.ofSeconds(Long.parseLong(arguments[2])));
      System.out.println(result.signatures + " " + result.worstMillis);
    }
  }

  /** A process of its own that runs {@link #main}. */
  static Process start(Path store, Tcti tcti, Duration time) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-Xmx128m",
            "-cp",
            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
            Signer.class.getName(),
            store.toString(),
            tcti.toString(),
            Long.toString(time.toSeconds()))
        .redirectErrorStream(true)
        .start();
  }

  static Result sign(Session session, List<Pair> pairs, Duration time) {
    long end = System.nanoTime() + time.toNanos();
    long worst = 0;
    int count = 0;
    while (System.nanoTime() < end) {
      long before = System.nanoTime();
      byte[] data = ByteBuffer.allocate(8).putLong(before).array();
      Pair pair = pairs.get(count % pairs.size());
      byte[] signature = sign(session, pair, data);
      worst = Math.max(worst, System.nanoTime() - before);
      session.verification().init(mechanism(pair.mechanism), pair.publicKey);
      session.verification().verify(Data.of(data), signature);
      count++;
    }
    return new Result(count, worst / 1_000_000);
  }

  static byte[] sign(Session session, Pair pair, byte[] data) {
    session.signing().init(mechanism(pair.mechanism), pair.privateKey);
    return session.signing().sign(Data.of(data));
  }

  /** The token's key pairs, RSA and EC taking turns. */
  static List<Pair> pairs(Session session) {
    List<Pair> rsa = pairs(session, CKK_RSA, CKM_SHA256_RSA_PKCS);
    List<Pair> ec = pairs(session, CKK_EC, CKM_ECDSA_SHA256);
    return IntStream.range(0, Math.max(rsa.size(), ec.size()))
        .boxed()
        .flatMap(i -> List.of(rsa, ec).stream().filter(l -> i < l.size()).map(l -> l.get(i)))
        .toList();
  }

  private static List<Pair> pairs(Session session, long keyType, long mechanism) {
    long[] publicKeys = find(session, CKO_PUBLIC_KEY, keyType);
    long[] privateKeys = find(session, CKO_PRIVATE_KEY, keyType);
    return IntStream.range(0, publicKeys.length)
        .mapToObj(i -> new Pair(publicKeys[i], privateKeys[i], mechanism))
        .toList();
  }

  private static long[] find(Session session, long objectClass, long keyType) {
    session.findInit(template(CKA_CLASS, objectClass, CKA_KEY_TYPE, keyType));
    long[] found = session.find(100);
    session.findFinal();
    return found;
  }

  static Pair rsa(Session session) {
    long[] made =
        session.generateKeyPair(
            mechanism(CKM_RSA_GEN),
            template(CKA_TOKEN, true, CKA_MODULUS_BITS, 2048),
            template(CKA_TOKEN, true));
    return new Pair(made[0], made[1], CKM_SHA256_RSA_PKCS);
  }

  static Pair ec(Session session) {
    long[] made =
        session.generateKeyPair(
            mechanism(CKM_EC_GEN),
            template(CKA_TOKEN, true, CKA_EC_PARAMS, Curve.P_256.parameters()),
            template(CKA_TOKEN, true));
    return new Pair(made[0], made[1], CKM_ECDSA_SHA256);
  }

  private static MechanismCall mechanism(long type) {
    return MechanismCall.of(type);
  }
}
