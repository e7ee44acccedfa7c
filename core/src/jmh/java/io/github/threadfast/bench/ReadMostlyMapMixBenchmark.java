package io.github.threadfast.bench;

import io.github.threadfast.ReadMostlyMap;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Group;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.infra.Blackhole;
import org.openjdk.jmh.infra.ThreadParams;

/** A {@code ReadMostlyMap} of about a thousand entries that is read and written at once. */
public class ReadMostlyMapMixBenchmark {
  private static final ReadMostlyMapKeys KEYS = ReadMostlyMapKeys.SCATTERED_INTEGERS;
  private static final int RESIDENTS = 900;
  private static final int VISITORS = 200;
  private static final int MANY = 64;

  /** A multiple of {@link #MANY}, and more than the branches of a processor learn by heart. */
  private static final int STEPS = 16_384;

  /** One of each for all threads. */
  @State(Scope.Benchmark)
  public static class Maps {
    private final ReadMostlyMap<Object, Object> ours = new ReadMostlyMap<>();
    private final ConcurrentHashMap<Object, Object> concurrent = new ConcurrentHashMap<>();
    private final Map<Object, Object> hashMap = new HashMap<>();
    private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();

    /** Half of the visitors are there. */
    @Setup
    public void setUp() {
      ReadMostlyMapBenchmark.pollute();
      for (int number : KEYS.numbers(RESIDENTS + VISITORS / 2)) {
        ours.put(KEYS.key(number), "value");
        concurrent.put(KEYS.key(number), "value");
        hashMap.put(KEYS.key(number), "value");
      }
    }
  }

  /** What a thread does next: chosen beforehand and its own, or choosing would be measured, too. */
  @State(Scope.Thread)
  public static class Steps {
    private final Object[] lookedUp = new Object[STEPS];
    private final Object[] written = new Object[STEPS];
    private final boolean[] removes = new boolean[STEPS];
    private int reads;
    private int writes;

    /**
     * Looks all keys up. Replaces the value of a resident one time, and puts or removes a visitor
     * the other.
     */
    @Setup
    public void setUp(ThreadParams thread) {
      Random random = new Random(thread.getThreadIndex());
      int[] numbers = KEYS.numbers(RESIDENTS + VISITORS);
      Object[] keys = Arrays.stream(numbers).mapToObj(KEYS::key).toArray();
      Object[] others = Arrays.stream(numbers).mapToObj(KEYS::key).toArray(); // get into the map
      for (int i = 0; i < STEPS; i++) {
        lookedUp[i] = keys[random.nextInt(keys.length)];
        boolean visitor = random.nextBoolean();
        written[i] =
            others[visitor ? RESIDENTS + random.nextInt(VISITORS) : random.nextInt(RESIDENTS)];
        removes[i] = visitor && random.nextBoolean();
      }
    }

    Object read(Map<Object, Object> map) {
      reads = (reads + 1) % STEPS;
      return map.get(lookedUp[reads]);
    }

    Object write(Map<Object, Object> map) {
      writes = (writes + 1) % STEPS;
      Object key = written[writes];
      return removes[writes] ? map.remove(key) : map.put(key, "another value");
    }
  }

  /** How many of a thread's steps are reads. */
  @State(Scope.Thread)
  public static class Mix {
    /** Of a hundred. */
    @Param({"99", "90"})
    public int reads;

    private final boolean[] isRead = new boolean[STEPS];
    private int next;

    @Setup
    public void setUp(ThreadParams thread) {
      Random random = new Random(thread.getThreadIndex());
      for (int i = 0; i < STEPS; i++) {
        isRead[i] = random.nextInt(100) < reads;
      }
    }

    boolean isRead() {
      next = (next + 1) % STEPS;
      return isRead[next];
    }
  }

  /** By two threads. */
  @Threads(2)
  public static class Two extends Mixed {}

  /** By four threads. */
  @Threads(4)
  public static class Four extends Mixed {}

  /** Each thread does both. */
  @OperationsPerInvocation(MANY)
  public abstract static class Mixed {
    @Benchmark
    @Row(
        value = "ReadMostlyMap mix 99:1, 1k",
        peer = "concurrentHashMap",
        must = 1,
        aim = 1.9,
        where = "reads=99")
    @Row(
        value = "ReadMostlyMap mix 90:10, 1k",
        peer = "concurrentHashMap",
        must = 0.8,
        aim = 1.5,
        where = "reads=90")
    public void readMostlyMap(Maps maps, Mix mix, Steps steps, Blackhole blackhole) {
      stepThrough(maps.ours, mix, steps, blackhole);
    }

    @Benchmark
    public void concurrentHashMap(Maps maps, Mix mix, Steps steps, Blackhole blackhole) {
      stepThrough(maps.concurrent, mix, steps, blackhole);
    }

    private static void stepThrough(
        Map<Object, Object> map, Mix mix, Steps steps, Blackhole blackhole) {
      for (int i = 0; i < MANY; i++) {
        blackhole.consume(mix.isRead() ? steps.read(map) : steps.write(map));
      }
    }
  }

  /** A reader whose speed is measured, and a writer that never pauses, of a thread each. */
  @OperationsPerInvocation(MANY)
  public static class BesideWriter {
    @Benchmark
    @Group("ours")
    @Row(
        value = "ReadMostlyMap reader beside a writer that never pauses",
        peer = "concurrentHashMap",
        must = 1,
        aim = 1.4)
    @Row(
        value = "ReadMostlyMap reader beside a writer that never pauses",
        peer = "hashMapAndReadWriteLock",
        must = 20,
        aim = 100)
    public void readMostlyMap(Maps maps, Steps steps, Blackhole blackhole) {
      read(maps.ours, steps, blackhole);
    }

    @Benchmark
    @Group("ours")
    public void writer(Maps maps, Steps steps, Blackhole blackhole) {
      write(maps.ours, steps, blackhole);
    }

    @Benchmark
    @Group("concurrent")
    public void concurrentHashMap(Maps maps, Steps steps, Blackhole blackhole) {
      read(maps.concurrent, steps, blackhole);
    }

    @Benchmark
    @Group("concurrent")
    public void concurrentWriter(Maps maps, Steps steps, Blackhole blackhole) {
      write(maps.concurrent, steps, blackhole);
    }

    @Benchmark
    @Group("locked")
    public void hashMapAndReadWriteLock(Maps maps, Steps steps, Blackhole blackhole) {
      Lock lock = maps.lock.readLock();
      for (int i = 0; i < MANY; i++) {
        lock.lock();
        try {
          blackhole.consume(steps.read(maps.hashMap));
        } finally {
          lock.unlock();
        }
      }
    }

    @Benchmark
    @Group("locked")
    public void lockedWriter(Maps maps, Steps steps, Blackhole blackhole) {
      Lock lock = maps.lock.writeLock();
      for (int i = 0; i < MANY; i++) {
        lock.lock();
        try {
          blackhole.consume(steps.write(maps.hashMap));
        } finally {
          lock.unlock();
        }
      }
    }

    private static void read(Map<Object, Object> map, Steps steps, Blackhole blackhole) {
      for (int i = 0; i < MANY; i++) {
        blackhole.consume(steps.read(map));
      }
    }

    private static void write(Map<Object, Object> map, Steps steps, Blackhole blackhole) {
      for (int i = 0; i < MANY; i++) {
        blackhole.consume(steps.write(map));
      }
    }
  }
}
