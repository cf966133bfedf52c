package dev.tpm2token.token;

/** CK_SESSION_INFO (PKCS#11 3.1, section 3.3). */
public record SessionInfo(long slot, State state, boolean readWrite) {
  /** CK_STATE. */
  public enum State {
    CKS_RO_PUBLIC_SESSION(0),
    CKS_RO_USER_FUNCTIONS(1),
    CKS_RW_PUBLIC_SESSION(2),
    CKS_RW_USER_FUNCTIONS(3),
    CKS_RW_SO_FUNCTIONS(4);

    private final int code;

    State(int code) {
      this.code = code;
    }

    /** The number that crosses the C boundary. */
    public int code() {
      return code;
    }

    static State of(LoginState login, boolean readWrite) {
      return switch (login) {
        case PUBLIC -> readWrite ? CKS_RW_PUBLIC_SESSION : CKS_RO_PUBLIC_SESSION;
        case USER -> readWrite ? CKS_RW_USER_FUNCTIONS : CKS_RO_USER_FUNCTIONS;
        case SO -> CKS_RW_SO_FUNCTIONS;
      };
    }
  }
}
