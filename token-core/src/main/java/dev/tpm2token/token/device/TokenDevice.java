package dev.tpm2token.token.device;

import static dev.tpm2token.token.ReturnValue.CKR_CURVE_NOT_SUPPORTED;
import static dev.tpm2token.token.ReturnValue.CKR_KEY_SIZE_RANGE;

import dev.tpm2token.token.CryptokiException;
import dev.tpm2token.token.SecretKeys;
import dev.tpm2token.token.Settings;
import dev.tpm2token.token.crypto.Curve;
import dev.tpm2token.token.crypto.HashAlgorithm;
import dev.tpm2token.token.crypto.PublicKey;
import dev.tpm2token.token.mechanism.Mechanism;
import dev.tpm2token.token.store.CapabilitiesRecord;
import dev.tpm2token.token.store.Store;
import dev.tpm2token.token.store.TokenRecord;
import dev.tpm2token.tpm.Capabilities;
import dev.tpm2token.tpm.Parent;
import dev.tpm2token.tpm.ParentTemplate;
import dev.tpm2token.tpm.TpmDevice;
import dev.tpm2token.tpm.command.GetRandom;
import dev.tpm2token.tpm.command.StirRandom;
import dev.tpm2token.tpm.structure.TpmAlgId;
import dev.tpm2token.tpm.structure.TpmHandle;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.bouncycastle.crypto.prng.SP800SecureRandom;
import org.bouncycastle.crypto.prng.SP800SecureRandomBuilder;
import org.jspecify.annotations.Nullable;

/**
 * What tokens want of the TPM: sealing under a PIN, keys, signatures, random numbers, and what the
 * TPM can do. Every call is one visit to the TPM; what it loads stays loaded for the next.
 */
public final class TokenDevice implements AutoCloseable {
  private static final int SEED_BYTES = 32;

  /** The longest stir that a TPM must take (Part 3, 16.2). */
  private static final int LONGEST_STIR = 128;

  /** Bytes that an HMAC-DRBG gives at once: 2^18 bits (SP 800-90A, table 2) and no more. */
  private static final int LONGEST_REQUEST = 1 << 15;

  private final TpmDevice device;
  private final Store store;
  private final SecureRandom random;
  private final String tcti;
  private final TpmHandle parentHandle;
  private final PinSeals seals;
  private final TpmKeys keys;
  private final TpmSecretKeys secretKeys;

  private volatile @Nullable Capabilities capabilities;

  /** What is known is of this TPM with its firmware of today: it was compared, or asked. */
  private volatile boolean confirmed;

  /** The TPM itself was asked for all of it, in this process. */
  private volatile boolean asked;

  /** Reaches the TPM of the settings, once it is needed. */
  public TokenDevice(Settings settings, Store store, SecureRandom random) {
    this.device =
        new TpmDevice(
            settings.tcti(), settings.lease(), settings.passwords(), settings.knownParents());
    this.store = store;
    this.random = random;
    this.tcti = settings.tcti().toString();
    this.parentHandle = new TpmHandle(settings.parentHandle());
    this.seals = new PinSeals(device, random);
    this.keys = new TpmKeys(device, random);
    this.secretKeys = new TpmSecretKeys(device, keys, this::capabilities);
  }

  @Override
  public void close() {
    device.close();
  }

  /** Token keys under PINs. */
  public PinSeals seals() {
    return seals;
  }

  /** Private keys. */
  public TpmKeys keys() {
    return keys;
  }

  /** Secret keys. */
  public TpmSecretKeys secretKeys() {
    return secretKeys;
  }

  /** What the TPM says of keys. */
  public Attestation attestation() {
    return new Attestation(this, device);
  }

  // What the TPM is and can do

  /** What the TPM can do: remembered in the store, asked where it is not. */
  public Capabilities capabilities() {
    Capabilities known = capabilities;
    if (known == null) {
      known =
          store
              .recall(CapabilitiesRecord.FILE, CapabilitiesRecord.class)
              .flatMap(record -> record.capabilities(tcti))
              .orElseGet(this::probe);
      capabilities = known;
    }
    return known;
  }

  /** Asks the TPM itself, and remembers. */
  private Capabilities probe() {
    Capabilities found = device.call(Capabilities::probe);
    capabilities = found;
    confirmed = true;
    asked = true;
    store.remember(CapabilitiesRecord.FILE, CapabilitiesRecord.of(tcti, found));
    return found;
  }

  /**
   * Whether the TPM can do something, before a key is made or brought in. What is remembered may be
   * of an earlier firmware or another TPM, so the identity is compared first, once a process and in
   * one command; and it may have been tampered with, so it is not believed when it says no.
   */
  public boolean offers(BooleanSupplier something) {
    Capabilities known = capabilities();
    if (!confirmed) {
      if (device.call(known::areOf)) {
        confirmed = true;
      } else {
        probe();
      }
    }
    if (!something.getAsBoolean() && !asked) {
      probe();
    }
    return something.getAsBoolean();
  }

  /** Whether the TPM has an algorithm. */
  public boolean has(TpmAlgId algorithm) {
    return capabilities().has(algorithm);
  }

  /** Whether the TPM has a hash algorithm. */
  public boolean has(HashAlgorithm hash) {
    return hash.tpmAlgorithm().filter(this::has).isPresent();
  }

  /** The RSA keys that can be had here, in bits; shorter than 2048 is not for today. */
  public Set<Long> rsaBits() {
    return capabilities().rsaKeyBits().stream()
        .filter(bits -> bits >= 2048)
        .map(Integer::longValue)
        .collect(Collectors.toUnmodifiableSet());
  }

