package dev.tpm2token.tpm;

import dev.tpm2token.tpm.command.TpmCc;
import dev.tpm2token.tpm.structure.Hash;
import dev.tpm2token.tpm.structure.TpmAlgId;
import dev.tpm2token.tpm.structure.TpmlPcrSelection;
import dev.tpm2token.tpm.wire.TpmReader;
import dev.tpm2token.tpm.wire.TpmWriter;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What has to be so for an object to be used: assertions that are made, one after the other, in a
 * policy session (Part 1, 19.7). Those are held that want nothing but the session.
 */
public record Policy(List<Step> steps) {
  /** No policy: the authValue alone authorizes. */
  public static final Policy NONE = new Policy(List.of());

  private static final Set<TpmCc> KNOWN =
      EnumSet.of(
          TpmCc.PolicyAuthValue,
          TpmCc.PolicyCommandCode,
          TpmCc.PolicyCounterTimer,
          TpmCc.PolicyLocality,
          TpmCc.PolicyNvWritten,
          TpmCc.PolicyOR,
          TpmCc.PolicyPCR,
          TpmCc.PolicyPassword,
          TpmCc.PolicyPhysicalPresence);

  /**
   * One assertion.
   *
   * @param code of TPM2_Policy…
   * @param parameters as they are sent, after the session's handle
   */
  @SuppressWarnings("ArrayRecordComponent") // carried, not compared
  public record Step(TpmCc code, byte[] parameters) {
    public Step {
      if (!KNOWN.contains(code)) {
        throw new IllegalArgumentException("TPM2_" + code + " wants more than a session");
      }
      if (code == TpmCc.PolicyPCR) {
        PcrParameters.check(parameters);
      }
    }

    /** The assertion of a code, if it is one that can be made here. */
    public static Optional<Step> of(int code, byte[] parameters) {
      return KNOWN.stream()
          .filter(known -> known.value() == code)
          .map(known -> new Step(known, parameters))
          .findFirst();
    }

    /**
     * TPM2_PolicyPassword changes the policy as TPM2_PolicyAuthValue does, and with that the
     * authValue is not sent.
     */
    Step withoutPassword() {
      return code == TpmCc.PolicyPassword ? new Step(TpmCc.PolicyAuthValue, parameters) : this;
    }

    private byte[] extend(TpmAlgId nameAlg, byte[] before) {
      try (TpmWriter w = new TpmWriter()) {
        w.bytes(before).u32(code.value());
        switch (code) {
          case PolicyAuthValue -> {}
          case PolicyPCR -> {
            PcrParameters parameters = PcrParameters.of(this);
            parameters.pcrs.write(w);
            w.bytes(parameters.digest);
          }
          default -> throw new IllegalStateException("no policy of ours has TPM2_" + code);
        }
        return Hash.of(nameAlg, w.toByteArray());
      }
    }
  }

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record PcrParameters(byte[] digest, TpmlPcrSelection pcrs) {
    static PcrParameters of(Step step) {
      return read(step.parameters);
    }

    private static PcrParameters read(byte[] parameters) {
      return TpmReader.readAll(
          parameters, r -> new PcrParameters(r.tpm2b(), TpmlPcrSelection.read(r)));
    }

    static void check(byte[] parameters) {
      try {
        read(parameters);
      } catch (TpmProtocolException e) {
        throw new IllegalArgumentException("TPM2_PolicyPCR, whose parameters are malformed", e);
      }
    }
  }

  public Policy {
    steps = List.copyOf(steps);
  }

  /**
   * PCR have the values that they have now, and the authValue is known: Part 3, 23.7 and 23.17.
   *
   * @param digest the hash of the values, by the key's nameAlg, in order of bank and number
   */
  public static Policy ofPcrsAndAuthValue(TpmlPcrSelection pcrs, byte[] digest) {
    try (TpmWriter w = new TpmWriter()) {
      w.tpm2b(digest);
      pcrs.write(w);
      return new Policy(
          List.of(
              new Step(TpmCc.PolicyPCR, w.toByteArray()),
              new Step(TpmCc.PolicyAuthValue, new byte[0])));
    }
  }

  public boolean isNone() {
    return steps.isEmpty();
  }

  /** Whether the authValue has to be known as well. */
  public boolean asksAuthValue() {
    return steps.stream().anyMatch(step -> step.withoutPassword().code == TpmCc.PolicyAuthValue);
  }

  /** The PCR whose values it names; empty where it names none. */
  public Optional<TpmlPcrSelection> pcrs() {
    List<TpmlPcrSelection> all =
        steps.stream()
            .filter(step -> step.code == TpmCc.PolicyPCR)
            .map(step -> PcrParameters.of(step).pcrs)
            .toList();
    return all.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new TpmlPcrSelection(all.stream().flatMap(p -> p.pcrSelections().stream()).toList()));
  }

  /** What an object's authPolicy is that this policy satisfies; of PCR and authValue alone. */
  public byte[] digest(TpmAlgId nameAlg) {
    byte[] digest = new byte[nameAlg.digestLength()];
    for (Step step : steps) {
      digest = step.extend(nameAlg, digest);
    }
    return digest;
  }

  Stream<Step> assertions() {
    return steps.stream().map(Step::withoutPassword);
  }
}
