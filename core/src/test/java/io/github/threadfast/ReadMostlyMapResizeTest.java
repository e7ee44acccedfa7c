package io.github.threadfast;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.threadfast.ReadMostlyMapStress.HashKey;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What has gone wrong in other maps on a {@code StampedLock}, and what has in this one. */
@Timeout(60)
class ReadMostlyMapResizeTest {
  private static final int A_CROWD = Node.LONG + 2;

  /** Reads in two threads, as long as others write, which begin when both have read. */
  private static void readWhile(Actor.Body read, List<Actor.Body> writes) throws Exception {
    AtomicBoolean isOver = new AtomicBoolean();
    CountDownLatch begun = new CountDownLatch(2);
    List<Actor> readers = new ArrayList<>();
    List<Actor> writers = new ArrayList<>();
    try {
      for (int i = 0; i < 2; i++) {
        readers.add(
            Actor.start(
                "reader " + i,
                () -> {
                  read.run();
                  begun.countDown();
                  while (!isOver.get()) {
                    read.run();
                  }
                }));
      }
      for (Actor.Body write : writes) {
        writers.add(
            Actor.start(
                "writer " + writers.size(),
                () -> {
                  begun.await();
                  write.run();
                }));
      }
      for (Actor writer : writers) {
        writer.join();
      }
    } finally {
      isOver.set(true);
    }
    for (Actor reader : readers) {
      reader.join();
    }
  }

  private static Actor.Body often(int times, Actor.Body body) {
    return () -> {
      for (int i = 0; i < times; i++) {
        body.run();
      }
    };
  }

  // Readers and writers beside growth and shrinking

  /** How keys come and go. */
  enum Churn {
    ONE_BY_ONE {
      @Override
      void run(ReadMostlyMap<HashKey, Integer> map, List<HashKey> keys) {
        keys.forEach(key -> map.put(key, 1));
        keys.forEach(map::remove);
      }
    },
    ALL_AT_ONCE {
      @Override
      void run(ReadMostlyMap<HashKey, Integer> map, List<HashKey> keys) {
        Map<HashKey, Integer> entries = new HashMap<>();
        keys.forEach(key -> entries.put(key, 1));
        map.putAll(entries);
        map.keySet().removeAll(entries.keySet());
      }
    },
    BY_TRANSACTIONS {
      @Override
      void run(ReadMostlyMap<HashKey, Integer> map, List<HashKey> keys) {
        map.atomically(tx -> keys.forEach(key -> tx.put(key, 1)));
        map.atomically(tx -> keys.forEach(tx::remove));
      }
    };

    abstract void run(ReadMostlyMap<HashKey, Integer> map, List<HashKey> keys);
  }

  /** Returns some keys in each part of the table, so that there are some in all bins at first. */
  private static List<HashKey> everywhere(int inEachPart, String name) {
    List<HashKey> keys = new ArrayList<>();
    for (int part = 0; part < 16; part++) {
      keys.addAll(HashKey.some(inEachPart, part, name + part + "/"));
    }
    return keys;
  }

  /** Returns keys with a hash of its own each. */
  private static List<HashKey> spread(int count, String name) {
    return Stream.iterate(0, hash -> hash + 1)
        .limit(count)
        .map(hash -> new HashKey(name + hash, hash))
        .toList();
  }

  @ParameterizedTest
  @EnumSource
  void whatStays_isFound_whileTheTableGrowsAndShrinks(Churn churn) throws Exception {
    ReadMostlyMap<HashKey, Integer> map = new ReadMostlyMap<>();
    List<HashKey> stay = everywhere(1, "stays ");
    stay.forEach(key -> map.put(key, 0));
    List<HashKey> others = spread(400, "other ");

    readWhile(
        () -> {
          stay.forEach(key -> assertEquals(0, map.get(key)));
          assertEquals(stay.size(), map.getAll(stay).size());
          assertTrue(map.snapshot().keySet().containsAll(stay));
        },
        List.of(often(100, () -> churn.run(map, others))));

    assertEquals(Set.copyOf(stay), map.keySet());
  }

