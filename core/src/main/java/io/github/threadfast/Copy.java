package io.github.threadfast;

import static java.util.Objects.requireNonNull;

import java.util.function.BiConsumer;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/** The entries of a map at one moment. Those who have it change nothing in it. */
@SuppressWarnings("ReferenceEquality") // identity is meant: no code of the user is run
final class Copy<K, V> {
  private final State<K, V> state;
  private final @Nullable Object[] keys;
  private final @Nullable Object[] values;

  private Copy(State<K, V> state, @Nullable Object[] keys, @Nullable Object[] values) {
    this.state = state;
    this.keys = keys;
    this.values = values;
  }

  /** Copies all entries; or returns null if they can't be of one moment. */
  static <K, V> @Nullable Copy<K, V> of(@Nullable Node<K, V>[] bins, Stripe[] stripes) {
    long size = Stripe.size(stripes);
    if (size > Integer.MAX_VALUE - 8) {
      throw new OutOfMemoryError(size + " entries are more than an array can have.");
    }
    @Nullable Object[] keys = new Object[(int) Math.max(0, size)];
    @Nullable Object[] values = new Object[keys.length];
    int copied = 0;
    for (int i = 0; i < bins.length; i++) {
      Node<K, V> head = Bins.at(bins, i);
      if (head instanceof Crowd<K, V> crowd) {
        copied = crowd.copyTo(keys, values, copied);
      } else {
        for (Node<K, V> node = head; node != null; node = node.next) {
          if (copied < keys.length) {
            keys[copied] = node.key;
            values[copied] = node.value();
          }
          copied++;
        }
      }
    }
    return copied == size ? new Copy<>(State.of(bins, stripes), keys, values) : null;
  }

  /**
   * Returns bins with other values, or without entries whose value is null; or null if the bins
   * have changed since they were copied. Bins in which all values stay are used again.
   */
  @Nullable Node<K, V> @Nullable [] rewritten(@Nullable Object[] next) {
    @Nullable Node<K, V>[] bins = state.bins();
    @Nullable Node<K, V>[] rewritten = Bins.ofLength(bins.length);
    Rewriting rewriting = new Rewriting(next);
    for (int i = 0; i < bins.length && rewriting.isPossible(); i++) {
      Node<K, V> head = Bins.at(bins, i);
      if (head != null) {
        rewritten[i] = rewriting.of(head);
      }
    }
    return rewriting.isPossible() && rewriting.at == keys.length ? rewritten : null;
  }

  /** Goes once more through what was copied. */
  private final class Rewriting {
    private final @Nullable Object[] next;
    private int at;

    Rewriting(@Nullable Object[] next) {
      this.next = next;
    }

    boolean isPossible() {
      return at >= 0;
    }

    @Nullable Node<K, V> of(Node<K, V> head) {
      int first = at;
      Node.each(
          head, node -> at = at >= 0 && at < keys.length && keys[at] == node.key ? at + 1 : -1);
      if (at < 0 || areSame(next, first, at)) {
        return head;
      }
      at = first;
      if (head instanceof Crowd<K, V> crowd) {
        return crowd.mapped(member -> next(member, null));
      }
      Node<K, V> chain = null;
      for (Node<K, V> node = head; node != null; node = node.next) {
        Node<K, V> following = next(node, chain);
        chain = following == null ? chain : following;
      }
      return chain;
    }

    @SuppressWarnings("unchecked") // they come from functions that return such values
    private @Nullable Node<K, V> next(Node<K, V> node, @Nullable Node<K, V> chain) {
      Object value = next[at];
      at++;
      return value == null ? null : new Node<>(node.hash, node.key, (V) value, chain);
    }
  }

  /** Returns what a function gives for each entry. */
  @Nullable Object[] values(IntFunction<? extends @Nullable Object> function) {
    @Nullable Object[] next = new Object[values.length];
    for (int i = 0; i < next.length; i++) {
      next[i] = function.apply(i);
    }
    return next;
  }

  /** Returns whether all values are the given ones. */
  boolean has(@Nullable Object[] others) {
    return areSame(others, 0, values.length);
  }

  private boolean areSame(@Nullable Object[] others, int first, int end) {
    for (int i = first; i < end; i++) {
      if (others[i] != values[i]) {
        return false;
      }
    }
    return true;
  }

  State<K, V> state() {
    return state;
  }

  int size() {
    return keys.length;
  }

  void forEach(BiConsumer<? super K, ? super V> action) {
    for (int i = 0; i < keys.length; i++) {
      action.accept(key(i), value(i));
    }
  }

  @SuppressWarnings("unchecked") // what of has put there
  K key(int index) {
    return (K) requireNonNull(keys[index]);
  }

  @SuppressWarnings("unchecked") // what of has put there
  V value(int index) {
    return (V) requireNonNull(values[index]);
  }
}
