package io.github.threadfast.bench;

import io.github.threadfast.PerThreadAccumulator;
import io.github.threadfast.PerThreadCounter;
import java.util.List;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongBinaryOperator;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Threads;

/**
 * {@code PerThreadCounter} and {@code PerThreadAccumulator} against what else many threads add to.
 */
public class PerThreadCounterBenchmark {

  private static void pollute() {
    PerThreadCounter counter = PerThreadCounter.of();
    LongAdder adder = new LongAdder();
    Pollution.byActions(
        counter::increment,
        counter::decrement,
        () -> counter.add(2),
        adder::increment,
        adder::decrement,
        () -> adder.add(2));
    List<LongBinaryOperator> functions =
        List.of(Long::sum, Math::max, Math::min, (a, b) -> a ^ b, (a, b) -> a | b);
    for (LongBinaryOperator function : functions) {
      PerThreadAccumulator ours = PerThreadAccumulator.of(function, 0);
      LongAccumulator theirs = new LongAccumulator(function, 0);
      Pollution.byActions(() -> ours.accumulate(1), () -> theirs.accumulate(1));
    }
  }

  /** By one thread. */
  @Threads(1)
  public static class One extends Shared {}

  /** By four threads. */
  @Threads(4)
  public static class Four extends Shared {}

  /** One of each for all threads. */
  @State(Scope.Benchmark)
  public abstract static class Shared {
    private final PerThreadCounter counter = PerThreadCounter.of();
    private final LongAdder adder = new LongAdder();
    private final PerThreadAccumulator accumulator = PerThreadAccumulator.of(Long::sum, 0);
    private final LongAccumulator longAccumulator = new LongAccumulator(Long::sum, 0);
    private final PerThreadAccumulator maximum = PerThreadAccumulator.of(Math::max, 0);
    private final LongAccumulator longMaximum = new LongAccumulator(Math::max, 0);

    @Setup
    public void setUp() {
      pollute();
    }

    @Benchmark
    @Row(value = "PerThread accumulate, counter", peer = "longAdder", must = 2, aim = 4, bytes = 0)
    public void counter() {
      counter.increment();
    }

    @Benchmark
    public void longAdder() {
      adder.increment();
    }

    @Benchmark
    @Row(
        value = "PerThread accumulate, accumulator of sums",
        peer = "longAdder",
        must = 2,
        aim = 4,
        bytes = 0)
    @Row(
        value = "PerThread accumulate, accumulator of sums",
        peer = "longAccumulator",
        must = 2,
        aim = 4,
        bytes = 0)
    public void accumulator() {
      accumulator.accumulate(1);
    }

    @Benchmark
    public void longAccumulator() {
      longAccumulator.accumulate(1);
    }

    /** The peer writes nothing, since the number stays the same. */
    @Benchmark
    @Row(value = "PerThread accumulate, an old maximum", peer = "longMaximum", bytes = 0)
    public void maximum() {
      maximum.accumulate(1);
    }

    @Benchmark
    public void longMaximum() {
      longMaximum.accumulate(1);
    }
  }
}
