package io.github.threadfast;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;

/** The README's table of what happens when, cell by cell: a class for each column. */
@Timeout(60)
class BehaviourTableTest {
  private static final Duration SHORT = Duration.ofMillis(1);
  private static final Duration LONG = Duration.ofHours(1);

  /** Somebody who is inside of something until told to leave. */
  private static final class Occupant {
    private final CountDownLatch inside = new CountDownLatch(1);
    private final CountDownLatch leave = new CountDownLatch(1);
    private final Actor actor;

    interface Place {
      void enter(Runnable stay) throws Exception;
    }

    Occupant(Place place) throws InterruptedException {
      actor = Actor.start("occupant", () -> place.enter(this::stay));
      inside.await();
    }

    private void stay() {
      inside.countDown();
      try {
        leave.await();
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }

    void leave() throws Exception {
      leave.countDown();
      actor.join();
    }
  }

  @Nested
  class OfGuarded {
    private final Guarded<List<String>> names = Guarded.of("names", new ArrayList<>());

    @Test
    void anExceptionInACallback_reachesTheCaller_andTheValueIsFreeAsChangedSoFar() {
      IOException failure = new IOException();

      IOException thrown =
          assertThrows(
              IOException.class,
              () ->
                  names.update(list -> {
                    list.add("half");
                    throw failure;
                  }));

      assertSame(failure, thrown);
      assertEquals("Guarded[\"names\", free]", names.toString());
      List<String> now = names.read(List::copyOf);
      assertEquals(List.of("half"), now);
    }

    @Test
    void anErrorInACallback_isTheSame() {
      Error failure = new StackOverflowError();

      Error thrown =
          assertThrows(
              StackOverflowError.class,
              () ->
                  names.compute(list -> {
                    list.add("half");
                    throw failure;
                  }));

      assertSame(failure, thrown);
      assertEquals("Guarded[\"names\", free]", names.toString());
      List<String> now = names.read(List::copyOf);
      assertEquals(List.of("half"), now);
    }

    @Test
    void anInterruptWhileWaiting_isKept_andEndsOnlyWhenAndWithin() throws Exception {
      Occupant occupant = new Occupant(stay -> names.update(list -> stay.run()));
      List<Boolean> interrupted = Collections.synchronizedList(new ArrayList<>());
      Actor patient =
          Actor.start(
              "patient",
              () -> names.update(list -> interrupted.add(Thread.currentThread().isInterrupted())));
      Actor hasty =
          Actor.start(
              "hasty",
              () ->
                  assertThrows(
                      InterruptedException.class,
                      () -> names.within(LONG).update(list -> list.add("hasty"))));
      patient.awaitParked();
      hasty.awaitParked();

      patient.thread().interrupt();
      hasty.thread().interrupt();

      hasty.join();
      occupant.leave();
      patient.join();
      assertEquals(List.of(true), interrupted);
      Actor waiter =
          Actor.start(
              "waiter",
              () ->
                  assertThrows(
                      InterruptedException.class,
                      () -> names.when(list -> !list.isEmpty()).read(List::size)));
      waiter.awaitParked();
      waiter.thread().interrupt();
      waiter.join();
    }

    @Test
    void aTimeout_changesNothing() throws Exception {
      Occupant occupant = new Occupant(stay -> names.update(list -> stay.run()));

      assertThrows(
          TimeoutException.class, () -> names.within(SHORT).update(list -> list.add("late")));

      occupant.leave();
      List<String> now = names.read(List::copyOf);
      assertEquals(List.of(), now);
    }

    @Test
    void sameThreadReentry_throwsAtOnce_andTheOuterActionGoesOn() {
      names.update(list -> {
        assertThrows(DeadlockException.class, () -> names.update(List::clear));
        list.add("outer");
      });

      List<String> now = names.read(List::copyOf);
      assertEquals(List.of("outer"), now);
    }