  /** Each writer has keys of its own, of which it knows what is there, in bins that all share. */
  @ParameterizedTest
  @EnumSource
  void writersLoseNothing_whileTheTableGrowsAndShrinks(Churn churn) throws Exception {
    ReadMostlyMap<HashKey, Integer> map = new ReadMostlyMap<>();
    List<HashKey> others = spread(100, "other ");

    readWhile(
        map::size,
        List.of(
            often(400, () -> putAndTakeOut(map, everywhere(2, "one's "))),
            often(400, () -> putAndTakeOut(map, everywhere(2, "another's "))),
            often(400, () -> putAndTakeOutTogether(map, everywhere(1, "the third's "))),
            often(200, () -> churn.run(map, others))));

    assertEquals(Map.of(), map.snapshot());
    assertEquals(0, map.size());
  }

  private static void putAndTakeOut(ReadMostlyMap<HashKey, Integer> map, List<HashKey> keys) {
    keys.forEach(key -> assertNull(map.put(key, 1)));
    keys.forEach(key -> assertEquals(1, map.replace(key, 2)));
    keys.forEach(key -> assertEquals(3, map.merge(key, 1, Integer::sum)));
    keys.forEach(key -> assertEquals(3, map.remove(key)));
  }

  private static void putAndTakeOutTogether(
      ReadMostlyMap<HashKey, Integer> map, List<HashKey> keys) {
    map.atomically(tx -> keys.forEach(key -> assertNull(tx.put(key, 1))));
    map.atomically(tx -> keys.forEach(key -> assertEquals(1, tx.put(key, 2))));
    assertEquals(keys.size(), map.getAll(keys).size());
    map.atomically(tx -> keys.forEach(key -> assertEquals(2, tx.remove(key))));
  }

  @Test
  void newTables_loseNothingOfEachOther() throws Exception {
    ReadMostlyMap<HashKey, Integer> map = new ReadMostlyMap<>();
    HashKey key = HashKey.in(2, "key");
    map.put(key, 0);
    Actor.Body increment = () -> map.replaceAll((k, value) -> value + 1);

    readWhile(map::size, List.of(often(10_000, increment), often(10_000, increment)));

    assertEquals(20_000, map.get(key));
  }

  // Torn pairs

  /** How two keys are changed together. */
  enum PairWriter {
    ATOMICALLY {
      @Override
      void write(ReadMostlyMap<HashKey, Integer> map, Place place, int n) {
        map.atomically(tx -> {
          tx.put(place.one, n);
          tx.put(place.other, n);
        });
      }
    },
    PUT_ALL {
      @Override
      void write(ReadMostlyMap<HashKey, Integer> map, Place place, int n) {
        map.putAll(Map.of(place.one, n, place.other, n));
      }
    },
    REPLACE_ALL {
      @Override
      void write(ReadMostlyMap<HashKey, Integer> map, Place place, int n) {
        map.replaceAll((key, value) -> n);
      }
    },
    IN_TURN {
      @Override
      void write(ReadMostlyMap<HashKey, Integer> map, Place place, int n) {
        map.untilDone(
            1,
            () -> {
              MapTransaction<HashKey, Integer> tx = new MapTransaction<>(map);
              tx.put(place.one, n);
              tx.put(place.other, n);
              return tx.commit();
            });
      }
    };

    abstract void write(ReadMostlyMap<HashKey, Integer> map, Place place, int n);
  }

  /** Where the pair is. */
  @SuppressWarnings("ImmutableEnumChecker") // keys don't change
  enum Place {
    ONE_BIN(0, 2, 0),
    TWO_BINS(0, 9, 0),
    /** Where the table is so large that to put two keys does not make all bins anew. */
    TWO_STRIPES(100, 9, 0),
    ONE_CROWD(100, 2, A_CROWD);

    private final int expectedSize;
    private final int others;
    private final HashKey one = HashKey.in(2, "one");
    private final HashKey other;

    Place(int expectedSize, int part, int others) {
      this.expectedSize = expectedSize;
      this.other = HashKey.in(part, "other");
      this.others = others;
    }

