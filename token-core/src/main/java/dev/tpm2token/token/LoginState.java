package dev.tpm2token.token;

/** Who is logged in to a token: one state for all of this process's sessions with it. */
public enum LoginState {
  PUBLIC,
  USER,
  SO
}
