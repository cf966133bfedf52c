package dev.tpm2token.token.device;

import static dev.tpm2token.token.ReturnValue.CKR_DEVICE_ERROR;

import dev.tpm2token.token.CryptokiException;
import dev.tpm2token.token.crypto.HashAlgorithm;
import dev.tpm2token.token.store.TokenRecord;
import dev.tpm2token.tpm.Capabilities;
import dev.tpm2token.tpm.KeyBlob;
import dev.tpm2token.tpm.Parent;
import dev.tpm2token.tpm.Tpm;
import dev.tpm2token.tpm.TpmDevice;
import dev.tpm2token.tpm.command.EncryptDecrypt2;
import dev.tpm2token.tpm.command.HMAC;
import dev.tpm2token.tpm.command.HMAC_Start;
import dev.tpm2token.tpm.command.SequenceComplete;
import dev.tpm2token.tpm.command.SequenceUpdate;
import dev.tpm2token.tpm.command.TpmCc;
import dev.tpm2token.tpm.structure.ObjectAttributes;
import dev.tpm2token.tpm.structure.TpmAlgId;
import dev.tpm2token.tpm.structure.TpmHandle;
import dev.tpm2token.tpm.structure.TpmsSensitiveCreate;
import dev.tpm2token.tpm.structure.TpmtPublic;
import dev.tpm2token.tpm.structure.TpmtScheme;
import dev.tpm2token.tpm.structure.TpmtSymDefObject;
import dev.tpm2token.tpm.structure.TpmuPublicParms;
import java.util.Arrays;
import java.util.Set;
import java.util.function.Supplier;

/** Secret keys in the TPM: made, brought in, and used. */
public final class TpmSecretKeys {
  /** Bytes of the longest HMAC key that a TPM takes: a block of nameAlg's hash, SHA-256. */
  private static final int LONGEST = 64;

  private static final int BLOCK = 16;
  private static final byte[] NO_AUTH = {};

  /** What the modes of PKCS#11 are made of; PTP wants of a chip CFB alone. */
  private static final Set<TpmAlgId> MODES =
      Set.of(TpmAlgId.ECB, TpmAlgId.CBC, TpmAlgId.CFB, TpmAlgId.OFB);

  private static final Set<TpmCc> HMACS =
      Set.of(TpmCc.HMAC, TpmCc.HMAC_Start, TpmCc.SequenceUpdate, TpmCc.SequenceComplete);

  /**
   * Data that went through a cipher.
   *
   * @param iv with which what follows goes on
   */
  @SuppressWarnings("ArrayRecordComponent") // carried, not compared
  public record Ciphered(byte[] data, byte[] iv) {}

  private final TpmDevice device;
  private final TpmKeys keys;
  private final Supplier<Capabilities> capabilities;

  TpmSecretKeys(TpmDevice device, TpmKeys keys, Supplier<Capabilities> capabilities) {
    this.device = device;
    this.keys = keys;
    this.capabilities = capabilities;
  }

  /** Whether the TPM does with AES keys of so many bytes all that they are for. */
  public boolean holdsAes(int bytes) {
    Capabilities known = capabilities.get();
    return known.has(TpmCc.EncryptDecrypt2)
        && known.aesKeyBits().contains(Byte.SIZE * bytes)
        && MODES.stream().allMatch(known::has);
  }

  /** Whether the TPM makes HMACs with a secret of so many bytes. */
  public boolean holdsGeneric(int bytes) {
    Capabilities known = capabilities.get();
    return bytes <= LONGEST && HMACS.stream().allMatch(known::has);
  }

  /** Has the TPM make an AES key of so many bytes. */
  public KeyBlob generateAes(TokenRecord.ParentKey parent, int bytes, byte[] auth) {
    return create(parent, aes(bytes), TpmKeys.MADE, new TpmsSensitiveCreate(auth, NO_AUTH));
  }

  /** Gives an AES key to the TPM. It goes there encrypted; the bytes stay the caller's to zero. */
  public KeyBlob importAes(TokenRecord.ParentKey parent, byte[] key, byte[] auth) {
    return give(parent, aes(key.length), key, auth);
  }

