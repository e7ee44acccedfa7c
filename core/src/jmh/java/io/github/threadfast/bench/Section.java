package io.github.threadfast.bench;

import org.openjdk.jmh.infra.Blackhole;

/** What is done inside a lock, or to compute a value. */
final class Section {
  /** The system property with the tokens of half a microsecond: the same number for every fork. */
  static final String TOKENS = "threadfast.bench.tokens";

  private static final int HALF_A_MICROSECOND = Integer.getInteger(TOKENS, 0);

  private Section() {}

  /** Returns how many tokens {@code Blackhole} consumes in half a microsecond. */
  static int calibrate() {
    int tokens = 10_000;
    long best = Long.MAX_VALUE; // the others were disturbed, or not compiled yet
    for (int i = 0; i < 1_000; i++) {
      long start = System.nanoTime();
      Blackhole.consumeCPU(tokens);
      best = Math.min(best, System.nanoTime() - start);
    }
    return (int) (tokens * 500L / best);
  }

  /** Takes five microseconds, where the machine lets it. */
  static void fiveMicroseconds() {
    Blackhole.consumeCPU(10L * HALF_A_MICROSECOND);
  }

  /** Takes half a microsecond, where the machine lets it. */
  static void halfAMicrosecond() {
    Blackhole.consumeCPU(HALF_A_MICROSECOND);
  }
}
