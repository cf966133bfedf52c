package dev.tpm2token.tpm;

import dev.tpm2token.tpm.command.TpmCc;
import dev.tpm2token.tpm.command.TpmCommand;
import dev.tpm2token.tpm.session.HmacSession;
import dev.tpm2token.tpm.session.Session;
import dev.tpm2token.tpm.structure.Hash;
import dev.tpm2token.tpm.structure.Name;
import dev.tpm2token.tpm.structure.TpmHandle;
import dev.tpm2token.tpm.transport.Transport;
import dev.tpm2token.tpm.wire.TpmReader;
import dev.tpm2token.tpm.wire.TpmWriter;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** One command and its response, as Part 1, 18 lays them out. */
final class Execution {
  private static final int NO_SESSIONS = 0x8001; // TPM_ST_NO_SESSIONS
  private static final int SESSIONS = 0x8002; // TPM_ST_SESSIONS
  private static final int HEADER = 10;

  /** The TPM has done nothing yet, and may if it is asked again: Part 2, 6.6.3. */
  private static final Set<TpmRc> AGAIN =
      Set.of(TpmRc.RETRY, TpmRc.YIELDED, TpmRc.TESTING, TpmRc.NV_RATE);

  private static final long AGAIN_FOR_MILLIS = 30_000;
  private static final long LONGEST_PAUSE_MILLIS = 200;

  private final Transport transport;

  Execution(Transport transport) {
    this.transport = transport;
  }

  /** A session, what it authorizes with, and its TPMA_SESSION. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Use(Session session, byte[] authValue, int attributes) {}

  /**
   * Executes one command.
   *
   * @param names the Names of the command's handles; asked for only if an HMAC is made
   */
  <R> R execute(
      TpmCommand<R> command, Function<TpmHandle, Name> names, List<Authorization> authorizations) {
    TpmCc code = command.code();
    List<Use> uses = uses(code, authorizations);
    byte[] parameters = marshal(command);
    byte[] request = {};
    byte[] answer = {};
    try {
      uses.forEach(use -> use.session.begin());
      for (Use use : uses) {
        if ((use.attributes & Session.DECRYPT) != 0) {
          crypt(parameters, 0, data -> use.session.encryptCommand(use.authValue, data));
        }
      }
      request = request(command, names, uses, parameters);
      answer = send(command, request, uses.isEmpty() ? NO_SESSIONS : SESSIONS);
      int first = code.returnsHandle() ? 4 : 0;
      if (!uses.isEmpty()) {
        answer = authenticated(command, uses, answer, first);
      }
      for (Use use : uses) {
        if ((use.attributes & Session.ENCRYPT) != 0) {
          crypt(answer, first, data -> use.session.decryptResponse(use.authValue, data));
        }
      }
      return TpmReader.readAll(answer, command::readResponse);
    } finally {
      Arrays.fill(parameters, (byte) 0);
      Arrays.fill(request, (byte) 0);
      Arrays.fill(answer, (byte) 0);
    }
  }

  private static List<Use> uses(TpmCc code, List<Authorization> authorizations) {
    if (authorizations.size() < code.authorizedHandles()) {
      throw new IllegalArgumentException(
          "TPM2_" + code + " wants " + code.authorizedHandles() + " authorizations");
    }
    List<Use> uses = new ArrayList<>();
    int crypts =
        (code.encryptsCommand() ? Session.DECRYPT : 0)
            | (code.encryptsResponse() ? Session.ENCRYPT : 0);
    for (Authorization authorization : authorizations) {
      int attributes = Session.CONTINUE_SESSION;
      if (authorization.session().isSecure()) {
        attributes |= crypts;
        crypts = 0; // one session encrypts: Part 1, 21.1
      }
      boolean authorizes = uses.size() < code.authorizedHandles();
      byte[] authValue = authorizes ? authorization.authValue() : new byte[0];
      uses.add(new Use(authorization.session(), authValue, attributes));
    }
    return uses;
  }

  private static byte[] marshal(TpmCommand<?> command) {
    try (TpmWriter w = new TpmWriter()) {
      command.writeParameters(w);
      return w.toByteArray();
    }
  }

  private static byte[] request(
      TpmCommand<?> command, Function<TpmHandle, Name> names, List<Use> uses, byte[] parameters) {
    try (TpmWriter w = new TpmWriter()) {
      w.u16(uses.isEmpty() ? NO_SESSIONS : SESSIONS).u32(0).u32(command.code().value());
      command.handles().forEach(handle -> handle.write(w));
      if (!uses.isEmpty()) {
        byte[] area = authorizationArea(command, names, uses, parameters);
        w.u32(area.length).bytes(area);
      }
      byte[] request = w.bytes(parameters).toByteArray();
      ByteBuffer.wrap(request).putInt(2, request.length);
      return request;
    }
  }

