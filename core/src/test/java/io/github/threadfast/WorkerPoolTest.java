package io.github.threadfast;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(60)
class WorkerPoolTest {
  private static final Duration SHORT = Duration.ofMillis(1);
  private static final Duration LONG = Duration.ofHours(1);

  /** What the handler got, in order. */
  private final Queue<String> handled = new ConcurrentLinkedQueue<>();

  /** The handler waits for it at the item {@code "hold"}. */
  private final CountDownLatch release = new CountDownLatch(1);

  private final CountDownLatch held = new CountDownLatch(1);

  private void handle(String item) throws InterruptedException {
    handled.add(item);
    if (item.equals("hold")) {
      held.countDown();
      release.await();
    }
  }

  @AfterEach
  void releaseAll() {
    release.countDown();
  }

  private WorkerPool.Builder<String> builder() {
    return WorkerPool.<String>of(this::handle).name("index").workers(1);
  }

  /** Starts a pool whose one worker is busy until it is released. */
  private WorkerPool<String> held(UnaryOperator<WorkerPool.Builder<String>> choices)
      throws InterruptedException {
    WorkerPool<String> pool = choices.apply(builder()).start();
    pool.submit("hold");
    held.await();
    return pool;
  }

  private void assertHandled(String... items) {
    assertEquals(List.of(items), List.copyOf(handled));
  }

  private static void assertCounts(
      WorkerPool<?> pool, long accepted, long completed, long failed, long returned) {
    WorkerPool.Report report = pool.report();
    assertAll(
        () -> assertEquals(accepted, report.accepted(), "accepted"),
        () -> assertEquals(completed, report.completed(), "completed"),
        () -> assertEquals(failed, report.failed(), "failed"),
        () -> assertEquals(returned, report.returned(), "returned"),
        () ->
            assertEquals(
                report.accepted(), report.ended() + report.waiting() + report.running(), "sum"));
  }

  @Nested
  class Items {
    @Test
    void areHandledOnceEach_byAllWorkers() throws InterruptedException {
      List<Integer> all = IntStream.range(0, 10_000).boxed().toList();
      Queue<Integer> got = new ConcurrentLinkedQueue<>();
      WorkerPool<Integer> pool = WorkerPool.<Integer>of(got::add).workers(4).capacity(7).start();
      try (pool) {
        pool.submitAll(all);
      }
      assertEquals(all, got.stream().sorted().toList());
      assertCounts(pool, 10_000, 10_000, 0, 0);
    }

    @Test
    void areTakenInTheOrderOfArrival() throws InterruptedException {
      try (WorkerPool<String> pool = held(builder -> builder)) {
        pool.submitAll(List.of("a", "b", "c"));
        release.countDown();
      }
      assertHandled("hold", "a", "b", "c");
    }

    @Test
    void areTakenInTheOppositeOrder_lastInFirstOut() throws InterruptedException {
      try (WorkerPool<String> pool = held(WorkerPool.Builder::lastInFirstOut)) {
        pool.submitAll(List.of("a", "b", "c"));
        release.countDown();
      }
      assertHandled("hold", "c", "b", "a");
    }

    @Test
    void areTakenByPriority_andThoseOfTheSameInTheOrderOfArrival() throws InterruptedException {
      try (WorkerPool<String> pool = held(builder -> builder.priority(String::length))) {
        pool.submitAll(List.of("b", "a", "ccc", "ddd", "ee"));
        release.countDown();
      }
      assertHandled("hold", "ccc", "ddd", "ee", "b", "a");
    }

    @Test
    void waitForRoom() throws Exception {
      try (WorkerPool<String> pool = held(builder -> builder.capacity(1))) {
        pool.submit("a");
        Actor producer = Actor.start("producer", () -> pool.submit("b"));
        producer.awaitParked();
        assertCounts(pool, 2, 0, 0, 0);

        release.countDown();
        producer.join();
      }
      assertHandled("hold", "a", "b");
    }

    @Test
    void waitNoLongerThanTheirLimit() throws Exception {
      try (WorkerPool<String> pool = held(builder -> builder.capacity(1))) {
        pool.submit("a");

        TimeoutException late = assertThrows(TimeoutException.class, () -> pool.submit("b", SHORT));
        assertEquals(
            """
            WorkerPool "index" had no room within PT0.001S. Its capacity is 1. Wait longer, or give it more \
            workers or room.\
            """,
            late.getMessage());
        assertThrows(TimeoutException.class, () -> pool.submit("b", Duration.ZERO));
        release.countDown();
        pool.submit("c", LONG);
      }
      assertHandled("hold", "a", "c");
    }

