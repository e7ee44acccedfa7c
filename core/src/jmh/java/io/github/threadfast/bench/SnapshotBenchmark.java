package io.github.threadfast.bench;

import io.github.threadfast.Snapshot;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Threads;

/** {@code Snapshot} against an {@code AtomicReference}. */
public class SnapshotBenchmark {

  private static void pollute() {
    pollute(0L, n -> n + 1);
    pollute("text", String::strip);
    pollute(List.of(), l -> l.isEmpty() ? List.of("element") : List.of());
    pollute('c', c -> (char) (c ^ 1));
  }

  private static <T> void pollute(T value, UnaryOperator<T> function) {
    Snapshot<T> snapshot = Snapshot.of(value);
    AtomicReference<T> reference = new AtomicReference<>(value);
    Pollution.byResults(
        snapshot,
        reference::get,
        () -> snapshot.update(function::apply),
        () -> reference.updateAndGet(function));
  }

  /** A read. */
  @State(Scope.Benchmark)
  public static class Get {
    private final Snapshot<String> snapshot = Snapshot.of("value");
    private final AtomicReference<String> reference = new AtomicReference<>("value");

    @Setup
    public void setUp() {
      pollute();
    }

    @Benchmark
    @Row(value = "Snapshot.get", peer = "atomicReference", must = 1, aim = 1.3)
    public String get() {
      return snapshot.get();
    }

    @Benchmark
    public String atomicReference() {
      return reference.get();
    }
  }

  /** How often functions are run. */
  @AuxCounters(AuxCounters.Type.EVENTS)
  @State(Scope.Thread)
  public static class Count {
    /** Functions run. */
    public long runs;

    /** Values changed. */
    public long calls;
  }

  /** Writers, one after another in each thread. */
  @State(Scope.Benchmark)
  public abstract static class Updates {
    private final Snapshot<Long> snapshot = Snapshot.of(0L);
    private final AtomicReference<Long> reference = new AtomicReference<>(0L);

    /** How long the function takes. */
    @Param({"cheap", "5us"})
    public String function;

    private boolean cheap;

    @Setup
    public void setUp() {
      pollute();
      cheap = function.equals("cheap");
    }

    final Long next(Long value, Count count) {
      count.runs++;
      if (!cheap) {
        Section.fiveMicroseconds();
      }
      return value + 1;
    }

    final Long updateOnce(Count count) {
      count.calls++;
      return snapshot.update(n -> next(n, count));
    }

    final Long updateReferenceOnce(Count count) {
      count.calls++;
      return reference.updateAndGet(n -> next(n, count));
    }
  }

  /** Nobody else. */
  public static class One extends Updates {
    @Benchmark
    @Row(value = "Snapshot.update uncontended", peer = "updateAndGet", runs = 1)
    public Long update(Count count) {
      return updateOnce(count);
    }

    @Benchmark
    public Long updateAndGet(Count count) {
      return updateReferenceOnce(count);
    }
  }

  /** More threads than processors. */
  @Threads(4)
  public static class Four extends Updates {
    @Benchmark
    @Row(
        value = "Snapshot.update, 4 threads",
        peer = "updateAndGet",
        must = 3,
        aim = 6,
        where = "function=cheap")
    @Row(
        value = "Snapshot.update, 4 threads",
        peer = "updateAndGet",
        must = 0.9,
        aim = 0.95,
        runs = 1.5,
        where = "function=5us")
    public Long update(Count count) {
      return updateOnce(count);
    }

    @Benchmark
    public Long updateAndGet(Count count) {
      return updateReferenceOnce(count);
    }
  }
}