  /** Gives it a generic secret, for HMACs with whatever hash. */
  public KeyBlob importGeneric(TokenRecord.ParentKey parent, byte[] secret, byte[] auth) {
    return give(parent, new TpmuPublicParms.KeyedHash(TpmtScheme.NULL), secret, auth);
  }

  private KeyBlob give(
      TokenRecord.ParentKey parent, TpmuPublicParms parameters, byte[] secret, byte[] auth) {
    return create(
        parent,
        parameters,
        TpmKeys.MADE.without(ObjectAttributes.SENSITIVE_DATA_ORIGIN),
        new TpmsSensitiveCreate(auth, secret));
  }

  private KeyBlob create(
      TokenRecord.ParentKey parentKey,
      TpmuPublicParms parameters,
      ObjectAttributes attributes,
      TpmsSensitiveCreate secret) {
    Parent parent = parentKey.parent();
    TpmtPublic template = TpmtPublic.template(attributes, parameters);
    return device.call(tpm -> tpm.create(parent, secret, template));
  }

  private static TpmuPublicParms aes(int bytes) {
    return new TpmuPublicParms.SymCipher(
        new TpmtSymDefObject(TpmAlgId.AES, Byte.SIZE * bytes, TpmAlgId.NULL));
  }

  /** Bytes of whole blocks that the TPM takes at once. */
  public int blocksAtOnce() {
    return Math.max(1, capabilities.get().inputBuffer() / BLOCK) * BLOCK;
  }

  /**
   * Puts data through AES, a command for as much as the TPM takes at once.
   *
   * @param mode ECB, CBC, CFB or OFB
   * @param data whole blocks for ECB and CBC
   * @param iv none for ECB
   */
  public Ciphered cipher(KeyInUse key, TpmAlgId mode, boolean decrypting, byte[] data, byte[] iv) {
    byte[] result = new byte[data.length];
    byte[] chained = iv;
    int most = blocksAtOnce();
    for (int done = 0; done < data.length; done += most) {
      byte[] part = Arrays.copyOfRange(data, done, Math.min(data.length, done + most));
      byte[] now = chained;
      EncryptDecrypt2.Response response =
          keys.use(key, handle -> new EncryptDecrypt2(handle, part, decrypting, mode, now));
      Arrays.fill(part, (byte) 0);
      byte[] out = checked(response.outData(), part.length);
      System.arraycopy(out, 0, result, done, out.length);
      Arrays.fill(out, (byte) 0);
      chained = response.ivOut();
    }
    return new Ciphered(result, chained);
  }

  /**
   * An HMAC: in one command, or a sequence where the data are longer than the TPM takes at once.
   */
  public byte[] hmac(KeyInUse key, HashAlgorithm hash, byte[] data) {
    TpmAlgId algorithm = hash.tpmAlgorithm().orElseThrow();
    int most = blocksAtOnce();
    byte[] mac =
        data.length <= most
            ? keys.use(key, handle -> new HMAC(handle, data, algorithm))
            : keys.use(key, (tpm, auth) -> sequence(tpm, key, auth, algorithm, data, most));
    return checked(mac, hash.length());
  }

  private static byte[] checked(byte[] result, int length) {
    if (result.length != length) {
      throw new CryptokiException(
          CKR_DEVICE_ERROR, "the TPM gave %d bytes for %d".formatted(result.length, length));
    }
    return result;
  }

  private static byte[] sequence(
      Tpm tpm, KeyInUse key, byte[] auth, TpmAlgId algorithm, byte[] data, int most) {
    TpmHandle sequence =
        TpmKeys.execute(tpm, key, auth, handle -> new HMAC_Start(handle, NO_AUTH, algorithm))
            .sequenceHandle();
    int done = 0;
    for (; data.length - done > most; done += most) {
      tpm.execute(
          new SequenceUpdate(sequence, Arrays.copyOfRange(data, done, done + most)),
          tpm.authorize(key.parent(), NO_AUTH));
    }
    return tpm.execute(
        new SequenceComplete(sequence, Arrays.copyOfRange(data, done, data.length)),
        tpm.authorize(key.parent(), NO_AUTH));
  }
}
