package dev.tpm2token.cli.key;

import dev.tpm2token.tpm.structure.TpmAlgId;
import dev.tpm2token.tpm.structure.TpmlPcrSelection;
import dev.tpm2token.tpm.structure.TpmsPcrSelection;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** PCR as the tools of TPMs write them: {@code sha256:7}, {@code sha256:0,2,7+sha384:11}. */
final class PcrChoice implements ITypeConverter<TpmlPcrSelection> {
  private static final int PCRS = 24;

  @Override
  public TpmlPcrSelection convert(String text) {
    try {
      List<TpmsPcrSelection> banks = new ArrayList<>();
      for (String bank : text.split("\\+", -1)) {
        String[] parts = bank.split(":", 2);
        TpmAlgId hash = TpmAlgId.valueOf(parts[0].toUpperCase(Locale.ROOT));
        Set<Integer> pcrs =
            Arrays.stream(parts[1].split(",", -1))
                .map(Integer::valueOf)
                .collect(Collectors.toSet());
        if (hash.isHash() && pcrs.stream().allMatch(pcr -> pcr >= 0 && pcr < PCRS)) {
          banks.add(new TpmsPcrSelection(hash, pcrs));
          continue;
        }
        throw new IllegalArgumentException(bank);
      }
      return new TpmlPcrSelection(banks);
    } catch (IllegalArgumentException | ArrayIndexOutOfBoundsException e) {
      throw new TypeConversionException(
          "'%s' names no PCR: sha256:7, or sha256:0,2,7+sha384:11, with numbers from 0 to 23"
              .formatted(text));
    }
  }
}
