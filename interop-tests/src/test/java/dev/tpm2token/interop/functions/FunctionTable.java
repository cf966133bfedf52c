package dev.tpm2token.interop.functions;

import java.util.List;
import java.util.stream.Stream;

/** All chapters of section 5. A function of a later version is added as a row of its chapter. */
final class FunctionTable {
  private FunctionTable() {}

  static List<FunctionRows> rows() {
    return Stream.of(
            GeneralFunctions.rows(),
            InterfaceFunctions.rows(),
            SlotFunctions.rows(),
            SessionFunctions.rows(),
            ObjectFunctions.rows(),
            EncryptionFunctions.rows(),
            DecryptionFunctions.rows(),
            DigestFunctions.rows(),
            SignFunctions.rows(),
            VerifyFunctions.rows(),
            VerifySignatureFunctions.rows(),
            DualFunctions.rows(),
            KeyFunctions.rows(),
            EncapsulationFunctions.rows(),
            AuthenticatedWrapFunctions.rows(),
            AsyncFunctions.rows(),
            RandomFunctions.rows(),
            MessageCipherFunctions.rows(),
            MessageSignatureFunctions.rows())
        .flatMap(List::stream)
        .toList();
  }
}
