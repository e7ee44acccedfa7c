package io.github.threadfast;

import static java.util.Objects.requireNonNull;

import com.google.errorprone.annotations.ThreadSafe;
import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A value that can be touched only inside its lock.
 *
 * <p>It answers the lost update and the check-then-act: there is no getter and no lock to forget,
 * only actions that run one at a time. For an immutable value that is read far more often than it
 * is replaced, an {@link java.util.concurrent.atomic.AtomicReference} is cheaper, since its readers
 * never wait.
 *
 * <h2 id="example">Example</h2>
 *
 * {@snippet file="io/github/threadfast/examples/GuardedExamples.java" region="account"}
 *
 * <h2 id="thread-safety">Thread safety</h2>
 *
 * <p>All methods may be called by any thread. The value itself need not be thread-safe: it is used
 * by one thread at a time, as long as no reference to it leaves an action. Unless it is immutable,
 * don't return the value, store it in a field, or hand it to another thread; don't keep a reference
 * to what was passed to {@link #of(Object) of}.
 *
 * <h2 id="memory">Memory effects</h2>
 *
 * <p>All that an action did, and all that its thread did before, happens-before every later action
 * on the same {@code Guarded}. What was done to a value before it was passed to {@code of}
 * happens-before every action, provided that the {@code Guarded} itself is safely published, as by
 * a final field. {@link #toString} orders nothing.
 *
 * <h2 id="blocking">Blocking and interruption</h2>
 *
 * <p>Every action waits until the actions before it are over. The wait is uninterruptible, like
 * {@link ReentrantLock#lock}: an interrupt status is kept and seen by the action. Waiting threads
 * are served roughly in the order of their arrival, yet one that arrives just as the value becomes
 * free may overtake them. Threads park in {@code java.util.concurrent}, so that a virtual thread
 * releases its carrier.
 *
 * <h2 id="re-entry">Re-entry and lock order</h2>
 *
 * <p>An action must not use its own {@code Guarded}, directly or through what it calls: it would
 * act on a value that is half changed. Such a call throws a {@link DeadlockException} at once. An
 * action may use another {@code Guarded}; two threads that do so in opposite order can block each
 * other.
 *
 * <h2 id="failures">Exceptions in actions</h2>
 *
 * <p>Whatever an action throws, checked exceptions included, reaches the caller as it is, and the
 * value is free again. What an {@code update} or a {@code compute} has changed by then stays
 * changed; a {@code replace} that throws has changed nothing.
 *
 * <h2 id="nulls">Nulls</h2>
 *
 * <p>Neither the value nor an argument may be null: the {@link NullPointerException} names the
 * parameter. The result of {@code read} and {@code compute} may be.
 *
 * <h2 id="cost">Complexity and footprint</h2>
 *
 * <p>An action takes and releases one {@link ReentrantLock} and looks at its owner; it allocates
 * nothing of its own. An instance is that lock and a small object.
 *
 * <h2 id="diagnostics">Diagnostics</h2>
 *
 * <p>{@link #toString} shows the name, who holds the value and how many threads wait. The JVM knows
 * the owner of the lock: a thread dump reports a cycle of platform threads as a deadlock.
 *
 * <h2 id="comparison">Comparison</h2>
 *
 * <p>A {@code synchronized} block or a {@link ReentrantLock} beside a field protects the field only
 * where every access remembers to take it, and both let a thread re-enter in the middle of its own
 * change. They do what a {@code Guarded} can't: hold a lock across methods, or several conditions.
 *
 * @param <T> the value
 * @since 0.1.0
 */
@ThreadSafe
public final class Guarded<T> {
  private final Lock lock = new Lock();
  private final @Nullable String name;

  /** Of the first value: what messages call a guarded value that has no name. */
  private final Class<?> type;

  @GuardedBy("lock")
  private T value;

  private Guarded(@Nullable String name, T value) {
    this.name = name;
    this.type = value.getClass();
    this.value = value;
  }

  /**
   * Returns a guarded {@code value} without a name. Messages call it by the class of the value.
   *
   * @param <T> the value
   * @param value what to guard; the caller keeps no reference to it, unless it is immutable
   * @return the guarded value
   */
  public static <T> Guarded<T> of(T value) {
    requireNonNull(value, "value");
    return new Guarded<>(null, value);
  }

  /**
   * Returns a guarded {@code value} with a name.
   *
   * @param <T> the value
   * @param name what messages and {@code toString} call it
   * @param value what to guard; the caller keeps no reference to it, unless it is immutable
   * @return the guarded value
   */
  public static <T> Guarded<T> of(String name, T value) {
    requireNonNull(name, "name");
    requireNonNull(value, "value");
    return new Guarded<>(name, value);
  }

  /**
   * Looks at the value. No other action runs meanwhile.
   *
   * @param <R> the result
   * @param <X> what {@code reader} may throw
   * @param reader returns something of the value, but not the value unless that is immutable;
   *     changes nothing
   * @return what {@code reader} returned
   * @throws X if {@code reader} throws it
   * @throws DeadlockException if this thread is inside an action on this value
   */
  public <R extends @Nullable Object, X extends Exception> R read(
      CheckedFunction<? super T, ? extends R, ? extends X> reader) throws X {
    requireNonNull(reader, "reader");
    lock("read");
    try {
      return reader.apply(value);
    } finally {
      lock.unlock();
    }
  }

  /**
   * Changes the value in place. No other action runs meanwhile.
   *
   * @param <X> what {@code updater} may throw
   * @param updater changes the value
   * @throws X if {@code updater} throws it; what it has changed stays changed
   * @throws DeadlockException if this thread is inside an action on this value
   */
  public <X extends Exception> void update(CheckedConsumer<? super T, ? extends X> updater)
      throws X {
    requireNonNull(updater, "updater");
    lock("update");
    try {
      updater.accept(value);
    } finally {
      lock.unlock();
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
   * @throws X if {@code updater} throws it; what it has changed stays changed
   * @throws DeadlockException if this thread is inside an action on this value
   */
  public <R extends @Nullable Object, X extends Exception> R compute(
      CheckedFunction<? super T, ? extends R, ? extends X> updater) throws X {
    requireNonNull(updater, "updater");
    lock("compute");
    try {
      return updater.apply(value);
    } finally {
      lock.unlock();
    }
  }

  /**
   * Puts another value in the place of the value: the way to change an immutable one. No other
   * action runs meanwhile.
   *
   * @param <X> what {@code successor} may throw
   * @param successor returns the new value, given the old one
   * @throws X if {@code successor} throws it; the value is unchanged then
   * @throws NullPointerException if {@code successor} returns null; the value is unchanged then
   * @throws DeadlockException if this thread is inside an action on this value
   */
  public <X extends Exception> void replace(
      CheckedFunction<? super T, ? extends T, ? extends X> successor) throws X {
    requireNonNull(successor, "successor");
    lock("replace");
    try {
      T next = successor.apply(value);
      if (next == null) {
        throw new NullPointerException(
            "successor returned null for Guarded %s, which keeps its value.".formatted(label()));
      }
      value = next;
    } finally {
      lock.unlock();
    }
  }

  private void lock(String verb) {
    if (lock.isHeldByCurrentThread()) {
      throw new DeadlockException(
          """
          Guarded %s was used again, by %s, from inside its own action on thread "%s". \
          A nested action would work on a value that is half changed. \
          Do both in one action, or pass what you need out of the first.\
          """
              .formatted(label(), verb, Threads.nameOf(Thread.currentThread())),
          java.util.List.of());
    }
    lock.lock();
  }

  private String label() {
    if (name != null) {
      return '"' + name + '"';
    }
    String simpleName = type.getSimpleName(); // an anonymous class has none
    return "<" + (simpleName.isEmpty() ? type.getName() : simpleName) + ">";
  }

  /**
   * Returns the name, who holds the value, and how many threads wait for it. It never waits, and
   * never looks at the value.
   */
  @Override
  public String toString() {
    Thread owner = lock.owner();
    String state = owner == null ? "free" : "held by \"" + Threads.nameOf(owner) + '"';
    int waiting = lock.getQueueLength();
    return "Guarded["
        + label()
        + ", "
        + state
        + (waiting == 0 ? "" : ", " + waiting + " waiting")
        + "]";
  }

  /** Tells who holds it. */
  private static final class Lock extends ReentrantLock {
    private static final long serialVersionUID = 1;

    @Nullable Thread owner() {
      return getOwner();
    }
  }
}
