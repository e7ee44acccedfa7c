package io.github.threadfast;

import static java.util.Objects.requireNonNull;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * Arrays of bins. The lower bits of a hash tell the bin, so that numbers in a row have a bin each.
 * In the order of hashes that are read from the lowest bit on ({@link #order}), those of a bin are
 * in a row.
 */
@SuppressWarnings("ReferenceEquality") // identity is meant: no code of the user is run
final class Bins {
  static final int FEWEST = 16;
  static final int MOST = 1 << 30;

  /** How many bins share a lock at least, and how many locks there are at most. */
  private static final int BINS_OF_A_STRIPE = 512;

  private static final int MOST_STRIPES = 16;

  private static final VarHandle BIN = MethodHandles.arrayElementVarHandle(Node[].class);

  private Bins() {}

  @SuppressWarnings({"unchecked", "rawtypes"}) // there are no arrays of a parameterized type
  static <K, V> @Nullable Node<K, V>[] ofLength(int length) {
    return (@Nullable Node<K, V>[]) new Node[length];
  }

  /** Returns how many bins {@code size} entries should have: they fill three quarters at most. */
  static int lengthFor(long size) {
    long least = Math.max(FEWEST, (4 * size + 2) / 3);
    return least >= MOST ? MOST : Integer.highestOneBit((int) (least - 1)) << 1;
  }

  /** Returns whether {@code size} entries are too many for {@code length} bins. */
  static boolean isFull(long size, int length) {
    return size > length - (length >> 2) && length < MOST;
  }

  /** Returns whether {@code size} entries leave most of {@code length} bins empty. */
  static boolean isSparse(long size, int length) {
    return size < length >> 3;
  }

  static int indexOf(int hash, int length) {
    return hash & (length - 1);
  }

  /** Compares hashes as unsigned numbers whose highest bit is the lowest one of the hash. */
  static int order(int hash, int other) {
    return Integer.compareUnsigned(Integer.reverse(hash), Integer.reverse(other));
  }

  @SuppressWarnings("unchecked") // what set has put there
  static <K, V> @Nullable Node<K, V> at(@Nullable Node<K, V>[] bins, int index) {
    Node<K, V> head = (Node<K, V>) BIN.getVolatile(bins, index);
    return head instanceof Pending<K, V> pending ? pending.now() : head;
  }

  static <K, V> void set(@Nullable Node<K, V>[] bins, int index, @Nullable Node<K, V> head) {
    BIN.setRelease(bins, index, head);
  }

  /** Returns the locks that {@code length} bins should have, of which nobody knows yet. */
  static Stripe[] stripesFor(int length) {
    Stripe[] stripes = new Stripe[Math.max(1, Math.min(length / BINS_OF_A_STRIPE, MOST_STRIPES))];
    for (int i = 0; i < stripes.length; i++) {
      stripes[i] = Stripe.create();
    }
    return stripes;
  }

  /** Returns the stripe that a bin belongs to. */
  static Stripe stripeOf(int index, Stripe[] stripes) {
    return stripes[numberOfStripe(index, stripes.length)];
  }

  /** Returns the number of the stripe that a bin belongs to. */
  static int numberOfStripe(int index, int stripes) {
    return index & (stripes - 1);
  }

  /** Returns the locks for bins of which nobody knows yet, with the number of their entries. */
  static <K, V> Stripe[] counted(@Nullable Node<K, V>[] bins) {
    Stripe[] stripes = stripesFor(bins.length);
    for (int i = 0; i < bins.length; i++) {
      Stripe stripe = stripeOf(i, stripes);
      if (bins[i] instanceof Crowd<K, V> crowd) {
        stripe.size += crowd.size();
      } else {
        for (Node<K, V> node = bins[i]; node != null; node = node.next) {
          stripe.size++;
        }
      }
    }
    return stripes;
  }

  /**
   * Returns an array of another length with the same entries. It runs no code of the user. Nodes
   * are used again where that is possible, or else copied, with their values.
   */
  static <K, V> @Nullable Node<K, V>[] resized(@Nullable Node<K, V>[] bins, int length) {
    @Nullable Node<K, V>[] resized = ofLength(length);
    int unused = Integer.numberOfLeadingZeros(bins.length) + 1;
    for (int i = 0; i < bins.length; i++) {
      int from = Integer.reverse(i) >>> unused; // in the order of hashes, as joined needs it
      Node<K, V> head = at(bins, from);
      if (length < bins.length) {
        int index = indexOf(from, length);
        resized[index] = joined(resized[index], head);
      } else if (head instanceof Crowd<K, V> crowd) {
        split(crowd, from, bins.length, resized);
      } else if (head != null) {
        split(head, resized);
      }
    }
    return resized;
  }

  /** Splits a chain. Those at its end that go to one bin need not be copied. */
  private static <K, V> void split(Node<K, V> head, @Nullable Node<K, V>[] to) {
    Node<K, V> end = head;
    for (Node<K, V> node = head; node != null; node = node.next) {
      if (indexOf(node.hash, to.length) != indexOf(end.hash, to.length)) {
        end = node;
      }
    }
    to[indexOf(end.hash, to.length)] = end;
    for (Node<K, V> node = head; node != end; node = requireNonNull(node.next)) {
      int index = indexOf(node.hash, to.length);
      to[index] = new Node<>(node.hash, node.key, node.value(), to[index]);
    }
  }

  /** Splits a crowd, which was in the bin at {@code index} of {@code length}. */
  private static <K, V> void split(
      Crowd<K, V> crowd, int index, int length, @Nullable Node<K, V>[] to) {
    for (int i = index; i < to.length; i += length) {
      to[i] = settled(crowd.between(i, i | -to.length)); // all zeros above i, and all ones
    }
  }

  /** Returns a chain if a crowd is small enough for it. */
  private static <K, V> @Nullable Node<K, V> settled(@Nullable Crowd<K, V> crowd) {
    return crowd != null && crowd.size() <= Node.LONG ? crowd.chain() : crowd;
  }

  /** Returns all that is in two bins, of which the first comes first in the order of hashes. */
  private static <K, V> @Nullable Node<K, V> joined(
      @Nullable Node<K, V> lower, @Nullable Node<K, V> upper) {
    if (lower == null || upper == null) {
      return lower == null ? upper : lower;
    }
    if (lower instanceof Crowd || upper instanceof Crowd) {
      return settled(Crowd.joined(Crowd.ofHashes(lower), Crowd.ofHashes(upper)));
    }
    Node<K, V> joined = lower;
    for (Node<K, V> node = upper; node != null; node = node.next) {
      joined = new Node<>(node.hash, node.key, node.value(), joined);
    }
    return joined;
  }
}
