package dev.tpm2token.token.keyfile;

import dev.tpm2token.tpm.Policy;
import dev.tpm2token.tpm.TpmException;
import dev.tpm2token.tpm.structure.TpmHandle;
import dev.tpm2token.tpm.structure.TpmtPublic;
import dev.tpm2token.tpm.wire.TpmReader;
import dev.tpm2token.tpm.wire.TpmWriter;
import java.io.IOException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.bouncycastle.asn1.ASN1Boolean;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.ASN1TaggedObject;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERTaggedObject;

/**
 * A key as "ASN.1 Specification for TPM 2.0 Key Files" (J. Bottomley) has it, PEM type {@code TSS2
 * PRIVATE KEY}. Written with the fewest fields: some readers know no more.
 *
 * @param type loadable or importable
 * @param emptyAuth whether the authValue is empty, so that nobody need be asked
 * @param policy what has to be so besides
 * @param secret for an importable key, the encrypted seed of its wrapping, TPM2B_ENCRYPTED_SECRET's
 *     buffer; else empty
 * @param rsaParent whether a parent that is a hierarchy means the RSA primary key of it
 * @param parent a persistent handle, or a hierarchy
 * @param publicArea the key's public area
 * @param privateArea TPM2B_PRIVATE's buffer; of an importable key, the duplicate
 */
