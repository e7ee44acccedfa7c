package io.github.threadfast;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of a bin in a batch. A node whose value changes is replaced: a reader that has got
 * hold of the bin before sees the old value, as it does in all other bins.
 */
@SuppressWarnings("ReferenceEquality") // identity is meant: no code of the user is run
final class BinChange<K, V> {
  private final int index;
  private final @Nullable Node<K, V> head;
  private final List<Site<K, V>> sites = new ArrayList<>();
  private boolean isCrowd;
  private @Nullable Node<K, V> made;
  private @Nullable Pending<K, V> pending;

  BinChange(int index, @Nullable Node<K, V> head) {
    this.index = index;
    this.head = head;
  }

  /** Adds what happens to a key; returns false if it was found in another state of the bin. */
  boolean add(Site<K, V> site) {
    for (Site<K, V> other : sites) {
      if (site.node != null && site.node == other.node) {
        throw new IllegalStateException(
            """
            Two keys that are not equal were found to be the same key of a map: %s. It was changed \
            while the change of the map was under way, or its equals contradicts itself.\
            """
                .formatted(site.key()));
      }
    }
    sites.add(site);
    return site.head == head;
  }

  /**
   * Does what needs code of the user, with no lock held; returns whether there is something to do.
   *
   * @param matter whether values that were found will still be there. If not, a value that is there
   *     already is put in all the same: it may have been replaced by the time of the change
   */
  boolean prepare(boolean matter) {
    int growth = 0;
    boolean isChange = !matter;
    for (Site<K, V> site : sites) {
      growth += Math.max(0, site.growth());
      isChange |= site.isChanged();
    }
    if (isChange && !Node.isChainFor(head, growth)) {
      isCrowd = true;
      made = crowd(matter);
    }
    return isChange;
  }

  private @Nullable Node<K, V> crowd(boolean matter) {
    Crowd<K, V> crowd = head == null ? null : Crowd.of(head);
    for (Site<K, V> site : sites) {
      if (site.isChanged() || !matter) {
        V next = site.next();
        Node<K, V> node = next == null ? null : new Node<>(site.hash, site.key(), next, null);
        if (crowd != null && site.node != null) {
          crowd = crowd.replaced(site.node, node);
        } else if (node != null) {
          crowd = crowd == null ? Crowd.of(node) : crowd.with(node);
        }
      }
    }
    return crowd;
  }

  /** Makes what the bin will be, under its lock. Nobody sees it yet. */
  void make(Pending.Batch batch) {
    if (!isCrowd) {
      made = chain();
    }
    pending = new Pending<>(sites.get(0).hash, head, made, batch);
  }

  /** Returns how many keys more the bin will have. */
  int growth() {
    return sites.stream().mapToInt(Site::growth).sum();
  }

  Stripe stripe(Stripe[] stripes) {
    return Bins.stripeOf(index, stripes);
  }

  /** Lets others ask whether the batch is done. */
  void announce(@Nullable Node<K, V>[] bins) {
    Bins.set(bins, index, pending);
  }

  private @Nullable Node<K, V> chain() {
    Node<K, V> chain = head;
    for (Site<K, V> site : sites) {
      if (site.isChanged()) {
        if (chain != null && site.node != null) {
          chain = Node.without(chain, site.hash, site.key());
        }
        V next = site.next();
        if (next != null) {
          chain = new Node<>(site.hash, site.key(), next, chain);
        }
      }
    }
    return chain;
  }

  /** Puts what the bin has become in the place of what others asked. */
  void settle(@Nullable Node<K, V>[] bins) {
    Bins.set(bins, index, made);
  }
}
