package io.github.threadfast;

import org.jspecify.annotations.Nullable;

/** Bins that begin as those of a table at one moment, and are changed before anybody sees them. */
@SuppressWarnings("ReferenceEquality") // identity is meant: no code of the user is run
final class Draft<K, V> {
  private final State<K, V> state;
  private @Nullable Node<K, V>[] bins;
  private Stripe[] stripes;
  private long size;

  private Draft(State<K, V> state, @Nullable Node<K, V>[] bins, Stripe[] stripes) {
    this.state = state;
    this.bins = bins;
    this.stripes = stripes;
    this.size = Stripe.size(stripes);
  }

  static <K, V> Draft<K, V> of(@Nullable Node<K, V>[] bins, Stripe[] stripes) {
    @Nullable Node<K, V>[] copied = Bins.ofLength(bins.length);
    for (int i = 0; i < bins.length; i++) {
      copied[i] = Bins.at(bins, i);
    }
    return new Draft<>(State.of(bins, stripes), copied, Stripe.copied(stripes));
  }

  /**
   * Gives a key a value.
   *
   * @param toCome how many are put at most, this one included
   */
  void put(K key, V value, int toCome) {
    int hash = Keys.hash(key);
    int index = Bins.indexOf(hash, bins.length);
    Node<K, V> head = bins[index];
    Node<K, V> node = Node.find(head, hash, key);
    if (head == null || node == null) {
      add(hash, key, value, toCome);
    } else if (head instanceof Crowd<K, V> crowd) {
      bins[index] = crowd.replaced(node, new Node<>(hash, node.key, value, null));
    } else if (node.value() != value) {
      bins[index] = new Node<>(hash, node.key, value, Node.without(head, hash, node.key));
    }
  }

  private void add(int hash, K key, V value, int toCome) {
    if (Bins.isFull(size + 1, bins.length)) {
      bins = Bins.resized(bins, Bins.lengthFor(size + Math.max(1, toCome)));
      stripes = Bins.counted(bins);
    }
    int index = Bins.indexOf(hash, bins.length);
    bins[index] = Node.with(bins[index], hash, key, value);
    Bins.stripeOf(index, stripes).size++;
    size++;
  }

  State<K, V> state() {
    return state;
  }

  @Nullable Node<K, V>[] bins() {
    return bins;
  }

  Stripe[] stripes() {
    return stripes;
  }
}