    @Test
    void areRefused_byATryWithoutRoom() throws Exception {
      try (WorkerPool<String> pool = held(builder -> builder.capacity(1))) {
        assertTrue(pool.trySubmit("a"));
        assertFalse(pool.trySubmit("b"));
        release.countDown();
      }
      assertHandled("hold", "a");
    }

    @Test
    void areAccepted_ifThereIsRoom_whateverTheInterruptStatus() throws InterruptedException {
      try (WorkerPool<String> pool = held(builder -> builder)) {
        Thread.currentThread().interrupt();
        pool.submit("a");
        assertTrue(Thread.interrupted(), "it is kept");
        release.countDown();
      }
      assertHandled("hold", "a");
    }

    @Test
    void areNotAccepted_ifAnInterruptEndsTheWait() throws Exception {
      try (WorkerPool<String> pool = held(builder -> builder.capacity(1))) {
        pool.submit("a");
        Actor producer =
            Actor.start(
                "producer",
                () -> {
                  InterruptedException interrupted =
                      assertThrows(
                          InterruptedException.class, () -> pool.submitAll(List.of("b", "c")));
                  assertEquals("0 of the items were accepted before.", interrupted.getMessage());
                });
        producer.awaitParked();
        producer.thread().interrupt();
        producer.join();

        Actor next = Actor.start("next", () -> pool.submit("d"));
        next.awaitParked();
        release.countDown();
        next.join();
      }
      assertHandled("hold", "a", "d");
    }

    @Test
    void letAllWaitingProducersGoOn() throws Exception {
      try (WorkerPool<String> pool = held(builder -> builder.capacity(3))) {
        pool.submitAll(List.of("a", "b", "c"));
        List<Actor> producers = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
          producers.add(Actor.start("producer-" + i, () -> pool.submit("more")));
        }
        producers.forEach(Actor::awaitParked);
        release.countDown();
        for (Actor producer : producers) {
          producer.join();
        }
      }
      assertEquals(14, handled.size());
    }

    @Test
    void areNotKept_whenTheyHaveBeenHandled() throws InterruptedException {
      List<WeakReference<Object>> items = new ArrayList<>();
      try (WorkerPool<Object> pool = WorkerPool.of(item -> {}).workers(2).start()) {
        for (int i = 0; i < 100; i++) {
          Object item = new Object();
          items.add(new WeakReference<>(item));
          pool.submit(item);
        }
        pool.awaitIdle();

        Actor.await(
            "all are collected",
            () -> {
              System.gc();
              return items.stream().allMatch(item -> item.get() == null);
            });
      }
    }

    @Test
    void mayNotBeNull() {
      try (WorkerPool<String> pool = builder().start()) {
        List<@Nullable String> nulls = Arrays.asList("a", null);
        assertAll(
            () -> assertNamesItem(() -> pool.submit(nothing())),
            () -> assertNamesItem(() -> pool.submit(nothing(), SHORT)),
            () -> assertNamesItem(() -> pool.trySubmit(nothing())),
            () -> assertNamesItem(() -> pool.submitAll(WorkerPoolTest.<List<String>>cast(nulls))));
      }
      assertHandled("a");
    }

    private void assertNamesItem(org.junit.jupiter.api.function.Executable call) {
      assertEquals("item", assertThrows(NullPointerException.class, call).getMessage());
    }

