package io.github.threadfast.testkit.run;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/**
 * A barrier that a fixed party of threads passes again and again, and that lets them go within
 * nanoseconds of each other, since nobody parks.
 */
public final class Rendezvous {
  /*
   * Idea. A counting barrier (Herlihy and Shavit, "The Art of Multiprocessor Programming", chapter
   * 17) whose count is never reset: round r is complete once (r + 1) x parties threads arrived.
   *
   * Invariant. A thread arrives once a round and only after the round before is complete, so that no
   * thread is more than one round ahead and the count names the round without ambiguity.
   *
   * Ordering. The increments are one total order of atomic updates, and each is a volatile write:
   * all that a thread did before it arrived happens-before all that any thread does after the round
   * is complete.
   *
   * Stopping. A stop can be seen by some threads of a round and come too late for others. So a round
   * counts as run only if every thread says that it passed it.
   */

  /** Long enough for the others to arrive on cores of their own; then they may need this core. */
  private static final int SPINS_BEFORE_YIELD = 1_000;

  private final int parties;
  private final AtomicLong arrived = new AtomicLong();
  private final LongAdder longWaits = new LongAdder();
  private volatile boolean stopped;

  /** Creates a barrier for so many threads. */
  public Rendezvous(int parties) {
    this.parties = parties;
  }

  /** Waits until every thread has arrived at {@code round}; false if stopped before. */
  @SuppressWarnings("ThreadPriorityCheck") // yields only for speed
  public boolean await(long round) {
    if (stopped) {
      return false;
    }
    long complete = (round + 1) * parties;
    if (arrived.incrementAndGet() == complete) {
      return true;
    }
    for (int spin = 0; spin < SPINS_BEFORE_YIELD; spin++) {
      if (arrived.get() >= complete) {
        return true;
      }
      Thread.onSpinWait();
    }
    longWaits.increment();
    while (arrived.get() < complete) {
      if (stopped) {
        return false;
      }
      Thread.yield();
    }
    return true;
  }

  /**
   * Returns whether long waits were as common as every second round, as where threads share a core.
   */
  boolean wasMostlySlow() {
    return longWaits.sum() > arrived.get() / parties / 2;
  }

  /** Lets all go, now and in later rounds. */
  public void stop() {
    stopped = true;
  }
}
