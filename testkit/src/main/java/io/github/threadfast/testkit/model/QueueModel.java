package io.github.threadfast.testkit.model;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An unbounded queue, first in, first out. As in {@link java.util.Queue}, to offer an item returns
 * true, and to poll returns the oldest item or null. A state is the items, the oldest first.
 *
 * @param offer the name of the operation that adds its argument
 * @param poll the name of the operation that removes the oldest item
 * @since 0.1.0
 */
public record QueueModel(String offer, String poll) implements Model<List<@Nullable Object>> {

  @Override
  public List<@Nullable Object> initial() {
    return List.of();
  }

  @Override
  public Collection<Transition<List<@Nullable Object>>> step(
      List<@Nullable Object> items, Invocation call) {
    List<@Nullable Object> next = new ArrayList<>(items);
    if (call.operation().equals(offer)) {
      next.add(call.argument(0));
      return List.of(Transition.returned(true, Collections.unmodifiableList(next)));
    }
    if (call.operation().equals(poll)) {
      Object oldest = next.isEmpty() ? null : next.remove(0);
      return List.of(Transition.returned(oldest, Collections.unmodifiableList(next)));
    }
    throw call.unknownTo(this);
  }
}
