package io.github.threadfast;

import static java.util.Objects.requireNonNull;

import com.google.errorprone.annotations.ThreadSafe;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A way to a guarded value that waits for a condition, or no longer than a time.
 *
 * <p>It is immutable, can be kept, and has the verbs of the {@link Guarded} that it came from, with
 * the same effects on memory, re-entry and failures. Only its waits differ: each is interruptible,
 * and one with a limit is never part of a deadlock, since it ends.
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

  /** Makes what actions get of the values of the section. */
  @SuppressWarnings("ThreadSafe") // a function of its argument alone
  private final Function<Object[], ? extends T> argument;

  Access(Section<I, O> section, Function<Object[], ? extends T> argument) {
    this.section = section;
    this.argument = argument;
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
  public Access<T, InterruptedException, O> when(Predicate<? super T> condition) {
    requireNonNull(condition, "condition");
    return new Access<>(section.when(values -> condition.test(argument.apply(values))), argument);
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
    return new Access<>(section.within(limit), argument);
  }

  /**
   * Looks at the value.
   *
   * @param <R> the result
   * @param <X> what {@code reader} may throw
   * @param reader returns something of the value; changes nothing
   * @return what {@code reader} returned
   * @throws I if this thread is interrupted before the action begins
   * @throws O if the time is over before the action begins
   * @throws DeadlockException if the wait would never end
   * @throws PoisonedException if an earlier action failed and poisoned a value
   * @throws X if {@code reader} throws it
   */
  public <R extends @Nullable Object, X extends Exception> R read(
      CheckedFunction<? super T, ? extends R, ? extends X> reader) throws X, I, O {
    requireNonNull(reader, "reader");
    return section.read(values -> reader.apply(argument.apply(values)));
  }

  /**
   * Changes the value.
   *
   * @param <X> what {@code updater} may throw
   * @param updater changes the value
   * @throws I if this thread is interrupted before the action begins
   * @throws O if the time is over before the action begins
   * @throws DeadlockException if the wait would never end
   * @throws PoisonedException if an earlier action failed and poisoned a value
   * @throws X if {@code updater} throws it
   */
  public <X extends Exception> void update(CheckedConsumer<? super T, ? extends X> updater)
      throws X, I, O {
    requireNonNull(updater, "updater");
    section.<@Nullable Object, X>change(
        "update",
        values -> {
          updater.accept(argument.apply(values));
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
   * @throws I if this thread is interrupted before the action begins
   * @throws O if the time is over before the action begins
   * @throws DeadlockException if the wait would never end
   * @throws PoisonedException if an earlier action failed and poisoned a value
   * @throws X if {@code updater} throws it
   */
  public <R extends @Nullable Object, X extends Exception> R compute(
      CheckedFunction<? super T, ? extends R, ? extends X> updater) throws X, I, O {
    requireNonNull(updater, "updater");
    return section.change("compute", values -> updater.apply(argument.apply(values)));
  }

  /** Returns what it is an access to, without waiting for it. */
  @Override
  public String toString() {
    return "Access[" + section + "]";
  }
}
