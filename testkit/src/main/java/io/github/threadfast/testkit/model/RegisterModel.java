package io.github.threadfast.testkit.model;

import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A register: a variable that is written and read. To write returns nothing. A state is what a read
 * comes to.
 *
 * @param initialValue the value before the first write
 * @param write the name of the operation that replaces the value by its argument
 * @param read the name of the operation that returns the value
 * @since 0.1.0
 */
public record RegisterModel(@Nullable Object initialValue, String write, String read)
    implements Model<Result> {

  @Override
  public Result initial() {
    return Result.returned(initialValue);
  }

  @Override
  public Collection<Transition<Result>> step(Result value, Invocation call) {
    if (call.operation().equals(write)) {
      return List.of(Transition.done(Result.returned(call.argument(0))));
    }
    if (call.operation().equals(read)) {
      return List.of(new Transition<>(value, value));
    }
    throw call.unknownTo(this);
  }
}
