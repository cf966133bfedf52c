package dev.tpm2token.cli;

import dev.tpm2token.tpm.structure.TpmHandle;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A persistent handle as people write it: 0x81000001, or 81000001 as the article has it. */
public final class HandleConverter implements ITypeConverter<TpmHandle> {
  @Override
  public TpmHandle convert(String text) {
    try {
      TpmHandle handle =
          new TpmHandle(Integer.parseUnsignedInt(text.replaceFirst("^0[xX]", ""), 16));
      if (handle.isPersistent()) {
        return handle;
      }
    } catch (NumberFormatException e) {
      // said below
    }
    throw new TypeConversionException(
        "'%s' is no persistent handle: 0x81000000 to 0x81ffffff".formatted(text));
  }
}
