package io.github.threadfast;

import org.jspecify.annotations.Nullable;

/** Where a key is or would be, as a thread has found it, and what value it shall have. */
@SuppressWarnings("ReferenceEquality") // equals is code of the user, and equal ones may differ
final class Site<K, V> {
  final @Nullable Node<K, V>[] bins;
  final int index;
  final @Nullable Node<K, V> head;
  final int hash;
  private final K key;

  /** What has the key; null if nothing has. */
  final @Nullable Node<K, V> node;

  /** The value that was found, or null. */
  @Nullable V seen;

  /** The value it shall have, or null. */
  private @Nullable V next;

  /**
   * Whether somebody has said so: even the same value is to be written then, and seen by others.
   */
  private boolean isSet;

  /** What has become of it. */
  Outcome outcome = Outcome.OUTDATED;

  private @Nullable Node<K, V> made;

  /** Looks for a key, with no lock held. */
  Site(@Nullable Node<K, V>[] bins, int index, @Nullable Node<K, V> head, int hash, K key) {
    this.bins = bins;
    this.index = index;
    this.head = head;
    this.hash = hash;
    this.key = key;
    this.node = Node.find(head, hash, key);
    this.seen = node == null ? null : node.value();
    this.next = seen;
  }

  /** Looks for the key once more. */
  Site<K, V> foundAnew(BinTable<K, V> table) {
    Site<K, V> site = table.locate(key);
    site.next = next;
    site.isSet = isSet;
    return site;
  }

  /** Returns the key that is in the map, or will be: an equal one that is there stays there. */
  K key() {
    return node == null ? key : node.key;
  }

  /** Says what value the key shall have; none if it is null. */
  void set(@Nullable V value) {
    next = value;
    isSet = true;
  }

  @Nullable V next() {
    return next;
  }

  /** Returns whether there is something to do. */
  boolean isChanged() {
    return isSet && (next != null || seen != null);
  }

  /** Returns how many keys more there will be. */
  int growth() {
    return (next == null ? 0 : 1) - (node == null ? 0 : 1);
  }

  /**
   * Returns whether the bin is as it was found, and has the value that was found. If the value
   * doesn't matter, notes what it is now. Called with the lock of the bin, or validated after.
   */
  boolean isCurrent(boolean matters) {
    if (Bins.at(bins, index) != head) {
      return false;
    }
    V now = node == null ? null : node.value();
    if (matters && now != seen) {
      return false;
    }
    seen = now;
    return true;
  }

  /** Makes the crowd that the bin will be, if it will be one, with no lock held. */
  void prepare() {
    if (head != null && node == null && next != null && !Node.isChainFor(head, 1)) {
      made = Crowd.of(head).with(new Node<>(hash, key, next, null));
    } else if (head instanceof Crowd<K, V> crowd && node != null && next == null) {
      made = crowd.without(node);
    }
  }

  /** Lets others see the change, under the lock of the bin. */
  void publish() {
    if (node != null && next != null) {
      node.setValue(next);
    } else {
      Bins.set(bins, index, made());
    }
  }

  private @Nullable Node<K, V> made() {
    if (head instanceof Crowd || made != null) {
      return made;
    }
    if (next != null) {
      return new Node<>(hash, key, next, head);
    }
    return head == null ? null : Node.without(head, hash, key());
  }
}
