package io.github.threadfast;

import static java.util.Map.entry;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.AbstractMap.SimpleEntry;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What was wrong once. */
@Timeout(60)
class ReadMostlyMapRegressionTest {
  private final ReadMostlyMap<String, Integer> map = new ReadMostlyMap<>();
  private final AtomicInteger runs = new AtomicInteger();

  ReadMostlyMapRegressionTest() {
    map.putAll(Map.of("a", 1, "b", 2, "c", 3));
  }

  private static void onceElsewhere(AtomicInteger runs, Actor.Body change) {
    if (runs.incrementAndGet() == 1) {
      MapTurn.rival(change);
    }
  }

  /** Counts its entries in two ways, and lets another thread change it. */
  private static <K, V> void assertSound(ReadMostlyMap<K, V> any, K key, V value) {
    assertEquals(any.size(), any.keySet().stream().count());
    MapTurn.rival(() -> any.put(key, value));
    assertEquals(value, any.get(key));
  }

  private static Map<String, Integer> many() {
    Map<String, Integer> many = new HashMap<>();
    IntStream.range(0, 1_000).forEach(i -> many.put("k" + i, i));
    return many;
  }

  @Nested
  class GetAll {
    /** Changes what is wanted whenever it is compared. */
    private final class Changing {
      private final ReadMostlyMap<Object, Integer> changed;

      Changing(ReadMostlyMap<Object, Integer> changed) {
        this.changed = changed;
      }

      @Override
      public int hashCode() {
        return "a".hashCode();
      }

      @Override
      public boolean equals(Object other) {
        changed.put("a", runs.incrementAndGet());
        return this == other;
      }
    }

    @Test
    void isOneLook_whateverItsKeysDo() {
      ReadMostlyMap<Object, Integer> changed = new ReadMostlyMap<>();
      changed.put("a", 0);

      assertEquals(Map.of("a", 0), changed.getAll(List.of("a", new Changing(changed))));
      assertEquals(changed.get("a"), runs.get());
    }
  }

  @Nested
  class Drift {
    @Test
    void aKeyThatIsChangedInATransaction_isRefused() {
      ReadMostlyMap<List<String>, Integer> lists = new ReadMostlyMap<>();
      lists.put(List.of("a"), 1);
      List<String> key = new ArrayList<>(List.of("a"));

      IllegalStateException thrown =
          assertThrows(
              IllegalStateException.class,
              () ->
                  lists.atomically(tx -> {
                    tx.remove(key);
                    key.add("b");
                    tx.put(List.of("a"), 2);
                  }));

      assertEquals(
          """
          Two keys that are not equal were found to be the same key of a map: [a]. It was changed \
          while the change of the map was under way, or its equals contradicts itself.\
          """,
          thrown.getMessage());
      assertEquals(Map.of(List.of("a"), 1), lists.snapshot());
      assertSound(lists, List.of("x"), 5);
    }

    /** Equal to all others of its kind, which deny it. */
    private record OneSided(int number) {
      @Override
      public int hashCode() {
        return 1;
      }

      @Override
      public boolean equals(Object other) {
        return other instanceof OneSided o && (o.number == 0 || o.number == number);
      }
    }

    @Test
    void keysThatContradictEachOther_areRefused() {
      ReadMostlyMap<OneSided, Integer> oneSided = new ReadMostlyMap<>(1_000);
      oneSided.put(new OneSided(0), 0);

      assertThrows(
          IllegalStateException.class,
          () -> oneSided.putAll(Map.of(new OneSided(1), 1, new OneSided(2), 2)));
      assertEquals(1, oneSided.size());
      assertSound(oneSided, new OneSided(0), 5);
    }

    @ParameterizedTest
    @ValueSource(ints = {-3, -1, 1})
    void ofTheCount_isReported_andMendedByClear(int drift) {
      map.put("a", 5);
      map.stripes()[0].size += drift;
      List<Consumer<ReadMostlyMap<String, Integer>>> looks =
          List.of(Object::toString, ReadMostlyMap::snapshot, m -> m.removeIf((key, value) -> true));
      for (Consumer<ReadMostlyMap<String, Integer>> look : looks) {
        assertEquals(
            """
            ReadMostlyMap <Map> does not have as many entries as it has counted. Look for a key whose \
            equals, hashCode or compareTo contradict each other. To clear the map makes it sound again.\
            """,
            assertThrows(IllegalStateException.class, () -> look.accept(map)).getMessage());
      }

      map.clear();

      assertNull(map.get("a"));
      assertSound(map, "x", 5);
      assertEquals(1, map.size());
    }

