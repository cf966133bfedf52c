package dev.tpm2token.tpm;

import dev.tpm2token.tpm.command.Create;
import dev.tpm2token.tpm.command.EvictControl;
import dev.tpm2token.tpm.command.FlushContext;
import dev.tpm2token.tpm.command.GetCapability;
import dev.tpm2token.tpm.command.HMAC_Start;
import dev.tpm2token.tpm.command.Import;
import dev.tpm2token.tpm.command.Load;
import dev.tpm2token.tpm.command.LoadedObject;
import dev.tpm2token.tpm.command.PolicySecret;
import dev.tpm2token.tpm.command.ReadClock;
import dev.tpm2token.tpm.command.ReadPublic;
import dev.tpm2token.tpm.command.SequenceComplete;
import dev.tpm2token.tpm.command.Startup;
import dev.tpm2token.tpm.command.TpmCommand;
import dev.tpm2token.tpm.session.PolicySession;
import dev.tpm2token.tpm.session.Wrapped;
import dev.tpm2token.tpm.structure.Name;
import dev.tpm2token.tpm.structure.ObjectAttributes;
import dev.tpm2token.tpm.structure.TpmHandle;
import dev.tpm2token.tpm.structure.TpmsCapabilityData;
import dev.tpm2token.tpm.structure.TpmsSensitiveCreate;
import dev.tpm2token.tpm.structure.TpmtPublic;
import dev.tpm2token.tpm.structure.TpmtSensitive;
import dev.tpm2token.tpm.structure.TpmtSymDefObject;
import dev.tpm2token.tpm.transport.Transport;
import dev.tpm2token.tpm.transport.TransportSource;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * A lease on the TPM: an open transport, and what we have put into the TPM while we hold it. A
 * caller has it within {@link TpmDevice#call} only, and the handles it gives are good there only.
 */
public final class Tpm {
  private static final byte[] NO_AUTH = {};

  /** No TPM has more sessions or objects to be taken out for one command; one that lies might. */
  private static final int MOST_FREED = 64;

  /** Room for a session is made by saving another one, and room for its context by ending one. */
  private static final int DEEPEST = 2;

  private final TransportSource source;
  private final Passwords passwords;
  private final SecureRandom random;
  private final ObjectSlots slots = new ObjectSlots(this);
  private final Primaries primaries;
  private final Map<TpmHandle, Name> names = new HashMap<>();
  private final Sessions sessions;
  private final Effects effects = new Effects();
  private final long opened = System.nanoTime();
  private final Transport transport;
  private final Execution execution;
  private boolean ended;
  private int depth;

  Tpm(
      TransportSource source,
      Duration patience,
      Passwords passwords,
      KnownParents known,
      SecureRandom random) {
    this.source = source;
    this.passwords = passwords;
    this.random = random;
    this.sessions = new Sessions(this, random);
    this.primaries = new Primaries(this, slots, passwords, known);
    transport = source.open(patience);
    execution = new Execution(transport);
  }

  /** A new piece of work begins. */
  void begin() {
    effects.begin();
  }

  /** Whether all that was sent for this piece of work can be sent again to a TPM that was lost. */
  boolean isRepeatable() {
    return !effects.any();
  }

  /** What is left in the TPM if the way to it is broken now. */
  Remains remains() {
    List<TpmHandle> ours = new ArrayList<>(slots.ours());
    ours.addAll(sessions.handles());
    return new Remains(ours, slots.others(), opened);
  }

  /**
   * Takes out what an earlier lease has left behind, if the TPM has been up since: else it went
   * with its power, and the handles are other objects' now.
   */
  void reclaim(Remains remains) {
    slots.adopt(remains.others());
    long age = (System.nanoTime() - remains.since()) / 1_000_000;
    if (execute(new ReadClock()).time() > age) {
      remains.ours().forEach(this::flush);
    }
  }

  /**
   * Executes a command. Where it wants room in the TPM that there is not, what was least recently
   * used is taken out: a handle from {@link #load} is good until others are loaded.
   *
   * @param authorizations one for each handle that wants one, then any that only encrypt
   * @throws TpmResponseException if the TPM refuses
   */
  public <R> R execute(TpmCommand<R> command, Authorization... authorizations) {
    List<Authorization> list = List.of(authorizations);
    for (int freed = 0; ; freed++) {
      try {
        R response = started(command, list);
        track(command, response);
        return response;
      } catch (TpmResponseException e) {
        if (freed == MOST_FREED || !makeRoom(e, command, list)) {
          throw e;
        }
      }
    }
  }

  /**
   * Makes an object under a parent; it is not loaded.
   *
   * @param secret its authValue, and what to seal in it or nothing
   */
  public KeyBlob create(Parent parent, TpmsSensitiveCreate secret, TpmtPublic template) {
    Create.Response made =
        under(
            parent,
            authorization -> execute(new Create(handle(parent), secret, template), authorization));
    return new KeyBlob(parent, made.outPublic(), made.outPrivate());
  }

  /**
   * Brings a key from elsewhere under a parent; it is not loaded. Its attributes have neither
   * fixedTPM nor fixedParent nor sensitiveDataOrigin.
   */
  public KeyBlob importKey(Parent parent, TpmtPublic publicArea, TpmtSensitive sensitive) {
    Wrapped duplicate = Wrapped.duplicate(parent.publicArea(), publicArea, sensitive, random);
    return importDuplicate(parent, publicArea, duplicate.contents(), duplicate.encryptedSeed());
  }

  /**
   * Brings in what was wrapped for this parent elsewhere; it is not loaded.
   *
   * @param encryptedSeed of its wrapping, as the parent alone can open it
   */
  public KeyBlob importDuplicate(
      Parent parent, TpmtPublic publicArea, byte[] duplicate, byte[] encryptedSeed) {
    byte[] imported =
        under(
            parent,
            authorization ->
                execute(
                    new Import(
                        handle(parent),
                        NO_AUTH,
                        publicArea,
                        duplicate,
                        encryptedSeed,
                        TpmtSymDefObject.NULL),
                    authorization));
    return new KeyBlob(parent, publicArea, imported);
  }

  /** A key that stays loaded until what is returned is closed, whatever else wants room. */
  ObjectSlots.Hold hold(Key key) {
    return slots.hold(load(key));
  }

  /** The handle of a key that the TPM keeps, or that is loaded or is now. */
  public TpmHandle load(Key key) {
    return switch (key) {
      case KeyBlob blob -> load(blob);
      case PersistentKey(TpmHandle handle, TpmtPublic publicArea) -> {
        names.put(handle, publicArea.name());
        effects.isThere(handle, publicArea);
        yield handle;
      }
    };
  }

  /** Loads a key, unless it is loaded. Its Name is checked to be the key's. */
  public TpmHandle load(KeyBlob key) {
    Optional<TpmHandle> loaded = slots.find(key);
    if (loaded.isPresent()) {
      return loaded.get();
    }
    Parent parent = key.parent();
    TpmHandle handle =
        under(
                parent,
                authorization ->
                    execute(
                        new Load(handle(parent), key.privateArea(), key.publicArea()),
                        authorization))
            .objectHandle();
    slots.keep(key, handle);
    return handle;
  }

  /**
   * Authorizes, in an HMAC session whose salt only {@code parent} knows, the use of what has {@code
   * authValue}; parameters that can be are encrypted. A parent has one session in a lease.
   *
   * @param authValue kept by reference: the caller zeroes it after the call
   */
  public Authorization authorize(Parent parent, byte[] authValue) {
    return new Authorization(sessions.hmac(parent), authValue);
  }

  /**
   * Authorizes the next command alone, where the use of something wants a policy satisfied. Its
   * assertions are made now.
   *
   * @throws TpmResponseException where one of them is not true
   */
  public Authorization authorize(Parent parent, byte[] authValue, Policy policy) {
    return policy.isNone()
        ? authorize(parent, authValue)
        : new Authorization(sessions.satisfying(parent, policy), authValue);
  }

  /**
   * Authorizes the next command alone, where what it uses has the policy that a hierarchy's
   * password is known: Part 3, 23.4.
   */
  Authorization authorizeBySecret(TpmHandle hierarchy, byte[] authValue) {
    Parent salt = authValue.length == 0 ? readParent(TpmHandle.NULL) : primaries.confidant();
    PolicySession session = sessions.satisfying(salt, Policy.NONE);
    execute(new PolicySecret(hierarchy, session.handle()), hierarchy(authValue));
    return new Authorization(session, NO_AUTH);
  }

  /** The parent's handle: its own, or that of the primary key made from it. */
  public TpmHandle handle(Parent parent) {
    if (!parent.handle().isPermanent()) {
      names.put(parent.handle(), parent.name());
      return parent.handle();
    }
    Optional<TpmHandle> loaded = slots.find(parent);
    if (loaded.isPresent()) {
      return loaded.get();
    }
    return primaries.load(parent);
  }

  /**
   * The storage key under a handle: a persistent one, or the one that a hierarchy makes of the
   * template {@link ParentTemplate#ECC_H2}, or of {@link ParentTemplate#RSA_H1} where there is no
   * ECC.
   *
   * @throws IllegalArgumentException if it is no storage key
   */
  public Parent readParent(TpmHandle handle) {
    return handle.isPermanent() ? primaries.parent(handle) : persistent(handle);
  }

  /** A parent that a hierarchy makes of a template whose unique is empty. */
  public Parent primary(TpmHandle hierarchy, ParentTemplate template) {
    return primaries.parent(hierarchy, template);
  }

  /**
   * The storage key under {@code handle}; where there is none, the owner makes one and keeps it
   * there. Under a hierarchy it is {@link #readParent}.
   */
  public Parent provision(TpmHandle handle, ParentTemplate template) {
    byte[] ownerAuth = passwords.of(TpmHandle.OWNER);
    try {
      return provision(handle, template, ownerAuth);
    } finally {
      Arrays.fill(ownerAuth, (byte) 0);
    }
  }

  /** The same with the owner's password. */
  public Parent provision(TpmHandle handle, ParentTemplate template, byte[] ownerAuth) {
    try {
      return readParent(handle);
    } catch (TpmResponseException e) {
      if (handle.isPermanent() || !e.is(TpmRc.HANDLE)) {
        throw e;
      }
    }
    try (Primaries.Primary made =
        makePrimary(TpmHandle.OWNER, template.publicArea(), hierarchy(ownerAuth))) {
      execute(new EvictControl(TpmHandle.OWNER, made.handle(), handle), hierarchy(ownerAuth));
    } catch (TpmResponseException e) {
      if (!e.is(TpmRc.NV_DEFINED)) { // another process was faster
        throw e;
      }
    }
    return persistent(handle);
  }

  /**
   * A storage key that a caller is about to trust with a secret: where {@link KnownParents} knows
   * any under its handle, it is one of them.
   *
   * @throws TpmProtocolException if it is another
   */
  public Parent checked(Parent said) {
    return primaries.checked(said);
  }

  /**
   * Authorizes the use of a hierarchy: where it has a password, in a session that keeps that from
   * the bus. Its salt goes to a storage key of {@link KnownParents}. Where none is known it goes to
   * a primary key of the null hierarchy, of which nobody knows whose it is: that hides the password
   * from who listens, and not from who answers in the TPM's place.
   *
   * @throws TpmProtocolException if storage keys are known and none of them is there
   */
  public Authorization hierarchy(byte[] authValue) {
    return authValue.length == 0 ? Authorization.EMPTY : secretly(authValue);
  }

  /** The same where the command has a secret in it, whether the hierarchy has a password or not. */
  Authorization secretly(byte[] authValue) {
    return authorize(primaries.confidant(), authValue);
  }

  /** All handles that the TPM has from {@code first} on, of first's kind. */
  public List<TpmHandle> handles(int first) {
    GetCapability.Response response =
        execute(new GetCapability(TpmsCapabilityData.HANDLES, first, 254));
    return response.capabilityData() instanceof TpmsCapabilityData.Handles(List<TpmHandle> handles)
        ? handles
        : List.of();
  }

  /** Whether the TPM is ours alone, so that what is in it and not ours was left by others. */
  boolean isExclusive() {
    return source.exclusive();
  }

  void forget(Loadable object) {
    slots.forget(object);
  }

  void forgetAll() {
    slots.forgetAll();
  }

  /**
   * Takes all that is ours out of the TPM, puts back what others had there, and lets go of it.
   *
   * @return what could not be taken out or put back
   */
  Optional<Remains> giveBack() {
    try {
      slots.clear();
      sessions.end();
      slots.restoreOthers();
      return Optional.empty();
    } catch (TpmTransportException | TpmProtocolException e) {
      return Optional.of(remains());
    } finally {
      abandon();
    }
  }

  /** Takes something out of the TPM; it may be gone already, if someone has reset the TPM. */
  void flush(TpmHandle handle) {
    try {
      execute(new FlushContext(handle));
    } catch (TpmResponseException e) {
      slots.remove(handle);
    }
  }

  /** Lets go of a TPM that is out of reach. */
  void abandon() {
    if (ended) {
      return;
    }
    ended = true;
    sessions.abandon();
    transport.close();
  }

  private Parent persistent(TpmHandle handle) {
    ReadPublic.Response read = execute(new ReadPublic(handle));
    TpmtPublic publicArea = read.outPublic();
    if (!new Name(read.name()).equals(publicArea.name())) {
      throw new TpmProtocolException("the Name of " + handle + " is not that of its public area");
    }
    if (!publicArea
        .objectAttributes()
        .has(ObjectAttributes.RESTRICTED | ObjectAttributes.DECRYPT)) {
      throw new IllegalArgumentException("the object under " + handle + " is not a storage key");
    }
    Parent parent = new Parent(handle, publicArea);
    names.put(parent.handle(), parent.name());
    return parent;
  }

  /** Notes the Name of an object that is not a parent, for HMACs over commands about it. */
  void name(ReadPublic.Response read, TpmHandle handle) {
    names.put(handle, new Name(read.name()));
  }

  /** Does what the parent authorizes; a refusal is looked into. */
  private <R> R under(Parent parent, Function<Authorization, R> work) {
    byte[] authValue = parent.handle().isPermanent() ? NO_AUTH : passwords.of(parent.handle());
    try {
      return work.apply(authorize(parent, authValue));
    } catch (TpmResponseException e) {
      if (e.rc().kind() != TpmRc.Kind.WARNING && parent.handle().isPersistent()) {
        checkIsThere(parent);
      }
      throw e;
    } finally {
      Arrays.fill(authValue, (byte) 0);
    }
  }

  /**
   * Checks that the TPM has a storage key as it was when it was pinned.
   *
   * @throws TpmProtocolException where it is gone, or another is in its place
   */
  public void check(Parent parent) {
    if (parent.handle().isPermanent()) {
      handle(parent);
    } else {
      checkIsThere(parent);
    }
  }

  private void checkIsThere(Parent parent) {
    try {
      if (execute(new ReadPublic(parent.handle())).outPublic().equals(parent.publicArea())) {
        return;
      }
    } catch (TpmResponseException e) {
      throw new TpmProtocolException(
          "there is no storage key at %s any more: the TPM was cleared, or the key removed; keys made under it cannot be used without it (%s)"
              .formatted(parent.handle(), e.getMessage()));
    }
    throw new TpmProtocolException(
        "the storage key at %s is not the one under which this token was made: this is another TPM, or it was cleared, or the key was replaced; tpm2-token doctor says what to do"
            .formatted(parent.handle()));
  }

  /** Makes a primary key that stays in the TPM until it is closed. */
  Primaries.Primary makePrimary(
      TpmHandle hierarchy, TpmtPublic template, Authorization authorization) {
    return primaries.make(hierarchy, template, authorization);
  }

  /** Starts a TPM that has power and no more. */
  private <R> R started(TpmCommand<R> command, List<Authorization> authorizations) {
    try {
      return sent(command, authorizations);
    } catch (TpmResponseException e) {
      if (!e.is(TpmRc.INITIALIZE) || command instanceof Startup) {
        throw e;
      }
      start();
      return sent(command, authorizations);
    }
  }

  private void start() {
    try {
      sent(new Startup(false), List.of());
    } catch (TpmResponseException e) {
      if (!e.is(TpmRc.INITIALIZE)) { // which says that another was faster
        throw e;
      }
    }
  }

  private <R> R sent(TpmCommand<R> command, List<Authorization> authorizations) {
    if (ended) {
      throw new IllegalStateException("the lease on the TPM has ended");
    }
    effects.sending(command);
    return execution.execute(command, this::name, authorizations);
  }

  private Name name(TpmHandle handle) {
    Name name = handle.isOwnName() ? Name.of(handle) : names.get(handle);
    if (name == null) {
      throw new IllegalStateException("the Name of " + handle + " is not known");
    }
    return name;
  }

  private void track(TpmCommand<?> command, Object response) {
    if (response instanceof LoadedObject loaded) {
      slots.add(loaded.objectHandle());
      Name name = new Name(loaded.name());
      names.put(loaded.objectHandle(), name);
      TpmtPublic publicArea = Effects.publicArea(command, response);
      effects.isThere(loaded.objectHandle(), publicArea);
      if (!name.equals(publicArea.name())) {
        throw new TpmProtocolException("the object's Name is not that of its public area");
      }
    } else if (response instanceof HMAC_Start.Response(TpmHandle sequence)) {
      slots.add(sequence);
      names.put(sequence, Name.NONE);
    } else if (command instanceof SequenceComplete complete) {
      isGone(complete.sequenceHandle());
    } else if (command instanceof FlushContext(TpmHandle flushed)) {
      isGone(flushed);
    }
  }

  private void isGone(TpmHandle handle) {
    slots.remove(handle);
    names.remove(handle);
  }

  private boolean makeRoom(
      TpmResponseException e, TpmCommand<?> command, List<Authorization> authorizations) {
    if (depth == DEEPEST) {
      return false;
    }
    depth++;
    try {
      return switch (Shortage.of(e.rc())) {
        case OBJECTS -> slots.makeRoom(command.handles());
        case SESSIONS -> slots.moveSessionOut() || sessions.dropOne(authorizations);
        case SESSION_HANDLES -> sessions.dropOne(authorizations) || slots.endSavedSession();
        case CONTEXTS -> slots.endSavedSession();
        case NONE -> false;
      };
    } finally {
      depth--;
    }
  }

  boolean isOurSession(TpmHandle handle) {
    return sessions.handles().contains(handle);
  }
}
