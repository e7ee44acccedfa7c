package io.github.threadfast.testkit.scenario;

import static java.util.stream.Collectors.joining;

import io.github.threadfast.testkit.model.Invocation;
import io.github.threadfast.testkit.model.Result;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * An operation with its arguments.
 *
 * @param <S> the class under test
 */
public final class Call<S> {
  private final Operation<S> operation;
  private final List<Argument> arguments;

  /** The values of the arguments, unwrapped once and never changed. */
  private final @Nullable Object[] values;

  Call(Operation<S> operation, List<Argument> arguments) {
    if (arguments.size() != operation.inputs().size()) {
      throw new IllegalArgumentException(
          operation.name() + " has " + operation.inputs().size() + " arguments: got " + arguments);
    }
    this.operation = operation;
    this.arguments = List.copyOf(arguments);
    this.values = arguments.stream().map(Argument::value).toArray();
  }

  /** Runs on {@code subject} and returns what it came to; never throws, leaves no interrupt. */
  public Result perform(S subject) {
    Thread.interrupted(); // may come late, from a call on another subject
    try {
      return operation.body().run(subject, values);
    } catch (Throwable thrown) {
      return Result.threw(thrown);
    } finally {
      Thread.interrupted(); // no part of the subject: it must not reach the thread's next call
    }
  }

  /** Returns what a model sees of this call. */
  public Invocation invocation() {
    return new Invocation(operation.name(), Arrays.asList(values));
  }

  /** Returns what is called. */
  public Operation<S> operation() {
    return operation;
  }

  /** Returns the arguments. */
  public List<Argument> arguments() {
    return arguments;
  }

  /** Returns this call with other arguments. */
  Call<S> with(UnaryOperator<Argument> change) {
    return arguments.isEmpty()
        ? this
        : new Call<>(operation, arguments.stream().map(change).toList());
  }

  /** Returns whether both call one operation with arguments of one recipe. */
  @Override
  public boolean equals(@Nullable Object other) {
    return other == this
        || (other instanceof Call<?> that
            && operation.equals(that.operation)
            && arguments.equals(that.arguments));
  }

  @Override
  public int hashCode() {
    return 31 * operation.name().hashCode() + arguments.hashCode();
  }

  @Override
  public String toString() {
    return operation.name()
        + arguments.stream().map(Argument::toString).collect(joining(", ", "(", ")"));
  }
}
