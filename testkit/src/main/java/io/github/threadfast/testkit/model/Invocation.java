package io.github.threadfast.testkit.model;

import static java.util.stream.Collectors.joining;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A call as a model sees it: the name of an operation, and what it was called with.
 *
 * @param operation the name of the operation
 * @param arguments what it was called with; an unmodifiable copy is kept
 * @since 0.1.0
 */
public record Invocation(String operation, List<@Nullable Object> arguments) {

  /**
   * Keeps a copy of the arguments.
   *
   * @param operation the name of the operation
   * @param arguments what it was called with
   * @since 0.1.0
   */
  public Invocation {
    arguments = Collections.unmodifiableList(new ArrayList<>(arguments));
  }

  /**
   * Returns a call of {@code operation} with {@code arguments}.
   *
   * @param operation the name of the operation
   * @param arguments what it was called with
   * @return the call
   * @since 0.1.0
   */
  public static Invocation of(String operation, @Nullable Object... arguments) {
    return new Invocation(operation, Arrays.asList(arguments));
  }

  /**
   * Returns one of the arguments.
   *
   * @param index which one, from 0
   * @return the argument
   * @throws IndexOutOfBoundsException if the call has no such argument
   * @since 0.1.0
   */
  public @Nullable Object argument(int index) {
    if (index < 0 || index >= arguments.size()) {
      throw new IndexOutOfBoundsException(this + " has no argument " + index + ".");
    }
    return arguments.get(index);
  }

  /**
   * Returns the call as code has it.
   *
   * @return the operation and its arguments in brackets
   * @since 0.1.0
   */
  @Override
  public String toString() {
    return operation + arguments.stream().map(String::valueOf).collect(joining(", ", "(", ")"));
  }

  /** Returns what to throw when a model does not know the operation. */
  IllegalArgumentException unknownTo(Model<?> model) {
    return new IllegalArgumentException(
        "%s does not know the operation \"%s\". Name the operations of the model as they are named where they are called."
            .formatted(model, operation));
  }
}
