package dev.tpm2token.tpm.transport;

import dev.tpm2token.tpm.TpmProtocolException;
import dev.tpm2token.tpm.TpmTransportException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Arrays;

/**
 * The kernel's device: a write is a command, a read its response. The kernel limits how long it
 * takes.
 */
final class DeviceTransport implements Transport {
  private static final int HEADER = 10;

  private final Path path;
  private final FileChannel channel;

  private DeviceTransport(Path path, FileChannel channel) {
    this.path = path;
    this.channel = channel;
  }

  static Transport open(Path path, Duration patience) {
    long start = System.nanoTime();
    while (true) {
      try {
        return new DeviceTransport(
            path, FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE));
      } catch (NoSuchFileException e) {
        throw new TpmTransportException(
            path
                + ": there is no such device. Enable the TPM 2.0 in the firmware setup, and see"
                + " that the kernel has a driver for it",
            e);
      } catch (AccessDeniedException e) {
        throw new TpmTransportException(
            path
                + ": permission denied. Become a member of the group tss (usermod -aG tss USER) and"
                + " log in again",
            e);
      } catch (IOException e) { // EBUSY: /dev/tpm0 lets one in at a time
        if (System.nanoTime() - start > patience.toNanos()) {
          throw new TpmTransportException(
              path + ": another program holds this TPM: " + e.getMessage(), e);
        }
        Connection.pause(path.toString());
      }
    }
  }

  @Override
  public byte[] transmit(byte[] command) {
    try {
      if (channel.write(ByteBuffer.wrap(command)) != command.length) {
        throw new TpmTransportException(path + ": the command was cut");
      }
      ByteBuffer response = ByteBuffer.allocate(MAX_RESPONSE);
      int size = channel.read(response);
      if (size < HEADER) {
        throw new TpmProtocolException(path + ": a response of " + size + " bytes");
      }
      return Arrays.copyOf(response.array(), size);
    } catch (IOException e) {
      throw new TpmTransportException(path + ": " + e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      // It is gone already.
    }
  }
}
