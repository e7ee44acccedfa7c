package io.github.threadfast;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;

@Timeout(60)
class PerThreadAccumulatorTest {
  private final PerThreadAccumulator maximum =
      PerThreadAccumulator.of("slowest", Math::max, Long.MIN_VALUE);

  private final PerThreadAccumulator sum = PerThreadAccumulator.of(Long::sum, 0);

  @Test
  void withoutNumbers_theResultIsTheIdentity() {
    assertEquals(Long.MIN_VALUE, maximum.get());
  }

  @Test
  void get_combinesAllNumbers() throws Exception {
    maximum.accumulate(7);
    Actor.run("other", () -> maximum.accumulate(42));
    maximum.accumulate(8);

    assertEquals(42, maximum.get());
    assertEquals(42, maximum.get());
  }

  @Test
  void whatLivingThreadsAccumulate_isSeenByAGetThatItHappensBefore() throws Exception {
    CountDownLatch accumulated = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    Actor other =
        Actor.start(
            "other",
            () -> {
              sum.accumulate(1);
              sum.accumulate(2);
              accumulated.countDown();
              Call.await(release);
            });
    Call.await(accumulated);
    sum.accumulate(10);

    assertEquals(13, sum.get());
    assertEquals("PerThreadAccumulator[2 threads]", sum.toString());
    release.countDown();
    other.join();
    assertEquals(13, sum.get());
  }

  @Test
  void aNewThread_goesOnWithTheNumberOfAnEndedOne() throws Exception {
    Actor.run("first", () -> sum.accumulate(1));
    assertEquals(1, sum.get()); // which finds that the thread has ended

    Actor.run("second", () -> sum.accumulate(2));

    assertEquals(3, sum.get());
    assertEquals(1, sum.numbers().length);
  }

  @Test
  void tenThousandShortThreads_countExactly_andLeaveFewNumbers() throws Exception {
    int most = 0;
    for (int round = 0; round < 2_500; round++) {
      Thread[] threads = new Thread[4];
      for (int i = 0; i < threads.length; i++) {
        threads[i] = new Thread(() -> sum.accumulate(1));
        threads[i].start();
      }
      for (Thread thread : threads) {
        thread.join();
      }
      most = Math.max(most, sum.threads());
    }

    assertTrue(most <= 16, most + " places");
    assertEquals(10_000, sum.get());
    assertEquals(0, sum.threads());
    assertTrue(sum.numbers().length <= 16, sum.numbers().length + " numbers");
  }

  @Test
  void resultsDuringTheLivesOfShortThreads_neverGoDown_andEndExact() throws Exception {
    AtomicBoolean over = new AtomicBoolean();
    Call<Boolean> observer =
        Call.start(
            "observer",
            () -> {
              boolean ascending = true;
              for (long last = 0; !over.get(); ) {
                long result = sum.get();
                ascending &= result >= last;
                last = result;
                Actor.giveWay();
              }
              return ascending;
            });
    for (int round = 0; round < 500; round++) {
      Thread[] threads = new Thread[4];
      for (int i = 0; i < threads.length; i++) {
        threads[i] = new Thread(() -> LongStream.range(0, 10).forEach(n -> sum.accumulate(1)));
        threads[i].start();
      }
      for (Thread thread : threads) {
        thread.join();
      }
    }
    over.set(true);

    assertTrue(observer.result());
    assertEquals(20_000, sum.get());
  }

  @Test
  void virtualThreads_countExactly_andTakeNoPlaces() throws Exception {
    ThreadFactory factory = VirtualThreads.factory();
    CountDownLatch allLive = new CountDownLatch(10_000);
    CountDownLatch release = new CountDownLatch(1);
    for (int i = 0; i < 10_000; i++) {
      Call.start(
          factory,
          "virtual",
          () -> {
            sum.accumulate(1);
            allLive.countDown();
            Call.await(release);
            return true;
          });
    }
    Call.await(allLive);
    sum.accumulate(1);

    assertEquals(10_001, sum.get());
    assertEquals(1, sum.threads());
    release.countDown();
  }

  @Test
  void aFunctionThatThrows_failsItsCaller_andChangesNothing() {
    ArithmeticException thrown = new ArithmeticException();
    PerThreadAccumulator picky =
        PerThreadAccumulator.of(
            (a, b) -> {
              if (b == 13) {
                throw thrown;
              }
              return a + b;
            },
            0);

    assertThrows(ArithmeticException.class, () -> picky.accumulate(13)); // the first of its thread
    picky.accumulate(1);
    assertThrows(ArithmeticException.class, () -> picky.accumulate(13));
    picky.accumulate(2);

    assertEquals(3, picky.get());
  }

  @Test
  void aFunctionThatThrowsInGet_failsItsCaller_andChangesNothing() throws Exception {
    AtomicBoolean broken = new AtomicBoolean();
    PerThreadAccumulator picky =
        PerThreadAccumulator.of(
            (a, b) -> {
              if (broken.get()) {
                throw new ArithmeticException();
              }
              return a + b;
            },
            0);
    picky.accumulate(1);
    Actor.run("other", () -> picky.accumulate(2));

    broken.set(true);
    assertThrows(ArithmeticException.class, picky::get);
    broken.set(false);

    assertEquals(3, picky.get());
  }

  @Test
  void aFunctionThatAccumulates_losesNothing() {
    AtomicReference<PerThreadAccumulator> self = new AtomicReference<>();
    AtomicInteger calls = new AtomicInteger();
    self.set(
        PerThreadAccumulator.of(
            (a, b) -> {
              if (b == 100 && calls.getAndIncrement() == 0) {
                self.get().accumulate(10);
              }
              return a + b;
            },
            0));

    self.get().accumulate(100);

    assertEquals(110, self.get().get());
  }

  @Test
  void aFunctionThatBlocks_keepsNobodyElseFromAccumulatingOrGetting() throws Exception {
    CountDownLatch inside = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    PerThreadAccumulator blocking =
        PerThreadAccumulator.of(
            (a, b) -> {
              if (Thread.currentThread().getName().equals("blocked")) {
                inside.countDown();
                Call.await(release);
              }
              return a + b;
            },
            0);
    blocking.accumulate(1);
    Call<Long> blocked = Call.start("blocked", blocking::get);
    Call.await(inside);

    Actor.run("other", () -> blocking.accumulate(2)); // a first one, which takes the lock
    assertEquals(3, blocking.get());
    assertFalse(blocked.isDone());
    release.countDown();

    assertEquals(1, blocked.result());
  }

  @Test
  void nullArguments_areNamed() {
    assertNamed("function", () -> PerThreadAccumulator.of(null, 0));
    assertNamed("function", () -> PerThreadAccumulator.of("name", null, 0));
    assertNamed("name", () -> PerThreadAccumulator.of(null, Long::sum, 0));
  }

  private static void assertNamed(String parameter, Executable call) {
    assertEquals(parameter, assertThrows(NullPointerException.class, call).getMessage());
  }

  @Test
  void text_showsTheNameIfThereIsOne() {
    assertEquals("PerThreadAccumulator[\"slowest\", 0 threads]", maximum.toString());
  }
}
