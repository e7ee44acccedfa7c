package io.github.threadfast;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(
    value = 60,
    threadMode = ThreadMode.SEPARATE_THREAD) // to tell even of what no interrupt ends
class HostileKeysTest {

  @Nested
  class OfOneHash {
    private static final int MANY = 100_000;

    /** How many are compared at most for one operation, on average: a balanced tree needs 17. */
    private static final int FEW = 60;

    private final AtomicLong comparisons = new AtomicLong();

    private final class Ordered implements Comparable<Ordered> {
      private final int number;

      Ordered(int number) {
        this.number = number;
      }

      @Override
      public int hashCode() {
        return 1;
      }

      @Override
      public boolean equals(Object other) {
        comparisons.incrementAndGet();
        return other instanceof Ordered ordered && ordered.number == number;
      }

      @Override
      public int compareTo(Ordered other) {
        comparisons.incrementAndGet();
        return Integer.compare(number, other.number);
      }
    }

    private void assertFewFor(int operations, Executable body) throws Throwable {
      comparisons.set(0);
      body.execute();
      long each = comparisons.get() / operations;
      assertTrue(each > 0, "they are counted");
      assertTrue(each <= FEW, () -> each + " comparisons for each");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, MANY})
    void inAnOrder_takeFewComparisons(int expectedSize) throws Throwable {
      ReadMostlyMap<Ordered, Integer> map = new ReadMostlyMap<>(expectedSize);

      assertFewFor(
          MANY,
          () -> {
            for (int i = 0; i < MANY; i++) {
              assertNull(map.put(new Ordered(i), i));
            }
          });
      assertEquals(MANY, map.size());
      assertFewFor(
          2 * MANY,
          () -> {
            for (int i = 0; i < MANY; i++) {
              assertEquals(i, map.get(new Ordered(i)));
              assertNull(map.get(new Ordered(-1 - i)));
            }
          });
      assertFewFor(
          MANY,
          () -> {
            for (int i = 0; i < MANY; i++) {
              assertEquals(i, map.merge(new Ordered(i), 1, Integer::sum) - 1);
            }
          });
      assertFewFor(
          MANY,
          () -> {
            for (int i = 0; i < MANY; i++) {
              assertEquals(i + 1, map.remove(new Ordered(i)));
            }
          });
      assertTrue(map.isEmpty());
    }

    @Test
    void inAnOrder_allAtOnce_takeFewComparisons() throws Throwable {
      ReadMostlyMap<Ordered, Integer> map = new ReadMostlyMap<>();
      Map<Ordered, Integer> source = new ReadMostlyMap<>();
      for (int i = 0; i < MANY; i++) {
        source.put(new Ordered(i), i);
      }

      assertFewFor(MANY, () -> map.putAll(source));
      assertEquals(MANY, map.size());
      map.removeIf((key, value) -> value % 2 == 0);
      map.replaceAll((key, value) -> -value);
      assertEquals(MANY / 2, map.size());
      assertFewFor(
          MANY,
          () -> {
            for (int i = 0; i < MANY; i++) {
              assertEquals(i % 2 == 0 ? null : (Integer) (-i), map.get(new Ordered(i)));
            }
          });
    }

    /** To compare each with each would take hours. */
    @Test
    void strings_areInAnOrder() {
      List<String> strings = List.of("");
      while (strings.size() < MANY) {
        strings = strings.stream().flatMap(s -> Stream.of(s + "Aa", s + "BB")).toList();
      }
      ReadMostlyMap<String, Integer> map = new ReadMostlyMap<>();
      strings.forEach(string -> map.put(string, string.length()));

      assertEquals(strings.size(), map.size());
      assertEquals(1, strings.stream().mapToInt(String::hashCode).distinct().count());
      strings.forEach(string -> assertEquals(string.length(), map.get(string)));
      strings.forEach(string -> assertEquals(string.length(), map.remove(string)));
      assertTrue(map.isEmpty());
    }

    private record Unordered(int number) {
      @Override
      public int hashCode() {
        return 1;
      }
    }

