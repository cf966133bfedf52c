package dev.tpm2token.tpm.structure;

import dev.tpm2token.tpm.wire.TpmReader;
import dev.tpm2token.tpm.wire.TpmStructure;
import dev.tpm2token.tpm.wire.TpmWriter;
import java.util.Arrays;

/** TPMT_PUBLIC, an object's public area: Part 2, 12.2.4. Equal where the wire form is. */
@SuppressWarnings("ArrayRecordComponent") // equals compares the wire form
public record TpmtPublic(
    TpmAlgId nameAlg,
    ObjectAttributes objectAttributes,
    byte[] authPolicy,
    TpmuPublicParms parameters,
    TpmuPublicId unique)
    implements TpmStructure {

  public TpmtPublic {
    authPolicy = authPolicy.clone();
  }

  /** A template: no policy, and the TPM fills in {@code unique}. */
  public static TpmtPublic template(ObjectAttributes attributes, TpmuPublicParms parameters) {
    return new TpmtPublic(
        TpmAlgId.SHA256,
        attributes,
        new byte[0],
        parameters,
        TpmuPublicId.empty(parameters.type()));
  }

  public TpmAlgId type() {
    return parameters.type();
  }

  @Override
  public byte[] authPolicy() {
    return authPolicy.clone();
  }

  public TpmtPublic withUnique(TpmuPublicId other) {
    return new TpmtPublic(nameAlg, objectAttributes, authPolicy, parameters, other);
  }

  public TpmtPublic withAuthPolicy(byte[] other) {
    return new TpmtPublic(nameAlg, objectAttributes, other, parameters, unique);
  }

  /** The same, for what a policy alone authorizes. */
  public TpmtPublic underPolicy(byte[] policy) {
    return new TpmtPublic(
        nameAlg,
        objectAttributes.without(ObjectAttributes.USER_WITH_AUTH),
        policy,
        parameters,
        unique);
  }

  /** nameAlg, then the hash of the public area by it: Part 1, 16. */
  public Name name() {
    try (TpmWriter w = new TpmWriter()) {
      nameAlg.write(w);
      return new Name(w.bytes(Hash.of(nameAlg, marshal())).toByteArray());
    }
  }

  @Override
  public void write(TpmWriter w) {
    parameters.type().write(w);
    nameAlg.write(w);
    objectAttributes.write(w);
    w.tpm2b(authPolicy);
    parameters.write(w);
    unique.write(w);
  }

  public static TpmtPublic read(TpmReader r) {
    TpmAlgId type = TpmAlgId.read(r);
    return new TpmtPublic(
        TpmAlgId.read(r),
        ObjectAttributes.read(r),
        r.tpm2b(),
        TpmuPublicParms.read(type, r),
        TpmuPublicId.read(type, r));
  }

  @Override
  public boolean equals(Object other) {
    return this == other
        || (other instanceof TpmtPublic that && Arrays.equals(marshal(), that.marshal()));
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(marshal());
  }
}
