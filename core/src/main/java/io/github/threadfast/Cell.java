package io.github.threadfast;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.github.threadfast.Waiters.Waiter;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A value with its lock, its failure policy and those who wait for it: what {@link Guarded} and
 * {@link Section} are made of.
 *
 * @param <T> the value
 */
abstract class Cell<T> {
  private static final AtomicLong CREATED = new AtomicLong();

  /** Tells the order in which several are locked. */
  final long number = CREATED.getAndIncrement();

  private final Mutex mutex;

  /** Null if readers exclude each other. */
  private final @Nullable Readers readers;

  private final boolean reentrant;
  private final boolean shareable;
  private final @Nullable Policy<T> policy;

  /** Written under the mutex, with readers kept out. */
  private T value;

  /**
   * What an action works on instead of the value. Written under the mutex, with readers kept out.
   */
  private @Nullable T draft;

  /** What the holder of the mutex does, if the value is reentrant. Used under the mutex. */
  private Verb outermost = Verb.READ;

  /** Made when somebody waits for the first time. Used under the mutex. */
  private @Nullable Waiters<T> waiters;

  /** Why nobody may see the value. Written under the mutex, with readers kept out. */
  private volatile @Nullable Poison poison;

  private record Poison(Throwable cause, String thread) {}

  Cell(Guarded.Builder<T> builder) {
    this.mutex = new Mutex("Guarded", builder.name, builder.value.getClass(), builder.fair);
    this.readers = builder.readWrite ? new Readers(mutex) : null;
    this.reentrant = builder.reentrant;
    this.shareable = builder.shareable;
    this.policy = builder.policy();
    this.value = builder.value;
  }

  // --- locking: each method returns whether the caller must unlock, being not inside already

  /** Waits until nobody else uses the value. */
  final boolean lock(Verb verb) {
    if (!mutex.tryLock()) {
      Thread me = Thread.currentThread();
      if (mutex.isHeldBy(me)) {
        return reenter(verb);
      }
      requireNotReading(me, verb);
      mutex.lock();
    }
    if (readers != null) {
      exclude(readers, verb);
    }
    return begun(verb);
  }

  private boolean begun(Verb verb) {
    if (reentrant) {
      outermost = verb;
    }
    return true;
  }

  private void exclude(Readers readers, Verb verb) {
    boolean excluded = false;
    try {
      requireNotReading(Thread.currentThread(), verb);
      readers.exclude();
      excluded = true;
    } finally {
      if (!excluded) {
        unlock();
      }
    }
  }

  /** Waits until nobody else uses the value, but no longer than {@code deadline}. */
  final boolean lock(Verb verb, Deadline deadline) throws InterruptedException, TimeoutException {
    Thread me = Thread.currentThread();
    if (mutex.isHeldBy(me)) {
      return reenter(verb);
    }
    requireNotReading(me, verb);
    lockMutex(deadline);
    if (readers != null) {
      exclude(readers, deadline);
    }
    return begun(verb);
  }

  private void lockMutex(Deadline deadline) throws InterruptedException, TimeoutException {
    if (!mutex.tryLock(deadline.left())) {
      throw timeout(deadline, mutex);
    }
  }

  private void exclude(Readers readers, Deadline deadline)
      throws InterruptedException, TimeoutException {
    boolean excluded = false;
    try {
      excluded = readers.exclude(deadline);
    } finally {
      if (!excluded) {
        unlock();
      }
    }
    if (!excluded) {
      throw timeout(deadline, readers);
    }
  }

  /**
   * Waits until nobody else uses the value, which has no readers beside the mutex, or returns false
   * when this thread is interrupted, whose status is kept. Who is inside must not call it.
   */
  final boolean lockUnlessInterrupted(Verb verb) {
    if (tryLock()) {
      return true;
    }
    if (mutex.isHeldBy(Thread.currentThread())) {
      return reenter(verb);
    }
    return mutex.lockUnlessInterrupted();
  }

  /** Takes the value, which has no readers beside the mutex, if nobody uses it. */
  final boolean tryLock() {
    return mutex.tryBarge();
  }

  /** Waits until nobody changes the value. */
  final boolean lockToRead(Verb verb) {
    if (readers == null) {
      return lock(verb);
    }
    Thread me = Thread.currentThread();
    if (readers.isReading(me)) {
      return reenter(verb);
    }
    if (!readers.tryEnter(me)) {
      if (mutex.isHeldBy(me)) {
        return reenter(verb);
      }
      if (!mutex.tryLock()) {
        mutex.lock();
      }
      readers.enter(me);
      unlock();
    }
    return true;
  }

