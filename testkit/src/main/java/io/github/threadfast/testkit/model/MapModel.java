package io.github.threadfast.testkit.model;

import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A map. As in {@link java.util.Map}, to put and to remove return the value that the key had
 * before, or null. Each key is judged by itself. A state is the map's contents.
 *
 * @param put the name of the operation that gives its first argument, a key, the second as value
 * @param get the name of the operation that returns the value of its argument, or null
 * @param remove the name of the operation that takes the value from its argument
 * @since 0.1.0
 */
public record MapModel(String put, String get, String remove)
    implements Model<Map<@Nullable Object, @Nullable Object>> {

  @Override
  public Map<@Nullable Object, @Nullable Object> initial() {
    return Map.of();
  }

  @Override
  public Collection<Transition<Map<@Nullable Object, @Nullable Object>>> step(
      Map<@Nullable Object, @Nullable Object> entries, Invocation call) {
    Object key = key(call);
    if (call.operation().equals(get)) {
      return List.of(Transition.returned(entries.get(key), entries));
    }
    Map<@Nullable Object, @Nullable Object> next = new HashMap<>(entries);
    if (call.operation().equals(put)) {
      Object previous = next.put(key, call.argument(1));
      return List.of(Transition.returned(previous, Collections.unmodifiableMap(next)));
    }
    Object previous = next.remove(key);
    return List.of(Transition.returned(previous, Collections.unmodifiableMap(next)));
  }

  /**
   * Returns the key of the map that is asked for.
   *
   * @param call the call
   * @return its first argument
   * @since 0.1.0
   */
  @Override
  public @Nullable Object key(Invocation call) {
    if (!List.of(put, get, remove).contains(call.operation())) {
      throw call.unknownTo(this);
    }
    return call.argument(0);
  }
}
