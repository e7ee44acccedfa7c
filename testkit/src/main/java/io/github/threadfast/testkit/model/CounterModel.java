package io.github.threadfast.testkit.model;

import java.util.Collection;
import java.util.List;

/**
 * A counter. As in {@link java.util.concurrent.atomic.AtomicInteger#incrementAndGet}, to increment
 * it returns the new count. A state is the count.
 *
 * @param initial the count to begin with, an {@link Integer} or a {@link Long}: what the counter's
 *     operations return
 * @param increment the name of the operation that adds one
 * @param get the name of the operation that returns the count
 * @since 0.1.0
 */
public record CounterModel(Number initial, String increment, String get) implements Model<Number> {

  /**
   * Checks the type of the count.
   *
   * @param initial the count to begin with
   * @param increment the name of the operation that adds one
   * @param get the name of the operation that returns the count
   * @throws IllegalArgumentException if {@code initial} is neither an Integer nor a Long
   * @since 0.1.0
   */
  public CounterModel {
    if (!(initial instanceof Integer || initial instanceof Long)) {
      throw new IllegalArgumentException(
          "A count must be an Integer or a Long, whichever the counter returns: was a "
              + initial.getClass().getSimpleName()
              + ".");
    }
  }

  @Override
  public Collection<Transition<Number>> step(Number count, Invocation call) {
    if (call.operation().equals(increment)) {
      Number next = plusOne(count);
      return List.of(Transition.returned(next, next));
    }
    if (call.operation().equals(get)) {
      return List.of(Transition.returned(count, count));
    }
    throw call.unknownTo(this);
  }

  private static Number plusOne(Number count) {
    if (count instanceof Integer) {
      return count.intValue() + 1;
    }
    return count.longValue() + 1;
  }
}
