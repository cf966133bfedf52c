package dev.tpm2token.token.store;

import dev.tpm2token.tpm.Capabilities;
import dev.tpm2token.tpm.structure.TpmAlgId;
import dev.tpm2token.tpm.structure.TpmEccCurve;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * {@code capabilities.json}: what a TPM was found to be and to offer, so that it is asked once.
 * Algorithms and curves by the TPM's own numbers.
 *
 * @param tcti by what way the TPM is reached of which this is true
 */
public record CapabilitiesRecord(
    int format,
    String tcti,
    String manufacturer,
    String vendor,
    long firmwareVersion,
    int specRevision,
    List<Integer> algorithms,
    List<Integer> curves,
    List<Integer> commands,
    List<Integer> rsaKeyBits,
    List<Integer> aesKeyBits,
    int transientObjects,
    int maxDigest,
    int inputBuffer) {
  /** Its name in the store. */
  public static final String FILE = "capabilities.json";

  private static final int FORMAT = 1;

  public CapabilitiesRecord {
    StoreJson.checkWhole(tcti, manufacturer, vendor, algorithms, curves, commands);
    StoreJson.checkWhole(rsaKeyBits, aesKeyBits);
  }

  /** The record of what was found. */
  public static CapabilitiesRecord of(String tcti, Capabilities found) {
    return new CapabilitiesRecord(
        FORMAT,
        tcti,
        found.manufacturer(),
        found.vendor(),
        found.firmwareVersion(),
        found.specRevision(),
        sorted(found.algorithms(), TpmAlgId::value),
        sorted(found.curves(), TpmEccCurve::value),
        sorted(found.commands(), Function.identity()),
        sorted(found.rsaKeyBits(), Function.identity()),
        sorted(found.aesKeyBits(), Function.identity()),
        found.transientObjects(),
        found.maxDigest(),
        found.inputBuffer());
  }

  /** What was found, if it was found on the TPM that this way leads to. */
  public Optional<Capabilities> capabilities(String wanted) {
    return format != FORMAT || !tcti.equals(wanted)
        ? Optional.empty()
        : Optional.of(
            new Capabilities(
                manufacturer,
                vendor,
                firmwareVersion,
                specRevision,
                known(algorithms, TpmAlgId::of),
                known(curves, TpmEccCurve::of),
                Set.copyOf(commands),
                Set.copyOf(rsaKeyBits),
                Set.copyOf(aesKeyBits),
                transientObjects,
                maxDigest,
                inputBuffer));
  }

  private static <T> List<Integer> sorted(Collection<T> values, Function<T, Integer> number) {
    return values.stream().map(number).sorted().toList();
  }

  private static <T> Set<T> known(List<Integer> numbers, Function<Integer, Optional<T>> of) {
    return numbers.stream().map(of).flatMap(Optional::stream).collect(Collectors.toSet());
  }
}
