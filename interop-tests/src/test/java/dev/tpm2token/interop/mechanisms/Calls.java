package dev.tpm2token.interop.mechanisms;

import dev.tpm2token.interop.cryptoki.Cryptoki;
import dev.tpm2token.interop.cryptoki.Fn;
import dev.tpm2token.interop.cryptoki.NewerFn;
import dev.tpm2token.interop.cryptoki.Rv;
import dev.tpm2token.interop.cryptoki.Session;
import java.util.Arrays;
import java.util.List;
import jnr.ffi.Pointer;

/** Operations as sequences of functions, in one part and in several. */
final class Calls {
  /** More than anything here grows to. */
  static final int ROOM = 1024;

  private final Cryptoki module;
  private final long session;

  Calls(Cryptoki module, Session session) {
    this.module = module;
    this.session = session.handle();
  }

  static byte[] taken(Pointer memory, int length) {
    byte[] bytes = new byte[length];
    memory.get(0, bytes, 0, length);
    return bytes;
  }

  /** A byte, 19 bytes and the rest: no boundary is one of a block. */
  static List<byte[]> parts(byte[] data) {
    return List.of(
        Arrays.copyOf(data, 1),
        Arrays.copyOfRange(data, 1, 20),
        Arrays.copyOfRange(data, 20, data.length));
  }

  /** What a C_…Init with a key answers. */
  Rv begin(Enum<?> function, Pointer mechanism, long key) {
    return function instanceof NewerFn newer
        ? module.call(newer, session, mechanism, key)
        : module.call((Fn) function, session, mechanism, key);
  }

  /** Begins, gives all the data and takes what comes of them. */
  byte[] whole(Fn begin, Fn whole, Pointer mechanism, long key, byte[] data) {
    module.ok(begin, session, mechanism, key);
    return result(whole, data, data.length);
  }

  /** A function that ends in a buffer and its length. */
  private byte[] result(Fn function, Object... before) {
    Pointer out = module.memory(ROOM);
    Pointer length = module.ulong(ROOM);
    Object[] all = new Object[before.length + 3];
    all[0] = session;
    System.arraycopy(before, 0, all, 1, before.length);
    all[all.length - 2] = out;
    all[all.length - 1] = length;
    module.ok(function, all);
    return taken(out, (int) length.getLong(0));
  }

  /** The data come in parts, and from each may come something: C_EncryptUpdate and its like. */
  byte[] throughParts(Fn begin, Fn update, Fn last, Pointer mechanism, long key, byte[] data) {
    module.ok(begin, session, mechanism, key);
    byte[] all = new byte[0];
    for (byte[] part : parts(data)) {
      all = Given.joined(all, result(update, part, part.length));
    }
    return Given.joined(all, result(last));
  }

  /** The data come in parts, and the result last: C_SignUpdate and its like. */
  byte[] afterParts(Fn begin, Fn update, Fn last, Pointer mechanism, long key, byte[] data) {
    module.ok(begin, session, mechanism, key);
    feed(update, data);
    return result(last);
  }

  private void feed(Enum<?> update, byte[] data) {
    for (byte[] part : parts(data)) {
      if (update instanceof NewerFn newer) {
        module.ok(newer, session, part, part.length);
      } else {
        module.ok((Fn) update, session, part, part.length);
      }
    }
  }

  /** A digest in one part. */
  byte[] digest(Pointer mechanism, byte[] data) {
    module.ok(Fn.C_DigestInit, session, mechanism);
    return result(Fn.C_Digest, data, data.length);
  }

  /** A digest in parts. */
  byte[] digestParts(Pointer mechanism, byte[] data) {
    module.ok(Fn.C_DigestInit, session, mechanism);
    feed(Fn.C_DigestUpdate, data);
    return result(Fn.C_DigestFinal);
  }

  /**
   * What the four ways of verifying answer: in one part and in parts, the signature last or first.
   */
  List<Rv> verify(Pointer mechanism, long key, byte[] data, byte[] signature) {
    module.ok(Fn.C_VerifyInit, session, mechanism, key);
    Rv whole = module.call(Fn.C_Verify, session, data, data.length, signature, signature.length);
    module.ok(Fn.C_VerifyInit, session, mechanism, key);
    feed(Fn.C_VerifyUpdate, data);
    Rv parts = module.call(Fn.C_VerifyFinal, session, signature, signature.length);
    awaiting(mechanism, key, signature);
    Rv wholeAfter = module.call(NewerFn.C_VerifySignature, session, data, data.length);
    awaiting(mechanism, key, signature);
    feed(NewerFn.C_VerifySignatureUpdate, data);
    Rv partsAfter = module.call(NewerFn.C_VerifySignatureFinal, session);
    return List.of(whole, parts, wholeAfter, partsAfter);
  }

  private void awaiting(Pointer mechanism, long key, byte[] signature) {
    module.ok(NewerFn.C_VerifySignatureInit, session, mechanism, key, signature, signature.length);
  }

  /** C_SignMessage, then C_SignMessageBegin and C_SignMessageNext, under one C_MessageSignInit. */
  List<byte[]> signMessages(Pointer mechanism, long key, byte[] data) {
    module.ok(NewerFn.C_MessageSignInit, session, mechanism, key);
    Pointer out = module.memory(ROOM);
    Pointer length = module.ulong(ROOM);
    module.ok(NewerFn.C_SignMessage, session, null, 0, data, data.length, out, length);
    byte[] whole = taken(out, (int) length.getLong(0));
    module.ok(NewerFn.C_SignMessageBegin, session, null, 0);
    List<byte[]> parts = parts(data);
    for (byte[] part : parts.subList(0, 2)) {
      module.ok(NewerFn.C_SignMessageNext, session, null, 0, part, part.length, null, null);
    }
    byte[] rest = parts.get(2);
    length.putLong(0, ROOM);
    module.ok(NewerFn.C_SignMessageNext, session, null, 0, rest, rest.length, out, length);
    module.ok(NewerFn.C_MessageSignFinal, session);
    return List.of(whole, taken(out, (int) length.getLong(0)));
  }

  /** What C_VerifyMessage, and C_VerifyMessageNext at the end of its parts, answer. */
  List<Rv> verifyMessages(Pointer mechanism, long key, byte[] data, byte[] signature) {
    module.ok(NewerFn.C_MessageVerifyInit, session, mechanism, key);
    int length = signature.length;
    Rv whole =
        module.call(
            NewerFn.C_VerifyMessage, session, null, 0, data, data.length, signature, length);
    module.ok(NewerFn.C_VerifyMessageBegin, session, null, 0);
    List<byte[]> parts = parts(data);
    for (byte[] part : parts.subList(0, 2)) {
      module.ok(NewerFn.C_VerifyMessageNext, session, null, 0, part, part.length, null, 0);
    }
    byte[] rest = parts.get(2);
    Rv last =
        module.call(
            NewerFn.C_VerifyMessageNext, session, null, 0, rest, rest.length, signature, length);
    module.ok(NewerFn.C_MessageVerifyFinal, session);
    return List.of(whole, last);
  }
}
