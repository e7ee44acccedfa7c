package io.github.threadfast;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class PerThreadCounterTest {
  private final PerThreadCounter counter = PerThreadCounter.of("requests");

  @Test
  void withoutAdditions_theSumIsZero() {
    assertEquals(0, counter.sum());
  }

  @Test
  void sum_isThatOfAllAdditions() {
    counter.add(7);
    counter.increment();
    counter.increment();
    counter.decrement();
    counter.add(-3);
    counter.add(0);

    assertEquals(5, counter.sum());
    assertEquals(5, counter.sum());
  }

  @Test
  void aSumBeyondTheRange_wrapsRound() throws Exception {
    counter.add(Long.MAX_VALUE);
    Actor.run("other", counter::increment);

    assertEquals(Long.MIN_VALUE, counter.sum());
  }

  @Test
  void twoCounters_areIndependent() {
    PerThreadCounter other = PerThreadCounter.of();

    counter.add(1);
    other.add(2);

    assertEquals(1, counter.sum());
    assertEquals(2, other.sum());
  }

  @Test
  void whatLivingThreadsAdd_isSeenByASumThatItHappensBefore() throws Exception {
    CountDownLatch added = new CountDownLatch(4);
    CountDownLatch release = new CountDownLatch(1);
    List<Actor> actors =
        IntStream.range(0, 4)
            .mapToObj(i ->
                Actor.start(
                    "adder",
                    () -> {
                      counter.add(100);
                      counter.increment();
                      added.countDown();
                      Call.await(release);
                    }))
            .toList();
    Call.await(added);

    assertEquals(404, counter.sum());
    assertEquals("PerThreadCounter[\"requests\", 4 threads]", counter.toString());
    release.countDown();
    for (Actor actor : actors) {
      actor.join();
    }
    assertEquals(404, counter.sum());
    assertEquals("PerThreadCounter[\"requests\", 0 threads]", counter.toString());
  }

  @Test
  void tenThousandShortThreads_areCountedExactly_andTheirPlacesAreTakenAway() throws Exception {
    int most = 0;
    for (int round = 0; round < 2_500; round++) {
      Thread[] threads = new Thread[4];
      for (int i = 0; i < threads.length; i++) {
        threads[i] = new Thread(counter::increment);
        threads[i].start();
      }
      for (Thread thread : threads) {
        thread.join();
      }
      most = Math.max(most, counter.threads());
    }

    assertTrue(most <= 16, most + " places");
    assertEquals(10_000, counter.sum());
    assertEquals(0, counter.threads());
  }

  @Test
  void sumsDuringTheLivesOfShortThreads_neverGoDown_andEndExact() throws Exception {
    AtomicBoolean over = new AtomicBoolean();
    Call<Boolean> observer =
        Call.start(
            "observer",
            () -> {
              boolean ascending = true;
              for (long last = 0; !over.get(); ) {
                long sum = counter.sum();
                ascending &= sum >= last;
                last = sum;
                Actor.giveWay();
              }
              return ascending;
            });
    for (int round = 0; round < 500; round++) {
      Thread[] threads = new Thread[4];
      for (int i = 0; i < threads.length; i++) {
        threads[i] = new Thread(() -> IntStream.range(0, 10).forEach(n -> counter.increment()));
        threads[i].start();
      }
      for (Thread thread : threads) {
        thread.join();
      }
    }
    over.set(true);

    assertTrue(observer.result());
    assertEquals(20_000, counter.sum());
  }

  @Test
  void virtualThreads_areCountedExactly_andTakeNoPlaces() throws Exception {
    ThreadFactory factory = VirtualThreads.factory();
    CountDownLatch allLive = new CountDownLatch(10_000);
    CountDownLatch release = new CountDownLatch(1);
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 10_000; i++) {
      threads.add(
          factory.newThread(() -> {
            counter.increment();
            allLive.countDown();
            Call.await(release);
            counter.add(2);
          }));
    }
    threads.forEach(Thread::start);
    Call.await(allLive);

    assertEquals(10_000, counter.sum());
    assertEquals(0, counter.threads());
    release.countDown();
    for (Thread thread : threads) {
      thread.join();
    }
    assertEquals(30_000, counter.sum());
  }

  @Test
  void text_showsTheNameIfThereIsOne() {
    counter.increment();

    assertEquals("PerThreadCounter[\"requests\", 1 threads]", counter.toString());
    assertEquals("PerThreadCounter[0 threads]", PerThreadCounter.of().toString());
    assertEquals(
        "name",
        assertThrows(NullPointerException.class, () -> PerThreadCounter.of(null)).getMessage());
  }
}