    @Test
    void aCycleAcrossThreads_throwsInOne_andTheOtherGoesOn() throws Exception {
      Guarded<int[]> other = Guarded.of("other", new int[1]);
      Actor[] second = new Actor[1];
      names.update(list -> {
        second[0] = Actor.start("second", () -> other.update(o -> names.update(l -> l.add("2"))));
        second[0].awaitParked();
        assertThrows(DeadlockException.class, () -> other.update(o -> o[0] = 1));
      });
      second[0].join();

      List<String> now = names.read(List::copyOf);
      assertEquals(List.of("2"), now);
    }

    @Test
    void null_isNamed_andChangesNothing() {
      assertEquals("value", messageOfNull(() -> Guarded.of(null)));
      assertEquals("updater", messageOfNull(() -> names.update(null)));
      assertEquals(
          "successor returned null for Guarded \"names\", which keeps its value.",
          messageOfNull(() -> names.replace(list -> null)));

      int size = names.read(List::size);
      assertEquals(0, size);
    }

    @Test
    void thereIsNothingToClose() {
      assertFalse(AutoCloseable.class.isAssignableFrom(Guarded.class));
    }
  }

  @Nested
  class OfLazy {

    @Test
    void anExceptionInACallback_reachesTheCallerAndAllWhoWaited_andTheNextTriesAgain()
        throws Exception {
      ArithmeticException failure = new ArithmeticException();
      assertIsShared(failure);
    }

    @Test
    void anErrorInACallback_isTheSame_andIsNotCached() throws Exception {
      assertIsShared(new StackOverflowError());
      AtomicInteger runs = new AtomicInteger();
      Lazy<String> caching =
          Lazy.cachingFailure(() -> {
            if (runs.incrementAndGet() == 1) {
              throw new StackOverflowError();
            }
            return "made";
          });

      assertThrows(StackOverflowError.class, caching::get);

      assertEquals("made", caching.get());
    }

    private void assertIsShared(Throwable failure) throws Exception {
      CountDownLatch fail = new CountDownLatch(1);
      AtomicInteger runs = new AtomicInteger();
      Lazy<String> lazy =
          Lazy.of(() -> {
            if (runs.incrementAndGet() > 1) {
              return "made";
            }
            awaitUninterruptibly(fail);
            throw Actor.<RuntimeException>unchecked(failure);
          });
      List<Throwable> thrown = Collections.synchronizedList(new ArrayList<>());
      Actor first = Actor.start("first", () -> thrown.add(thrownBy(lazy::get)));
      Actor.await("the initializer runs", () -> runs.get() == 1);
      Actor second = Actor.start("second", () -> thrown.add(thrownBy(lazy::get)));
      second.awaitParked();

      fail.countDown();

      first.join();
      second.join();
      assertEquals(List.of(failure, failure), thrown);
      assertEquals("made", lazy.get());
    }

    @Test
    void anInterruptWhileWaiting_isKept_andEndsOnlyATimedGet() throws Exception {
      AtomicInteger runs = new AtomicInteger();
      Lazy<String>[] lazy = newLazy();
      Occupant occupant =
          new Occupant(stay -> {
            lazy[0] =
                Lazy.of(() -> {
                  runs.incrementAndGet();
                  stay.run();
                  return "made";
                });
            lazy[0].get();
          });
      List<Object> got = Collections.synchronizedList(new ArrayList<>());
      Actor patient =
          Actor.start(
              "patient", () -> got.add(lazy[0].get() + Thread.currentThread().isInterrupted()));
      Actor hasty =
          Actor.start(
              "hasty", () -> assertThrows(InterruptedException.class, () -> lazy[0].get(LONG)));
      patient.awaitParked();
      hasty.awaitParked();

      patient.thread().interrupt();
      hasty.thread().interrupt();

      hasty.join();
      occupant.leave();
      patient.join();
      assertEquals(List.of("madetrue"), got);
      assertEquals(1, runs.get());
    }

    @Test
    void aTimeout_leavesTheInitializationGoing() throws Exception {
      Lazy<String>[] lazy = newLazy();
      Occupant occupant =
          new Occupant(stay -> {
            lazy[0] =
                Lazy.of(() -> {
                  stay.run();
                  return "made";
                });
            lazy[0].get();
          });

      assertThrows(TimeoutException.class, () -> lazy[0].get(SHORT));

      occupant.leave();
      assertEquals("made", lazy[0].peek());
    }