  /** Waits until nobody changes the value, but no longer than {@code deadline}. */
  final boolean lockToRead(Verb verb, Deadline deadline)
      throws InterruptedException, TimeoutException {
    if (readers == null) {
      return lock(verb, deadline);
    }
    Thread me = Thread.currentThread();
    if (readers.isReading(me) || mutex.isHeldBy(me)) {
      return reenter(verb);
    }
    if (!readers.tryEnter(me)) {
      lockMutex(deadline);
      readers.enter(me);
      unlock();
    }
    return true;
  }

  /** Ends what {@code lockToRead} has begun. */
  final void unlockAfterRead() {
    if (readers == null) {
      unlock();
    } else {
      readers.leave(Thread.currentThread());
    }
  }

  /**
   * Ends what {@code lock} has begun. Each unlocking of the mutex comes here, since each must
   * choose who goes on: see {@link Waiters}.
   */
  final void unlock() {
    Waiter<T> next = chooseAndUnlock();
    while (next != null && !next.signal()) { // it gave up meanwhile: another may go on
      next = mutex.tryBarge() ? chooseAndUnlock() : null;
    }
  }

  private @Nullable Waiter<T> chooseAndUnlock() {
    try {
      return waiters == null || waiters.isEmpty()
          ? null
          : waiters.choose(poison == null ? value : null);
    } finally {
      if (readers != null) {
        readers.admit();
      }
      mutex.unlock();
    }
  }

  private boolean reenter(Verb verb) {
    if (!reentrant) {
      throw nested(
          verb,
          "action",
          "A nested action would work on a value that is half changed. Do both in one action, or pass"
              + " what you need out of the first.");
    }
    if (verb != Verb.READ && !(verb.edits() && outermost.edits())) {
      throw nested(
          verb,
          outermost.toString(),
          "Only update and compute can be a part of one another. Do both in one update, or one after"
              + " the other.");
    }
    return false;
  }

  private DeadlockException nested(Verb verb, String outer, String advice) {
    return Deadlock.ofOne(
        mutex,
        "%s was used again, by %s, from inside its own %s on thread \"%s\". %s"
            .formatted(mutex.label(), verb, outer, Texts.nameOf(Thread.currentThread()), advice));
  }

  private void requireNotReading(Thread me, Verb verb) {
    if (readers != null && readers.isReading(me)) {
      throw nested(
          verb,
          "read",
          "A change waits until all reads are over, and this one would wait for it. Do both in one"
              + " change, or change after the read.");
    }
  }

  /** Returns why a condition can't be waited for by a thread that is inside already. */
  final DeadlockException neverHolds() {
    return Deadlock.ofOne(
        mutex,
        """
        The condition on %s does not hold, and nobody can change that while thread "%s" waits for it \
        inside its own action. Wait before the action.\
        """
            .formatted(mutex.label(), Texts.nameOf(Thread.currentThread())));
  }

  private TimeoutException timeout(Deadline deadline, WaitGraph.Resource resource) {
    String inTheWay =
        resource.holders().stream()
            .findFirst()
            .map(holder -> ": \"%s\" %s it".formatted(Texts.nameOf(holder), resource.holding()))
            .orElse("");
    return new TimeoutException(
        "%s was not free within %s%s. Shorten that action, or wait longer."
            .formatted(mutex.label(), deadline.limit(), inTheWay));
  }

  // --- the value, for those who are inside

  /** Returns the value to look at. */
  final T current() {
    requireHealthy();
    return draft == null ? value : draft;
  }

  /** Returns the value to change, or a copy of it. */
  final T open() {
    T current = current();
    if (policy == null || policy.copier() == null || draft != null) {
      return current;
    }
    T copy = policy.copier().apply(current);
    if (copy == null) {
      throw new NullPointerException(
          "copyOnUpdate's copier returned null for %s, which keeps its value."
              .formatted(mutex.label()));
    }
    draft = copy;
    return copy;
  }

  /** Refuses a result that is the value itself. */
  @SuppressWarnings("ReferenceEquality") // the very object, not one like it
  final void requireNoEscape(@Nullable Object result, T opened) {
    if (result == opened && !shareable && !Immutables.include(opened.getClass())) {
      throw new IllegalStateException(
          """
          %s would escape: the action returned the guarded %s itself. \
          Return what you need of it or a copy, or build it as shareable if it is immutable.\
          """
              .formatted(mutex.label(), Texts.nameOf(opened.getClass())));
    }
  }