    @Test
    void inNoOrder_areFound() {
      int size = 2_000;
      ReadMostlyMap<Unordered, Integer> map = new ReadMostlyMap<>();
      IntStream.range(0, size).forEach(i -> map.put(new Unordered(i), i));

      assertEquals(size, map.size());
      IntStream.range(0, size).forEach(i -> assertEquals(i, map.get(new Unordered(i))));
      assertNull(map.get(new Unordered(-1)));
      IntStream.range(0, size).forEach(i -> assertEquals(i, map.put(new Unordered(i), -i)));
      IntStream.range(0, size).forEach(i -> assertEquals(-i, map.remove(new Unordered(i))));
      assertTrue(map.isEmpty());
    }

    private enum OrderedByClass implements Comparable<OrderedByClass> {
      A,
      B {
        @Override
        public String toString() {
          return "b";
        }
      }
    }

    @Test
    void ofSeveralClasses_areFound() {
      ReadMostlyMap<Object, Integer> map = new ReadMostlyMap<>();
      Map<Object, Integer> model = new HashMap<>();
      for (int i = 0; i < 50; i++) {
        for (Object key : List.of(new Ordered(i), new Unordered(i))) {
          assertEquals(model.put(key, i), map.put(key, i));
        }
      }
      model.put(OrderedByClass.A, 1);
      map.put(OrderedByClass.A, 1);
      model.put(OrderedByClass.B, 2);
      map.put(OrderedByClass.B, 2);

      assertEquals(model, map.snapshot());
      model.keySet().forEach(key -> assertEquals(model.get(key), map.get(key)));
      model.keySet().forEach(key -> assertEquals(model.get(key), map.remove(key)));
      assertEquals(0, map.size());
    }

    /** Each can be compared with something, but not with one another. */
    @SuppressWarnings("ComparableType") // on purpose
    private record OrderedWithOthers(int number) implements Comparable<String> {
      @Override
      public int hashCode() {
        return 1;
      }

      @Override
      public int compareTo(String other) {
        return Integer.compare(number, other.length());
      }
    }

    @Test
    void thatCanBeComparedWithOthersOnly_areFound() {
      ReadMostlyMap<OrderedWithOthers, Integer> map = new ReadMostlyMap<>();
      IntStream.range(0, 50).forEach(i -> map.put(new OrderedWithOthers(i), i));

      assertEquals(50, map.size());
      IntStream.range(0, 50).forEach(i -> assertEquals(i, map.remove(new OrderedWithOthers(i))));
      assertEquals(0, map.size());
    }

    /** Puts all in one place of the order. */
    private record Tied(int number) implements Comparable<Tied> {
      @Override
      public int hashCode() {
        return 1;
      }

      @Override
      public int compareTo(Tied other) {
        return 0;
      }
    }