    @Test
    void sameThreadReentry_throwsAtOnce() {
      Lazy<String>[] lazy = newLazy();
      lazy[0] = Lazy.of(() -> lazy[0].get());

      assertThrows(DeadlockException.class, lazy[0]::get);
    }

    @Test
    void aCycleAcrossThreads_throwsInOne_andTheOtherGoesOn() throws Exception {
      Guarded<int[]> other = Guarded.of("other", new int[1]);
      Actor[] second = new Actor[1];
      Lazy<String>[] lazy = newLazy();
      lazy[0] =
          Lazy.of(() -> {
            second[0] = Actor.start("second", () -> other.update(o -> lazy[0].get()));
            second[0].awaitParked();
            assertThrows(DeadlockException.class, () -> other.update(o -> o[0] = 1));
            return "made";
          });

      assertEquals("made", lazy[0].get());
      second[0].join();
    }

    @Test
    void null_isNamed_andIsAFailure() {
      assertEquals("initializer", messageOfNull(() -> Lazy.of(null)));
      Lazy<String> lazy = Lazy.of("config", () -> null);

      String message = messageOfNull(lazy::get);

      assertTrue(message.contains("Lazy \"config\""), message);
      assertFalse(lazy.isInitialized());
    }

    @Test
    void useAfterClose_throws() {
      CloseableLazy<String> lazy = Lazy.closeable(() -> "made", value -> {});
      assertEquals("made", lazy.get());

      lazy.close();

      assertThrows(IllegalStateException.class, lazy::get);
    }

    @Test
    void closeDuringUse_waitsForTheInitializer_andClosesTheNewValue() throws Exception {
      List<String> closed = Collections.synchronizedList(new ArrayList<>());
      @SuppressWarnings({"unchecked", "rawtypes"}) // an array of one, written once
      CloseableLazy<String>[] lazy = new CloseableLazy[1];
      Occupant occupant =
          new Occupant(stay -> {
            lazy[0] =
                Lazy.closeable(
                    () -> {
                      stay.run();
                      return "made";
                    },
                    closed::add);
            lazy[0].get();
          });
      Actor closer = Actor.start("closer", () -> lazy[0].close());
      closer.awaitParked();
      assertEquals(List.of(), closed);

      occupant.leave();
      closer.join();

      assertEquals(List.of("made"), closed);
    }

    @Test
    void anInterruptedClose_doesNotWait_andTheInitializingThreadCloses() throws Exception {
      List<String> closed = Collections.synchronizedList(new ArrayList<>());
      CountDownLatch go = new CountDownLatch(1);
      CloseableLazy<String> lazy =
          Lazy.closeable(
              () -> {
                awaitUninterruptibly(go);
                return "made";
              },
              closed::add);
      Actor maker =
          Actor.start("maker", () -> assertThrows(IllegalStateException.class, lazy::get));
      maker.awaitParked();
      Actor closer =
          Actor.start(
              "closer",
              () -> {
                Thread.currentThread().interrupt();
                lazy.close();
                assertTrue(Thread.currentThread().isInterrupted());
              });

      closer.join();
      assertEquals(List.of(), closed);
      go.countDown();
      maker.join();

      assertEquals(List.of("made"), closed);
    }

    @SuppressWarnings({"unchecked", "rawtypes"}) // an array of one, written once
    private Lazy<String>[] newLazy() {
      return new Lazy[1];
    }
  }

  @Nested
  class OfSnapshot {
    private final Snapshot<String> motto = Snapshot.of("motto", "old");

    @Test
    void anExceptionInACallback_reachesTheCaller_andNothingIsChanged() {
      IOException failure = new IOException();

      Throwable thrown =
          thrownBy(() ->
              motto.update(s -> {
                throw failure;
              }));

      assertSame(failure, thrown);
      assertEquals("Snapshot[\"motto\", version 0]", motto.toString());
    }

    @Test
    void anErrorInACallback_isTheSame() {
      Error failure = new StackOverflowError();

      Throwable thrown =
          thrownBy(() ->
              motto.changeInTurn(s -> {
                throw failure;
              }));

      assertSame(failure, thrown);
      assertEquals("Snapshot[\"motto\", version 0]", motto.toString());
    }

