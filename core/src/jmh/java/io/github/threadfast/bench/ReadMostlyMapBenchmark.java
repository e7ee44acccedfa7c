package io.github.threadfast.bench;

import io.github.threadfast.ReadMostlyMap;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.Blackhole;

/** Lookups in a {@code ReadMostlyMap}, by one thread. One alone costs less than the clock. */
public class ReadMostlyMapBenchmark {
  private static final int MANY = 64;

  /** Runs our map and its peers with what else they are used for in a program. */
  static void pollute() {
    Pollution.byKeys(List.of(new ReadMostlyMap<>(), new ConcurrentHashMap<>(), new HashMap<>()));
  }

  /** Where a thread is in its keys. */
  @State(Scope.Thread)
  public static class Cursor {
    private int next;

    /** Returns where the next keys begin, the first ones after the last. */
    int advance(int length) {
      int from = next;
      next = from + 2 * MANY <= length ? from + MANY : 0;
      return from;
    }
  }

  /** Keys of a class that the compiler doesn't know, as in code for all kinds of keys. */
  @State(Scope.Benchmark)
  @OperationsPerInvocation(MANY)
  public abstract static class Lookups {
    private Map<Object, Object> map;
    private Object[] present;
    private Object[] absent;

    /**
     * Fills only the map that is measured. Beside another one, whose keys would be the same, it
     * would depend on the collector which of the two has its keys near. A collection puts the
     * entries together, as it does in a program that runs for a while.
     */
    final void fill(ReadMostlyMapKeys keys, int size, BenchmarkParams params) {
      pollute();
      map =
          params.getBenchmark().endsWith("ConcurrentHashMap")
              ? new ConcurrentHashMap<>()
              : new ReadMostlyMap<>();
      int[] numbers = keys.numbers(2 * size);
      for (int i = 0; i < size; i++) {
        map.put(keys.key(numbers[i]), "value");
      }
      present = keys.shuffled(Arrays.copyOf(numbers, size));
      absent = keys.shuffled(Arrays.copyOfRange(numbers, size, 2 * size));
      System.gc();
    }

    @Benchmark
    @Row(
        value = "ReadMostlyMap.get hit, 1k",
        peer = "hitConcurrentHashMap",
        must = 1.5,
        aim = 2.3,
        where = {"keys=SEQUENTIAL_INTEGERS", "size=1000"})
    @Row(
        value = "ReadMostlyMap.get hit, 1k",
        peer = "hitConcurrentHashMap",
        must = 1.5,
        aim = 2.3,
        where = {"keys=SCATTERED_INTEGERS", "size=1000"})
    @Row(
        value = "ReadMostlyMap.get hit, 1k",
        peer = "hitConcurrentHashMap",
        must = 1.2,
        aim = 1.4,
        where = {"keys=STRINGS", "size=1000"})
    @Row(
        value = "ReadMostlyMap.get hit, 1k",
        peer = "hitConcurrentHashMap",
        where = {"keys=POINTS", "size=1000"})
    @Row(value = "ReadMostlyMap.get hit, 16", peer = "hitConcurrentHashMap", where = "size=16")
    @Row(
        value = "ReadMostlyMap.get hit, 100k",
        peer = "hitConcurrentHashMap",
        must = 1.1,
        aim = 1.4,
        where = {"keys=SEQUENTIAL_INTEGERS", "size=100000"})
    @Row(
        value = "ReadMostlyMap.get hit, 100k",
        peer = "hitConcurrentHashMap",
        must = 1.1,
        aim = 1.4,
        where = {"keys=SCATTERED_INTEGERS", "size=100000"})
    @Row(
        value = "ReadMostlyMap.get hit, 100k",
        peer = "hitConcurrentHashMap",
        must = 0.9,
        aim = 1.1,
        where = {"keys=STRINGS", "size=100000"})
    @Row(
        value = "ReadMostlyMap.get hit, 1M",
        peer = "hitConcurrentHashMap",
        must = 1.1,
        aim = 1.4,
        where = {"keys=SCATTERED_INTEGERS", "size=1000000"})
    @Row(
        value = "ReadMostlyMap.get hit, 1M",
        peer = "hitConcurrentHashMap",
        must = 0.9,
        aim = 1.1,
        where = {"keys=STRINGS", "size=1000000"})
    public void hit(Cursor cursor, Blackhole blackhole) {
      lookUp(present, cursor, blackhole);
    }

    @Benchmark
    public void hitConcurrentHashMap(Cursor cursor, Blackhole blackhole) {
      lookUp(present, cursor, blackhole);
    }

