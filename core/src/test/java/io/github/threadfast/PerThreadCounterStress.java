package io.github.threadfast;

import io.github.threadfast.testkit.Checks;
import io.github.threadfast.testkit.Stress;
import java.time.Duration;
import java.util.concurrent.ThreadFactory;
import org.junit.jupiter.api.Test;

/**
 * Several threads on one {@code PerThreadCounter} or {@code PerThreadAccumulator}: red if they
 * share an entry, or if entries end without a lock.
 */
class PerThreadCounterStress {
  private static final Duration LONGER = Duration.ofSeconds(4); // as it takes time to start threads

  /** Lets each step be made by a thread that lives no longer. */
  private static final class ShortLived {
    private final ThreadFactory factory;
    private final PerThreadCounter counter = PerThreadCounter.of();
    private final PerThreadAccumulator accumulator = PerThreadAccumulator.of(Long::sum, 0);

    ShortLived(ThreadFactory factory) {
      this.factory = factory;
    }

    void increment() throws InterruptedException {
      run(counter::increment);
    }

    void accumulate() throws InterruptedException {
      run(() -> accumulator.accumulate(1));
    }

    private void run(Runnable step) throws InterruptedException {
      Thread thread = factory.newThread(step);
      thread.start();
      thread.join();
    }
  }

  @Test
  void noAdditionIsLost() {
    Checks.assertNoLostUpdate(
        PerThreadCounter::of, PerThreadCounter::increment, PerThreadCounter::sum);
  }

  @Test
  void nothingAccumulatedIsLost() {
    Checks.assertNoLostUpdate(
        () -> PerThreadAccumulator.of(Long::sum, 0),
        accumulator -> accumulator.accumulate(1),
        PerThreadAccumulator::get);
  }

  @Test
  void noAdditionOfAShortThreadIsLost() {
    Checks.assertNoLostUpdate(
        () -> new ShortLived(Thread::new),
        ShortLived::increment,
        s -> s.counter.sum(),
        PerThreadCounterStress::longer);
  }

  @Test
  void nothingThatAShortThreadAccumulatesIsLost() {
    Checks.assertNoLostUpdate(
        () -> new ShortLived(Thread::new),
        ShortLived::accumulate,
        s -> s.accumulator.get(),
        PerThreadCounterStress::longer);
  }

  private static Stress<?> longer(Stress<?> check) {
    return check.budget(LONGER);
  }

  @Test
  void increments_areLinearizable() {
    Stress.of(PerThreadCounter::of)
        .action("increment", PerThreadCounter::increment)
        .operation("sum", PerThreadCounter::sum)
        .threads(4)
        .assertLinearizable();
  }

  @Test
  void decrements_areLinearizable() {
    Stress.of(PerThreadCounter::of)
        .action("decrement", PerThreadCounter::decrement)
        .operation("sum", PerThreadCounter::sum)
        .assertLinearizable();
  }

  @Test
  void incrementsByShortThreads_areLinearizable() {
    Stress.of(() -> new ShortLived(Thread::new))
        .action("increment", s -> s.counter.increment())
        .action("increment in a short thread", ShortLived::increment)
        .operation("sum", s -> s.counter.sum())
        .budget(LONGER)
        .assertLinearizable();
  }

  @Test
  void incrementsByVirtualThreads_areLinearizable() {
    ThreadFactory virtual = VirtualThreads.factory();
    Stress.of(() -> new ShortLived(virtual))
        .action("increment", s -> s.counter.increment())
        .action("increment in a virtual thread", ShortLived::increment)
        .operation("sum", s -> s.counter.sum())
        .budget(LONGER)
        .assertLinearizable();
  }

  @Test
  void anyAdditions_areQuiescentlyConsistent() {
    Stress.of(PerThreadCounter::of)
        .action("add 3", counter -> counter.add(3))
        .action("increment", PerThreadCounter::increment)
        .action("decrement", PerThreadCounter::decrement)
        .operation("sum", PerThreadCounter::sum)
        .assertQuiescentlyConsistent();
  }

  @Test
  void accumulatedOnes_areLinearizable() {
    Stress.of(() -> new ShortLived(Thread::new))
        .action("accumulate", s -> s.accumulator.accumulate(1))
        .action("accumulate in a short thread", ShortLived::accumulate)
        .operation("get", s -> s.accumulator.get())
        .budget(LONGER)
        .assertLinearizable();
  }
}
