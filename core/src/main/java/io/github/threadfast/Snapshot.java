package io.github.threadfast;

import static java.util.Objects.requireNonNull;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import com.google.errorprone.annotations.ThreadSafe;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * An immutable value that is replaced whole, and that readers get without waiting.
 *
 * <p>It answers the configuration that is read half changed, the update that another one
 * overwrites, and the listener that hears of changes in the wrong order or not at all. A reader
 * gets the value of one moment, and may look at it as long as it likes. A mutable object belongs in
 * a {@link Guarded}.
 *
 * <h2 id="example">Example</h2>
 *
 * {@snippet file="io/github/threadfast/examples/SnapshotExamples.java" region="config"}
 *
 * <h2 id="thread-safety">Thread safety</h2>
 *
 * <p>All methods may be called by any thread, and each is atomic: {@code update} replaces the value
 * that its function was given, and no other. The value is handed out to all, so that it must be
 * immutable, with all that can be reached from it: a record of records, an enum, a {@code List.of}.
 * Functions get the value and return another; they change nothing. <b>A function may be run several
 * times</b> before its change succeeds, as for {@link
 * java.util.concurrent.atomic.AtomicReference#updateAndGet}; but at most {@value #MOST_RUNS} times,
 * however many threads change the value: after a few lost races a writer waits for its turn, in
 * which nobody else changes anything.
 *
 * <h2 id="memory">Memory effects</h2>
 *
 * <p>What a thread did before it published a value happens-before what follows a {@code get}, in
 * any thread, that returns this value or a later one; the same holds for all that hands out the
 * value: functions, {@link View}s, listeners, and {@link #await(Predicate) await}. It is one
 * volatile read and one volatile write, of a reference. What a thread did before {@code of}
 * happens-before as well, if the snapshot itself is published safely, as by a final field. {@link
 * #toString} orders nothing.
 *
 * <h2 id="versions">Versions</h2>
 *
 * <p>The first value is version 0, and each change adds one. <b>To return the very same value is to
 * change nothing</b>: there is no new version, and no listener is called. What counts is identity:
 * an equal one is a change. {@link #versioned} gives the value with its version, for {@link
 * #compareVersionAndSet}, which other changes can't deceive by bringing an old value back.
 *
 * <h2 id="blocking">Blocking and interruption</h2>
 *
 * <p>{@code get} and {@code versioned} never wait. Whoever changes the value does not wait either,
 * unless some other writer has lost its races and has its turn: then it waits, uninterruptibly,
 * like {@link java.util.concurrent.locks.ReentrantLock#lock}, until that writer's function has
 * returned. {@link #await(Predicate) await} waits for a value, interruptibly, and looks at each:
 * one that was there only for a moment is not missed. It never waits for a listener. Threads park
 * in {@code java.util.concurrent}, so that a virtual thread releases its carrier.
 *
 * <h2 id="re-entry">Re-entry and lock order</h2>
 *
 * <p>A function must not change its own snapshot: it would make itself outdated, each time anew.
 * The outer change throws a {@link DeadlockException} and is not made, though the nested one was;
 * if the outer one has its turn, the nested one throws it and is not made. Nor may a function wait
 * for another thread to change the snapshot: nobody can while the function has its turn. It may
 * read its snapshot, and use other primitives. Where writers would wait in a ring for each other's
 * turn, one of them gets a {@code DeadlockException}; a longer ring that an {@code await} is part
 * of is not noticed. Listeners, and conditions of {@code await}, may change the snapshot.
 *
 * <h2 id="failures">Exceptions in functions, conditions and listeners</h2>
 *
 * <p>Whatever a function throws, checked exceptions and {@code Error}s included, reaches its caller
 * as it is; nothing has been changed, and no other thread notices. The same is true of a condition
 * of {@code await}. An {@linkplain Builder#invariant invariant} is checked before a value can be
 * seen:
 *
 * {@snippet file="io/github/threadfast/examples/SnapshotExamples.java" region="invariant"}
 *
 * <p>What a listener throws, or an executor that refuses it, goes to the {@linkplain
 * Thread#getUncaughtExceptionHandler handler} of uncaught exceptions of the thread it happens in.
 * The change stays, the other listeners are told, and so is this one of the next change. One that
 * an executor has refused is told of with the next.
 *
 * <h2 id="nulls">Nulls</h2>
 *
 * <p>Neither the value nor an argument may be null: the {@link NullPointerException} names the
 * parameter. A function that returns null changes nothing. The result of {@link #modify} may be.
 *
 * <h2 id="cost">Complexity and footprint</h2>
 *
 * <p>{@code get} is a volatile read and one more of a final field. A change allocates an object of
 * 32 bytes, and takes one compare-and-set if nobody interferes; a look at the list of listeners
 * follows. Under contention, writers back off and then queue, which costs far less than to go on
 * racing. What a listener has not been told of yet is kept, however much: a slow one is better off
 * with {@link #onLatestChange}. Each change wakes up all who {@code await}.
 *
 * <h2 id="diagnostics">Diagnostics</h2>
 *
 * <p>{@link #toString} shows the name, the version, who has its turn, how many wait for theirs, and
 * how many listen. It never shows the value. The flight recorder gets events of waits and
 * deadlocks.
 *
 * <h2 id="comparison">Comparison</h2>
 *
 * <p>An {@link java.util.concurrent.atomic.AtomicReference} runs functions as often as it takes, so
 * that one that takes long may never succeed; it has neither versions nor listeners nor conditions
 * to wait for, and returns to an old value without notice. A {@code volatile} field loses updates.
 * A read-write lock lets readers wait.
 *
 * @param <T> the value
 * @since 0.1.0
 */
@ThreadSafe
public final class Snapshot<T> extends View<T> {
  /*
   * Idea. A volatile field refers to the current Revision: a value and its version, never changed.
   * A writer reads it, computes what comes next, and compares and sets. One that has lost a few
   * races takes its turn: it waits for a lock, and replaces the current revision by a copy that is
   * taken; who finds that, or has lost to it, waits for the lock, too. So nobody interferes with the
   * function that runs then. Readers see no difference.
   *
   * Invariants.
   * (1) A revision that is not taken is replaced by compare-and-set only, and by one that is taken
   *     or has the next version.
   * (2) A taken revision is replaced only by the thread that holds the turn and has put it there:
   *     by its origin, or by what comes after it, before that thread lets go of the turn.
   * (3) So versions grow by one at each change, and none comes back; nor does a revision, but after a
   *     turn that changed nothing. An update that succeeds replaced the value that its function was
   *     given: identity of revisions decides, and not that of values, which may come back.
   * (4) Whoever publishes while there are followers tells each of them. So a follower is told of
   *     each version after the one that was current when it came, though not in order: a writer may
   *     be held up on the way from one to the other.
   *
   * Why (4) holds. A follower first adds itself, and then reads the current revision, from which it
   * begins. A writer first publishes, and then looks for followers. Both are volatile: either the
   * writer sees the follower, or the follower sees what was published, and begins there.
   *
   * Ordering. current is volatile: what was done before a revision was put there happens-before what
   * follows a read that finds it, or one that was put there later, since each writer has read the
   * one before.
   *
   * Bound. A function is run once for each lost race, and once in the turn: MOST_RUNS times. Taking
   * the current revision, in the turn, may be tried again while those who race go on: each
   * of them has MOST_RUNS - 1 tries before it queues, and no function is run meanwhile.
   *
   * Why not a lock for all writers? It would be as simple, but a writer that loses its processor
   * inside would stop all others. Why not compare values? They come back (ABA).
   *
   * References. R. K. Treiber, Systems Programming: Coping with Parallelism, 1986, for the loop;
   * A. Agarwal and M. Cherian, Adaptive Backoff Synchronization Techniques, ISCA 1989, for the
   * back-off; to race first and queue later is that of M. Herlihy and N. Shavit, The Art of
   * Multiprocessor Programming, chapter 7.
   */

  /** How many times a function is run at most, for one change. */
  static final int MOST_RUNS = 4;

  private final Mutex turn;
  private final @Nullable Policy<T> policy;
  private final List<Follower<T>> followers = new CopyOnWriteArrayList<>();

  private volatile Revision<T> current;

  private Snapshot(Builder<T> builder) {
    this.turn = new Mutex("Snapshot", builder.name, builder.value.getClass(), false);
    this.policy = builder.policy();
    this.current = Revision.first(builder.value);
  }

  /**
   * Returns a snapshot without a name. Messages call it by the class of the value.
   *
   * @param <T> the value
   * @param value an immutable one
   * @return the snapshot
   */
  public static <T> Snapshot<T> of(T value) {
    return builder(value).build();
  }

  /**
   * Returns a snapshot with a name.
   *
   * @param <T> the value
   * @param name what messages and {@code toString} call it
   * @param value an immutable one
   * @return the snapshot
   */
  public static <T> Snapshot<T> of(String name, T value) {
    return builder(value).name(name).build();
  }

  /**
   * Returns a builder for a snapshot with other choices.
   *
   * @param <T> the value
   * @param value an immutable one
   * @return a builder
   */
  public static <T> Builder<T> builder(T value) {
    return new Builder<>(requireNonNull(value, "value"));
  }

  /**
   * Returns the value. Never waits.
   *
   * @return the value of this moment
   */
  @Override
  public T get() {
    return current.get();
  }

  /**
   * Returns the value with its version. Never waits.
   *
   * @return both of one moment
   */
  public Versioned<T> versioned() {
    return current.versioned();
  }

  /**
   * Replaces the value, whatever it is.
   *
   * @param value the new one; nothing is changed if it is the value already
   * @throws InvariantException if the invariant does not hold of {@code value}; nothing is changed
   *     then
   * @throws DeadlockException if this thread is inside a function that has its turn on this
   *     snapshot, or the wait for another's turn would never end
   */
  public void set(T value) {
    getAndSet(value);
  }

  /**
   * Replaces the value, whatever it is, and returns the one before.
   *
   * @param value the new one; nothing is changed if it is the value already
   * @return the old one
   * @throws InvariantException if the invariant does not hold of {@code value}; nothing is changed
   *     then
   * @throws DeadlockException if this thread is inside a function that has its turn on this
   *     snapshot, or the wait for another's turn would never end
   */
  @CanIgnoreReturnValue
  public T getAndSet(T value) {
    requireNonNull(value, "value");
    return getAndUpdate(before -> value);
  }

  /**
   * Replaces the value by what a function makes of it, and returns the new one.
   *
   * @param <X> what {@code updater} may throw
   * @param updater returns the new value, given the old one; nothing is changed if it returns the
   *     old one. Without side effects, since it may be run {@value #MOST_RUNS} times
   * @return the new value
   * @throws X if {@code updater} throws it; nothing is changed then
   * @throws NullPointerException if {@code updater} returns null; nothing is changed then
   * @throws InvariantException if the invariant does not hold of the new value; nothing is changed
   *     then
   * @throws DeadlockException if {@code updater} changes this snapshot, or the wait for another's
   *     turn would never end
   */
  @CanIgnoreReturnValue
  public <X extends Exception> T update(
      CheckedFunction<? super T, ? extends T, ? extends X> updater) throws X {
    requireNonNull(updater, "updater");
    return change(updater);
  }

  /**
   * Replaces the value by what a function makes of it, and returns the old one.
   *
   * @param <X> what {@code updater} may throw
   * @param updater returns the new value, given the old one; nothing is changed if it returns the
   *     old one. Without side effects, since it may be run {@value #MOST_RUNS} times
   * @return the old value, which was given to {@code updater}
   * @throws X if {@code updater} throws it; nothing is changed then
   * @throws NullPointerException if {@code updater} returns null; nothing is changed then
   * @throws InvariantException if the invariant does not hold of the new value; nothing is changed
   *     then
   * @throws DeadlockException if {@code updater} changes this snapshot, or the wait for another's
   *     turn would never end
   */
  @CanIgnoreReturnValue
  public <X extends Exception> T getAndUpdate(
      CheckedFunction<? super T, ? extends T, ? extends X> updater) throws X {
    requireNonNull(updater, "updater");
    Last<T> old = new Last<>(get());
    this.<X>change(before -> {
      old.is = before;
      return updater.apply(before);
    });
    return old.is;
  }

  /**
   * Replaces the value by what a function makes of it, and returns what else that has found.
   *
   * {@snippet file="io/github/threadfast/examples/SnapshotExamples.java" region="modify"}
   *
   * @param <R> the result
   * @param <X> what {@code modifier} may throw
   * @param modifier returns the new value and a result, given the old value; nothing is changed if
   *     the new value is the old one. Without side effects, since it may be run {@value #MOST_RUNS}
   *     times
   * @return the result
   * @throws X if {@code modifier} throws it; nothing is changed then
   * @throws NullPointerException if {@code modifier} returns null; nothing is changed then
   * @throws InvariantException if the invariant does not hold of the new value; nothing is changed
   *     then
   * @throws DeadlockException if {@code modifier} changes this snapshot, or the wait for another's
   *     turn would never end
   */
  public <R extends @Nullable Object, X extends Exception> R modify(
      CheckedFunction<? super T, ? extends Change<? extends T, ? extends R>, ? extends X> modifier)
      throws X {
    requireNonNull(modifier, "modifier");
    Last<@Nullable Change<? extends T, ? extends R>> last = new Last<>(null);
    this.<X>change(before -> {
      Change<? extends T, ? extends R> made = requireNext(modifier.apply(before), "modifier");
      last.is = made;
      return made.value();
    });
    return requireNonNull(last.is).result();
  }

  /**
   * Replaces the value if it is the expected one. What counts is identity, as with {@link
   * java.util.concurrent.atomic.AtomicReference#compareAndSet}. A boxed number, or another value
   * without an identity to rely on, is better compared by its version: see {@link
   * #compareVersionAndSet}.
   *
   * @param expected what the value should be
   * @param value the new one
   * @return whether the value was {@code expected}
   * @throws InvariantException if the value was {@code expected}, and the invariant does not hold
   *     of {@code value}; nothing is changed then
   * @throws DeadlockException if this thread is inside a function that has its turn on this
   *     snapshot, or the wait for another's turn would never end
   */
  @SuppressWarnings("ReferenceEquality") // see the Javadoc
  public boolean compareAndSet(T expected, T value) {
    requireNonNull(expected, "expected");
    requireNonNull(value, "value");
    Last<Boolean> matched = new Last<>(get() == expected);
    if (matched.is) {
      change(before -> {
        matched.is = before == expected;
        return matched.is ? value : before;
      });
    }
    return matched.is;
  }

  /**
   * Replaces the value if nothing was changed since a version.
   *
   * @param version that of the value that was looked at: see {@link #versioned}
   * @param value the new one
   * @return whether {@code version} was the current one
   * @throws InvariantException if {@code version} was the current one, and the invariant does not
   *     hold of {@code value}; nothing is changed then
   * @throws DeadlockException if this thread is inside a function that has its turn on this
   *     snapshot, or the wait for another's turn would never end
   */
  public boolean compareVersionAndSet(long version, T value) {
    requireNonNull(value, "value");
    Revision<T> before = current;
    if (!before.isTaken() && before.version() == version) {
      Revision<T> after = after(before, value);
      if (after == before || CURRENT.compareAndSet(this, before, after)) {
        published(before, after);
        return true;
      }
    }
    return current.version() == version && compareVersionAndSetInTurn(version, value);
  }

  private boolean compareVersionAndSetInTurn(long version, T value) {
    Last<Boolean> matched = new Last<>(false);
    changeInTurn(before -> {
      matched.is = current.version() == version;
      return matched.is ? value : before;
    });
    return matched.is;
  }

  @CanIgnoreReturnValue
  private <N> N requireNext(@Nullable N next, String parameter) {
    if (next == null) {
      throw new NullPointerException(
          "%s returned null for %s, which keeps its value.".formatted(parameter, label()));
    }
    return next;
  }

  /** What the last run of a function has found out. Used by one thread. */
  private static final class Last<R extends @Nullable Object> {
    R is;

    Last(R is) {
      this.is = is;
    }
  }

  /** Races with other writers, or waits for its turn after too many lost races. */
  @CanIgnoreReturnValue
  private <X extends Exception> T change(
      CheckedFunction<? super T, ? extends T, ? extends X> updater) throws X {
    for (int run = 1; run < MOST_RUNS; run++) {
      Revision<T> before = current;
      if (before.isTaken()) {
        break; // to run it now would be in vain
      }
      Revision<T> after = after(before, updater.apply(before.get()));
      if (after != before && CURRENT.compareAndSet(this, before, after)) {
        return published(before, after);
      }
      requireNotNested(before);
      if (after == before) {
        return before.get();
      }
      Mutex.backOff(run);
    }
    return changeInTurn(updater);
  }

  /** Waits for its turn at once. */
  @CanIgnoreReturnValue
  <X extends Exception> T changeInTurn(CheckedFunction<? super T, ? extends T, ? extends X> updater)
      throws X {
    lockTurn();
    Revision<T> before;
    Revision<T> after;
    try {
      before = takeCurrent();
      after = before;
      try {
        after = after(before, updater.apply(before.get()));
      } finally {
        current = after;
      }
    } finally {
      turn.unlock();
    }
    return published(before, after);
  }

  /** Returns what publishes {@code next}, or {@code before} if that is no change. */
  @SuppressWarnings("ReferenceEquality") // see Versions in the Javadoc
  private Revision<T> after(Revision<T> before, T next) {
    if (next == before.get()) {
      return before;
    }
    requireNext(next, "updater");
    if (policy != null) {
      policy.requireInvariant(next, turn, "The value is unchanged.");
    }
    return before.followedBy(next);
  }

  private void lockTurn() {
    if (turn.isHeldBy(Thread.currentThread())) {
      throw nested("The nested change was not made.");
    }
    turn.lockSoon();
  }

  private Revision<T> takeCurrent() {
    Revision<T> before = current;
    while (!CURRENT.compareAndSet(this, before, before.taken())) {
      before = current;
    }
    return before;
  }

  /** Looks whether this very thread has changed the value since {@code before} was current. */
  private void requireNotNested(Revision<T> before) {
    Revision<T> now = current;
    if (now.version() != before.version() && now.isMine()) {
      throw nested("The nested change was made, the outer one was not.");
    }
  }

  private DeadlockException nested(String outcome) {
    return Deadlock.ofOne(
        turn,
        """
        %s was changed from inside its own update on thread "%s". Such an update would never get \
        done, since it makes itself outdated. %s Do both in one update, or one after the other.\
        """
            .formatted(label(), Texts.nameOf(Thread.currentThread()), outcome));
  }

  @CanIgnoreReturnValue
  private T published(Revision<T> before, Revision<T> after) {
    if (after != before && !followers.isEmpty()) {
      followers.forEach(follower -> follower.signal(after));
    }
    return after.get();
  }

  /**
   * Lets a listener hear of every change that follows, in the order of versions, one at a time. It
   * is called with the value before and the value after, by a thread of the executor. The snapshot
   * keeps it until the subscription is closed.
   *
   * <p>Writers hand it to the executor, which should not block. What the executor takes, it must
   * run, once: if it drops that, as after {@code shutdownNow} or by a {@code DiscardPolicy}, the
   * listener hears no more, and what it should hear is kept until the subscription is closed.
   *
   * <p>{@code Runnable::run} is an executor: then writers call the listener. A change returns after
   * the listener has heard of it, unless another writer is calling it, or is about to: that one
   * goes on for as long as others change the value. A listener that blocks keeps those waiting that
   * were added later.
   *
   * {@snippet file="io/github/threadfast/examples/SnapshotExamples.java" region="listen"}
   *
   * @param executor runs the listener
   * @param listener is told of each change; see the class for what becomes of its exceptions
   * @return what ends it
   */
  @CanIgnoreReturnValue
  public Subscription onEveryChange(Executor executor, BiConsumer<? super T, ? super T> listener) {
    requireNonNull(executor, "executor");
    requireNonNull(listener, "listener");
    return new Listening.ToEach<>(this, executor, listener).begin();
  }

  /**
   * Lets a listener hear of the changes that follow, in the order of versions, one at a time; those
   * that come while it is busy are told as one. It is called with the value that it was told of
   * last and the newest one, which are the same if an old value came back: so it always hears of
   * the last change, and need not keep up. What {@link #onEveryChange} says of executors is true
   * here, too.
   *
   * @param executor runs the listener
   * @param listener is told of changes; see the class for what becomes of its exceptions
   * @return what ends it
   */
  @CanIgnoreReturnValue
  public Subscription onLatestChange(Executor executor, BiConsumer<? super T, ? super T> listener) {
    requireNonNull(executor, "executor");
    requireNonNull(listener, "listener");
    return new Listening.ToLatest<>(this, executor, listener).begin();
  }

  /** Adds a follower and returns from where it can follow all that comes. */
  Revision<T> follow(Follower<T> follower) {
    followers.add(follower);
    return current;
  }

  /**
   * As {@link #follow}, but the follower is signalled before all listeners: a writer that runs one
   * of them itself may be kept there.
   */
  private Revision<T> followBeforeListeners(Follower<T> follower) {
    followers.add(0, follower);
    return current;
  }

  void unfollow(Follower<T> follower) {
    followers.remove(follower);
  }

  /**
   * Waits for a value. The condition is tried on the current value, and then on that of each
   * version that follows, in order, by this thread, with no lock held.
   *
   * @param condition looks at a value
   * @return the first value for which the condition holds; it need not be the current one any more
   * @throws InterruptedException if this thread is interrupted before it waits, or while it does
   * @throws DeadlockException if this thread has its turn to change this snapshot, so that nobody
   *     else can
   */
  @CanIgnoreReturnValue
  public T await(Predicate<? super T> condition) throws InterruptedException {
    requireNonNull(condition, "condition");
    return requireNonNull(await(condition, (Deadline) null));
  }

  /**
   * Waits for a value, but no longer than {@code timeout}. The condition is tried on the current
   * value, and then on that of each version that follows in time, in order, by this thread, with no
   * lock held.
   *
   * {@snippet file="io/github/threadfast/examples/SnapshotExamples.java" region="await"}
   *
   * @param condition looks at a value
   * @param timeout how long to wait; zero or more
   * @return the first value for which the condition holds; it need not be the current one any more
   * @throws InterruptedException if this thread is interrupted before it waits, or while it does
   * @throws TimeoutException if no value has come in time
   * @throws IllegalArgumentException if {@code timeout} is negative
   * @throws DeadlockException if this thread has its turn to change this snapshot, so that nobody
   *     else can
   */
  @CanIgnoreReturnValue
  public T await(Predicate<? super T> condition, Duration timeout)
      throws InterruptedException, TimeoutException {
    requireNonNull(condition, "condition");
    requireNonNull(timeout, "timeout");
    T found = await(condition, Deadline.in(Deadline.requireLimit(timeout, "timeout")));
    if (found == null) {
      throw new TimeoutException(
          "The condition on %s did not hold within %s. Wait longer, or see why no change makes it so."
              .formatted(label(), timeout));
    }
    return found;
  }

  /** Returns the first value of which the condition holds, or null when the time is up. */
  private @Nullable T await(Predicate<? super T> condition, @Nullable Deadline deadline)
      throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    Thread me = Thread.currentThread();
    Backlog<T> backlog = new Backlog<>();
    Follower<T> follower =
        published -> {
          backlog.add(published);
          LockSupport.unpark(me);
        };
    Revision<T> revision = followBeforeListeners(follower);
    backlog.beginAfter(revision);
    long lastVersion = Long.MAX_VALUE;
    try {
      while (!condition.test(revision.get())) {
        if (lastVersion == Long.MAX_VALUE && deadline != null && deadline.left() <= 0) {
          lastVersion = current.version(); // what comes later is too late
        }
        Revision<T> next = revision.version() < lastVersion ? awaitNext(backlog, deadline) : null;
        if (next == null) {
          return null;
        }
        revision = next;
      }
      return revision.get();
    } finally {
      unfollow(follower);
    }
  }

  /** Returns the next revision, or null when the time is up. */
  private @Nullable Revision<T> awaitNext(Backlog<T> backlog, @Nullable Deadline deadline)
      throws InterruptedException {
    while (true) {
      if (Thread.interrupted()) { // looked at even if there is no need to wait for the next
        throw new InterruptedException();
      }
      Revision<T> next = backlog.next();
      if (next != null) {
        return next;
      }
      if (turn.isHeldBy(Thread.currentThread())) {
        throw neverHolds();
      }
      long left = deadline == null ? Long.MAX_VALUE : deadline.left();
      if (left <= 0) {
        return null;
      }
      LockSupport.parkNanos(this, left);
    }
  }

  private DeadlockException neverHolds() {
    return Deadlock.ofOne(
        turn,
        """
        The condition on %s does not hold, and nobody can change that while thread "%s" waits for it \
        inside its own update. Wait before the update.\
        """
            .formatted(label(), Texts.nameOf(Thread.currentThread())));
  }

  /**
   * Returns a view of what a function makes of two snapshots, or views, at one moment.
   *
   * {@snippet file="io/github/threadfast/examples/SnapshotExamples.java" region="combine"}
   *
   * @param <A> the first
   * @param <B> the second
   * @param <R> what is derived
   * @param first a snapshot or a view
   * @param second another; two views of the same snapshot show the same version of it
   * @param derivation computes it; called once at most for each pair of versions that is asked for,
   *     with no lock held
   * @return a view, which has computed nothing yet
   */
  public static <A, B, R> View<R> combine(
      View<A> first, View<B> second, BiFunction<? super A, ? super B, ? extends R> derivation) {
    requireNonNull(first, "first");
    requireNonNull(second, "second");
    requireNonNull(derivation, "derivation");
    Set<Snapshot<?>> sources = new LinkedHashSet<>(List.of(first.sources()));
    sources.addAll(List.of(second.sources()));
    return new DerivedView<>(
        sources.toArray(Snapshot<?>[]::new),
        moment -> {
          Supplier<? extends A> a = first.at(moment);
          Supplier<? extends B> b = second.at(moment);
          return a == null || b == null ? null : () -> derivation.apply(a.get(), b.get());
        });
  }

  Revision<T> current() {
    return current;
  }

  @Override
  Snapshot<?>[] sources() {
    return new Snapshot<?>[] {this};
  }

  @Override
  Revision<T> at(Moment moment) {
    return moment.of(this);
  }

  @Override
  String label() {
    return turn.label();
  }

  /**
   * Returns the name, the version, and who changes, waits or listens. It never waits, and never
   * looks at the value.
   */
  @Override
  public String toString() {
    Thread owner = turn.owner();
    int waiting = turn.getQueueLength();
    int following = followers.size();
    return "Snapshot["
        + turn.shortLabel()
        + ", version "
        + current.version()
        + (owner == null ? "" : ", being changed by \"" + Texts.nameOf(owner) + '"')
        + (waiting == 0 ? "" : ", " + waiting + " waiting")
        + (following == 0 ? "" : ", " + following + " following")
        + "]";
  }

  /**
   * A value with its version.
   *
   * @param <T> the value
   * @param version how many changes there were before
   * @param value the value
   * @since 0.1.0
   */
  public record Versioned<T>(long version, T value) {}

  /**
   * What {@link #modify} is told to do: a new value, and a result beside it.
   *
   * @param <T> the value
   * @param <R> the result
   * @param value the new value; the old one, if there is nothing to change
   * @param result what {@code modify} returns
   * @since 0.1.0
   */
  public record Change<T, R extends @Nullable Object>(T value, R result) {
    /** Makes one. The value may not be null. */
    public Change {
      requireNonNull(value, "value");
    }
  }

  /**
   * The choices for a snapshot. Not thread-safe.
   *
   * @param <T> the value
   * @since 0.1.0
   */
  public static final class Builder<T> {
    private final T value;
    private @Nullable String name;
    private @Nullable Predicate<? super T> invariant;

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
     * Checks each value before anybody can see it. One of which it does not hold is refused with an
     * {@link InvariantException}, and nothing is changed. It is run as often as functions are.
     *
     * @param invariant what holds of each value. One that throws is taken as one that does not hold
     * @return this
     */
    public Builder<T> invariant(Predicate<? super T> invariant) {
      this.invariant = requireNonNull(invariant, "invariant");
      return this;
    }

    /**
     * Returns the snapshot.
     *
     * @return a new one
     * @throws IllegalArgumentException if the invariant does not hold of the first value
     */
    public Snapshot<T> build() {
      Policy<T> policy = policy();
      Policy.Violation violation = policy == null ? null : policy.violation(value);
      if (violation != null) {
        throw new IllegalArgumentException(
            "The invariant does not hold of the first value. Begin with a value of which it does.",
            violation.thrown());
      }
      return new Snapshot<>(this);
    }

    private @Nullable Policy<T> policy() {
      return invariant == null ? null : new Policy<>(false, invariant, null);
    }
  }

  private static final VarHandle CURRENT;

  static {
    try {
      CURRENT = MethodHandles.lookup().findVarHandle(Snapshot.class, "current", Revision.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }
}
