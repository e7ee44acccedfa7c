package io.github.threadfast;

import static java.util.Objects.requireNonNull;

import com.google.errorprone.annotations.ThreadSafe;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/**
 * A way to two guarded values at once.
 *
 * <p>The values are locked in the order of their creation, whichever order they were given in: so
 * two threads that take the same ones never block each other for good. Failures are those of each
 * value: if the action throws, a value that is copied on update stays as it was, and a value that
 * is poisoned on failure refuses access. Changes are put in place after the invariants of both
 * hold.
 *
 * <p>It is immutable and can be kept.
 *
 * @param <A> the first value
 * @param <B> the second value
 * @param <I> thrown when interrupted: {@code InterruptedException} after {@code when} or {@code
 *     within}, else {@code RuntimeException}, which says nothing
 * @param <O> thrown when out of time: {@code TimeoutException} after {@code within}, else {@code
 *     RuntimeException}, which says nothing
 * @since 0.1.0
 */
@ThreadSafe
public final class Access2<A, B, I extends Exception, O extends Exception> {
  @SuppressWarnings("ThreadSafe") // its conditions are used inside the lock alone
  private final Section<I, O> section;

  Access2(Section<I, O> section) {
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
   * @param condition what must hold; looks at both values and changes nothing
   * @return a new access
   */
  @SuppressWarnings("unchecked") // the values come as they were given
  public Access2<A, B, InterruptedException, O> when(BiPredicate<? super A, ? super B> condition) {
    requireNonNull(condition, "condition");
    return new Access2<>(section.when(values -> condition.test((A) values[0], (B) values[1])));
  }

  /**
   * Adds a limit of time, for all of the waiting together: until both values are free and the
   * condition holds. An action that has begun is not cut short.
   *
   * @param limit how long to wait, counted from the call of {@code read}, {@code update} or {@code
   *     compute}; zero tries once
   * @return a new access
   * @throws IllegalArgumentException if {@code limit} is negative
   */
  public Access2<A, B, InterruptedException, TimeoutException> within(Duration limit) {
    requireNonNull(limit, "limit");
    return new Access2<>(section.within(limit));
  }

  /**
   * Looks at both values.
   *
   * @param <R> the result
   * @param <X> what {@code reader} may throw
   * @param reader returns something of both values; changes nothing
   * @return what {@code reader} returned
   * @throws I if this thread is interrupted when it begins to wait, or while it does
   * @throws O if the time is over before the action begins
   * @throws DeadlockException if the wait would never end
   * @throws PoisonedException if an earlier action failed and poisoned a value
   * @throws X if {@code reader} throws it
   */
  @SuppressWarnings("unchecked") // the values come as they were given
  public <R extends @Nullable Object, X extends Exception> R read(
      CheckedBiFunction<? super A, ? super B, ? extends R, ? extends X> reader) throws X, I, O {
    requireNonNull(reader, "reader");
    return section.read(values -> reader.apply((A) values[0], (B) values[1]));
  }

  /**
   * Changes both values.
   *
   * @param <X> what {@code updater} may throw
   * @param updater changes both values
   * @throws I if this thread is interrupted when it begins to wait, or while it does
   * @throws O if the time is over before the action begins
   * @throws DeadlockException if the wait would never end
   * @throws PoisonedException if an earlier action failed and poisoned a value
   * @throws X if {@code updater} throws it
   */
  @SuppressWarnings("unchecked") // the values come as they were given
  public <X extends Exception> void update(
      CheckedBiConsumer<? super A, ? super B, ? extends X> updater) throws X, I, O {
    requireNonNull(updater, "updater");
    section.<@Nullable Object, X>change(
        Verb.UPDATE,
        values -> {
          updater.accept((A) values[0], (B) values[1]);
          return null;
        });
  }

  /**
   * Changes both values and returns something.
   *
   * @param <R> the result
   * @param <X> what {@code updater} may throw
   * @param updater changes both values and returns something
   * @return what {@code updater} returned
   * @throws I if this thread is interrupted when it begins to wait, or while it does
   * @throws O if the time is over before the action begins
   * @throws DeadlockException if the wait would never end
   * @throws PoisonedException if an earlier action failed and poisoned a value
   * @throws X if {@code updater} throws it
   */
  @SuppressWarnings("unchecked") // the values come as they were given
  public <R extends @Nullable Object, X extends Exception> R compute(
      CheckedBiFunction<? super A, ? super B, ? extends R, ? extends X> updater) throws X, I, O {
    requireNonNull(updater, "updater");
    return section.change(Verb.COMPUTE, values -> updater.apply((A) values[0], (B) values[1]));
  }

  /** Returns what it is an access to, without waiting for it. */
  @Override
  public String toString() {
    return "Access2[" + section + "]";
  }
}
