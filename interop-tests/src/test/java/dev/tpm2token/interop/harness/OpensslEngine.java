package dev.tpm2token.interop.harness;

/** The pkcs11 engine, for clients that use OpenSSL. */
public final class OpensslEngine {
  private OpensslEngine() {}

  /** Writes {@code openssl.cnf}, as the engine's own page says. */
  public static void configure(Lab lab) {
    Guide.of("openssl-engine").run(lab, "Set it up").ok();
  }
}
