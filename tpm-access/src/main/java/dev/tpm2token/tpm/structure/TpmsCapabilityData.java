package dev.tpm2token.tpm.structure;

import dev.tpm2token.tpm.TpmProtocolException;
import dev.tpm2token.tpm.wire.TpmReader;
import dev.tpm2token.tpm.wire.TpmStructure;
import dev.tpm2token.tpm.wire.TpmWriter;
import java.util.List;
import java.util.function.ObjIntConsumer;

/**
 * TPMS_CAPABILITY_DATA (Part 2, 10.10.2) of the capabilities we ask for. What a TPM lists may be
 * newer than we are, so algorithms, commands and curves are plain numbers here.
 */
public sealed interface TpmsCapabilityData extends TpmStructure {
  /** TPM_CAP: Part 2, 6.12. */
  int ALGS = 0;

  int HANDLES = 1;
  int COMMANDS = 2;
  int TPM_PROPERTIES = 6;
  int ECC_CURVES = 8;

  static TpmsCapabilityData read(TpmReader r) {
    int capability = r.u32();
    return switch (capability) {
      case ALGS -> new Algorithms(r.list(AlgProperty::read));
      case HANDLES -> new Handles(r.list(TpmHandle::read));
      case COMMANDS -> new Commands(r.list(TpmReader::u32));
      case TPM_PROPERTIES -> new Properties(r.list(TpmsTaggedProperty::read));
      case ECC_CURVES -> new Curves(r.list(TpmReader::u16));
      default -> throw new TpmProtocolException("capability " + capability + " was not asked for");
    };
  }

  /** TPMS_ALG_PROPERTY: Part 2, 10.8.1. */
  record AlgProperty(int alg, int algProperties) implements TpmStructure {
    @Override
    public void write(TpmWriter w) {
      w.u16(alg).u32(algProperties);
    }

    static AlgProperty read(TpmReader r) {
      return new AlgProperty(r.u16(), r.u32());
    }
  }

  /** TPM_CAP_ALGS. */
  record Algorithms(List<AlgProperty> algorithms) implements TpmsCapabilityData {
    @Override
    public void write(TpmWriter w) {
      w.u32(ALGS).list(algorithms);
    }
  }

  /** TPM_CAP_HANDLES. */
  record Handles(List<TpmHandle> handles) implements TpmsCapabilityData {
    @Override
    public void write(TpmWriter w) {
      w.u32(HANDLES).list(handles);
    }
  }

  /** TPM_CAP_COMMANDS: each a TPMA_CC (Part 2, 8.9), whose low 16 bits are the command's code. */
  record Commands(List<Integer> attributes) implements TpmsCapabilityData {
    @Override
    public void write(TpmWriter w) {
      w.u32(COMMANDS).list(numbers(attributes, TpmWriter::u32));
    }
  }

  /** TPM_CAP_TPM_PROPERTIES. */
  record Properties(List<TpmsTaggedProperty> properties) implements TpmsCapabilityData {
    @Override
    public void write(TpmWriter w) {
      w.u32(TPM_PROPERTIES).list(properties);
    }
  }

  /** TPM_CAP_ECC_CURVES. */
  record Curves(List<Integer> curves) implements TpmsCapabilityData {
    @Override
    public void write(TpmWriter w) {
      w.u32(ECC_CURVES).list(numbers(curves, TpmWriter::u16));
    }
  }

  private static List<TpmStructure> numbers(List<Integer> values, ObjIntConsumer<TpmWriter> width) {
    return values.stream().<TpmStructure>map(value -> w -> width.accept(w, value)).toList();
  }
}
