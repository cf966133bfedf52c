package dev.tpm2token.tpm;

import dev.tpm2token.tpm.transport.Tcti;
import dev.tpm2token.tpm.transport.TransportSource;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One TPM as this process uses it: for any number of threads, one at a time. A TPM that only one
 * process can have is leased: opened when there is something to do, kept while there is more, given
 * back soon after.
 */
public final class TpmDevice implements AutoCloseable {
  /** How long the thread waits for another lease before it ends. */
  private static final long LINGER_NANOS = 1_000_000_000L;

  /**
   * A TPM behind a resource manager disturbs nobody by what we hold. But a session that is idle for
   * very long keeps all others from starting any (TPM_RC_CONTEXT_GAP: Part 1, 30.5).
   */
  private static final long SHARED_IDLE_NANOS = 10_000_000_000L;

  /** How often work is begun while the TPM is lost again and again. */
  private static final int ATTEMPTS = 4;

  private final TransportSource source;
  private final LeasePolicy policy;
  private final Passwords passwords;
  private final KnownParents known;
  private final ThreadFactory threads;
  private final ReentrantLock lock = new ReentrantLock(true);
  private final Condition changed = lock.newCondition();
  private final List<Remains> remains = new ArrayList<>();
  private @Nullable SecureRandom random;
  private @Nullable Tpm lease;
  private @Nullable Thread keeper;
  private long openedAt;
  private long usedAt;
  private boolean exclusive;
  private boolean closed;

  public TpmDevice(Tcti tcti, LeasePolicy policy) {
    this((TransportSource) tcti, policy);
  }

  /** With transports from elsewhere, or with layers on them. */
  public TpmDevice(TransportSource source, LeasePolicy policy) {
    this(source, policy, Passwords.NONE);
  }

  /** Where hierarchies or a storage key have passwords. */
  public TpmDevice(TransportSource source, LeasePolicy policy, Passwords passwords) {
    this(source, policy, passwords, KnownParents.NONE);
  }

  /** Where storage keys were met before, so that secrets need not go to whatever key is there. */
  public TpmDevice(
      TransportSource source, LeasePolicy policy, Passwords passwords, KnownParents known) {
    this(source, policy, passwords, known, TpmDevice::thread);
  }

  TpmDevice(
      TransportSource source,
      LeasePolicy policy,
      Passwords passwords,
      KnownParents known,
      ThreadFactory threads) {
    this.source = source;
    this.policy = policy;
    this.passwords = passwords;
    this.known = known;
    this.threads = threads;
  }

  /**
   * Does some work while the TPM is held, and nobody else's in between. May be nested. If the TPM
   * is lost on the way, because it was reset or the connection was cut, the work is done once more,
   * whole, with a new session and with its keys loaded again; unless what was sent may have had an
   * effect that must not be had twice.
   *
   * @throws TpmException as the TPM or the way to it fails
   */
  public <T> T call(Function<Tpm, T> work) {
    lock.lock();
    try {
      return locked(work);
    } finally {
      lock.unlock();
    }
  }

  private <T> T locked(Function<Tpm, T> work) {
    boolean outermost = lock.getHoldCount() == 1;
    try {
      return outermost ? untilDone(work) : work.apply(lease());
    } finally {
      usedAt = System.nanoTime();
      if (outermost) {
        afterCall();
      }
    }
  }

  private <T> T untilDone(Function<Tpm, T> work) {
    long start = System.nanoTime();
    for (int attempt = 1; ; attempt++) {
      try {
        Tpm tpm = lease();
        tpm.begin();
        return work.apply(tpm);
      } catch (TpmException e) {
        boolean repeatable = lease != null && lease.isRepeatable();
        boolean lost = isLost(e, attempt);
        if (!lost
            || !repeatable
            || attempt == ATTEMPTS
            || System.nanoTime() - start > policy.patience().toNanos()) {
          throw e;
        }
      }
    }
  }

  /** Ends a lease that is good for nothing any more; whether that can be why the work failed. */
  private boolean isLost(TpmException failure, int attempt) {
    return switch (failure) {
      case TpmTransportException e -> {
        abandon();
        yield true;
      }
      case TpmProtocolException e -> {
        giveBack(); // the sessions' nonces are not to be trusted any more
        yield false;
      }
      case TpmResponseException e -> {
        boolean stale = isStale(e);
        if (stale) {
          giveBack();
        }
        yield stale && attempt == 1;
      }
    };
  }

