package io.github.threadfast.bench;

import io.github.threadfast.PerThread;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** {@code PerThread} against {@code ThreadLocal}. One get alone costs less than the clock. */
@State(Scope.Benchmark)
@OperationsPerInvocation(PerThreadBenchmark.MANY)
public class PerThreadBenchmark {
  static final int MANY = 64;

  /** Threads that have values, too, and live meanwhile. */
  private static final int OTHERS = 8;

  private record Owner(PerThread<Integer> perThread, ThreadLocal<Integer> threadLocal) {}

  private final Owner[] owners = new Owner[MANY];
  private final CountDownLatch over = new CountDownLatch(1);

  /** Returns what no compiler can know beforehand. */
  private static Integer make() {
    return ThreadLocalRandom.current().nextInt(1_000, 1_000_000);
  }

  @Setup
  public void setUp() throws InterruptedException {
    pollute();
    for (int i = 0; i < MANY; i++) {
      owners[i] =
          new Owner(
              PerThread.of(PerThreadBenchmark::make),
              ThreadLocal.withInitial(PerThreadBenchmark::make));
    }
    for (int i = 0; i < OTHERS; i++) {
      CountDownLatch used = new CountDownLatch(1);
      Thread other =
          new Thread(() -> {
            Pollution.byResults(this::perThread, this::threadLocal);
            used.countDown();
            awaitTheEnd();
          });
      other.setDaemon(true);
      other.start();
      used.await();
    }
  }

  private void awaitTheEnd() {
    try {
      over.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void pollute() {
    List<Supplier<Object>> suppliers =
        List.of(PerThreadBenchmark::make, Object::new, () -> "text", () -> new int[1], () -> 'c');
    for (Supplier<Object> supplier : suppliers) {
      PerThread<Object> perThread = PerThread.of(supplier);
      PerThread<Object> forgetting = PerThread.forgetting("buffers", supplier);
      ThreadLocal<Object> threadLocal = ThreadLocal.withInitial(supplier);
      Pollution.byResults(
          perThread::get,
          forgetting::get,
          threadLocal::get,
          () -> perThread.with("value", perThread::get),
          () -> {
            perThread.set('c');
            perThread.remove();
            return perThread.get();
          },
          () -> {
            threadLocal.set('c');
            threadLocal.remove();
            return threadLocal.get();
          });
    }
  }

  @TearDown
  public void tearDown() {
    over.countDown();
  }

  @Benchmark
  @Row(value = "PerThread.get, 64 of them in a loop", peer = "threadLocal", bytes = 0)
  public int perThread() {
    int sum = 0;
    for (Owner owner : owners) {
      sum += owner.perThread.get();
    }
    return sum;
  }

  @Benchmark
  public int threadLocal() {
    int sum = 0;
    for (Owner owner : owners) {
      sum += owner.threadLocal.get();
    }
    return sum;
  }

  /** One, as it is used: a loop lets the compiler look up the table of all thread locals once. */
  @State(Scope.Benchmark)
  public static class One {
    private final PerThread<Integer> perThread = PerThread.of(PerThreadBenchmark::make);
    private final ThreadLocal<Integer> threadLocal =
        ThreadLocal.withInitial(PerThreadBenchmark::make);

    @Setup
    public void setUp() {
      pollute();
    }

    @Benchmark
    @Row(value = "PerThread.get", peer = "threadLocal", must = 0.9, aim = 1, bytes = 0)
    public Integer perThread() {
      return perThread.get();
    }

    @Benchmark
    public Integer threadLocal() {
      return threadLocal.get();
    }
  }
}
