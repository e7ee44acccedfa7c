package io.github.threadfast.testkit.model;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a call came to: nothing, a value, an exception, or no end yet.
 *
 * <p>Two results are equal if a caller could not tell them apart: see the kinds. A result is
 * immutable, as far as the value in it is.
 *
 * @since 0.1.0
 */
public sealed interface Result {

  /**
   * The call returned, and has nothing to return.
   *
   * @since 0.1.0
   */
  Result DONE = new Done();

  /**
   * The call has not returned: what is seen of it when a run hangs.
   *
   * @since 0.1.0
   */
  Result PENDING = new Pending();

  /**
   * Returns the result of a call that returned a value.
   *
   * @param value the value
   * @return the result
   * @since 0.1.0
   */
  static Result returned(@Nullable Object value) {
    return new Returned(value);
  }

  /**
   * Returns the result of a call that threw.
   *
   * @param exception what it threw
   * @return the result
   * @since 0.1.0
   */
  static Result threw(Throwable exception) {
    return new Threw(exception);
  }

  /**
   * A call without a value returned.
   *
   * @since 0.1.0
   */
  record Done() implements Result {}

  /**
   * A call has not returned.
   *
   * @since 0.1.0
   */
  record Pending() implements Result {}

  /**
   * A call returned a value. Values are equal by {@code equals}, arrays by their elements.
   *
   * @param value the value
   * @since 0.1.0
   */
  record Returned(@Nullable Object value) implements Result {

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Returned that && Objects.deepEquals(value, that.value);
    }

    @Override
    public int hashCode() {
      return Arrays.deepHashCode(new @Nullable Object[] {value});
    }
  }

  /**
   * A call threw. Exceptions of one class are equal: their messages may name what differs from run
   * to run, such as a thread.
   *
   * @param exception what it threw
   * @since 0.1.0
   */
  record Threw(Throwable exception) implements Result {

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Threw that && exception.getClass() == that.exception.getClass();
    }

    @Override
    public int hashCode() {
      return exception.getClass().hashCode();
    }
  }
}
