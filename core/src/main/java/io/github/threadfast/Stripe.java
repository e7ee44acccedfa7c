package io.github.threadfast;

import java.util.concurrent.locks.StampedLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The lock of some bins, and what is known of them. Its stamp moves with each change of one of
 * them.
 *
 * <p>Stripes are kept 128 bytes apart, two cache lines, since processors fetch them in pairs: the
 * fields of a superclass come first, and what comes after them is not used.
 */
class Stripe extends StampedLock {
  private static final long serialVersionUID = 1;

  /** How many entries are in the bins. */
  int size;

  /** How often the bins were changed. */
  long changes;

  /** Who has its turn, so that nobody else may change the bins. */
  transient volatile @Nullable Thread taker;

  /** Begins to read what it guards, as soon as it isn't locked. */
  final long awaitOptimisticRead() {
    long stamp = tryOptimisticRead();
    while (stamp == 0) {
      unlockRead(readLock());
      stamp = tryOptimisticRead();
    }
    return stamp;
  }

  /** Returns whether another thread has its turn. Asked with the lock. */
  final boolean isTakenByAnother() {
    Thread taker = this.taker;
    return taker != null && taker != Thread.currentThread();
  }

  private Stripe() {}

  /** Makes one that nobody has locked. */
  static Stripe create() {
    return new Padded();
  }

  /** Begins to read what all of them guard: returns their stamps, or null if one is locked. */
  static long @Nullable [] tryOptimisticRead(Stripe[] stripes) {
    long[] stamps = new long[stripes.length];
    for (int i = 0; i < stripes.length; i++) {
      stamps[i] = stripes[i].tryOptimisticRead();
      if (stamps[i] == 0) {
        return null;
      }
    }
    return stamps;
  }

  /** Returns whether nothing that they guard has changed since {@code stamps} were taken. */
  static boolean validate(Stripe[] stripes, long[] stamps) {
    for (int i = 0; i < stripes.length; i++) {
      if (!stripes[i].validate(stamps[i])) {
        return false;
      }
    }
    return true;
  }

  /** Returns others with the same numbers of entries. */
  static Stripe[] copied(Stripe[] stripes) {
    Stripe[] copied = new Stripe[stripes.length];
    for (int i = 0; i < stripes.length; i++) {
      copied[i] = create();
      copied[i].size = stripes[i].size;
    }
    return copied;
  }

  /** Counts the entries of all of them. */
  static long size(Stripe[] stripes) {
    long size = 0;
    for (Stripe stripe : stripes) {
      size += stripe.size;
    }
    return size;
  }

  /** Counts the changes of all of them. */
  static long changes(Stripe[] stripes) {
    long changes = 0;
    for (Stripe stripe : stripes) {
      changes += stripe.changes;
    }
    return changes;
  }

  /** Runs something while nobody changes what they guard. They are locked in the given order. */
  static <R extends @Nullable Object> R whileReadLocked(Stripe[] stripes, Supplier<R> body) {
    long[] stamps = new long[stripes.length];
    int locked = 0;
    try {
      for (; locked < stripes.length; locked++) {
        stamps[locked] = stripes[locked].readLock();
      }
      return body.get();
    } finally {
      while (locked > 0) {
        locked--;
        stripes[locked].unlockRead(stamps[locked]);
      }
    }
  }

  /**
   * Runs something while nobody else looks at what they guard. They are locked in the given order.
   */
  static <R extends @Nullable Object> R whileLocked(Stripe[] stripes, Supplier<R> body) {
    long[] stamps = new long[stripes.length];
    int locked = 0;
    try {
      for (; locked < stripes.length; locked++) {
        stamps[locked] = stripes[locked].writeLock();
      }
      return body.get();
    } finally {
      while (locked > 0) {
        locked--;
        stripes[locked].unlockWrite(stamps[locked]);
      }
    }
  }

  private static final class Padded extends Stripe {
    private static final long serialVersionUID = 1;

    @SuppressWarnings("unused") // they only take their place
    private long after1,
        after2,
        after3,
        after4,
        after5,
        after6,
        after7,
        after8,
        after9,
        after10,
        after11,
        after12,
        after13,
        after14,
        after15,
        after16;
  }
}
