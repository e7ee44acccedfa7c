package io.github.threadfast;

import static java.util.Objects.requireNonNull;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A key with its value, and the next one in the same bin.
 *
 * <p>A bin is a chain of nodes, or a {@link Crowd}. Which keys are in a chain never changes: to add
 * one is to put a node before it, and to take one out is to copy those before it. Whoever has got
 * hold of a chain comes to its end, whatever others do.
 */
class Node<K, V> {
  /** The length of a chain that another node would make a {@link Crowd}. */
  static final int LONG = 8;

  final int hash;
  final K key;
  final @Nullable Node<K, V> next;

  /*
   * Written under the lock of the bin, as long as the node is in the table; never after that.
   * Released: what the writer did before is seen by whoever reads it, who takes no lock.
   */
  private V value;

  Node(int hash, K key, V value, @Nullable Node<K, V> next) {
    this.hash = hash;
    this.key = key;
    this.next = next;
    this.value = value; // published with the node
  }

  @SuppressWarnings("unchecked") // nothing else is ever in the field
  final V value() {
    return (V) VALUE.getVolatile(this);
  }

  final void setValue(V value) {
    VALUE.setRelease(this, value);
  }

  /** Returns the node that has a key, if there is one. */
  static <K, V> @Nullable Node<K, V> find(@Nullable Node<K, V> head, int hash, Object key) {
    if (head == null || (head.hash == hash && Keys.equal(key, head.key))) {
      return head; // outside of the loop: most are found here, and compilers spill less before it
    }
    return head.findAfter(hash, key);
  }

  /** Returns the node that has a key, if it comes after this one, with which the bin begins. */
  final @Nullable Node<K, V> findAfter(int hash, Object key) {
    for (Node<K, V> node = next; node != null; node = node.next) {
      if (node.hash == hash && Keys.equal(key, node.key)) {
        return node;
      }
    }
    return getClass() == Node.class ? null : findInside(hash, key);
  }

  /** Returns the node that has a key, if it is in what this one stands for. */
  @Nullable Node<K, V> findInside(int hash, Object key) {
    return null;
  }

  /** Hands out each node of a bin, always in the same order. */
  static <K, V> void each(@Nullable Node<K, V> head, Consumer<? super Node<K, V>> action) {
    if (head instanceof Crowd<K, V> crowd) {
      crowd.each(action);
      return;
    }
    for (Node<K, V> node = head; node != null; node = node.next) {
      action.accept(node);
    }
  }

  /** Returns whether a bin is a chain that may become longer by some nodes. */
  static boolean isChainFor(@Nullable Node<?, ?> head, int more) {
    int length = more;
    for (Node<?, ?> node = head; node != null && length <= LONG; node = node.next) {
      length++;
    }
    return length <= LONG && !(head instanceof Crowd);
  }

  /** Returns a bin with a key more. It may run {@code compareTo}. */
  static <K, V> Node<K, V> with(@Nullable Node<K, V> head, int hash, K key, V value) {
    return head == null || isChainFor(head, 1)
        ? new Node<>(hash, key, value, head)
        : Crowd.of(head).with(new Node<>(hash, key, value, null));
  }

  /**
   * Returns a chain without a key, which is that very object, found by that hash: a key that was
   * changed may be there twice. Nodes before it are copied, with their values.
   */
  @SuppressWarnings("ReferenceEquality") // no code of the user is run under a lock
  static <K, V> @Nullable Node<K, V> without(Node<K, V> head, int hash, K key) {
    Node<K, V> found = head;
    while (found.key != key || found.hash != hash) {
      found = requireNonNull(found.next);
    }
    Node<K, V> chain = found.next;
    for (Node<K, V> before = head; before != found; before = requireNonNull(before.next)) {
      chain = new Node<>(before.hash, before.key, before.value(), chain);
    }
    return chain;
  }

  private static final VarHandle VALUE;

  static {
    try {
      VALUE = MethodHandles.lookup().findVarHandle(Node.class, "value", Object.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }
}
