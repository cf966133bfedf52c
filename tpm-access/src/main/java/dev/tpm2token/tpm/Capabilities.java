package dev.tpm2token.tpm;

import dev.tpm2token.tpm.command.GetCapability;
import dev.tpm2token.tpm.command.TestParms;
import dev.tpm2token.tpm.command.TpmCc;
import dev.tpm2token.tpm.structure.TpmAlgId;
import dev.tpm2token.tpm.structure.TpmEccCurve;
import dev.tpm2token.tpm.structure.TpmsCapabilityData;
import dev.tpm2token.tpm.structure.TpmsTaggedProperty;
import dev.tpm2token.tpm.structure.TpmtScheme;
import dev.tpm2token.tpm.structure.TpmtSymDefObject;
import dev.tpm2token.tpm.structure.TpmuPublicParms;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * What a TPM is and can do; the same until its firmware changes.
 *
 * @param manufacturer four letters at most, of TCG's registry
 * @param vendor the maker's own name for it
 * @param firmwareVersion the maker's own number
 * @param specRevision of the Library: 138 is 1.38
 * @param commands TPM_CC values
 * @param rsaKeyBits RSA key sizes that it makes
 * @param aesKeyBits AES key sizes that it uses in CFB mode
 * @param transientObjects how many objects can be loaded at least
 * @param maxDigest bytes of the longest digest, and the most that GetRandom gives
 * @param inputBuffer bytes of the longest data parameter
 */
