package io.github.threadfast;

import static java.util.Objects.requireNonNull;

import java.util.AbstractCollection;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The keys, the values, or the entries of a {@link ReadMostlyMap}. Whoever goes through them, does
 * so through those of one moment.
 */
abstract class MapView<K, V, E> extends AbstractCollection<E> {
  private static final int CHARACTERISTICS = Spliterator.NONNULL | Spliterator.IMMUTABLE;

  final ReadMostlyMap<K, V> map;

  private MapView(ReadMostlyMap<K, V> map) {
    this.map = map;
  }

  /** Returns one of the elements of a copy. */
  abstract E element(Copy<K, V> copy, int index);

  @Override
  public final int size() {
    return map.size();
  }

  /** Looks for all of them at one moment. */
  @Override
  public boolean containsAll(Collection<?> elements) {
    return new ArrayList<>(this).containsAll(elements);
  }

  @Override
  public final Iterator<E> iterator() {
    Copy<K, V> copy = map.copy();
    return new Iterator<>() {
      private int next;
      private boolean canRemove;

      @Override
      public boolean hasNext() {
        return next < copy.size();
      }

      @Override
      public E next() {
        if (!hasNext()) {
          throw new NoSuchElementException("There is no element after the last one.");
        }
        canRemove = true;
        return element(copy, next++);
      }

      @Override
      public void remove() {
        if (!canRemove) {
          throw new IllegalStateException(
              "There is nothing to remove: call next first, and remove once after it.");
        }
        map.remove(copy.key(next - 1));
        canRemove = false;
      }
    };
  }

  @Override
  public final void forEach(Consumer<? super E> action) {
    requireNonNull(action, "action");
    Copy<K, V> copy = map.copy();
    for (int i = 0; i < copy.size(); i++) {
      action.accept(element(copy, i));
    }
  }

  @Override
  public final Spliterator<E> spliterator() {
    return Spliterators.spliterator(toArray(), characteristics());
  }

  int characteristics() {
    return CHARACTERISTICS;
  }

  @Override
  public final void clear() {
    map.clear();
  }

  @Override
  public final boolean removeIf(Predicate<? super E> filter) {
    requireNonNull(filter, "filter");
    return map.rewrite(
        copy -> copy.values(i -> filter.test(element(copy, i)) ? null : copy.value(i)));
  }

  @Override
  public final boolean removeAll(Collection<?> elements) {
    requireNonNull(elements, "elements");
    return removeIf(searchable(elements)::contains);
  }

  @Override
  public final boolean retainAll(Collection<?> elements) {
    requireNonNull(elements, "elements");
    Collection<?> kept = searchable(elements);
    return removeIf(element -> !kept.contains(element));
  }

  /** Returns the same elements, in a set if to look for one in a list would take long. */
  private static Collection<?> searchable(Collection<?> elements) {
    return elements instanceof List ? new HashSet<>(elements) : elements;
  }

  /** The values. */
  static final class Values<K, V> extends MapView<K, V, V> {
    Values(ReadMostlyMap<K, V> map) {
      super(map);
    }

    @Override
    V element(Copy<K, V> copy, int index) {
      return copy.value(index);
    }

    @Override
    public boolean contains(Object value) {
      return map.containsValue(value);
    }

    @Override
    public boolean remove(@Nullable Object value) {
      return value != null && map.rewrite(copy -> withoutFirst(copy, value));
    }

    private static <V> @Nullable Object[] withoutFirst(Copy<?, V> copy, Object value) {
      @Nullable Object[] next = copy.values(copy::value);
      for (int i = 0; i < next.length; i++) {
        if (value.equals(next[i])) {
          next[i] = null;
          break;
        }
      }
      return next;
    }
  }

  /** Elements of which no two are equal. */
  abstract static class Distinct<K, V, E> extends MapView<K, V, E> implements Set<E> {
    Distinct(ReadMostlyMap<K, V> map) {
      super(map);
    }

    @Override
    int characteristics() {
      return super.characteristics() | Spliterator.DISTINCT;
    }

    @Override
    public final boolean containsAll(Collection<?> elements) {
      return new HashSet<>(this).containsAll(elements);
    }

    @Override
    public final boolean equals(@Nullable Object other) {
      return other == this
          || (other instanceof Set<?> set
              && new HashSet<>(this).equals(other instanceof Distinct ? new HashSet<>(set) : set));
    }

    @Override
    public final int hashCode() {
      int hash = 0;
      for (E element : this) {
        hash += element.hashCode();
      }
      return hash;
    }
  }

  /** The keys. */
  static final class Keys<K, V> extends Distinct<K, V, K> {
    Keys(ReadMostlyMap<K, V> map) {
      super(map);
    }

    @Override
    K element(Copy<K, V> copy, int index) {
      return copy.key(index);
    }

    @Override
    public boolean contains(Object key) {
      return map.containsKey(key);
    }

    @Override
    public boolean remove(Object key) {
      return map.remove(key) != null;
    }
  }

  /** The entries. */
  static final class Entries<K, V> extends Distinct<K, V, Map.Entry<K, V>> {
    Entries(ReadMostlyMap<K, V> map) {
      super(map);
    }

    @Override
    Map.Entry<K, V> element(Copy<K, V> copy, int index) {
      return new WriteThrough<>(map, copy.key(index), copy.value(index));
    }

    @Override
    public boolean contains(Object entry) {
      return entry instanceof Map.Entry<?, ?> e
          && e.getKey() != null
          && e.getValue() != null
          && e.getValue().equals(map.get(e.getKey()));
    }

    @Override
    public boolean remove(Object entry) {
      return entry instanceof Map.Entry<?, ?> e
          && e.getKey() != null
          && e.getValue() != null
          && map.remove(e.getKey(), e.getValue());
    }
  }

  /** An entry of one moment, by which the map can be changed. Used by one thread. */
  private static final class WriteThrough<K, V> implements Map.Entry<K, V> {
    private final ReadMostlyMap<K, V> map;
    private Map.Entry<K, V> entry;

    WriteThrough(ReadMostlyMap<K, V> map, K key, V value) {
      this.map = map;
      this.entry = Map.entry(key, value);
    }

    @Override
    public K getKey() {
      return entry.getKey();
    }

    @Override
    public V getValue() {
      return entry.getValue();
    }

    @Override
    public V setValue(V value) {
      V before = getValue();
      map.put(getKey(), value);
      entry = Map.entry(getKey(), value);
      return before;
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return entry.equals(other);
    }

    @Override
    public int hashCode() {
      return entry.hashCode();
    }

    @Override
    public String toString() {
      return entry.toString();
    }
  }
}
