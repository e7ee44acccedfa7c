package io.github.threadfast;

import static java.util.Objects.requireNonNull;

import com.google.errorprone.annotations.ThreadSafe;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A way to a guarded value that waits for a condition, or no longer than a time.
 *
 * {@snippet file="io/github/threadfast/examples/GuardedExamples.java" region="when"}
 *
 * <p>It is immutable, can be kept, and has the verbs of the {@link Guarded} that it came from, with
 * the same effects on memory, re-entry and failures. Only its waits differ. With a limit, all of
 * them end by it or by an interrupt, and they are never part of a deadlock. Without one, the wait
 * for the condition is interruptible, while the wait for other actions to end is not, as ever.
 *
 * <p>A read that has to wait for its condition runs alone, even where readers don't exclude each
 * other.
 *
 * @param <T> the value
 * @param <I> thrown when interrupted: {@code InterruptedException} after {@code when} or {@code
 *     within}, else {@code RuntimeException}, which says nothing
 * @param <O> thrown when out of time: {@code TimeoutException} after {@code within}, else {@code
 *     RuntimeException}, which says nothing
 * @since 0.1.0
 */
@ThreadSafe
public final class Access<T, I extends Exception, O extends Exception> {
  @SuppressWarnings("ThreadSafe") // its conditions are used inside the lock alone
  private final Section<I, O> section;

  Access(Section<I, O> section) {
    this.section = section;
  }

  /**
   * Adds a condition. The actions begin when it holds. It is tried inside the lock, by this thread
   * and by any thread that has changed a value, each time that it may have begun to hold: so it
   * must be quick, and must not depend on the thread. If it throws, the exception is that of the
   * thread that waits for it, and of no other.
   *
   * <p>The wait is interruptible. Who could make the condition hold isn't known: a wait that
   * nothing will ever end is no {@code DeadlockException}. Give it a limit by {@code within}.
   *
   * @param condition what must hold; looks at the value and changes nothing
   * @return a new access
   */
  @SuppressWarnings("unchecked") // the value comes as it was given
  public Access<T, InterruptedException, O> when(Predicate<? super T> condition) {
    requireNonNull(condition, "condition");
    return new Access<>(section.when(values -> condition.test((T) values[0])));
  }

  /**
   * Adds a limit of time, for all of the waiting together: until the value is free and the
   * condition holds. An action that has begun is not cut short.
   *
   * @param limit how long to wait, counted from the call of {@code read}, {@code update} or {@code
   *     compute}; zero tries once
   * @return a new access
   * @throws IllegalArgumentException if {@code limit} is negative
   */
  public Access<T, InterruptedException, TimeoutException> within(Duration limit) {
    requireNonNull(limit, "limit");
    return new Access<>(section.within(limit));
  }

  /**
   * Looks at the value.
   *
   * @param <R> the result
   * @param <X> what {@code reader} may throw
   * @param reader returns something of the value; changes nothing
   * @return what {@code reader} returned
   * @throws I if this thread is interrupted when it begins to wait, or while it does
   * @throws O if the time is over before the action begins
   * @throws DeadlockException if the wait would never end
   * @throws PoisonedException if an earlier action failed and poisoned a value
   * @throws X if {@code reader} throws it
   */
  @SuppressWarnings("unchecked") // the value comes as it was given
  public <R extends @Nullable Object, X extends Exception> R read(
      CheckedFunction<? super T, ? extends R, ? extends X> reader) throws X, I, O {
    requireNonNull(reader, "reader");
    return section.read(values -> reader.apply((T) values[0]));
  }

  /**
   * Changes the value.
   *
   * @param <X> what {@code updater} may throw
   * @param updater changes the value
   * @throws I if this thread is interrupted when it begins to wait, or while it does
   * @throws O if the time is over before the action begins
   * @throws DeadlockException if the wait would never end
   * @throws PoisonedException if an earlier action failed and poisoned a value
   * @throws X if {@code updater} throws it
   */
  @SuppressWarnings("unchecked") // the value comes as it was given
  public <X extends Exception> void update(CheckedConsumer<? super T, ? extends X> updater)
      throws X, I, O {
    requireNonNull(updater, "updater");
    section.<@Nullable Object, X>change(
        Verb.UPDATE,
        values -> {
          updater.accept((T) values[0]);
          return null;
        });
  }

  /**
   * Changes the value and returns something.
   *
   * @param <R> the result
   * @param <X> what {@code updater} may throw
   * @param updater changes the value and returns something
   * @return what {@code updater} returned
   * @throws I if this thread is interrupted when it begins to wait, or while it does
   * @throws O if the time is over before the action begins
   * @throws DeadlockException if the wait would never end
   * @throws PoisonedException if an earlier action failed and poisoned a value
   * @throws X if {@code updater} throws it
   */
  @SuppressWarnings("unchecked") // the value comes as it was given
  public <R extends @Nullable Object, X extends Exception> R compute(
      CheckedFunction<? super T, ? extends R, ? extends X> updater) throws X, I, O {
    requireNonNull(updater, "updater");
    return section.change(Verb.COMPUTE, values -> updater.apply((T) values[0]));
  }

  /**
   * Puts another value in the place of the value.
   *
   * @param <X> what {@code successor} may throw
   * @param successor returns the new value, given the old one, which it leaves as it is
   * @throws I if this thread is interrupted when it begins to wait, or while it does
   * @throws O if the time is over before the action begins
   * @throws DeadlockException if the wait would never end
   * @throws PoisonedException if an earlier action failed and poisoned a value
   * @throws NullPointerException if {@code successor} returns null; the value is unchanged then
   * @throws X if {@code successor} throws it; the value is unchanged then
   */
  @SuppressWarnings("unchecked") // the value comes as it was given
  public <X extends Exception> void replace(
      CheckedFunction<? super T, ? extends T, ? extends X> successor) throws X, I, O {
    requireNonNull(successor, "successor");
    section.<X>replace(value -> successor.apply((T) value));
  }

  /** Returns what it is an access to, without waiting for it. */
  @Override
  public String toString() {
    return "Access[" + section + "]";
  }
}
