package dev.tpm2token.tpm.command;

import dev.tpm2token.tpm.structure.TpmHandle;
import dev.tpm2token.tpm.wire.TpmReader;
import dev.tpm2token.tpm.wire.TpmWriter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A command of Part 3: its code, handles and parameters, and how its response is read. Records that
 * implement it have the spec's names.
 *
 * @param <R> the response
 */
public interface TpmCommand<R> {
  TpmCc code();

  /** The handle area; the first {@link TpmCc#authorizedHandles()} of them want an authorization. */
  default List<TpmHandle> handles() {
    return List.of();
  }

  void writeParameters(TpmWriter w);

  /** Reads the response's handle, if there is one, and its parameters. */
  R readResponse(TpmReader r);

  /** The authValue that the TPM uses for the response's HMAC, where the command changed it. */
  default byte @Nullable [] authValueAfter() {
    return null;
  }
}
