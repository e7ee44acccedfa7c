package io.github.threadfast.examples;

import java.time.Duration;

/** How much of the processors this JVM has had: with little, threads take turns and hardly meet. */
final class Processors {
  private final long used = usedNanos();
  private final long start = System.nanoTime();

  /** Returns how many it has kept busy since this was made, on average. */
  double busySinceThen() {
    return (double) (usedNanos() - used) / (System.nanoTime() - start);
  }

  private static long usedNanos() {
    return ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO).toNanos();
  }
}