    ReadMostlyMap<HashKey, Integer> make() {
      ReadMostlyMap<HashKey, Integer> map = new ReadMostlyMap<>(expectedSize);
      map.putAll(Map.of(one, 0, other, 0));
      HashKey.some(others, 2, "another ").forEach(key -> map.put(key, 0));
      return map;
    }

    void requirePair(Map<HashKey, Integer> seen) {
      assertNotNull(seen.get(one));
      assertEquals(seen.get(one), seen.get(other));
    }
  }

  private static Stream<Arguments> pairWritersAndPlaces() {
    return Stream.of(PairWriter.values())
        .flatMap(writer -> Stream.of(Place.values()).map(place -> Arguments.of(writer, place)));
  }

  @ParameterizedTest
  @MethodSource("pairWritersAndPlaces")
  void aPair_isNeverTorn(PairWriter writer, Place place) throws Exception {
    ReadMostlyMap<HashKey, Integer> map = place.make();
    AtomicInteger last = new AtomicInteger();

    readWhile(
        () -> {
          place.requirePair(map.getAll(List.of(place.one, place.other)));
          place.requirePair(map.snapshot());
          place.requirePair(iterated(map));
        },
        List.of(often(8_000, () -> writer.write(map, place, last.incrementAndGet()))));

    assertEquals(last.get(), map.get(place.one));
  }

  /** How many keys are changed together. */
  enum Batch {
    ATOMICALLY {
      @Override
      void write(ReadMostlyMap<HashKey, Integer> map, Map<HashKey, Integer> entries) {
        map.atomically(tx -> entries.forEach(tx::put));
      }
    },
    PUT_FEW {
      @Override
      void write(ReadMostlyMap<HashKey, Integer> map, Map<HashKey, Integer> entries) {
        map.putAll(entries);
      }
    },
    PUT_MANY {
      @Override
      void write(ReadMostlyMap<HashKey, Integer> map, Map<HashKey, Integer> entries) {
        map.putAll(entries);
      }

      @Override
      int expectedSize() {
        return 0;
      }
    };

    abstract void write(ReadMostlyMap<HashKey, Integer> map, Map<HashKey, Integer> entries);

    /** Returns one that makes the table so large that the keys are few. */
    int expectedSize() {
      return 1_000;
    }
  }

  /**
   * Gets one key after another, of which many are changed together. The first and the last are in
   * bins that are written first and last.
   */
  @ParameterizedTest
  @EnumSource
  void gets_neverGoBack(Batch batch) throws Exception {
    ReadMostlyMap<HashKey, Integer> map = new ReadMostlyMap<>(batch.expectedSize());
    List<HashKey> keys = everywhere(4, "");
    HashKey first = keys.get(0);
    HashKey last = keys.get(keys.size() - 1);
    keys.forEach(key -> map.put(key, 0));

    readWhile(
        () -> {
          for (int i = 0; i < 100; i++) {
            int one = map.getOrDefault(first, -1);
            int two = map.getOrDefault(last, -1);
            int three = map.getOrDefault(first, -1);
            assertTrue(
                0 <= one && one <= two && two <= three,
                () -> "it went back: " + List.of(one, two, three));
          }
        },
        List.of(() -> {
          for (int n = 1; n <= 3_000; n++) {
            Map<HashKey, Integer> entries = new LinkedHashMap<>();
            for (HashKey key : keys) {
              entries.put(key, n);
            }
            batch.write(map, entries);
          }
        }));

    assertEquals(3_000, map.get(last));
  }

  private static Map<HashKey, Integer> iterated(ReadMostlyMap<HashKey, Integer> map) {
    Map<HashKey, Integer> seen = new HashMap<>();
    for (Map.Entry<HashKey, Integer> entry : map.entrySet()) {
      seen.put(entry.getKey(), entry.getValue());
    }
    return seen;
  }

