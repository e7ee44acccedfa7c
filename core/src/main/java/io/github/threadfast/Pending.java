package io.github.threadfast;

import org.jspecify.annotations.Nullable;

/**
 * A bin while a batch is under way: what it was until the batch is done, and what it is from then
 * on. All bins of the batch ask the same object, so that they change at the same moment.
 */
final class Pending<K, V> extends Node<K, V> {
  private final @Nullable Node<K, V> before;
  private final @Nullable Node<K, V> after;
  private final Batch batch;

  /** What all bins ask. */
  static final class Batch {
    /**
     * Written once, to true, with the locks of all bins: in this moment all of them change.
     * Volatile: whoever reads true sees all that each bin will be, which was made before.
     */
    volatile boolean isDone;
  }

  private static final Object NOTHING = new Object();

  /** Makes one for the bin of a hash. As with a {@link Crowd}, no key of the bin has its own. */
  @SuppressWarnings("unchecked") // never handed out
  Pending(int hash, @Nullable Node<K, V> before, @Nullable Node<K, V> after, Batch batch) {
    super(~hash, (K) NOTHING, (V) NOTHING, null);
    this.before = before;
    this.after = after;
    this.batch = batch;
  }

  /** Returns what is in the bin. */
  @Nullable Node<K, V> now() {
    return batch.isDone ? after : before;
  }

  @Override
  @Nullable Node<K, V> findInside(int hash, Object key) {
    return find(now(), hash, key);
  }
}
