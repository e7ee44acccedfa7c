package io.github.threadfast.bench;

import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.BinaryOperator;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * What every implementation goes through before it is measured. In a fresh process a class of ours
 * would have seen one lambda and one class of values, and be compiled for these alone, while those
 * of the JDK have seen many since the start.
 */
final class Pollution {
  private static final int TIMES = 20_000; // enough for both compilers

  /** Results go here, as if somebody wanted them. */
  static volatile Object sink = "";

  private Pollution() {}

  /** Runs all in turn, so that each is in every profile. */
  static void byActions(Runnable... actions) {
    for (int i = 0; i < TIMES; i++) {
      for (Runnable action : actions) {
        action.run();
      }
    }
  }

  /** Asks all in turn, so that each is in every profile. */
  static void byResults(Supplier<?>... results) {
    for (int i = 0; i < TIMES; i++) {
      for (Supplier<?> result : results) {
        sink = result.get();
      }
    }
  }

  /**
   * Sends maps through their methods with keys of five classes, which are equal to those inside but
   * (save for constants) not the same, and with five functions for each method that takes one.
   */
  static void byKeys(List<Map<Object, Object>> maps) {
    byResults(
        maps.stream()
            .flatMap(map -> USES.stream().flatMap(use -> use.of(map)))
            .toArray(Supplier<?>[]::new));
  }

  private record Pair(int left, int right) {}

  private static final List<Use> USES =
      List.of(
          new Use(() -> "te".concat("xt"), k -> k, (k, v) -> v, (v, w) -> w, (k, v) -> sink = k),
          new Use(() -> 1_000, k -> "made", (k, v) -> k, (v, w) -> v, (k, v) -> sink = v),
          new Use(() -> 2_000L, k -> 1, (k, v) -> 2, (v, w) -> "merged", (k, v) -> sink = "seen"),
          new Use(
              () -> new Pair(1, 2),
              k -> new Pair(3, 4),
              (k, v) -> new Pair(5, 6),
              (v, w) -> new Pair(7, 8),
              (k, v) -> sink = new Pair(9, 10)),
          new Use(
              () -> TimeUnit.DAYS,
              k -> TimeUnit.HOURS,
              (k, v) -> TimeUnit.MINUTES,
              (v, w) -> TimeUnit.SECONDS,
              (k, v) -> sink = TimeUnit.MICROSECONDS));

  /** Makes equal keys of one class, with functions that nobody else has. */
  private record Use(
      Supplier<Object> key,
      Function<Object, Object> make,
      BinaryOperator<Object> remake,
      BinaryOperator<Object> merge,
      BiConsumer<Object, Object> visit) {

    /** Returns calls that leave the key in the map. */
    Stream<Supplier<?>> of(Map<Object, Object> map) {
      return Stream.of(
          () -> map.put(key.get(), key.get()),
          () -> map.get(key.get()),
          () -> map.getOrDefault(key.get(), ""),
          () -> map.containsKey(key.get()),
          () -> map.merge(key.get(), key.get(), merge),
          () -> map.compute(key.get(), remake),
          () -> map.computeIfPresent(key.get(), remake),
          () -> map.remove(key.get()),
          () -> map.get(key.get()),
          () -> map.computeIfAbsent(key.get(), make),
          () -> map.computeIfAbsent(key.get(), make),
          () -> map.putIfAbsent(key.get(), key.get()),
          () -> {
            map.putAll(Map.of(key.get(), key.get()));
            return map;
          },
          () -> {
            map.forEach(visit);
            return map;
          });
    }
  }
}
