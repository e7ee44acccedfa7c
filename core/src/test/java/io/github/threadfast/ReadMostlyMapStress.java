package io.github.threadfast;

import io.github.threadfast.testkit.Checks;
import io.github.threadfast.testkit.Stress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Several threads on one {@code ReadMostlyMap}: red without its locks, validations or turns. */
@Timeout(60)
class ReadMostlyMapStress {
  private static final Duration BUDGET = Duration.ofMillis(1_500);

  /** A key that chooses in which of sixteen parts of the table it is. */
  static class HashKey implements Comparable<HashKey> {
    private final String name;
    private final int hash;

    HashKey(String name, int hash) {
      this.name = name;
      this.hash = hash;
    }

    /** Makes one; all of one part have one hash. */
    static HashKey in(int part, String name) {
      int hash = 0;
      while ((Keys.hash(hash) & 15) != part) {
        hash++;
      }
      return new HashKey(name, hash);
    }

    /** Returns some keys of one part. */
    static List<HashKey> some(int count, int part, String name) {
      List<HashKey> keys = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        keys.add(in(part, name + i));
      }
      return keys;
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof HashKey key && key.name.equals(name);
    }

    @Override
    public int hashCode() {
      return hash;
    }

    @Override
    public int compareTo(HashKey other) {
      return name.compareTo(other.name);
    }

