package io.github.threadfast.bench;

import io.github.threadfast.ReadMostlyMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.infra.Blackhole;

/**
 * Methods of a {@code ReadMostlyMap} that are about ten thousand entries at once. Nobody sees the
 * half of what they do; those of a {@code ConcurrentHashMap} promise no such thing.
 */
@State(Scope.Benchmark)
public class ReadMostlyMapBulkBenchmark {
  private static final int SIZE = 10_000;

  /** In the order that they were put in, which is that of nobody's table. */
  private final Map<Object, Object> entries = new LinkedHashMap<>();

  private final ReadMostlyMap<Object, Object> ours = new ReadMostlyMap<>();
  private final ConcurrentHashMap<Object, Object> peer = new ConcurrentHashMap<>();

  /** Fills both with keys that are equal to those of the entries, and not the same. */
  @Setup
  public void setUp() {
    ReadMostlyMapBenchmark.pollute();
    ReadMostlyMapKeys keys = ReadMostlyMapKeys.SCATTERED_INTEGERS;
    for (int number : keys.numbers(SIZE)) {
      entries.put(keys.key(number), "another value");
      ours.put(keys.key(number), "value");
      peer.put(keys.key(number), "value");
    }
    System.gc();
  }

  @Benchmark
  @Row(
      value = "ReadMostlyMap.putAll of 10k into an empty one",
      peer = "putAllIntoEmptyConcurrentHashMap",
      must = 1,
      aim = 3)
  public Object putAllIntoEmpty() {
    ReadMostlyMap<Object, Object> map = new ReadMostlyMap<>();
    map.putAll(entries);
    return map;
  }

  @Benchmark
  public Object putAllIntoEmptyConcurrentHashMap() {
    ConcurrentHashMap<Object, Object> map = new ConcurrentHashMap<>();
    map.putAll(entries);
    return map;
  }

  @Benchmark
  @Row(
      value = "ReadMostlyMap.putAll of 10k into one that holds them",
      peer = "putAllIntoFullConcurrentHashMap",
      must = 1,
      aim = 3)
  public void putAllIntoFull() {
    ours.putAll(entries);
  }

  @Benchmark
  public void putAllIntoFullConcurrentHashMap() {
    peer.putAll(entries);
  }

  @Benchmark
  @Row(
      value = "ReadMostlyMap.forEach of 10k",
      peer = "forEachConcurrentHashMap",
      must = 0.8,
      aim = 1.2)
  public void forEach(Blackhole blackhole) {
    ours.forEach((key, value) -> {
      blackhole.consume(key);
      blackhole.consume(value);
    });
  }

  @Benchmark
  public void forEachConcurrentHashMap(Blackhole blackhole) {
    peer.forEach((key, value) -> {
      blackhole.consume(key);
      blackhole.consume(value);
    });
  }
}
