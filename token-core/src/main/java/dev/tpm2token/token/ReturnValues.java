package dev.tpm2token.token;

import static dev.tpm2token.token.ReturnValue.CKR_BUFFER_TOO_SMALL;
import static dev.tpm2token.token.ReturnValue.CKR_CURVE_NOT_SUPPORTED;
import static dev.tpm2token.token.ReturnValue.CKR_DEVICE_ERROR;
import static dev.tpm2token.token.ReturnValue.CKR_DEVICE_MEMORY;
import static dev.tpm2token.token.ReturnValue.CKR_DEVICE_REMOVED;
import static dev.tpm2token.token.ReturnValue.CKR_FUNCTION_CANCELED;
import static dev.tpm2token.token.ReturnValue.CKR_FUNCTION_NOT_SUPPORTED;
import static dev.tpm2token.token.ReturnValue.CKR_GENERAL_ERROR;
import static dev.tpm2token.token.ReturnValue.CKR_HOST_MEMORY;
import static dev.tpm2token.token.ReturnValue.CKR_KEY_FUNCTION_NOT_PERMITTED;
import static dev.tpm2token.token.ReturnValue.CKR_KEY_SIZE_RANGE;
import static dev.tpm2token.token.ReturnValue.CKR_PIN_LOCKED;
import static dev.tpm2token.token.ReturnValue.CKR_TOKEN_WRITE_PROTECTED;
import static dev.tpm2token.token.ReturnValue.CKR_USER_NOT_LOGGED_IN;

import dev.tpm2token.token.crypto.SecretGoneException;
import dev.tpm2token.token.store.StoreException;
import dev.tpm2token.token.store.TokenGoneException;
import dev.tpm2token.tpm.TpmException;
import dev.tpm2token.tpm.TpmRc;
import dev.tpm2token.tpm.TpmResponseException;
import java.util.List;

/**
 * What a client is told of what went wrong: the one table from failures, the TPM's response codes
 * among them, to return values.
 */
public final class ReturnValues {
  private record Row(TpmRc code, ReturnValue returnValue) {}

  /** What is not here is CKR_DEVICE_ERROR. */
  private static final List<Row> TPM =
      List.of(
          new Row(TpmRc.LOCKOUT, CKR_PIN_LOCKED),
          new Row(TpmRc.OBJECT_MEMORY, CKR_DEVICE_MEMORY),
          new Row(TpmRc.SESSION_MEMORY, CKR_DEVICE_MEMORY),
          new Row(TpmRc.MEMORY, CKR_DEVICE_MEMORY),
          new Row(TpmRc.OBJECT_HANDLES, CKR_DEVICE_MEMORY),
          new Row(TpmRc.SESSION_HANDLES, CKR_DEVICE_MEMORY),
          new Row(TpmRc.NV_SPACE, CKR_DEVICE_MEMORY),
          new Row(TpmRc.CANCELED, CKR_FUNCTION_CANCELED),
          new Row(TpmRc.COMMAND_CODE, CKR_FUNCTION_NOT_SUPPORTED),
          new Row(TpmRc.ATTRIBUTES, CKR_KEY_FUNCTION_NOT_PERMITTED),
          new Row(TpmRc.SCHEME, CKR_KEY_FUNCTION_NOT_PERMITTED),
          new Row(TpmRc.KEY_SIZE, CKR_KEY_SIZE_RANGE),
          new Row(TpmRc.CURVE, CKR_CURVE_NOT_SUPPORTED));

  private ReturnValues() {}

  /** The return value for whatever a function ended with. */
  public static ReturnValue of(Throwable failure) {
    return switch (failure) {
      case CryptokiException e -> e.returnValue();
      case BufferTooSmallException e -> CKR_BUFFER_TOO_SMALL;
      case TpmResponseException e -> of(e);
      case TpmException e -> CKR_DEVICE_ERROR;
      case StoreException e -> e.writeProtected() ? CKR_TOKEN_WRITE_PROTECTED : CKR_DEVICE_ERROR;
      case TokenGoneException e -> CKR_DEVICE_REMOVED;
      case SecretGoneException e -> CKR_USER_NOT_LOGGED_IN;
      case OutOfMemoryError e -> CKR_HOST_MEMORY;
      default -> CKR_GENERAL_ERROR;
    };
  }

  private static ReturnValue of(TpmResponseException e) {
    return TPM.stream()
        .filter(row -> e.is(row.code()))
        .map(Row::returnValue)
        .findFirst()
        .orElse(CKR_DEVICE_ERROR);
  }
}
