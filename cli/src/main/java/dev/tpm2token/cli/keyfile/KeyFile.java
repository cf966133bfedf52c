package dev.tpm2token.cli.keyfile;

import dev.tpm2token.token.keyfile.TpmKeyFile;
import java.util.Arrays;
import java.util.List;

/** What a file with a private key holds. */
public sealed interface KeyFile extends AutoCloseable {
  /** Zeroes the key. */
  @Override
  void close();

  /**
   * A key made in software.
   *
   * @param privateKeyInfo PKCS#8
   * @param certificates what is in the file besides, in DER
   * @param name what the file calls it; empty where it does not
   */
  @SuppressWarnings("ArrayRecordComponent") // carried, not compared
  record Software(byte[] privateKeyInfo, List<byte[]> certificates, String name)
      implements KeyFile {
    @Override
    public void close() {
      Arrays.fill(privateKeyInfo, (byte) 0);
    }
  }

  /** A key that a TPM alone can open. */
  record OfTpm(TpmKeyFile file) implements KeyFile {
    @Override
    public void close() {}
  }
}