    @Test
    void whatAListenerThrows_goesToTheHandlerOfItsThread() throws Exception {
      List<Throwable> uncaught = new ArrayList<>();
      Error failure = new StackOverflowError();

      Actor.run(
          "writer",
          () -> {
            Thread.currentThread().setUncaughtExceptionHandler((t, e) -> uncaught.add(e));
            motto.onEveryChange(
                Runnable::run,
                (before, after) -> {
                  throw failure;
                });
            motto.set("new");
          });

      assertEquals(List.of(failure), uncaught);
      assertEquals("new", motto.get());
    }

    @Test
    void anInterruptWhileWaiting_isKept_andEndsOnlyAwait() throws Exception {
      Occupant occupant = occupant();
      List<Boolean> interrupted = Collections.synchronizedList(new ArrayList<>());
      Actor patient =
          Actor.start(
              "patient",
              () -> {
                motto.update(s -> "new");
                interrupted.add(Thread.currentThread().isInterrupted());
              });
      Actor waiter =
          Actor.start(
              "waiter",
              () -> assertThrows(InterruptedException.class, () -> motto.await(s -> false)));
      patient.awaitParked();
      waiter.awaitParked();

      patient.thread().interrupt();
      waiter.thread().interrupt();

      waiter.join();
      occupant.leave();
      patient.join();
      assertEquals(List.of(true), interrupted);
      assertEquals("new", motto.get());
    }

    private Occupant occupant() throws InterruptedException {
      return new Occupant(stay ->
          motto.changeInTurn(s -> {
            stay.run();
            return s;
          }));
    }

    @Test
    void aTimeout_endsAwait() {
      assertThrows(TimeoutException.class, () -> motto.await(s -> false, SHORT));
    }

    @Test
    void sameThreadReentry_throws_andTheOuterChangeIsNotMade() {
      assertThrows(
          DeadlockException.class,
          () ->
              motto.update(s -> {
                motto.set("nested");
                return "outer";
              }));
      assertEquals("nested", motto.get());
    }

    @Test
    void aCycleAcrossThreads_throwsInOne_andTheOtherGoesOn() throws Exception {
      Guarded<int[]> other = Guarded.of("other", new int[1]);
      Actor[] second = new Actor[1];
      motto.changeInTurn(s -> {
        second[0] = Actor.start("second", () -> other.update(o -> motto.set("second")));
        second[0].awaitParked();
        assertThrows(DeadlockException.class, () -> other.update(o -> o[0] = 1));
        return "first";
      });
      second[0].join();

      assertEquals("second", motto.get());
    }

    @Test
    void null_isNamed_andChangesNothing() {
      assertEquals("value", messageOfNull(() -> motto.set(null)));
      assertEquals(
          "updater returned null for Snapshot \"motto\", which keeps its value.",
          messageOfNull(() -> motto.update(s -> null)));
      assertEquals("old", motto.get());
    }

    @Test
    void afterClose_aSubscriptionHearsNothing() {
      List<String> heard = new ArrayList<>();
      Subscription subscription =
          motto.onEveryChange(Runnable::run, (before, after) -> heard.add(after));

      subscription.close();
      motto.set("new");

      assertEquals(List.of(), heard);
      assertFalse(AutoCloseable.class.isAssignableFrom(Snapshot.class));
    }

    @Test
    void closeDuringUse_doesNotWait_andACallThatHasBegunGoesOn() throws Exception {
      List<String> heard = Collections.synchronizedList(new ArrayList<>());
      Subscription[] subscription = new Subscription[1];
      Occupant occupant =
          new Occupant(stay -> {
            subscription[0] =
                motto.onEveryChange(
                    Runnable::run,
                    (before, after) -> {
                      stay.run();
                      heard.add(after);
                    });
            motto.set("new");
          });

      subscription[0].close();
      motto.set("newer");
      occupant.leave();

      assertEquals(List.of("new"), heard);
    }
  }

  @Nested
  class OfReadMostlyMap {
    private final ReadMostlyMap<String, Integer> stock =
        ReadMostlyMap.<String, Integer>builder().name("stock").build();