  /** Both values are there, and none: never one alone. */
  @ParameterizedTest
  @EnumSource
  void whatComesAndGoesTogether_isNeverAlone(Place place) throws Exception {
    ReadMostlyMap<HashKey, Integer> map = place.make();
    List<HashKey> pair = List.of(place.one, place.other);
    Map<HashKey, Integer> both = Map.of(place.one, 1, place.other, 1);
    int others = map.size() - 2;

    readWhile(
        () -> {
          assertTrue(map.getAll(pair).size() % 2 == 0);
          assertTrue(map.keySet().stream().filter(pair::contains).count() % 2 == 0);
          assertEquals(others % 2, map.size() % 2);
        },
        List.of(
            often(
                1_000,
                () -> {
                  map.atomically(tx -> pair.forEach(tx::remove));
                  map.putAll(both);
                  map.keySet().removeAll(pair);
                  map.atomically(tx -> pair.forEach(key -> tx.put(key, 1)));
                  map.values().removeIf(value -> value == 1);
                  map.putAll(both);
                })));
  }

  /** One may go only if the other stays; but that goes before the transaction is done. */
  @ParameterizedTest
  @EnumSource
  void whatATransactionHasOnlyRead_stillHoldsWhenItIsDone(Place place) throws Exception {
    ReadMostlyMap<HashKey, Integer> map = place.make();
    map.putAll(Map.of(place.one, 1, place.other, 1));
    int[] runs = {0};

    boolean hasGone =
        map.<Boolean, Exception>computeAtomically(tx -> {
          boolean canGo = tx.getOrDefault(place.other, 0) == 1;
          if (canGo) {
            tx.put(place.one, 0);
          }
          runs[0]++;
          if (runs[0] == 1) {
            Actor.run("the other", () -> map.put(place.other, 0));
          }
          return canGo;
        });

    assertFalse(hasGone);
    assertEquals(2, runs[0]);
    assertEquals(1, map.get(place.one));
  }

  @Test
  void equalsAndHashCode_areOfOneMoment() throws Exception {
    ReadMostlyMap<HashKey, Integer> map = new ReadMostlyMap<>();
    Map<HashKey, Integer> some = Map.of(HashKey.in(1, "a"), 1, HashKey.in(9, "b"), 2);
    Map<HashKey, Integer> others = Map.of(HashKey.in(5, "c"), 3, HashKey.in(13, "d"), 4);
    List<Map<HashKey, Integer>> states = List.of(some, others);
    List<Integer> hashes = List.of(some.hashCode(), others.hashCode());
    map.putAll(some);

    readWhile(
        () -> {
          assertTrue(hashes.contains(map.hashCode()));
          assertTrue(states.contains(new HashMap<>(map)));
          assertTrue(states.stream().filter(map::equals).count() <= 2);
        },
        List.of(
            often(
                4_000,
                () -> {
                  replace(map, some, others);
                  replace(map, others, some);
                })));
  }

  private static void replace(
      ReadMostlyMap<HashKey, Integer> map, Map<HashKey, Integer> old, Map<HashKey, Integer> next) {
    map.atomically(tx -> {
      old.keySet().forEach(tx::remove);
      next.forEach(tx::put);
    });
  }

  // Probes without end