    @Benchmark
    @Row(value = "ReadMostlyMap.get miss, 16", peer = "missConcurrentHashMap", where = "size=16")
    @Row(
        value = "ReadMostlyMap.get miss, 1k",
        peer = "missConcurrentHashMap",
        must = 1,
        aim = 1.5,
        where = "size=1000")
    @Row(
        value = "ReadMostlyMap.get miss, 100k",
        peer = "missConcurrentHashMap",
        must = 0.85,
        aim = 1,
        where = "size=100000")
    @Row(
        value = "ReadMostlyMap.get miss, 1M",
        peer = "missConcurrentHashMap",
        must = 0.85,
        aim = 1,
        where = "size=1000000")
    public void miss(Cursor cursor, Blackhole blackhole) {
      lookUp(absent, cursor, blackhole);
    }

    @Benchmark
    public void missConcurrentHashMap(Cursor cursor, Blackhole blackhole) {
      lookUp(absent, cursor, blackhole);
    }

    private void lookUp(Object[] keys, Cursor cursor, Blackhole blackhole) {
      int from = cursor.advance(keys.length);
      for (int i = from; i < from + MANY; i++) {
        blackhole.consume(map.get(keys[i]));
      }
    }
  }

  /** A map as of settings. */
  public static class Sixteen extends Lookups {
    /** Which. */
    @Param("STRINGS")
    public ReadMostlyMapKeys keys;

    /** How many. */
    @Param("16")
    public int size;

    @Setup
    public void setUp(BenchmarkParams params) {
      fill(keys, size, params);
    }
  }

  /** The second-level cache holds it. */
  public static class Thousand extends Lookups {
    /** Which. */
    @Param({"SEQUENTIAL_INTEGERS", "SCATTERED_INTEGERS", "STRINGS", "POINTS"})
    public ReadMostlyMapKeys keys;

    /** How many. */
    @Param("1000")
    public int size;

    @Setup
    public void setUp(BenchmarkParams params) {
      fill(keys, size, params);
    }
  }

  /** The last-level cache holds it. */
  public static class HundredThousand extends Lookups {
    /** Which. */
    @Param({"SEQUENTIAL_INTEGERS", "SCATTERED_INTEGERS", "STRINGS"})
    public ReadMostlyMapKeys keys;

    /** How many. */
    @Param("100000")
    public int size;

    @Setup
    public void setUp(BenchmarkParams params) {
      fill(keys, size, params);
    }
  }

  /** No cache holds it. */
  public static class Million extends Lookups {
    /** Which. */
    @Param({"SCATTERED_INTEGERS", "STRINGS"})
    public ReadMostlyMapKeys keys;

    /** How many. */
    @Param("1000000")
    public int size;

    @Setup
    public void setUp(BenchmarkParams params) {
      fill(keys, size, params);
    }
  }

  /**
   * Keys of a class that the compiler knows, as in {@code ages.get("Ann")}: then it need not ask
   * the key for its {@code equals}. Nor for its class, as ours does.
   */
  @State(Scope.Benchmark)
  @OperationsPerInvocation(MANY)
  public static class KnownClass {
    private static final int SIZE = 1_000;

    private final ReadMostlyMap<Object, String> ours = new ReadMostlyMap<>();
    private final ConcurrentHashMap<Object, String> peer = new ConcurrentHashMap<>();
    private Object[] integers;
    private Object[] strings;

    @Setup
    public void setUp() {
      pollute();
      integers = fill(ReadMostlyMapKeys.SCATTERED_INTEGERS);
      strings = fill(ReadMostlyMapKeys.STRINGS);
    }

    private Object[] fill(ReadMostlyMapKeys keys) {
      int[] numbers = keys.numbers(SIZE);
      for (int number : numbers) {
        ours.put(keys.key(number), "value");
        peer.put(keys.key(number), "value");
      }
      return keys.shuffled(numbers);
    }

    @Benchmark
    @Row(
        value = "ReadMostlyMap.get hit, 1k Integers, a class that the compiler knows",
        peer = "integersConcurrentHashMap")
    public void integers(Cursor cursor, Blackhole blackhole) {
      int from = cursor.advance(integers.length);
      for (int i = from; i < from + MANY; i++) {
        blackhole.consume(ours.get((Integer) integers[i]));
      }
    }

    @Benchmark
    public void integersConcurrentHashMap(Cursor cursor, Blackhole blackhole) {
      int from = cursor.advance(integers.length);
      for (int i = from; i < from + MANY; i++) {
        blackhole.consume(peer.get((Integer) integers[i]));
      }
    }

    @Benchmark
    @Row(
        value = "ReadMostlyMap.get hit, 1k Strings, a class that the compiler knows",
        peer = "stringsConcurrentHashMap")
    public void strings(Cursor cursor, Blackhole blackhole) {
      int from = cursor.advance(strings.length);
      for (int i = from; i < from + MANY; i++) {
        blackhole.consume(ours.get((String) strings[i]));
      }
    }

    @Benchmark
    public void stringsConcurrentHashMap(Cursor cursor, Blackhole blackhole) {
      int from = cursor.advance(strings.length);
      for (int i = from; i < from + MANY; i++) {
        blackhole.consume(peer.get((String) strings[i]));
      }
    }
  }
}
