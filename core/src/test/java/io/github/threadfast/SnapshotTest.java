package io.github.threadfast;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.threadfast.Snapshot.Change;
import io.github.threadfast.Snapshot.Versioned;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class SnapshotTest {
  private static final Duration LONG = Duration.ofSeconds(20);

  private final Snapshot<String> snapshot = Snapshot.of("motto", "a");

  private long version() {
    return snapshot.versioned().version();
  }

  private void assertUnchanged() {
    assertEquals(new Versioned<>(0, "a"), snapshot.versioned());
  }

  private static void assertMessage(String expected, Throwable thrown) {
    assertEquals(expected, thrown.getMessage());
  }

  @Nested
  class Verbs {
    @Test
    void get_returnsTheValue() {
      assertEquals("a", snapshot.get());
    }

    @Test
    void set_replacesIt() {
      snapshot.set("b");

      assertEquals(new Versioned<>(1, "b"), snapshot.versioned());
    }

    @Test
    void getAndSet_returnsTheOldOne() {
      assertEquals("a", snapshot.getAndSet("b"));
      assertEquals("b", snapshot.get());
    }

    @Test
    void update_returnsTheNewOne() {
      assertEquals("a!", snapshot.update(s -> s + "!"));
      assertEquals("a!", snapshot.get());
    }

    @Test
    void getAndUpdate_returnsTheOldOne() {
      assertEquals("a", snapshot.getAndUpdate(s -> s + "!"));
      assertEquals("a!", snapshot.get());
    }

    @Test
    void modify_returnsTheResult() {
      int length = snapshot.modify(s -> new Change<>(s + "!", s.length()));

      assertEquals(1, length);
      assertEquals("a!", snapshot.get());
    }

    @Test
    void modify_mayReturnNull() {
      assertNull(snapshot.<Object, RuntimeException>modify(s -> new Change<>("b", null)));
    }

    @Test
    void compareAndSet_replacesWhatIsExpected() {
      assertTrue(snapshot.compareAndSet("a", "b"));
      assertFalse(snapshot.compareAndSet("a", "c"));
      assertEquals(new Versioned<>(1, "b"), snapshot.versioned());
    }

    @Test
    @SuppressWarnings("StringOperationCanBeSimplified") // another instance
    void compareAndSet_goesByIdentity() {
      assertFalse(snapshot.compareAndSet(new String("a"), "b"));
      assertUnchanged();
    }

    @Test
    void compareVersionAndSet_isNotDeceivedByAnOldValue() {
      Versioned<String> seen = snapshot.versioned();
      snapshot.set("b");
      snapshot.set(seen.value());

      assertFalse(snapshot.compareVersionAndSet(seen.version(), "c"));
      assertTrue(snapshot.compareVersionAndSet(2, "c"));
      assertEquals(new Versioned<>(3, "c"), snapshot.versioned());
    }
  }

  @Nested
  class TheSameInstance {
    private final AtomicInteger calls = new AtomicInteger();

    @Test
    void isNoChange_whicheverMethodBringsIt() {
      snapshot.onEveryChange(Runnable::run, (before, after) -> calls.incrementAndGet());

      snapshot.set("a");
      snapshot.getAndSet("a");
      snapshot.update(s -> s);
      snapshot.getAndUpdate(s -> s);
      assertTrue(snapshot.compareAndSet("a", "a"));
      assertTrue(snapshot.compareVersionAndSet(0, "a"));
      String result = snapshot.modify(s -> new Change<>(s, "result"));

      assertEquals("result", result);
      assertUnchanged();
      assertEquals(0, calls.get());
    }

    @Test
    @SuppressWarnings("StringOperationCanBeSimplified") // another instance
    void isNotAnEqualOne() {
      snapshot.onEveryChange(Runnable::run, (before, after) -> calls.incrementAndGet());

      snapshot.set(new String("a"));

      assertEquals(1, version());
      assertEquals(1, calls.get());
    }
  }

  @Nested
  class Bounds {
    /** Loses every race: the function itself lets another thread win each time. */
    @Test
    void aFunctionThatLosesEachRace_isRunNoMoreThanFourTimes() throws Exception {
      Snapshot<Long> number = Snapshot.of(0L);
      AtomicInteger runs = new AtomicInteger();
      List<Actor> others = new ArrayList<>();

      number.update(n -> {
        assertTrue(runs.incrementAndGet() <= Snapshot.MOST_RUNS, "it is run again and again");
        Actor other = Actor.start("other " + runs, () -> number.update(m -> m + 1));
        others.add(other);
        Actor.await(
            "the other has won, or waits for this turn",
            () -> number.versioned().version() > n || other.isParked());
        return n + 1;
      });
      for (Actor other : others) {
        other.join();
      }

      assertEquals(Snapshot.MOST_RUNS, runs.get());
      assertEquals(4, Snapshot.MOST_RUNS);
      assertEquals(4 + 1, number.get()); // three have won, one has waited, and this one
    }

    @Test
    void whoSeesThatItIsAnothersTurn_runsItsFunctionOnceOnly() throws Exception {
      AtomicInteger runs = new AtomicInteger();
      try (Turn turn = new Turn(snapshot)) {
        Actor other = Actor.start("other", () -> snapshot.update(s -> s + runs.incrementAndGet()));
        turn.awaitWaiting(1);
        assertEquals(0, runs.get());
        turn.end();
        other.join();
      }

      assertEquals(1, runs.get());
      assertEquals("a after1", snapshot.get());
    }

    @Test
    void readersDoNotWait_whileAFunctionHasItsTurn() throws Exception {
      View<Integer> length = snapshot.view(String::length);
      try (Turn turn = new Turn(snapshot)) {
        assertEquals("a", snapshot.get());
        assertEquals("a", snapshot.versioned().value());
        assertEquals(1, length.get());
        assertEquals("a", snapshot.await(s -> true));
        assertFalse(snapshot.compareAndSet("b", "c"));
        assertFalse(snapshot.compareVersionAndSet(1, "c"));
        turn.end();
      }
    }

    @Test
    void aFunctionThatFailsInItsTurn_changesNothingAndLetsTheOthersGoOn() throws Exception {
      Turn turn = new Turn(snapshot);
      long before = version();
      Actor other = Actor.start("other", () -> snapshot.set("b"));
      turn.awaitWaiting(1);

      turn.fail(new IOException("broken"));

      assertMessage("broken", assertThrows(IOException.class, turn::join));
      other.join();
      assertEquals(new Versioned<>(before + 1, "b"), snapshot.versioned());
    }

    @Test
    void aFunctionThatFailsInItsTurn_keepsNoChangeFromListeners() throws Exception {
      Turn turn = new Turn(snapshot);
      List<String> heard = new ArrayList<>();
      snapshot.onEveryChange(Runnable::run, (old, now) -> heard.add(old + ">" + now));

      turn.fail(new IOException("broken"));
      assertThrows(IOException.class, turn::join);
      snapshot.set("b");

      assertEquals(List.of("a>b"), heard);
    }

    @Test
    void anUpdateThatChangesNothingInItsTurn_isNoChange() throws Exception {
      Turn turn = new Turn(snapshot);
      Versioned<String> before = snapshot.versioned();
      List<String> heard = new ArrayList<>();
      snapshot.onEveryChange(Runnable::run, (old, now) -> heard.add(now));

      turn.end("a");
      turn.join();

      assertEquals(before, snapshot.versioned());
      snapshot.set("b");
      assertEquals(List.of("b"), heard);
    }

    @Test
    void aChangeThatIsMadeInATurn_isHeardOf() throws Exception {
      Turn turn = new Turn(snapshot);
      List<String> heard = new ArrayList<>();
      snapshot.onEveryChange(Runnable::run, (old, now) -> heard.add(old + ">" + now));

      turn.end();
      turn.join();
      snapshot.set("b");

      assertEquals(List.of("a>a after", "a after>b"), heard);
    }

    @Test
    void aWaitForATurn_keepsTheInterruptStatus() throws Exception {
      Turn turn = new Turn(snapshot);
      AtomicReference<Boolean> kept = new AtomicReference<>();
      Actor other =
          Actor.start(
              "other",
              () -> {
                snapshot.set("b");
                kept.set(Thread.interrupted());
              });
      turn.awaitWaiting(1);
      other.thread().interrupt();
      turn.end();
      other.join();

      assertEquals(true, kept.get());
      assertEquals("b", snapshot.get());
    }
  }

  @Nested
  class Failures {
    @Test
    void whatAFunctionThrows_reachesTheCaller_andChangesNothing() {
      IOException broken = new IOException("broken");

      assertSame(
          broken,
          assertThrows(
              IOException.class,
              () ->
                  snapshot.update(s -> {
                    throw broken;
                  })));
      assertThrows(
          StackOverflowError.class,
          () ->
              snapshot.modify(s -> {
                throw new StackOverflowError();
              }));
      assertThrows(
          IOException.class,
          () ->
              snapshot.getAndUpdate(s -> {
                throw broken;
              }));
      assertUnchanged();
    }

    @Test
    void aFunctionThatReturnsNull_changesNothing() {
      assertMessage(
          "updater returned null for Snapshot \"motto\", which keeps its value.",
          assertThrows(NullPointerException.class, () -> snapshot.update(s -> null)));
      assertThrows(NullPointerException.class, () -> snapshot.getAndUpdate(s -> null));
      assertMessage(
          "modifier returned null for Snapshot \"motto\", which keeps its value.",
          assertThrows(NullPointerException.class, () -> snapshot.modify(s -> null)));
      assertMessage(
          "value",
          assertThrows(
              NullPointerException.class, () -> snapshot.modify(s -> new Change<>(null, 1))));
      assertUnchanged();
    }

    @Test
    void aNullArgument_isNamed() {
      assertAll(
          () -> assertNull("value", () -> Snapshot.of(null)),
          () -> assertNull("name", () -> Snapshot.of(null, "a")),
          () -> assertNull("value", () -> snapshot.set(null)),
          () -> assertNull("value", () -> snapshot.getAndSet(null)),
          () -> assertNull("updater", () -> snapshot.update(null)),
          () -> assertNull("updater", () -> snapshot.getAndUpdate(null)),
          () -> assertNull("modifier", () -> snapshot.modify(null)),
          () -> assertNull("expected", () -> snapshot.compareAndSet(null, "b")),
          () -> assertNull("value", () -> snapshot.compareAndSet("a", null)),
          () -> assertNull("value", () -> snapshot.compareVersionAndSet(0, null)),
          () -> assertNull("condition", () -> snapshot.await(null)),
          () -> assertNull("timeout", () -> snapshot.await(s -> true, null)),
          () -> assertNull("executor", () -> snapshot.onEveryChange(null, (a, b) -> {})),
          () -> assertNull("listener", () -> snapshot.onEveryChange(Runnable::run, null)),
          () -> assertNull("executor", () -> snapshot.onLatestChange(null, (a, b) -> {})),
          () -> assertNull("listener", () -> snapshot.onLatestChange(Runnable::run, null)),
          () -> assertNull("derivation", () -> snapshot.view(null)),
          () -> assertNull("first", () -> Snapshot.combine(null, snapshot, (a, b) -> a)),
          () -> assertNull("second", () -> Snapshot.combine(snapshot, null, (a, b) -> a)),
          () -> assertNull("derivation", () -> Snapshot.combine(snapshot, snapshot, null)),
          () -> assertNull("name", () -> Snapshot.builder("a").name(null)),
          () -> assertNull("invariant", () -> Snapshot.builder("a").invariant(null)));
      assertUnchanged();
    }

    private void assertNull(String parameter, org.junit.jupiter.api.function.Executable call) {
      assertMessage(parameter, assertThrows(NullPointerException.class, call));
    }

    @Test
    void aFunctionThatChangesItsOwnSnapshot_isToldSo() {
      DeadlockException thrown =
          assertThrows(
              DeadlockException.class,
              () ->
                  snapshot.update(s -> {
                    snapshot.set("nested");
                    return "outer";
                  }));

      assertMessage(
          """
          Snapshot "motto" was changed from inside its own update on thread "%s". Such an update would \
          never get done, since it makes itself outdated. The nested change was made, the outer one \
          was not. Do both in one update, or one after the other.\
          """
              .formatted(Thread.currentThread().getName()),
          thrown);
      assertEquals(new Versioned<>(1, "nested"), snapshot.versioned());
    }

    /** Else it would be told only when it happens to have its turn. */
    @Test
    void aFunctionThatChangesItsOwnSnapshot_isToldSo_thoughItReturnsTheOldValue() {
      assertThrows(
          DeadlockException.class,
          () ->
              snapshot.update(s -> {
                snapshot.set("nested");
                return s;
              }));

      assertEquals(new Versioned<>(1, "nested"), snapshot.versioned());
    }

    @Test
    void aFunctionThatChangesItsOwnSnapshotInItsTurn_isToldSo() throws Exception {
      AtomicInteger runs = new AtomicInteger();
      Actor.run(
          "writer",
          () -> {
            DeadlockException thrown =
                assertThrows(
                    DeadlockException.class,
                    () ->
                        snapshot.update(s -> {
                          if (runs.incrementAndGet() < Snapshot.MOST_RUNS) {
                            Actor.run("rival", () -> snapshot.update(r -> r + "."));
                          } else {
                            snapshot.set("nested");
                          }
                          return "outer";
                        }));
            assertTrue(
                thrown.getMessage().contains("The nested change was not made."),
                thrown::getMessage);
          });

      assertEquals(new Versioned<>(3, "a..."), snapshot.versioned());
      snapshot.set("b"); // nobody is left inside
      assertEquals("b", snapshot.get());
    }

    @Test
    void aFunctionMayReadItsSnapshot_andChangeOthers() {
      Snapshot<String> other = Snapshot.of("other", "x");

      snapshot.update(s -> other.update(x -> x + snapshot.get()));

      assertEquals("xa", snapshot.get());
    }

    @Test
    void twoWritersThatWaitForEachOthersTurn_areToldSo() throws Exception {
      Snapshot<String> other = Snapshot.of("other", "x");
      CyclicBarrier bothHaveTheirTurns = new CyclicBarrier(2);
      AtomicInteger deadlocks = new AtomicInteger();
      class Crossing {
        void change(Snapshot<String> mine, Snapshot<String> theirs) throws Exception {
          AtomicInteger runs = new AtomicInteger();
          try {
            mine.update(s -> {
              if (runs.incrementAndGet() < Snapshot.MOST_RUNS) {
                Actor.run("rival", () -> mine.update(r -> r + "."));
                return "lost";
              }
              bothHaveTheirTurns.await();
              theirs.set("crossed");
              return s + "changed";
            });
          } catch (DeadlockException deadlock) {
            deadlocks.incrementAndGet();
            assertEquals(2, deadlock.cycle().size());
          }
        }
      }
      Actor one = Actor.start("one", () -> new Crossing().change(snapshot, other));
      Actor two = Actor.start("two", () -> new Crossing().change(other, snapshot));
      one.join();
      two.join();

      assertEquals(1, deadlocks.get());
    }
  }

  @Nested
  class Invariants {
    private final Snapshot<Integer> even =
        Snapshot.builder(0).name("even").invariant(n -> n % 2 == 0).build();

    @Test
    void refuseAValue_beforeAnybodySeesIt() {
      List<Integer> heard = new ArrayList<>();
      even.onEveryChange(Runnable::run, (before, after) -> heard.add(after));

      assertMessage(
          "The invariant of Snapshot \"even\" does not hold after the change. The value is unchanged.",
          assertThrows(InvariantException.class, () -> even.set(1)));
      assertThrows(InvariantException.class, () -> even.update(n -> n + 1));
      assertThrows(InvariantException.class, () -> even.getAndUpdate(n -> n + 1));
      assertThrows(InvariantException.class, () -> even.compareAndSet(0, 1));
      assertThrows(InvariantException.class, () -> even.compareVersionAndSet(0L, 1));
      assertThrows(InvariantException.class, () -> even.modify(n -> new Change<>(n + 1, "result")));

      assertEquals(new Versioned<>(0, 0), even.versioned());
      assertEquals(List.of(), heard);
    }

    @Test
    void areNotAskedWhereNothingIsExpectedToChange() {
      assertFalse(even.compareAndSet(2, 1));
      assertFalse(even.compareVersionAndSet(7L, 1));
    }

    @Test
    void thatThrow_refuseTheValueToo() {
      ArithmeticException unknown = new ArithmeticException();
      Snapshot<Integer> strange =
          Snapshot.builder(0)
              .invariant(n -> {
                if (n == 0) {
                  return true;
                }
                throw unknown;
              })
              .build();

      assertSame(unknown, assertThrows(InvariantException.class, () -> strange.set(1)).getCause());
      assertEquals(0, strange.get());
    }

    @Test
    void holdOfTheFirstValue() {
      assertMessage(
          "The invariant does not hold of the first value. Begin with a value of which it does.",
          assertThrows(
              IllegalArgumentException.class,
              () -> Snapshot.builder(1).invariant(n -> n == 0).build()));
    }

    /** An old value comes back while the new one is being looked at. */
    @Test
    void areAskedBeforeTheVersionIsCompared() {
      AtomicReference<Snapshot<String>> self = new AtomicReference<>();
      self.set(
          Snapshot.builder("a")
              .invariant(s -> {
                if (s.equals("c")) {
                  runQuietly(
                      "rival",
                      () -> {
                        self.get().set("b");
                        self.get().set("a");
                      });
                }
                return true;
              })
              .build());

      assertFalse(self.get().compareVersionAndSet(0, "c"));
      assertEquals(new Versioned<>(2, "a"), self.get().versioned());
    }

    @Test
    void thatChangeTheSnapshot_areToldSo() {
      AtomicReference<Snapshot<Integer>> self = new AtomicReference<>();
      self.set(
          Snapshot.builder(0)
              .invariant(n -> {
                if (n == 1) {
                  self.get().set(2);
                }
                return true;
              })
              .build());

      assertThrows(DeadlockException.class, () -> self.get().set(1));
      assertEquals(2, self.get().get());
    }
  }

  @Nested
  class Listeners {
    private final List<String> heard = new ArrayList<>();

    private void hear(String before, String after) {
      heard.add(before + ">" + after);
    }

    @Test
    void hearOfEachChange_withTheValueBefore() {
      snapshot.set("unheard");
      snapshot.onEveryChange(Runnable::run, this::hear);

      snapshot.set("b");
      snapshot.update(s -> s + "c");
      snapshot.compareVersionAndSet(3, "d");

      assertEquals(List.of("unheard>b", "b>bc", "bc>d"), heard);
    }

    @Test
    void areNotToldOfWhatComesAfterTheirClose() {
      Subscription subscription = snapshot.onEveryChange(Runnable::run, this::hear);
      snapshot.set("b");
      subscription.close();
      subscription.close();

      snapshot.set("c");

      assertEquals(List.of("a>b"), heard);
      assertEquals("Subscription[Snapshot \"motto\", closed]", subscription.toString());
    }

    @Test
    void mayCloseThemselves() {
      AtomicReference<Subscription> subscription = new AtomicReference<>();
      subscription.set(
          snapshot.onEveryChange(
              Runnable::run,
              (before, after) -> {
                hear(before, after);
                subscription.get().close();
              }));

      snapshot.set("b");
      snapshot.set("c");

      assertEquals(List.of("a>b"), heard);
    }

    @Test
    void mayChangeTheSnapshot_andHearOfThatNext() {
      snapshot.onEveryChange(
          Runnable::run,
          (before, after) -> {
            hear(before, after);
            if (after.length() < 3) {
              snapshot.update(s -> s + "!");
            }
            hear("end of", after);
          });

      snapshot.set("b");

      assertEquals(List.of("a>b", "end of>b", "b>b!", "end of>b!", "b!>b!!", "end of>b!!"), heard);
    }

    @Test
    void ofTheLatestChange_mayChangeTheSnapshot_andHearOfThatNext() {
      snapshot.onLatestChange(
          Runnable::run,
          (before, after) -> {
            hear(before, after);
            if (after.equals("b")) {
              snapshot.set("c");
            }
          });

      snapshot.set("b");

      assertEquals(List.of("a>b", "b>c"), heard);
    }

    @Test
    void thatThrow_hurtNobody() throws Exception {
      List<Throwable> uncaught = new ArrayList<>();
      Actor writer =
          Actor.start(
              "writer",
              () -> {
                Thread.currentThread().setUncaughtExceptionHandler((t, e) -> uncaught.add(e));
                snapshot.onEveryChange(
                    Runnable::run,
                    (before, after) -> {
                      hear("first: " + before, after);
                      throw new IllegalStateException("listener");
                    });
                snapshot.onEveryChange(
                    Runnable::run,
                    (before, after) -> {
                      throw new StackOverflowError("listener");
                    });
                snapshot.onEveryChange(
                    Runnable::run, (before, after) -> hear("last: " + before, after));
                assertEquals("b", snapshot.update(s -> "b"));
                snapshot.set("c");
              });
      writer.join();

      assertEquals(List.of("first: a>b", "last: a>b", "first: b>c", "last: b>c"), heard);
      assertEquals(
          List.of(
              "IllegalStateException",
              "StackOverflowError",
              "IllegalStateException",
              "StackOverflowError"),
          uncaught.stream().map(e -> e.getClass().getSimpleName()).toList());
    }

    @Test
    void whoseExecutorRefuses_hearOfAllWithTheNextChange() throws Exception {
      List<Throwable> uncaught = new ArrayList<>();
      AtomicInteger refusals = new AtomicInteger(2);
      Actor.run(
          "writer",
          () -> {
            Thread.currentThread().setUncaughtExceptionHandler((t, e) -> uncaught.add(e));
            snapshot.onEveryChange(
                task -> {
                  if (refusals.getAndDecrement() > 0) {
                    throw new RejectedExecutionException("busy");
                  }
                  task.run();
                },
                this::hear);

            assertEquals("b", snapshot.update(s -> "b"));
            snapshot.set("c");
            assertEquals(List.of(), heard);
            snapshot.set("d");
          });

      assertEquals(List.of("a>b", "b>c", "c>d"), heard);
      assertEquals(2, uncaught.size());
    }

    @Test
    void ofTheLatestChange_hearOfManyAsOne() {
      Queue<Runnable> tasks = new ArrayDeque<>();
      snapshot.onLatestChange(tasks::add, this::hear);

      snapshot.set("b");
      snapshot.set("c");
      assertEquals(1, tasks.size());
      tasks.remove().run();
      snapshot.set("d");
      tasks.remove().run();

      assertEquals(List.of("a>c", "c>d"), heard);
    }

    @Test
    void ofEveryChange_hearOfThemAll_thoughTheExecutorIsSlow() {
      Queue<Runnable> tasks = new ArrayDeque<>();
      snapshot.onEveryChange(tasks::add, this::hear);

      snapshot.set("b");
      snapshot.set("c");
      assertEquals(1, tasks.size());
      tasks.remove().run();

      assertEquals(List.of("a>b", "b>c"), heard);
    }

    @Test
    void thatBlock_holdUpNobody() throws Exception {
      CountDownLatch inside = new CountDownLatch(1);
      CountDownLatch end = new CountDownLatch(1);
      ExecutorService executor = Executors.newSingleThreadExecutor();
      snapshot.onEveryChange(
          executor,
          (before, after) -> {
            inside.countDown();
            awaitQuietly(end);
          });
      snapshot.set("b");
      inside.await();

      snapshot.onEveryChange(Runnable::run, this::hear);
      snapshot.set("c");

      assertEquals("c", snapshot.get());
      assertEquals(List.of("b>c"), heard);
      end.countDown();
      executor.shutdown();
    }

    /** An executor that is shut down, or that drops what it has taken, never runs it. */
    @Test
    void thatAreClosed_keepNoValues_thoughTheExecutorNeverRunsThem() {
      Snapshot<Object> objects = Snapshot.of(new Object());
      List<Runnable> neverRun = new ArrayList<>();
      Subscription closed = objects.onEveryChange(neverRun::add, (before, after) -> {});
      objects.onEveryChange(Runnable::run, (before, after) -> {});
      objects.set(new Object());
      WeakReference<Object> collected = new WeakReference<>(objects.get());

      closed.close();
      objects.set(new Object());
      objects.set(new Object());

      awaitCollected(collected);
      assertEquals(1, neverRun.size());
    }

    /** What was not told yet is kept: a closed subscription must not hold on to it. */
    @Test
    void thatAreClosed_keepNoValues() {
      Snapshot<Object> objects = Snapshot.of(new Object());
      Subscription closed = objects.onEveryChange(Runnable::run, (before, after) -> {});
      Subscription open = objects.onEveryChange(Runnable::run, (before, after) -> {});
      Object value = new Object();
      objects.set(value);
      closed.close();
      WeakReference<Object> collected = new WeakReference<>(value);
      value = null;

      objects.set(new Object());
      objects.set(new Object());

      awaitCollected(collected);
      assertEquals("Subscription[Snapshot <Object>]", open.toString());
      assertEquals("Subscription[Snapshot <Object>, closed]", closed.toString());
    }
  }

  private static void awaitCollected(WeakReference<?> reference) {
    Actor.await(
        "it is collected",
        () -> {
          System.gc();
          return reference.get() == null;
        });
  }

  private static void runQuietly(String name, Actor.Body body) {
    try {
      Actor.run(name, body);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Nested
  class Waiting {
    @Test
    void await_returnsAtOnce_whenTheConditionHolds() throws Exception {
      assertEquals("a", snapshot.await(s -> s.equals("a")));
      assertEquals("a", snapshot.await(s -> s.equals("a"), Duration.ZERO));
    }

    @Test
    void await_doesNotMissAValueThatIsGoneAtOnce() throws Exception {
      AtomicReference<String> found = new AtomicReference<>();
      CountDownLatch looked = new CountDownLatch(1);
      Actor waiting =
          Actor.start(
              "waiting",
              () ->
                  found.set(
                      snapshot.await(
                          s -> {
                            looked.countDown();
                            return s.equals("b");
                          },
                          LONG)));
      Call.await(looked); // or it might begin with what comes after "b"

      snapshot.set("b");
      snapshot.set("c");
      waiting.join();

      assertEquals("b", found.get());
      assertEquals("Snapshot[\"motto\", version 2]", snapshot.toString());
    }

    @Test
    void await_seesEachVersionOnce_inOrder() throws Exception {
      List<String> seen = new ArrayList<>();
      Actor waiting =
          Actor.start(
              "waiting",
              () ->
                  snapshot.await(s -> {
                    seen.add(s);
                    return s.equals("99");
                  }));
      Actor.await("it follows", () -> snapshot.toString().contains("1 following"));

      for (int i = 0; i < 100; i++) {
        snapshot.set(String.valueOf(i));
      }
      waiting.join();

      List<String> all = new ArrayList<>(List.of("a"));
      IntStream.range(0, 100).forEach(i -> all.add(String.valueOf(i)));
      int first = all.indexOf(seen.get(0)); // it may have begun after a few changes
      assertEquals(all.subList(first, all.size()), seen);
    }

    @Test
    void await_thatIsInterrupted_throws() throws Exception {
      AtomicReference<Throwable> thrown = new AtomicReference<>();
      Actor waiting =
          Actor.start(
              "waiting",
              () ->
                  thrown.set(
                      assertThrows(InterruptedException.class, () -> snapshot.await(s -> false))));
      waiting.awaitParked();
      waiting.thread().interrupt();
      waiting.join();

      assertEquals("Snapshot[\"motto\", version 0]", snapshot.toString());
    }

    @Test
    void await_ofAnInterruptedThread_throwsBeforeItLooks() {
      Thread.currentThread().interrupt();

      assertThrows(InterruptedException.class, () -> snapshot.await(s -> true));
      assertFalse(Thread.interrupted());
    }

    @Test
    void await_endsInTime() {
      TimeoutException thrown =
          assertThrows(
              TimeoutException.class, () -> snapshot.await(s -> false, Duration.ofMillis(20)));

      assertMessage(
          """
          The condition on Snapshot "motto" did not hold within PT0.02S. Wait longer, or see why no \
          change makes it so.\
          """,
          thrown);
      assertThrows(
          IllegalArgumentException.class, () -> snapshot.await(s -> true, Duration.ofMillis(-1)));
    }

    /** Each look brings another value, so that there is never anything to wait for. */
    @Test
    void await_endsInTime_howeverFastTheValueIsChanged() {
      long muchLater = System.nanoTime() + LONG.toNanos();
      assertThrows(
          TimeoutException.class,
          () ->
              snapshot.await(
                  s -> {
                    assertTrue(System.nanoTime() < muchLater, "it has not ended");
                    snapshot.update(t -> t.isEmpty() ? "." : "");
                    return false;
                  },
                  Duration.ofMillis(20)));
    }

    @Test
    void await_looksAtWhatCameInTime_thoughTheTimeIsUp() throws Exception {
      snapshot.await(
          s -> {
            if (s.equals("a")) {
              snapshot.set("b");
              snapshot.set("c");
            }
            return s.equals("c");
          },
          Duration.ZERO);
    }

    @Test
    void await_thatIsInterrupted_throws_howeverFastTheValueIsChanged() {
      AtomicInteger looks = new AtomicInteger();
      assertThrows(
          InterruptedException.class,
          () ->
              snapshot.await(s -> {
                assertTrue(looks.incrementAndGet() < 100, "it has not ended");
                snapshot.update(t -> t.isEmpty() ? "." : "");
                Thread.currentThread().interrupt();
                return false;
              }));
    }

    /** The writer is kept by a listener that it runs itself. */
    @Test
    void await_doesNotWaitForAListenerThatBlocks() throws Exception {
      CountDownLatch found = new CountDownLatch(1);
      snapshot.onEveryChange(Runnable::run, (before, after) -> awaitQuietly(found));
      Actor waiting =
          Actor.start(
              "waiting",
              () -> {
                snapshot.await(s -> s.equals("b"));
                found.countDown();
              });
      waiting.awaitParked();

      Actor.run("writer", () -> snapshot.set("b"));

      waiting.join();
    }

    @Test
    void aConditionThatThrows_endsOnlyItsOwnWait() throws Exception {
      Actor other = Actor.start("other", () -> snapshot.await(s -> s.equals("b"), LONG));
      Actor.await("it follows", () -> snapshot.toString().contains("1 following"));

      assertThrows(
          ArithmeticException.class,
          () ->
              snapshot.await(s -> {
                throw new ArithmeticException();
              }));
      snapshot.set("b");
      other.join();
    }

    @Test
    void aConditionMayChangeTheSnapshot() throws Exception {
      assertEquals(
          "a!!",
          snapshot.await(s -> {
            if (s.length() < 3) {
              snapshot.update(t -> t + "!");
            }
            return s.length() == 3;
          }));
    }

    @Test
    void await_insideOnesOwnTurn_isToldSo() throws Exception {
      AtomicInteger runs = new AtomicInteger();
      Actor.run(
          "writer",
          () ->
              assertThrows(
                  DeadlockException.class,
                  () ->
                      snapshot.update(s -> {
                        if (runs.incrementAndGet() < Snapshot.MOST_RUNS) {
                          Actor.run("rival", () -> snapshot.update(r -> r + "."));
                          return "lost";
                        }
                        return snapshot.await(t -> false);
                      })));
      assertEquals("a...", snapshot.get());
    }

    @Test
    void virtualThreads_mayWaitInGreatNumbers() throws Exception {
      List<Actor> waiting = new ArrayList<>();
      for (int i = 0; i < 1_000; i++) {
        waiting.add(
            Actor.start(
                VirtualThreads.factory(), "v" + i, () -> snapshot.await(s -> s.equals("b"), LONG)));
      }
      Actor.await("all follow", () -> snapshot.toString().contains("1000 following"));
      snapshot.set("b");
      for (Actor one : waiting) {
        one.join();
      }
    }
  }

  @Nested
  class Views {
    private final AtomicInteger runs = new AtomicInteger();
    private final View<Integer> length =
        snapshot.view(s -> {
          runs.incrementAndGet();
          return s.length();
        });

    @Test
    void areComputedWhenAskedFor_andOncePerVersion() {
      assertEquals(0, runs.get());
      assertEquals(1, length.get());
      assertEquals(1, length.get());
      assertEquals(1, runs.get());

      snapshot.set("bbb");
      snapshot.set("bb");
      assertEquals(1, runs.get());
      assertEquals(2, length.get());
      assertEquals(2, runs.get());
    }

    @Test
    void ofAView_areComputedOnceToo() {
      View<Boolean> isShort = length.view(n -> n < 2);

      assertTrue(isShort.get());
      assertTrue(isShort.get());
      assertEquals(1, length.get());
      assertEquals(1, runs.get());
    }

    @Test
    void ofOneSnapshot_thatAreCombined_areOfOneVersion() {
      View<String> upper = snapshot.view(String::toUpperCase);
      View<String> both = Snapshot.combine(upper, length, (u, n) -> u + n);

      assertEquals("A1", both.get());
      snapshot.set("bb");
      assertEquals("BB2", both.get());
      assertEquals(2, runs.get());
    }

    @Test
    void ofTwoSnapshots_followBoth() {
      Snapshot<Integer> times = Snapshot.of(2);
      AtomicInteger combinations = new AtomicInteger();
      View<String> repeated =
          Snapshot.combine(
              snapshot,
              times,
              (s, n) -> {
                combinations.incrementAndGet();
                return s.repeat(n);
              });

      assertEquals("aa", repeated.get());
      times.set(3);
      assertEquals("aaa", repeated.get());
      snapshot.set("b");
      assertEquals("bbb", repeated.get());
      assertEquals("bbb", repeated.get());
      assertEquals(3, combinations.get());
      assertEquals("View[Snapshot \"motto\" and Snapshot <Integer>]", repeated.toString());
    }

    @Test
    void ofASnapshotAndItself_isComputed() {
      assertEquals("aa", Snapshot.combine(snapshot, snapshot, String::concat).get());
    }

    @Test
    void thatFail_failUntilTheNextVersion_andAreNotTriedAgain() {
      View<Integer> number =
          snapshot.view(s -> {
            runs.incrementAndGet();
            return Integer.parseInt(s);
          });

      NumberFormatException first = assertThrows(NumberFormatException.class, number::get);
      assertSame(first, assertThrows(NumberFormatException.class, number::get));
      assertEquals(1, runs.get());
      snapshot.set("7");
      assertEquals(7, number.get());
    }

    @Test
    void thatReturnNull_haveFailed() {
      View<Object> nothing = snapshot.view(s -> null);

      assertMessage(
          """
          initializer returned null for View of Snapshot "motto", which stays uninitialized. Return \
          what stands for nothing, such as Optional.empty().\
          """,
          assertThrows(NullPointerException.class, nothing::get));
    }

    @Test
    void thatAskForThemselves_areToldSo() {
      AtomicReference<View<String>> self = new AtomicReference<>();
      self.set(snapshot.view(s -> self.get().get()));

      DeadlockException thrown = assertThrows(DeadlockException.class, () -> self.get().get());

      assertTrue(
          thrown.getMessage().startsWith("View of Snapshot \"motto\" was used again"),
          thrown::getMessage);
    }

    /** What one thread computes for one version, another need not wait for if it wants another. */
    @Test
    void thatAreBeingComputed_holdUpNobodyWhoWantsAnotherVersion() throws Exception {
      CountDownLatch inside = new CountDownLatch(1);
      CountDownLatch end = new CountDownLatch(1);
      View<String> slow =
          snapshot.view(s -> {
            if (s.equals("a")) {
              inside.countDown();
              awaitQuietly(end);
            }
            return s + "!";
          });
      AtomicReference<String> first = new AtomicReference<>();
      Actor computing = Actor.start("computing", () -> first.set(slow.get()));
      inside.await();

      assertEquals("a", snapshot.get());
      snapshot.set("b");
      assertEquals("b!", slow.get());

      end.countDown();
      computing.join();
      assertEquals("a!", first.get());
      assertEquals("b!", slow.get());
    }

    @Test
    void thatNobodyUses_areCollected() {
      WeakReference<View<String>> collected = new WeakReference<>(snapshot.view(s -> s + "!"));

      awaitCollected(collected);
      assertEquals("a", snapshot.get());
    }

    /** It is left with what it would have to compute. */
    @Test
    void thatFailedByAnError_keepNoLaterValues() {
      Snapshot<Object> objects = Snapshot.of(new Object());
      View<Object> failing =
          objects.view(o -> {
            throw new StackOverflowError();
          });
      objects.onEveryChange(Runnable::run, (before, after) -> {});
      assertThrows(StackOverflowError.class, failing::get);
      objects.set(new Object());
      WeakReference<Object> collected = new WeakReference<>(objects.get());

      objects.set(new Object());

      awaitCollected(collected);
      assertThrows(StackOverflowError.class, failing::get);
    }

    /** Nobody needs what was replaced, though a view has seen it. */
    @Test
    void thatNobodyAsks_keepNoValues() {
      Snapshot<Object> objects = Snapshot.of(new Object());
      View<Integer> hash = objects.view(Object::hashCode);
      objects.onEveryChange(Runnable::run, (before, after) -> {});
      assertEquals(objects.get().hashCode(), hash.get());
      WeakReference<Object> collected = new WeakReference<>(objects.get());

      objects.set(new Object());
      objects.set(new Object());

      awaitCollected(collected);
      assertEquals(objects.get().hashCode(), hash.get());
    }
  }

  @Nested
  class Words {
    @Test
    void toString_showsNameAndVersion_andNotTheValue() {
      snapshot.set("secret");

      assertEquals("Snapshot[\"motto\", version 1]", snapshot.toString());
      assertEquals("Snapshot[<String>, version 0]", Snapshot.of("secret").toString());
    }

    @Test
    void toString_showsWhoHasItsTurn() throws Exception {
      try (Turn turn = new Turn(snapshot)) {
        Actor other = Actor.start("other", () -> snapshot.set("b"));
        turn.awaitWaiting(1);
        assertEquals(
            "Snapshot[\"motto\", version 6, being changed by \"turn\", 1 waiting]",
            snapshot.toString());
        turn.end();
        other.join();
      }
    }
  }

  /** A writer that has its turn until it is told to end. */
  static final class Turn implements AutoCloseable {
    private final Snapshot<String> snapshot;
    private final CountDownLatch taken = new CountDownLatch(1);
    private final CountDownLatch end = new CountDownLatch(1);
    private volatile Exception failure;
    private volatile String next;
    private final Actor actor;

    /**
     * Loses races on purpose until it is its turn. The value is what it was, in another version.
     */
    Turn(Snapshot<String> snapshot) throws InterruptedException {
      this.snapshot = snapshot;
      this.actor = Actor.start("turn", () -> snapshot.update(this::take));
      taken.await();
    }

    private String take(String before) throws Exception {
      if (!snapshot.toString().contains("being changed by \"turn\"")) {
        Actor.run(
            "rival",
            () -> {
              snapshot.set("rival");
              snapshot.set(before);
            });
        return "lost";
      }
      taken.countDown();
      end.await();
      if (failure != null) {
        throw failure;
      }
      return next == null ? before + " after" : next;
    }

    void awaitWaiting(int count) {
      Actor.await(count + " waiting", () -> snapshot.toString().contains(count + " waiting"));
    }

    void end() {
      end.countDown();
    }

    void end(String next) {
      this.next = next;
      end();
    }

    void fail(Exception failure) {
      this.failure = failure;
      end();
    }

    void join() throws Exception {
      actor.join();
    }

    @Override
    public void close() {
      end();
      try {
        join();
      } catch (Exception e) {
        throw new AssertionError(e);
      }
    }
  }
}
