package io.github.threadfast;

import static java.util.Objects.requireNonNull;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * Arrays of bins. The upper bits of a hash tell the bin, so that each has a range of hashes, and
 * the ranges are in order.
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
    return hash >>> shiftFor(length);
  }

  private static int shiftFor(int length) {
    return Integer.numberOfLeadingZeros(length) + 1;
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
  static Stripe stripeOf(int index, int length, Stripe[] stripes) {
    return stripes[numberOfStripe(index, length, stripes.length)];
  }

  /** Returns the number of the stripe that a bin belongs to. */
  static int numberOfStripe(int index, int length, int stripes) {
    return index >>> (Integer.numberOfLeadingZeros(stripes) - Integer.numberOfLeadingZeros(length));
  }

  /** Returns the locks for bins of which nobody knows yet, with the number of their entries. */
  static <K, V> Stripe[] counted(@Nullable Node<K, V>[] bins) {
    Stripe[] stripes = stripesFor(bins.length);
    for (int i = 0; i < bins.length; i++) {
      Stripe stripe = stripeOf(i, bins.length, stripes);
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
    for (int i = 0; i < bins.length; i++) {
      Node<K, V> head = at(bins, i);
      if (length < bins.length) {
        int index = numberOfStripe(i, bins.length, length);
        resized[index] = joined(resized[index], head);
      } else if (head instanceof Crowd<K, V> crowd) {
        split(crowd, i, length / bins.length, resized);
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

  /** Splits a crowd, which was in the bin at {@code index}, among {@code parts} bins. */
  private static <K, V> void split(
      Crowd<K, V> crowd, int index, int parts, @Nullable Node<K, V>[] to) {
    int shift = shiftFor(to.length);
    for (int i = index * parts; i < (index + 1) * parts; i++) {
      int first = i << shift;
      to[i] = settled(crowd.between(first, first | ((1 << shift) - 1)));
    }
  }

  /** Returns a chain if a crowd is small enough for it. */
  private static <K, V> @Nullable Node<K, V> settled(@Nullable Crowd<K, V> crowd) {
    return crowd != null && crowd.size() <= Node.LONG ? crowd.chain() : crowd;
  }

  /** Returns all that is in two bins, of which the first has the lower hashes. */
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
