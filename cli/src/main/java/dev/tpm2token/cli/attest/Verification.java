package dev.tpm2token.cli.attest;

import dev.tpm2token.token.crypto.PublicKey;
import dev.tpm2token.token.device.PublicAreas;
import dev.tpm2token.tpm.TpmException;
import dev.tpm2token.tpm.structure.Hash;
import dev.tpm2token.tpm.structure.ObjectAttributes;
import dev.tpm2token.tpm.structure.TpmAlgId;
import dev.tpm2token.tpm.structure.TpmsAttest;
import dev.tpm2token.tpm.structure.TpmtPublic;
import dev.tpm2token.tpm.structure.TpmtSignature;
import dev.tpm2token.tpm.wire.TpmReader;
import java.io.IOException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.crypto.params.ECDomainParameters;
import org.bouncycastle.crypto.params.ECPublicKeyParameters;
import org.bouncycastle.crypto.params.RSAKeyParameters;
import org.bouncycastle.crypto.signers.ECDSASigner;
import org.bouncycastle.crypto.signers.RSADigestSigner;
import org.jspecify.annotations.Nullable;

/** Checks a proof, without a TPM: each check says what it found. */
final class Verification {
  private static final int LIVES_IN_THE_TPM =
      ObjectAttributes.FIXED_TPM
          | ObjectAttributes.FIXED_PARENT
          | ObjectAttributes.SENSITIVE_DATA_ORIGIN;

  private static final int ATTESTS =
      LIVES_IN_THE_TPM | ObjectAttributes.RESTRICTED | ObjectAttributes.SIGN_ENCRYPT;

  private final Proof proof;
  private final List<Check> checks = new ArrayList<>();

  /**
   * Something that was looked at.
   *
   * @param what was looked at
   * @param outcome "good", "bad", or "open" where the proof does not say
   * @param words what was found
   */
  record Check(String what, String outcome, String words) implements dev.tpm2token.cli.Part {}

  private Verification(Proof proof) {
    this.proof = proof;
  }

  /**
   * All checks.
   *
   * @param nonce what was asked for; null where nothing was
   * @param authorities certificates that are trusted to certify TPMs; empty where none were named
   */
  static List<Check> of(Proof proof, byte @Nullable [] nonce, List<byte[]> authorities) {
    Verification verification = new Verification(proof);
    try {
      verification.check(nonce);
      verification.checkCertificate(authorities);
    } catch (TpmException | IllegalArgumentException | IOException e) {
      verification.say("proof", false, "it is damaged: " + e.getMessage());
    }
    return List.copyOf(verification.checks);
  }

  private void check(byte @Nullable [] nonce) {
    TpmtPublic attestationKey = TpmReader.readAll(proof.attestationKey(), TpmtPublic::read);
    TpmtPublic key = TpmReader.readAll(proof.key(), TpmtPublic::read);
    say(
        "signature",
        isSigned(attestationKey),
        "of the attestation key %s".formatted(attestationKey.name()));
    say(
        "attestation key",
        attestationKey.objectAttributes().has(ATTESTS),
        "one that signs what a TPM itself says, and nothing else");
    TpmsAttest said = TpmReader.readAll(proof.certifyInfo(), TpmsAttest::read);
    say(
        "key",
        Arrays.equals(key.name().value(), said.name()),
        "the TPM has loaded the key %s".formatted(key.name()));
    say(
        "origin",
        key.objectAttributes().has(LIVES_IN_THE_TPM),
        "made in the TPM, and bound to it for ever");
    if (nonce == null) {
      checks.add(new Check("nonce", "open", "none was asked for: the proof may be an old one"));
    } else {
      say("nonce", Arrays.equals(nonce, said.extraData()), "the one that was asked for");
    }
  }

  private boolean isSigned(TpmtPublic attestationKey) {
    TpmtSignature signature = TpmReader.readAll(proof.signature(), TpmtSignature::read);
    return switch (PublicAreas.publicKey(attestationKey)) {
      case PublicKey.Rsa rsa ->
          signature instanceof TpmtSignature.Rsa(TpmAlgId scheme, TpmAlgId hash, byte[] value)
              && scheme == TpmAlgId.RSASSA
              && isSigned(rsa, hash, value);
      case PublicKey.Ec ec ->
          signature instanceof TpmtSignature.Ecc(TpmAlgId scheme, TpmAlgId hash, byte[] r, byte[] s)
              && scheme == TpmAlgId.ECDSA
              && isSigned(ec, hash, r, s);
    };
  }

  private boolean isSigned(PublicKey.Rsa key, TpmAlgId hash, byte[] value) {
    RSADigestSigner verifier = new RSADigestSigner(Hash.digest(hash));
    verifier.init(false, new RSAKeyParameters(false, key.modulus(), key.exponent()));
    verifier.update(proof.certifyInfo(), 0, proof.certifyInfo().length);
    return verifier.verifySignature(value);
  }

  private boolean isSigned(PublicKey.Ec key, TpmAlgId hash, byte[] r, byte[] s) {
    ECDomainParameters domain = key.curve().domain();
    ECDSASigner verifier = new ECDSASigner();
    verifier.init(
        false, new ECPublicKeyParameters(domain.getCurve().decodePoint(key.point()), domain));
    return verifier.verifySignature(
        Hash.of(hash, proof.certifyInfo()), new BigInteger(1, r), new BigInteger(1, s));
  }

  private void checkCertificate(List<byte[]> authorities) throws IOException {
    SubjectPublicKeyInfo endorsementKey = endorsementKey();
    if (proof.endorsementCertificate().length == 0) {
      checks.add(
          new Check(
              "certificate",
              authorities.isEmpty() ? "open" : "bad",
              "none is in the proof: the TPM's maker may have left none in it"));
      return;
    }
    CertificateChain chain = new CertificateChain(proof.endorsementCertificate(), authorities);
    say("endorsement key", chain.isOf(endorsementKey), "the one that is certified");
    if (authorities.isEmpty()) {
      checks.add(
          new Check(
              "certificate",
              "open",
              "of %s by %s; --ca names whom to believe"
                  .formatted(chain.subject(), chain.issuer())));
    } else {
      String failure = chain.failure();
      say("certificate", failure.isEmpty(), failure.isEmpty() ? "by " + chain.issuer() : failure);
    }
  }

  private SubjectPublicKeyInfo endorsementKey() {
    TpmtPublic area = TpmReader.readAll(proof.endorsementKey(), TpmtPublic::read);
    PublicKey key = PublicAreas.publicKey(area);
    if (!proof.endorsementKind().equals(key instanceof PublicKey.Rsa ? "RSA" : "ECC")) {
      throw new IllegalArgumentException(
          "its endorsement key is not of the kind " + proof.endorsementKind());
    }
    return SubjectPublicKeyInfo.getInstance(key.subjectPublicKeyInfo());
  }

  private void say(String what, boolean good, String words) {
    checks.add(new Check(what, good ? "good" : "bad", good ? words : "NOT " + words));
  }
}