    /** Compares as it likes. */
    private static final class Fickle implements Comparable<Fickle> {
      private static int calls;

      private final int number;

      Fickle(int number) {
        this.number = number;
      }

      @Override
      public int hashCode() {
        return 1;
      }

      @Override
      public boolean equals(Object other) {
        return other instanceof Fickle fickle && fickle.number == number;
      }

      @Override
      public int compareTo(Fickle other) {
        calls += 1 + calls / 7;
        calls &= 0xFFFF;
        return ((calls * 0x9E3779B9) >>> 31) * 2 - 1;
      }
    }

    @Test
    void isNotCausedByAnOrderThatContradictsItself() {
      ReadMostlyMap<Fickle, Integer> fickle = new ReadMostlyMap<>();
      for (int i = 0; i < 1_000; i++) {
        fickle.put(new Fickle(i), i);
        assertEquals(i + 1, fickle.values().stream().distinct().count());
      }
      for (int i = 0; i < 1_000; i++) {
        int before = fickle.size();
        int after = before - (fickle.remove(new Fickle(i)) == null ? 0 : 1);
        assertEquals(after, fickle.values().stream().distinct().count());
        assertEquals(after, fickle.size());
      }
    }
  }

  @Nested
  class OfOneBin {
    private static final int MANY = 20_000;
    private static final int FEW = 60;

    private int calls;

    /** Those of small numbers are in one bin, but have different hashes. */
    private final class Neighbour {
      private static final int SHIFT = 15; // as many bins as there are for MANY

      private final int number;

      Neighbour(int number) {
        this.number = number;
      }

      @Override
      public int hashCode() {
        calls++;
        return Keys.hash(number << SHIFT); // whose hash is the same number again
      }

      @Override
      public boolean equals(Object other) {
        calls++;
        return other instanceof Neighbour neighbour && neighbour.number == number;
      }
    }

    private void assertFewFor(int operations, Runnable body) {
      calls = 0;
      body.run();
      assertTrue(calls > 0, "they are counted");
      assertTrue(calls <= FEW * operations, () -> calls + " calls for " + operations);
    }

    private ReadMostlyMap<Neighbour, Integer> neighbours() {
      ReadMostlyMap<Neighbour, Integer> neighbours = new ReadMostlyMap<>();
      for (int i = 0; i < MANY; i++) {
        neighbours.put(new Neighbour(i), i);
      }
      return neighbours;
    }

    @Test
    void keysOfOtherHashes_areNotCompared() {
      assertEquals(1 << Neighbour.SHIFT, Keys.hash(new Neighbour(1)));
      assertFewFor(
          5 * MANY,
          () -> {
            ReadMostlyMap<Neighbour, Integer> neighbours = neighbours();
            int bin = Bins.indexOf(MANY << Neighbour.SHIFT, neighbours.bins().length);
            assertEquals(0, bin, "all are in one bin");
            for (int i = 0; i < MANY; i++) {
              assertEquals(i, neighbours.get(new Neighbour(i)));
              assertNull(neighbours.get(new Neighbour(MANY + i)));
              assertEquals(i, neighbours.replace(new Neighbour(i), i));
              assertEquals(i, neighbours.remove(new Neighbour(i)));
            }
          });
    }

    /** Those of the tree are in the order of their hashes. */
    @Test
    void keysOfOtherHashes_areInTheTree() {
      List<Integer> numbers = new ArrayList<>(IntStream.range(0, 1_000).boxed().toList());
      Collections.shuffle(numbers, new Random(1));
      ReadMostlyMap<Neighbour, Integer> neighbours = new ReadMostlyMap<>();
      numbers.forEach(i -> neighbours.put(new Neighbour(i), i));

      List<Integer> found = new ArrayList<>();
      Node.each(neighbours.bins()[0], node -> found.add(node.hash >>> Neighbour.SHIFT));
      numbers.sort((a, b) -> Bins.order(a << Neighbour.SHIFT, b << Neighbour.SHIFT));
      assertEquals(numbers, found);
    }

    @Test
    void getAll_doesNotCompareThem() {
      ReadMostlyMap<Neighbour, Integer> neighbours = neighbours();
      List<Neighbour> wanted = IntStream.range(0, MANY).mapToObj(Neighbour::new).toList();

      assertFewFor(MANY, () -> assertEquals(MANY, neighbours.getAll(wanted).size()));
    }

