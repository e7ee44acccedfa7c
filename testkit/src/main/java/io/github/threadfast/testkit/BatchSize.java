package io.github.threadfast.testkit;

import java.util.concurrent.TimeUnit;

/** How many runs make a batch: as many as fit into a millisecond, so that none lasts too long. */
final class BatchSize {
  private static final long NANOS = TimeUnit.MILLISECONDS.toNanos(1);
  private static final int MAX = 1 << 10;

  /** A batch that lasts longer is cut short. */
  static final long MAX_NANOS = 4 * NANOS;

  private int runs = 1;

  int runs() {
    return runs;
  }

  /** Adapts the size to a batch that has taken {@code nanos}. */
  void adaptTo(long nanos) {
    if (nanos < NANOS) {
      runs = Math.min(MAX, runs * 2);
    } else if (nanos > 2 * NANOS) {
      runs = Math.max(1, runs / 2);
    }
  }
}
