package io.github.threadfast;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class GuardedConditionsTest {
  private static final Duration LONG = Duration.ofHours(1);

  private final Guarded<Deque<Integer>> queue = Guarded.of("queue", new ArrayDeque<>());

  private Guarded<Deque<Integer>> readWrite() {
    return Guarded.readWrite("queue", new ArrayDeque<>());
  }

  @Nested
  class When {

    @Test
    void aConditionThatHolds_isNotWaitedFor() throws InterruptedException {
      queue.update(q -> q.add(1));

      int taken = queue.when(q -> !q.isEmpty()).compute(Deque::remove);

      assertEquals(1, taken);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aChangeThatMakesItHold_endsTheWait(boolean readWrite) throws Exception {
      Guarded<Deque<Integer>> values = readWrite ? readWrite() : queue;
      List<Integer> taken = new ArrayList<>();
      Actor reader =
          Actor.start(
              "reader", () -> taken.add(values.when(q -> q.size() == 3).read(Deque::peekLast)));
      reader.awaitParked();

      for (int i = 0; i < 3; i++) {
        int item = i;
        values.update(q -> q.add(item));
      }
      reader.join();

      assertEquals(List.of(2), taken);
    }

    @Test
    void everyWayToChangeTheValue_endsTheWait() throws Exception {
      Guarded<Deque<Integer>> other = Guarded.of(new ArrayDeque<>());
      List<Actor.Body> ways =
          List.of(
              () -> queue.update(q -> q.add(1)),
              () -> queue.compute(q -> q.add(1)),
              () -> queue.replace(q -> new ArrayDeque<>(List.of(1))),
              () -> queue.when(Deque::isEmpty).update(q -> q.add(1)),
              () -> queue.within(LONG).compute(q -> q.add(1)),
              () -> Guarded.together(other, queue).update((o, q) -> q.add(1)),
              () ->
                  assertThrows(
                      ArithmeticException.class,
                      () ->
                          queue.update(q -> {
                            q.add(1);
                            throw new ArithmeticException();
                          })));
      for (Actor.Body way : ways) {
        Actor taker =
            Actor.start("taker", () -> queue.when(q -> !q.isEmpty()).update(Deque::remove));
        taker.awaitParked();

        way.run();

        taker.join();
      }
    }

    @Test
    void ofManyWaiters_onlyThoseWhoseConditionHoldsGoOn() throws Exception {
      Guarded<int[]> number = Guarded.of(new int[1]);
      List<Integer> order = new ArrayList<>();
      List<Actor> waiters = new ArrayList<>();
      for (int i = 1; i <= 20; i++) {
        int wanted = i;
        waiters.add(
            Actor.start(
                "waits for " + wanted,
                () -> number.when(n -> n[0] >= wanted).update(n -> order.add(wanted))));
        waiters.get(i - 1).awaitParked();
      }

      for (int i = 1; i <= 20; i++) {
        number.update(n -> n[0]++);
        waiters.get(i - 1).join();
      }

      assertEquals(IntStream.rangeClosed(1, 20).boxed().toList(), order);
    }

    @Test
    void waitersWhoseConditionHolds_goInTheOrderOfTheirArrival() throws Exception {
      Guarded<boolean[]> open = Guarded.of(new boolean[1]);
      List<Integer> order = new ArrayList<>();
      List<Actor> waiters = new ArrayList<>();
      for (int i = 0; i < 10; i++) {
        int mine = i;
        Actor waiter =
            Actor.start("waiter " + i, () -> open.when(o -> o[0]).update(o -> order.add(mine)));
        waiter.awaitParked();
        waiters.add(waiter);
      }

      open.update(o -> o[0] = true);
      for (Actor waiter : waiters) {
        waiter.join();
      }

      assertEquals(IntStream.range(0, 10).boxed().toList(), order);
    }

    @Test
    void aConditionThatThrows_failsOnlyItsOwnWaiter() throws Exception {
      ArithmeticException failure = new ArithmeticException();
      Actor bad =
          Actor.start(
              "bad",
              () ->
                  assertSame(
                      failure,
                      assertThrows(
                          ArithmeticException.class,
                          () ->
                              queue
                                  .when(q -> {
                                    if (q.isEmpty()) {
                                      return false;
                                    }
                                    throw failure;
                                  })
                                  .read(Deque::size))));
      bad.awaitParked();
      Actor good = Actor.start("good", () -> queue.when(q -> q.size() == 1).update(Deque::remove));
      good.awaitParked();

      queue.update(q -> q.add(1));

      bad.join();
      good.join();
      assertEquals("Guarded[\"queue\", free]", queue.toString());
    }

    @Test
    void aConditionThatThrowsAtOnce_leavesTheValueFree() {
      assertThrows(
          ArithmeticException.class,
          () ->
              queue
                  .when(q -> {
                    throw new ArithmeticException();
                  })
                  .update(Deque::clear));

      assertEquals("Guarded[\"queue\", free]", queue.toString());
    }

    @Test
    void twoConditions_mustBothHold() throws Exception {
      Actor waiter =
          Actor.start(
              "waiter",
              () ->
                  queue.when(q -> !q.isEmpty()).when(q -> q.peekLast() == 2).update(Deque::clear));
      waiter.awaitParked();

      queue.update(q -> q.add(1));
      waiter.awaitParked();
      queue.update(q -> q.add(2));

      waiter.join();
    }

    @Test
    void anInterrupt_endsTheWait() throws Exception {
      Actor waiter =
          Actor.start(
              "waiter",
              () -> {
                assertThrows(
                    InterruptedException.class,
                    () -> queue.when(q -> !q.isEmpty()).read(Deque::size));
                assertFalse(Thread.currentThread().isInterrupted());
              });
      waiter.awaitParked();

      waiter.thread().interrupt();

      waiter.join();
    }

    @Test
    void anInterruptBefore_endsItAtOnce() throws Exception {
      Actor.run(
          "interrupted",
          () -> {
            Thread.currentThread().interrupt();
            assertThrows(InterruptedException.class, () -> queue.when(q -> true).read(Deque::size));
          });
    }
  }

  @Nested
  class Within {

    @Test
    void aConditionThatNeverHolds_isATimeout() {
      TimeoutException e =
          assertThrows(
              TimeoutException.class,
              () ->
                  queue
                      .when(q -> !q.isEmpty())
                      .within(Duration.ofMillis(1))
                      .compute(Deque::remove));

      assertEquals(
          "The condition on Guarded \"queue\" did not hold within PT0.001S. Wait longer, or see why"
              + " no change makes it so.",
          e.getMessage());
      assertEquals("Guarded[\"queue\", free]", queue.toString());
    }

    @Test
    void aValueThatIsHeldTooLong_isATimeoutThatSaysByWhom() throws Exception {
      CountDownLatch inside = new CountDownLatch(1);
      CountDownLatch leave = new CountDownLatch(1);
      Actor holder =
          Actor.start(
              "holder",
              () ->
                  queue.update(q -> {
                    inside.countDown();
                    leave.await();
                  }));
      inside.await();

      TimeoutException e =
          assertThrows(
              TimeoutException.class,
              () -> queue.within(Duration.ofMillis(1)).update(Deque::clear));

      assertEquals(
          "Guarded \"queue\" was not free within PT0.001S: \"holder\" holds it. Shorten that"
              + " action, or wait longer.",
          e.getMessage());
      leave.countDown();
      holder.join();
      queue.within(LONG).update(Deque::clear);
    }

    @Test
    void anInterruptWhileTheValueIsHeld_endsTheWait() throws Exception {
      CountDownLatch inside = new CountDownLatch(1);
      CountDownLatch leave = new CountDownLatch(1);
      Actor holder =
          Actor.start(
              "holder",
              () ->
                  queue.update(q -> {
                    inside.countDown();
                    leave.await();
                  }));
      inside.await();
      Actor waiter =
          Actor.start(
              "waiter",
              () ->
                  assertThrows(
                      InterruptedException.class, () -> queue.within(LONG).update(Deque::clear)));
      waiter.awaitParked();

      waiter.thread().interrupt();

      waiter.join();
      leave.countDown();
      holder.join();
    }

    @Test
    void zero_triesOnce() throws Exception {
      queue.within(Duration.ZERO).update(q -> q.add(1));
      queue.when(q -> q.size() == 1).within(Duration.ZERO).update(Deque::clear);

      assertThrows(
          TimeoutException.class,
          () -> queue.when(q -> q.size() == 1).within(Duration.ZERO).update(Deque::clear));
    }

    @Test
    void forEver_isLongEnough() throws Exception {
      queue.within(Duration.ofSeconds(Long.MAX_VALUE)).update(q -> q.add(1));
    }

    @Test
    void aNegativeLimit_isAnError() {
      IllegalArgumentException e =
          assertThrows(IllegalArgumentException.class, () -> queue.within(Duration.ofMillis(-1)));

      assertEquals("limit must not be negative: was PT-0.001S.", e.getMessage());
    }

    @Test
    void insideItsOwnAction_isADeadlockAtOnce() {
      queue.update(q ->
          assertThrows(DeadlockException.class, () -> queue.within(LONG).update(Deque::clear)));
    }
  }

  @Nested
  class Signals {

    /** Were a signal lost with the waiter that gave up, the other would wait for ever. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aSignalledWaiterThatIsInterrupted_passesItOn(boolean readWrite) throws Exception {
      Guarded<Deque<Integer>> values = readWrite ? readWrite() : queue;
      for (int round = 0; round < 500; round++) {
        AtomicBoolean taken = new AtomicBoolean();
        Actor interrupted =
            Actor.start(
                "interrupted",
                () -> {
                  try {
                    values.when(q -> !q.isEmpty()).update(Deque::remove);
                    taken.set(true);
                  } catch (InterruptedException givenUp) {
                    // the other one must take it
                  }
                });
        interrupted.awaitParked();
        Actor other =
            Actor.start("other", () -> values.when(q -> !q.isEmpty()).update(Deque::remove));
        other.awaitParked();

        values.update(q -> q.add(1)); // signals the first
        interrupted.thread().interrupt(); // mostly before it has woken up

        interrupted.join();
        if (taken.get()) {
          values.update(q -> q.add(2));
        }
        other.join();
      }
    }

    @Test
    void aSignalledWaiterThatIsOutOfTime_passesItOn() throws Exception {
      for (int round = 0; round < 1_000; round++) {
        Duration aboutNow = Duration.ofNanos(50_000 + round * 100L);
        Actor hasty =
            Actor.start(
                "hasty",
                () -> {
                  try {
                    queue.when(q -> !q.isEmpty()).within(aboutNow).update(Deque::remove);
                    queue.update(q -> q.add(2)); // for the patient one
                  } catch (TimeoutException givenUp) {
                    // the patient one must take it
                  }
                });
        Actor patient =
            Actor.start("patient", () -> queue.when(q -> !q.isEmpty()).update(Deque::remove));

        queue.update(q -> q.add(1));

        hasty.join();
        patient.join();
        boolean empty = queue.read(Deque::isEmpty);
        assertTrue(empty);
      }
    }

    /** The signal comes after the unlock: before it, who gives up could not hand it on. */
    @Test
    void whoGivesUpWhileTheSignalIsUnderWay_leavesItToTheNext() throws Exception {
      Random random = new Random(1);
      long end = System.nanoTime() + Duration.ofSeconds(2).toNanos();
      for (int round = 0; round < 200 || System.nanoTime() < end; round++) {
        Guarded<int[]> number = Guarded.of("number", new int[1]);
        AtomicBoolean taken = new AtomicBoolean();
        Actor first =
            Actor.start(
                "first",
                () -> {
                  try {
                    number.when(n -> n[0] > 0).update(n -> n[0]--);
                    taken.set(true);
                  } catch (InterruptedException givenUp) {
                    // the second must take it
                  }
                });
        first.awaitParked();
        Actor second = Actor.start("second", () -> number.when(n -> n[0] > 0).update(n -> n[0]--));
        second.awaitParked();
        AtomicInteger ready = new AtomicInteger();
        int pause = random.nextInt(200);
        Actor interrupter =
            Actor.start(
                "interrupter",
                () -> {
                  ready.incrementAndGet();
                  spinUntil(ready, 2);
                  spin(pause);
                  first.thread().interrupt();
                });
        spinUntil(ready, 1);
        ready.incrementAndGet();
        spin(random.nextInt(200));

        number.update(n -> n[0]++);

        interrupter.join();
        first.join();
        if (taken.get()) {
          number.update(n -> n[0]++);
        }
        second.join();
      }
    }

    private void spinUntil(AtomicInteger number, int value) {
      while (number.get() < value) {
        Thread.onSpinWait();
      }
    }

    private void spin(int times) {
      for (int i = 0; i < times; i++) {
        Thread.onSpinWait();
      }
    }

    @Test
    void whoGivesUpWhileItsConditionIsTried_leavesItToTheNext() throws Exception {
      Actor[] first = new Actor[1];
      Thread[] unlocking = new Thread[1];
      first[0] =
          Actor.start(
              "first",
              () ->
                  assertThrows(
                      InterruptedException.class,
                      () ->
                          queue
                              .when(q -> {
                                if (Thread.currentThread() == unlocking[0] && !q.isEmpty()) {
                                  first[0].thread().interrupt();
                                  Actor.await("first is out", () -> !first[0].thread().isAlive());
                                }
                                return !q.isEmpty();
                              })
                              .update(Deque::remove)));
      first[0].awaitParked();
      Actor second =
          Actor.start("second", () -> queue.when(q -> !q.isEmpty()).update(Deque::remove));
      second.awaitParked();

      unlocking[0] = Thread.currentThread();
      queue.update(q -> q.add(1));

      first[0].join();
      second.join();
    }

    /** It may have to wait for another value, for long. */
    @Test
    void aWaiterForSeveralValues_keepsTheSignalFromNobody() throws Exception {
      Guarded<int[]> low = Guarded.of("low", new int[1]);
      Guarded<int[]> high = Guarded.of("high", new int[1]);
      Actor both =
          Actor.start(
              "both",
              () -> Guarded.together(low, high).when((l, h) -> h[0] == 1).update((l, h) -> l[0]++));
      both.awaitParked();
      Actor one =
          Actor.start(
              "one", () -> low.update(l -> high.when(h -> h[0] == 1).update(h -> l[0] = 10)));
      one.awaitParked();

      high.update(h -> h[0] = 1);

      one.join();
      both.join();
      int result = low.read(l -> l[0]);
      assertEquals(11, result);
    }

    @Test
    void producersAndConsumers_loseNothing() throws Exception {
      int each = 2_000;
      Guarded<Deque<Integer>> bounded = Guarded.of(new ArrayDeque<>());
      AtomicInteger sum = new AtomicInteger();
      List<Actor> actors = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        actors.add(
            Actor.start(
                "producer " + i,
                () -> {
                  for (int item = 1; item <= each; item++) {
                    int mine = item;
                    bounded.when(q -> q.size() < 2).update(q -> q.add(mine));
                  }
                }));
        actors.add(
            Actor.start(
                "consumer " + i,
                () -> {
                  for (int n = 0; n < each; n++) {
                    sum.addAndGet(bounded.when(q -> !q.isEmpty()).compute(Deque::remove));
                  }
                }));
      }
      for (Actor actor : actors) {
        actor.join();
      }

      assertEquals(3 * each * (each + 1) / 2, sum.get());
    }
  }
}