    @Test
    void views_removeThoseOfAList_withoutSearchingTheListForEach() {
      ReadMostlyMap<Neighbour, Integer> neighbours = neighbours();
      List<Neighbour> gone = IntStream.range(MANY / 2, MANY).mapToObj(Neighbour::new).toList();

      assertFewFor(MANY, () -> assertTrue(neighbours.keySet().removeAll(gone)));
      assertEquals(MANY / 2, neighbours.size());
      assertFewFor(MANY, () -> assertTrue(neighbours.keySet().retainAll(gone)));
      assertTrue(neighbours.isEmpty());
    }

    private static class Pair implements Comparable<Pair> {
      private final Object left;

      Pair(Object left) {
        this.left = left;
      }

      @Override
      public int hashCode() {
        return 1;
      }

      @Override
      public boolean equals(Object other) {
        return other instanceof Pair pair && pair.left.equals(left);
      }

      @Override
      @SuppressWarnings("unchecked") // it fails if it can't be compared
      public int compareTo(Pair other) {
        return ((Comparable<Object>) left).compareTo(other.left);
      }
    }

    private static final class SpecialPair extends Pair {
      SpecialPair(Object left) {
        super(left);
      }
    }

    @Test
    void keysThatAreComparableByTheirSuperclass_areNotCompared() {
      ReadMostlyMap<Pair, Integer> pairs = new ReadMostlyMap<>();
      IntStream.range(0, 50).forEach(i -> pairs.put(new SpecialPair(Set.of(i)), i));

      IntStream.range(0, 50).forEach(i -> assertEquals(i, pairs.get(new SpecialPair(Set.of(i)))));
      assertEquals(50, pairs.size());
    }
  }

  @Nested
  class Errors {
    /** Its iterators can't be made after the first few. */
    private static final class Scarce<E> extends ArrayList<E> {
      private static final long serialVersionUID = 1;

      private int left;

      Scarce(int left, Collection<E> elements) {
        super(elements);
        this.left = left;
      }

      @Override
      public Iterator<E> iterator() {
        if (left == 0) {
          throw new OutOfMemoryError("on purpose");
        }
        left--;
        return super.iterator();
      }
    }

    private static <V> Site<String, V> site(ReadMostlyMap<String, V> any, String key, V next) {
      Site<String, V> site = any.locate(key);
      site.set(next);
      return site;
    }

    @Test
    void leaveNothingHalfDone_inTheCommitOfMany() {
      boolean isDone = false;
      for (int left = 0; !isDone; left++) {
        ReadMostlyMap<String, Integer> other = new ReadMostlyMap<>(1_000);
        Collection<Site<String, Integer>> sites =
            new Scarce<>(left, List.of(site(other, "a", 1), site(other, "b", 2)));
        try {
          isDone = other.commit(sites, true) == Outcome.DONE;
        } catch (OutOfMemoryError e) {
          assertTrue(other.isEmpty());
          assertEquals(Map.of(), other.getAll(List.of("a", "b")));
        }
        assertSound(other, "x", 5);
      }
    }

    @Test
    void inATurn_leaveNothingTaken() {
      for (Error error : List.of(new StackOverflowError(), new OutOfMemoryError("on purpose"))) {
        assertThrows(
            error.getClass(),
            () ->
                map.inTurn(
                    () -> {
                      map.takeAll();
                      throw error;
                    },
                    () -> null));
        assertThrows(
            error.getClass(),
            () ->
                map.<@Nullable Object, Exception>inTurn(
                    () -> map.takeStripeOf("a"),
                    () -> {
                      throw error;
                    }));
        assertNull(map.stripes()[0].taker);
        assertSound(map, "x", 5);
      }
    }

    @Test
    void inATurnThatHasReplacedTheTable_leaveNothingTaken() {
      assertThrows(
          StackOverflowError.class,
          () ->
              map.<@Nullable Object, Exception>inTurn(
                  () -> map.takeStripeOf("a"),
                  () -> {
                    map.putAll(many());
                    map.replaceAll((key, value) -> value + 1);
                    assertTrue(map.stripes().length > 1);
                    throw new StackOverflowError();
                  }));

      for (Stripe stripe : map.stripes()) {
        assertNull(stripe.taker);
      }
      assertSound(map, "x", 5);
    }

