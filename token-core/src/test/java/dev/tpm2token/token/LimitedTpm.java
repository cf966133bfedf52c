package dev.tpm2token.token;

import dev.tpm2token.tpm.command.TpmCc;
import dev.tpm2token.tpm.structure.TpmAlgId;
import dev.tpm2token.tpm.structure.TpmsCapabilityData;
import dev.tpm2token.tpm.transport.Tcti;
import dev.tpm2token.tpm.transport.Transport;
import dev.tpm2token.tpm.wire.TpmReader;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Set;

/**
 * A TPM that has less than swtpm: no ECC, no SHA-384, RSA of 2048 bits at most, no EncryptDecrypt2;
 * it hashes with SHA-1, and does not sign so, as in FIPS mode. A server before a real one, which
 * answers for it.
 */
final class LimitedTpm implements AutoCloseable {
  private static final int ECC = TpmAlgId.ECC.value();
  private static final int RSA = TpmAlgId.RSA.value();
  private static final int HEADER = 10;
  private static final int LONGEST_RSA = 2048;
  private static final int RC_COMMAND_CODE = 0x143;
  private static final int RC_VALUE = 0x1C4; // parameter 1
  private static final int RC_TYPE = 0x2CA; // parameter 2
  private static final int RC_SCHEME = 0x2D2; // parameter 2

  private static final Set<Integer> MISSING =
      Set.of(ECC, TpmAlgId.ECDSA.value(), TpmAlgId.ECDH.value(), TpmAlgId.SHA384.value());

  private static final Set<Integer> UNSIGNED =
      Set.of(TpmAlgId.SHA1.value(), TpmAlgId.SHA384.value());

  private final Tcti real;
  private final ServerSocket server;

  LimitedTpm(Tcti real) {
    this.real = real;
    try {
      server = new ServerSocket(0, 8, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Thread.ofPlatform().daemon().name("limited TPM").start(this::serve);
  }

  Tcti tcti() {
    return Tcti.parse("swtpm:host=127.0.0.1,port=" + server.getLocalPort());
  }

  @Override
  public void close() {
    try {
      server.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void serve() {
    while (!server.isClosed()) {
      try (Socket client = server.accept();
          Transport tpm = real.open()) {
        DataInputStream in = new DataInputStream(client.getInputStream());
        DataOutputStream out = new DataOutputStream(client.getOutputStream());
        while (true) {
          byte[] header = in.readNBytes(HEADER);
          if (header.length < HEADER) {
            break;
          }
          byte[] rest = in.readNBytes(ByteBuffer.wrap(header).getInt(2) - HEADER);
          byte[] command = ByteBuffer.allocate(HEADER + rest.length).put(header).put(rest).array();
          out.write(answer(tpm, command));
          out.flush();
        }
      } catch (IOException e) {
        // the client went
      }
    }
  }

  private static byte[] answer(Transport tpm, byte[] command) {
    int code = ByteBuffer.wrap(command).getInt(6);
    int refusal = refusal(code, command);
    if (refusal != 0) {
      return ByteBuffer.allocate(HEADER)
          .putShort((short) 0x8001)
          .putInt(HEADER)
          .putInt(refusal)
          .array();
    }
    byte[] response = tpm.transmit(command);
    return code == TpmCc.GetCapability.value() ? less(response) : response;
  }

  private static int refusal(int code, byte[] command) {
    if (code == TpmCc.EncryptDecrypt2.value()) {
      return RC_COMMAND_CODE;
    }
    if (code == TpmCc.TestParms.value()) {
      ByteBuffer parms = ByteBuffer.wrap(command, HEADER, command.length - HEADER);
      int type = parms.getShort();
      boolean known = type != ECC && (type != RSA || parms.getShort(HEADER + 6) <= LONGEST_RSA);
      return known ? 0 : RC_VALUE;
    }
    if (code == TpmCc.Create.value() || code == TpmCc.CreatePrimary.value()) {
      TpmReader r = parameters(command);
      r.tpm2b(); // inSensitive
      r.u16();
      return r.u16() == ECC ? RC_TYPE : 0;
    }
    if (code == TpmCc.Sign.value()) {
      TpmReader r = parameters(command);
      r.tpm2b(); // digest
      r.u16();
      return UNSIGNED.contains(r.u16()) ? RC_SCHEME : 0;
    }
    return 0;
  }

  /** What follows one handle and the authorization area. */
  private static TpmReader parameters(byte[] command) {
    TpmReader r = new TpmReader(command);
    r.bytes(HEADER + 4);
    r.bytes(r.u32());
    return r;
  }

  private static byte[] less(byte[] response) {
    TpmReader r = new TpmReader(response);
    byte[] before = r.bytes(HEADER + 1);
    TpmsCapabilityData data = less(TpmsCapabilityData.read(r));
    byte[] wire = data.marshal();
    return ByteBuffer.allocate(before.length + wire.length)
        .put(before)
        .put(wire)
        .putInt(2, before.length + wire.length)
        .array();
  }

  private static TpmsCapabilityData less(TpmsCapabilityData data) {
    return switch (data) {
      case TpmsCapabilityData.Algorithms(List<TpmsCapabilityData.AlgProperty> list) ->
          new TpmsCapabilityData.Algorithms(
              list.stream().filter(each -> !MISSING.contains(each.alg())).toList());
      case TpmsCapabilityData.Curves any -> new TpmsCapabilityData.Curves(List.of());
      case TpmsCapabilityData.Commands(List<Integer> list) ->
          new TpmsCapabilityData.Commands(
              list.stream()
                  .filter(each -> (each & 0xFFFF) != TpmCc.EncryptDecrypt2.value())
                  .toList());
      default -> data;
    };
  }
}