  /**
   * Checks what {@link #open} returned and an action has changed, before {@link #commit}. A value
   * that was changed in place is poisoned if its invariant does not hold.
   */
  final void check() {
    if (policy == null) {
      return;
    }
    if (draft != null) {
      policy.requireInvariant(draft, mutex, "The change is undone.");
      return;
    }
    try {
      policy.requireInvariant(
          value, mutex, "The value is poisoned: call repair to supply a good one.");
    } catch (InvariantException broken) {
      poison(broken);
      throw broken;
    }
  }

  /** Ends a successful change, unless it is a part of an outer one. */
  final void commit(boolean outermost) {
    if (outermost) {
      check();
      commit();
    }
  }

  /** Ends a successful change that has been checked. */
  final void commit() {
    if (draft != null) {
      value = draft;
      draft = null;
    }
    changed();
  }

  /** Puts another value in the place of the value. */
  final <X extends Exception> void exchange(
      CheckedFunction<? super T, ? extends T, ? extends X> successor) throws X {
    T next = successor.apply(current());
    if (next == null) {
      throw new NullPointerException(
          "successor returned null for %s, which keeps its value.".formatted(label()));
    }
    if (policy != null) {
      policy.requireInvariant(next, mutex, "The value is unchanged.");
    }
    value = next;
    changed();
  }

  /** Ends a change that failed, unless it is a part of an outer one. */
  final void rollBack(boolean outermost, Throwable failure) {
    if (outermost) {
      rollBack(failure);
    }
  }

  /** Ends a change that failed. */
  final void rollBack(Throwable failure) {
    if (!dropDraft()
        && policy != null
        && policy.copier() == null
        && poison == null
        && policy.isBroken(value, failure)) {
      poison(failure);
    }
    changed();
  }

  /** Ends a change that has not begun; returns whether there was a draft. */
  @CanIgnoreReturnValue
  final boolean dropDraft() {
    boolean was = draft != null;
    draft = null;
    return was;
  }

  private void poison(Throwable failure) {
    poison = new Poison(failure, Texts.nameOf(Thread.currentThread()));
    Events.poison(mutex, failure);
  }

  private void changed() {
    if (waiters != null) {
      waiters.changed();
    }
  }

  /**
   * Puts what {@code healer} makes of a poisoned value in its place; returns whether it was one.
   */
  final <X extends Exception> boolean heal(
      CheckedFunction<? super T, ? extends T, ? extends X> healer) throws X {
    if (poison == null) {
      return false;
    }
    T healed = healer.apply(value);
    if (healed == null) {
      throw new NullPointerException(
          "healer returned null for %s, which stays poisoned.".formatted(mutex.label()));
    }
    if (policy != null) {
      policy.requireInvariant(healed, mutex, "It stays poisoned.");
    }
    value = healed;
    poison = null;
    changed();
    return true;
  }

  /** Returns whether the value refuses access. */
  final boolean poisoned() {
    return poison != null;
  }

  private void requireHealthy() {
    Poison why = poison;
    if (why != null) {
      throw new PoisonedException(mutex.label(), why.thread(), why.cause());
    }
  }

  // --- waiting for a state

  /** Adds the current thread, which is inside and unlocks next, to those who wait. */
  final Waiter<T> enlist(@Nullable Predicate<? super T> condition) {
    if (waiters == null) {
      waiters = new Waiters<>();
    }
    return waiters.add(condition);
  }

  /** Lets another waiter go on in the place of one that gave up. */
  final void passOn() {
    if (mutex.tryBarge()) { // else somebody is inside, whose unlocking does
      unlock();
    }
  }

  /** Returns the primitive and its name. */
  final String label() {
    return mutex.label();
  }

  /** Returns the name. */
  final String shortLabel() {
    return mutex.shortLabel();
  }

  /** Returns whether somebody has the mutex. */
  final boolean isInUse() {
    return mutex.owner() != null;
  }

  /** Returns who is inside, in words. */
  final String state() {
    Thread owner = mutex.owner();
    int reading = readers == null ? 0 : readers.holders().size();
    String inside =
        owner != null
            ? "held by \"" + Texts.nameOf(owner) + '"'
            : reading > 0 ? "read by " + reading : "free";
    Waiters<T> forConditions = waiters;
    int waiting = mutex.getQueueLength() + (forConditions == null ? 0 : forConditions.size());
    return inside
        + (waiting == 0 ? "" : ", " + waiting + " waiting")
        + (poison == null ? "" : ", poisoned");
  }
}
