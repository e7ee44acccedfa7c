package io.github.threadfast;

import static java.util.Map.entry;
import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.NotSerializableException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Random;
import java.util.Set;
import java.util.Spliterator;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class ReadMostlyMapTest {
  private static final Map<String, Integer> START = Map.of("a", 1, "b", 2, "c", 3);

  private final ReadMostlyMap<String, Integer> map =
      ReadMostlyMap.<String, Integer>builder().name("stock").build();

  ReadMostlyMapTest() {
    START.forEach(map::put);
  }

  private void assertUnchanged() {
    assertHas(START);
  }

  private void assertHas(Map<String, Integer> expected) {
    assertHas(expected, map);
  }

  /** Asks in many ways. */
  private static <K, V> void assertHas(Map<K, V> expected, ReadMostlyMap<K, V> map) {
    assertEquals(expected, map.snapshot());
    assertEquals(expected.size(), map.size());
    assertEquals(expected.isEmpty(), map.isEmpty());
    assertEquals(expected.hashCode(), map.hashCode());
    assertEquals(map, expected);
    expected.forEach((key, value) -> assertEquals(value, map.get(key)));
  }

  private static Map<String, Integer> numbered(int size) {
    Map<String, Integer> numbered = new LinkedHashMap<>();
    for (int i = 0; i < size; i++) {
      numbered.put("k" + i, i);
    }
    return numbered;
  }

  private static RuntimeException failure() {
    return new IllegalArgumentException("on purpose");
  }

  private static void assertFails(Executable call) {
    assertEquals("on purpose", assertThrows(IllegalArgumentException.class, call).getMessage());
  }

  @SuppressWarnings("unchecked") // a copy
  private static <T> T reserialized(T object) throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(object);
    }
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      return (T) in.readObject();
    }
  }

  /** What the thread did before, to the value itself, has to be seen by whoever gets it then. */
  @Test
  void theSameValueAgain_isPublishedAgain() {
    ReadMostlyMap<String, int[]> map = new ReadMostlyMap<>();
    int[] value = new int[1];
    map.put("a", value);
    List<Runnable> calls =
        List.of(
            () -> map.put("a", value),
            () -> map.replace("a", value),
            () -> map.compute("a", (k, v) -> v),
            () -> map.merge("a", value, (v, w) -> v),
            () -> map.atomically(tx -> tx.put("a", value)),
            () -> map.putAll(Map.of("a", value)));
    for (Runnable call : calls) {
      long changes = Stripe.changes(map.stripes());

      call.run();

      assertTrue(Stripe.changes(map.stripes()) > changes, () -> "call " + calls.indexOf(call));
    }
  }

  @Nested
  class Nulls {
    private void assertNamed(String parameter, Executable... calls) {
      for (int i = 0; i < calls.length; i++) {
        String message = "call " + i + " for " + parameter;
        assertEquals(
            parameter,
            assertThrows(NullPointerException.class, calls[i], message).getMessage(),
            message);
      }
      assertUnchanged();
    }

    @Test
    void inThePlaceOfAKey_areNamed() {
      assertNamed(
          "key",
          () -> map.get(null),
          () -> map.containsKey(null),
          () -> map.getOrDefault(null, 1),
          () -> map.put(null, 1),
          () -> map.putIfAbsent(null, 1),
          () -> map.remove(null),
          () -> map.remove(null, 1),
          () -> map.replace(null, 1),
          () -> map.replace(null, 1, 2),
          () -> map.compute(null, (k, v) -> 1),
          () -> map.computeIfAbsent(null, k -> 1),
          () -> map.computeIfPresent(null, (k, v) -> 1),
          () -> map.merge(null, 1, Integer::sum),
          () -> map.keySet().contains(null),
          () -> map.keySet().remove(null));
    }

    @Test
    void inThePlaceOfAValue_areNamed() {
      assertNamed("oldValue", () -> map.replace("a", null, 2));
      assertNamed("newValue", () -> map.replace("a", 1, null));
      assertNamed(
          "value",
          () -> map.put("a", null),
          () -> map.putIfAbsent("a", null),
          () -> map.remove("a", null),
          () -> map.replace("a", null),
          () -> map.merge("a", null, Integer::sum),
          () -> map.containsValue(null),
          () -> map.values().contains(null),
          () -> map.entrySet().iterator().next().setValue(null));
    }

    @Test
    void inThePlaceOfAFunction_areNamed() {
      assertNamed(
          "remapping",
          () -> map.compute("a", null),
          () -> map.computeIfPresent("z", null),
          () -> map.merge("z", 1, null));
      assertNamed("mapping", () -> map.computeIfAbsent("a", null));
      assertNamed("function", () -> map.replaceAll(null), () -> map.computeAtomically(null));
      assertNamed("action", () -> map.forEach(null), () -> map.atomically(null));
      assertNamed("action", () -> map.values().forEach(null));
      assertNamed("filter", () -> map.removeIf(null), () -> map.keySet().removeIf(null));
    }

    @Test
    void inThePlaceOfACollection_areNamed() {
      assertNamed("entries", () -> map.putAll(null), () -> new ReadMostlyMap<>(null));
      assertNamed("keys", () -> map.getAll(null));
      assertNamed(
          "elements", () -> map.keySet().removeAll(null), () -> map.values().retainAll(null));
    }

    @Test
    void insideOfACollection_areNamed() {
      assertNamed("a key in keys", () -> map.getAll(Arrays.asList("a", null)));
      assertNamed(
          "a key in entries",
          () -> map.putAll(Collections.singletonMap(null, 1)),
          () -> new ReadMostlyMap<>(Collections.singletonMap(null, 1)));
      assertNamed(
          "a value in entries",
          () -> map.putAll(Collections.singletonMap("a", null)),
          () -> new ReadMostlyMap<>(Collections.singletonMap("a", null)));
    }

    @Test
    void returnedByReplaceAll_areNamed() {
      assertNamed(
          "a value that function returned", () -> map.replaceAll((k, v) -> v == 2 ? null : v + 1));
    }

    @Test
    void asAName_areNamed() {
      assertNamed("name", () -> ReadMostlyMap.builder().name(null));
    }
  }

  @Nested
  class Making {
    @Test
    void anEmptyOne_isEmpty() {
      assertHas(Map.of(), new ReadMostlyMap<String, Integer>());
      assertHas(Map.of(), new ReadMostlyMap<String, Integer>(0));
      assertHas(Map.of(), new ReadMostlyMap<String, Integer>(Map.of()));
    }

    @Test
    void aCopy_isIndependent() {
      Map<String, Integer> original = new HashMap<>(START);
      ReadMostlyMap<String, Integer> copy = new ReadMostlyMap<>(original);
      ReadMostlyMap<String, Integer> copyOfCopy = new ReadMostlyMap<>(copy);

      original.clear();
      copy.put("d", 4);

      assertHas(START, copyOfCopy);
      assertEquals(4, copy.size());
    }

    @Test
    void aNegativeSize_isRefused() {
      String expected = "expectedSize is -1. It must be zero or more.";

      assertEquals(
          expected,
          assertThrows(IllegalArgumentException.class, () -> new ReadMostlyMap<>(-1)).getMessage());
      assertEquals(
          expected,
          assertThrows(
                  IllegalArgumentException.class, () -> ReadMostlyMap.builder().expectedSize(-1))
              .getMessage());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 11, 12, 13, 24, 25, 1_000, 12_288, 12_289})
    void asManyAsExpected_haveRoomFromTheStart(int size) {
      ReadMostlyMap<String, Integer> presized = new ReadMostlyMap<>(size);
      Object[] bins = presized.bins();

      numbered(size).forEach(presized::put);

      assertSame(bins, presized.bins());
      assertTrue(bins.length <= Math.max(Bins.FEWEST, 4 * size), "no more than needed");
      assertHas(numbered(size), presized);
    }
  }

  @Nested
  class Room {
    private final ReadMostlyMap<String, Integer> growing = new ReadMostlyMap<>();

    private int length() {
      return growing.bins().length;
    }

    @Test
    void growsWithTheKeys_oneByOne() {
      numbered(10_000)
          .forEach((key, value) -> {
            growing.put(key, value);
            assertTrue(growing.size() <= length(), "about three quarters at most");
          });

      assertEquals(16_384, length());
      assertHas(numbered(10_000), growing);
    }

    @Test
    void growsWithTheKeys_allAtOnce() {
      growing.putAll(numbered(10_000));

      assertEquals(16_384, length());
      assertHas(numbered(10_000), growing);
    }

    @Test
    void shrinksWithTheKeys() {
      numbered(10_000).forEach(growing::put);
      for (int i = 10; i < 10_000; i++) {
        growing.remove("k" + i);
        assertTrue(
            length() <= Math.max(Bins.FEWEST, 16 * growing.size()), "about an eighth at least");
      }

      assertHas(numbered(10), growing);
    }

    @Test
    void shrinksAfterManyWereRemovedAtOnce_withTheNextKey() {
      growing.putAll(numbered(10_000));
      growing.removeIf((key, value) -> value >= 10);
      assertHas(numbered(10), growing);

      growing.put("k10", 10);

      assertTrue(length() <= 64, "it has shrunk");
      assertHas(numbered(11), growing);
    }

    @Test
    void shrinksToWhatWasExpected_atMost() {
      ReadMostlyMap<String, Integer> presized = new ReadMostlyMap<>(1_000);
      int expected = presized.bins().length;

      numbered(10_000).forEach(presized::put);
      assertNotEquals(expected, presized.bins().length);
      numbered(10_000).keySet().forEach(presized::remove);
      assertEquals(expected, presized.bins().length);
      presized.putAll(numbered(10_000));
      presized.clear();
      assertEquals(expected, presized.bins().length);
    }

    @Test
    void isNotTakenTwice_byAMapThatGoesToAndFro() {
      numbered(1_000).forEach(growing::put);
      Object[] bins = growing.bins();

      for (int i = 0; i < 1_000; i++) {
        growing.remove("k0");
        growing.put("k0", 0);
      }

      assertSame(bins, growing.bins());
    }
  }

  @Nested
  class Size {
    /** Any mix of operations, against a map of the JDK. */
    private <K> void assertExact(int steps, Function<Integer, K> keyOf) {
      Random random = new Random(42);
      ReadMostlyMap<K, Integer> mine = new ReadMostlyMap<>();
      Map<K, Integer> model = new HashMap<>();
      for (int step = 0; step < steps; step++) {
        int value = step;
        int range = 1 + random.nextInt(200);
        K key = keyOf.apply(random.nextInt(range));
        Map<K, Integer> several = new HashMap<>();
        random.ints(5, 0, range).forEach(i -> several.put(keyOf.apply(i), value));
        int choice = random.nextInt(15);
        Function<Map<K, Integer>, Object> operation =
            switch (choice) {
              case 0, 1, 2 -> m -> m.put(key, value);
              case 3 -> m -> m.putIfAbsent(key, value);
              case 4 -> m -> m.remove(key);
              case 5 -> m -> m.remove(key, model.getOrDefault(key, 0));
              case 6 -> m -> m.merge(key, 1, (a, b) -> a % 2 == 0 ? null : a + b);
              case 7 -> m -> m.compute(key, (k, v) -> v == null ? value : null);
              case 8 -> m -> m.computeIfAbsent(key, k -> value % 3 == 0 ? null : value);
              case 9 -> m -> m.computeIfPresent(key, (k, v) -> v % 2 == 0 ? null : v + 1);
              case 10 ->
                  m -> {
                    m.putAll(several);
                    return null;
                  };
              case 11 -> m -> m.keySet().removeAll(several.keySet());
              case 12 -> m -> m.replace(key, value);
              case 13 -> m -> m.values().removeIf(v -> v % 10 == 0);
              default ->
                  m -> {
                    if (value % 20 == 0) {
                      m.clear();
                    }
                    return null;
                  };
            };

        Object expected = operation.apply(new HashMap<>(model)); // which may look at the model
        assertEquals(expected, operation.apply(mine), () -> "step " + value + ", case " + choice);
        operation.apply(model);
        assertHas(model, mine);
      }
    }

    @Test
    void isExact_whateverWasDone() {
      assertExact(2_000, i -> "k" + i);
    }

    private record Colliding(int number) {
      @Override
      public int hashCode() {
        return number % 3;
      }
    }

    @Test
    void isExact_whateverWasDoneToCrowds() {
      assertExact(800, Colliding::new);
    }
  }

  @Nested
  class Iterating {
    private final List<Map.Entry<String, Integer>> seen = new ArrayList<>();

    private void changeAll() {
      map.put("a", 10);
      map.remove("b");
      map.put("d", 4);
      map.merge("c", 1, Integer::sum);
      map.atomically(tx -> tx.put("e", 5));
    }

    private void assertStartWasSeen() {
      assertEquals(START.entrySet(), new HashSet<>(seen));
      assertEquals(START.size(), seen.size());
      assertHas(Map.of("a", 10, "c", 4, "d", 4, "e", 5));
    }

    @Test
    void goesThroughOneState_thoughTheMapChangesMeanwhile() {
      for (Map.Entry<String, Integer> entry : map.entrySet()) {
        if (seen.isEmpty()) {
          changeAll();
        }
        seen.add(entry);
      }
      assertStartWasSeen();
    }

    @Test
    void forEach_goesThroughOneState() {
      map.forEach((key, value) -> {
        if (seen.isEmpty()) {
          changeAll();
        }
        seen.add(entry(key, value));
      });
      assertStartWasSeen();
    }

    @Test
    void aStream_goesThroughOneState() {
      Stream<Map.Entry<String, Integer>> stream = map.entrySet().stream();
      stream.forEach(entry -> {
        if (seen.isEmpty()) {
          changeAll();
        }
        seen.add(entry);
      });
      assertStartWasSeen();
    }

    @Test
    void aTableThatIsMadeAnew_doesNotDisturb() {
      Iterator<String> keys = map.keySet().iterator();
      String first = keys.next();
      map.putAll(numbered(1_000));
      map.clear();

      Set<String> all = new HashSet<>(Set.of(first));
      keys.forEachRemaining(all::add);

      assertEquals(START.keySet(), all);
    }

    @Test
    void remove_takesOutOfTheMap() {
      Iterator<Integer> values = map.values().iterator();
      while (values.hasNext()) {
        if (values.next() != 2) {
          values.remove();
        }
      }
      assertHas(Map.of("b", 2));
    }

    @Test
    void remove_takesOutTheKey_whateverItsValueIsMeanwhile() {
      Iterator<Map.Entry<String, Integer>> entries = map.entrySet().iterator();
      String key = entries.next().getKey();
      map.put(key, 100);
      entries.remove();

      assertFalse(map.containsKey(key));
      assertEquals(2, map.size());
    }

    @Test
    void remove_ofAKeyThatIsGone_changesNothing() {
      Iterator<String> keys = map.keySet().iterator();
      String key = keys.next();
      map.remove(key);
      keys.remove();

      assertEquals(2, map.size());
    }

    @Test
    void misuse_isRefused() {
      Iterator<String> keys = map.keySet().iterator();

      String expected = "There is nothing to remove: call next first, and remove once after it.";
      assertEquals(expected, assertThrows(IllegalStateException.class, keys::remove).getMessage());
      assertUnchanged();
      keys.next();
      keys.remove();
      assertThrows(IllegalStateException.class, keys::remove);
      keys.next();
      keys.next();
      assertFalse(keys.hasNext());
      assertEquals(
          "There is no element after the last one.",
          assertThrows(NoSuchElementException.class, keys::next).getMessage());
      assertEquals(2, map.size());
    }

    @Test
    void setValue_writesThrough() {
      for (Map.Entry<String, Integer> entry : map.entrySet()) {
        int before = entry.getValue();
        assertEquals(before, entry.setValue(before * 10));
        assertEquals(before * 10, entry.getValue());
      }
      assertHas(Map.of("a", 10, "b", 20, "c", 30));
    }

    @Test
    void anEntry_staysAsItWas_whenTheMapChanges() {
      Map<String, Map.Entry<String, Integer>> entries = new TreeMap<>();
      map.entrySet().forEach(entry -> entries.put(entry.getKey(), entry));
      map.put("a", 10);
      map.remove("b");

      assertEquals(entry("a", 1), entries.get("a"));
      assertEquals("b=2", entries.get("b").toString());
    }

    @Test
    void spliterators_areOfOneState() {
      int all = Spliterator.SIZED | Spliterator.NONNULL | Spliterator.IMMUTABLE;

      for (Collection<?> view : List.of(map.keySet(), map.values(), map.entrySet())) {
        Spliterator<?> spliterator = view.spliterator();
        map.put("d", 4);
        assertTrue(spliterator.hasCharacteristics(all));
        assertFalse(spliterator.hasCharacteristics(Spliterator.SORTED));
        assertFalse(spliterator.hasCharacteristics(Spliterator.CONCURRENT));
        assertEquals(view instanceof Set, spliterator.hasCharacteristics(Spliterator.DISTINCT));
        assertEquals(3, spliterator.getExactSizeIfKnown());
        AtomicInteger count = new AtomicInteger();
        spliterator.forEachRemaining(element -> count.incrementAndGet());
        assertEquals(3, count.get());
        map.remove("d");
      }
    }

    @Test
    void streams_inParallel_seeEachEntryOnce() {
      map.clear();
      map.putAll(numbered(10_000));

      assertEquals(49_995_000, map.values().parallelStream().mapToInt(Integer::intValue).sum());
      assertEquals(10_000, map.keySet().parallelStream().distinct().count());
    }
  }

  @Nested
  class AsAValue {
    @Test
    void equalsAnyMapOfTheSameEntries() {
      ReadMostlyMap<String, Integer> same = new ReadMostlyMap<>(START);

      assertEquals(map, same);
      assertEquals(map, START);
      assertEquals(START, map);
      assertEquals(new TreeMap<>(START), map);
      assertEquals(map, new TreeMap<>(START));
      assertEquals(START.hashCode(), map.hashCode());
      assertNotEquals(map, Map.of("a", 1, "b", 2, "c", 4));
      assertNotEquals(map, Map.of("a", 1, "b", 2));
      assertNotEquals(map, START.entrySet());
      assertFalse(map.equals(null));
    }

    @Test
    void viewsEqualThoseOfTheSameEntries() {
      assertEquals(map.keySet(), START.keySet());
      assertEquals(START.keySet(), map.keySet());
      assertEquals(map.entrySet(), START.entrySet());
      assertEquals(START.entrySet(), map.entrySet());
      assertEquals(START.keySet().hashCode(), map.keySet().hashCode());
      assertEquals(START.entrySet().hashCode(), map.entrySet().hashCode());
      assertNotEquals(map.keySet(), List.copyOf(START.keySet()));
      assertFalse(map.keySet().equals(null));
    }

    @Test
    void showsItsEntries() {
      map.remove("b");
      map.remove("c");

      assertEquals("{a=1}", map.toString());
      assertEquals("[a]", map.keySet().toString());
      assertEquals("[1]", map.values().toString());
      assertEquals("[a=1]", map.entrySet().toString());
      assertEquals("{}", new ReadMostlyMap<>().toString());
    }

    @Test
    void showsItself_ifItContainsItself() {
      ReadMostlyMap<String, Object> self = new ReadMostlyMap<>();
      self.put("me", self);

      assertEquals("{me=(this Map)}", self.toString());
    }

    @Test
    void isNotSerializable() {
      assertThrows(NotSerializableException.class, () -> reserialized(map));
    }
  }

  @Nested
  class Snapshots {
    @Test
    void areIndependent() {
      Map<String, Integer> snapshot = map.snapshot();
      map.put("a", 10);
      map.clear();

      assertEquals(START, snapshot);
      assertEquals(Map.of(), map.snapshot());
    }

    @Test
    void cannotBeChanged() {
      Map<String, Integer> snapshot = map.snapshot();

      assertThrows(UnsupportedOperationException.class, () -> snapshot.put("d", 4));
      assertThrows(UnsupportedOperationException.class, () -> snapshot.keySet().clear());
      assertEquals(START, snapshot);
      assertUnchanged();
    }

    @Test
    void areSerializable_ifTheirContentsAre() throws Exception {
      assertEquals(START, reserialized(map.snapshot()));

      ReadMostlyMap<String, Object> other = new ReadMostlyMap<>();
      other.put("a", new Object());
      assertThrows(NotSerializableException.class, () -> reserialized(other.snapshot()));
    }
  }

  @Nested
  class GetAll {
    @Test
    void returnsThoseThatAreThere_inTheOrderOfTheKeys() {
      Map<String, Integer> found = map.getAll(List.of("c", "x", "a", "c"));

      assertEquals(List.of("c", "a"), List.copyOf(found.keySet()));
      assertEquals(Map.of("a", 1, "c", 3), found);
      assertEquals(Map.of(), map.getAll(List.of()));
      assertThrows(UnsupportedOperationException.class, found::clear);
    }

    @Test
    void isIndependent() {
      Map<String, Integer> found = map.getAll(map.keySet());
      map.clear();

      assertEquals(START, found);
    }

    /** Its hash code lets another thread change the map, once. */
    private static final class Interposer {
      private final AtomicBoolean isDone = new AtomicBoolean();
      private final Runnable change;

      Interposer(Runnable change) {
        this.change = change;
      }

      @Override
      public int hashCode() {
        if (isDone.compareAndSet(false, true)) {
          MapTurn.rival(change::run);
        }
        return 1;
      }

      @Override
      public boolean equals(Object other) {
        return this == other;
      }
    }

    @Test
    void isOfOneMoment_whateverChangesBetweenTheKeys() {
      List<Consumer<ReadMostlyMap<Object, Integer>>> changes =
          List.of(
              m -> m.atomically(tx -> List.of("a", "b").forEach(key -> tx.put(key, 2))),
              m -> m.putAll(Map.of("a", 2, "b", 2)),
              m -> m.replaceAll((key, value) -> 2),
              m -> {
                m.put("a", 2);
                m.put("b", 2);
              });
      for (Consumer<ReadMostlyMap<Object, Integer>> change : changes) {
        for (int size : List.of(0, 10_000)) {
          ReadMostlyMap<Object, Integer> pair = new ReadMostlyMap<>(size);
          pair.putAll(Map.of("a", 1, "b", 1));
          Interposer between = new Interposer(() -> change.accept(pair));

          assertEquals(Map.of("a", 2, "b", 2), pair.getAll(List.of("a", between, "b")));
        }
      }
    }
  }

  @Nested
  class PutAll {
    @Test
    void few_intoMany() {
      map.putAll(numbered(1_000));
      Object[] bins = map.bins();
      map.putAll(Map.of("a", 10, "k500", 5, "new", 0));

      Map<String, Integer> expected = numbered(1_000);
      expected.putAll(START);
      expected.putAll(Map.of("a", 10, "k500", 5, "new", 0));
      assertHas(expected);
      assertSame(bins, map.bins(), "only what changes is made anew");
    }

    @Test
    void many_intoFew() {
      map.putAll(numbered(1_000));

      Map<String, Integer> expected = numbered(1_000);
      expected.putAll(START);
      assertHas(expected);
    }

    @Test
    void many_overTheSameKeys() {
      map.clear();
      map.putAll(numbered(1_000));
      Map<String, Integer> others = numbered(1_000);
      others.replaceAll((key, value) -> -value);
      map.putAll(others);

      assertHas(others);
    }

    @Test
    void anything_intoAnEmptyOne() {
      map.clear();
      map.putAll(Map.of());
      assertHas(Map.of());
      map.putAll(START);
      assertUnchanged();
    }

    @Test
    void itself() {
      map.putAll(map);
      assertUnchanged();
      map.putAll(map.snapshot());
      assertUnchanged();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1_000})
    @SuppressWarnings({"StringOperationCanBeSimplified", "IdentityHashMapUsage"}) // other instances
    void anEqualKeyTwice_counts_once(int expectedSize) {
      Map<String, Integer> twice = new IdentityHashMap<>();
      twice.put(new String("x"), 7);
      twice.put(new String("x"), 7);
      twice.put(new String("a"), 8);
      ReadMostlyMap<String, Integer> other = new ReadMostlyMap<>(expectedSize);
      other.putAll(START);
      assertEquals(3, twice.size());

      other.putAll(twice);

      assertHas(Map.of("a", 8, "b", 2, "c", 3, "x", 7), other);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1_000})
    void aNullInside_changesNothing(int expectedSize) {
      ReadMostlyMap<String, Integer> other = new ReadMostlyMap<>(expectedSize);
      other.putAll(START);
      Map<String, Integer> nulls = new LinkedHashMap<>();
      nulls.put("a", 10);
      nulls.put("x", null);
      assertThrows(NullPointerException.class, () -> other.putAll(nulls));
      nulls.remove("x");
      nulls.put(null, 1);
      assertThrows(NullPointerException.class, () -> other.putAll(nulls));

      assertHas(START, other);
    }
  }

  @Nested
  class Bulk {
    @Test
    void removeIf_removesWhatPasses() {
      assertTrue(map.removeIf((key, value) -> key.equals("a") || value == 3));
      assertHas(Map.of("b", 2));
    }

    @Test
    void removeIf_ofNothing_isNoChange() {
      Object[] bins = map.bins();

      assertFalse(map.removeIf((key, value) -> false));
      assertUnchanged();
      assertSame(bins, map.bins());
    }

    @Test
    void replaceAll_replacesEachValue() {
      map.replaceAll((key, value) -> value * key.charAt(0));
      assertHas(Map.of("a", 97, "b", 196, "c", 297));
    }

    @Test
    void views_removeWhatIsAsked() {
      assertTrue(map.keySet().removeAll(List.of("a", "x", 5)));
      assertFalse(map.keySet().removeAll(List.of("x")));
      assertHas(Map.of("b", 2, "c", 3));
      assertTrue(map.values().removeAll(List.of(2)));
      assertHas(Map.of("c", 3));
      map.put("a", 3);
      assertTrue(map.entrySet().removeAll(List.of(entry("a", 3), entry("c", 4))));
      assertHas(Map.of("c", 3));
    }

    @Test
    void views_retainWhatIsAsked() {
      assertFalse(map.keySet().retainAll(START.keySet()));
      assertTrue(map.keySet().retainAll(Set.of("a", "b")));
      assertHas(Map.of("a", 1, "b", 2));
      assertTrue(map.values().retainAll(Set.of(2, 3)));
      assertHas(Map.of("b", 2));
      assertFalse(map.entrySet().retainAll(List.of(entry("b", 2))));
      assertTrue(map.entrySet().retainAll(List.of()));
      assertHas(Map.of());
    }

    @Test
    void views_removeIf() {
      assertTrue(map.keySet().removeIf("a"::equals));
      assertTrue(map.values().removeIf(value -> value == 2));
      assertFalse(map.entrySet().removeIf(entry -> entry.getValue() != 3));
      assertHas(Map.of("c", 3));
      assertTrue(map.entrySet().removeIf(entry -> entry.getKey().equals("c")));
      assertHas(Map.of());
    }

    @Test
    void aViewOfItself_canBeRemoved() {
      map.values().removeAll(map.values());
      assertHas(Map.of());
    }

    @Test
    void views_cannotBeAddedTo() {
      assertThrows(UnsupportedOperationException.class, () -> map.keySet().add("d"));
      assertThrows(UnsupportedOperationException.class, () -> map.values().add(4));
      assertUnchanged();
    }
  }

  @Nested
  class Functions {
    @Test
    void thatThrow_leaveTheMapAsItWas() {
      assertFails(() -> map.compute("a", (k, v) -> throwing()));
      assertFails(() -> map.compute("x", (k, v) -> throwing()));
      assertFails(() -> map.computeIfAbsent("x", k -> throwing()));
      assertFails(() -> map.computeIfPresent("a", (k, v) -> throwing()));
      assertFails(() -> map.merge("a", 1, (v, w) -> throwing()));
      AtomicInteger calls = new AtomicInteger();
      assertFails(() -> map.replaceAll((k, v) -> calls.incrementAndGet() > 1 ? throwing() : 0));
      calls.set(0);
      assertFails(() -> map.removeIf((k, v) -> calls.incrementAndGet() < 3 || throwing() > 0));
      calls.set(0);
      assertFails(() -> map.values().removeIf(v -> calls.incrementAndGet() < 3 || throwing() > 0));
      assertFails(() -> map.forEach((k, v) -> throwing()));
      assertUnchanged();
    }

    private int throwing() {
      throw failure();
    }

    @Test
    void thatReturnNull_takeOut_orPutNothing() {
      assertNull(map.computeIfAbsent("x", k -> null));
      assertNull(map.compute("x", (k, v) -> null));
      assertUnchanged();
      assertNull(map.compute("a", (k, v) -> null));
      assertNull(map.computeIfPresent("b", (k, v) -> null));
      assertNull(map.merge("c", 1, (v, w) -> null));
      assertHas(Map.of());
    }

    @Test
    void areNotRun_ifThereIsNoNeed() {
      assertEquals(1, map.computeIfAbsent("a", k -> throwing()));
      assertNull(map.computeIfPresent("x", (k, v) -> throwing()));
      assertEquals(4, map.merge("x", 4, (v, w) -> throwing()));
    }

    @Test
    void areGivenWhatIsThere_andRunAgain_ifItHasChangedMeanwhile() {
      AtomicInteger runs = new AtomicInteger();
      int result =
          map.compute(
              "a",
              (key, value) -> {
                if (runs.incrementAndGet() == 1) {
                  MapTurn.rival(() -> map.put("a", 10));
                }
                return value + 1;
              });

      assertEquals(11, result);
      assertEquals(2, runs.get());
    }

    @Test
    void ofManyEntries_areRunAgain_ifAnyHasChangedMeanwhile() {
      AtomicInteger runs = new AtomicInteger();
      map.replaceAll((key, value) -> {
        if (runs.incrementAndGet() == 1) {
          MapTurn.rival(() -> map.merge("b", 10, Integer::sum));
        }
        return value + 1;
      });

      assertHas(Map.of("a", 2, "b", 13, "c", 4));
      assertEquals(6, runs.get());
    }
  }

  @Nested
  class CallingBack {
    /** Uses the map in many ways: it is as before after that, but for a key. */
    private void useMap(ReadMostlyMap<?, ?> any) {
      @SuppressWarnings("unchecked") // it takes keys of any class
      ReadMostlyMap<Object, Object> used = (ReadMostlyMap<Object, Object>) any;
      int size = used.size();
      assertEquals(size, used.snapshot().size());
      assertEquals(size, used.entrySet().stream().count());
      assertNull(used.get("absent"));
      used.put("other", 5);
      assertEquals(5, used.get("other"));
      used.put("temporary", 6);
      assertEquals(6, used.remove("temporary"));
      used.atomically(tx -> tx.put("other", 5));
    }

    private void useMap() {
      useMap(map);
    }

    private void assertOtherWasPut(Map<String, Integer> expected) {
      Map<String, Integer> all = new HashMap<>(expected);
      all.put("other", 5);
      assertHas(all);
    }

    @Test
    void fromFunctionsOfOneKey_works() {
      map.compute(
          "a",
          (k, v) -> {
            useMap();
            return 10;
          });
      map.computeIfAbsent(
          "x",
          k -> {
            useMap();
            return 11;
          });
      map.computeIfPresent(
          "b",
          (k, v) -> {
            useMap();
            return 12;
          });
      map.merge(
          "c",
          1,
          (v, w) -> {
            useMap();
            return 13;
          });
      assertOtherWasPut(Map.of("a", 10, "x", 11, "b", 12, "c", 13));
    }

    @Test
    void fromTransactions_works() {
      map.atomically(tx -> {
        tx.put("a", 10);
        useMap();
        tx.merge("b", 1, Integer::sum);
      });
      assertOtherWasPut(Map.of("a", 10, "b", 3, "c", 3));
    }

    @Test
    void fromFunctionsOfAllKeys_works_ifItChangesNothing() {
      map.replaceAll((key, value) -> value + map.get(key) + map.size());
      map.removeIf((key, value) -> map.containsValue(7) && map.snapshot().get(key) == 5);
      assertHas(Map.of("b", 7, "c", 9));
    }

    @Test
    void fromForEach_works() {
      map.forEach((key, value) -> {
        useMap();
        map.put(key, value + 1);
      });
      assertOtherWasPut(Map.of("a", 2, "b", 3, "c", 4));
    }

    @Test
    void asRecursion_works() {
      ReadMostlyMap<Integer, Long> fibonacci = new ReadMostlyMap<>();
      class Recursion {
        long of(int n) {
          return fibonacci.computeIfAbsent(n, i -> i < 2 ? (long) i : of(i - 1) + of(i - 2));
        }
      }

      assertEquals(12_586_269_025L, new Recursion().of(50));
      assertEquals(51, fibonacci.size());
    }

    @Test
    void toPutOthersAtOnce_works() {
      ReadMostlyMap<String, Integer> large = new ReadMostlyMap<>(1_000);
      large.compute(
          "a",
          (key, value) -> {
            large.putAll(numbered(20));
            return 10;
          });

      assertEquals(21, large.size());
      assertEquals(10, large.get("a"));
    }

    @Test
    void toMakeRoomForMany_works() {
      map.compute(
          "a",
          (key, value) -> {
            numbered(1_000).forEach(map::put);
            return 10;
          });

      assertEquals(1_003, map.size());
      assertEquals(10, map.get("a"));
    }

    @Test
    void toClear_works() {
      AtomicInteger runs = new AtomicInteger();
      map.merge(
          "a",
          1,
          (v, w) -> {
            runs.incrementAndGet();
            map.clear();
            return 10;
          });

      assertEquals(1, runs.get());
      assertHas(Map.of("a", 1)); // as if it had been cleared before
    }

    private boolean isCalling; // the outermost call only

    /** Keys whose methods use the map, if they are told to. */
    private final class Caller implements Comparable<Caller> {
      private final ReadMostlyMap<Object, Integer> used;
      private final String calls;
      private final int number;

      Caller(ReadMostlyMap<Object, Integer> used, String calls, int number) {
        this.used = used;
        this.calls = calls;
        this.number = number;
      }

      private void call(String method) {
        if (method.equals(calls) && !isCalling) {
          isCalling = true;
          try {
            useMap(used);
          } finally {
            isCalling = false;
          }
        }
      }

      @Override
      public int hashCode() {
        call("hashCode");
        return 3;
      }

      @Override
      public boolean equals(Object other) {
        call("equals");
        return other instanceof Caller caller && caller.number == number;
      }

      @Override
      public int compareTo(Caller other) {
        call("compareTo");
        return Integer.compare(number, other.number);
      }
    }

    @ParameterizedTest
    @ValueSource(strings = {"hashCode", "equals", "compareTo"})
    void fromKeys_works(String method) {
      ReadMostlyMap<Object, Integer> used = new ReadMostlyMap<>();
      for (int i = 0; i < 20; i++) {
        used.put(new Caller(used, "nothing", i), i);
      }
      used.put("other", 5);

      for (int i = 0; i < 40; i++) {
        assertEquals(i < 20 ? i : null, used.put(new Caller(used, method, i), -i));
        assertEquals(-i, used.get(new Caller(used, method, i)));
      }
      assertEquals(41, used.size());
      used.putAll(Map.of(new Caller(used, method, 1), 1, new Caller(used, method, 2), 2));
      assertEquals(1, used.get(new Caller(used, "nothing", 1)));
      for (int i = 0; i < 40; i++) {
        assertTrue(used.keySet().remove(new Caller(used, method, i)));
      }
      assertHas(Map.of("other", 5), used);
    }
  }

  @Nested
  class ChangingTheSame {
    private final AtomicInteger runs = new AtomicInteger();

    /** Each of its runs makes itself outdated. */
    private int changeSame() {
      runs.incrementAndGet();
      map.merge("a", 100, Integer::sum);
      return 0;
    }

    private void assertRefused(int mostRuns, Executable call) {
      runs.set(0);
      map.putAll(START);

      IllegalStateException thrown = assertThrows(IllegalStateException.class, call);

      assertEquals(
          """
          ReadMostlyMap "stock" was changed by the function of a change of the same entries, on \
          thread "%s". Such a change would never get done, since it makes itself outdated. What the \
          function has changed stays so, the outer change was not made. Let the function return \
          what should be there, or use its transaction.\
          """
              .formatted(Thread.currentThread().getName()),
          thrown.getMessage());
      assertEquals(mostRuns, runs.get());
      assertHas(Map.of("a", 1 + 100 * mostRuns, "b", 2, "c", 3));
    }

    @Test
    void key_isRefused_afterFourRuns() {
      assertRefused(4, () -> map.compute("a", (k, v) -> changeSame()));
      assertRefused(4, () -> map.computeIfPresent("a", (k, v) -> changeSame()));
      assertRefused(4, () -> map.merge("a", 1, (v, w) -> changeSame()));
    }

    @Test
    void key_inATransaction_isRefused_afterFourRuns() {
      assertRefused(
          4,
          () ->
              map.atomically(tx -> {
                tx.put("b", tx.get("a"));
                changeSame();
              }));
    }

    @Test
    void entries_inAFunctionOfAll_isRefused_afterTwoRuns() {
      assertRefused(2, () -> map.replaceAll((k, v) -> k.equals("b") ? changeSame() : v));
      assertRefused(2, () -> map.removeIf((k, v) -> k.equals("b") && changeSame() == 0));
      assertRefused(2, () -> map.values().removeIf(v -> v == 2 && changeSame() == 0));
    }

    @Test
    void key_once_isRunAgain() {
      int result =
          map.compute(
              "a",
              (key, value) -> {
                if (runs.incrementAndGet() == 1) {
                  map.put("a", 50);
                }
                return value + 1;
              });

      assertEquals(51, result);
      assertEquals(2, runs.get());
    }

    @Test
    void key_byComputeIfAbsent_findsWhatItHasPut() {
      int result =
          map.computeIfAbsent(
              "x",
              key -> {
                map.put("x", 7);
                return 8;
              });

      assertEquals(7, result);
      assertEquals(7, map.get("x"));
    }

    @Test
    void aMapWithoutAName_isCalledByItsType() {
      ReadMostlyMap<String, Integer> nameless = new ReadMostlyMap<>(START);

      IllegalStateException thrown =
          assertThrows(
              IllegalStateException.class,
              () -> nameless.compute("a", (k, v) -> nameless.merge("a", 1, Integer::sum)));

      assertTrue(
          thrown.getMessage().startsWith("ReadMostlyMap <Map> was changed"), thrown::getMessage);
    }

    @Test
    void key_isRefused_inThisThreadAlone() throws Exception {
      assertThrows(IllegalStateException.class, () -> map.compute("a", (k, v) -> changeSame()));

      Actor.run("other", () -> map.putAll(START)); // nothing is left of the turn
      assertUnchanged();
    }
  }

  /** Two threads change the map as one step again and again: nobody sees it in between. */
  @Nested
  class OneState {
    private static final int ROUNDS = 999;

    static Stream<Integer> expectedSizes() {
      return Stream.of(0, 3_000); // one lock for all bins, or many
    }

    private void assertNeverBetween(
        ReadMostlyMap<String, Integer> shared,
        Consumer<Integer> change,
        Supplier<?> look,
        Set<?> allowed)
        throws Exception {
      AtomicBoolean isOver = new AtomicBoolean();
      List<Actor> writers =
          IntStream.range(0, 2)
              .mapToObj(writer ->
                  Actor.start(
                      "writer " + writer,
                      () -> {
                        for (int i = 0; i < ROUNDS; i++) {
                          change.accept(i);
                        }
                      }))
              .toList();
      Actor reader =
          Actor.start(
              "reader",
              () -> {
                while (!isOver.get()) {
                  Object seen = look.get();
                  assertTrue(allowed.contains(seen), () -> "saw " + seen);
                }
              });
      try {
        for (Actor writer : writers) {
          writer.join();
        }
      } finally {
        isOver.set(true);
        reader.join();
      }
      assertTrue(allowed.contains(look.get()));
      assertTrue(shared.size() > 0);
    }

    /** One token moves between keys. */
    private static ReadMostlyMap<String, Integer> withToken(int expectedSize) {
      ReadMostlyMap<String, Integer> shared = new ReadMostlyMap<>(expectedSize);
      shared.put("k0", 1);
      return shared;
    }

    private static void moveToken(ReadMostlyMap<String, Integer> shared) {
      shared.atomically(tx -> {
        for (int i = 0; i < 4; i++) {
          if (tx.remove("k" + i) != null) {
            tx.put("k" + (i + 1) % 4, 1);
            return;
          }
        }
      });
    }

    private static Set<Object> ofEachPlace(Function<String, Object> seen) {
      Set<Object> all = new HashSet<>();
      IntStream.range(0, 4).forEach(i -> all.add(seen.apply("k" + i)));
      return all;
    }

    @ParameterizedTest
    @MethodSource("expectedSizes")
    void size_countsOneMoment(int expectedSize) throws Exception {
      ReadMostlyMap<String, Integer> shared = withToken(expectedSize);
      assertNeverBetween(shared, i -> moveToken(shared), shared::size, Set.of(1));
    }

    @ParameterizedTest
    @MethodSource("expectedSizes")
    void iteration_showsOneMoment(int expectedSize) throws Exception {
      ReadMostlyMap<String, Integer> shared = withToken(expectedSize);
      assertNeverBetween(
          shared,
          i -> moveToken(shared),
          () -> shared.keySet().stream().toList(),
          ofEachPlace(List::of));
    }

    @ParameterizedTest
    @MethodSource("expectedSizes")
    void equalsHashCodeAndToString_areOfOneMoment(int expectedSize) throws Exception {
      ReadMostlyMap<String, Integer> shared = withToken(expectedSize);
      Map<String, Integer> first = Map.of("k0", 1);
      assertAll(
          () ->
              assertNeverBetween(
                  shared,
                  i -> moveToken(shared),
                  shared::toString,
                  ofEachPlace(key -> "{" + key + "=1}")),
          () ->
              assertNeverBetween(
                  shared,
                  i -> moveToken(shared),
                  shared::hashCode,
                  ofEachPlace(key -> Map.of(key, 1).hashCode())),
          () ->
              assertNeverBetween(
                  shared,
                  i -> moveToken(shared),
                  () -> shared.equals(Map.of()) || (shared.equals(first) && first.isEmpty()),
                  Set.of(false)));
    }

    @ParameterizedTest
    @MethodSource("expectedSizes")
    void putAll_isOneStep(int expectedSize) throws Exception {
      ReadMostlyMap<String, Integer> shared = new ReadMostlyMap<>(expectedSize);
      shared.putAll(Map.of("a", 0, "b", 0));
      assertNeverBetween(
          shared,
          i -> shared.putAll(Map.of("a", i, "b", i)),
          () -> Set.copyOf(shared.getAll(List.of("a", "b")).values()).size(),
          Set.of(1));
    }

    /** Whoever has seen a part of a change, sees the rest of it with the next look. */
    @ParameterizedTest
    @MethodSource("expectedSizes")
    void aTransaction_isOneStep_forSingleReadsToo(int expectedSize) throws Exception {
      ReadMostlyMap<String, Integer> shared = new ReadMostlyMap<>(expectedSize);
      List<String> keys = List.copyOf(numbered(50).keySet());
      Consumer<Integer> change =
          i ->
              shared.atomically(tx -> {
                int value = 1 + tx.getOrDefault(keys.get(0), 0);
                keys.forEach(key -> tx.put(key, value));
              });
      change.accept(0);

      assertNeverBetween(
          shared,
          change,
          () -> {
            boolean isInOrder = true;
            for (String key : keys) {
              int first = shared.get(keys.get(0));
              int second = shared.get(key);
              int third = shared.get(keys.get(0));
              isInOrder &= first <= second && second <= third;
            }
            return isInOrder;
          },
          Set.of(true));
    }

    @ParameterizedTest
    @MethodSource("expectedSizes")
    void replaceAll_isOneStep(int expectedSize) throws Exception {
      ReadMostlyMap<String, Integer> shared = new ReadMostlyMap<>(expectedSize);
      shared.putAll(Map.of("a", 0, "b", 0));
      assertNeverBetween(
          shared,
          i -> shared.replaceAll((key, value) -> value + 1),
          () -> Set.copyOf(shared.values()).size(),
          Set.of(1));

      assertHas(Map.of("a", 2 * ROUNDS, "b", 2 * ROUNDS), shared);
    }

    @ParameterizedTest
    @MethodSource("expectedSizes")
    void changesByManyThreads_areAllCounted(int expectedSize) throws Exception {
      ReadMostlyMap<String, Integer> shared = new ReadMostlyMap<>(expectedSize);
      List<Actor> writers = new ArrayList<>();
      for (int writer = 0; writer < 4; writer++) {
        int number = writer;
        writers.add(
            Actor.start(
                "writer " + writer,
                () -> {
                  for (int i = 0; i < ROUNDS; i++) {
                    shared.merge("all", 1, Integer::sum);
                    shared.put(number + "-" + i, i);
                    if (i % 3 != 0) {
                      shared.remove(number + "-" + i);
                    }
                  }
                }));
      }
      for (Actor writer : writers) {
        writer.join();
      }

      assertEquals(4 * ROUNDS, shared.get("all"));
      assertEquals(4 * ROUNDS / 3 + 1, shared.size());
      assertEquals(4 * ROUNDS / 3 + 1, shared.snapshot().size());
    }
  }

  /** How a reader of all entries makes sure that they are of one moment. */
  @Nested
  class Looks {
    private final AtomicInteger looks = new AtomicInteger();

    @Test
    void areTakenAgain_ifAnythingChangesMeanwhile() {
      List<Runnable> changes =
          List.of(
              () -> map.put("a", 10),
              () -> map.put("x", 5),
              () -> map.remove("x"),
              () -> map.atomically(tx -> tx.put("a", tx.get("a") + 1)),
              () -> map.putAll(numbered(1_000)),
              () -> map.keySet().removeAll(numbered(500).keySet()),
              () -> map.replaceAll((key, value) -> value + 1),
              map::clear);
      for (Runnable change : changes) {
        looks.set(0);
        int found =
            map.look((bins, stripes) -> {
              if (looks.incrementAndGet() == 1) {
                MapTurn.rival(change::run);
              }
              return looks.get();
            });

        assertEquals(2, found, "change " + changes.indexOf(change));
      }
    }

    @Test
    void areNotTakenAgain_ifNothingChanges() {
      assertEquals(1, map.<Integer>look((bins, stripes) -> looks.incrementAndGet()));
    }

    @Test
    void lockWritersOut_afterThreeInVain() throws Exception {
      List<Actor> writers = new ArrayList<>();
      int found =
          map.look((bins, stripes) -> {
            int look = looks.incrementAndGet();
            Actor writer = Actor.start("writer " + look, () -> map.merge("a", 1, Integer::sum));
            writers.add(writer);
            // not only that its value is there: until it has let go of the lock, no look begins
            Actor.await("it is over, or waits", () -> writer.isOver() || writer.isParked());
            return map.get("a");
          });
      for (Actor writer : writers) {
        writer.join();
      }

      assertEquals(4, looks.get());
      assertEquals(4, found, "the fourth one waited");
      assertEquals(5, map.get("a"));
    }
  }

  @Nested
  class DuringResizes {
    @Test
    void readersFindEachKey() throws Exception {
      ReadMostlyMap<String, Integer> shared = new ReadMostlyMap<>();
      shared.putAll(START);
      AtomicBoolean isOver = new AtomicBoolean();
      Actor reader =
          Actor.start(
              "reader",
              () -> {
                while (!isOver.get()) {
                  START.forEach((key, value) -> assertEquals(value, shared.get(key)));
                  assertNull(shared.get("absent"));
                }
              });
      try {
        Map<String, Integer> more = numbered(2_000);
        for (int i = 0; i < 20; i++) {
          more.forEach(shared::put);
          more.keySet().forEach(shared::remove);
          shared.putAll(more);
          shared.keySet().removeAll(more.keySet());
        }
      } finally {
        isOver.set(true);
        reader.join();
      }
      assertHas(START, shared);
    }
  }
}