  private static byte[] authorizationArea(
      TpmCommand<?> command, Function<TpmHandle, Name> names, List<Use> uses, byte[] parameters) {
    boolean authenticated = uses.stream().anyMatch(use -> use.session.isSecure());
    byte[] cpHash = authenticated ? cpHash(command, names, parameters) : new byte[0];
    try (TpmWriter w = new TpmWriter()) {
      for (Use use : uses) {
        use.session.handle().write(w);
        w.tpm2b(use.session.nonceCaller()).u8(use.attributes);
        w.tpm2b(use.session.authorize(use.authValue, cpHash, use.attributes));
      }
      return w.toByteArray();
    }
  }

  /** Part 1, 16.7: over the command code, the Names and the parameters as they are sent. */
  private static byte[] cpHash(
      TpmCommand<?> command, Function<TpmHandle, Name> names, byte[] parameters) {
    try (TpmWriter w = new TpmWriter()) {
      w.u32(command.code().value());
      command.handles().forEach(handle -> names.apply(handle).write(w));
      return Hash.of(HmacSession.HASH, w.toByteArray(), parameters);
    }
  }

  /** Sends until the TPM has time for it; the answer is what follows the header. */
  private byte[] send(TpmCommand<?> command, byte[] request, int tag) {
    long start = System.nanoTime();
    for (long pause = 2; ; pause = Math.min(2 * pause, LONGEST_PAUSE_MILLIS)) {
      byte[] response = transport.transmit(request);
      TpmReader r = new TpmReader(response);
      int responseTag = r.u16();
      if (r.u32() != response.length) {
        throw new TpmProtocolException("the response's size is not what its header says");
      }
      TpmRc rc = new TpmRc(r.u32());
      if (rc.equals(TpmRc.SUCCESS)) {
        if (responseTag != tag) {
          throw new TpmProtocolException("tag 0x%04X in a response".formatted(responseTag));
        }
        byte[] answer = r.bytes(response.length - HEADER);
        Arrays.fill(response, (byte) 0);
        return answer;
      }
      long waited = (System.nanoTime() - start) / 1_000_000;
      if (!AGAIN.contains(rc.base()) || waited > AGAIN_FOR_MILLIS) {
        throw new TpmResponseException(command.code(), rc, about(command, rc));
      }
      pause(pause);
    }
  }

  /** The handle that a response code names, or that the session it names authorizes. */
  private static @Nullable TpmHandle about(TpmCommand<?> command, TpmRc rc) {
    boolean named = rc.kind() == TpmRc.Kind.HANDLE || rc.kind() == TpmRc.Kind.SESSION;
    int index = rc.index() - 1;
    return named && index >= 0 && index < command.handles().size()
        ? command.handles().get(index)
        : null;
  }

  /** Checks the response's HMACs; what is left is the handle and the parameters, end to end. */
  private static byte[] authenticated(
      TpmCommand<?> command, List<Use> uses, byte[] answer, int first) {
    TpmReader r = new TpmReader(answer);
    byte[] handle = r.bytes(first);
    byte[] parameters = r.bytes(r.u32());
    try (TpmWriter w = new TpmWriter()) {
      w.u32(TpmRc.SUCCESS.value()).u32(command.code().value());
      byte[] rpHash = Hash.of(HmacSession.HASH, w.toByteArray(), parameters); // Part 1, 16.8
      for (Use use : uses) {
        byte[] nonceTpm = r.tpm2b();
        int attributes = r.u8();
        byte[] after = command.authValueAfter();
        byte[] authValue = after == null ? use.authValue : after;
        use.session.verify(authValue, rpHash, nonceTpm, attributes, r.tpm2b());
      }
      r.end();
    }
    byte[] joined = Arrays.copyOf(handle, first + parameters.length);
    System.arraycopy(parameters, 0, joined, first, parameters.length);
    return joined;
  }

  /** Puts the data of the TPM2B at {@code offset} through a cipher. */
  private static void crypt(byte[] buffer, int offset, Consumer<byte[]> cipher) {
    TpmReader r = new TpmReader(buffer);
    r.bytes(offset);
    byte[] data = r.tpm2b();
    cipher.accept(data);
    System.arraycopy(data, 0, buffer, offset + 2, data.length);
    Arrays.fill(data, (byte) 0);
  }

  private static void pause(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new TpmTransportException("interrupted while the TPM was busy", e);
    }
  }
}
