package io.github.threadfast;

import static java.util.Objects.requireNonNull;

import com.google.errorprone.annotations.ThreadSafe;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A way to any number of guarded values at once, as {@link Access2} is to two.
 *
 * <p>Actions get them as an unmodifiable list, in the order in which they were given, which they
 * must not keep; to return it is an error.
 *
 * @param <T> the values
 * @param <I> thrown when interrupted: {@code InterruptedException} after {@code when} or {@code
 *     within}, else {@code RuntimeException}, which says nothing
 * @param <O> thrown when out of time: {@code TimeoutException} after {@code within}, else {@code
 *     RuntimeException}, which says nothing
 * @since 0.1.0
 */
@ThreadSafe
public final class AccessAll<T, I extends Exception, O extends Exception> {
  @SuppressWarnings("ThreadSafe") // its conditions are used inside the lock alone
  private final Section<I, O> section;

  AccessAll(Section<I, O> section) {
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
   * @param condition what must hold; looks at the values and changes nothing
   * @return a new access
   */
  public AccessAll<T, InterruptedException, O> when(Predicate<? super List<T>> condition) {
    requireNonNull(condition, "condition");
    return new AccessAll<>(section.when(values -> condition.test(list(values))));
  }

  /**
   * Adds a limit of time, for all of the waiting together: until the values are free and the
   * condition holds. An action that has begun is not cut short.
   *
   * @param limit how long to wait, counted from the call of {@code read}, {@code update} or {@code
   *     compute}; zero tries once
   * @return a new access
   * @throws IllegalArgumentException if {@code limit} is negative
   */
  public AccessAll<T, InterruptedException, TimeoutException> within(Duration limit) {
    requireNonNull(limit, "limit");
    return new AccessAll<>(section.within(limit));
  }

  /**
   * Looks at the values.
   *
   * @param <R> the result
   * @param <X> what {@code reader} may throw
   * @param reader returns something of the values; changes nothing
   * @return what {@code reader} returned
   * @throws I if this thread is interrupted when it begins to wait, or while it does
   * @throws O if the time is over before the action begins
   * @throws DeadlockException if the wait would never end
   * @throws PoisonedException if an earlier action failed and poisoned a value
   * @throws X if {@code reader} throws it
   */
  public <R extends @Nullable Object, X extends Exception> R read(
      CheckedFunction<? super List<T>, ? extends R, ? extends X> reader) throws X, I, O {
    requireNonNull(reader, "reader");
    return section.read(values -> apply(reader, values));
  }

  /**
   * Changes the values.
   *
   * @param <X> what {@code updater} may throw
   * @param updater changes the values
   * @throws I if this thread is interrupted when it begins to wait, or while it does
   * @throws O if the time is over before the action begins
   * @throws DeadlockException if the wait would never end
   * @throws PoisonedException if an earlier action failed and poisoned a value
   * @throws X if {@code updater} throws it
   */
  public <X extends Exception> void update(CheckedConsumer<? super List<T>, ? extends X> updater)
      throws X, I, O {
    requireNonNull(updater, "updater");
    section.<@Nullable Object, X>change(
        Verb.UPDATE,
        values -> {
          updater.accept(list(values));
          return null;
        });
  }

  /**
   * Changes the values and returns something.
   *
   * @param <R> the result
   * @param <X> what {@code updater} may throw
   * @param updater changes the values and returns something
   * @return what {@code updater} returned
   * @throws I if this thread is interrupted when it begins to wait, or while it does
   * @throws O if the time is over before the action begins
   * @throws DeadlockException if the wait would never end
   * @throws PoisonedException if an earlier action failed and poisoned a value
   * @throws X if {@code updater} throws it
   */
  public <R extends @Nullable Object, X extends Exception> R compute(
      CheckedFunction<? super List<T>, ? extends R, ? extends X> updater) throws X, I, O {
    requireNonNull(updater, "updater");
    return section.change(Verb.COMPUTE, values -> apply(updater, values));
  }

  @SuppressWarnings("unchecked") // the values come as they were given
  private static <T> List<T> list(Object[] values) {
    return (List<T>) List.of(values);
  }

  /** Applies an action, whose result must not be the list of all the values. */
  @SuppressWarnings("ReferenceEquality") // the very list, not one like it
  private static <T, R extends @Nullable Object, X extends Exception> R apply(
      CheckedFunction<? super List<T>, ? extends R, ? extends X> action, Object[] values) throws X {
    List<T> list = list(values);
    R result = action.apply(list);
    if (result == list) {
      throw new IllegalStateException(
          "The guarded values would escape: the action returned the list of them. Return what you"
              + " need of it.");
    }
    return result;
  }

  /** Returns what it is an access to, without waiting for it. */
  @Override
  public String toString() {
    return "AccessAll[" + section + "]";
  }
}
