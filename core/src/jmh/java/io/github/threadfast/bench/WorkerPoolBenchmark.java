package io.github.threadfast.bench;

import io.github.threadfast.WorkerPool;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;

/**
 * Items through a bounded {@code WorkerPool} with two workers, and through a bounded {@code
 * ThreadPoolExecutor} with two threads. Producers wait when it is full: so a call takes as long as
 * an item does.
 */
public class WorkerPoolBenchmark {
  private static final int WORKERS = 2;
  private static final int CAPACITY = 1024;

  private static ThreadPoolExecutor executor() {
    ThreadPoolExecutor executor =
        new ThreadPoolExecutor(
            WORKERS,
            WORKERS,
            0,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(CAPACITY),
            WorkerPoolBenchmark::waitForRoom);
    executor.prestartAllCoreThreads();
    return executor;
  }

  /** The usual way to let producers wait. */
  private static void waitForRoom(Runnable task, ThreadPoolExecutor executor) {
    try {
      executor.getQueue().put(task);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** What a handler does. */
  public enum Work {
    /** Nothing. */
    NOTHING,

    /** Something. */
    HALF_A_MICROSECOND;

    void run() {
      if (this == HALF_A_MICROSECOND) {
        Section.halfAMicrosecond();
      }
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
      executor = executor();
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

  /** From when an item is submitted while all workers are parked to when it has been handled. */
  @State(Scope.Benchmark)
  @BenchmarkMode(Mode.SampleTime)
  @OutputTimeUnit(TimeUnit.MICROSECONDS)
  public static class HandOff {
    private static final long TIME_TO_PARK = TimeUnit.MICROSECONDS.toNanos(100);

    private final AtomicBoolean isHandled = new AtomicBoolean();
    private WorkerPool<AtomicBoolean> pool;
    private ThreadPoolExecutor executor;

    /** Starts them anew for each iteration. */
    @Setup(Level.Iteration)
    public void start() {
      pool =
          WorkerPool.<AtomicBoolean>of(item -> item.set(true))
              .workers(WORKERS)
              .capacity(CAPACITY)
              .start();
      executor = executor();
    }

    /** Lets them become idle. */
    @Setup(Level.Invocation)
    public void becomeIdle() {
      isHandled.set(false);
      LockSupport.parkNanos(TIME_TO_PARK);
    }

    /** Ends them. */
    @TearDown(Level.Iteration)
    public void end() {
      pool.close();
      executor.shutdown();
    }

    @Benchmark
    @Row(
        value = "WorkerPool, idle hand-off, p50",
        peer = "threadPoolExecutor",
        percentile = 50,
        must = 0.83,
        aim = 1)
    @Row(
        value = "WorkerPool, idle hand-off, p99",
        peer = "threadPoolExecutor",
        percentile = 99,
        must = 0.83,
        aim = 2)
    public void pool() throws InterruptedException {
      pool.submit(isHandled);
      awaitHandled();
    }

    @Benchmark
    public void threadPoolExecutor() {
      executor.execute(() -> isHandled.set(true));
      awaitHandled();
    }

    private void awaitHandled() {
      while (!isHandled.get()) {
        Thread.onSpinWait();
      }
    }
  }
}