    @Test
    void ofARunThatIsOutdated_areDropped() {
      map.atomically(tx -> {
        int a = tx.get("a");
        onceElsewhere(runs, () -> map.putAll(Map.of("a", 2, "b", 1)));
        try {
          tx.put("c", a + tx.get("b"));
        } catch (RuntimeException e) {
          throw new AssertionError("comes of it", e);
        }
      });

      assertEquals(Map.of("a", 2, "b", 1, "c", 3), map.snapshot());
      assertEquals(2, runs.get());
    }

    @Test
    void ofTheMachine_areNeverDropped() {
      assertThrows(
          OutOfMemoryError.class,
          () ->
              map.atomically(tx -> {
                tx.get("a");
                onceElsewhere(runs, () -> map.put("a", 2));
                assertThrows(RuntimeException.class, () -> tx.get("b"));
                throw new OutOfMemoryError("on purpose");
              }));
      assertEquals(1, runs.get());
    }

    @Test
    void interruptsOfARunThatIsOutdated_areKept() throws Exception {
      AtomicBoolean wasKept = new AtomicBoolean();
      map.atomically(tx -> {
        wasKept.set(Thread.interrupted());
        int a = tx.get("a");
        onceElsewhere(runs, () -> map.putAll(Map.of("a", 2, "b", 1)));
        try {
          tx.put("c", a + tx.get("b"));
        } catch (RuntimeException e) {
          throw new InterruptedException("while it was outdated");
        }
      });

      assertTrue(wasKept.get());
      assertEquals(3, map.get("c"));
    }
  }

  /** A function changes others than what its own change is about, each time it runs. */
  @Nested
  class NeighboursInFunctions {
    private record Colliding(int number) implements Comparable<Colliding> {
      @Override
      public int hashCode() {
        return 1;
      }

      @Override
      public int compareTo(Colliding other) {
        return Integer.compare(number, other.number);
      }
    }

    static Stream<Consumer<ReadMostlyMap<Object, Integer>>> changes() {
      AtomicInteger fresh = new AtomicInteger(1);
      return Stream.of(
          others -> others.putAll(Map.of("x", fresh.incrementAndGet(), "y", 2, "z", 3)),
          others -> {
            for (int i = 0; i < 100; i++) { // some are in the same bin
              others.remove("other" + i);
              others.put("other" + i, i);
            }
          },
          others -> others.put(new Colliding(fresh.incrementAndGet()), 1),
          others ->
              others.replaceAll(
                  (key, value) -> key.toString().startsWith("other") ? -value : value),
          others ->
              others.removeIf((key, value) -> key instanceof String string && !string.equals("a")),
          others -> IntStream.range(0, 1_000).forEach(i -> others.put(fresh.incrementAndGet(), 1)));
    }

    private ReadMostlyMap<Object, Integer> withCrowd() {
      ReadMostlyMap<Object, Integer> others = new ReadMostlyMap<>();
      for (int i = 0; i < 20; i++) {
        others.put(new Colliding(-1 - i), 0);
        others.put("other" + i, i);
      }
      return others;
    }

    @ParameterizedTest
    @MethodSource("changes")
    void ofOneKey_makeNoConflict(Consumer<ReadMostlyMap<Object, Integer>> change) {
      for (Object key : List.of("a", new Colliding(0))) {
        runs.set(0);
        ReadMostlyMap<Object, Integer> others = withCrowd();

        assertEquals(
            1,
            others.computeIfAbsent(
                key,
                k -> {
                  change.accept(others);
                  return runs.incrementAndGet();
                }));
        assertEquals(1, runs.get());
        assertEquals(1, others.remove(key));
        assertSound(others, "x", 5);
      }
    }

    @ParameterizedTest
    @MethodSource("changes")
    void ofOneKey_inItsTurn_makeNoConflict(Consumer<ReadMostlyMap<Object, Integer>> change) {
      ReadMostlyMap<Object, Integer> others = withCrowd();

      others.changeInTurn(
          "a",
          true,
          before -> {
            change.accept(others);
            return runs.incrementAndGet();
          });

      assertEquals(1, runs.get());
      assertEquals(1, others.remove("a"));
      assertSound(others, "x", 5);
    }