    OfReadMostlyMap() {
      stock.put("bolt", 3);
    }

    @Test
    void anExceptionInACallback_reachesTheCaller_andNothingIsChanged() {
      IOException failure = new IOException();

      Throwable thrown =
          thrownBy(() ->
              stock.atomically(tx -> {
                tx.put("bolt", 2);
                throw failure;
              }));

      assertSame(failure, thrown);
      assertEquals("{bolt=3}", stock.toString());
    }

    @Test
    void anErrorInACallback_isTheSame() {
      Error failure = new StackOverflowError();

      Throwable thrown =
          thrownBy(() ->
              stock.changeInTurn(
                  "bolt",
                  true,
                  n -> {
                    throw failure;
                  }));

      assertSame(failure, thrown);
      stock.put("nut", 1);
      assertEquals(Map.of("bolt", 3, "nut", 1), stock);
    }

    @Test
    void anInterruptWhileWaiting_isKept() throws Exception {
      Occupant occupant =
          new Occupant(stay ->
              stock.changeInTurn(
                  "bolt",
                  true,
                  n -> {
                    stay.run();
                    return n - 1;
                  }));
      List<Boolean> interrupted = Collections.synchronizedList(new ArrayList<>());
      Actor patient =
          Actor.start(
              "patient",
              () -> {
                stock.merge("bolt", 1, (n, m) -> n - m);
                interrupted.add(Thread.currentThread().isInterrupted());
              });
      patient.awaitParked();

      patient.thread().interrupt();

      occupant.leave();
      patient.join();
      assertEquals(List.of(true), interrupted);
      assertEquals(1, stock.get("bolt"));
    }

    @Test
    void sameThreadReentry_works_unlessItIsAboutTheSame() {
      int bolts =
          stock.compute(
              "bolt",
              (key, n) -> {
                stock.put("nut", 1);
                return n + stock.get("nut");
              });
      assertEquals(4, bolts);

      IllegalStateException thrown =
          assertThrows(
              IllegalStateException.class,
              () ->
                  stock.compute(
                      "bolt",
                      (key, n) -> {
                        stock.merge("bolt", 1, Integer::sum);
                        return 0;
                      }));
      assertTrue(thrown.getMessage().contains("ReadMostlyMap \"stock\""), thrown.getMessage());
      assertEquals(4 + BinTable.MOST_RUNS, stock.get("bolt"));
    }

    @Test
    void aCycleAcrossThreads_throwsInOne_andTheOtherGoesOn() throws Exception {
      Guarded<int[]> other = Guarded.of("other", new int[1]);
      Actor[] second = new Actor[1];
      stock.<Exception>changeInTurn(
          "bolt",
          true,
          n -> {
            second[0] = Actor.start("second", () -> other.update(o -> stock.put("bolt", 2)));
            second[0].awaitParked();
            assertThrows(DeadlockException.class, () -> other.update(o -> o[0] = 1));
            return 1;
          });
      second[0].join();

      assertEquals(2, stock.get("bolt"));
    }

    @Test
    void null_isNamed_andChangesNothing() {
      assertEquals("key", messageOfNull(() -> stock.put(null, 1)));
      assertEquals("value", messageOfNull(() -> stock.put("bolt", null)));
      assertEquals(Map.of("bolt", 3), stock);

      assertNull(stock.compute("bolt", (key, n) -> null));

      assertEquals(Map.of(), stock);
    }

    @Test
    void thereIsNothingToClose_butATransactionEnds() {
      MapTransaction<String, Integer> ended = stock.computeAtomically(tx -> tx);

      assertThrows(IllegalStateException.class, () -> ended.put("bolt", 1));

      assertEquals(Map.of("bolt", 3), stock);
      assertFalse(AutoCloseable.class.isAssignableFrom(ReadMostlyMap.class));
    }
  }

  @Nested
  class OfWorkerPool {
    private final List<String> handled = Collections.synchronizedList(new ArrayList<>());
    private final List<Throwable> told = Collections.synchronizedList(new ArrayList<>());
    private final List<Thread> workers = Collections.synchronizedList(new ArrayList<>());
    private final CountDownLatch held = new CountDownLatch(1);
    private final CountDownLatch release = new CountDownLatch(1);

