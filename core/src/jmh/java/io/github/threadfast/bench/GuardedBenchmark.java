package io.github.threadfast.bench;

import io.github.threadfast.Guarded;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.ReentrantLock;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;

/** {@code Guarded.update} against a lock beside the value. */
public class GuardedBenchmark {

  /** What is guarded. */
  private static final class Counter {
    private int count;

    int increment() {
      return ++count;
    }
  }

  private static void pollute() {
    Guarded<Counter> counter = Guarded.of(new Counter());
    Guarded<long[]> array = Guarded.of(new long[1]);
    Guarded<StringBuilder> text = Guarded.of(new StringBuilder());
    Guarded<Deque<String>> deque = Guarded.of(new ArrayDeque<>());
    Pollution.byActions(
        () -> counter.update(Counter::increment),
        () -> array.update(a -> a[0]++),
        () -> text.update(t -> t.setLength(0)),
        () -> deque.update(Deque::clear));

    Counter bareCounter = new Counter();
    long[] bareArray = new long[1];
    StringBuilder bareText = new StringBuilder();
    Deque<String> bareDeque = new ArrayDeque<>();
    Runnable[] sections = {
      bareCounter::increment, () -> bareArray[0]++, () -> bareText.setLength(0), bareDeque::clear
    };
    for (Runnable section : sections) {
      ReentrantLock lock = new ReentrantLock();
      Pollution.byActions(() -> locked(lock, section), () -> synchronizedOn(section, section));
    }
  }

  private static void locked(ReentrantLock lock, Runnable section) {
    lock.lock();
    try {
      section.run();
    } finally {
      lock.unlock();
    }
  }

  private static void synchronizedOn(Object monitor, Runnable section) {
    synchronized (monitor) {
      section.run();
    }
  }

  /** Each thread has its own. */
  @State(Scope.Thread)
  public static class Uncontended {
    private final Guarded<Counter> guarded = Guarded.of(new Counter());
    private final ReentrantLock lock = new ReentrantLock();
    private final Object monitor = new Object();
    private final Counter counter = new Counter();

    @Setup
    public void setUp() {
      pollute();
    }

    @Benchmark
    @Row(
        value = "Guarded.update uncontended",
        peer = "bareReentrantLock",
        must = 0.98,
        aim = 1.9,
        bytes = 0)
    @Row(
        value = "Guarded.update uncontended",
        peer = "bareSynchronized",
        must = 0.98,
        aim = 1.9,
        bytes = 0)
    public void update() {
      guarded.update(Counter::increment);
    }

    @Benchmark
    public void bareReentrantLock() {
      lock.lock();
      try {
        counter.increment();
      } finally {
        lock.unlock();
      }
    }

    @Benchmark
    public void bareSynchronized() {
      synchronized (monitor) {
        counter.increment();
      }
    }
  }

  /** One for two threads. */
  @Threads(2)
  public static class Two extends Contended {}

  /** One for four threads. */
  @Threads(4)
  public static class Four extends Contended {}

  /** One for eight threads. */
  @Threads(8)
  public static class Eight extends Contended {}

  /** A lock and what it guards, and how long it is held. */
  @State(Scope.Benchmark)
  public abstract static class Shared {
    private final ReentrantLock lock = new ReentrantLock();

    /** Keeps apart what else would share a cache line in one case and not in the other. */
    @SuppressWarnings("UnusedVariable") // it only takes its place
    private final byte[] apart = new byte[256];

    private final Counter counter = new Counter();

    /** The same. */
    @SuppressWarnings("UnusedVariable") // it only takes its place
    private final byte[] alsoApart = new byte[256];

    private final Guarded<Counter> guarded = Guarded.of(new Counter());
    private boolean tiny;

    /** How long. */
    @Param({"tiny", "0.5us"})
    public String section;

    @Setup
    public void setUp() {
      pollute();
      tiny = section.equals("tiny");
    }

    final void updateOnce() {
      if (tiny) {
        guarded.update(Counter::increment);
      } else {
        guarded.update(c -> {
          c.increment();
          Section.halfAMicrosecond();
        });
      }
    }

    final void lockOnce() {
      lock.lock();
      try {
        counter.increment();
        if (!tiny) {
          Section.halfAMicrosecond();
        }
      } finally {
        lock.unlock();
      }
    }
  }

  /** Threads of the platform. */
  public abstract static class Contended extends Shared {
    @Benchmark
    @Row(value = "Guarded.update contended", peer = "reentrantLock", must = 0.95, aim = 1)
    public void update() {
      updateOnce();
    }

    @Benchmark
    public void reentrantLock() {
      lockOnce();
    }
  }

  /** Eight virtual threads on as many carriers as there are processors. */
  public static class Virtual extends Shared {
    private static final int THREADS = 8;
    private static final int TIMES = 1_000;

    private ExecutorService threads;

    @Setup
    public void start() throws ReflectiveOperationException {
      threads =
          (ExecutorService)
              Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
    }

    @TearDown
    public void stop() {
      threads.shutdown();
    }

    @Benchmark
    @OperationsPerInvocation(THREADS * TIMES)
    @Row(
        value = "Guarded.update virtual threads",
        peer = "reentrantLock",
        must = 0.95,
        aim = 1,
        jdk = 21)
    public void update() throws InterruptedException {
      inAll(() -> {
        for (int i = 0; i < TIMES; i++) {
          updateOnce();
        }
        return null;
      });
    }

    @Benchmark
    @OperationsPerInvocation(THREADS * TIMES)
    public void reentrantLock() throws InterruptedException {
      inAll(() -> {
        for (int i = 0; i < TIMES; i++) {
          lockOnce();
        }
        return null;
      });
    }

    private void inAll(Callable<Void> task) throws InterruptedException {
      List<Callable<Void>> tasks = Collections.nCopies(THREADS, task);
      threads.invokeAll(tasks);
    }
  }
}
