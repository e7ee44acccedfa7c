package io.github.threadfast;

import static java.util.Objects.requireNonNull;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import com.google.errorprone.annotations.ThreadSafe;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.BiPredicate;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A map for what is read a thousand times for each change.
 *
 * @param <K> the keys
 * @param <V> the values
 * @since 0.1.0
 */
@ThreadSafe
public final class ReadMostlyMap<K, V> extends BinTable<K, V> implements ConcurrentMap<K, V> {

  /** Of how many bins one must change at least for all to be made anew. */
  private static final int FEW = 16;

  public ReadMostlyMap() {
    this(new Builder<>());
  }

  public ReadMostlyMap(int expectedSize) {
    this(ReadMostlyMap.<K, V>builder().expectedSize(expectedSize));
  }

  public ReadMostlyMap(Map<? extends K, ? extends V> entries) {
    this(ReadMostlyMap.<K, V>builder().expectedSize(requireNonNull(entries, "entries").size()));
    putAll(entries);
  }

  private ReadMostlyMap(Builder<K, V> builder) {
    super(builder.name, Bins.lengthFor(builder.expectedSize), builder.checksKeys);
  }

  public static <K, V> Builder<K, V> builder() {
    return new Builder<>();
  }

  // One key

  @Override
  public @Nullable V get(Object key) {
    requireNonNull(key, "key");
    int hash = Keys.hash(key);
    Node<K, V> node = Node.find(headFor(hash), hash, key);
    if (node != null) {
      return node.value();
    }
    checkKeys();
    return null;
  }

  @Override
  public V getOrDefault(Object key, V defaultValue) {
    requireNonNull(defaultValue, "defaultValue");
    V value = get(key);
    return value == null ? defaultValue : value;
  }

  @Override
  public boolean containsKey(Object key) {
    return get(key) != null;
  }

  @Override
  @CanIgnoreReturnValue
  public @Nullable V put(K key, V value) {
    requireNonNull(key, "key");
    requireNonNull(value, "value");
    return change(key, false, before -> value).seen;
  }

  @Override
  @CanIgnoreReturnValue
  public @Nullable V putIfAbsent(K key, V value) {
    requireNonNull(value, "value");
    V there = get(key);
    return there != null
        ? there
        : change(key, true, before -> before == null ? value : before).seen;
  }

  @Override
  @CanIgnoreReturnValue
  public @Nullable V remove(Object key) {
    return change(asKey(key), false, before -> null).seen;
  }

  @Override
  public boolean remove(Object key, Object value) {
    requireNonNull(value, "value");
    return change(
            asKey(key), true, before -> before == null || !value.equals(before) ? before : null)
        .isChanged();
  }

  @Override
  @CanIgnoreReturnValue
  public @Nullable V replace(K key, V value) {
    requireNonNull(key, "key");
    requireNonNull(value, "value");
    return change(key, true, before -> before == null ? null : value).seen;
  }

  @Override
  public boolean replace(K key, V oldValue, V newValue) {
    requireNonNull(key, "key");
    requireNonNull(oldValue, "oldValue");
    requireNonNull(newValue, "newValue");
    boolean[] matched = {false};
    change(
        key,
        true,
        before -> {
          matched[0] = before != null && oldValue.equals(before);
          return matched[0] ? newValue : before;
        });
    return matched[0];
  }

  @Override
  @CanIgnoreReturnValue
  public @Nullable V compute(
      K key, BiFunction<? super K, ? super @Nullable V, ? extends @Nullable V> remapping) {
    requireNonNull(key, "key");
    requireNonNull(remapping, "remapping");
    return change(key, true, before -> remapping.apply(key, before)).next;
  }

  @Override
  @CanIgnoreReturnValue
  public @Nullable V computeIfAbsent(K key, Function<? super K, ? extends @Nullable V> mapping) {
    requireNonNull(mapping, "mapping");
    V there = get(key);
    return there != null
        ? there
        : change(key, true, before -> before == null ? mapping.apply(key) : before).next;
  }