    @ParameterizedTest
    @MethodSource("changes")
    void ofATransaction_makeNoConflict(Consumer<ReadMostlyMap<Object, Integer>> change) {
      ReadMostlyMap<Object, Integer> others = withCrowd();
      others.put(new Colliding(-1), 7);

      others.atomically(tx -> {
        runs.incrementAndGet();
        tx.put("a", tx.get(new Colliding(-1)));
        change.accept(others);
        tx.put(new Colliding(0), tx.get("a"));
        change.accept(others);
      });

      assertEquals(1, runs.get());
      assertEquals(7, others.remove("a"));
      assertEquals(7, others.remove(new Colliding(0)));
      assertSound(others, "x", 5);
    }

    /** What it returns is for the key as it is then, which may be in another table. */
    @Test
    void ofATransaction_doNotMakeItForgetWhatAFunctionReturns() {
      for (int expectedSize : List.of(0, 5_000)) {
        ReadMostlyMap<String, Integer> others = new ReadMostlyMap<>(expectedSize);
        others.put("a", 1);
        others.put("m", 1);
        others.put("p", 1);

        others.atomically(tx -> {
          tx.compute("a", (key, value) -> value + 1 + read(others, tx));
          tx.merge("m", 1, (value, more) -> value + more + read(others, tx));
          tx.computeIfPresent("p", (key, value) -> value + 1 + read(others, tx));
          tx.computeIfAbsent("n", key -> 2 + read(others, tx));
          assertEquals(2, tx.get("n"));
        });

        Map<String, Integer> found = others.getAll(List.of("a", "m", "p", "n"));
        assertEquals(Map.of("a", 2, "m", 2, "p", 2, "n", 2), found);
      }
    }

    /** Adds 0. */
    private int read(ReadMostlyMap<String, Integer> others, MapTransaction<String, Integer> tx) {
      int run = runs.incrementAndGet();
      MapTurn.rival(() -> IntStream.range(0, 10_000).forEach(i -> others.put(run + "k" + i, i)));
      return tx.getOrDefault("none" + run, 0);
    }
  }

  @Nested
  class ATurn {
    static Stream<Consumer<ReadMostlyMap<String, Integer>>> replacements() {
      return Stream.of(
          ReadMostlyMap::clear,
          m -> m.putAll(many()),
          m -> m.replaceAll((key, value) -> value + 1),
          m -> m.removeIf((key, value) -> value > 1));
    }

    @ParameterizedTest
    @MethodSource("replacements")
    void thatReplacesTheTable_goesOn(Consumer<ReadMostlyMap<String, Integer>> replacement)
        throws Exception {
      List<Actor> others = new ArrayList<>();
      map.changeInTurn(
          "x",
          true,
          before -> {
            replacement.accept(map);
            others.add(Actor.start("put", () -> map.put("y", 6)));
            others.add(Actor.start("clear", () -> map.removeIf((key, value) -> key.equals("x"))));
            others.add(Actor.start("transaction", () -> map.atomically(tx -> tx.put("z", 7))));
            others.get(0).awaitParked();
            others.get(2).awaitParked();
            assertNull(map.get("y"));
            assertNull(map.get("z"));
            return 5;
          });
      for (Actor other : others) {
        other.join();
      }

      assertEquals(Map.of("y", 6, "z", 7), map.getAll(List.of("y", "z")));
      assertSound(map, "x", 8);
    }
  }

  @Nested
  class Views {
    /** Elements, between two of which something happens. */
    private <E> List<E> between(E first, E second, Runnable happens) {
      return new ArrayList<>(List.of(first, second)) {
        @Override
        public Iterator<E> iterator() {
          Iterator<E> all = super.iterator();
          return new Iterator<>() {
            private boolean isSecond;

            @Override
            public boolean hasNext() {
              return all.hasNext();
            }

            @Override
            public E next() {
              if (isSecond) {
                happens.run();
              }
              isSecond = true;
              return all.next();
            }
          };
        }
      };
    }

    @Test
    void lookForAllAtOneMoment() {
      ReadMostlyMap<Integer, String> one = new ReadMostlyMap<>(Map.of(1, "one"));
      Runnable change =
          () ->
              one.atomically(tx -> {
                tx.remove(1);
                tx.put(2, "two");
              });
      assertFalse(one.keySet().containsAll(between(1, 2, change)));
      one.clear();
      one.put(1, "one");
      assertFalse(one.values().containsAll(between("one", "two", change)));
      one.clear();
      one.put(1, "one");
      assertFalse(
          one.entrySet().containsAll(between(Map.entry(1, "one"), Map.entry(2, "two"), change)));
    }
  }