public record Capabilities(
    String manufacturer,
    String vendor,
    long firmwareVersion,
    int specRevision,
    Set<TpmAlgId> algorithms,
    Set<TpmEccCurve> curves,
    Set<Integer> commands,
    Set<Integer> rsaKeyBits,
    Set<Integer> aesKeyBits,
    int transientObjects,
    int maxDigest,
    int inputBuffer) {
  // TPM_PT, Part 2, 6.13
  private static final int FIXED = 0x100;
  private static final int REVISION = 0x102;
  private static final int MANUFACTURER = 0x105;
  private static final int VENDOR_STRING_1 = 0x106;
  private static final int FIRMWARE_VERSION_1 = 0x10B;
  private static final int FIRMWARE_VERSION_2 = 0x10C;
  private static final int INPUT_BUFFER = 0x10D;
  private static final int HR_TRANSIENT_MIN = 0x10E;
  private static final int MAX_DIGEST = 0x120;

  private static final int MOST_PAGES = 64;
  private static final int PAGE = 128; // more than a response holds of anything

  public Capabilities {
    algorithms = Set.copyOf(algorithms);
    curves = Set.copyOf(curves);
    commands = Set.copyOf(commands);
    rsaKeyBits = Set.copyOf(rsaKeyBits);
    aesKeyBits = Set.copyOf(aesKeyBits);
  }

  /** The Library's revision as it is written: "1.38". */
  public String specification() {
    return "%d.%02d".formatted(specRevision / 100, specRevision % 100);
  }

  public boolean has(TpmCc command) {
    return commands.contains(command.value());
  }

  public boolean has(TpmAlgId algorithm) {
    return algorithms.contains(algorithm);
  }

  public boolean has(TpmEccCurve curve) {
    return curves.contains(curve);
  }

  /** Asks the TPM all of it: some twelve commands, so once. */
  public static Capabilities probe(Tpm tpm) {
    Map<Integer, Integer> fixed = fixed(tpm);
    Set<TpmAlgId> algorithms = known(numbers(tpm, TpmsCapabilityData.ALGS, 0), TpmAlgId::of);
    List<Integer> curves =
        algorithms.contains(TpmAlgId.ECC)
            ? numbers(tpm, TpmsCapabilityData.ECC_CURVES, 0)
            : List.of();
    return new Capabilities(
        manufacturer(fixed),
        vendor(fixed),
        firmwareVersion(fixed),
        fixed.getOrDefault(REVISION, 0),
        algorithms,
        known(curves, TpmEccCurve::of),
        Set.copyOf(numbers(tpm, TpmsCapabilityData.COMMANDS, TpmCc.FIRST)),
        supported(
            tpm, algorithms, TpmAlgId.RSA, List.of(1024, 2048, 3072, 4096), Capabilities::rsa),
        supported(tpm, algorithms, TpmAlgId.AES, List.of(128, 192, 256), Capabilities::aes),
        fixed.getOrDefault(HR_TRANSIENT_MIN, 3),
        fixed.getOrDefault(MAX_DIGEST, 32),
        fixed.getOrDefault(INPUT_BUFFER, 1024));
  }

  /** Whether a TPM is the one that these are of, with the same firmware: one command. */
  public boolean areOf(Tpm tpm) {
    Map<Integer, Integer> fixed = fixed(tpm);
    return manufacturer.equals(manufacturer(fixed))
        && vendor.equals(vendor(fixed))
        && firmwareVersion == firmwareVersion(fixed);
  }

  private static Map<Integer, Integer> fixed(Tpm tpm) {
    return properties(
        tpm.execute(new GetCapability(TpmsCapabilityData.TPM_PROPERTIES, FIXED, PAGE)));
  }

  private static String manufacturer(Map<Integer, Integer> fixed) {
    return text(fixed, MANUFACTURER, 1);
  }

  private static String vendor(Map<Integer, Integer> fixed) {
    return text(fixed, VENDOR_STRING_1, 4);
  }

  private static long firmwareVersion(Map<Integer, Integer> fixed) {
    return (long) fixed.getOrDefault(FIRMWARE_VERSION_1, 0) << 32
        | Integer.toUnsignedLong(fixed.getOrDefault(FIRMWARE_VERSION_2, 0));
  }

  static Map<Integer, Integer> properties(GetCapability.Response response) {
    if (!(response.capabilityData()
        instanceof TpmsCapabilityData.Properties(List<TpmsTaggedProperty> properties))) {
      throw new TpmProtocolException("another capability than the one asked for");
    }
    Map<Integer, Integer> values = new HashMap<>();
    properties.forEach(property -> values.put(property.property(), property.value()));
    return values;
  }

  /** A whole list of numbers, however many responses it takes. */
  private static List<Integer> numbers(Tpm tpm, int capability, int first) {
    List<Integer> all = new ArrayList<>();
    int next = first;
    for (int pages = 0; pages < MOST_PAGES; pages++) {
      GetCapability.Response page = tpm.execute(new GetCapability(capability, next, PAGE));
      List<Integer> numbers =
          switch (page.capabilityData()) {
            case TpmsCapabilityData.Algorithms(List<TpmsCapabilityData.AlgProperty> list) ->
                list.stream().map(TpmsCapabilityData.AlgProperty::alg).toList();
            case TpmsCapabilityData.Commands(List<Integer> list) ->
                list.stream().map(attributes -> attributes & 0xFFFF).toList();
            case TpmsCapabilityData.Curves(List<Integer> list) -> list;
            default -> List.of();
          };
      all.addAll(numbers);
      if (!page.moreData() || numbers.isEmpty()) {
        return all;
      }
      next = numbers.getLast() + 1;
    }
    throw new TpmProtocolException("a list of capabilities that does not end");
  }

  private static <E> Set<E> known(List<Integer> numbers, Function<Integer, Optional<E>> of) {
    return numbers.stream().map(of).flatMap(Optional::stream).collect(Collectors.toSet());
  }

  private static TpmuPublicParms rsa(int bits) {
    return new TpmuPublicParms.Rsa(TpmtSymDefObject.NULL, TpmtScheme.NULL, bits, 0);
  }

  private static TpmuPublicParms aes(int bits) {
    return new TpmuPublicParms.SymCipher(new TpmtSymDefObject(TpmAlgId.AES, bits, TpmAlgId.CFB));
  }

  private static Set<Integer> supported(
      Tpm tpm,
      Set<TpmAlgId> algorithms,
      TpmAlgId algorithm,
      List<Integer> sizes,
      Function<Integer, TpmuPublicParms> parameters) {
    Set<Integer> supported = new TreeSet<>();
    for (int bits : algorithms.contains(algorithm) ? sizes : List.<Integer>of()) {
      try {
        tpm.execute(new TestParms(parameters.apply(bits)));
        supported.add(bits);
      } catch (TpmResponseException e) {
        // that size is not for this TPM
      }
    }
    return supported;
  }

  /** ASCII in so many consecutive properties, padded with zeros or blanks. */
  private static String text(Map<Integer, Integer> values, int first, int count) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * count);
    IntStream.range(first, first + count).forEach(p -> bytes.putInt(values.getOrDefault(p, 0)));
    return new String(bytes.array(), StandardCharsets.US_ASCII).replace("\0", "").strip();
  }
}
