package dev.tpm2token.cli.keyfile;

import dev.tpm2token.token.crypto.Secret;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A file's passphrase: asked for when it turns out that there is one, and not again. */
public final class Passphrase implements AutoCloseable {
  private final Supplier<Secret> asking;
  private @Nullable Secret known;

  /** To be had by asking. */
  public Passphrase(Supplier<Secret> asking) {
    this.asking = asking;
  }

  /** Whether there was one. */
  public boolean wasAsked() {
    return known != null;
  }

  /** The passphrase, which this closes. */
  public Secret get() {
    if (known == null) {
      known = asking.get();
    }
    return known;
  }

  /** Work with it that may find out that it is wrong. */
  interface Work<R> {
    R with(byte[] octets) throws KeyFileException;
  }

  <R> R use(Work<R> work) throws KeyFileException {
    byte[] octets = get().use(byte[]::clone);
    try {
      return work.with(octets);
    } finally {
      Arrays.fill(octets, (byte) 0);
    }
  }

  /** Work with its characters. */
  interface TextWork<R> {
    R with(char[] characters) throws KeyFileException;
  }

  <R> R useText(TextWork<R> work) throws KeyFileException {
    return use(
        octets -> {
          CharBuffer text = StandardCharsets.UTF_8.decode(ByteBuffer.wrap(octets));
          char[] characters = new char[text.remaining()];
          text.get(characters);
          try {
            return work.with(characters);
          } finally {
            Arrays.fill(characters, '\0');
            Arrays.fill(text.array(), '\0');
          }
        });
  }

  @Override
  public void close() {
    if (known != null) {
      known.close();
    }
  }
}
