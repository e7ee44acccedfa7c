package io.github.threadfast;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Looks for several keys at one moment. The look runs no code of the user, so that it may take
 * locks: it notes all that might be what is wanted, and the choice is made later.
 */
final class Candidates<K, V> implements BinTable.Look<K, V, Candidates<K, V>> {
  private final List<K> wanted;
  private final int[] hashes;
  private final @Nullable Node<K, V>[] heads;
  private final IdentityHashMap<Node<K, V>, V> values = new IdentityHashMap<>();
  private final Set<Crowd<K, V>> crowds = Collections.newSetFromMap(new IdentityHashMap<>());

  Candidates(List<K> wanted) {
    this.wanted = wanted;
    this.hashes = wanted.stream().mapToInt(Keys::hash).toArray();
    this.heads = Bins.ofLength(hashes.length);
  }

  @Override
  public Candidates<K, V> at(@Nullable Node<K, V>[] bins, Stripe[] stripes) {
    values.clear();
    crowds.clear();
    for (int i = 0; i < hashes.length; i++) {
      heads[i] = Bins.at(bins, Bins.indexOf(hashes[i], bins.length));
      note(heads[i], hashes[i]);
    }
    return this;
  }

  private void note(@Nullable Node<K, V> head, int hash) {
    if (head instanceof Crowd<K, V> crowd) {
      if (crowds.add(crowd)) {
        crowd.each(member -> values.put(member, member.value()));
      }
      return;
    }
    for (Node<K, V> node = head; node != null; node = node.next) {
      if (node.hash == hash) {
        values.put(node, node.value());
      }
    }
  }

  /** Returns those that are what is wanted, in the order of the keys. */
  Map<K, V> chosen() {
    Map<K, V> chosen = new LinkedHashMap<>();
    for (int i = 0; i < hashes.length; i++) {
      Node<K, V> node = Node.find(heads[i], hashes[i], wanted.get(i));
      V value = node == null ? null : values.get(node);
      if (value != null) {
        chosen.put(wanted.get(i), value);
      }
    }
    return chosen;
  }
}
