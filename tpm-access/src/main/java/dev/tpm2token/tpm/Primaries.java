package dev.tpm2token.tpm;

import dev.tpm2token.tpm.command.CreatePrimary;
import dev.tpm2token.tpm.structure.TpmHandle;
import dev.tpm2token.tpm.structure.TpmsSensitiveCreate;
import dev.tpm2token.tpm.structure.TpmtPublic;
import dev.tpm2token.tpm.structure.TpmuPublicId;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/** The primary keys of a lease, and what a hierarchy's password authorizes. */
final class Primaries {
  private static final byte[] NO_AUTH = {};

  private final Tpm tpm;
  private final ObjectSlots slots;
  private final Passwords passwords;
  private final Map<Made, Parent> met = new HashMap<>();

  private record Made(TpmHandle hierarchy, ParentTemplate template) {}

  Primaries(Tpm tpm, ObjectSlots slots, Passwords passwords) {
    this.tpm = tpm;
    this.slots = slots;
    this.passwords = passwords;
  }

  /** The storage key that a hierarchy makes of {@code template}: made once in a lease. */
  Parent parent(TpmHandle hierarchy, ParentTemplate template) {
    Made made = new Made(hierarchy, template);
    Parent known = met.get(made);
    if (known == null) {
      CreatePrimary.Response response = create(hierarchy, template.publicArea());
      known = new Parent(hierarchy, response.outPublic());
      slots.keep(known, response.objectHandle());
      met.put(made, known);
    }
    return known;
  }

  /** The one that TPM 2.0 key files name by its hierarchy alone, or what there is in its place. */
  Parent parent(TpmHandle hierarchy) {
    try {
      return parent(hierarchy, ParentTemplate.ECC_H2);
    } catch (TpmResponseException e) {
      if (e.rc().kind() != TpmRc.Kind.PARAMETER) { // only the template is one that it may not know
        throw e;
      }
      return parent(hierarchy, ParentTemplate.RSA_H1);
    }
  }

  /** Makes a hierarchy's storage key again; that it is the same is checked. */
  TpmHandle load(Parent parent) {
    TpmtPublic template =
        parent.publicArea().withUnique(TpmuPublicId.empty(parent.publicArea().type()));
    CreatePrimary.Response made = create(parent.handle(), template);
    if (!made.outPublic().equals(parent.publicArea())) {
      throw another(parent);
    }
    slots.keep(parent, made.objectHandle());
    return made.objectHandle();
  }

  private TpmException another(Parent parent) {
    return parent.handle().equals(TpmHandle.NULL) && met.containsValue(parent)
        ? new TpmTransportException("the TPM was reset: the seed of its null hierarchy is another")
        : new TpmProtocolException(
            "the storage key of the hierarchy %s is not the one under which this token was made: the TPM was cleared, or is another one"
                .formatted(parent.handle()));
  }

  /** Makes a primary key that stays in the TPM until it is closed. */
  Primary make(TpmHandle hierarchy, TpmtPublic template, Authorization authorization) {
    CreatePrimary.Response made = create(hierarchy, template, authorization);
    return new Primary(tpm, slots.pin(made.objectHandle()), made.outPublic());
  }

  /** A primary key in the TPM; closing it takes it out. */
  record Primary(Tpm tpm, ObjectSlots.Pin pin, TpmtPublic publicArea) implements AutoCloseable {
    TpmHandle handle() {
      return pin.handle();
    }

    @Override
    public void close() {
      pin.close();
      tpm.flush(handle());
    }
  }

  private CreatePrimary.Response create(TpmHandle hierarchy, TpmtPublic template) {
    byte[] authValue = hierarchy.equals(TpmHandle.NULL) ? new byte[0] : passwords.of(hierarchy);
    try {
      return create(hierarchy, template, authorize(authValue));
    } finally {
      Arrays.fill(authValue, (byte) 0);
    }
  }

  private CreatePrimary.Response create(
      TpmHandle hierarchy, TpmtPublic template, Authorization authorization) {
    TpmsSensitiveCreate noSecret = new TpmsSensitiveCreate(NO_AUTH, NO_AUTH);
    return tpm.execute(new CreatePrimary(hierarchy, noSecret, template), authorization);
  }

  /** Authorizes the use of a hierarchy: see {@link Tpm#hierarchy}. */
  Authorization authorize(byte[] authValue) {
    return authValue.length == 0
        ? Authorization.EMPTY
        : tpm.authorize(parent(TpmHandle.NULL), authValue);
  }
}
