package dev.tpm2token.cli;

import dev.tpm2token.tpm.structure.Hash;
import dev.tpm2token.tpm.structure.TpmAlgId;
import dev.tpm2token.tpm.structure.TpmsAttest;
import dev.tpm2token.tpm.structure.TpmsEccPoint;
import dev.tpm2token.tpm.structure.TpmtPublic;
import dev.tpm2token.tpm.structure.TpmtSignature;
import dev.tpm2token.tpm.structure.TpmuPublicId;
import dev.tpm2token.tpm.wire.TpmReader;
import java.math.BigInteger;
import java.security.SecureRandom;
import java.util.HexFormat;
import org.bouncycastle.crypto.AsymmetricCipherKeyPair;
import org.bouncycastle.crypto.ec.CustomNamedCurves;
import org.bouncycastle.crypto.generators.ECKeyPairGenerator;
import org.bouncycastle.crypto.params.ECDomainParameters;
import org.bouncycastle.crypto.params.ECKeyGenerationParameters;
import org.bouncycastle.crypto.params.ECPublicKeyParameters;
import org.bouncycastle.crypto.signers.ECDSASigner;
import org.bouncycastle.math.ec.ECPoint;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A proof as somebody writes it who has seen one and has no TPM: both keys are in software, what is
 * said of them is as a TPM says it, and the signature is right.
 */
final class ForgedProof {
  private static final ECDomainParameters P_256 =
      new ECDomainParameters(CustomNamedCurves.getByName("secp256r1"));

  private final ObjectNode proof;

  private ForgedProof(String seen) {
    proof = (ObjectNode) JsonMapper.shared().readTree(seen);
  }

  /** After one that was seen, whose keys are on P-256. */
  static String after(String seen) {
    return new ForgedProof(seen).forged();
  }

  private String forged() {
    AsymmetricCipherKeyPair signer = pair();
    put("attestationKey", withPoint("attestationKey", signer).marshal());
    TpmtPublic key = withPoint("key", pair());
    put("key", key.marshal());
    TpmsAttest said = TpmReader.readAll(get("certifyInfo"), TpmsAttest::read);
    byte[] info =
        new TpmsAttest(
                said.qualifiedSigner(),
                said.extraData(),
                said.clock(),
                said.resetCount(),
                said.restartCount(),
                said.safe(),
                said.firmwareVersion(),
                key.name().value(),
                said.qualifiedName())
            .marshal();
    put("certifyInfo", info);
    put("signature", signed(signer, info).marshal());
    return proof.toString();
  }

  private static AsymmetricCipherKeyPair pair() {
    ECKeyPairGenerator generator = new ECKeyPairGenerator();
    generator.init(new ECKeyGenerationParameters(P_256, new SecureRandom()));
    return generator.generateKeyPair();
  }

  private TpmtPublic withPoint(String field, AsymmetricCipherKeyPair pair) {
    ECPoint point = ((ECPublicKeyParameters) pair.getPublic()).getQ().normalize();
    return TpmReader.readAll(get(field), TpmtPublic::read)
        .withUnique(
            new TpmuPublicId.Ecc(
                new TpmsEccPoint(
                    point.getAffineXCoord().getEncoded(), point.getAffineYCoord().getEncoded())));
  }

  private static TpmtSignature signed(AsymmetricCipherKeyPair signer, byte[] info) {
    ECDSASigner ecdsa = new ECDSASigner();
    ecdsa.init(true, signer.getPrivate());
    BigInteger[] signature = ecdsa.generateSignature(Hash.of(TpmAlgId.SHA256, info));
    return new TpmtSignature.Ecc(
        TpmAlgId.ECDSA, TpmAlgId.SHA256, signature[0].toByteArray(), signature[1].toByteArray());
  }

  private byte[] get(String field) {
    return HexFormat.of().parseHex(proof.get(field).asString());
  }

  private void put(String field, byte[] octets) {
    proof.put(field, HexFormat.of().formatHex(octets));
  }
}