    @Test
    void thatCannotBeRanked_areNotAccepted() {
      IllegalStateException failure = new IllegalStateException();
      WorkerPool<String> pool =
          builder()
              .priority(item -> {
                throw failure;
              })
              .start();
      try (pool) {
        assertSame(failure, assertThrows(IllegalStateException.class, () -> pool.submit("a")));
      }
      assertCounts(pool, 0, 0, 0, 0);
    }
  }

  @SuppressWarnings({"NullAway", "TypeParameterUnusedInFormals"}) // wrong on purpose
  private static <T> T nothing() {
    return null;
  }

  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // wrong on purpose
  private static <T> T cast(Object object) {
    return (T) object;
  }

  @Nested
  class TheEnd {
    /** In which order items are taken. */
    enum Order {
      FIRST,
      LAST,
      PRIORITY
    }

    @ParameterizedTest
    @EnumSource
    void comesAfterAllItems_inWhateverOrder(Order order) throws InterruptedException {
      WorkerPool<String> pool =
          held(builder ->
              switch (order) {
                case FIRST -> builder.sentinel("end");
                case LAST -> builder.sentinel("end").lastInFirstOut();
                case PRIORITY -> builder.sentinel("end").priority(i -> i.equals("end") ? 1 : 0);
              });
      pool.submitAll(List.of("a", "b", "end"));
      release.countDown();
      pool.awaitFinished();

      assertEquals(Set.of("hold", "a", "b"), Set.copyOf(handled));
      assertCounts(pool, 3, 3, 0, 0);
    }

    @Test
    void needsNoRoom() throws InterruptedException {
      WorkerPool<String> pool = held(builder -> builder.capacity(1).sentinelWhen(String::isEmpty));
      pool.submit("a");
      assertTrue(pool.trySubmit(""));
      release.countDown();
      pool.awaitFinished();

      assertHandled("hold", "a");
    }

    @Test
    void refusesWhatComesLater_andSaysWhenAndByWhom() throws Exception {
      WorkerPool<String> pool = builder().start();
      Actor.run("boss", pool::finish);

      RejectedExecutionException refused =
          assertThrows(RejectedExecutionException.class, () -> pool.submit("late"));
      assertTrue(
          refused
              .getMessage()
              .matches(
                  "WorkerPool \"index\" accepts nothing any more: it was finished by finish\\(\\)"
                      + " on thread \"boss\" at 20.*Z\\."),
          refused::getMessage);
      assertThrows(RejectedExecutionException.class, () -> pool.trySubmit("late"));
      assertThrows(RejectedExecutionException.class, () -> pool.submit("late", SHORT));
      assertThrows(RejectedExecutionException.class, pool::producer);
      pool.awaitFinished();
      assertCounts(pool, 0, 0, 0, 0);
    }

    @Test
    void refusesThoseWhoWaitForRoom() throws Exception {
      WorkerPool<String> pool = held(builder -> builder.capacity(1));
      pool.submit("a");
      Actor producer =
          Actor.start(
              "producer",
              () -> assertThrows(RejectedExecutionException.class, () -> pool.submit("b")));
      producer.awaitParked();
      pool.finish();
      producer.join();
      release.countDown();
      pool.awaitFinished();

      assertHandled("hold", "a");
    }

    @Test
    void comesWithTheLastProducer() throws InterruptedException {
      WorkerPool<String> pool = builder().sentinel("end").start();
      WorkerPool.Producer<String> first = pool.producer();
      WorkerPool.Producer<String> second = pool.producer();
      first.submit("a");
      first.submit("end");
      first.close();
      second.submitAll(List.of("b", "end"));
      pool.awaitFinished();

      assertEquals(Set.of("a", "b"), Set.copyOf(handled));
      IllegalStateException closed =
          assertThrows(IllegalStateException.class, () -> first.submit("c"));
      assertTrue(
          closed.getMessage().startsWith("Producer of WorkerPool \"index\", made on thread "),
          closed::getMessage);
    }

    @Test
    void isAwaitedInVain_ifAProducerIsLeftOpen_whichIsNamed() {
      WorkerPool<String> pool = builder().start();
      WorkerPool.Producer<String> leaked = pool.producer();

      TimeoutException late = assertThrows(TimeoutException.class, () -> pool.awaitFinished(SHORT));
      assertTrue(
          late.getMessage()
              .matches(
                  "The items of WorkerPool \"index\" should have been finished within PT0.001S\\. 0"
                      + " wait, 0 run\\. Not closed: \\[made on thread \".*\" at"
                      + " \\w+\\.java:\\d+]\\."),
          late::getMessage);
      leaked.close();
      assertEquals("ended", state(pool));
    }

    private String state(WorkerPool<String> pool) {
      pool.close();
      return pool.toString().replaceAll(".*\\[(\\w+),.*", "$1");
    }

    @Test
    void endsTheThreads() throws Exception {
      Set<Thread> threads = ConcurrentHashMap.newKeySet();
      WorkerPool<String> pool =
          builder()
              .workers(3)
              .threadFactory(worker -> {
                Thread thread = new Thread(worker);
                threads.add(thread);
                return thread;
              })
              .start();
      pool.close();
      for (Thread thread : threads) {
        thread.join();
      }
      assertEquals(3, threads.size());
    }
  }

  @Nested
  class StopNow {
    @Test
    void givesBackWhatWasNotStarted_inOrder() throws InterruptedException {
      WorkerPool<String> pool = held(WorkerPool.Builder::lastInFirstOut);
      pool.submitAll(List.of("a", "b"));

      assertEquals(List.of("b", "a"), pool.stopNow());
      assertEquals(List.of(), pool.stopNow());
      assertEquals(List.of("b", "a"), pool.returned());
      pool.awaitFinished();
      assertCounts(pool, 3, 0, 1, 2); // the one that ran was interrupted
    }

    @Test
    void interruptsHandlers_andNotTheOneThatCallsIt() throws Exception {
      AtomicBoolean isInterrupted = new AtomicBoolean(true);
      AtomicReference<WorkerPool<String>> itself = new AtomicReference<>();
      WorkerPool<String> pool =
          WorkerPool.<String>of(
                  item -> {
                    itself.get().stopNow();
                    isInterrupted.set(Thread.currentThread().isInterrupted());
                  })
              .workers(1)
              .start();
      itself.set(pool);
      pool.submit("a");
      pool.awaitFinished();

      assertFalse(isInterrupted.get());
    }

    @Test
    void refusesThoseWhoWaitForRoom() throws Exception {
      WorkerPool<String> pool = held(builder -> builder.capacity(1));
      pool.submit("a");
      Actor producer =
          Actor.start(
              "producer",
              () -> assertThrows(RejectedExecutionException.class, () -> pool.submit("b")));
      producer.awaitParked();

      assertEquals(List.of("a"), pool.stopNow());
      producer.join();
    }
  }

  @Nested
  class Close {
    @Test
    void waitsForAll() throws Exception {
      WorkerPool<String> pool = held(builder -> builder);
      pool.submit("a");
      Actor closing = Actor.start("closing", pool::close);
      closing.awaitParked();
      release.countDown();
      closing.join();

      assertHandled("hold", "a");
      assertCounts(pool, 2, 2, 0, 0);
    }

    @Test
    void isInAHurry_whenItIsInterrupted() throws Exception {
      WorkerPool<String> pool = held(builder -> builder);
      pool.submit("a");
      AtomicBoolean isKept = new AtomicBoolean();
      Actor closing =
          Actor.start(
              "closing",
              () -> {
                pool.close();
                isKept.set(Thread.interrupted());
              });
      closing.awaitParked();
      closing.thread().interrupt();
      closing.join();

      assertTrue(isKept.get());
      assertEquals(List.of("a"), pool.returned());
    }

    @Test
    void isInAHurry_whenItIsOutOfTime() throws Exception {
      WorkerPool<String> pool = held(builder -> builder.closeWithin(SHORT));
      pool.submit("a");
      pool.close();

      assertEquals(List.of("a"), pool.returned());
      pool.awaitFinished();
      assertCounts(pool, 2, 0, 1, 1);
    }

    @Test
    void outOfTime_doesNotWaitForAHandlerThatIgnoresInterrupts() throws Exception {
      WorkerPool<String> pool =
          WorkerPool.<String>of(
                  item -> {
                    held.countDown();
                    while (release.getCount() > 0) {
                      Thread.onSpinWait();
                    }
                  })
              .workers(1)
              .closeWithin(SHORT)
              .start();
      pool.submit("a");
      held.await();
      pool.close();

      assertEquals(1, pool.report().running());
      release.countDown();
      pool.awaitFinished();
      assertCounts(pool, 1, 1, 0, 0);
    }

    @Test
    void inAHandler_doesNotWaitForItself() throws Exception {
      AtomicReference<WorkerPool<String>> itself = new AtomicReference<>();
      WorkerPool<String> pool =
          WorkerPool.<String>of(item -> itself.get().close()).workers(2).start();
      itself.set(pool);
      pool.submit("a");
      pool.awaitFinished();

      assertCounts(pool, 1, 1, 0, 0);
    }

    @Test
    void twice_isAsGoodAsOnce() {
      WorkerPool<String> pool = builder().start();
      pool.close();
      pool.close();
      assertCounts(pool, 0, 0, 0, 0);
    }
  }

  @Nested
  class AwaitIdle {
    @Test
    void returns_whenNothingWaitsOrRuns() throws Exception {
      try (WorkerPool<String> pool = held(builder -> builder)) {
        pool.submit("a");
        Actor waiting = Actor.start("waiting", pool::awaitIdle);
        waiting.awaitParked();
        assertThrows(TimeoutException.class, () -> pool.awaitIdle(SHORT));
        release.countDown();
        waiting.join();

        assertHandled("hold", "a");
        pool.submit("b"); // it goes on
        pool.awaitIdle(LONG);
        assertHandled("hold", "a", "b");
      }
    }

    @Test
    void returns_asSoonAsTheReportHasCountedAll() throws Exception {
      try (WorkerPool<String> pool = builder().workers(2).start()) {
        for (int round = 1; round <= 10_000; round++) {
          long submitted = 2L * round;
          pool.submit("a");
          pool.submit("b");
          Actor.await("both are counted", () -> pool.report().ended() == submitted);
          pool.awaitIdle(Duration.ZERO);
        }
      }
    }

    @Test
    void doesNotWaitForTheListener() throws Exception {
      CountDownLatch isTold = new CountDownLatch(1);
      CountDownLatch goOn = new CountDownLatch(1);
      WorkerPool<String> pool =
          held(builder ->
              builder.onProgress(report -> {
                if (report.completed() == 1) {
                  isTold.countDown();
                  uninterruptibly(goOn);
                }
              }));
      try (pool) {
        Actor waiting = Actor.start("waiting", pool::awaitIdle);
        waiting.awaitParked();
        release.countDown();
        waiting.join();
        isTold.await();
        pool.awaitIdle(Duration.ZERO);
        goOn.countDown();
      }
    }

    @Test
    @SuppressWarnings("removal") // newer JDKs have it still
    void doesNotWaitForAWorkerThatTakesTheDeadOnesPlace() throws Exception {
      AtomicInteger made = new AtomicInteger();
      CountDownLatch goOn = new CountDownLatch(1);
      WorkerPool<String> pool =
          WorkerPool.<String>of(
                  item -> {
                    handle("hold");
                    throw new ThreadDeath();
                  })
              .workers(1)
              .threadFactory(worker -> {
                if (made.getAndIncrement() > 0) {
                  uninterruptibly(goOn);
                }
                return new Thread(worker);
              })
              .start();
      try (pool) {
        pool.submit("a");
        Actor waiting = Actor.start("waiting", pool::awaitIdle);
        waiting.awaitParked();
        release.countDown();
        waiting.join();
        assertEquals(1, pool.report().failed());
        goOn.countDown();
      }
    }

    private static void uninterruptibly(CountDownLatch latch) {
      try {
        latch.await();
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }

    @Test
    void inAHandler_isADeadlock() throws Exception {
      AtomicReference<WorkerPool<String>> itself = new AtomicReference<>();
      Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
      WorkerPool<String> pool =
          WorkerPool.<String>of(item -> itself.get().awaitIdle())
              .name("index")
              .onFailure((item, failure) -> failures.add(failure))
              .workers(1)
              .start();
      itself.set(pool);
      try (pool) {
        pool.submit("a");
        pool.awaitIdle();
      }
      assertEquals(
          List.of(
              "awaitIdle of WorkerPool \"index\" was called by one of its handlers, on thread"
                  + " \"index-1\", which would wait for itself. Call it on another thread."),
          failures.stream().map(Throwable::getMessage).toList());
    }
  }

  @Nested
  class Failures {
    private final Queue<Throwable> told = new ConcurrentLinkedQueue<>();
    private final IOException failure = new IOException("broken");

    private WorkerPool.Builder<String> failing() {
      return WorkerPool.<String>of(
              item -> {
                handled.add(item);
                if (item.startsWith("bad")) {
                  throw failure;
                }
              })
          .name("index")
          .workers(1)
          .onFailure((item, thrown) -> told.add(thrown));
    }

    @Test
    void areToldAndCounted_andTheWorkerGoesOn() throws Exception {
      WorkerPool<String> pool = failing().start();
      try (pool) {
        pool.submitAll(List.of("bad", "good"));
      }
      assertEquals(List.of(failure), List.copyOf(told));
      assertSame(failure, pool.report().firstFailure());
      assertCounts(pool, 2, 1, 1, 0);
    }

    @Test
    void areTheThreads_ifNobodyElseListens() throws Exception {
      Queue<Throwable> uncaught = new ConcurrentLinkedQueue<>();
      WorkerPool<String> pool =
          WorkerPool.<String>of(
                  item -> {
                    throw failure;
                  })
              .workers(1)
              .threadFactory(catching(uncaught))
              .start();
      try (pool) {
        pool.submitAll(List.of("a", "b"));
      }
      assertEquals(List.of(failure, failure), List.copyOf(uncaught));
    }

    private ThreadFactory catching(Queue<Throwable> uncaught) {
      return worker -> {
        Thread thread = new Thread(worker);
        thread.setUncaughtExceptionHandler((of, thrown) -> uncaught.add(thrown));
        return thread;
      };
    }

    @Test
    void ofAListener_areTheThreads() throws Exception {
      Queue<Throwable> uncaught = new ConcurrentLinkedQueue<>();
      IllegalStateException another = new IllegalStateException();
      WorkerPool<String> pool =
          failing()
              .onFailure((item, thrown) -> {
                throw another;
              })
              .threadFactory(catching(uncaught))
              .start();
      try (pool) {
        pool.submitAll(List.of("bad", "good"));
      }
      assertEquals(List.of(another), List.copyOf(uncaught));
      assertEquals(List.of(failure), List.of(another.getSuppressed()));
      assertCounts(pool, 2, 1, 1, 0);
    }

    @Test
    void areTriedAgain() throws Exception {
      AtomicInteger runs = new AtomicInteger();
      WorkerPool<String> pool =
          WorkerPool.<String>of(
                  item -> {
                    Thread.currentThread().interrupt(); // not for the next run
                    assertFalse(runs.getAndIncrement() > 0 && !Thread.interrupted());
                    if (runs.get() % 3 != 0) {
                      throw failure;
                    }
                  })
              .workers(1)
              .retry(2)
              .start();
      try (pool) {
        pool.submitAll(List.of("a", "b"));
      }
      assertEquals(6, runs.get());
      assertCounts(pool, 2, 2, 0, 0);
    }

    @Test
    void areFinal_afterAllRetries() throws Exception {
      WorkerPool<String> pool = failing().retry(2).start();
      try (pool) {
        pool.submit("bad");
      }
      assertHandled("bad", "bad", "bad");
      assertEquals(List.of(failure), List.copyOf(told));
      assertCounts(pool, 1, 0, 1, 0);
    }

    @Test
    void stopThePool_ifItIsToFailFast() throws Exception {
      CountDownLatch go = new CountDownLatch(1);
      WorkerPool<String> pool =
          WorkerPool.<String>of(
                  item -> {
                    go.await();
                    throw failure;
                  })
              .name("index")
              .workers(1)
              .failFast()
              .onFailure((item, thrown) -> told.add(thrown))
              .start();
      pool.submitAll(List.of("a", "b", "c"));
      go.countDown();

      CompletionException thrown = assertThrows(CompletionException.class, pool::close);
      assertSame(failure, thrown.getCause());
      assertEquals(
          "WorkerPool \"index\" was stopped by IOException (see the cause). 3 accepted, 0"
              + " completed, 1 failed, 2 returned, 0 waiting, 0 running, first failure:"
              + " java.io.IOException",
          thrown.getMessage());
      assertSame(
          failure,
          assertThrows(RejectedExecutionException.class, () -> pool.submit("d")).getCause());
      assertThrows(CompletionException.class, pool::awaitIdle);
      assertThrows(CompletionException.class, pool::awaitFinished);
      assertEquals(List.of("b", "c"), pool.returned());
    }

    @Test
    void thatAreErrors_stopThePoolAndSurface() throws Exception {
      Queue<Throwable> uncaught = new ConcurrentLinkedQueue<>();
      CountDownLatch go = new CountDownLatch(1);
      AssertionError error = new AssertionError("broken");
      WorkerPool<String> pool =
          WorkerPool.<String>of(
                  item -> {
                    go.await();
                    throw error;
                  })
              .workers(1)
              .threadFactory(catching(uncaught))
              .start();
      pool.submitAll(List.of("a", "b"));
      go.countDown();

      assertSame(error, assertThrows(CompletionException.class, pool::awaitFinished).getCause());
      assertEquals(List.of("b"), pool.returned());
      assertCounts(pool, 2, 0, 1, 1);
      Actor.await("the thread tells", () -> !uncaught.isEmpty());
      assertEquals(List.of(error), List.copyOf(uncaught));
    }

    @Test
    @SuppressWarnings("removal") // newer JDKs have it still
    void thatKillTheThread_leadToAnotherWorker() throws Exception {
      Set<Thread> threads = ConcurrentHashMap.newKeySet();
      WorkerPool<String> pool =
          WorkerPool.<String>of(
                  item -> {
                    threads.add(Thread.currentThread());
                    if (item.equals("kill")) {
                      throw new ThreadDeath();
                    }
                  })
              .workers(1)
              .failFast()
              .start();
      try (pool) {
        pool.submitAll(List.of("kill", "a", "kill", "b"));
      }
      assertEquals(3, threads.size());
      assertCounts(pool, 4, 2, 2, 0);
    }

    @Test
    @SuppressWarnings("removal") // newer JDKs have it still
    void toReplaceAWorker_stopThePool() throws Exception {
      AtomicInteger made = new AtomicInteger();
      CountDownLatch go = new CountDownLatch(1);
      IllegalStateException noThread = new IllegalStateException("no thread");
      WorkerPool<String> pool =
          WorkerPool.<String>of(
                  item -> {
                    go.await();
                    throw new ThreadDeath();
                  })
              .workers(1)
              .threadFactory(worker -> {
                if (made.getAndIncrement() > 0) {
                  throw noThread;
                }
                return new Thread(worker);
              })
              .start();
      pool.submitAll(List.of("a", "b"));
      go.countDown();

      assertSame(noThread, assertThrows(CompletionException.class, pool::close).getCause());
      assertCounts(pool, 2, 0, 1, 1);
    }

    @Test
    void ofTheFirstThreads_reachTheCallerOfStart_andLeaveNoThread() throws Exception {
      List<Thread> threads = new ArrayList<>();
      IllegalStateException noThread = new IllegalStateException("no thread");
      WorkerPool.Builder<String> builder =
          builder()
              .workers(2)
              .threadFactory(worker -> {
                if (!threads.isEmpty()) {
                  throw noThread;
                }
                threads.add(new Thread(worker));
                return threads.get(0);
              });

      assertSame(noThread, assertThrows(IllegalStateException.class, builder::start));
      threads.get(0).join();
    }
  }

  @Nested
  class Handlers {
    @Test
    void runAnItemOfTheirOwn_ifThereIsNoRoom() throws Exception {
      AtomicReference<WorkerPool<Integer>> itself = new AtomicReference<>();
      Queue<Integer> got = new ConcurrentLinkedQueue<>();
      WorkerPool<Integer> pool =
          WorkerPool.<Integer>of(
                  item -> {
                    got.add(item);
                    if (item < 5) {
                      itself.get().submit(item + 1); // there is room
                      itself.get().submit(item + 1); // there is none
                    }
                  })
              .workers(1)
              .capacity(1)
              .start();
      itself.set(pool);
      try (pool) {
        pool.submit(0);
        pool.awaitIdle();
      }
      assertEquals(63, got.size());
      assertCounts(pool, 63, 63, 0, 0);
    }

    @Test
    void neverRunOutOfStack_bySubmittingToAFullPool() throws Exception {
      AtomicReference<WorkerPool<Integer>> itself = new AtomicReference<>();
      AtomicInteger got = new AtomicInteger();
      WorkerPool<Integer> pool =
          WorkerPool.<Integer>of(
                  item -> {
                    got.incrementAndGet();
                    if (item < 100_000) {
                      itself.get().submit(item + 1);
                    }
                  })
              .workers(1)
              .capacity(1)
              .start();
      itself.set(pool);
      try (pool) {
        pool.submitAll(List.of(0, 100_000));
        pool.awaitIdle();
      }
      assertEquals(100_002, got.get());
    }

    @Test
    void seeTheirOwnInterrupts_andNotThoseOfOthers() throws Exception {
      Queue<Boolean> seen = new ConcurrentLinkedQueue<>();
      AtomicReference<Thread> worker = new AtomicReference<>();
      try (WorkerPool<String> pool =
          WorkerPool.<String>of(
                  item -> {
                    worker.set(Thread.currentThread());
                    seen.add(Thread.currentThread().isInterrupted());
                    Thread.currentThread().interrupt();
                  })
              .workers(1)
              .start()) {
        pool.submitAll(List.of("a", "b"));
        pool.awaitIdle();
        Actor.await("it waits", () -> worker.get().getState() == Thread.State.WAITING);
        worker.get().interrupt();
        pool.submit("c");
      }
      assertEquals(List.of(false, false, false), List.copyOf(seen));
    }
  }

  @Nested
  class Threads {
    @Test
    void areCalledAsThePool() throws Exception {
      Set<String> names = ConcurrentHashMap.newKeySet();
      try (WorkerPool<String> pool =
          WorkerPool.<String>of(item -> names.add(Thread.currentThread().getName()))
              .name("index")
              .workers(1)
              .start()) {
        pool.submit("a");
      }
      assertEquals(Set.of("index-1"), names);
    }

    @Test
    void keepTheProgramAlive_whoeverStartsThem() throws Exception {
      AtomicBoolean isDaemon = new AtomicBoolean(true);
      Thread daemon =
          new Thread(() -> {
            try (WorkerPool<String> pool =
                WorkerPool.<String>of(item -> isDaemon.set(Thread.currentThread().isDaemon()))
                    .workers(1)
                    .start()) {
              assertTrue(pool.trySubmit("a"));
            }
          });
      daemon.setDaemon(true);
      daemon.start();
      daemon.join();
      assertFalse(isDaemon.get());
    }

    @Test
    void mayBeVirtual() throws Exception {
      ThreadFactory factory = VirtualThreads.factory();
      Set<String> names = ConcurrentHashMap.newKeySet();
      CountDownLatch all = new CountDownLatch(100);
      try (WorkerPool<Integer> pool =
          WorkerPool.<Integer>of(
                  item -> {
                    names.add(Thread.currentThread().getName());
                    all.countDown();
                    all.await(); // all at once
                  })
              .name("many")
              .workers(100)
              .threadFactory(factory)
              .start()) {
        pool.submitAll(IntStream.range(0, 100).boxed().toList());
      }
      assertEquals(100, names.size());
      assertTrue(names.contains("many-100"));
    }
  }

  @Nested
  class Progress {
    @Test
    void isTold_upToTheLast_byOneAtATime() throws Exception {
      Queue<WorkerPool.Report> reports = new ConcurrentLinkedQueue<>();
      AtomicInteger inside = new AtomicInteger();
      Set<Integer> atOnce = ConcurrentHashMap.newKeySet();
      WorkerPool<Integer> pool =
          WorkerPool.<Integer>of(item -> {})
              .workers(3)
              .onProgress(report -> {
                atOnce.add(inside.incrementAndGet());
                reports.add(report);
                inside.decrementAndGet();
              })
              .start();
      try (pool) {
        pool.submitAll(IntStream.range(0, 1_000).boxed().toList());
      }
      Actor.await(
          "the last is told",
          () -> reports.stream().anyMatch(report -> report.completed() == 1_000));
      List<Long> ended = reports.stream().map(WorkerPool.Report::ended).toList();
      assertEquals(ended.stream().sorted().toList(), ended, "it never goes back");
      assertEquals(Set.of(1), atOnce);
    }

    @Test
    void ofThoseWhoComeWhileItIsTold_isToldByTheOneWhoTells() throws Exception {
      List<Long> completed = new ArrayList<>(); // told by this thread alone
      CountDownLatch telling = new CountDownLatch(1);
      AtomicReference<Thread> worker = new AtomicReference<>();
      AtomicReference<WorkerPool<String>> itself = new AtomicReference<>();
      WorkerPool<String> pool =
          WorkerPool.<String>of(
                  item -> {
                    worker.set(Thread.currentThread());
                    telling.await();
                  })
              .workers(1)
              .onProgress(report -> {
                completed.add(report.completed());
                telling.countDown();
                if (completed.size() == 1) {
                  Actor.await(
                      "the worker has told, and waits",
                      () ->
                          itself.get().report().completed() == 1
                              && Actor.isWaitingIn("take", worker.get()));
                }
              })
              .start();
      itself.set(pool);
      try (pool) {
        pool.submit("a");
        assertEquals(1, completed.get(completed.size() - 1));
      }
    }

    @Test
    void failuresOfItsListener_harmNobody() throws Exception {
      Queue<Throwable> uncaught = new ConcurrentLinkedQueue<>();
      IllegalStateException failure = new IllegalStateException();
      WorkerPool<String> pool =
          builder()
              .onProgress(report -> {
                throw failure;
              })
              .threadFactory(worker -> {
                Thread thread = new Thread(worker);
                thread.setUncaughtExceptionHandler((of, thrown) -> uncaught.add(thrown));
                return thread;
              })
              .start();
      Actor.run(
          "producer",
          () -> {
            Thread.currentThread()
                .setUncaughtExceptionHandler((of, thrown) -> uncaught.add(thrown));
            try (pool) {
              pool.submit("a");
            }
          });
      assertHandled("a");
      assertEquals(Set.of(failure), Set.copyOf(uncaught));
    }
  }

  @Test
  void aReport_isOfOneMoment() throws Exception {
    WorkerPool<Integer> pool = WorkerPool.<Integer>of(item -> {}).workers(2).capacity(3).start();
    AtomicBoolean isOver = new AtomicBoolean();
    Actor observer =
        Actor.start(
            "observer",
            () -> {
              long ended = 0;
              while (!isOver.get()) {
                WorkerPool.Report report = pool.report();
                assertEquals(
                    report.accepted(), report.ended() + report.waiting() + report.running());
                assertTrue(0 <= report.running() && report.running() <= 2, report::toString);
                assertTrue(0 <= report.waiting() && report.waiting() <= 3, report::toString);
                assertTrue(ended <= report.ended(), report::toString);
                ended = report.ended();
                Actor.giveWay();
              }
            });
    try (pool) {
      pool.submitAll(IntStream.range(0, 20_000).boxed().toList());
    }
    isOver.set(true);
    observer.join();
  }

  @Test
  void toString_showsNameStateAndCounts() throws Exception {
    WorkerPool<String> pool = held(builder -> builder);
    pool.submit("a");
    assertEquals(
        "WorkerPool \"index\" [open, 2 accepted, 0 completed, 0 failed, 0 returned, 1 waiting, 1"
            + " running]",
        pool.toString());
    pool.finish();
    assertTrue(pool.toString().contains("[finishing, "), pool::toString);
    release.countDown();
    pool.close();
    assertEquals(
        "WorkerPool \"index\" [ended, 2 accepted, 2 completed, 0 failed, 0 returned, 0 waiting, 0"
            + " running]",
        pool.toString());
  }

  @Test
  void choicesThatMakeNoSense_areRefused() {
    WorkerPool.Builder<String> builder = builder();
    assertAll(
        () -> assertThrows(IllegalArgumentException.class, () -> builder.workers(0)),
        () -> assertThrows(IllegalArgumentException.class, () -> builder.capacity(0)),
        () -> assertThrows(IllegalArgumentException.class, () -> builder.retry(-1)),
        () ->
            assertThrows(
                IllegalArgumentException.class, () -> builder.closeWithin(SHORT.negated())));
  }
}