    @Override
    public String toString() {
      return name;
    }
  }

  /** What the map is like at the start. */
  @SuppressWarnings("ImmutableEnumChecker") // keys don't change
  enum Table {
    EMPTY(0, 9, 0),
    /** The keys are in two stripes. */
    STRIPED(100, 9, 0),
    /** Another key makes it grow. */
    FULL(0, 9, 12),
    /** Another key makes it grow, to twice as many stripes. */
    FULL_STRIPED(96, 9, 96),
    /** One key less makes it shrink. */
    SPARSE(0, 9, -4),
    /** The keys are in one chain, which another key makes a crowd. */
    CHAINED(100, 2, 7),
    /** The keys are in one crowd. */
    CROWDED(100, 2, 9);

    private final int expectedSize;
    private final int others;
    private final HashKey a = HashKey.in(2, "a");
    private final HashKey b;

    Table(int expectedSize, int part, int others) {
      this.expectedSize = expectedSize;
      this.others = others;
      this.b = HashKey.in(part, "b");
    }

    private List<HashKey> keys() {
      return List.of(a, b);
    }

    /** Returns what is there beside {@link #keys}, all in the part of {@link #a}. */
    private Map<HashKey, Integer> others() {
      Map<HashKey, Integer> entries = new LinkedHashMap<>();
      HashKey.some(Math.abs(others), 2, "other ").forEach(key -> entries.put(key, 6));
      return entries;
    }

    private Store model() {
      Store model = new Store(new HashMap<>());
      model.map.putAll(others());
      return model;
    }

    private SharedStore make() {
      ReadMostlyMap<HashKey, Integer> map = new ReadMostlyMap<>(expectedSize);
      if (others < 0) {
        Map<HashKey, Integer> many = new HashMap<>();
        HashKey.some(20, 5, "removed ").forEach(key -> many.put(key, 0));
        map.putAll(many);
        map.removeIf((key, value) -> true); // which leaves the table large
      }
      others().forEach(map::put);
      return new SharedStore(map);
    }
  }

  /** A map with operations on several keys. This one is the model: one thread uses it. */
  static class Store {
    final Map<HashKey, Integer> map;

    Store(Map<HashKey, Integer> map) {
      this.map = map;
    }

    Map<HashKey, Integer> getAll(List<HashKey> keys) {
      Map<HashKey, Integer> all = new HashMap<>(map);
      all.keySet().retainAll(keys);
      return all;
    }

    Map<HashKey, Integer> snapshot() {
      return new HashMap<>(map);
    }

    boolean removeOdd() {
      return map.values().removeIf(value -> value % 2 == 1);
    }

    /** Exchanges the values of two keys; returns them. */
    List<@Nullable Integer> swap(HashKey one, HashKey other) {
      Integer first = map.remove(one);
      Integer second = map.remove(other);
      if (first != null) {
        map.put(other, first);
      }
      if (second != null) {
        map.put(one, second);
      }
      return Arrays.asList(first, second);
    }

    /** Does something while nobody else changes the map. */
    <R extends @Nullable Object> R inTurn(Supplier<R> body) {
      return body.get();
    }

    List<@Nullable Integer> swapInTurn(HashKey one, HashKey other) {
      return swap(one, other);
    }

    /** Adds one, in the turn of a single key. */
    @Nullable Integer incrementInTurn(HashKey key) {
      return map.merge(key, 1, Integer::sum);
    }
  }

  static final class SharedStore extends Store {
    private final ReadMostlyMap<HashKey, Integer> shared;

    SharedStore(ReadMostlyMap<HashKey, Integer> shared) {
      super(shared);
      this.shared = shared;
    }

    @Override
    Map<HashKey, Integer> getAll(List<HashKey> keys) {
      return shared.getAll(keys);
    }

    @Override
    Map<HashKey, Integer> snapshot() {
      return shared.snapshot();
    }

    @Override
    boolean removeOdd() {
      return shared.removeIf((key, value) -> value % 2 == 1);
    }

    @Override
    List<@Nullable Integer> swap(HashKey one, HashKey other) {
      return shared.<List<@Nullable Integer>, RuntimeException>computeAtomically(
          tx -> swap(tx, one, other));
    }

    private static List<@Nullable Integer> swap(
        MapTransaction<HashKey, Integer> tx, HashKey one, HashKey other) {
      Integer first = tx.get(one);
      Integer second = tx.get(other);
      tx.compute(one, (key, value) -> second);
      tx.compute(other, (key, value) -> first);
      return Arrays.asList(first, second);
    }

    @Override
    <R extends @Nullable Object> R inTurn(Supplier<R> body) {
      List<R> result = new ArrayList<>();
      shared.untilDone(
          1,
          () -> {
            result.add(body.get());
            return Outcome.DONE;
          });
      return result.get(0);
    }

    @Override
    List<@Nullable Integer> swapInTurn(HashKey one, HashKey other) {
      List<@Nullable Integer> values = new ArrayList<>();
      shared.untilDone(
          1,
          () -> {
            MapTransaction<HashKey, Integer> tx = new MapTransaction<>(shared);
            values.addAll(swap(tx, one, other));
            tx.end();
            return tx.commit();
          });
      return values;
    }

    /** Outdates itself, by an equal value of a neighbour, until it has its turn. */
    @Override
    @Nullable Integer incrementInTurn(HashKey key) {
      HashKey neighbour = neighbour(key);
      int[] runs = {0};
      return shared.compute(
          key,
          (k, value) -> {
            runs[0]++;
            if (runs[0] < BinTable.MOST_RUNS) {
              shared.atomically(tx -> tx.computeIfPresent(neighbour, (n, there) -> copyOf(there)));
            }
            return value == null ? 1 : value + 1;
          });
    }

    private static Integer copyOf(Integer number) {
      return Integer.valueOf(number.toString());
    }
  }

  private static Stress<Store> onOneKey(Table table) {
    List<HashKey> keys = table.keys();
    List<Integer> values = List.of(1, 2);
    return Stress.<Store>of(table::make)
        .against(table::model)
        .operation("get", keys, (s, key) -> s.map.get(key))
        .operation("put", keys, values, (s, key, value) -> s.map.put(key, value))
        .operation("putIfAbsent", keys, values, (s, key, value) -> s.map.putIfAbsent(key, value))
        .operation("remove", keys, (s, key) -> s.map.remove(key))
        .operation("replace", keys, values, (s, key, value) -> s.map.replace(key, value))
        .operation("compute", keys, (s, key) -> s.map.compute(key, (k, n) -> n == null ? 1 : n + 1))
        .operation("merge", keys, (s, key) -> s.map.merge(key, 2, Integer::sum))
        .budget(BUDGET);
  }

  private static Stress<Store> onSeveralKeys(Table table) {
    return onOneKey(table)
        .operation("getAll", s -> s.getAll(table.keys()))
        .operation("swap", s -> s.swap(table.a, table.b))
        .operation("swap back", s -> s.swap(table.b, table.a))
        .action("putAll 1, 2", s -> s.map.putAll(Map.of(table.a, 1, table.b, 2)));
  }

  private static Stress<Store> onAllKeys(Table table) {
    return onSeveralKeys(table)
        .operation("size", s -> s.map.size())
        .operation("snapshot", Store::snapshot)
        .operation("keys", s -> Set.copyOf(s.map.keySet()))
        .operation("values", s -> new ArrayList<>(s.map.values()).stream().mapToInt(n -> n).sum())
        .operation("equals", s -> s.map.equals(Map.of(table.a, 1, table.b, 2)))
        .operation("removeIf odd", Store::removeOdd)
        .action("replaceAll + 1", s -> s.map.replaceAll((key, value) -> value + 1))
        .action("clear", s -> s.map.clear());
  }

  @Test
  void it_isAMapAsAWhole() {
    Checks.assertWholeMapContract(ReadMostlyMap::new);
  }

  @ParameterizedTest
  @EnumSource
  void operationsOnOneKeyAndSeveral_areLinearizable(Table table) {
    onSeveralKeys(table).assertLinearizable();
  }

  @ParameterizedTest
  @EnumSource
  void operationsOnOneKeyAndSeveralAndAll_areLinearizable(Table table) {
    onAllKeys(table).assertLinearizable();
  }

  /** Those who have their turn, and those who race with them. */
  @ParameterizedTest
  @EnumSource(names = {"STRIPED", "FULL", "CROWDED"})
  void turns_areLinearizable(Table table) {
    onAllKeys(table)
        .operation(
            "get and put in turn",
            table.keys(),
            (s, key) -> s.inTurn(() -> s.map.put(key, s.map.getOrDefault(key, 0) + 1)))
        .operation("put in turn", table.keys(), (s, key) -> s.inTurn(() -> s.map.put(key, 3)))
        .operation("swap in turn", s -> s.swapInTurn(table.a, table.b))
        .operation("increment in turn", table.keys(), Store::incrementInTurn)
        .before(
            "have neighbours", s -> table.keys().forEach(key -> s.map.put(neighbour(key), 1000)))
        .assertLinearizable();
  }

  private static HashKey neighbour(HashKey key) {
    return new HashKey("neighbour of " + key, key.hashCode());
  }
}
