package dev.tpm2token.cli.key;

import dev.tpm2token.cli.CommandException;
import dev.tpm2token.cli.ExitStatus;
import dev.tpm2token.cli.Pem;
import dev.tpm2token.cli.SmallFile;
import dev.tpm2token.token.crypto.Curve;
import dev.tpm2token.token.crypto.PublicKey;
import dev.tpm2token.token.device.PublicAreas;
import dev.tpm2token.tpm.ParentTemplate;
import dev.tpm2token.tpm.TpmException;
import dev.tpm2token.tpm.structure.TpmtPublic;
import dev.tpm2token.tpm.structure.TpmuPublicId;
import dev.tpm2token.tpm.structure.TpmuPublicParms;
import dev.tpm2token.tpm.wire.TpmReader;
import dev.tpm2token.tpm.wire.TpmWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.crypto.params.AsymmetricKeyParameter;
import org.bouncycastle.crypto.params.ECPublicKeyParameters;
import org.bouncycastle.crypto.params.RSAKeyParameters;
import org.bouncycastle.crypto.util.PublicKeyFactory;

/**
 * The public half of a storage key in a file, for which keys are wrapped elsewhere: PEM (PUBLIC
 * KEY), which says enough of a storage key of TCG's templates and which other tools take, or
 * TPM2B_PUBLIC, which says all.
 */
final class StorageKeyFile {
  private static final String PEM_TYPE = "PUBLIC KEY";

  private StorageKeyFile() {}

  /** Whether PEM says enough: all but the key itself is as in TCG's template. */
  static boolean isOfTemplate(TpmtPublic area) {
    return template(PublicAreas.isRsa(area)).parameters().equals(area.parameters())
        && template(PublicAreas.isRsa(area)).nameAlg() == area.nameAlg();
  }

  private static TpmtPublic template(boolean rsa) {
    return (rsa ? ParentTemplate.RSA_H1 : ParentTemplate.ECC_H2).publicArea();
  }

  static String pem(TpmtPublic area) {
    return Pem.of(PEM_TYPE, PublicAreas.publicKey(area).subjectPublicKeyInfo());
  }

  /** TPM2B_PUBLIC. */
  static byte[] sized(TpmtPublic area) {
    try (TpmWriter w = new TpmWriter()) {
      return w.sized(area).toByteArray();
    }
  }

  /**
   * Out of a file, of either form.
   *
   * @throws CommandException where there is none in it
   */
  static TpmtPublic read(Path file) {
    try {
      byte[] content = SmallFile.read(file);
      List<byte[]> blocks = Pem.blocks(PEM_TYPE, content);
      if (blocks.isEmpty()) {
        throw new IllegalArgumentException("no PUBLIC KEY");
      }
      return Pem.isPem(content) ? ofInfo(blocks.getFirst()) : ofTpm(content);
    } catch (IOException e) {
      throw CommandException.unreadable(file, e);
    } catch (TpmException | IllegalArgumentException e) {
      throw new CommandException(
          ExitStatus.FAILED,
          "%s holds no storage key: tpm2-token srk export writes one (%s)"
              .formatted(file, e.getMessage()),
          e);
    }
  }

  private static TpmtPublic ofTpm(byte[] content) {
    TpmtPublic area = TpmReader.readAll(content, r -> r.sized(TpmtPublic::read));
    boolean canWrap =
        switch (area.parameters()) {
          case TpmuPublicParms.Rsa rsa -> rsa.symmetric().keyBits() > 0;
          case TpmuPublicParms.Ecc ecc -> ecc.symmetric().keyBits() > 0;
          default -> false;
        };
    if (!canWrap) {
      throw new IllegalArgumentException("a key that wraps nothing");
    }
    return area;
  }

  private static TpmtPublic ofInfo(byte[] info) throws IOException {
    AsymmetricKeyParameter key = PublicKeyFactory.createKey(SubjectPublicKeyInfo.getInstance(info));
    TpmtPublic template = template(key instanceof RSAKeyParameters);
    return switch (key) {
      case RSAKeyParameters rsa when rsa.getModulus().bitLength() == 2048 ->
          template.withUnique(new TpmuPublicId.Rsa(PublicKey.unsigned(rsa.getModulus(), 256)));
      case ECPublicKeyParameters ec when ec.getParameters().getN().bitLength() == 256 ->
          template.withUnique(
              PublicAreas.of(
                      new PublicKey.Ec(Curve.P_256, ec.getQ().getEncoded(false)),
                      template.objectAttributes())
                  .unique());
      default -> throw new IllegalArgumentException("neither RSA 2048 nor P-256");
    };
  }
}