  /**
   * What a TPM says that was reset behind an open transport, as by a suspension or a simulator's
   * power switch: it does not have our sessions and objects; or has others at their handles, so
   * that an HMAC is wrong. (BAD_AUTH is about an object that wrong ones do no harm to.)
   */
  private static boolean isStale(TpmResponseException e) {
    return e.rc().isReference() || e.is(TpmRc.BAD_AUTH) || e.is(TpmRc.CONTEXT_GAP);
  }

  /** Takes a key out of the TPM, if it is loaded. */
  public void forget(KeyBlob key) {
    whileLeased(tpm -> tpm.forget(key));
  }

  /** Takes all keys out of the TPM. */
  public void forgetAll() {
    whileLeased(Tpm::forgetAll);
  }

  /**
   * Gives the TPM back with nothing of ours in it, and ends the thread. No call succeeds after it.
   */
  @Override
  public void close() {
    Thread toJoin;
    lock.lock();
    try {
      closed = true;
      giveBack();
      toJoin = keeper;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    if (toJoin != null && toJoin != Thread.currentThread()) {
      join(toJoin);
    }
  }

  private Tpm lease() {
    if (closed) {
      throw new IllegalStateException("the TPM was closed");
    }
    boolean outermost = lock.getHoldCount() == 1;
    if (outermost && !policy.threads() && System.nanoTime() - usedAt > idleNanos()) {
      giveBack(); // where no thread does it
    }
    Tpm current = lease;
    if (current == null) {
      if (random == null) {
        random = new SecureRandom(); // not before it is needed: it opens files
      }
      current = new Tpm(source, policy.patience(), passwords, known, random);
      lease = current;
      openedAt = System.nanoTime();
      exclusive = source.exclusive();
      changed.signalAll(); // the thread may have gone to sleep for longer
      while (exclusive && !remains.isEmpty()) {
        current.reclaim(remains.removeLast());
      }
    }
    return current;
  }

  private void whileLeased(Consumer<Tpm> work) {
    lock.lock();
    try {
      if (lease != null) {
        work.accept(lease);
      }
    } catch (TpmTransportException e) {
      abandon(); // and nothing of ours is left
    } finally {
      lock.unlock();
    }
  }

  private void afterCall() {
    if (lease == null) {
      return;
    }
    boolean longEnough = !policy.threads() || usedAt - openedAt >= policy.longest().toNanos();
    if (exclusive && longEnough) {
      giveBack();
    } else if (policy.threads() && keeper == null && !startKeeper()) {
      giveBack();
    }
  }

  /** Where the system has no thread to give, the work is done nevertheless. */
  private boolean startKeeper() {
    Thread thread = threads.newThread(this::keep);
    try {
      thread.start(); // it waits for the lock that we have
    } catch (OutOfMemoryError e) {
      return false;
    }
    keeper = thread;
    return true;
  }

  private static Thread thread(Runnable work) {
    Thread thread = new Thread(null, work, "tpm2-token lease", 256 * 1024L);
    thread.setDaemon(true);
    return thread;
  }

  /**
   * The thread: gives the TPM back when it is idle, and ends when it has been given back for a
   * while.
   */
  private void keep() {
    lock.lock();
    try {
      while (!closed) {
        long idle = System.nanoTime() - usedAt;
        long limit = lease == null ? LINGER_NANOS : idleNanos();
        if (idle < limit) {
          long _ = changed.awaitNanos(limit - idle);
        } else if (lease == null) {
          break;
        } else {
          giveBack();
        }
      }
    } catch (InterruptedException e) {
      giveBack();
    } finally {
      keeper = null;
      lock.unlock();
    }
  }

  private long idleNanos() {
    return exclusive ? policy.idle().toNanos() : SHARED_IDLE_NANOS;
  }

  private void giveBack() {
    Tpm current = lease;
    lease = null;
    if (current != null) {
      current.giveBack().ifPresent(remains::add);
    }
  }

  private void abandon() {
    Tpm current = lease;
    lease = null;
    if (current != null) {
      remains.add(current.remains());
      current.abandon();
    }
  }

  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
