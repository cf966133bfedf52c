package dev.tpm2token.tpm;

import dev.tpm2token.tpm.command.PolicyRestart;
import dev.tpm2token.tpm.command.PolicyStep;
import dev.tpm2token.tpm.command.StartAuthSession;
import dev.tpm2token.tpm.session.HmacSession;
import dev.tpm2token.tpm.session.PolicySession;
import dev.tpm2token.tpm.session.Salt;
import dev.tpm2token.tpm.session.Session;
import dev.tpm2token.tpm.structure.TpmHandle;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedSet;

/** Our sessions of a lease: for each storage key one HMAC session and one policy session. */
final class Sessions {
  private final Tpm tpm;
  private final SecureRandom random;
  private final Map<Parent, HmacSession> hmac = new HashMap<>();
  private final Map<Parent, PolicySession> policy = new HashMap<>();

  /** All of them, the least recently used first. */
  private final SequencedSet<Session> all = new LinkedHashSet<>();

  Sessions(Tpm tpm, SecureRandom random) {
    this.tpm = tpm;
    this.random = random;
  }

  /** The HMAC session whose salt only {@code parent} knows. */
  HmacSession hmac(Parent parent) {
    HmacSession session = hmac.get(parent);
    if (session == null) {
      session = start(parent, StartAuthSession.HMAC);
      hmac.put(parent, session);
    }
    all.addLast(session);
    return session;
  }

  /** The policy session with the assertions of a policy made in it, and no others. */
  PolicySession satisfying(Parent parent, Policy wanted) {
    PolicySession session = policy.get(parent);
    if (session == null) {
      session = new PolicySession(start(parent, StartAuthSession.POLICY));
      policy.put(parent, session);
    }
    all.addLast(session);
    TpmHandle handle = session.handle();
    if (!session.isFresh()) {
      tpm.execute(new PolicyRestart(handle));
    }
    session.take(wanted);
    wanted.assertions().forEach(step -> tpm.execute(new PolicyStep(handle, step)));
    return session;
  }

  private HmacSession start(Parent parent, int type) {
    TpmHandle key = tpm.handle(parent);
    byte[] nonceCaller = new byte[HmacSession.NONCE_LENGTH];
    random.nextBytes(nonceCaller);
    try (Salt salt = Salt.of(parent.publicArea(), Salt.SECRET, random)) {
      StartAuthSession.Response started =
          tpm.execute(
              new StartAuthSession(
                  key,
                  TpmHandle.NULL,
                  nonceCaller,
                  salt.encrypted(),
                  type,
                  HmacSession.SYMMETRIC,
                  HmacSession.HASH));
      return new HmacSession(
          started.sessionHandle(), nonceCaller, started.nonceTpm(), salt.value(), random);
    }
  }

  List<TpmHandle> handles() {
    return all.stream().map(Session::handle).toList();
  }

  /** Ends the one that was used longest ago, by whatever but the command at hand, if there is. */
  boolean dropOne(List<Authorization> inUse) {
    Optional<Session> idle =
        all.stream()
            .filter(session -> inUse.stream().noneMatch(each -> each.session() == session))
            .findFirst();
    idle.ifPresent(this::end);
    return idle.isPresent();
  }

  /** Ends all of them. */
  void end() {
    List.copyOf(all).forEach(this::end);
  }

  private void end(Session session) {
    tpm.flush(session.handle());
    forget(session);
  }

  /** Zeroes what we know of them, where the TPM is out of reach. */
  void abandon() {
    List.copyOf(all).forEach(this::forget);
  }

  private void forget(Session session) {
    session.close();
    all.remove(session);
    hmac.values().remove(session);
    policy.values().remove(session);
  }
}
