package io.github.threadfast;

import static java.util.Objects.requireNonNull;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import com.google.errorprone.annotations.ThreadSafe;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A value that can be touched only inside its lock.
 *
 * <p>It answers the lost update and the check-then-act: there is no getter and no lock to forget,
 * only actions that run one at a time. For an immutable value that is read far more often than it
 * is replaced, a {@link Snapshot} is cheaper, since its readers never wait.
 *
 * <h2 id="example">Example</h2>
 *
 * {@snippet file="io/github/threadfast/examples/GuardedExamples.java" region="account"}
 *
 * {@snippet file="io/github/threadfast/examples/GuardedExamples.java" region="readWrite"}
 *
 * <h2 id="thread-safety">Thread safety</h2>
 *
 * <p>All methods may be called by any thread. The value itself need not be thread-safe: it is used
 * by one thread at a time, or looked at by several if it is {@linkplain #readWrite(Object)
 * read-write}, as long as no reference to it leaves an action. Unless it is immutable, don't store
 * it in a field, or hand it to another thread; don't keep a reference to what was passed to {@link
 * #of(Object) of}. To return it is an error that is found at once.
 *
 * <h2 id="memory">Memory effects</h2>
 *
 * <p>All that an action did, and all that its thread did before, happens-before every later action
 * on the same {@code Guarded}; but reads that run at once are not ordered among themselves. What
 * was done to a value before it was passed to {@code of} happens-before every action, provided that
 * the {@code Guarded} itself is safely published, as by a final field. {@link #toString} and {@link
 * #isPoisoned} order nothing.
 *
 * <h2 id="blocking">Blocking and interruption</h2>
 *
 * <p>Every action waits until the actions before it are over; a read of a read-write value, until
 * the changes before it are. The wait is uninterruptible, like {@link ReentrantLock#lock}: an
 * interrupt status is kept and seen by the action. {@link #within} limits it and lets an interrupt
 * end it. {@link #when} waits for a condition on the value, interruptibly; no change that makes it
 * hold is missed. Waiting threads are served roughly in the order of their arrival, yet one that
 * arrives just as the value becomes free may overtake them, unless the builder says {@link
 * Builder#fair fair}. A waiting writer keeps new readers out. Threads park in {@code
 * java.util.concurrent}, so that a virtual thread releases its carrier.
 *
 * <h2 id="re-entry">Re-entry and lock order</h2>
 *
 * <p>An action must not use its own {@code Guarded}, directly or through what it calls: it would
 * act on a value that is half changed. Such a call throws a {@link DeadlockException} at once,
 * unless the builder says {@link Builder#reentrant reentrant}. An action may use another {@code
 * Guarded} or {@link Lazy}. Where threads would block each other for good, through any number of
 * them, one of the threads gets a {@code DeadlockException} that tells the whole cycle, instead of
 * the wait that would close it; the others go on. {@link #together(Guarded, Guarded) together}
 * takes several at once and never blocks so on their account. There is no false alarm: a wait with
 * a limit is no part of a deadlock, and neither is one for a condition, since who could make it
 * hold isn't known.
 *
 * <h2 id="failures">Exceptions in actions</h2>
 *
 * <p>Whatever an action throws, checked exceptions and {@code Error}s included, reaches the caller
 * as it is, and the value is free again. What an {@code update} or a {@code compute} has changed by
 * then stays changed, unless the builder says otherwise:
 *
 * {@snippet file="io/github/threadfast/examples/GuardedExamples.java" region="policies"}
 *
 * <p>A {@code replace} or a {@code read} that throws has changed nothing. With {@link
 * Builder#poisonOnFailure poisonOnFailure} the value refuses access until it is repaired:
 *
 * {@snippet file="io/github/threadfast/examples/GuardedExamples.java" region="poison"}
 *
 * <h2 id="nulls">Nulls</h2>
 *
 * <p>Neither the value nor an argument may be null: the {@link NullPointerException} names the
 * parameter. The result of {@code read} and {@code compute} may be.
 *
 * <h2 id="cost">Complexity and footprint</h2>
 *
 * <p>An action takes and releases one lock and allocates nothing of its own: that costs no more
 * than a bare {@link ReentrantLock}, re-entry found out included. Who has to wait looks for a cycle
 * first, in time proportional to the threads that it would wait for, one behind the other. A read
 * of a read-write value writes to a place of its thread's own, so that readers don't slow each
 * other down; its changes cost a look at all these places, some for each processor, and an instance
 * takes up to 8 KiB for them. Each change tries the conditions of all who wait for one.
 *
 * <h2 id="diagnostics">Diagnostics</h2>
 *
 * <p>{@link #toString} shows the name, who holds the value, how many threads wait, and whether it
 * is poisoned. The JVM knows the owner of the lock: a thread dump shows it. The flight recorder
 * gets events of waits, deadlocks and poison.
 *
 * <h2 id="comparison">Comparison</h2>
 *
 * <p>A {@code synchronized} block or a {@link ReentrantLock} beside a field protects the field only
 * where every access remembers to take it, both let a thread re-enter in the middle of its own
 * change, and both block for good where locks are taken in a circle. They do what a {@code Guarded}
 * can't: hold a lock across methods. With {@link java.util.concurrent.locks.ReentrantReadWriteLock}
 * a thread that holds the read lock and asks for the write lock waits for itself without a word. A
 * {@link java.util.concurrent.locks.Condition} needs a loop and the right one of {@code signal} and
 * {@code signalAll}; here neither can be forgotten.
 *
 * @param <T> the value
 * @since 0.1.0
 */
@ThreadSafe
public final class Guarded<T> extends Cell<T> {

  private Guarded(Builder<T> builder) {
    super(builder);
  }

  /**
   * Returns a guarded {@code value} without a name. Messages call it by the class of the value.
   *
   * @param <T> the value
   * @param value what to guard; the caller keeps no reference to it, unless it is immutable
   * @return the guarded value, for one action at a time
   */
  public static <T> Guarded<T> of(T value) {
    return builder(value).build();
  }

  /**
   * Returns a guarded {@code value} with a name.
   *
   * @param <T> the value
   * @param name what messages and {@code toString} call it
   * @param value what to guard; the caller keeps no reference to it, unless it is immutable
   * @return the guarded value, for one action at a time
   */
  public static <T> Guarded<T> of(String name, T value) {
    return builder(value).name(name).build();
  }

  /**
   * Returns a guarded {@code value} that any number of threads may read at once. Only {@link #read}
   * shares; whatever else an action does, it is alone.
   *
   * @param <T> the value
   * @param value what to guard, safe to be read by several threads at once; the caller keeps no
   *     reference to it, unless it is immutable
   * @return the guarded value, for many readers or one writer
   */
  public static <T> Guarded<T> readWrite(T value) {
    return builder(value).readWrite().build();
  }

  /**
   * Returns a guarded {@code value} with a name that any number of threads may read at once. Only
   * {@link #read} shares; whatever else an action does, it is alone.
   *
   * @param <T> the value
   * @param name what messages and {@code toString} call it
   * @param value what to guard, safe to be read by several threads at once; the caller keeps no
   *     reference to it, unless it is immutable
   * @return the guarded value, for many readers or one writer
   */
  public static <T> Guarded<T> readWrite(String name, T value) {
    return builder(value).name(name).readWrite().build();
  }

  /**
   * Returns a builder for a guarded {@code value} with other choices.
   *
   * @param <T> the value
   * @param value what to guard; the caller keeps no reference to it, unless it is immutable
   * @return a builder
   */
  public static <T> Builder<T> builder(T value) {
    return new Builder<>(requireNonNull(value, "value"));
  }

  /**
   * Looks at the value. No change runs meanwhile.
   *
   * @param <R> the result
   * @param <X> what {@code reader} may throw
   * @param reader returns something of the value, but not the value unless that is immutable;
   *     changes nothing
   * @return what {@code reader} returned
   * @throws X if {@code reader} throws it
   * @throws DeadlockException if this thread is inside an action on this value, or the wait for
   *     others would never end
   * @throws PoisonedException if an earlier action failed and poisoned the value
   * @throws IllegalStateException if {@code reader} returns the value itself, unless that is
   *     immutable or declared {@linkplain Builder#shareable shareable}
   */
  public <R extends @Nullable Object, X extends Exception> R read(
      CheckedFunction<? super T, ? extends R, ? extends X> reader) throws X {
    requireNonNull(reader, "reader");
    boolean outermost = lockToRead(Verb.READ);
    try {
      T current = current();
      R result = reader.apply(current);
      requireNoEscape(result, current);
      return result;
    } finally {
      if (outermost) {
        unlockAfterRead();
      }
    }
  }

  /**
   * Changes the value in place. No other action runs meanwhile.
   *
   * @param <X> what {@code updater} may throw
   * @param updater changes the value
   * @throws X if {@code updater} throws it; what becomes of its changes is a choice of the builder
   * @throws DeadlockException if this thread is inside an action on this value, or the wait for
   *     others would never end
   * @throws PoisonedException if an earlier action failed and poisoned the value
   * @throws InvariantException if the value has an invariant, which does not hold afterwards
   */
  public <X extends Exception> void update(CheckedConsumer<? super T, ? extends X> updater)
      throws X {
    requireNonNull(updater, "updater");
    boolean outermost = lock(Verb.UPDATE);
    try {
      updater.accept(open());
      commit(outermost);
    } catch (Throwable failure) {
      rollBack(outermost, failure);
      throw failure;
    } finally {
      if (outermost) {
        unlock();
      }
    }
  }

  /**
   * Changes the value in place and returns something. No other action runs meanwhile.
   *
   * @param <R> the result
   * @param <X> what {@code updater} may throw
   * @param updater changes the value and returns something, but not the value unless that is
   *     immutable
   * @return what {@code updater} returned
   * @throws X if {@code updater} throws it; what becomes of its changes is a choice of the builder
   * @throws DeadlockException if this thread is inside an action on this value, or the wait for
   *     others would never end
   * @throws PoisonedException if an earlier action failed and poisoned the value
   * @throws InvariantException if the value has an invariant, which does not hold afterwards
   * @throws IllegalStateException if {@code updater} returns the value itself, unless that is
   *     immutable or declared {@linkplain Builder#shareable shareable}: the same as if {@code
   *     updater} had thrown it
   */
  public <R extends @Nullable Object, X extends Exception> R compute(
      CheckedFunction<? super T, ? extends R, ? extends X> updater) throws X {
    requireNonNull(updater, "updater");
    boolean outermost = lock(Verb.COMPUTE);
    try {
      T opened = open();
      R result = updater.apply(opened);
      requireNoEscape(result, opened);
      commit(outermost);
      return result;
    } catch (Throwable failure) {
      rollBack(outermost, failure);
      throw failure;
    } finally {
      if (outermost) {
        unlock();
      }
    }
  }

  /**
   * Puts another value in the place of the value: the way to change an immutable one. No other
   * action runs meanwhile.
   *
   * @param <X> what {@code successor} may throw
   * @param successor returns the new value, given the old one, which it leaves as it is
   * @throws X if {@code successor} throws it; the value is unchanged then, and not poisoned
   * @throws NullPointerException if {@code successor} returns null; the value is unchanged then
   * @throws DeadlockException if this thread is inside an action on this value, or the wait for
   *     others would never end
   * @throws PoisonedException if an earlier action failed and poisoned the value
   * @throws InvariantException if the value has an invariant, which does not hold of the new one;
   *     the value is unchanged then
   */
  public <X extends Exception> void replace(
      CheckedFunction<? super T, ? extends T, ? extends X> successor) throws X {
    requireNonNull(successor, "successor");
    boolean outermost = lock(Verb.REPLACE);
    try {
      exchange(successor);
    } finally {
      if (outermost) {
        unlock();
      }
    }
  }

  /**
   * Heals a poisoned value. Does nothing if it is not poisoned, as after another thread's repair.
   *
   * @param <X> what {@code healer} may throw
   * @param healer returns a good value, given the one that may be half changed: the same, put in
   *     order, or another
   * @return whether the value was poisoned, and so {@code healer} has run
   * @throws X if {@code healer} throws it; the value stays poisoned then
   * @throws NullPointerException if {@code healer} returns null; the value stays poisoned then
   * @throws InvariantException if the value has an invariant, which does not hold of the healed
   *     one; the value stays poisoned then
   * @throws DeadlockException if this thread is inside an action on this value, or the wait for
   *     others would never end
   */
  @CanIgnoreReturnValue
  public <X extends Exception> boolean repair(
      CheckedFunction<? super T, ? extends T, ? extends X> healer) throws X {
    requireNonNull(healer, "healer");
    boolean outermost = lock(Verb.REPAIR);
    try {
      return heal(healer);
    } finally {
      if (outermost) {
        unlock();
      }
    }
  }

  /**
   * Returns whether the value refuses access until it is {@linkplain #repair repaired}. Never
   * waits.
   *
   * @return whether each access would throw a {@code PoisonedException} now
   */
  public boolean isPoisoned() {
    return poisoned();
  }

  /**
   * Returns an access whose actions begin when a condition holds: see {@link Access#when}.
   *
   * {@snippet file="io/github/threadfast/examples/GuardedExamples.java" region="when"}
   *
   * @param condition what must hold; looks at the value and changes nothing
   * @return an access that waits
   */
  public Access<T, InterruptedException, RuntimeException> when(Predicate<? super T> condition) {
    return access().when(condition);
  }

  /**
   * Returns an access whose actions begin within a time, or not at all: see {@link Access#within}.
   *
   * @param limit how long to wait, counted from the call of {@code read}, {@code update} or {@code
   *     compute}; zero tries once
   * @return an access that waits no longer
   * @throws IllegalArgumentException if {@code limit} is negative
   */
  public Access<T, InterruptedException, TimeoutException> within(Duration limit) {
    return access().within(limit);
  }

  private Access<T, RuntimeException, RuntimeException> access() {
    return new Access<>(Section.of(this));
  }

  /**
   * Returns an access to two values at once, without regard to their order: see {@link Access2}.
   *
   * {@snippet file="io/github/threadfast/examples/GuardedExamples.java" region="together"}
   *
   * @param <A> the first value
   * @param <B> the second value
   * @param first one
   * @param second another
   * @return an access to both
   * @throws IllegalArgumentException if they are the same
   */
  public static <A, B> Access2<A, B, RuntimeException, RuntimeException> together(
      Guarded<A> first, Guarded<B> second) {
    return new Access2<>(
        Section.of(requireNonNull(first, "first"), requireNonNull(second, "second")));
  }

  /**
   * Returns an access to three values at once, without regard to their order: see {@link Access3}.
   *
   * @param <A> the first value
   * @param <B> the second value
   * @param <C> the third value
   * @param first one
   * @param second another
   * @param third yet another
   * @return an access to all three
   * @throws IllegalArgumentException if two of them are the same
   */
  public static <A, B, C> Access3<A, B, C, RuntimeException, RuntimeException> together(
      Guarded<A> first, Guarded<B> second, Guarded<C> third) {
    return new Access3<>(
        Section.of(
            requireNonNull(first, "first"),
            requireNonNull(second, "second"),
            requireNonNull(third, "third")));
  }

  /**
   * Returns an access to any number of values at once, without regard to their order: see {@link
   * AccessAll}.
   *
   * @param <T> the values
   * @param all at least one, none of them twice
   * @return an access to all
   * @throws IllegalArgumentException if two of them are the same, or there are none
   */
  public static <T> AccessAll<T, RuntimeException, RuntimeException> together(
      Collection<? extends Guarded<? extends T>> all) {
    List<Guarded<? extends T>> given = List.copyOf(all);
    if (given.isEmpty()) {
      throw new IllegalArgumentException("together was given no value. Give at least one.");
    }
    return new AccessAll<>(Section.of(given.toArray(Cell<?>[]::new)));
  }

  /**
   * Returns the name, who holds the value, and how many threads wait for it. It never waits, and
   * never looks at the value.
   */
  @Override
  public String toString() {
    return "Guarded[" + shortLabel() + ", " + state() + "]";
  }

  /**
   * The choices for a guarded value. Not thread-safe; used once.
   *
   * @param <T> the value
   * @since 0.1.0
   */
  public static final class Builder<T> {
    final T value;
    @Nullable String name;
    boolean readWrite;
    boolean fair;
    boolean reentrant;
    boolean shareable;
    private boolean poisonOnFailure;
    private boolean built;
    private @Nullable Predicate<? super T> invariant;
    private @Nullable UnaryOperator<T> copier;

    private Builder(T value) {
      this.value = value;
    }

    /**
     * Gives it a name for messages, {@code toString} and events.
     *
     * @param name what to call it
     * @return this
     */
    public Builder<T> name(String name) {
      this.name = requireNonNull(name, "name");
      return this;
    }

    /**
     * Lets any number of threads {@code read} at once. The value must be safe to be read so.
     *
     * @return this
     */
    public Builder<T> readWrite() {
      readWrite = true;
      return this;
    }

    /**
     * Serves waiting threads strictly in the order of their arrival: none is overtaken, at the
     * price of a switch of threads for each action under contention. Readers of a {@link
     * #readWrite} value that find no writer at work or waiting for readers still enter at once.
     *
     * @return this
     */
    public Builder<T> fair() {
      fair = true;
      return this;
    }

    /**
     * Lets an action use its own {@code Guarded} again. A nested action is a part of the outer one:
     * it sees what that has changed so far, and succeeds or fails with it. A change inside of a
     * read is still an error on a {@link #readWrite} value.
     *
     * @return this
     */
    public Builder<T> reentrant() {
      reentrant = true;
      return this;
    }

    /**
     * Lets actions return the value itself: it is immutable, though its type doesn't tell, or
     * thread-safe on its own.
     *
     * @return this
     */
    public Builder<T> shareable() {
      shareable = true;
      return this;
    }

    /**
     * Makes the value refuse access after an {@code update} or {@code compute} that threw, until it
     * is {@linkplain Guarded#repair repaired}: what it has changed by then may not fit together.
     *
     * @return this
     */
    public Builder<T> poisonOnFailure() {
      poisonOnFailure = true;
      return this;
    }

    /**
     * Checks the value after each change, and after each {@code update} or {@code compute} that
     * threw. If the condition does not hold, an action that succeeded throws an {@link
     * InvariantException}; the change is undone if that is possible, as by {@link #copyOnUpdate}
     * and {@code replace}, and else the value is poisoned, as by {@link #poisonOnFailure}.
     *
     * @param invariant what holds between actions; looks at the value and changes nothing. One that
     *     throws is taken as one that does not hold
     * @return this
     */
    public Builder<T> invariant(Predicate<? super T> invariant) {
      this.invariant = requireNonNull(invariant, "invariant");
      return this;
    }

    /**
     * Lets {@code update} and {@code compute} work on a copy, which takes the place of the value
     * when they succeed: one that throws leaves no trace.
     *
     * @param copier returns a copy that shares nothing changeable with the value
     * @return this
     */
    public Builder<T> copyOnUpdate(UnaryOperator<T> copier) {
      this.copier = requireNonNull(copier, "copier");
      return this;
    }

    /**
     * Returns the guarded value.
     *
     * @return a new one
     * @throws IllegalStateException if {@code poisonOnFailure} and {@code copyOnUpdate} are both
     *     chosen: nothing that failed would be left to poison; or if this was called before
     * @throws IllegalArgumentException if the invariant does not hold of the value
     */
    public Guarded<T> build() {
      if (built) {
        throw new IllegalStateException(
            "build was called twice: each Guarded would lock the one value without the other. Make a"
                + " builder for each value.");
      }
      if (poisonOnFailure && copier != null) {
        throw new IllegalStateException(
            "poisonOnFailure and copyOnUpdate were both chosen: a failed update of a copy leaves"
                + " nothing to poison. Choose one.");
      }
      Policy<T> policy = policy();
      Policy.Violation violation = policy == null ? null : policy.violation(value);
      if (violation != null) {
        throw new IllegalArgumentException(
            "The invariant does not hold of the first value. Begin with a value of which it does.",
            violation.thrown());
      }
      built = true;
      return new Guarded<>(this);
    }

    @Nullable Policy<T> policy() {
      return poisonOnFailure || invariant != null || copier != null
          ? new Policy<>(poisonOnFailure, invariant, copier)
          : null;
    }
  }
}
