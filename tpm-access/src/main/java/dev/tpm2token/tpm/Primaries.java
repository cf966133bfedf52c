package dev.tpm2token.tpm;

import dev.tpm2token.tpm.command.CreatePrimary;
import dev.tpm2token.tpm.command.ReadPublic;
import dev.tpm2token.tpm.structure.TpmHandle;
import dev.tpm2token.tpm.structure.TpmsSensitiveCreate;
import dev.tpm2token.tpm.structure.TpmtPublic;
import dev.tpm2token.tpm.structure.TpmuPublicId;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The primary keys of a lease, and to which key the passwords of hierarchies are told. */
final class Primaries {
  private static final byte[] NO_AUTH = {};

  private final Tpm tpm;
  private final ObjectSlots slots;
  private final Passwords passwords;
  private final KnownParents known;
  private final Map<Made, Parent> met = new HashMap<>();
  private @Nullable Parent confidant;

  private record Made(TpmHandle hierarchy, ParentTemplate template) {}

  Primaries(Tpm tpm, ObjectSlots slots, Passwords passwords, KnownParents known) {
    this.tpm = tpm;
    this.slots = slots;
    this.passwords = passwords;
    this.known = known;
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
    return new Primary(tpm, slots.hold(made.objectHandle()), made.outPublic());
  }

  /** A primary key in the TPM; closing it takes it out. */
  record Primary(Tpm tpm, ObjectSlots.Hold hold, TpmtPublic publicArea) implements AutoCloseable {
    TpmHandle handle() {
      return hold.handle();
    }

    @Override
    public void close() {
      hold.close();
      tpm.flush(handle());
    }
  }

  private CreatePrimary.Response create(TpmHandle hierarchy, TpmtPublic template) {
    byte[] authValue = hierarchy.equals(TpmHandle.NULL) ? new byte[0] : passwords.of(hierarchy);
    try {
      return create(hierarchy, template, tpm.hierarchy(authValue));
    } finally {
      Arrays.fill(authValue, (byte) 0);
    }
  }

  private CreatePrimary.Response create(
      TpmHandle hierarchy, TpmtPublic template, Authorization authorization) {
    TpmsSensitiveCreate noSecret = new TpmsSensitiveCreate(NO_AUTH, NO_AUTH);
    return tpm.execute(new CreatePrimary(hierarchy, noSecret, template), authorization);
  }

  /**
   * The key to which a session is salted that carries a hierarchy's password: a persistent storage
   * key that is known, and checked to be there, because a password that is wrong for it counts.
   * Where none is known the bus is trusted, for the key of the null hierarchy.
   *
   * @throws TpmProtocolException if one is known and none that is known is there
   */
  Parent confidant() {
    List<Parent> persistent =
        known.all().stream().filter(parent -> parent.handle().isPersistent()).distinct().toList();
    if (persistent.isEmpty()) {
      return parent(TpmHandle.NULL);
    }
    Parent found = confidant;
    if (found == null) {
      found =
          persistent.stream()
              .filter(this::isThere)
              .findFirst()
              .orElseThrow(() -> unknown(persistent.getFirst().handle()));
      confidant = found;
    }
    return found;
  }

  private boolean isThere(Parent parent) {
    try {
      ReadPublic.Response read = tpm.execute(new ReadPublic(parent.handle()));
      return read.outPublic().equals(parent.publicArea());
    } catch (TpmResponseException e) {
      if (!e.is(TpmRc.HANDLE)) {
        throw e;
      }
      return false;
    }
  }

  /** A storage key as the TPM says that it is: see {@link Tpm#checked}. */
  Parent checked(Parent said) {
    List<Parent> there =
        known.all().stream()
            .filter(parent -> parent.handle().equals(said.handle()))
            .filter(parent -> !said.handle().isPermanent() || isOfTheSameType(parent, said))
            .toList();
    if (!there.isEmpty() && !there.contains(said)) {
      throw unknown(said.handle());
    }
    return said;
  }

  private static boolean isOfTheSameType(Parent one, Parent other) {
    return one.publicArea().type() == other.publicArea().type();
  }

  private static TpmProtocolException unknown(TpmHandle handle) {
    return new TpmProtocolException(
        "the storage key at %s is not one that tokens of the store were made under, so that it is told no secret: the TPM was cleared, or is another one, or somebody sits between. To take it as it is, use an empty store (TPM2_TOKEN_STORE), or remove the tokens that this TPM does not open"
            .formatted(handle));
  }
}