    private WorkerPool<String> pool(CheckedConsumer<String, Exception> handler) {
      return WorkerPool.of(handler)
          .name("letters")
          .workers(1)
          .capacity(1)
          .onFailure((item, failure) -> told.add(failure))
          .start();
    }

    /** Starts one whose worker is busy until it is released. */
    private WorkerPool<String> busy() throws InterruptedException {
      WorkerPool<String> pool =
          pool(item -> {
            held.countDown();
            release.await();
            handled.add(item);
          });
      pool.submit("first");
      held.await();
      return pool;
    }

    @Test
    void anExceptionInACallback_failsItsItem_andTheWorkerGoesOn() throws Exception {
      IOException failure = new IOException();
      WorkerPool<String> pool =
          pool(item -> {
            if (item.equals("bad")) {
              throw failure;
            }
            handled.add(item);
          });
      try (pool) {
        pool.submit("bad");
        pool.submit("good");
      }

      assertEquals(List.of(failure), told);
      assertEquals(List.of("good"), handled);
      assertEquals(1, pool.report().failed());
    }

    @Test
    void anErrorInACallback_stopsThePool_andSurfaces() throws Exception {
      AssertionError failure = new AssertionError();
      WorkerPool<String> pool =
          WorkerPool.<String>of(
                  item -> {
                    held.await();
                    throw failure;
                  })
              .workers(1)
              .threadFactory(worker -> {
                Thread thread = new Thread(worker);
                thread.setUncaughtExceptionHandler((of, thrown) -> told.add(thrown));
                return thread;
              })
              .start();
      pool.submit("bad");
      pool.submit("left");
      held.countDown();

      assertSame(failure, assertThrows(CompletionException.class, pool::close).getCause());
      assertSame(failure, assertThrows(CompletionException.class, pool::awaitIdle).getCause());
      assertSame(failure, assertThrows(CompletionException.class, pool::awaitFinished).getCause());
      assertEquals(List.of("left"), pool.returned());
    }

    @Test
    void anInterruptWhileWaiting_endsTheWait_andOfACloseItStopsThePool() throws Exception {
      WorkerPool<String> pool = busy();
      pool.submit("second");
      for (Executable waits :
          List.<Executable>of(() -> pool.submit("third"), pool::awaitIdle, pool::awaitFinished)) {
        Actor waiting =
            Actor.start("waiting", () -> assertThrows(InterruptedException.class, waits));
        waiting.awaitParked();
        waiting.thread().interrupt();
        waiting.join();
      }
      Actor closing =
          Actor.start(
              "closing",
              () -> {
                pool.close();
                assertTrue(Thread.interrupted());
              });
      closing.awaitParked();
      closing.thread().interrupt();
      closing.join();

      assertEquals(List.of("second"), pool.returned());
    }

    @Test
    void aTimeout_changesNothing_andOfACloseItStopsThePool() throws Exception {
      WorkerPool<String> pool = busy();
      pool.submit("second");

      assertThrows(TimeoutException.class, () -> pool.submit("third", SHORT));
      assertThrows(TimeoutException.class, () -> pool.awaitIdle(SHORT));
      assertThrows(TimeoutException.class, () -> pool.awaitFinished(SHORT));
      release.countDown();
      pool.close();
      assertEquals(List.of("first", "second"), handled);

      CountDownLatch never = new CountDownLatch(1);
      WorkerPool<String> hasty =
          WorkerPool.<String>of(item -> never.await()).workers(1).closeWithin(SHORT).start();
      hasty.submit("first");
      hasty.submit("second");
      hasty.close();
      hasty.awaitFinished(LONG); // the handler was interrupted
      assertEquals(2, hasty.report().ended());
    }