  /** The curves that keys can be had on here: those for which there is a hash as long. */
  public Set<Curve> curves() {
    int longest =
        Stream.of(HashAlgorithm.values())
            .filter(this::has)
            .mapToInt(HashAlgorithm::length)
            .max()
            .orElse(0);
    return Stream.of(Curve.values())
        .filter(curve -> capabilities().has(curve.tpmCurve()))
        .filter(curve -> longest >= Math.min(curve.bytes(), HashAlgorithm.SHA512.length()))
        .collect(Collectors.toUnmodifiableSet());
  }

  /** The mechanisms that work here, in the table's order. */
  public List<Mechanism> mechanisms() {
    return Mechanism.TABLE.stream().filter(this::works).toList();
  }

  /** The mechanism of a number, if it works here. */
  public Optional<Mechanism> mechanism(long type) {
    return Mechanism.TABLE.stream()
        .filter(row -> row.type() == type)
        .filter(this::works)
        .findFirst();
  }

  private boolean works(Mechanism mechanism) {
    return mechanism
        .keyType()
        .map(
            type ->
                switch (type) {
                  case CKK_RSA -> has(TpmAlgId.RSA) && !rsaBits().isEmpty();
                  case CKK_EC -> has(TpmAlgId.ECDSA) && !curves().isEmpty();
                  case CKK_AES, CKK_GENERIC_SECRET -> true;
                })
        .orElse(true);
  }

  /**
   * The shortest and the longest key of a mechanism; 0 where it has none. In bits for RSA and
   * curves, in bytes for AES, and in bits for generic secrets, as the standard has it.
   */
  public int[] keySizes(Mechanism mechanism) {
    List<Integer> sizes =
        mechanism
            .keyType()
            .map(
                type ->
                    switch (type) {
                      case CKK_RSA -> rsaBits().stream().map(Long::intValue).toList();
                      case CKK_EC -> curves().stream().map(Curve::bits).toList();
                      case CKK_AES -> List.of(16, 32);
                      case CKK_GENERIC_SECRET -> List.of(8, 8 * SecretKeys.LONGEST);
                    })
            .orElse(List.of());
    return new int[] {
      sizes.stream().min(Comparator.naturalOrder()).orElse(0),
      sizes.stream().max(Comparator.naturalOrder()).orElse(0)
    };
  }

  /** What the TPM says of itself. */
  public TokenRecord.Tpm describe() {
    Capabilities known = capabilities();
    int firmware = (int) (known.firmwareVersion() >>> Integer.SIZE);
    return new TokenRecord.Tpm(
        known.manufacturer(),
        tcti.startsWith("simulator:") ? "simulator" : known.vendor().replaceAll("\\s+", " "),
        firmware >>> Short.SIZE & 0xff,
        firmware & 0xff);
  }

  /** The storage key for a new token: the one that is there, or one that is made. */
  public TokenRecord.ParentKey provision() {
    Capabilities found = probe();
    Parent parent =
        device.call(tpm -> tpm.provision(parentHandle, ParentTemplate.storageRoot(found)));
    return TokenRecord.ParentKey.of(parent);
  }

  /**
   * Checks that the TPM takes keys of that size or curve.
   *
   * @throws CryptokiException CKR_KEY_SIZE_RANGE, CKR_CURVE_NOT_SUPPORTED
   */
  public void checkHolds(PublicKey key) {
    switch (key) {
      case PublicKey.Rsa rsa when !offers(() -> rsaBits().contains((long) rsa.bits())) ->
          throw new CryptokiException(
              CKR_KEY_SIZE_RANGE,
              "RSA of %d bits, where this TPM takes %s"
                  .formatted(rsa.bits(), joined(rsaBits().stream().sorted())));
      case PublicKey.Ec ec when !offers(() -> curves().contains(ec.curve())) ->
          throw new CryptokiException(
              CKR_CURVE_NOT_SUPPORTED,
              "the curve %s, where this TPM takes %s"
                  .formatted(ec.curve(), joined(curves().stream().sorted())));
      default -> {}
    }
  }

  private static String joined(Stream<?> several) {
    return several.map(String::valueOf).collect(Collectors.joining(", "));
  }

  /** Random bytes that need not be secret, without a TPM command: salts and paddings. */
  public byte[] salt(int length) {
    byte[] salt = new byte[length];
    random.nextBytes(salt);
    return salt;
  }

  // Random numbers

  /**
   * Random bytes: an HMAC-DRBG (SP 800-90A) that the TPM and the system have both seeded, so that
   * neither alone, nor who listens between us and the TPM, knows what comes of it. One TPM command,
   * whatever the length.
   */
  public byte[] random(int length) {
    byte[] fromTpm = device.call(tpm -> tpm.execute(new GetRandom(SEED_BYTES)));
    SP800SecureRandom generator =
        new SP800SecureRandomBuilder(random, false)
            .setPersonalizationString(fromTpm)
            .buildHMAC(
                new org.bouncycastle.crypto.macs.HMac(HashAlgorithm.SHA256.start()), null, false);
    byte[] result = new byte[length];
    for (int done = 0; done < length; done += LONGEST_REQUEST) {
      byte[] part = new byte[Math.min(LONGEST_REQUEST, length - done)];
      generator.nextBytes(part);
      System.arraycopy(part, 0, result, done, part.length);
      Arrays.fill(part, (byte) 0);
    }
    return result;
  }

  /** Adds to the TPM's entropy. */
  public void stirRandom(byte[] seed) {
    for (int done = 0; done < seed.length; done += LONGEST_STIR) {
      byte[] part = Arrays.copyOfRange(seed, done, Math.min(seed.length, done + LONGEST_STIR));
      device.call(tpm -> tpm.execute(new StirRandom(part)));
    }
  }
}
