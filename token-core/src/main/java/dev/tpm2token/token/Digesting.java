package dev.tpm2token.token;

import static dev.tpm2token.token.ReturnValue.CKR_KEY_INDIGESTIBLE;

import dev.tpm2token.token.crypto.Secret;
import dev.tpm2token.token.mechanism.DigestOperation;
import dev.tpm2token.token.mechanism.Function;

/** A session's digest (PKCS#11 3.1, section 5.12). */
public final class Digesting {
  private final KeyAccess access;
  private final UnderWay<DigestOperation> digest = new UnderWay<>();

  Digesting(KeyAccess access) {
    this.access = access;
  }

  /** C_DigestInit. */
  public synchronized void init(MechanismCall call) {
    digest.checkNone();
    digest.begin(DigestOperation.of(access.mechanism(call, Function.DIGEST)));
  }

  /** C_DigestInit without a mechanism (as of 3.0): ends what is under way. */
  public synchronized void terminate() {
    digest.checkCanEnd();
    end();
  }

  /** For C_Digest: all the data come at once. */
  public synchronized Digesting inOnePart() {
    digest.checkInOnePart(this::end);
    return this;
  }

  /** Bytes of the digest under way. */
  public synchronized int length() {
    return digest.get().length();
  }

  /** C_DigestUpdate; where it fails, the operation ends. */
  public synchronized void update(Data data) {
    data.feedOrEnd(digest.getForPart()::update, digest::end);
  }

  /** C_DigestKey; where it fails, the operation ends. */
  public synchronized void key(long key) {
    DigestOperation current = digest.get();
    digest.end();
    Secret secret = access.key(key).secret();
    if (secret == null) {
      throw new CryptokiException(
          CKR_KEY_INDIGESTIBLE, "only secret keys outside of the TPM are digested");
    }
    secret.use(
        bytes -> {
          current.updateSecret(bytes);
          return bytes.length;
        });
    digest.begin(current);
    digest.getForPart();
  }

  /** C_DigestFinal. */
  public synchronized byte[] finish() {
    byte[] result = digest.get().finish();
    digest.end();
    return result;
  }

  /** C_Digest. */
  public synchronized byte[] digest(Data data) {
    update(data);
    return finish();
  }

  /** What C_SetOperationState goes on with. */
  synchronized byte[] state() {
    return digest.get().state();
  }

  synchronized void restore(DigestOperation restored) {
    digest.begin(restored);
  }

  /** Ends what is under way, if anything is. */
  synchronized void end() {
    digest.end();
  }
}
