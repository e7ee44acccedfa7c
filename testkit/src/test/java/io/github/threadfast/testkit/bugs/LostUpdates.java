package io.github.threadfast.testkit.bugs;

import static net.jqwik.api.Arbitraries.integers;

import io.github.threadfast.testkit.Stress;
import io.github.threadfast.testkit.Window;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** What two threads read at once, both change, and both write back. */
final class LostUpdates {
  private LostUpdates() {}

  static Stream<Bug> bugs() {
    return Stream.of(
        Bug.of("lost update", 2, 2, LostUpdates::counter, PlainCounter::new, LockedCounter::new),
        Bug.of(
            "increment of a volatile",
            2,
            2,
            LostUpdates::counter,
            VolatileCounter::new,
            LockedCounter::new),
        Bug.of(
            "get then set", 2, 2, LostUpdates::counter, GetThenSetCounter::new, AtomicCounter::new),
        Bug.of("get then put", 2, 2, LostUpdates::tally, GetThenPut::new, Merge::new),
        Bug.of("rare argument", 2, 2, LostUpdates::till, HastyTill::new, CarefulTill::new));
  }

  interface Counter {
    int increment();
  }

  private static Stress<Counter> counter(Supplier<Counter> supplier) {
    return Stress.of(supplier).operation("increment", Counter::increment);
  }

  private static final class PlainCounter implements Counter {
    private int count;

    @Override
    public int increment() {
      int next = count + 1;
      Window.open();
      count = next;
      return next;
    }
  }

  private static final class VolatileCounter implements Counter {
    private volatile int count;

    @Override
    public int increment() {
      int next = count + 1;
      Window.open();
      count = next;
      return next;
    }
  }

  private static final class LockedCounter implements Counter {
    private int count;

    @Override
    public synchronized int increment() {
      return ++count;
    }
  }

  private static final class GetThenSetCounter implements Counter {
    private final AtomicInteger count = new AtomicInteger();

    @Override
    public int increment() {
      int next = count.get() + 1;
      Window.open();
      count.set(next);
      return next;
    }
  }

  private static final class AtomicCounter implements Counter {
    private final AtomicInteger count = new AtomicInteger();

    @Override
    public int increment() {
      return count.incrementAndGet();
    }
  }

  interface Tally {
    int count(int key);
  }

  private static Stress<Tally> tally(Supplier<Tally> supplier) {
    return Stress.of(supplier).operation("count", integers().between(1, 3), Tally::count);
  }

  private static final class GetThenPut implements Tally {
    private final ConcurrentMap<Integer, Integer> counts = new ConcurrentHashMap<>();

    @Override
    public int count(int key) {
      int next = counts.getOrDefault(key, 0) + 1;
      Window.open();
      counts.put(key, next);
      return next;
    }
  }

  private static final class Merge implements Tally {
    private final ConcurrentMap<Integer, Integer> counts = new ConcurrentHashMap<>();

    @Override
    public int count(int key) {
      return counts.merge(key, 1, Integer::sum);
    }
  }

  interface Till {
    int add(int amount);
  }

  private static Stress<Till> till(Supplier<Till> supplier) {
    return Stress.of(supplier).operation("add", integers().between(1, 50), Till::add);
  }

  /** Large amounts are added under the lock and small ones at once: 25 is taken for neither. */
  private static final class HastyTill implements Till {
    private final AtomicInteger total = new AtomicInteger();

    @Override
    public int add(int amount) {
      if (amount < 25) {
        return total.addAndGet(amount);
      }
      if (amount > 25) {
        synchronized (this) {
          return total.addAndGet(amount);
        }
      }
      int sum = total.get() + amount;
      Window.open();
      total.set(sum);
      return sum;
    }
  }

  private static final class CarefulTill implements Till {
    private final AtomicInteger total = new AtomicInteger();

    @Override
    public int add(int amount) {
      return total.addAndGet(amount);
    }
  }
}
