package io.github.threadfast.testkit.check;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What a call came to: nothing, a value, or an exception. */
public sealed interface Result {

  /** The call returned, and has nothing to return. */
  Result DONE = new Done();

  /** The call has not returned. */
  Result PENDING = new Pending();

  /** Returns the result of a call that returned {@code value}. */
  static Result returned(@Nullable Object value) {
    return new Returned(value);
  }

  /** Returns the result of a call that threw {@code exception}. */
  static Result threw(Throwable exception) {
    return new Threw(exception);
  }

  /** A call without a value returned. */
  record Done() implements Result {}

  /** A call has not returned. */
  record Pending() implements Result {}

  /** A call returned a value. Values are equal by {@code equals}, arrays by their elements. */
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