  @Override
  @CanIgnoreReturnValue
  public @Nullable V computeIfPresent(
      K key, BiFunction<? super K, ? super V, ? extends @Nullable V> remapping) {
    requireNonNull(key, "key");
    requireNonNull(remapping, "remapping");
    return change(key, true, before -> before == null ? null : remapping.apply(key, before)).next;
  }

  @Override
  @CanIgnoreReturnValue
  public @Nullable V merge(
      K key, V value, BiFunction<? super V, ? super V, ? extends @Nullable V> remapping) {
    requireNonNull(key, "key");
    requireNonNull(value, "value");
    requireNonNull(remapping, "remapping");
    return change(key, true, before -> before == null ? value : remapping.apply(before, value))
        .next;
  }

  // Several keys

  public Map<K, V> getAll(Collection<? extends K> keys) {
    requireNonNull(keys, "keys");
    List<K> wanted = new ArrayList<>();
    keys.forEach(key -> wanted.add(requireNonNull(key, "a key")));
    return computeAtomically(tx -> {
      Map<K, V> found = new LinkedHashMap<>();
      for (K key : wanted) {
        V value = tx.get(key);
        if (value != null) {
          found.put(key, value);
        }
      }
      return Collections.unmodifiableMap(found);
    });
  }

  public <X extends Exception> void atomically(
      CheckedConsumer<? super MapTransaction<K, V>, ? extends X> action) throws X {
    requireNonNull(action, "action");
    this.<@Nullable Object, X>computeAtomically(transaction -> {
      action.accept(transaction);
      return null;
    });
  }

  @CanIgnoreReturnValue
  public <R extends @Nullable Object, X extends Exception> R computeAtomically(
      CheckedFunction<? super MapTransaction<K, V>, ? extends R, ? extends X> function) throws X {
    requireNonNull(function, "function");
    AtomicReference<R> result = new AtomicReference<>();
    this.<X>untilDone(
        MOST_RUNS,
        () -> {
          MapTransaction<K, V> transaction = new MapTransaction<>(this);
          try {
            result.setPlain(function.apply(transaction));
          } catch (Exception e) {
            if (!transaction.isOutdated()) {
              throw e;
            }
          } finally {
            transaction.end();
          }
          if (transaction.isOutdated()) {
            return Outcome.OUTDATED;
          }
          return transaction.hasOnlyRead() ? Outcome.DONE : commit(transaction.sites(), true);
        });
    return result.getPlain();
  }

  @Override
  public void putAll(Map<? extends K, ? extends V> entries) {
    requireNonNull(entries, "entries");
    List<K> keys = new ArrayList<>();
    List<V> values = new ArrayList<>();
    entries.forEach((key, value) -> {
      keys.add(requireNonNull(key, "a key"));
      values.add(requireNonNull(value, "a value"));
    });
    if (keys.size() > bins().length / FEW) {
      untilDone(2, () -> putMany(keys, values));
    } else if (!keys.isEmpty()) {
      untilDone(MOST_RUNS, () -> putFew(keys, values));
    }
  }

  private Outcome putMany(List<K> keys, List<V> values) {
    Draft<K, V> draft = look(Draft::of);
    for (int i = 0; i < keys.size(); i++) {
      draft.put(keys.get(i), values.get(i), keys.size() - i - 1);
    }
    return replace(draft.state(), draft.bins());
  }

  private Outcome putFew(List<K> keys, List<V> values) {
    Map<K, Site<K, V>> sites = new HashMap<>();
    for (int i = 0; i < keys.size(); i++) {
      sites.computeIfAbsent(keys.get(i), this::locate).next = values.get(i);
    }
    return commit(sites.values(), false);
  }

  @Override
  public void replaceAll(BiFunction<? super K, ? super V, ? extends V> function) {
    requireNonNull(function, "function");
    rewrite((copy, i) ->
        requireNonNull(
            function.apply(copy.key(i), copy.value(i)), "a value that function returned"));
  }

  public boolean removeIf(BiPredicate<? super K, ? super V> filter) {
    requireNonNull(filter, "filter");
    return rewrite((copy, i) -> filter.test(copy.key(i), copy.value(i)) ? null : copy.value(i));
  }

  /** Returns the value that an entry shall have, or null if it shall be taken out. */
  interface Rewrite<K, V> {
    @Nullable V of(Copy<K, V> copy, int index);
  }

