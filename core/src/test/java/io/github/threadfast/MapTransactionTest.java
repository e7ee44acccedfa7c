package io.github.threadfast;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class MapTransactionTest {
  private static final Map<String, Integer> START = Map.of("a", 1, "b", 2, "c", 3);

  private final ReadMostlyMap<String, Integer> map =
      ReadMostlyMap.<String, Integer>builder().name("stock").build();

  private final AtomicInteger runs = new AtomicInteger();

  MapTransactionTest() {
    map.putAll(START);
  }

  private void assertUnchanged() {
    assertEquals(START, map.snapshot());
  }

  /** Lets another thread change the map, in the first run alone. */
  private void onceMeanwhile(Runnable change) {
    if (runs.incrementAndGet() == 1) {
      MapTurn.rival(change::run);
    }
  }

  @Nested
  class Alone {
    @Test
    void itReadsAndWrites_asAMapOfTheJdk() {
      Random random = new Random(7);
      for (int round = 0; round < 300; round++) {
        Map<String, Integer> model = new HashMap<>(map.snapshot());
        map.atomically(tx -> {
          for (int step = 0; step < 12; step++) {
            String key = "k" + random.nextInt(8);
            int value = random.nextInt();
            switch (random.nextInt(10)) {
              case 0 -> assertEquals(model.get(key), tx.get(key));
              case 1 -> assertEquals(model.getOrDefault(key, 5), tx.getOrDefault(key, 5));
              case 2 -> assertEquals(model.containsKey(key), tx.containsKey(key));
              case 3 -> assertEquals(model.put(key, value), tx.put(key, value));
              case 4 -> assertEquals(model.putIfAbsent(key, value), tx.putIfAbsent(key, value));
              case 5 -> assertEquals(model.replace(key, value), tx.replace(key, value));
              case 6 -> assertEquals(model.remove(key), tx.remove(key));
              case 7 ->
                  assertEquals(
                      model.compute(key, (k, v) -> v == null ? value : null),
                      tx.compute(key, (k, v) -> v == null ? value : null));
              case 8 ->
                  assertEquals(
                      model.computeIfPresent(key, (k, v) -> v % 2 == 0 ? null : v + k.length()),
                      tx.computeIfPresent(key, (k, v) -> v % 2 == 0 ? null : v + k.length()));
              default -> {
                assertEquals(
                    model.computeIfAbsent(key, k -> value % 2 == 0 ? null : value),
                    tx.computeIfAbsent(key, k -> value % 2 == 0 ? null : value));
                assertEquals(
                    model.merge(key, value, (v, w) -> v < 0 ? null : v - w),
                    tx.merge(key, value, (v, w) -> v < 0 ? null : v - w));
              }
            }
          }
        });
        assertEquals(model, map.snapshot());
        assertEquals(model.size(), map.size());
      }
    }

    @Test
    void itReturnsTheResult() {
      assertEquals(3, map.<Integer, RuntimeException>computeAtomically(tx -> tx.get("a") + 2));
      assertNull(map.<Integer, RuntimeException>computeAtomically(tx -> tx.get("x")));
      assertUnchanged();
    }

    @Test
    void whatItReadsOnly_makesNoChange() {
      Node<String, Integer>[] bins = map.bins();
      map.atomically(tx -> {
        tx.put("a", 10);
        tx.put("a", 1);
        tx.put("x", 5);
        tx.remove("x");
        tx.get("b");
      });
      assertUnchanged();
      assertSame(bins, map.bins());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 10_000})
    void manyKeys_growTheTable(int expectedSize) {
      ReadMostlyMap<Integer, Integer> large = new ReadMostlyMap<>(expectedSize);
      large.atomically(tx -> {
        for (int i = 0; i < 2_000; i++) {
          tx.put(i, -i);
        }
      });

      assertEquals(2_000, large.size());
      assertTrue(large.bins().length >= 2_048);
      for (int i = 0; i < 2_000; i++) {
        assertEquals(-i, large.get(i));
      }
    }

    @Test
    void nulls_areNamed() {
      map.atomically(tx -> {
        assertNamed("key", () -> tx.get(null));
        assertNamed("key", () -> tx.put(null, 1));
        assertNamed("key", () -> tx.remove(null));
        assertNamed("key", () -> tx.merge(null, 1, Integer::sum));
        assertNamed("value", () -> tx.put("a", null));
        assertNamed("value", () -> tx.putIfAbsent("x", null));
        assertNamed("value", () -> tx.replace("a", null));
        assertNamed("value", () -> tx.merge("a", null, Integer::sum));
        assertNamed("remapping", () -> tx.merge("absent", 1, null));
        assertNamed("remapping", () -> tx.compute("a", null));
        assertNamed("remapping", () -> tx.computeIfPresent("absent", null));
        assertNamed("mapping", () -> tx.computeIfAbsent("a", null));
        assertNamed("defaultValue", () -> tx.getOrDefault("a", null));
      });
      assertUnchanged();
    }

    private void assertNamed(String parameter, Executable call) {
      assertEquals(parameter, assertThrows(NullPointerException.class, call).getMessage());
    }
  }

  @Nested
  class Isolation {
    @Test
    void nothingIsSeenByOthers_beforeTheEnd() {
      map.atomically(tx -> {
        tx.put("a", 10);
        tx.remove("b");
        tx.put("x", 5);
        assertEquals(10, tx.get("a"));
        assertNull(tx.get("b"));
        MapTurn.rival(() -> {
          assertUnchanged();
          assertEquals(1, map.get("a"));
          assertEquals(2, map.get("b"));
          assertNull(map.get("x"));
          assertEquals(3, map.size());
          assertEquals(
              START.keySet(), Map.copyOf(map.getAll(List.of("a", "b", "c", "x"))).keySet());
        });
        assertEquals(1, map.get("a"), "nor by the same thread elsewhere");
      });

      assertEquals(Map.of("a", 10, "c", 3, "x", 5), map.snapshot());
    }

    @Test
    void whatIsThrown_leavesNothing() {
      IOException thrown =
          assertThrows(
              IOException.class,
              () ->
                  map.atomically(tx -> {
                    tx.put("a", 10);
                    tx.remove("b");
                    throw new IOException("on purpose");
                  }));
      assertEquals("on purpose", thrown.getMessage());
      assertThrows(
          StackOverflowError.class,
          () ->
              map.atomically(tx -> {
                tx.put("a", 10);
                throw new StackOverflowError();
              }));
      assertUnchanged();
    }

    @Test
    void aFunctionInsideThatThrows_leavesTheTransactionAsItWas() {
      map.atomically(tx -> {
        tx.put("a", 10);
        assertThrows(
            ArithmeticException.class, () -> tx.compute("a", (key, value) -> value / (value - 10)));
        assertEquals(10, tx.get("a"));
      });
      assertEquals(10, map.get("a"));
    }
  }

  @Nested
  class Misuse {
    private final AtomicReference<MapTransaction<String, Integer>> kept = new AtomicReference<>();

    private String message(Thread owner) {
      return "A transaction was used after its function, or on another thread than the function runs"
          + " on, which is \"%s\". Use it inside of the function alone.".formatted(owner.getName());
    }

    @Test
    void afterTheFunction_isRefused() {
      map.atomically(kept::set);

      IllegalStateException thrown =
          assertThrows(IllegalStateException.class, () -> kept.get().put("a", 10));

      assertEquals(message(Thread.currentThread()), thrown.getMessage());
      assertThrows(IllegalStateException.class, () -> kept.get().get("a"));
      assertUnchanged();
    }

    @Test
    void afterAFunctionThatThrew_isRefused() {
      assertThrows(
          IOException.class,
          () ->
              map.atomically(tx -> {
                kept.set(tx);
                throw new IOException();
              }));

      assertThrows(IllegalStateException.class, () -> kept.get().remove("a"));
    }

    @Test
    void byAnotherThread_isRefused() {
      Thread owner = Thread.currentThread();
      map.atomically(tx -> {
        tx.put("a", 10);
        MapTurn.rival(() ->
            assertEquals(
                message(owner),
                assertThrows(IllegalStateException.class, () -> tx.put("a", 20)).getMessage()));
      });
      assertEquals(10, map.get("a"));
    }

    @Test
    void ofThatOfAnEarlierRun_isRefused() {
      map.atomically(tx -> {
        if (kept.compareAndSet(null, tx)) {
          tx.get("a");
          MapTurn.rival(() -> map.put("a", 10));
          tx.put("b", 3); // so that there is something to conflict with
        } else {
          assertThrows(IllegalStateException.class, () -> kept.get().get("a"));
        }
      });
      assertEquals(Map.of("a", 10, "b", 2, "c", 3), map.snapshot());
    }
  }

  @Nested
  class Conflicts {
    @Test
    void aChangeOfWhatWasRead_makesItRunAgain() {
      map.atomically(tx -> {
        int a = tx.get("a");
        onceMeanwhile(() -> map.put("a", 10));
        tx.put("b", a + 1);
      });

      assertEquals(Map.of("a", 10, "b", 11, "c", 3), map.snapshot());
      assertEquals(2, runs.get());
    }

    @Test
    void aChangeOfWhatWasNotThere_makesItRunAgain() {
      map.atomically(tx -> {
        if (!tx.containsKey("x")) {
          onceMeanwhile(() -> map.put("x", 5));
          tx.put("y", 6);
        }
      });

      assertEquals(5, map.get("x"));
      assertFalse(map.containsKey("y"));
      assertEquals(1, runs.get(), "the second one has found it");
    }

    @Test
    void aRemovalOfWhatWasRead_makesItRunAgain() {
      map.atomically(tx -> {
        boolean isThere = tx.containsKey("a");
        onceMeanwhile(() -> map.remove("a"));
        tx.put("b", isThere ? 1 : 0);
      });

      assertEquals(Map.of("b", 0, "c", 3), map.snapshot());
    }

    @Test
    void aChangeOfWhatWasRead_isFoundAtOnce_byTheNextRead() {
      List<Integer> sums = new ArrayList<>();
      map.atomically(tx -> {
        int a = tx.get("a");
        onceMeanwhile(() ->
            map.atomically(other -> {
              other.put("a", 2);
              other.put("b", 1);
            }));
        sums.add(a + tx.get("b"));
      });

      assertEquals(List.of(3), sums, "it never gets as far as a wrong sum");
      assertEquals(2, runs.get());
    }

    @Test
    void aReadThatNothingWasMadeOf_isCheckedTooAtTheEnd() {
      int sum =
          map.computeAtomically(tx -> {
            int read = tx.get("a") + tx.get("b");
            onceMeanwhile(() ->
                map.atomically(other -> {
                  other.put("a", 20);
                  other.put("b", 10);
                }));
            return read + tx.getOrDefault("x", 0);
          });

      assertEquals(30, sum);
    }

    @Test
    void aChangeOfWhatIsNotReadYet_isNone() {
      int sum =
          map.computeAtomically(tx -> {
            int a = tx.get("a");
            onceMeanwhile(() -> map.put("b", 20)); // in the same stripe
            return a + tx.get("b");
          });

      assertEquals(21, sum);
      assertEquals(1, runs.get());
    }

    @Test
    void theSameValueAgain_isNoConflict() {
      Integer value = map.get("a");
      map.atomically(tx -> {
        tx.get("a");
        onceMeanwhile(() -> {
          map.put("a", 10);
          map.put("a", value);
        });
        tx.merge("b", tx.get("c"), Integer::sum);
      });

      assertEquals(5, map.get("b"));
      assertEquals(1, runs.get());
    }

    @Test
    void aTableMadeAnew_isNoConflict() {
      map.atomically(tx -> {
        tx.put("a", tx.get("a") + 1);
        onceMeanwhile(() -> {
          for (int i = 0; i < 1_000; i++) {
            map.put("k" + i, i);
          }
        });
        tx.put("b", tx.get("b") + 1);
      });

      assertEquals(1, runs.get());
      assertEquals(1_003, map.size());
      assertEquals(Map.of("a", 2, "b", 3), map.getAll(List.of("a", "b")));
    }

    @Test
    void theException_saysWhatToDo_andComesAgainUntilTheEnd() {
      map.atomically(tx -> {
        int a = tx.get("a");
        onceMeanwhile(() -> map.putAll(Map.of("a", 2, "b", 1)));
        if (runs.get() == 1) {
          for (int i = 0; i < 2; i++) {
            assertEquals(
                "Another thread has changed what this transaction has read. Its function is run"
                    + " again: let this exception through.",
                assertThrows(RuntimeException.class, () -> tx.get("b")).getMessage());
            assertThrows(RuntimeException.class, () -> tx.get("a"));
          }
        }
        runs.compareAndSet(1, 2);
        if (runs.get() == 2) {
          runs.incrementAndGet();
          return; // swallowed
        }
        tx.put("c", a);
      });

      assertEquals(Map.of("a", 2, "b", 1, "c", 2), map.snapshot());
    }

    @Test
    void anExceptionThatFollowsFromIt_isDropped_andTheFunctionRunAgain() throws Exception {
      map.atomically(tx -> {
        int a = tx.get("a");
        onceMeanwhile(() -> map.putAll(Map.of("a", 2, "b", 1)));
        try {
          tx.put("c", a + tx.get("b"));
        } catch (RuntimeException e) {
          throw new IOException("could not add", e);
        }
      });

      assertEquals(Map.of("a", 2, "b", 1, "c", 3), map.snapshot());
    }

    @Test
    void twoThatReadWhatTheOtherWrites_cannotBothBeFirst() throws Exception {
      CyclicBarrier bothHaveRead = new CyclicBarrier(2);
      AtomicInteger attempts = new AtomicInteger();
      List<Actor> actors = new ArrayList<>();
      for (String[] keys : List.of(new String[] {"a", "b"}, new String[] {"b", "a"})) {
        AtomicBoolean isFirstRun = new AtomicBoolean(true);
        actors.add(
            Actor.start(
                keys[0],
                () ->
                    map.atomically(tx -> {
                      attempts.incrementAndGet();
                      int read = tx.get(keys[1]);
                      if (isFirstRun.getAndSet(false)) {
                        bothHaveRead.await();
                      }
                      tx.put(keys[0], read + 10);
                    })));
      }
      for (Actor actor : actors) {
        actor.join();
      }

      Map<String, Integer> result = map.getAll(List.of("a", "b"));
      assertTrue(
          List.of(Map.of("a", 12, "b", 22), Map.of("a", 21, "b", 11)).contains(result),
          result::toString);
      assertEquals(3, attempts.get());
    }
  }

  @Nested
  class Inside {
    @Test
    void anotherTransactionOfTheSameMap_isOneOfItsOwn() {
      map.atomically(tx -> {
        tx.put("a", 10);
        map.atomically(inner -> {
          assertEquals(2, inner.get("b"));
          inner.put("x", 5);
        });
        assertEquals(5, tx.get("x"));
      });

      assertEquals(Map.of("a", 10, "b", 2, "c", 3, "x", 5), map.snapshot());
    }

    @Test
    void aTransactionOfAnotherMap_works() {
      ReadMostlyMap<String, Integer> other = new ReadMostlyMap<>();
      map.atomically(tx ->
          other.atomically(inner -> {
            inner.put("a", tx.get("a"));
            tx.put("a", 10);
          }));

      assertEquals(Map.of("a", 1), other.snapshot());
      assertEquals(10, map.get("a"));
    }
  }

  @Nested
  class UnderContention {
    @ParameterizedTest
    @ValueSource(ints = {0, 3_000}) // one lock for all bins, or many
    void noTransactionEverSeesAnotherSum_evenIfItIsRunAgain(int expectedSize) throws Exception {
      ReadMostlyMap<String, Integer> accounts = new ReadMostlyMap<>(expectedSize);
      accounts.putAll(Map.of("a", 500, "b", 500));
      AtomicBoolean isOver = new AtomicBoolean();
      List<Actor> writers = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        writers.add(
            Actor.start(
                "writer " + i,
                () -> {
                  for (int n = 0; n < 2_000; n++) {
                    int amount = n % 2 == 0 ? 1 : -1;
                    accounts.atomically(tx -> {
                      int a = tx.get("a");
                      int b = tx.get("b");
                      assertEquals(1_000, a + b, "in a writer");
                      tx.put("a", a - amount);
                      tx.put("b", b + amount);
                    });
                  }
                }));
      }
      Actor reader =
          Actor.start(
              "reader",
              () -> {
                while (!isOver.get()) {
                  accounts.atomically(tx -> {
                    int a = tx.get("a");
                    Thread.onSpinWait();
                    assertEquals(1_000, a + tx.get("b"), "in the middle");
                  });
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
      assertEquals(Map.of("a", 500, "b", 500), accounts.snapshot());
    }

    @Test
    void aFunctionIsRunFourTimesAtMost() throws Exception {
      AtomicInteger mostRuns = new AtomicInteger();
      List<Actor> writers = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        writers.add(
            Actor.start(
                "writer " + i,
                () -> {
                  for (int n = 0; n < 500; n++) {
                    int[] count = {0};
                    map.atomically(tx -> {
                      count[0]++;
                      tx.merge("a", 1, Integer::sum);
                      tx.merge("b", 1, Integer::sum);
                    });
                    mostRuns.accumulateAndGet(count[0], Math::max);
                    count[0] = 0;
                    map.merge(
                        "a",
                        1,
                        (v, w) -> {
                          count[0]++;
                          return v + w;
                        });
                    mostRuns.accumulateAndGet(count[0], Math::max);
                  }
                }));
      }
      for (Actor writer : writers) {
        writer.join();
      }

      assertTrue(mostRuns.get() <= 4, mostRuns::toString);
      assertEquals(Map.of("a", 4_001, "b", 2_002, "c", 3), map.snapshot());
    }

    /** Loses each race: the function itself lets another thread win each time. */
    @Test
    void aFunctionThatLosesEachRace_hasItsTurnTheFourthTime() throws Exception {
      List<Actor> others = new ArrayList<>();
      map.atomically(tx -> {
        int before = tx.get("a");
        assertTrue(runs.incrementAndGet() <= 4, "it is run again and again");
        Actor other = Actor.start("other " + runs, () -> map.merge("a", 100, Integer::sum));
        others.add(other);
        Actor.await(
            "the other has won, or waits for this turn",
            () -> map.get("a") != before || other.isParked());
        tx.put("a", before + 1);
      });
      for (Actor other : others) {
        other.join();
      }

      assertEquals(4, runs.get());
      assertEquals(1 + 4 * 100 + 1, map.get("a"));
    }
  }

  @Nested
  class Turns {
    @Test
    void othersWait_andRunTheirFunctionsOnce() throws Exception {
      try (MapTurn<String> turn = new MapTurn<>(map, "a")) {
        List<Actor> others =
            List.of(
                Actor.start("put", () -> map.put("b", 20)),
                Actor.start("merge", () -> map.merge("c", runs.incrementAndGet(), Integer::sum)),
                Actor.start("atomically", () -> map.atomically(tx -> tx.put("x", 5))),
                Actor.start("putAll", () -> map.putAll(Map.of("y", 6, "z", 7))),
                Actor.start("removeIf", () -> map.removeIf((key, value) -> key.equals("q"))));
        others.subList(0, 4).forEach(Actor::awaitParked);
        others.get(4).join(); // it found nothing to do
        assertEquals(Map.of("a", 3_001, "b", 2, "c", 3), map.snapshot());
        turn.join();
        for (Actor other : others) {
          other.join();
        }
      }

      assertEquals(Map.of("a", 3_002, "b", 20, "c", 4, "x", 5, "y", 6, "z", 7), map.snapshot());
    }

    @Test
    void bulkChangesWait() throws Exception {
      try (MapTurn<String> turn = new MapTurn<>(map, "a")) {
        Actor clear = Actor.start("clear", map::clear);
        clear.awaitParked();
        assertEquals(3, map.size());
        turn.join();
        clear.join();
      }
      assertEquals(Map.of(), map.snapshot());
    }

    @Test
    void readersDoNotWait() throws Exception {
      try (MapTurn<String> turn = new MapTurn<>(map, "a")) {
        assertEquals(3_001, map.get("a"));
        assertEquals(3, map.size());
        assertEquals(Map.of("b", 2, "c", 3), map.getAll(List.of("b", "c")));
        assertEquals(
            5, map.<Integer, RuntimeException>computeAtomically(tx -> tx.get("b") + tx.get("c")));
        assertEquals(3, map.values().stream().count());
        turn.join();
      }
    }

    @Test
    @SuppressWarnings("ReferenceEquality") // locks are meant
    void writersOfOtherStripesDoNotWait() throws Exception {
      ReadMostlyMap<Integer, Integer> large = new ReadMostlyMap<>(100_000);
      Integer mine = 1;
      large.put(mine, 1);
      Stripe stripe = stripeOf(large, mine);
      Integer other = 2;
      while (stripeOf(large, other).equals(stripe)) {
        other++;
      }
      try (MapTurn<Integer> turn = new MapTurn<>(large, mine)) {
        large.put(other, 2);
        assertEquals(2, large.get(other));
        turn.join();
      }
    }

    private <K> Stripe stripeOf(ReadMostlyMap<K, ?> any, K key) {
      int length = any.bins().length;
      return Bins.stripeOf(Bins.indexOf(Keys.hash(key), length), any.stripes());
    }

    @Test
    void anInterruptedWriter_goesOnWaiting_andKeepsItsStatus() throws Exception {
      AtomicBoolean wasKept = new AtomicBoolean();
      try (MapTurn<String> turn = new MapTurn<>(map, "a")) {
        Actor other =
            Actor.start(
                "other",
                () -> {
                  map.put("b", 20);
                  wasKept.set(Thread.interrupted());
                });
        other.awaitParked();
        other.thread().interrupt();
        assertEquals(2, map.get("b"));
        turn.join();
        other.join();
      }

      assertTrue(wasKept.get());
      assertEquals(20, map.get("b"));
    }

    @Test
    void aFunctionThatThrowsInItsTurn_leavesNothingTaken() throws Exception {
      MapTurn<String> turn =
          new MapTurn<>(
              "turn",
              map,
              "a",
              () -> {
                throw new IllegalArgumentException("on purpose");
              });
      Actor other = Actor.start("other", () -> map.put("b", 20));
      other.awaitParked();

      assertThrows(IllegalArgumentException.class, turn::join);
      other.join();
      assertEquals(Map.of("a", 3_001, "b", 20, "c", 3), map.snapshot());
    }

    @Test
    void ofTwoMaps_inARing_areADeadlock() throws Exception {
      ReadMostlyMap<String, Integer> other =
          ReadMostlyMap.<String, Integer>builder().name("orders").build();
      other.put("o", 1);
      AtomicReference<DeadlockException> deadlock = new AtomicReference<>();
      CountDownLatch first = new CountDownLatch(1);

      MapTurn<String> mine = new MapTurn<>("mine", map, "a", () -> other.put("x", 5));
      MapTurn<String> theirs =
          new MapTurn<>(
              "theirs",
              other,
              "o",
              () -> {
                Call.await(first);
                try {
                  map.put("x", 5);
                } catch (DeadlockException e) {
                  deadlock.set(e);
                }
              });
      mine.end();
      mine.awaitWaitingForAnother();
      first.countDown();
      theirs.join();
      mine.join();

      assertTrue(
          deadlock
              .get()
              .getMessage()
              .startsWith("Waiting for ReadMostlyMap \"stock\" would never end: \"theirs\" "),
          deadlock.get()::getMessage);
      assertEquals(2, deadlock.get().cycle().size());
      assertEquals(Map.of("o", 1 + 3_001, "x", 5), other.snapshot());
      assertFalse(map.containsKey("x"));
    }
  }
}