@SuppressWarnings("ArrayRecordComponent") // carried, not compared
public record TpmKeyFile(
    Type type,
    boolean emptyAuth,
    Policy policy,
    byte[] secret,
    boolean rsaParent,
    TpmHandle parent,
    TpmtPublic publicArea,
    byte[] privateArea) {
  /** The PEM type. */
  public static final String PEM_TYPE = "TSS2 PRIVATE KEY";

  private static final ASN1ObjectIdentifier TPM_KEYS = new ASN1ObjectIdentifier("2.23.133.10.1");

  // Context-specific tags
  private static final int EMPTY_AUTH = 0;
  private static final int POLICY = 1;
  private static final int SECRET = 2;
  private static final int AUTH_POLICY = 3;
  private static final int RSA_PARENT = 5;

  /** The assertions (Part 3, 23) that want a key, an index, or words of somebody else's. */
  private static final Map<Integer, String> UNMET =
      Map.ofEntries(
          Map.entry(0x149, "PolicyNV"),
          Map.entry(0x151, "PolicySecret"),
          Map.entry(0x160, "PolicySigned"),
          Map.entry(0x163, "PolicyCpHash"),
          Map.entry(0x16A, "PolicyAuthorize"),
          Map.entry(0x170, "PolicyNameHash"),
          Map.entry(0x172, "PolicyTicket"),
          Map.entry(0x188, "PolicyDuplicationSelect"),
          Map.entry(0x190, "PolicyTemplate"),
          Map.entry(0x192, "PolicyAuthorizeNV"),
          Map.entry(0x19B, "PolicyCapability"),
          Map.entry(0x19C, "PolicyParameters"));

  /** What a file holds. */
  public enum Type {
    /** A key that its parent loads. */
    LOADABLE("3"),
    /** A key that its parent imports first. */
    IMPORTABLE("4"),
    /** Sealed data, and no key. */
    SEALED("5");

    private final String arc;

    Type(String arc) {
      this.arc = arc;
    }

    private ASN1ObjectIdentifier oid() {
      return TPM_KEYS.branch(arc);
    }

    private static Type of(ASN1ObjectIdentifier oid) {
      for (Type each : values()) {
        if (each.oid().equals(oid)) {
          return each;
        }
      }
      throw new IllegalArgumentException("a TPM key file of the unknown type " + oid);
    }
  }

  /** One that its parent loads, where no policy is to be satisfied. */
  public static TpmKeyFile loadable(
      TpmHandle parent, boolean rsaParent, TpmtPublic area, byte[] privateArea, boolean emptyAuth) {
    return new TpmKeyFile(
        Type.LOADABLE, emptyAuth, Policy.NONE, new byte[0], rsaParent, parent, area, privateArea);
  }

  /** The DER of TPMKey. */
  public byte[] encode() {
    ASN1EncodableVector key = new ASN1EncodableVector();
    key.add(type.oid());
    // Always said, though absent means false: tpm2-openssl 1.1 takes absent for true.
    key.add(tagged(EMPTY_AUTH, ASN1Boolean.getInstance(emptyAuth)));
    if (!policy.isNone()) {
      key.add(tagged(POLICY, sequence(policy.steps().stream().map(TpmKeyFile::step).toList())));
    }
    if (type == Type.IMPORTABLE) {
      key.add(tagged(SECRET, new DEROctetString(sized(secret))));
    }
    if (rsaParent) {
      key.add(tagged(RSA_PARENT, ASN1Boolean.TRUE));
    }
    key.add(new ASN1Integer(Integer.toUnsignedLong(parent.value())));
    key.add(new DEROctetString(sized(publicArea.marshal())));
    key.add(new DEROctetString(sized(privateArea)));
    try {
      return new DERSequence(key).getEncoded("DER");
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static DERSequence step(Policy.Step step) {
    return sequence(
        List.of(
            tagged(0, new ASN1Integer(step.code().value())),
            tagged(1, new DEROctetString(step.parameters()))));
  }

  private static DERSequence sequence(List<? extends ASN1Encodable> elements) {
    ASN1EncodableVector all = new ASN1EncodableVector();
    elements.forEach(all::add);
    return new DERSequence(all);
  }

  private static DERTaggedObject tagged(int tag, ASN1Encodable value) {
    return new DERTaggedObject(true, tag, value);
  }

  private static byte[] sized(byte[] buffer) {
    try (TpmWriter w = new TpmWriter()) {
      return w.tpm2b(buffer).toByteArray();
    }
  }

  /**
   * A key out of its DER.
   *
   * @throws UnmetPolicyException where it has a policy that cannot be satisfied here
   * @throws IllegalArgumentException where it is none
   */
  public static TpmKeyFile decode(byte[] der) {
    try {
      ASN1Sequence sequence = ASN1Sequence.getInstance(der);
      Type type = Type.of(ASN1ObjectIdentifier.getInstance(sequence.getObjectAt(0)));
      Map<Integer, ASN1Encodable> optional = new TreeMap<>();
      int next = 1;
      while (sequence.getObjectAt(next) instanceof ASN1TaggedObject field) {
        optional.put(field.getTagNo(), field.getExplicitBaseObject());
        next++;
      }
      return new TpmKeyFile(
          type,
          isTrue(optional, EMPTY_AUTH),
          policy(optional),
          optional.containsKey(SECRET) ? buffer(optional.get(SECRET)) : new byte[0],
          isTrue(optional, RSA_PARENT),
          handle(ASN1Integer.getInstance(sequence.getObjectAt(next)).getValue()),
          TpmReader.readAll(octets(sequence.getObjectAt(next + 1)), r -> r.sized(TpmtPublic::read)),
          buffer(sequence.getObjectAt(next + 2)));
    } catch (TpmException | ArrayIndexOutOfBoundsException | IllegalStateException e) {
      throw new IllegalArgumentException("that is no TPM key file: " + e.getMessage(), e);
    }
  }

  /** Any octet but zero is true: some write 01. */
  private static boolean isTrue(Map<Integer, ASN1Encodable> optional, int tag) {
    return optional.get(tag) instanceof ASN1Boolean value && value.isTrue();
  }

  /** Old writers on 32-bit machines wrote a negative number. */
  private static TpmHandle handle(BigInteger number) {
    TpmHandle handle = new TpmHandle(number.intValue());
    if (number.bitLength() > Integer.SIZE || !(handle.isPersistent() || handle.isPermanent())) {
      throw new IllegalArgumentException(
          "its parent is neither a persistent handle nor a hierarchy: 0x" + number.toString(16));
    }
    return handle;
  }

  private static Policy policy(Map<Integer, ASN1Encodable> optional) {
    if (optional.containsKey(AUTH_POLICY)) {
      throw new UnmetPolicyException(
          "its policy is one that somebody has to sign for (TPM2_PolicyAuthorize): such a key"
              + " cannot be used here");
    }
    List<Policy.Step> steps = new ArrayList<>();
    if (optional.containsKey(POLICY)) {
      for (ASN1Encodable each : ASN1Sequence.getInstance(optional.get(POLICY))) {
        steps.add(step(ASN1Sequence.getInstance(each)));
      }
    }
    return new Policy(steps);
  }

  private static Policy.Step step(ASN1Sequence step) {
    int code = ASN1Integer.getInstance(field(step, 0)).intValueExact();
    Optional<Policy.Step> known = Policy.Step.of(code, octets(field(step, 1)));
    return known.orElseThrow(
        () ->
            new UnmetPolicyException(
                "its policy has TPM2_%s, which wants more than is at hand here: such a key cannot be used here"
                    .formatted(UNMET.getOrDefault(code, "command 0x%X".formatted(code)))));
  }

  private static ASN1Encodable field(ASN1Sequence sequence, int index) {
    return ASN1TaggedObject.getInstance(sequence.getObjectAt(index)).getExplicitBaseObject();
  }

  private static byte[] octets(ASN1Encodable string) {
    return ASN1OctetString.getInstance(string).getOctets();
  }

  private static byte[] buffer(ASN1Encodable string) {
    return TpmReader.readAll(octets(string), TpmReader::tpm2b);
  }
}
