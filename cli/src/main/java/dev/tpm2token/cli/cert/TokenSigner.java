package dev.tpm2token.cli.cert;

import static dev.tpm2token.token.attribute.AttributeType.CKA_EC_PARAMS;
import static dev.tpm2token.token.attribute.AttributeType.CKA_PUBLIC_KEY_INFO;

import dev.tpm2token.cli.CommandException;
import dev.tpm2token.cli.ExitStatus;
import dev.tpm2token.cli.OpenToken;
import dev.tpm2token.token.crypto.Curve;
import dev.tpm2token.token.crypto.HashAlgorithm;
import java.io.IOException;
import java.math.BigInteger;
import java.util.Arrays;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1Object;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;

/** Signs what certificates are made of, by a private key in the TPM. */
final class TokenSigner {
  private static final long CKM_SHA256_RSA_PKCS = 0x40;
  private static final long CKM_ECDSA = 0x1041;

  private final OpenToken token;
  private final long key;
  private final SubjectPublicKeyInfo publicKey;

  TokenSigner(OpenToken token, long key) {
    this.token = token;
    this.key = key;
    this.publicKey =
        token
            .value(key, CKA_PUBLIC_KEY_INFO)
            .map(SubjectPublicKeyInfo::getInstance)
            .orElseThrow(
                () -> new CommandException(ExitStatus.FAILED, "that key cannot sign certificates"));
  }

  /** The key's public half. */
  SubjectPublicKeyInfo publicKey() {
    return publicKey;
  }

  /** How it signs: PKCS#1 with SHA-256, or ECDSA with the hash of the curve's length. */
  AlgorithmIdentifier algorithm() {
    return isRsa()
        ? new AlgorithmIdentifier(PKCSObjectIdentifiers.sha256WithRSAEncryption, DERNull.INSTANCE)
        : new AlgorithmIdentifier(ecdsa());
  }

  private boolean isRsa() {
    return publicKey.getAlgorithm().getAlgorithm().equals(PKCSObjectIdentifiers.rsaEncryption);
  }

  private ASN1ObjectIdentifier ecdsa() {
    return switch (curve()) {
      case P_256 -> X9ObjectIdentifiers.ecdsa_with_SHA256;
      case P_384 -> X9ObjectIdentifiers.ecdsa_with_SHA384;
      case P_521 -> X9ObjectIdentifiers.ecdsa_with_SHA512;
    };
  }

  private HashAlgorithm hash() {
    return switch (curve()) {
      case P_256 -> HashAlgorithm.SHA256;
      case P_384 -> HashAlgorithm.SHA384;
      case P_521 -> HashAlgorithm.SHA512;
    };
  }

  private Curve curve() {
    return token
        .value(key, CKA_EC_PARAMS)
        .flatMap(Curve::ofParameters)
        .orElseThrow(() -> new CommandException(ExitStatus.FAILED, "the key's curve is unknown"));
  }

  /** The signature of a structure, as X.509 and PKCS#10 have it. */
  DERBitString sign(ASN1Object signed) {
    try {
      byte[] octets = signed.getEncoded("DER");
      if (isRsa()) {
        return new DERBitString(token.sign(CKM_SHA256_RSA_PKCS, key, octets));
      }
      return new DERBitString(sequence(token.sign(CKM_ECDSA, key, hash().digest(octets))));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Cryptoki's r and s side by side, as X.509's SEQUENCE of two INTEGERs. */
  private static DERSequence sequence(byte[] signature) {
    int half = signature.length / 2;
    ASN1EncodableVector both = new ASN1EncodableVector();
    both.add(new ASN1Integer(new BigInteger(1, Arrays.copyOf(signature, half))));
    both.add(
        new ASN1Integer(new BigInteger(1, Arrays.copyOfRange(signature, half, signature.length))));
    return new DERSequence(both);
  }
}