  @Nested
  class Room {
    private int lengthAfter(Consumer<ReadMostlyMap<String, Integer>> removal) {
      ReadMostlyMap<String, Integer> large = new ReadMostlyMap<>(many());
      assertTrue(large.bins().length > 1_000);
      removal.accept(large);
      assertTrue(large.isEmpty());
      return large.bins().length;
    }

    @Test
    void isGivenBack_byAllThatRemoveMany() {
      assertEquals(Bins.FEWEST, lengthAfter(large -> large.removeIf((key, value) -> true)));
      assertEquals(Bins.FEWEST, lengthAfter(large -> large.values().removeIf(value -> true)));
      assertEquals(Bins.FEWEST, lengthAfter(large -> large.keySet().removeAll(many().keySet())));
      assertEquals(Bins.FEWEST, lengthAfter(large -> large.keySet().retainAll(Set.of())));
      assertEquals(Bins.FEWEST, lengthAfter(ReadMostlyMap::clear));
    }

    @Test
    void isGivenBack_byClear_afterWhatRemovedInItsTurn() {
      assertEquals(
          Bins.FEWEST,
          lengthAfter(large -> {
            large.inTurn(large::takeAll, () -> large.removeIf((key, value) -> true));
            large.clear();
          }));
    }
  }

  @Nested
  class Values {
    /** Lets another thread exchange two values while one is looked for. */
    private final class Exchanging {
      private final ReadMostlyMap<Integer, Object> values;

      Exchanging(ReadMostlyMap<Integer, Object> values) {
        this.values = values;
      }

      @Override
      public boolean equals(Object other) {
        onceElsewhere(
            runs,
            () ->
                values.atomically(tx -> {
                  Object before = tx.put(1, tx.get(2));
                  tx.put(2, before);
                }));
        return other.equals("wanted");
      }

      @Override
      public int hashCode() {
        return 1;
      }
    }

    @Test
    void remove_findsWhatIsAlwaysThere() {
      ReadMostlyMap<Integer, Object> values = new ReadMostlyMap<>();
      values.put(1, "wanted");
      values.put(2, "other");

      assertTrue(values.values().remove(new Exchanging(values)));
      assertEquals(Map.of(1, "other"), values.snapshot());
    }

    @Test
    void nulls_areNotThere() {
      Map.Entry<String, @Nullable Integer> entry = new SimpleEntry<>("a", null);
      assertFalse(map.entrySet().contains(entry));
      assertFalse(map.entrySet().remove(entry));
      Map.Entry<@Nullable String, Integer> keyless = new SimpleEntry<>(null, 1);
      assertFalse(map.entrySet().contains(keyless));
      assertFalse(map.entrySet().remove(keyless));
      assertFalse(map.values().remove(null));
      assertTrue(map.entrySet().remove(entry("a", 1)));
    }
  }

  @Nested
  class Steps {
    @Test
    void whatIsOnlyRead_isNotWritten() {
      Site<String, Integer> site = map.locate("a");
      BinChange<String, Integer> change = new BinChange<>(site.index, site.head);
      assertTrue(change.add(site));
      assertFalse(change.prepare(true));

      site.set(5);
      assertTrue(change.prepare(true));
    }

    private static final class Changeable {
      private int number;

      @Override
      public int hashCode() {
        return Keys.hash(number << OfOneBin.Neighbour.SHIFT); // all in one bin
      }

      @Override
      public boolean equals(Object other) {
        return this == other;
      }
    }

    @Test
    void aKeyThatIsThereTwice_sinceItWasChanged_isRemovedAsItIsNow() {
      ReadMostlyMap<Changeable, Integer> twice = new ReadMostlyMap<>();
      Changeable key = new Changeable();
      twice.put(key, 0);
      key.number = 1;
      twice.put(key, 1);
      key.number = 0;

      assertEquals(0, twice.remove(key));
      assertNull(twice.get(key));
      key.number = 1;
      twice.atomically(tx -> tx.put(key, 2));
      assertEquals(2, twice.remove(key));
      assertTrue(twice.isEmpty());
    }

    @Test
    void clear_makesAMapWithAChangedKeySoundAgain() {
      ReadMostlyMap<List<String>, Integer> lists =
          ReadMostlyMap.<List<String>, Integer>builder().checkKeys().build();
      List<String> key = new ArrayList<>();
      lists.put(key, 1);
      key.add("b");
      assertThrows(IllegalStateException.class, () -> lists.remove(key));

      lists.clear();

      assertSound(lists, key, 5);
      assertNotEquals(0, lists.size());
    }
  }
}
