package dev.tpm2token.tpm.structure;

import dev.tpm2token.tpm.wire.TpmReader;
import dev.tpm2token.tpm.wire.TpmStructure;
import dev.tpm2token.tpm.wire.TpmWriter;
import java.util.List;
import java.util.stream.Collectors;

/** TPML_PCR_SELECTION: Part 2, 10.9.7. */
public record TpmlPcrSelection(List<TpmsPcrSelection> pcrSelections) implements TpmStructure {
  public TpmlPcrSelection {
    pcrSelections = List.copyOf(pcrSelections);
  }

  @Override
  public void write(TpmWriter w) {
    w.list(pcrSelections);
  }

  public static TpmlPcrSelection read(TpmReader r) {
    return new TpmlPcrSelection(r.list(TpmsPcrSelection::read));
  }

  /** As tools write it: {@code sha256:7,11+sha384:2}. */
  @Override
  public String toString() {
    return pcrSelections.stream()
        .map(
            each ->
                each.hash().name().toLowerCase(java.util.Locale.ROOT)
                    + ":"
                    + each.pcrs().stream()
                        .sorted()
                        .map(String::valueOf)
                        .collect(Collectors.joining(",")))
        .collect(Collectors.joining("+"));
  }
}
