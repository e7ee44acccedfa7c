package io.github.threadfast.testkit.model;

import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A set. As in {@link java.util.Set}, to add or to remove an element returns whether that changed
 * the set. Each element is judged by itself. A state is the elements.
 *
 * @param add the name of the operation that adds its argument
 * @param remove the name of the operation that removes its argument
 * @param contains the name of the operation that returns whether its argument is an element
 * @since 0.1.0
 */
public record SetModel(String add, String remove, String contains)
    implements Model<Set<@Nullable Object>> {

  @Override
  public Set<@Nullable Object> initial() {
    return Set.of();
  }

  @Override
  public Collection<Transition<Set<@Nullable Object>>> step(
      Set<@Nullable Object> elements, Invocation call) {
    Object element = key(call);
    if (call.operation().equals(contains)) {
      return List.of(Transition.returned(elements.contains(element), elements));
    }
    Set<@Nullable Object> next = new HashSet<>(elements);
    if (call.operation().equals(add)) {
      return List.of(Transition.returned(next.add(element), Collections.unmodifiableSet(next)));
    }
    return List.of(Transition.returned(next.remove(element), Collections.unmodifiableSet(next)));
  }

  /**
   * Returns the element.
   *
   * @param call the call
   * @return its argument
   * @since 0.1.0
   */
  @Override
  public @Nullable Object key(Invocation call) {
    if (!List.of(add, remove, contains).contains(call.operation())) {
      throw call.unknownTo(this);
    }
    return call.argument(0);
  }
}
