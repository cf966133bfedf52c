package dev.tpm2token.cli;

import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemReader;
import org.bouncycastle.util.io.pem.PemWriter;

/** PEM (RFC 7468), for what is no secret. */
public final class Pem {
  private Pem() {}

  /** One block of text. */
  public static String of(String type, byte[] der) {
    StringWriter text = new StringWriter();
    try (PemWriter writer = new PemWriter(text)) {
      writer.writeObject(new PemObject(type, der));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    return text.toString();
  }

  /** Whether there is any PEM in a file. */
  public static boolean isPem(byte[] file) {
    return new String(file, StandardCharsets.ISO_8859_1).contains("-----BEGIN ");
  }

  /**
   * The DER of each block of a type in a file, or the file itself where it is not PEM.
   *
   * @throws IOException where the PEM is damaged
   */
  public static List<byte[]> blocks(String type, byte[] file) throws IOException {
    if (!isPem(file)) {
      return List.of(file);
    }
    String text = new String(file, StandardCharsets.US_ASCII);
    List<byte[]> blocks = new ArrayList<>();
    try (PemReader reader = new PemReader(new StringReader(text))) {
      for (PemObject each = reader.readPemObject(); each != null; each = reader.readPemObject()) {
        if (each.getType().equals(type)) {
          blocks.add(each.getContent());
        }
      }
    }
    return blocks;
  }
}