    @Test
    void thatAreNotEqualThoughTheOrderSaysSo_areFound() {
      ReadMostlyMap<Tied, Integer> map = new ReadMostlyMap<>();
      IntStream.range(0, 50).forEach(i -> map.put(new Tied(i), i));

      IntStream.range(0, 50).forEach(i -> assertEquals(i, map.get(new Tied(i))));
      IntStream.range(0, 50).forEach(i -> assertEquals(i, map.remove(new Tied(i))));
      assertEquals(0, map.size());
    }
  }

  /** All of one hash. Their methods do first what they are told to. */
  private static final class Key {
    private final int number;
    private Runnable inEquals = () -> {};
    private Runnable inHashCode = () -> {};

    Key(int number) {
      this.number = number;
    }

    static Key thatDoes(int number, Runnable inEquals) {
      Key key = new Key(number);
      key.inEquals = inEquals;
      return key;
    }

    @Override
    public int hashCode() {
      inHashCode.run();
      return 1;
    }

    @Override
    public boolean equals(Object other) {
      inEquals.run();
      return other instanceof Key key && key.number == number;
    }

    @Override
    public String toString() {
      return "key " + number;
    }
  }

  /** Sizes of a chain and of a crowd. */
  static Stream<Integer> sizes() {
    return Stream.of(3, 30);
  }

  private static ReadMostlyMap<Key, Integer> withKeys(int size) {
    ReadMostlyMap<Key, Integer> map = ReadMostlyMap.<Key, Integer>builder().name("stock").build();
    IntStream.range(0, size).forEach(i -> map.put(new Key(i), i));
    return map;
  }

  private static void assertHasKeys(int size, ReadMostlyMap<Key, Integer> map) {
    assertEquals(size, map.size());
    IntStream.range(0, size).forEach(i -> assertEquals(i, map.get(new Key(i))));
    assertEquals(size, new HashSet<>(map.snapshot().values()).size());
  }

  private static List<Consumer<Key>> operations(ReadMostlyMap<Key, Integer> map) {
    return List.of(
        map::get,
        map::remove,
        key -> map.put(key, 100),
        key -> map.merge(key, 1, Integer::sum),
        key -> map.compute(key, (k, v) -> 100),
        key -> map.putAll(Map.of(key, 100)),
        key -> map.putAll(Map.of(key, 100, new Key(99), 99)),
        key -> map.getAll(List.of(key)),
        key -> map.atomically(tx -> tx.put(key, 100)),
        key -> map.keySet().contains(key));
  }

  @Nested
  class ThatThrow {
    private static void fail() {
      throw new IllegalArgumentException("on purpose");
    }

    @ParameterizedTest
    @MethodSource("io.github.threadfast.HostileKeysTest#sizes")
    void inEquals_reachTheCallerAlone(int size) {
      ReadMostlyMap<Key, Integer> map = withKeys(size);
      for (Consumer<Key> operation : operations(map)) {
        Key bad = Key.thatDoes(1, ThatThrow::fail);
        assertThrows(IllegalArgumentException.class, () -> operation.accept(bad));
        assertHasKeys(size, map);
      }
    }

    @ParameterizedTest
    @MethodSource("io.github.threadfast.HostileKeysTest#sizes")
    void inHashCode_reachTheCallerAlone(int size) {
      ReadMostlyMap<Key, Integer> map = withKeys(size);
      Key bad = new Key(1);
      List<Consumer<Key>> operations =
          List.of(
              map::get,
              map::remove,
              key -> map.put(key, 100),
              key -> map.getAll(List.of(key)),
              key -> map.atomically(tx -> tx.put(key, 100)));
      bad.inHashCode = ThatThrow::fail;
      for (Consumer<Key> operation : operations) {
        assertThrows(IllegalArgumentException.class, () -> operation.accept(bad));
        assertHasKeys(size, map);
      }
    }

    private record Incomparable(int number, boolean isBad) implements Comparable<Incomparable> {
      @Override
      public int hashCode() {
        return 1;
      }

      @Override
      public int compareTo(Incomparable other) {
        if (isBad) {
          fail();
        }
        return Integer.compare(number, other.number);
      }
    }

    @Test
    void inCompareTo_reachTheCallerAlone() {
      ReadMostlyMap<Incomparable, Integer> map = new ReadMostlyMap<>();
      IntStream.range(0, 30).forEach(i -> map.put(new Incomparable(i, false), i));
      Incomparable bad = new Incomparable(30, true);

      assertThrows(IllegalArgumentException.class, () -> map.put(bad, 0));
      assertThrows(IllegalArgumentException.class, () -> map.get(bad));
      assertThrows(
          IllegalArgumentException.class,
          () ->
              map.atomically(tx -> {
                tx.put(new Incomparable(31, false), 31);
                tx.put(bad, 0);
              }));

      assertEquals(30, map.size());
      IntStream.range(0, 30).forEach(i -> assertEquals(i, map.remove(new Incomparable(i, false))));
    }

    @ParameterizedTest
    @MethodSource("io.github.threadfast.HostileKeysTest#sizes")
    void inTheTurnOfAFunction_leaveNothingTaken(int size) throws Exception {
      ReadMostlyMap<Key, Integer> map = withKeys(size);
      AtomicInteger runs = new AtomicInteger();
      Key bad = new Key(1);
      bad.inHashCode =
          () -> {
            if (runs.get() == 3) {
              fail();
            }
          };

      assertThrows(
          IllegalArgumentException.class,
          () ->
              map.compute(
                  bad,
                  (key, value) -> {
                    runs.incrementAndGet();
                    MapTurn.rival(() -> map.merge(new Key(1), 1_000, Integer::sum));
                    return 0;
                  }));

      Actor.run("other", () -> map.put(new Key(1), 1));
      assertHasKeys(size, map);
    }
  }

  @Nested
  class ThatAreSlow {
    private final CountDownLatch isInEquals = new CountDownLatch(1);
    private final CountDownLatch goOn = new CountDownLatch(1);

    private Key slow(int number) {
      return Key.thatDoes(
          number,
          () -> {
            isInEquals.countDown();
            Call.await(goOn);
          });
    }

    private void useByOthers(int size, ReadMostlyMap<Key, Integer> map) {
      assertHasKeys(size, map);
      assertNull(map.put(new Key(99), 99));
      assertEquals(99, map.remove(new Key(99)));
      assertEquals(0, map.put(new Key(0), 50));
      map.atomically(tx -> tx.put(new Key(0), tx.get(new Key(0)) - 50));
      map.replaceAll((key, value) -> value + 1);
      map.replaceAll((key, value) -> value - 1);
      map.putAll(map.snapshot());
      assertHasKeys(size, map);
    }

    @ParameterizedTest
    @MethodSource("io.github.threadfast.HostileKeysTest#sizes")
    void toRead_holdUpNobodyElse(int size) throws Exception {
      ReadMostlyMap<Key, Integer> map = withKeys(size);
      Call<Integer> reader = Call.start("reader", () -> map.get(slow(1)));
      Call.await(isInEquals);

      useByOthers(size, map);

      assertFalse(reader.isDone());
      goOn.countDown();
      assertEquals(1, reader.result());
    }

    @ParameterizedTest
    @MethodSource("io.github.threadfast.HostileKeysTest#sizes")
    void toWrite_holdUpNobodyElse(int size) throws Exception {
      ReadMostlyMap<Key, Integer> map = withKeys(size);
      Call<Integer> writer = Call.start("writer", () -> map.put(slow(1), 100));
      Call.await(isInEquals);

      useByOthers(size, map);

      assertFalse(writer.isDone());
      goOn.countDown();
      assertEquals(1, writer.result());
      assertEquals(100, map.get(new Key(1)));
      assertEquals(size, map.size());
    }

    @ParameterizedTest
    @MethodSource("io.github.threadfast.HostileKeysTest#sizes")
    void toReadMany_holdUpNobodyElse(int size) throws Exception {
      ReadMostlyMap<Key, Integer> map = withKeys(size);
      Call<Map<Key, Integer>> reader =
          Call.start("reader", () -> map.getAll(List.of(new Key(0), slow(1))));
      Call.await(isInEquals);

      useByOthers(size, map);

      assertFalse(reader.isDone());
      goOn.countDown();
      assertEquals(Set.of(0, 1), Set.copyOf(reader.result().values()));
    }

    @Test
    void whileTheTableIsCleared_findNothing() throws Exception {
      ReadMostlyMap<Key, Integer> map = withKeys(30);
      Call<Integer> writer = Call.start("writer", () -> map.replace(slow(1), 100));
      Call.await(isInEquals);

      map.clear();

      goOn.countDown();
      assertNull(writer.result());
      assertTrue(map.isEmpty());
    }
  }

  @Nested
  class ThatCallBack {
    private final AtomicBoolean isCalling = new AtomicBoolean();

    /** Runs it in the outermost call only. */
    private Key calling(int number, Runnable call) {
      return Key.thatDoes(
          number,
          () -> {
            if (isCalling.compareAndSet(false, true)) {
              call.run();
              isCalling.set(false);
            }
          });
    }

    @ParameterizedTest
    @MethodSource("io.github.threadfast.HostileKeysTest#sizes")
    void seeTheMapAsItIs(int size) {
      ReadMostlyMap<Key, Integer> map = withKeys(size);
      AtomicInteger calls = new AtomicInteger();
      Key key =
          calling(
              1,
              () -> {
                calls.incrementAndGet();
                assertEquals(2, map.get(new Key(2)));
                assertHasKeys(size, map);
              });

      assertEquals(1, map.get(key));
      assertEquals(1, map.put(key, 1));
      assertEquals(1, map.merge(key, 1, Math::max));
      assertEquals(Map.of(new Key(1), 1), map.getAll(List.of(key)));
      assertTrue(calls.get() >= 4);
      assertHasKeys(size, map);
    }

    @ParameterizedTest
    @MethodSource("io.github.threadfast.HostileKeysTest#sizes")
    void changeAnotherKey(int size) {
      ReadMostlyMap<Key, Integer> map = withKeys(size);
      Key key = calling(1, () -> map.put(new Key(50), 50));

      assertEquals(1, map.put(key, 100));
      assertEquals(100, map.get(new Key(1)));
      assertEquals(50, map.get(new Key(50)));
      assertEquals(size + 1, map.size());
    }

    @ParameterizedTest
    @MethodSource("io.github.threadfast.HostileKeysTest#sizes")
    void removeThemselves(int size) {
      ReadMostlyMap<Key, Integer> map = withKeys(size);
      Key key = calling(1, () -> map.remove(new Key(1)));

      assertNull(map.replace(key, 100));
      assertEquals(size - 1, map.size());
      assertNull(map.get(new Key(1)));
    }

    @ParameterizedTest
    @MethodSource("io.github.threadfast.HostileKeysTest#sizes")
    void clearTheMap(int size) {
      ReadMostlyMap<Key, Integer> map = withKeys(size);
      Key key = calling(1, map::clear);

      map.put(key, 100);

      assertEquals(1, map.size());
      assertEquals(100, map.get(new Key(1)));
    }
  }

  @Nested
  class ThatChange {
    /** What should not be done. */
    private static final class Changing {
      private int hash;

      Changing(int hash) {
        this.hash = hash;
      }

      @Override
      public int hashCode() {
        return hash;
      }

      @Override
      public boolean equals(Object other) {
        return other instanceof Changing changing && changing.hash == hash;
      }

      @Override
      public String toString() {
        return "key of " + hash;
      }
    }

    private final Changing key = new Changing(1);

    private ReadMostlyMap<Changing, Integer> withChanged(
        ReadMostlyMap.Builder<Changing, Integer> builder) {
      ReadMostlyMap<Changing, Integer> map = builder.name("stock").build();
      map.put(key, 1);
      IntStream.range(2, 10).forEach(i -> map.put(new Changing(i), i));
      key.hash = 1_000;
      return map;
    }

    private Map<Changing, Integer> many() {
      return IntStream.range(2_000, 2_100)
          .mapToObj(Changing::new)
          .collect(Collectors.toMap(many -> many, many -> 0));
    }

    @Test
    void areToldOf_ifKeysAreChecked() {
      ReadMostlyMap<Changing, Integer> map =
          withChanged(ReadMostlyMap.<Changing, Integer>builder().checkKeys());
      List<Executable> calls =
          List.of(
              () -> map.get(key),
              () -> map.get(new Changing(1)),
              () -> map.containsKey(key),
              () -> map.put(new Changing(2), 0),
              () -> map.remove(key),
              () -> map.merge(key, 1, Integer::sum),
              () -> map.keySet().iterator(),
              () -> map.forEach((k, v) -> {}),
              () -> map.snapshot(),
              () -> map.hashCode(),
              () -> map.getAll(List.of(key)),
              () -> map.atomically(tx -> tx.get(key)),
              () -> map.putAll(Map.of(new Changing(3), 1)),
              () -> map.putAll(many()),
              () -> map.removeIf((k, v) -> true));
      for (Executable call : calls) {
        assertEquals(
            """
            ReadMostlyMap "stock" has a key that was changed after it was put in, so that it can't be \
            found any more: key of 1000, of class Changing, whose hash code is 1000 now. Use keys that are immutable; to clear the map makes it sound again.\
            """,
            assertThrows(IllegalStateException.class, call).getMessage());
      }

      key.hash = 1; // as it was
      assertEquals(1, map.get(key));
      assertEquals(9, map.size());
    }

    @Test
    void doNotDisturbOthers_ifTheyAreNot() {
      ReadMostlyMap<Changing, Integer> map = withChanged(ReadMostlyMap.builder());

      assertNull(map.get(key));
      assertNull(map.get(new Changing(1)));
      for (int i = 2; i < 1_000; i++) { // grows, and shrinks
        map.put(new Changing(i), i);
      }
      assertEquals(999, map.size());
      for (int i = 2; i < 1_000; i++) {
        assertEquals(i, map.get(new Changing(i)));
        assertEquals(i, map.remove(new Changing(i)));
      }
      assertEquals(1, map.size());
      assertSame(key, map.keySet().iterator().next());
      assertTrue(map.removeIf((k, v) -> true), "there is still a way to get rid of it");
      assertTrue(map.isEmpty());
    }

    private static final class ChangingOrder implements Comparable<ChangingOrder> {
      private int number;

      ChangingOrder(int number) {
        this.number = number;
      }

      @Override
      public int hashCode() {
        return 1;
      }

      @Override
      public boolean equals(Object other) {
        return other instanceof ChangingOrder changing && changing.number == number;
      }

      @Override
      public int compareTo(ChangingOrder other) {
        return Integer.compare(number, other.number);
      }
    }

    /** Those whose place was found by comparing with the changed one may be lost. */
    @Test
    void theirPlaceInACrowd_endNothing() {
      ReadMostlyMap<ChangingOrder, Integer> map = new ReadMostlyMap<>();
      List<ChangingOrder> keys = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        keys.add(new ChangingOrder(i));
        map.put(keys.get(i), i);
      }
      for (int i = 0; i < 100; i += 10) {
        keys.get(i).number = 200 - i;
      }

      for (int i = 0; i < 100; i++) {
        map.get(keys.get(i));
        map.put(keys.get(i), -i);
        map.remove(keys.get(i));
      }
      map.entrySet().removeIf(entry -> true);
      assertTrue(map.isEmpty());
    }
  }

  @Nested
  class Resizing {
    private record Colliding(int group, int number) {
      @Override
      public int hashCode() {
        return group;
      }
    }

    private record OrderedColliding(int group, int number) implements Comparable<OrderedColliding> {
      @Override
      public int hashCode() {
        return group;
      }

      @Override
      public int compareTo(OrderedColliding other) {
        return Integer.compare(number, other.number);
      }
    }

    static Stream<Function<Integer, Object>> keys() {
      return Stream.of(
          i -> new Colliding(i % 50, i),
          i -> new OrderedColliding(i % 50, i),
          i -> i % 2 == 0 ? new Colliding(i % 50, i) : new OrderedColliding(i % 50, i),
          i -> i % 3 == 0 ? i : new OrderedColliding(i % 50, i));
    }

    @ParameterizedTest
    @MethodSource("keys")
    void keepsAll_upAndDown(Function<Integer, Object> key) {
      ReadMostlyMap<Object, Integer> map = new ReadMostlyMap<>();
      int size = 2_000;
      for (int i = 0; i < size; i++) {
        map.put(key.apply(i), i);
      }
      int length = map.bins().length;
      for (int i = 0; i < 10_000; i++) {
        map.put(-1 - i, i);
      }
      assertTrue(length < map.bins().length);
      assertAll(map, key, 0, size);
      for (int i = 0; i < 10_000; i++) {
        map.remove(-1 - i);
      }
      assertEquals(size, map.size());
      for (int i = 0; i < size - 20; i++) {
        assertEquals(i, map.remove(key.apply(i)));
      }
      assertTrue(map.bins().length < length);
      assertAll(map, key, size - 20, size);
      assertEquals(20, map.size());
    }

    private void assertAll(
        ReadMostlyMap<Object, Integer> map, Function<Integer, Object> key, int from, int to) {
      Map<Object, Integer> snapshot = map.snapshot();
      for (int i = from; i < to; i++) {
        assertEquals(i, map.get(key.apply(i)));
        assertEquals(i, snapshot.get(key.apply(i)));
      }
    }

    @ParameterizedTest
    @MethodSource("keys")
    void hidesNoKeyFromReaders(Function<Integer, Object> key) throws Exception {
      ReadMostlyMap<Object, Integer> map = new ReadMostlyMap<>();
      int size = 500;
      for (int i = 0; i < size; i++) {
        map.put(key.apply(i), i);
      }
      AtomicBoolean isOver = new AtomicBoolean();
      Actor reader =
          Actor.start(
              "reader",
              () -> {
                while (!isOver.get()) {
                  assertAll(map, key, 0, size);
                  assertNull(map.get(key.apply(size)));
                }
              });
      try {
        for (int round = 0; round < 5; round++) {
          for (int i = 0; i < 5_000; i++) {
            map.put(-1 - i, i);
          }
          for (int i = 0; i < 5_000; i++) {
            map.remove(-1 - i);
          }
        }
      } finally {
        isOver.set(true);
        reader.join();
      }
      assertEquals(size, map.size());
    }
  }
}