  /** A key that is in no order: in a crowd, it is one of a list. */
  private record Unordered(String name) {
    @Override
    public int hashCode() {
      return 1;
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void probesEnd_whileBinsAreEmptiedAndFilled(boolean ordered) throws Exception {
    ReadMostlyMap<Object, Integer> map = new ReadMostlyMap<>();
    List<Object> others = new ArrayList<>();
    for (int i = 0; i < 2 * A_CROWD; i++) {
      others.add(ordered ? new HashKey("other " + i, 1) : new Unordered("other " + i));
    }
    Object stays = ordered ? new HashKey("stays", 1) : new Unordered("stays");
    Object absent = ordered ? new HashKey("absent", 1) : new Unordered("absent");
    Object elsewhere = new HashKey("elsewhere", 7);
    map.put(stays, 0);

    readWhile(
        () -> {
          assertEquals(0, map.get(stays));
          assertNull(map.get(absent));
          assertNull(map.get(elsewhere));
          others.forEach(map::get);
        },
        List.of(
            often(
                500,
                () -> {
                  others.forEach(key -> map.put(key, 1));
                  others.forEach(map::remove);
                }),
            often(
                500,
                () -> {
                  map.atomically(tx -> others.forEach(key -> tx.put(key, 2)));
                  map.keySet().removeAll(others);
                })));

    assertEquals(0, map.get(stays));
    assertEquals(map.snapshot().size(), map.size());
  }

  // User code that calls the map

  /** A key whose {@code equals} counts itself in the map. */
  private static final class Counting extends HashKey {
    private final AtomicInteger calls;
    private final ReadMostlyMap<HashKey, Integer> map;
    private final HashKey count;

    Counting(HashKey key, AtomicInteger calls, ReadMostlyMap<HashKey, Integer> map, HashKey count) {
      super(key.toString(), key.hashCode());
      this.calls = calls;
      this.map = map;
      this.count = count;
    }

    @Override
    public boolean equals(@Nullable Object other) {
      calls.incrementAndGet();
      map.merge(count, 1, Integer::sum);
      assertTrue(map.size() >= 1);
      return super.equals(other);
    }

    @Override
    public int hashCode() {
      return super.hashCode();
    }
  }

  @Test
  void equals_mayChangeTheMap_besideWriters() throws Exception {
    ReadMostlyMap<HashKey, Integer> map = new ReadMostlyMap<>(100);
    HashKey count = HashKey.in(2, "count"); // in the same bin
    AtomicInteger calls = new AtomicInteger();
    Counting asked = new Counting(HashKey.in(2, "asked"), calls, map, count);
    List<HashKey> neighbours = HashKey.some(4, 2, "neighbour ");
    map.put(count, 0);

    readWhile(
        () -> map.get(asked),
        List.of(
            often(300, () -> map.merge(asked, 1, Integer::sum)),
            often(
                300,
                () -> {
                  neighbours.forEach(key -> map.put(key, 1));
                  map.atomically(tx -> neighbours.forEach(tx::remove));
                })));

    assertTrue(calls.get() > 300);
    assertEquals(calls.get(), map.get(count));
    assertEquals(300, map.snapshot().get(HashKey.in(2, "asked")));
  }

  @Test
  void compute_mayChangeTheMap_besideWriters() throws Exception {
    ReadMostlyMap<HashKey, Integer> map = new ReadMostlyMap<>(100);
    HashKey key = HashKey.in(2, "key");
    HashKey neighbour = HashKey.in(2, "neighbour");
    HashKey runs = HashKey.in(3, "runs"); // of the same stripe
    HashKey others = HashKey.in(9, "others");
    AtomicInteger expectedRuns = new AtomicInteger();
    for (HashKey there : List.of(key, neighbour, runs, others)) {
      map.put(there, 0);
    }

    Actor.Body compute =
        () ->
            map.compute(
                key,
                (k, value) -> {
                  expectedRuns.incrementAndGet();
                  map.merge(runs, 1, Integer::sum);
                  map.atomically(
                      tx -> tx.merge(others, tx.get(runs) == null ? 0 : 1, Integer::sum));
                  assertEquals(map.get(key) != null, map.keySet().contains(key));
                  return value == null ? 1 : value + 1;
                });
    readWhile(
        () -> assertNotNull(map.get(key)),
        List.of(
            often(1_000, compute),
            often(1_000, compute),
            often(1_000, () -> map.atomically(tx -> tx.merge(neighbour, 1, Integer::sum)))));

    assertEquals(2_000, map.get(key));
    assertEquals(1_000, map.get(neighbour));
    assertEquals(expectedRuns.get(), map.get(runs));
    assertEquals(expectedRuns.get(), map.get(others));
  }

  // Sizes

  /** Keys are exchanged for others, so that as many are there at each moment. */
  @Test
  void sizes_areExactAtEachMoment() throws Exception {
    ReadMostlyMap<HashKey, Integer> map = new ReadMostlyMap<>(100);
    List<HashKey> mine = everywhere(2, "one's ");
    List<HashKey> theirs = everywhere(2, "another's ");
    Stream.of(mine, theirs).forEach(keys -> keys.subList(0, 16).forEach(key -> map.put(key, 0)));

    readWhile(
        () -> {
          assertEquals(32, map.size());
          assertEquals(32, map.keySet().toArray().length);
          assertEquals(32, map.snapshot().size());
        },
        List.of(often(400, () -> exchange(map, mine)), often(400, () -> exchange(map, theirs))));
  }

  private static void exchange(ReadMostlyMap<HashKey, Integer> map, List<HashKey> keys) {
    for (int i = 0; i < keys.size(); i++) {
      HashKey old = keys.get(i);
      HashKey next = keys.get((i + 16) % keys.size());
      map.atomically(tx -> {
        tx.remove(old);
        tx.put(next, 1);
      });
    }
  }

  /** Who has seen a key, or put it in, counts it. */
  @Test
  void aSize_isNotLessThanWhatWasSeen() throws Exception {
    ReadMostlyMap<HashKey, Integer> map = new ReadMostlyMap<>();
    List<HashKey> keys = spread(400, "key ");

    readWhile(
        () -> {
          int seen = 0;
          while (seen < keys.size() && map.containsKey(keys.get(seen))) {
            seen++;
          }
          int before = seen;
          assertTrue(map.size() >= before, () -> "smaller than " + before);
        },
        List.of(() -> {
          for (int i = 0; i < keys.size(); i++) {
            assertEquals(i, map.size());
            assertNull(map.put(keys.get(i), i));
          }
        }));
  }

  // Iteration and removal beside writers

  /** How entries are removed by what they are. */
  enum Remover {
    OF_THE_MAP {
      @Override
      void remove(ReadMostlyMap<HashKey, Integer> map) {
        map.removeIf((key, value) -> value == DEAD);
      }
    },
    OF_ITS_ENTRIES {
      @Override
      void remove(ReadMostlyMap<HashKey, Integer> map) {
        map.entrySet().removeIf(entry -> entry.getValue() == DEAD);
      }
    },
    OF_ITS_VALUES {
      @Override
      void remove(ReadMostlyMap<HashKey, Integer> map) {
        map.values().remove(DEAD);
      }
    };

    static final int DEAD = -1;

    abstract void remove(ReadMostlyMap<HashKey, Integer> map);
  }

  /** What was dead is alive again before it could be removed; or it is not there. */
  @ParameterizedTest
  @EnumSource
  void whatHasChanged_isNotRemovedForWhatItWas(Remover remover) throws Exception {
    ReadMostlyMap<HashKey, Integer> map = new ReadMostlyMap<>();
    List<HashKey> keys = everywhere(1, "");
    keys.forEach(key -> map.put(key, 0));
    Map<HashKey, Integer> expected = new HashMap<>(map);

    readWhile(
        () -> remover.remove(map),
        List.of(() -> {
          for (int i = 1; i <= 50_000; i++) {
            HashKey key = keys.get(i % keys.size());
            assertEquals(expected.get(key), map.put(key, Remover.DEAD));
            if (!map.replace(key, Remover.DEAD, i)) {
              assertNull(map.put(key, i));
            }
            assertEquals(i, map.get(key));
            expected.put(key, i);
          }
        }));

    assertEquals(expected, map.snapshot());
  }

  @Test
  void iterators_keepToTheirMoment_besideWriters() throws Exception {
    ReadMostlyMap<HashKey, Integer> map = new ReadMostlyMap<>();
    List<HashKey> accounts = everywhere(1, "account ");
    accounts.forEach(key -> map.put(key, 100));

    readWhile(
        () -> {
          int sum = 0;
          for (int value : map.values()) {
            sum += value;
          }
          assertEquals(1_600, sum);
          assertEquals(1_600, map.entrySet().stream().mapToInt(Map.Entry::getValue).sum());
        },
        List.of(() -> {
          for (int i = 0; i < 20_000; i++) {
            HashKey from = accounts.get(i % 16);
            HashKey to = accounts.get((i + 7) % 16);
            int amount = i % 10 + 1;
            map.atomically(tx -> {
              tx.merge(from, -amount, Integer::sum);
              tx.merge(to, amount, Integer::sum);
            });
          }
        }));
  }

  // Turns

  /** How one is added to a key. */
  enum Increment {
    ON_ONE_KEY {
      @Override
      void run(ReadMostlyMap<HashKey, Integer> map, HashKey key, HashKey other) {
        map.merge(key, 1, Integer::sum);
      }
    },
    ON_TWO_KEYS {
      @Override
      void run(ReadMostlyMap<HashKey, Integer> map, HashKey key, HashKey other) {
        map.atomically(tx -> {
          tx.merge(key, 1, Integer::sum);
          tx.merge(other, 1, Integer::sum);
        });
      }
    },
    ON_ALL_KEYS {
      @Override
      void run(ReadMostlyMap<HashKey, Integer> map, HashKey key, HashKey other) {
        map.replaceAll((k, value) -> value + 1);
      }
    },
    WHERE_THE_TABLE_GROWS {
      @Override
      int expectedSize() {
        return 0;
      }

      @Override
      void run(ReadMostlyMap<HashKey, Integer> map, HashKey key, HashKey other) {
        OTHERS.forEach(another -> map.put(another, 0));
        map.merge(key, 1, Integer::sum);
        OTHERS.forEach(map::remove);
      }
    };

    /** Returns one that leaves the table as it is. */
    int expectedSize() {
      return 100;
    }

    private static final List<HashKey> OTHERS = spread(16, "another ");

    abstract void run(ReadMostlyMap<HashKey, Integer> map, HashKey key, HashKey other);
  }

  @Test
  void increments_addUp_howeverTheyAreMade() throws Exception {
    ReadMostlyMap<HashKey, Integer> map = new ReadMostlyMap<>();
    HashKey key = HashKey.in(2, "key");
    HashKey other = HashKey.in(9, "other");
    map.put(key, 0);
    List<Actor.Body> increments =
        Stream.of(Increment.values())
            .map(increment -> often(3_000, () -> increment.run(map, key, other)))
            .toList();

    readWhile(map::size, increments);

    assertEquals(3_000 * increments.size(), map.get(key));
  }

  /** Who has its turn does in two steps what others do in one. */
  @ParameterizedTest
  @EnumSource
  void nobodyIntrudes_inTheTurnOfAnother(Increment increment) throws Exception {
    ReadMostlyMap<HashKey, Integer> map = new ReadMostlyMap<>(increment.expectedSize());
    HashKey key = HashKey.in(2, "key");
    HashKey other = HashKey.in(9, "other");
    map.put(key, 0);
    map.put(other, 0);

    readWhile(
        map::size,
        List.of(
            often(10_000, () -> increment.run(map, key, other)),
            often(
                10_000,
                () ->
                    map.untilDone(
                        1,
                        () -> {
                          int before = map.getOrDefault(key, -1);
                          map.put(key, before + 1);
                          return Outcome.DONE;
                        }))));

    assertEquals(20_000, map.get(key));
  }

  @Test
  void nobodyClears_inTheTurnOfAnother() throws Exception {
    ReadMostlyMap<HashKey, Integer> map = new ReadMostlyMap<>();
    HashKey key = HashKey.in(2, "key");

    readWhile(
        map::size,
        List.of(
            often(10_000, map::clear),
            often(
                10_000,
                () ->
                    map.untilDone(
                        1,
                        () -> {
                          map.put(key, 1);
                          assertEquals(1, map.size());
                          assertEquals(1, map.remove(key));
                          return Outcome.DONE;
                        }))));
  }

  /**
   * Others who find that it is not their turn lock what it has read, and change nothing. First one
   * comes, while a key is looked up; others come while all that was read is compared, which takes
   * longer than they need to wake up.
   */
  @Test
  void whoHasItsTurn_isNotOutdatedByThoseWhoWaitForTheirs() throws Exception {
    ReadMostlyMap<HashKey, Integer> map = new ReadMostlyMap<>();
    List<HashKey> keys = spread(50_000, "key ");
    keys.forEach(key -> map.put(key, 0));
    CountDownLatch lookedUp = new CountDownLatch(1);
    CountDownLatch oneWaits = new CountDownLatch(1);
    List<Actor> writers = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      HashKey key = keys.get(i);
      CountDownLatch start = i == 0 ? lookedUp : oneWaits;
      writers.add(
          Actor.start(
              "writer " + i,
              () -> {
                start.await();
                map.merge(key, 1, Integer::sum);
              }));
    }
    Hooked last = new Hooked(new HashKey("last", 0));

    map.untilDone(
        1,
        () -> {
          MapTransaction<HashKey, Integer> tx = new MapTransaction<>(map);
          keys.forEach(tx::get);
          last.hookAt(
              2, // when it is looked for, after its stripe is known
              () -> {
                lookedUp.countDown();
                Actor.await(
                    "one waits for the turn",
                    () -> Actor.isWaitingIn("lockSoon", writers.get(0).thread()));
                oneWaits.countDown();
              });
          tx.put(last, 1);
          return tx.commit();
        });
    for (Actor writer : writers) {
      writer.join();
    }

    assertEquals(1, map.get(last));
    keys.subList(0, 4).forEach(key -> assertEquals(1, map.get(key)));
  }

