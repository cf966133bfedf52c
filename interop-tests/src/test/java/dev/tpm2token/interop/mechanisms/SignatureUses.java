package dev.tpm2token.interop.mechanisms;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tpm2token.interop.cryptoki.Fn;
import dev.tpm2token.interop.cryptoki.NewerFn;
import dev.tpm2token.interop.cryptoki.Rv;
import java.security.GeneralSecurityException;
import java.util.Collections;
import java.util.List;
import javax.crypto.Cipher;
import jnr.ffi.Pointer;

/** Digests, signatures and MACs: the JDK verifies ours, and we verify the JDK's. */
final class SignatureUses {
  private final Parameters parameters;
  private final Keys keys;
  private final Calls calls;
  private final Jdk jdk;

  SignatureUses(Parameters parameters, Keys keys, Calls calls, Jdk jdk) {
    this.parameters = parameters;
    this.keys = keys;
    this.calls = calls;
    this.jdk = jdk;
  }

  void digest(Mechanism mechanism) throws GeneralSecurityException {
    byte[] expected = mechanism.hash().orElseThrow().of(Given.DATA);
    Pointer digesting = parameters.of(mechanism);
    assertArrayEquals(expected, calls.digest(digesting, Given.DATA));
    assertArrayEquals(expected, calls.digestParts(digesting, Given.DATA));
  }

  void sign(Mechanism mechanism, Holder holder) throws GeneralSecurityException {
    Pointer signing = parameters.of(mechanism);
    long key = keys.signing(mechanism, holder);
    byte[] data = Jdk.given(mechanism);
    assertRight(
        mechanism,
        List.of(
            calls.whole(Fn.C_SignInit, Fn.C_Sign, signing, key, data),
            calls.afterParts(Fn.C_SignInit, Fn.C_SignUpdate, Fn.C_SignFinal, signing, key, data)));
  }

  private void assertRight(Mechanism mechanism, List<byte[]> signatures)
      throws GeneralSecurityException {
    for (byte[] signature : signatures) {
      assertTrue(Jdk.verifies(mechanism, keys.publicKey(mechanism), signature));
    }
  }

  /** What the function answers with which it would begin. */
  Rv begins(Mechanism mechanism, Flag flag, Holder holder) {
    return calls.begin(
        switch (flag) {
          case SIGN -> Fn.C_SignInit;
          case VERIFY -> Fn.C_VerifyInit;
          case MESSAGE_SIGN -> NewerFn.C_MessageSignInit;
          case MESSAGE_VERIFY -> NewerFn.C_MessageVerifyInit;
          default -> throw new AssertionError(flag + " is no use of " + mechanism);
        },
        parameters.of(mechanism),
        keys.signing(mechanism, holder));
  }

  void verify(Mechanism mechanism, Holder holder) throws GeneralSecurityException {
    Pointer verifying = parameters.of(mechanism);
    long key = keys.verifying(mechanism, holder);
    byte[] data = Jdk.given(mechanism);
    byte[] signature = jdk.sign(mechanism);
    assertAll(Rv.CKR_OK, calls.verify(verifying, key, data, signature));
    assertAll(
        Rv.CKR_SIGNATURE_INVALID, calls.verify(verifying, key, data, Given.spoilt(signature)));
    assertAll(
        Rv.CKR_SIGNATURE_INVALID, calls.verify(verifying, key, Given.spoilt(data), signature));
  }

  private static void assertAll(Rv expected, List<Rv> answers) {
    assertEquals(Collections.nCopies(answers.size(), expected), answers);
  }

  void signRecover(Mechanism mechanism) throws GeneralSecurityException {
    byte[] signature =
        calls.whole(
            Fn.C_SignRecoverInit,
            Fn.C_SignRecover,
            parameters.of(mechanism),
            keys.rsa.privateKey(),
            Given.DATA);
    assertTrue(Jdk.verifies(mechanism, keys.rsaPublic, signature));
  }

  void verifyRecover(Mechanism mechanism) throws GeneralSecurityException {
    byte[] signature = Jdk.rsa(Cipher.ENCRYPT_MODE, mechanism, jdk.rsa.getPrivate(), Given.DATA);
    byte[] recovered =
        calls.whole(
            Fn.C_VerifyRecoverInit,
            Fn.C_VerifyRecover,
            parameters.of(mechanism),
            keys.peerRsa,
            signature);
    assertTrue(Given.endsWithData(recovered));
  }

  void signMessages(Mechanism mechanism, Holder holder) throws GeneralSecurityException {
    assertRight(
        mechanism,
        calls.signMessages(
            parameters.of(mechanism), keys.signing(mechanism, holder), Jdk.given(mechanism)));
  }

  void verifyMessages(Mechanism mechanism, Holder holder) throws GeneralSecurityException {
    Pointer verifying = parameters.of(mechanism);
    long key = keys.verifying(mechanism, holder);
    byte[] data = Jdk.given(mechanism);
    byte[] signature = jdk.sign(mechanism);
    assertAll(Rv.CKR_OK, calls.verifyMessages(verifying, key, data, signature));
    assertAll(
        Rv.CKR_SIGNATURE_INVALID,
        calls.verifyMessages(verifying, key, data, Given.spoilt(signature)));
  }
}
