package io.github.threadfast;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A value that is made once, on first use.
 *
 * <p>It answers double-checked locking with a part forgotten, the value that two threads make, and
 * the one that is seen unfinished. What becomes of a failure is chosen by the name of the factory:
 * {@link #of(Supplier) of} tries again, {@link #cachingFailure(Supplier) cachingFailure} does not.
 * A value that is cheap to make, or always needed, is better made at once, in a final field.
 *
 * <h2 id="example">Example</h2>
 *
 * {@snippet file="io/github/threadfast/examples/LazyExamples.java" region="lazy"}
 *
 * <h2 id="thread-safety">Thread safety</h2>
 *
 * <p>All methods may be called by any thread. The initializer is run by the thread that asks first,
 * and never by two at once. The value is handed out to all: it must be immutable, thread-safe, or
 * used by one thread at a time, as in a {@link Guarded}.
 *
 * <h2 id="memory">Memory effects</h2>
 *
 * <p>All that the initializer did, and all that its thread did before, happens-before what follows
 * a {@code get} or {@code peek} that returns the value. What an initializer that failed did
 * happens-before the next attempt, and before what follows a {@code get} that throws its failure.
 * With {@link #constant(Supplier) constant} this is true of all that can be reached from the value,
 * but not of what the initializer has written elsewhere. What was done before the factory was
 * called happens-before the initializer runs, provided that the {@code Lazy} itself is safely
 * published, as by a final field. {@link #isInitialized} and {@link #toString} order nothing.
 *
 * <h2 id="blocking">Blocking and interruption</h2>
 *
 * <p>{@link #get()} waits while another thread runs the initializer. The wait is uninterruptible,
 * like {@link java.util.concurrent.locks.ReentrantLock#lock}: an interrupt status is kept. {@link
 * #get(Duration)} can be interrupted, and limits that wait; but if no other thread runs the
 * initializer, it does so itself, as long as that takes. An initializer sees the interrupt status
 * of its thread, and may throw because of it. {@link #peek}, {@link #isInitialized} and {@link
 * #toString} never wait. Threads park in {@code java.util.concurrent}, so that a virtual thread
 * releases its carrier; so does one that waits inside an initializer, as no monitor is held.
 *
 * <h2 id="re-entry">Re-entry and lock order</h2>
 *
 * <p>An initializer must not need its own value, directly or through what it calls: it would wait
 * for itself. {@code get} throws a {@link DeadlockException} there at once. An initializer may use
 * other lazy values and guarded ones. Where threads would wait for one another in a ring, through
 * any primitives of this package, one of them gets a {@code DeadlockException} instead of waiting,
 * and the others go on. {@code get(Duration)} is not looked at for that: its wait ends by itself.
 *
 * <h2 id="failures">Exceptions in initializers</h2>
 *
 * <p>Whatever an initializer throws, an {@link Error} or a checked exception too, reaches the
 * caller as it is. All who waited for that attempt get the same exception; the next caller tries
 * again. With {@code cachingFailure}, every later {@code get} throws the same exception, too,
 * unless it was an {@code Error}.
 *
 * <p>A failure that belongs to the thread, and not to the value, is kept from the others: those who
 * waited try again themselves, and nothing is cached. It is one if the thread is interrupted when
 * the initializer has thrown, or if an {@link InterruptedException}, {@link
 * java.io.InterruptedIOException}, {@link java.nio.channels.ClosedByInterruptException} or {@code
 * DeadlockException} is among the causes. A {@link java.net.SocketTimeoutException} is none.
 *
 * <h2 id="nulls">Nulls</h2>
 *
 * <p>Neither an argument nor the value may be null: the {@link NullPointerException} names the
 * parameter, or the lazy value whose initializer returned null. That is a failure like any other.
 * {@link #peek} returns null if there is no value.
 *
 * <h2 id="cost">Complexity and footprint</h2>
 *
 * <p>{@code get} of a value that is there is one acquiring read. The first one takes two
 * compare-and-sets besides. An instance of {@code of} is one object with three references; only
 * where threads have to wait is another one made. The initializer is released when it has returned.
 * Of one without a name, its class is kept, for messages.
 *
 * <p>A {@link #constant(Supplier) constant} costs what a constant costs, but only where the JIT
 * compiler knows it: see there.
 *
 * <h2 id="diagnostics">Diagnostics</h2>
 *
 * <p>{@link #toString} shows the name, whether there is a value, and which thread is making it, for
 * how many others. It never shows the value. A thread dump shows a thread that waits with the one
 * that it waits for as owner.
 *
 * <h2 id="comparison">Comparison</h2>
 *
 * <p>A class that holds the value in a static field is as fast, but can't be named, asked, or tried
 * again: what its initializer threw is lost to all but the first, and two such classes that need
 * each other can block for ever. {@link java.util.concurrent.ConcurrentHashMap#computeIfAbsent}
 * keeps a value for each key, which a {@code Lazy} does not, but waits while it computes others,
 * too. A {@code synchronized} getter is paid for at each call; two checks around it need a {@code
 * volatile} that is easily forgotten.
 *
 * @param <T> the value
 * @since 0.1.0
 */
public sealed interface Lazy<T> extends Supplier<T> permits OnceLazy, ConstantLazy, CloseableLazy {
  /**
   * Returns a lazy value without a name. After a failure, the next caller tries again. Messages
   * call it by the class that made the initializer.
   *
   * @param <T> the value
   * @param initializer makes the value; called again only if it has thrown
   * @return the lazy value
   */
  static <T> Lazy<T> of(Supplier<? extends T> initializer) {
    requireNonNull(initializer, "initializer");
    return new OnceLazy<>(null, initializer);
  }

  /**
   * Returns a lazy value with a name. After a failure, the next caller tries again.
   *
   * @param <T> the value
   * @param name what messages and {@code toString} call it
   * @param initializer makes the value; called again only if it has thrown
   * @return the lazy value
   */
  static <T> Lazy<T> of(String name, Supplier<? extends T> initializer) {
    requireNonNull(name, "name");
    requireNonNull(initializer, "initializer");
    return new OnceLazy<>(name, initializer);
  }

  /**
   * Returns a lazy value without a name. A failure is its outcome for good: every {@code get}
   * throws the same exception, with the stack trace of the first. Messages call it by the class
   * that made the initializer.
   *
   * @param <T> the value
   * @param initializer makes the value; called again only if it has thrown an {@code Error}, or a
   *     failure that belongs to its thread
   * @return the lazy value
   */
  static <T> Lazy<T> cachingFailure(Supplier<? extends T> initializer) {
    requireNonNull(initializer, "initializer");
    return new CachingLazy<>(null, initializer);
  }

  /**
   * Returns a lazy value with a name. A failure is its outcome for good: every {@code get} throws
   * the same exception, with the stack trace of the first.
   *
   * @param <T> the value
   * @param name what messages and {@code toString} call it
   * @param initializer makes the value; called again only if it has thrown an {@code Error}, or a
   *     failure that belongs to its thread
   * @return the lazy value
   */
  static <T> Lazy<T> cachingFailure(String name, Supplier<? extends T> initializer) {
    requireNonNull(name, "name");
    requireNonNull(initializer, "initializer");
    return new CachingLazy<>(name, initializer);
  }

  /**
   * Returns a lazy value for a {@code static final} field, without a name. The JIT compiler takes
   * the value for a constant there. After a failure, the next caller tries again.
   *
   * {@snippet file="io/github/threadfast/examples/LazyExamples.java" region="constant"}
   *
   * <p>Anywhere else, {@link #of(Supplier) of} is the better choice: in a field of an object, whose
   * value the compiler does not know, {@code get} is a call through a method handle, which takes
   * some six times as long as that of {@code of} (measured on JDK 17 and 25), and making the lazy
   * value is slow, too. Compiled code that has used it before there was a value is thrown away when
   * the value comes.
   *
   * @param <T> the value
   * @param initializer makes the value; called again only if it has thrown
   * @return the lazy value
   */
  static <T> Lazy<T> constant(Supplier<? extends T> initializer) {
    requireNonNull(initializer, "initializer");
    return ConstantLazy.of(null, initializer);
  }

  /**
   * Returns a lazy value for a {@code static final} field, with a name: see {@link
   * #constant(Supplier)}.
   *
   * @param <T> the value
   * @param name what messages and {@code toString} call it
   * @param initializer makes the value; called again only if it has thrown
   * @return the lazy value
   */
  static <T> Lazy<T> constant(String name, Supplier<? extends T> initializer) {
    requireNonNull(name, "name");
    requireNonNull(initializer, "initializer");
    return ConstantLazy.of(name, initializer);
  }

  /**
   * Returns a lazy value that can be closed, without a name. After a failure, the next caller tries
   * again.
   *
   * @param <T> the value
   * @param opener makes the value; called again only if it has thrown
   * @param closer closes a value; called once at most, by {@link CloseableLazy#close close}, and
   *     only if there is a value
   * @return the lazy value
   */
  static <T> CloseableLazy<T> closeable(Supplier<? extends T> opener, Consumer<? super T> closer) {
    requireNonNull(opener, "opener");
    requireNonNull(closer, "closer");
    return new ClosingLazy<>(null, opener, closer);
  }

  /**
   * Returns a lazy value that can be closed, with a name. After a failure, the next caller tries
   * again.
   *
   * @param <T> the value
   * @param name what messages and {@code toString} call it
   * @param opener makes the value; called again only if it has thrown
   * @param closer closes a value; called once at most, by {@link CloseableLazy#close close}, and
   *     only if there is a value
   * @return the lazy value
   */
  static <T> CloseableLazy<T> closeable(
      String name, Supplier<? extends T> opener, Consumer<? super T> closer) {
    requireNonNull(name, "name");
    requireNonNull(opener, "opener");
    requireNonNull(closer, "closer");
    return new ClosingLazy<>(name, opener, closer);
  }

  /**
   * Returns the value. If there is none, makes it, or waits for the thread that is making it.
   *
   * <p>It also throws whatever the initializer has thrown, in this thread or in the one waited for.
   *
   * @return the value, the same for all
   * @throws NullPointerException if the initializer has returned null
   * @throws DeadlockException if the initializer calls this, or if the wait would never end
   * @throws IllegalStateException if it was {@linkplain CloseableLazy#close closed}
   */
  @Override
  T get();

  /**
   * Returns the value. If there is none, makes it, or waits for the thread that is making it, but
   * no longer than {@code timeout}. That thread goes on when the wait has ended.
   *
   * <p>It also throws whatever the initializer has thrown, in this thread or in the one waited for.
   *
   * @param timeout how long to wait for other threads; zero or more. The initializer, if this
   *     thread runs it, may take longer
   * @return the value, the same for all
   * @throws InterruptedException if this thread is interrupted before it waits, or while it does
   * @throws TimeoutException if other threads have not made the value in time
   * @throws IllegalArgumentException if {@code timeout} is negative
   * @throws NullPointerException if the initializer has returned null
   * @throws DeadlockException if the initializer calls this
   * @throws IllegalStateException if it was {@linkplain CloseableLazy#close closed}
   */
  T get(Duration timeout) throws InterruptedException, TimeoutException;

  /**
   * Returns whether there is a value, so that {@code get} returns it at once. It is not if a
   * failure was cached, or if it was {@linkplain CloseableLazy#close closed}.
   *
   * @return whether there is a value
   */
  boolean isInitialized();

  /**
   * Returns the value if there is one. It neither makes the value nor waits.
   *
   * @return the value, or null if there is none
   */
  @Nullable T peek();

  /**
   * Returns the name, whether there is a value, and who is making it, for how many that wait. It
   * never waits, and never looks at the value.
   */
  @Override
  String toString();
}