  // What putAll finds changes before it is done

  /** A key that does something when it is asked for its hash. */
  private static final class Hooked extends HashKey {
    private Runnable hook = () -> {};
    private int calls;

    Hooked(HashKey key) {
      super(key.toString(), key.hashCode());
    }

    /** Runs something in one of the next calls. */
    void hookAt(int call, Runnable hook) {
      this.calls = call;
      this.hook = hook;
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return super.equals(other);
    }

    @Override
    public int hashCode() {
      calls--;
      if (calls == 0) {
        hook.run();
      }
      return super.hashCode();
    }
  }

  /** Returns a table so large that to put two keys doesn't make all bins anew. */
  private static ReadMostlyMap<HashKey, Integer> withOneBin(int size) {
    ReadMostlyMap<HashKey, Integer> map = new ReadMostlyMap<>(100);
    HashKey.some(size - 1, 2, "neighbour ").forEach(key -> map.put(key, 0));
    map.put(HashKey.in(2, "first"), 1);
    return map;
  }

  private static void putBoth(
      ReadMostlyMap<HashKey, Integer> map,
      HashKey first,
      int one,
      Hooked second,
      Runnable meanwhile) {
    Map<HashKey, Integer> both = new LinkedHashMap<>();
    both.put(first, one);
    both.put(second, 2);
    second.hookAt(1, meanwhile); // the first one has been found by then
    map.putAll(both);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, A_CROWD})
  void putAll_whoseKeysComeAndGoMeanwhile_putsBoth(int size) {
    ReadMostlyMap<HashKey, Integer> map = withOneBin(size);
    HashKey first = HashKey.in(2, "first");
    HashKey second = HashKey.in(2, "second");

    putBoth(
        map,
        first,
        5,
        new Hooked(second),
        () -> {
          map.remove(first);
          map.put(first, 9);
          map.put(second, 7);
        });

    assertEquals(5, map.get(first));
    assertEquals(2, map.get(second));
    assertEquals(size + 1, map.size());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, A_CROWD})
  void putAll_ofAValueThatIsThereUntilItIsReplacedMeanwhile_putsItBack(int size) {
    ReadMostlyMap<HashKey, Integer> map = withOneBin(size);
    HashKey first = HashKey.in(2, "first");
    HashKey second = HashKey.in(2, "second");
    List<@Nullable Integer> found = Collections.synchronizedList(new ArrayList<>());

    putBoth(
        map,
        first,
        1,
        new Hooked(second),
        () -> {
          found.add(map.replace(first, 3));
          found.add(map.get(second)); // so putAll is yet to come
        });

    assertEquals(1, found.get(0));
    assertNull(found.get(1));
    assertEquals(1, map.get(first));
    assertEquals(2, map.get(second));
  }
}