    @Test
    void reEntry_isAllowed_butForWaits() throws Exception {
      AtomicReference<WorkerPool<String>> itself = new AtomicReference<>();
      WorkerPool<String> pool =
          pool(item -> {
            handled.add(item);
            switch (item) {
              case "submit" -> {
                itself.get().submit("queued");
                itself.get().submit("run at once");
              }
              case "idle" -> itself.get().awaitIdle();
              case "finished" -> itself.get().awaitFinished();
              case "close" -> itself.get().close();
              default -> {}
            }
          });
      itself.set(pool);
      for (String item : List.of("submit", "idle", "finished", "close")) {
        pool.submit(item);
        if (!item.equals("close")) {
          pool.awaitIdle();
        }
      }
      pool.awaitFinished();

      assertEquals(
          List.of("submit", "run at once", "queued", "idle", "finished", "close"), handled);
      assertEquals(2, told.size());
      told.forEach(thrown -> assertEquals(DeadlockException.class, thrown.getClass()));
    }

    @Test
    void aCycleAcrossThreads_isNotSeen() throws Exception {
      AtomicReference<WorkerPool<String>> left = new AtomicReference<>();
      AtomicReference<WorkerPool<String>> right = new AtomicReference<>();
      CountDownLatch bothFull = new CountDownLatch(2);
      CountDownLatch go = new CountDownLatch(1);
      left.set(pool(item -> go(item, bothFull, go, right)));
      right.set(pool(item -> go(item, bothFull, go, left)));
      for (WorkerPool<String> pool : List.of(left.get(), right.get())) {
        pool.submit("cross");
      }
      bothFull.await();
      left.get().submit("fills");
      right.get().submit("fills");
      go.countDown();
      for (Thread worker : workers) {
        Actor.await("it waits for room", () -> Actor.isWaitingIn("awaitRoom", worker));
      }

      assertThrows(TimeoutException.class, () -> left.get().awaitIdle(SHORT));
      left.get().stopNow(); // which frees both, in one way or another
      left.get().awaitFinished();
      right.get().close();
      for (WorkerPool<String> pool : List.of(left.get(), right.get())) {
        assertEquals(pool.report().accepted(), pool.report().ended());
      }
      told.forEach(thrown ->
          assertTrue(
              thrown instanceof InterruptedException
                  || thrown instanceof RejectedExecutionException));
    }

    private void go(
        String item,
        CountDownLatch bothFull,
        CountDownLatch go,
        AtomicReference<WorkerPool<String>> other)
        throws InterruptedException {
      if (item.equals("cross")) {
        workers.add(Thread.currentThread());
        bothFull.countDown();
        go.await();
        other.get().submit("crossed");
      }
    }

    @Test
    @SuppressWarnings({"NullAway", "DataFlowIssue"}) // wrong on purpose
    void null_isNamed() {
      try (WorkerPool<String> pool = pool(item -> {})) {
        assertEquals("item", messageOfNull(() -> pool.submit(null)));
        assertEquals("items", messageOfNull(() -> pool.submitAll(null)));
        assertEquals("handler", messageOfNull(() -> WorkerPool.of(null)));
        assertEquals("name", messageOfNull(() -> WorkerPool.of(item -> {}).name(null)));
      }
    }

    @Test
    void useAfterClose_isRefused_withWhenAndByWhom() throws Exception {
      WorkerPool<String> pool = pool(item -> {});
      Actor.run("boss", pool::close);
      pool.close();

      String message =
          assertThrows(RejectedExecutionException.class, () -> pool.submit("late")).getMessage();
      assertTrue(message.contains("it was finished by close() on thread \"boss\" at 2"), message);
    }

    @Test
    void closeDuringUse_waitsForWhatWasAccepted_andRefusesWhoWaits() throws Exception {
      WorkerPool<String> pool = busy();
      pool.submit("second");
      Actor producer =
          Actor.start(
              "producer",
              () -> assertThrows(RejectedExecutionException.class, () -> pool.submit("third")));
      producer.awaitParked();
      Actor closing = Actor.start("closing", pool::close);
      producer.join();
      release.countDown();
      closing.join();

      assertEquals(List.of("first", "second"), handled);
    }
  }

  @Nested
  class OfPerThread {
    private final AtomicInteger runs = new AtomicInteger();
    private final PerThread<String> names = PerThread.of("names", () -> "made");

    private PerThread<String> failingAtFirst(Throwable failure) {
      return PerThread.of(() -> {
        if (runs.incrementAndGet() == 1) {
          throw Actor.<RuntimeException>unchecked(failure);
        }
        return "made";
      });
    }

