package dev.tpm2token.cli.tpm;

import dev.tpm2token.cli.CommandException;
import dev.tpm2token.cli.ExitStatus;
import dev.tpm2token.tpm.Capabilities;
import dev.tpm2token.tpm.ParentTemplate;
import dev.tpm2token.tpm.structure.TpmAlgId;
import picocli.CommandLine.Option;

/** What a storage key is made from; a mixin. */
final class Algorithm {
  @Option(names = "--ecc", description = "An ECC key, on P-256; the default where there is ECC.")
  private boolean ecc;

  @Option(names = "--rsa", description = "An RSA-2048 key; a chip may look for it for 20 s.")
  private boolean rsa;

  /** Refuses both at once. */
  void check() {
    if (rsa && ecc) {
      throw new CommandException(ExitStatus.USAGE, "--ecc and --rsa exclude each other");
    }
  }

  /** Whether a key of that type is not what was asked for. */
  boolean excludes(TpmAlgId type) {
    return (rsa && !type.equals(TpmAlgId.RSA)) || (ecc && !type.equals(TpmAlgId.ECC));
  }

  ParentTemplate template(Capabilities capabilities) {
    if (rsa) {
      return ParentTemplate.RSA_STORAGE_ROOT;
    }
    return ecc ? ParentTemplate.ECC_STORAGE_ROOT : ParentTemplate.storageRoot(capabilities);
  }
}
