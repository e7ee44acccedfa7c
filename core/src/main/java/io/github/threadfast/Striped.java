package io.github.threadfast;

import static java.util.Objects.requireNonNull;

import com.google.errorprone.annotations.ThreadSafe;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A fixed number of values, over which threads are spread, each used by one thread at a time.
 *
 * <p>It answers the value for each thread that becomes a million values when threads are virtual,
 * and the one value that all threads queue for. Each thread always gets the same of the values,
 * together with others; so a value serves where any will do: a buffer, a parser, a partial sum.
 * Where the threads are few and live long, a {@link PerThread} needs no lock.
 *
 * <h2 id="example">Example</h2>
 *
 * {@snippet file="io/github/threadfast/examples/StripedExamples.java" region="sums"}
 *
 * {@snippet file="io/github/threadfast/examples/StripedExamples.java" region="closeable"}
 *
 * <h2 id="thread-safety">Thread safety</h2>
 *
 * <p>All methods may be called by any thread. The values need not be thread-safe: each is used by
 * one thread at a time, as long as no reference to it leaves an action. Unless they are immutable,
 * don't store them in a field, or hand them to another thread; to return one is an error that is
 * found at once. The supplier may be run by several threads at once, each for another value.
 *
 * <h2 id="memory">Memory effects</h2>
 *
 * <p>What an action on a value did, the supplier that made it included, and all that its thread did
 * before, happens-before every later action on the same value, every later {@link #fold fold}, and
 * the closer. Actions on different values are not ordered by them. What was done before the {@code
 * Striped} was made happens-before every action, provided that it is safely published, as by a
 * final field. {@link #toString} orders nothing.
 *
 * <h2 id="blocking">Blocking and interruption</h2>
 *
 * <p>An action waits while another thread uses the same value, or makes it; {@code fold} waits for
 * every value. The wait is uninterruptible, like {@link
 * java.util.concurrent.locks.ReentrantLock#lock}: an interrupt status is kept and seen by the
 * action. {@link #close} waits, too, but hurries if it is interrupted: see there. A thread that
 * arrives just as a value becomes free may overtake waiting ones. Threads park in {@code
 * java.util.concurrent}, so that a virtual thread releases its carrier.
 *
 * <h2 id="re-entry">Re-entry and lock order</h2>
 *
 * <p>An action, {@code fold}'s operation and the supplier must not use the same {@code Striped},
 * directly or through what they call: a thread would wait for itself. Such a call throws a {@link
 * DeadlockException} at once, whichever method it is. They may use other primitives. Where threads
 * would wait for one another in a ring, through any primitives of this package, one of them gets a
 * {@code DeadlockException} instead of waiting. The closer runs when nobody uses the value any
 * more, and may call anything.
 *
 * <h2 id="failures">Exceptions in actions</h2>
 *
 * <p>Whatever an action throws, checked exceptions and {@code Error}s included, reaches the caller
 * as it is, and the value is free again; what the action has changed by then stays changed. What
 * the supplier throws reaches the caller, too: there is no value then, and the next action that
 * needs it runs the supplier again. If {@code fold}'s operation throws, nothing has changed. For
 * what a closer throws, see {@link #close}.
 *
 * <h2 id="nulls">Nulls</h2>
 *
 * <p>Neither an argument nor a value may be null: the {@link NullPointerException} names the
 * parameter, or the value for which the supplier returned null, which is a failure like any other.
 * The result of {@code read} and {@code compute}, and both what {@code fold} begins with and what
 * it comes to, may be.
 *
 * <h2 id="cost">Complexity and footprint</h2>
 *
 * <p>An action computes which value is its thread's from the thread's number, and takes and
 * releases one lock. {@code fold} takes all the locks, and holds up all actions while it runs.
 * There are never more values than stripes, whatever the number of threads, and those that no
 * thread has needed are not made. Two threads have the same value with a probability of one in the
 * number of stripes: some stripes for each processor are plenty.
 *
 * <h2 id="diagnostics">Diagnostics</h2>
 *
 * <p>{@link #toString} shows the name, how many values there are, and how many are in use. In
 * messages, thread dumps and the events of the flight recorder each value is a {@link Guarded},
 * named by its number: {@code buffers[3]}.
 *
 * <h2 id="comparison">Comparison</h2>
 *
 * <p>A {@link PerThread} has as many values as there are threads. So has a {@link ThreadLocal}, and
 * there nobody can look at them all, or close them. A {@link java.util.concurrent.BlockingQueue} of
 * values to be taken and put back lets a thread have any that is free, but loses one with each
 * {@code finally} that is forgotten, and all threads meet at its lock. A {@link
 * java.util.concurrent.atomic.LongAdder} is striped likewise, for sums alone.
 *
 * @param <T> the values
 * @since 0.1.0
 */
@ThreadSafe
public final class Striped<T> implements AutoCloseable {
  /*
   * Idea. Each stripe is a Guarded that is empty until a thread needs its value. That finds re-entry
   * and deadlocks, and lets fold take them all together.
   *
   * Closing. close() sets closed, then takes each value out, as an action of its own, and closes
   * what it has taken. An action looks at closed when it is inside: either it finds it set, or it is
   * over before its value is taken. So no action sees a closed value, and each value that was made
   * is taken once.
   *
   * Where close() can't wait, being interrupted or in a circle, it sets left and tries once more to
   * take the value. Whoever ends an action looks at left after it has unlocked, and takes the value
   * if it is free. Ordering, P1: left, then the lock; the unlock, then left, are all volatile. If
   * close() finds the lock taken, its holder unlocks later and sees left. If the holder finds the
   * lock taken, then by a thread that will look at left as well when it has unlocked.
   */

  /** Its fraction, in units of 2 to the power of -64. */
  private static final long GOLDEN_RATIO = 0x9E3779B97F4A7C15L;

  private final @Nullable String name;

  @SuppressWarnings("ThreadSafe") // must be called by any thread: see the contract
  private final Supplier<? extends T> supplier;

  @SuppressWarnings("ThreadSafe") // the same
  private final @Nullable Consumer<? super T> closer;

  @SuppressWarnings("ThreadSafe") // it is unmodifiable
  private final List<Stripe> stripes;

  private final AtomicBoolean closed = new AtomicBoolean();

  Striped(
      @Nullable String name,
      int stripes,
      Supplier<? extends T> supplier,
      @Nullable Consumer<? super T> closer) {
    if (stripes < 1) {
      throw new IllegalArgumentException(
          "stripes must be at least 1: was %d. Some for each processor are plenty."
              .formatted(stripes));
    }
    this.name = name;
    this.supplier = supplier;
    this.closer = closer;
    this.stripes = IntStream.range(0, stripes).mapToObj(Stripe::new).toList();
  }

  /**
   * Returns as many values as {@code stripes}, without a name. Messages call them by the class that
   * made the supplier.
   *
   * @param <T> the values
   * @param stripes how many there are at most; at least 1
   * @param supplier makes a value, when a thread needs it first; by any thread, and by several at
   *     once
   * @return the values, none of which is made yet
   * @throws IllegalArgumentException if {@code stripes} is less than 1
   */
  public static <T> Striped<T> of(int stripes, Supplier<? extends T> supplier) {
    return new Striped<>(null, stripes, requireNonNull(supplier, "supplier"), null);
  }

  /**
   * Returns as many values as {@code stripes}, with a name.
   *
   * @param <T> the values
   * @param name what messages and {@code toString} call them
   * @param stripes how many there are at most; at least 1
   * @param supplier makes a value, when a thread needs it first; by any thread, and by several at
   *     once
   * @return the values, none of which is made yet
   * @throws IllegalArgumentException if {@code stripes} is less than 1
   */
  public static <T> Striped<T> of(String name, int stripes, Supplier<? extends T> supplier) {
    return new Striped<>(
        requireNonNull(name, "name"), stripes, requireNonNull(supplier, "supplier"), null);
  }

  /**
   * Returns as many values as {@code stripes}, with a name, which are closed by {@link #close}.
   *
   * @param <T> the values
   * @param name what messages and {@code toString} call them
   * @param stripes how many there are at most; at least 1
   * @param supplier makes a value, when a thread needs it first; by any thread, and by several at
   *     once
   * @param closer closes a value; called once for each that was made, when nobody uses it any more
   * @return the values, none of which is made yet
   * @throws IllegalArgumentException if {@code stripes} is less than 1
   */
  public static <T> Striped<T> closeable(
      String name, int stripes, Supplier<? extends T> supplier, Consumer<? super T> closer) {
    return new Striped<>(
        requireNonNull(name, "name"),
        stripes,
        requireNonNull(supplier, "supplier"),
        requireNonNull(closer, "closer"));
  }

  /**
   * Looks at the value of this thread, which is made if there is none. No other thread uses it
   * meanwhile.
   *
   * @param <R> the result
   * @param <X> what {@code reader} may throw
   * @param reader returns something of the value, but not the value unless that is immutable;
   *     changes nothing
   * @return what {@code reader} returned
   * @throws X if {@code reader} throws it
   * @throws NullPointerException if the supplier has returned null
   * @throws DeadlockException if this thread is inside an action on the same value, or the wait for
   *     others would never end
   * @throws IllegalStateException if it was {@linkplain #close closed}; or if {@code reader}
   *     returns the value itself, unless that is immutable
   */
  public <R extends @Nullable Object, X extends Exception> R read(
      CheckedFunction<? super T, ? extends R, ? extends X> reader) throws X {
    requireNonNull(reader, "reader");
    return apply(Verb.READ, reader);
  }

  /**
   * Changes the value of this thread, which is made if there is none. No other thread uses it
   * meanwhile.
   *
   * @param <X> what {@code updater} may throw
   * @param updater changes the value
   * @throws X if {@code updater} throws it; what it has changed stays changed
   * @throws NullPointerException if the supplier has returned null
   * @throws DeadlockException if this thread is inside an action on the same value, or the wait for
   *     others would never end
   * @throws IllegalStateException if it was {@linkplain #close closed}
   */
  public <X extends Exception> void update(CheckedConsumer<? super T, ? extends X> updater)
      throws X {
    requireNonNull(updater, "updater");
    try (Stripe mine = lock(Verb.UPDATE)) {
      updater.accept(mine.value());
    }
  }

  /**
   * Changes the value of this thread, which is made if there is none, and returns something. No
   * other thread uses it meanwhile.
   *
   * @param <R> the result
   * @param <X> what {@code updater} may throw
   * @param updater changes the value and returns something, but not the value unless that is
   *     immutable
   * @return what {@code updater} returned
   * @throws X if {@code updater} throws it; what it has changed stays changed
   * @throws NullPointerException if the supplier has returned null
   * @throws DeadlockException if this thread is inside an action on the same value, or the wait for
   *     others would never end
   * @throws IllegalStateException if it was {@linkplain #close closed}; or if {@code updater}
   *     returns the value itself, unless that is immutable: what it has changed stays changed
   */
  public <R extends @Nullable Object, X extends Exception> R compute(
      CheckedFunction<? super T, ? extends R, ? extends X> updater) throws X {
    requireNonNull(updater, "updater");
    return apply(Verb.COMPUTE, updater);
  }

  private <R extends @Nullable Object, X extends Exception> R apply(
      Verb verb, CheckedFunction<? super T, ? extends R, ? extends X> action) throws X {
    try (Stripe mine = lock(verb)) {
      T value = mine.value();
      R result = action.apply(value);
      requireNoEscape(result, value);
      return result;
    }
  }

  /**
   * Combines all the values that there are, of one moment: no action runs meanwhile.
   *
   * @param <R> the result
   * @param identity what to begin with, and the result if there are no values
   * @param op adds a value to the result so far; changes nothing, and returns no value itself
   *     unless that is immutable. The order of the values is not specified
   * @return the result
   * @throws DeadlockException if this thread is inside an action on one of the values, or the wait
   *     for others would never end
   * @throws IllegalStateException if it was {@linkplain #close closed}; or if the result is one of
   *     the values, unless that is immutable
   */
  public <R extends @Nullable Object> R fold(
      R identity, BiFunction<? super R, ? super T, ? extends R> op) {
    requireNonNull(op, "op");
    try (All all = new All()) {
      return all.access().read(values -> fold(values, identity, op));
    }
  }

  private <R extends @Nullable Object> R fold(
      List<Optional<T>> values, R identity, BiFunction<? super R, ? super T, ? extends R> op) {
    requireOpen();
    List<T> made = values.stream().flatMap(Optional::stream).toList();
    R result = identity;
    for (T value : made) {
      result = op.apply(result, value);
    }
    for (T value : made) {
      requireNoEscape(result, value);
    }
    return result;
  }

  /**
   * Takes all the values away, and closes each with the closer, if there is one. From now on every
   * action throws an {@link IllegalStateException}. If it is closed already, nothing happens; it
   * may be that another thread is still at it.
   *
   * <p>Where a value is in use, this waits until the action is over. If this thread is interrupted,
   * before or meanwhile, it hurries instead: it closes what is free, and a value that is in use is
   * closed by the thread that uses it, as soon as its action is over. The same is done where the
   * wait would never end. The interrupt status is kept.
   *
   * <p>What the closer throws reaches the caller when all values have been closed: the first of
   * these exceptions, with the others {@linkplain Throwable#addSuppressed suppressed}. The closer
   * is not run again on that value. In a thread that closes the value it has used, the exception
   * comes from its action, or is suppressed by what that has thrown.
   *
   * @throws DeadlockException if this thread is inside an action on one of the values, or the wait
   *     for one would never end; all is closed all the same, but for that value, which is closed as
   *     soon as the action is over
   */
  @Override
  public void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    Throwable failure = closeEach(Stripe::closeWhenFree, null);
    Closing.rethrow(closeEach(Stripe::closeIfLeft, failure));
  }

  /** Does it for all, and returns the first failure, with the others suppressed. */
  private @Nullable Throwable closeEach(Consumer<Stripe> closing, @Nullable Throwable earlier) {
    Throwable first = earlier;
    for (Stripe stripe : stripes) {
      try {
        closing.accept(stripe);
      } catch (Throwable failure) {
        first = Closing.join(first, failure);
      }
    }
    return first;
  }

  @SuppressWarnings("CheckReturnValue") // it returns true, since it isn't reentrant
  private Stripe lock(Verb verb) {
    Stripe mine = stripes.get(indexOf(Thread.currentThread()));
    mine.guarded.lock(verb);
    return mine;
  }

  /**
   * Spreads the numbers of threads, which tend to be consecutive, evenly over any number of
   * stripes: the fraction of a multiple of the golden ratio, scaled.
   */
  private int indexOf(Thread thread) {
    long fraction = (Texts.idOf(thread) * GOLDEN_RATIO) >>> Integer.SIZE;
    return (int) ((fraction * stripes.size()) >>> Integer.SIZE);
  }

  private void requireOpen() {
    if (closed.get()) {
      throw new IllegalStateException(
          label() + " is closed. Close it after its last use, or make a new one.");
    }
  }

  @SuppressWarnings("ReferenceEquality") // the very object, not one like it
  private void requireNoEscape(@Nullable Object result, T value) {
    if (result == value && !Immutables.include(value.getClass())) {
      throw new IllegalStateException(
          """
          %s would escape: the action returned the %s itself, which other threads use, too. \
          Return what you need of it or a copy.\
          """
              .formatted(label(), Texts.nameOf(value.getClass())));
    }
  }

  private String label() {
    return "Striped " + shortLabel();
  }

  private String shortLabel() {
    return Texts.shownName(name != null ? name : supplier.getClass());
  }

  /**
   * Returns the name, how many values there are, and how many are in use. It never waits, and never
   * looks at a value.
   */
  @Override
  public String toString() {
    return "Striped[%s, %s]".formatted(shortLabel(), closed.get() ? "closed" : state());
  }

  private String state() {
    long made = stripes.stream().filter(Stripe::isMade).count();
    long inUse = stripes.stream().filter(stripe -> stripe.guarded.isInUse()).count();
    return made + " of " + stripes.size() + " made" + (inUse == 0 ? "" : ", " + inUse + " in use");
  }

  /** A value and its lock; as a resource, the use that an action makes of it. */
  private final class Stripe implements AutoCloseable {
    final Guarded<Optional<T>> guarded;

    /** Whether close() has left the value to the thread that uses it. */
    private volatile boolean left;

    Stripe(int index) {
      String label = name != null ? name : shortLabel();
      guarded = Guarded.of(label + "[" + index + "]", Optional.empty());
    }

    /** Returns the value, for the thread that has locked it. */
    T value() {
      requireOpen();
      Optional<T> value = guarded.current();
      return value.isPresent() ? value.get() : make();
    }

    private T make() {
      T made = supplier.get();
      if (made == null) {
        throw new NullPointerException(
            """
            supplier returned null for %s, which stays without a value. \
            Return what stands for nothing, such as Optional.empty().\
            """
                .formatted(guarded.label()));
      }
      guarded.exchange(none -> Optional.of(made));
      return made;
    }

    /** Ends the use of the value. */
    @Override
    public void close() {
      guarded.unlock();
      closeIfLeft();
    }

    void closeIfLeft() {
      if (left && guarded.tryLock()) { // observes P1
        closeLocked();
      }
    }

    /** Closes the value when nobody uses it, or leaves it: then closeIfLeft must follow. */
    void closeWhenFree() {
      boolean locked = false;
      try {
        locked = guarded.lockUnlessInterrupted(Verb.CLOSE);
      } finally {
        left = !locked; // publishes P1
      }
      if (locked) {
        closeLocked();
      }
    }

    private void closeLocked() {
      Optional<T> taken;
      try {
        taken = guarded.current();
        guarded.exchange(value -> Optional.empty());
      } finally {
        guarded.unlock();
      }
      if (closer != null) {
        taken.ifPresent(closer); // no lock is held, and nobody waits for this thread
      }
    }

    /** Returns whether there is a value, of which another thread may not know yet. */
    boolean isMade() {
      return guarded.current().isPresent();
    }
  }

  /** As a resource, the use that a fold makes of all values. */
  private final class All implements AutoCloseable {
    AccessAll<Optional<T>, RuntimeException, RuntimeException> access() {
      return Guarded.together(stripes.stream().map(stripe -> stripe.guarded).toList());
    }

    @Override
    public void close() {
      Closing.rethrow(closeEach(Stripe::closeIfLeft, null));
    }
  }
}