    @Test
    void anExceptionInACallback_reachesTheCaller_andTheNextGetTriesAgain() {
      IOException failure = new IOException();
      PerThread<String> failing = failingAtFirst(failure);

      assertSame(failure, thrownBy(failing::get));

      assertEquals("made", failing.get());
    }

    @Test
    void anErrorInACallback_isTheSame() {
      Error failure = new StackOverflowError();
      PerThread<String> failing = failingAtFirst(failure);

      assertSame(failure, thrownBy(failing::get));

      assertEquals("made", failing.get());
    }

    @Test
    void anExceptionInABody_reachesTheCaller_andWhatWasBeforeIsRestored() {
      IOException failure = new IOException();
      names.set("before");

      Throwable thrown =
          thrownBy(() ->
              names.with(
                  "inside",
                  () -> {
                    throw failure;
                  }));

      assertSame(failure, thrown);
      assertEquals("before", names.get());
    }

    @Test
    void whatAMergerThrows_isKeptForTheNextFold() throws Exception {
      ArithmeticException failure = new ArithmeticException();
      PerThread<String> merging =
          PerThread.merging(
              () -> "made",
              (a, b) -> {
                if (runs.incrementAndGet() == 1) {
                  throw failure;
                }
                return a + b;
              });
      Actor.run("first", merging::get);
      Actor.run("second", merging::get);

      assertEquals("made", merging.get());

      assertSame(failure, thrownBy(() -> merging.fold("", String::concat)));
      assertEquals("mademademade", merging.fold("", String::concat));
    }

    @Test
    void anInterrupt_isKept_andEndsNothing() {
      Thread.currentThread().interrupt();

      assertEquals("made", names.get());
      assertEquals("made", names.fold("", String::concat));
      names.close();

      assertTrue(Thread.interrupted());
    }

    @Test
    void aCallbackThatBlocks_holdsUpNobody() throws Exception {
      assertEquals("made", names.get());
      Occupant occupant =
          new Occupant(stay ->
              names.fold(
                  "",
                  (result, name) -> {
                    stay.run();
                    return name;
                  }));

      names.set("set");
      Actor.run("another", names::get);
      assertEquals(7, names.fold(0, (sum, name) -> sum + name.length()));

      occupant.leave();
    }

    @Test
    void sameThreadReentry_throwsAtOnce() {
      AtomicReference<PerThread<String>> self = new AtomicReference<>();
      self.set(PerThread.of(() -> self.get().get()));

      assertThrows(DeadlockException.class, () -> self.get().get());
    }

    @Test
    void null_isNamed_andIsAFailure() {
      assertEquals("supplier", messageOfNull(() -> PerThread.of(null)));
      assertEquals("value", messageOfNull(() -> names.set(null)));
      PerThread<String> empty = PerThread.of("empty", () -> null);

      String message = messageOfNull(empty::get);

      assertTrue(message.contains("PerThread \"empty\""), message);
    }

    @Test
    void useAfterClose_throws_butForRemove() {
      names.close();

      assertThrows(IllegalStateException.class, names::get);
      assertThrows(IllegalStateException.class, () -> names.fold("", String::concat));
      names.remove();
    }

    @Test
    void closeDuringUse_doesNotWait_andANewValueIsClosedByItsThread() throws Exception {
      List<String> closed = Collections.synchronizedList(new ArrayList<>());
      CountDownLatch go = new CountDownLatch(1);
      PerThread<String> slow =
          PerThread.<String>builder(
                  () -> {
                    awaitUninterruptibly(go);
                    return "made";
                  })
              .closer(closed::add)
              .build();
      Actor maker =
          Actor.start("maker", () -> assertThrows(IllegalStateException.class, slow::get));
      maker.awaitParked();

      slow.close();

      assertEquals(List.of(), closed);
      go.countDown();
      maker.join();
      assertEquals(List.of("made"), closed);
    }
  }

  private static String messageOfNull(Executable call) {
    return assertThrows(NullPointerException.class, call).getMessage();
  }

  private static Throwable thrownBy(Executable call) {
    return assertThrows(Throwable.class, call);
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
