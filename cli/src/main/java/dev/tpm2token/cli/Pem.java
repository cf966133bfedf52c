package dev.tpm2token.cli;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemReader;
import org.bouncycastle.util.io.pem.PemWriter;

/** PEM (RFC 7468), for what is no secret. */
public final class Pem {
  /** What some editors put before the text. */
  private static final byte[] BYTE_ORDER_MARK = {(byte) 0xef, (byte) 0xbb, (byte) 0xbf};

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

  /** What reads the blocks of a file. */
  public static PemReader reader(byte[] file) {
    int mark = 0;
    while (mark < BYTE_ORDER_MARK.length
        && mark < file.length
        && file[mark] == BYTE_ORDER_MARK[mark]) {
      mark++;
    }
    int start = mark == BYTE_ORDER_MARK.length ? mark : 0;
    return new PemReader(
        new InputStreamReader(
            new ByteArrayInputStream(file, start, file.length - start), StandardCharsets.US_ASCII));
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
    List<byte[]> blocks = new ArrayList<>();
    try (PemReader reader = reader(file)) {
      for (PemObject each = reader.readPemObject(); each != null; each = reader.readPemObject()) {
        if (each.getType().equals(type)) {
          blocks.add(each.getContent());
        }
      }
    }
    return blocks;
  }
}
