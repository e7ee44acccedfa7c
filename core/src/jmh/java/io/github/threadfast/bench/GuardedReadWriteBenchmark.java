package io.github.threadfast.bench;

import io.github.threadfast.Guarded;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Threads;

/** Reads that two threads make at once. */
@State(Scope.Benchmark)
@Threads(2)
public class GuardedReadWriteBenchmark {
  /** What is guarded. */
  private record Route(String target) {}

  private final Guarded<Route> guarded = Guarded.readWrite(new Route("home"));
  private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
  private final Route route = new Route("home");

  @Setup
  public void pollute() {
    Guarded<Route> guardedRoute = Guarded.readWrite(new Route("work"));
    Guarded<String> text = Guarded.readWrite("text");
    Guarded<int[]> array = Guarded.readWrite(new int[1]);
    Guarded<List<String>> list = Guarded.readWrite(new ArrayList<>());
    Pollution.byResults(
        () -> guardedRoute.read(Route::target),
        () -> text.read(String::length),
        () -> array.read(a -> a[0]),
        () -> list.read(List::isEmpty));
    Pollution.byActions(() -> array.update(a -> a[0]++), () -> list.update(List::clear));

    Route bareRoute = new Route("work");
    int[] bareArray = new int[1];
    List<String> bareList = new ArrayList<>();
    List<Supplier<Object>> sections =
        List.of(bareRoute::target, "text"::length, () -> bareArray[0], bareList::isEmpty);
    for (Supplier<Object> section : sections) {
      ReentrantReadWriteLock bareLock = new ReentrantReadWriteLock();
      Pollution.byResults(
          () -> locked(bareLock.readLock(), section), () -> locked(bareLock.writeLock(), section));
    }
  }

  private static Object locked(Lock lock, Supplier<Object> section) {
    lock.lock();
    try {
      return section.get();
    } finally {
      lock.unlock();
    }
  }

  @Benchmark
  @Row(
      value = "Guarded.readWrite reads, 2 threads",
      peer = "reentrantReadWriteLock",
      must = 2,
      aim = 5)
  public String read() {
    return guarded.read(Route::target);
  }

  @Benchmark
  public String reentrantReadWriteLock() {
    lock.readLock().lock();
    try {
      return route.target();
    } finally {
      lock.readLock().unlock();
    }
  }
}
