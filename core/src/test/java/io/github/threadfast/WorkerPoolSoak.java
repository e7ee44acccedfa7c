package io.github.threadfast;

import java.util.ArrayList;
import java.util.List;

/**
 * Some hundred million items, through {@code WorkerPool}s of each order, in little memory. It is no
 * test of the build: after one, in the folder {@code core},
 *
 * <pre>
 * java -Xmx32m -cp target/test-classes:target/classes io.github.threadfast.WorkerPoolSoak 100
 * </pre>
 *
 * <p>handles a hundred million items in each order, and prints for each tenth of them how much
 * memory is used after a collection. It ends with status 1 if an item was lost, or if the memory
 * grows.
 */
final class WorkerPoolSoak {
  private static final int TENTHS = 10;
  private static final long MILLION = 1_000_000;
  private static final long TOLERANCE = 512 * 1024; // what the JVM itself keeps more or less

  private WorkerPoolSoak() {}

  /**
   * Runs it.
   *
   * @param args how many million items
   */
  public static void main(String[] args) throws Exception {
    long items = Long.parseLong(args[0]) * MILLION;
    run("first in, first out", items, WorkerPool.of(item -> {}));
    run("last in, first out", items, WorkerPool.<Object>of(item -> {}).lastInFirstOut());
    run("priority", items, WorkerPool.of(item -> {}).priority(Object::hashCode));
  }

  private static void run(String order, long items, WorkerPool.Builder<Object> builder)
      throws InterruptedException {
    List<Long> used = new ArrayList<>();
    try (WorkerPool<Object> pool = builder.workers(2).start()) {
      for (int tenth = 0; tenth < TENTHS; tenth++) {
        for (long item = 0; item < items / TENTHS; item++) {
          pool.submit(new Object());
        }
        pool.awaitIdle();
        used.add(usedMemory());
      }
      WorkerPool.Report report = pool.report();
      System.out.printf("%s: %s; used after each tenth: %s%n", order, report, used);
      require(report.completed() == items / TENTHS * TENTHS, "an item was lost");
      require(used.get(TENTHS - 1) < used.get(0) + TOLERANCE, "the memory grows");
    }
  }

  private static long usedMemory() {
    System.gc();
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }

  private static void require(boolean isSo, String otherwise) {
    if (!isSo) {
      throw new AssertionError(otherwise);
    }
  }
}
