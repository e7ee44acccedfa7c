package io.github.threadfast;

import org.jspecify.annotations.Nullable;

/** The state of a table at one moment: it is still the same as long as nothing was changed. */
@SuppressWarnings("ArrayRecordComponent") // compared by their identity
record State<K, V>(@Nullable Node<K, V>[] bins, Stripe[] stripes, long changes) {

  static <K, V> State<K, V> of(@Nullable Node<K, V>[] bins, Stripe[] stripes) {
    return new State<>(bins, stripes, Stripe.changes(stripes));
  }
}
