package io.github.threadfast.testkit.model;

import org.jspecify.annotations.Nullable;

/**
 * One thing that a call may do: a result, and the state that it leaves.
 *
 * @param <T> a state
 * @param result what the call comes to
 * @param next the state after it
 * @since 0.1.0
 */
public record Transition<T>(Result result, T next) {

  /**
   * Returns the transition of a call that returns a value.
   *
   * @param <T> a state
   * @param value the value
   * @param next the state after the call
   * @return the transition
   * @since 0.1.0
   */
  public static <T> Transition<T> returned(@Nullable Object value, T next) {
    return new Transition<>(Result.returned(value), next);
  }

  /**
   * Returns the transition of a call that returns, and has nothing to return.
   *
   * @param <T> a state
   * @param next the state after the call
   * @return the transition
   * @since 0.1.0
   */
  public static <T> Transition<T> done(T next) {
    return new Transition<>(Result.DONE, next);
  }

  /**
   * Returns the transition of a call that throws.
   *
   * @param <T> a state
   * @param exception what it throws; only its class matters
   * @param next the state after the call
   * @return the transition
   * @since 0.1.0
   */
  public static <T> Transition<T> threw(Throwable exception, T next) {
    return new Transition<>(Result.threw(exception), next);
  }
}
