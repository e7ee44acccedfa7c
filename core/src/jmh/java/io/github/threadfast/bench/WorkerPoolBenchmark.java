package io.github.threadfast.bench;

import io.github.threadfast.WorkerPool;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.infra.Blackhole;

/**
 * Items through a bounded {@code WorkerPool} with two workers, and through a bounded {@code
 * ThreadPoolExecutor} with two threads. Producers wait when it is full: so a call takes as long as
 * an item does.
 */
public class WorkerPoolBenchmark {
  private static final int WORKERS = 2;
  private static final int CAPACITY = 1024;

  /** What a handler does. */
  public enum Work {
    /** Nothing. */
    NOTHING(0),

    /** Something of half a microsecond, more or less. */
    HALF_A_MICROSECOND(200);

    private final int tokens;

    Work(int tokens) {
      this.tokens = tokens;
    }

    void run() {
      Blackhole.consumeCPU(tokens);
    }
  }

  /** By one producer. */
  @Threads(1)
  public static class One extends Pools {}

  /** By four producers. */
  @Threads(4)
  public static class Four extends Pools {}

  /** One of each for all threads. */
  @State(Scope.Benchmark)
  public abstract static class Pools {
    /** What a handler does. */
    @Param public Work work;

    private WorkerPool<Work> pool;
    private ThreadPoolExecutor executor;

    /** Starts them anew for each iteration: so that no worker is in a good place for ever. */
    @Setup(Level.Iteration)
    public void start() {
      pool = WorkerPool.<Work>of(Work::run).workers(WORKERS).capacity(CAPACITY).start();
      executor =
          new ThreadPoolExecutor(
              WORKERS,
              WORKERS,
              0,
              TimeUnit.SECONDS,
              new ArrayBlockingQueue<>(CAPACITY),
              Pools::waitForRoom);
      executor.prestartAllCoreThreads();
    }

    /** The usual way to let producers wait. */
    private static void waitForRoom(Runnable task, ThreadPoolExecutor executor) {
      try {
        executor.getQueue().put(task);
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }

    /** Ends them. */
    @TearDown(Level.Iteration)
    public void end() {
      pool.close();
      executor.shutdown();
    }

    @Benchmark
    @Row(value = "WorkerPool, an item", peer = "threadPoolExecutor", must = 1.3, aim = 2, bytes = 0)
    public void pool() throws InterruptedException {
      pool.submit(work);
    }

    @Benchmark
    public void threadPoolExecutor() {
      Work work = this.work;
      executor.execute(() -> work.run());
    }
  }
}