  /** Rewrites all entries as one step; returns whether there was anything to do. */
  @CanIgnoreReturnValue
  @SuppressWarnings("ReferenceEquality") // the same value is no change
  final boolean rewrite(Rewrite<K, V> rewrite) {
    boolean[] isDifferent = {false};
    untilDone(
        2,
        () -> {
          Copy<K, V> copy = copy();
          @Nullable Object[] next = new Object[copy.size()];
          isDifferent[0] = false;
          for (int i = 0; i < next.length; i++) {
            next[i] = rewrite.of(copy, i);
            isDifferent[0] |= next[i] != copy.value(i);
          }
          if (!isDifferent[0]) {
            return Outcome.DONE;
          }
          @Nullable Node<K, V>[] rewritten = copy.rewritten(next);
          return rewritten == null ? Outcome.OUTDATED : replace(copy.state(), rewritten);
        });
    return isDifferent[0];
  }

  @Override
  public void clear() {
    removeAll();
  }

  @Override
  public int size() {
    return (int) Math.min(count(), Integer.MAX_VALUE);
  }

  @Override
  public boolean isEmpty() {
    return count() == 0;
  }

  @Override
  public boolean containsValue(Object value) {
    requireNonNull(value, "value");
    Copy<K, V> copy = copy();
    for (int i = 0; i < copy.size(); i++) {
      if (value.equals(copy.value(i))) {
        return true;
      }
    }
    return false;
  }

  @Override
  public void forEach(BiConsumer<? super K, ? super V> action) {
    requireNonNull(action, "action");
    Copy<K, V> copy = copy();
    for (int i = 0; i < copy.size(); i++) {
      action.accept(copy.key(i), copy.value(i));
    }
  }

  public Map<K, V> snapshot() {
    Copy<K, V> copy = copy();
    Map<K, V> snapshot = new HashMap<>(Bins.lengthFor(copy.size()));
    for (int i = 0; i < copy.size(); i++) {
      snapshot.put(copy.key(i), copy.value(i));
    }
    return Collections.unmodifiableMap(snapshot);
  }

  @Override
  public Set<K> keySet() {
    return new MapView.Keys<>(this);
  }

  @Override
  public Collection<V> values() {
    return new MapView.Values<>(this);
  }

  @Override
  public Set<Map.Entry<K, V>> entrySet() {
    return new MapView.Entries<>(this);
  }

  // As a value

  @Override
  public boolean equals(@Nullable Object other) {
    return other == this || (other instanceof Map<?, ?> map && snapshot().equals(stateOf(map)));
  }

  private static Map<?, ?> stateOf(Map<?, ?> map) {
    return map instanceof ReadMostlyMap<?, ?> shared ? shared.snapshot() : map;
  }

  @Override
  public int hashCode() {
    return entrySet().hashCode();
  }

  @Override
  public String toString() {
    StringJoiner entries = new StringJoiner(", ", "{", "}");
    forEach((key, value) -> entries.add(shown(key) + "=" + shown(value)));
    return entries.toString();
  }

  @SuppressWarnings("ReferenceEquality") // only the map itself
  private Object shown(Object part) {
    return part == this ? "(this Map)" : part;
  }

  @SuppressWarnings("unchecked") // it is only compared with keys
  private K asKey(Object key) {
    return (K) requireNonNull(key, "key");
  }

  public static final class Builder<K, V> {
    private @Nullable String name;
    private int expectedSize;
    private boolean checksKeys;

    private Builder() {}

    public Builder<K, V> name(String name) {
      this.name = requireNonNull(name, "name");
      return this;
    }

    public Builder<K, V> expectedSize(int expectedSize) {
      if (expectedSize < 0) {
        throw new IllegalArgumentException(
            "expectedSize is %d. It must be zero or more.".formatted(expectedSize));
      }
      this.expectedSize = expectedSize;
      return this;
    }

    public Builder<K, V> checkKeys() {
      this.checksKeys = true;
      return this;
    }

    public ReadMostlyMap<K, V> build() {
      return new ReadMostlyMap<>(this);
    }
  }
}
