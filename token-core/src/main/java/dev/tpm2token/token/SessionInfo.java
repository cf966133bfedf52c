package dev.tpm2token.token;

/** CK_SESSION_INFO (PKCS#11 3.1, section 3.3). */
public record SessionInfo(long slot, State state, boolean readWrite) {
  /** CK_STATE. */
  public enum State {
    CKS_RO_PUBLIC_SESSION,
    CKS_RO_USER_FUNCTIONS,
    CKS_RW_PUBLIC_SESSION,
    CKS_RW_USER_FUNCTIONS,
    CKS_RW_SO_FUNCTIONS;

    static State of(LoginState login, boolean readWrite) {
      return switch (login) {
        case PUBLIC -> readWrite ? CKS_RW_PUBLIC_SESSION : CKS_RO_PUBLIC_SESSION;
        case USER -> readWrite ? CKS_RW_USER_FUNCTIONS : CKS_RO_USER_FUNCTIONS;
        case SO -> CKS_RW_SO_FUNCTIONS;
      };
    }
  }
}
