package io.github.threadfast.testkit.run;

import java.util.concurrent.atomic.AtomicIntegerArray;

/** How many calls each thread has begun and returned from, published by it, read by others. */
final class Progress {
  /*
   * Idea. Real-time order without a clock: a call that sees that another has returned began after
   * it. (Lincheck's stress runner keeps its order the same way.) A shared ticket or a time stamp
   * would cost a locked instruction or a system call around every operation, and hide races.
   *
   * Invariant. count(t) grows only, and only thread t writes it.
   *
   * Ordering. P1: the release store after a call keeps the call's own effects before it; the acquire
   * load keeps the next call's accesses after it. So whoever reads n began after call n had returned
   * and may be expected to see its effects. Reading a stale, lower count only forgets an order.
   *
   * What a thread has begun is told by an opaque store, which orders nothing and hides no race. It is
   * read only to say where threads stand that do not go on.
   */

  /** In ints: a pair of cache lines, so that no two threads write to one line or its neighbour. */
  private static final int STRIDE = 32;

  private final AtomicIntegerArray counts;
  private final AtomicIntegerArray begun;

  Progress(int threads) {
    counts = new AtomicIntegerArray((threads + 1) * STRIDE);
    begun = new AtomicIntegerArray((threads + 1) * STRIDE);
  }

  int begun(int thread) {
    return begun.getOpaque((thread + 1) * STRIDE);
  }

  void begins(int thread, int count) {
    begun.setOpaque((thread + 1) * STRIDE, count);
  }

  int count(int thread) {
    return counts.getAcquire((thread + 1) * STRIDE); // observes P1
  }

  void returned(int thread, int count) {
    counts.setRelease((thread + 1) * STRIDE, count); // publishes P1
  }
}
