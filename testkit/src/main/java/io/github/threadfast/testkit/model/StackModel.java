package io.github.threadfast.testkit.model;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An unbounded stack, last in, first out. To push an item returns nothing, and to pop returns the
 * newest item or null. A state is the items, the newest last.
 *
 * @param push the name of the operation that adds its argument
 * @param pop the name of the operation that removes the newest item
 * @since 0.1.0
 */
public record StackModel(String push, String pop) implements Model<List<@Nullable Object>> {

  @Override
  public List<@Nullable Object> initial() {
    return List.of();
  }

  @Override
  public Collection<Transition<List<@Nullable Object>>> step(
      List<@Nullable Object> items, Invocation call) {
    List<@Nullable Object> next = new ArrayList<>(items);
    if (call.operation().equals(push)) {
      next.add(call.argument(0));
      return List.of(Transition.done(Collections.unmodifiableList(next)));
    }
    if (call.operation().equals(pop)) {
      Object newest = next.isEmpty() ? null : next.remove(next.size() - 1);
      return List.of(Transition.returned(newest, Collections.unmodifiableList(next)));
    }
    throw call.unknownTo(this);
  }
}
