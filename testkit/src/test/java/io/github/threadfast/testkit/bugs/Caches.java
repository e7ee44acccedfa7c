package io.github.threadfast.testkit.bugs;

import static net.jqwik.api.Arbitraries.integers;

import io.github.threadfast.testkit.Stress;
import io.github.threadfast.testkit.Window;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** Copies that outlive what they were copied from. */
final class Caches {
  private Caches() {}

  static Stream<Bug> bugs() {
    return Stream.of(
        Bug.of("stale cache", 2, 3, Caches::cache, StaleCache::new, FreshCache::new),
        Bug.of("early time stamp", 2, 3, Caches::clock, StampFirst::new, StampLast::new),
        Bug.of("get that writes", 2, 3, Caches::lru, HalfLockedLru::new, LockedLru::new),
        Bug.of("session cache", 3, 3, Caches::register, SessionCache::new, NoCache::new));
  }

  private interface Cache {
    void update();

    int get();
  }

  private static Stress<Cache> cache(Supplier<Cache> supplier) {
    return Stress.of(supplier).action("update", Cache::update).operation("get", Cache::get);
  }

  /** A reader may put back what it read before an update dropped it. */
  private static final class StaleCache implements Cache {
    private final AtomicInteger source = new AtomicInteger();
    private volatile Integer cache;

    @Override
    public void update() {
      source.incrementAndGet();
      cache = null;
    }

    @Override
    public int get() {
      Integer cached = cache;
      if (cached == null) {
        cached = source.get();
        Window.open();
        cache = cached;
      }
      return cached;
    }
  }

  private static final class FreshCache implements Cache {
    private int source;
    private Integer cache;

    @Override
    public synchronized void update() {
      source++;
      cache = null;
    }

    @Override
    public synchronized int get() {
      cache = cache == null ? (Integer) source : cache;
      return cache;
    }
  }

  private static Stress<Clock> clock(Supplier<Clock> supplier) {
    return Stress.of(supplier).action("tick", Clock::tick).operation("text", Clock::text);
  }

  private abstract static class Clock {
    private final AtomicInteger time = new AtomicInteger();

    final void tick() {
      time.incrementAndGet();
    }

    final int time() {
      return time.get();
    }

    abstract String text();
  }

  /** Says that the text is of now before it is. */
  private static final class StampFirst extends Clock {
    private volatile int stamp;
    private volatile String text = "0 h";

    @Override
    String text() {
      int now = time();
      if (stamp != now) {
        stamp = now;
        Window.open();
        text = now + " h";
      }
      return text;
    }
  }

  private static final class StampLast extends Clock {
    private record Stamped(int stamp, String text) {}

    private volatile Stamped cached = new Stamped(0, "0 h");

    @Override
    String text() {
      Stamped seen = cached;
      int now = time();
      if (seen.stamp() != now) {
        seen = new Stamped(now, now + " h");
        cached = seen;
      }
      return seen.text();
    }
  }

  private static Stress<LockedLru> lru(Supplier<LockedLru> supplier) {
    return Stress.of(supplier)
        .action("put", integers().between(1, 4), LockedLru::put)
        .operation("get", integers().between(1, 4), LockedLru::get);
  }

  /** Keeps the three elements that were used last. */
  private static class LockedLru {
    private static final int CAPACITY = 3;

    final Map<Integer, Integer> map =
        Collections.synchronizedMap(
            new LinkedHashMap<>() {
              private static final long serialVersionUID = 1;

              @Override
              protected boolean removeEldestEntry(Map.Entry<Integer, Integer> eldest) {
                return size() > CAPACITY;
              }
            });

    final void put(int key) {
      map.put(key, key);
    }

    Integer get(int key) {
      synchronized (map) {
        return move(key);
      }
    }

    /** Moves the entry to the young end. */
    final Integer move(int key) {
      Integer value = map.remove(key);
      if (value != null) {
        Window.open();
        map.put(key, value);
      }
      return value;
    }
  }

  /** Forgets that a get writes, too. */
  private static final class HalfLockedLru extends LockedLru {
    @Override
    Integer get(int key) {
      return move(key);
    }
  }

  interface Register {
    void write(int value);

    int read();
  }

  static Stress<Register> register(Supplier<Register> supplier) {
    return Stress.of(supplier)
        .action("write", integers().between(1, 9), Register::write)
        .operation("read", Register::read);
  }

  private static final class NoCache implements Register {
    private volatile int value;

    @Override
    public void write(int value) {
      this.value = value;
    }

    @Override
    public int read() {
      return value;
    }
  }

  /**
   * Readers share a copy while anyone writes. It never goes back, and each thread sees what it
   * wrote itself, but may miss what another wrote before.
   */
  static final class SessionCache implements Register {
    private record Version(int number, int value) {
      Version next(int other) {
        return new Version(number + 1, other);
      }

      Version orNewer(Version other) {
        return number < other.number ? other : this;
      }
    }

    private final AtomicReference<Version> source = new AtomicReference<>(new Version(0, 0));
    private final AtomicReference<Version> copy = new AtomicReference<>(source.get());
    private final AtomicInteger writers = new AtomicInteger();
    private final Map<Thread, Integer> written = new ConcurrentHashMap<>();

    @Override
    public void write(int value) {
      boolean first = writers.getAndIncrement() == 0;
      Version mine = source.updateAndGet(version -> version.next(value));
      if (first) {
        Window.open(); // long enough for another write, and for a read that misses it
      }
      written.put(Thread.currentThread(), mine.number());
      if (writers.decrementAndGet() == 0) {
        refreshed();
      }
    }

    @Override
    public int read() {
      Version seen = copy.get();
      if (writers.get() == 0 || seen.number() < written.getOrDefault(Thread.currentThread(), 0)) {
        seen = refreshed();
      }
      return seen.value();
    }

    private Version refreshed() {
      return copy.accumulateAndGet(source.get(), Version::orNewer);
    }
  }
}
