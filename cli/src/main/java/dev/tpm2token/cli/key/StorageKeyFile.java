package dev.tpm2token.cli.key;

import dev.tpm2token.cli.CommandException;
import dev.tpm2token.cli.ExitStatus;
import dev.tpm2token.cli.Pem;
import dev.tpm2token.cli.SmallFile;
import dev.tpm2token.cli.Texts;
import dev.tpm2token.token.CryptokiException;
import dev.tpm2token.token.crypto.Curve;
import dev.tpm2token.token.crypto.PublicKey;
import dev.tpm2token.token.device.PublicAreas;
import dev.tpm2token.tpm.ParentTemplate;
import dev.tpm2token.tpm.TpmException;
import dev.tpm2token.tpm.structure.ObjectAttributes;
import dev.tpm2token.tpm.structure.TpmtPublic;
import dev.tpm2token.tpm.structure.TpmuPublicId;
import dev.tpm2token.tpm.structure.TpmuPublicParms;
import dev.tpm2token.tpm.wire.TpmReader;
import dev.tpm2token.tpm.wire.TpmWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.crypto.params.AsymmetricKeyParameter;
import org.bouncycastle.crypto.params.ECPublicKeyParameters;
import org.bouncycastle.crypto.params.RSAKeyParameters;
import org.bouncycastle.crypto.util.PublicKeyFactory;
import org.jspecify.annotations.Nullable;

/**
 * The public half of a storage key in a file, for which keys are wrapped elsewhere: PEM (PUBLIC
 * KEY), which says enough of a storage key of TCG's templates and which other tools take, or
 * TPM2B_PUBLIC, which says all. PEM has the key's Name in the text before it: without that nobody
 * could tell a storage key's from any other.
 */
final class StorageKeyFile {
  private static final String PEM_TYPE = "PUBLIC KEY";
  private static final String TEXT = "TPM 2.0 storage key, Name ";
  private static final Pattern NAME = Pattern.compile(TEXT + "([0-9a-f]+)");

  private StorageKeyFile() {}

  /** Whether PEM says enough: out of it comes the same key, of the same Name. */
  static boolean isOfTemplate(TpmtPublic area) {
    try {
      return name(ofInfo(PublicAreas.publicKey(area).subjectPublicKeyInfo())).equals(name(area));
    } catch (IOException | IllegalArgumentException | CryptokiException e) {
      return false;
    }
  }

  private static TpmtPublic template(boolean rsa) {
    return (rsa ? ParentTemplate.RSA_H1 : ParentTemplate.ECC_H2).publicArea();
  }

  /** The TPM's Name of a key, in hex. */
  static String name(TpmtPublic area) {
    return HexFormat.of().formatHex(area.name().value());
  }

  static String pem(TpmtPublic area) {
    return TEXT
        + name(area)
        + "\n"
        + Pem.of(PEM_TYPE, PublicAreas.publicKey(area).subjectPublicKeyInfo());
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
   * @param wanted the Name that it has to have; without it, the file's own word is taken
   * @throws CommandException where there is none in it, or another one
   */
  static TpmtPublic read(Path file, @Nullable String wanted) {
    byte[] content = SmallFile.read(file);
    try {
      TpmtPublic area = Pem.isPem(content) ? ofPem(content) : ofTpm(content);
      Optional<String> said =
          Optional.ofNullable(wanted).or(() -> Pem.isPem(content) ? named(content) : named(area));
      if (said.isEmpty()) {
        throw new CommandException(
            ExitStatus.FAILED,
            "%s does not say that it is a storage key's: take what srk export writes there, or give by --name the Name that the TPM there has for it"
                .formatted(file));
      }
      if (!said.get().equals(name(area))) {
        throw new CommandException(
            ExitStatus.REFUSED,
            "%s is not the storage key of the Name %s, but of %s"
                .formatted(file, said.get(), name(area)));
      }
      return area;
    } catch (IOException | TpmException | IllegalArgumentException e) {
      throw new CommandException(
          ExitStatus.FAILED,
          "%s holds no storage key: tpm2-token srk export writes one (%s)"
              .formatted(file, Texts.shown(String.valueOf(e.getMessage()))),
          e);
    }
  }

  private static Optional<String> named(TpmtPublic area) {
    return Optional.of(name(area));
  }

  private static Optional<String> named(byte[] pem) {
    Matcher text = NAME.matcher(new String(pem, StandardCharsets.ISO_8859_1));
    return text.find() ? Optional.of(text.group(1)) : Optional.empty();
  }

  private static TpmtPublic ofPem(byte[] content) throws IOException {
    List<byte[]> blocks = Pem.blocks(PEM_TYPE, content);
    if (blocks.isEmpty()) {
      throw new IllegalArgumentException("no PUBLIC KEY");
    }
    return ofInfo(blocks.getFirst());
  }

  private static TpmtPublic ofTpm(byte[] content) {
    TpmtPublic area = TpmReader.readAll(content, r -> r.sized(TpmtPublic::read));
    boolean hasCipher =
        switch (area.parameters()) {
          case TpmuPublicParms.Rsa rsa -> rsa.symmetric().keyBits() > 0;
          case TpmuPublicParms.Ecc ecc -> ecc.symmetric().keyBits() > 0;
          default -> false;
        };
    if (!hasCipher
        || !area.objectAttributes().has(ObjectAttributes.RESTRICTED | ObjectAttributes.DECRYPT)) {
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
