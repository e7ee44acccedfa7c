package io.github.threadfast.testkit.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.Phaser;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class CrewTest {
  private final Crew crew = new Crew(3);

  @AfterEach
  void close() {
    crew.close();
  }

  @Test
  void direct_runsTheTaskInThreadA() throws Exception {
    Thread threadA = done(crew.direct(Thread::currentThread));

    assertEquals("threadfast thread A", threadA.getName());
    assertTrue(threadA.isDaemon());
    assertSame(threadA, done(crew.direct(Thread::currentThread)));
  }

  @Test
  void direct_whenTheTaskThrows_throwsItAsTheCause() {
    Exception failure = new Exception();

    ExecutionException e =
        assertThrows(
            ExecutionException.class,
            () ->
                done(
                    crew.direct(() -> {
                      throw failure;
                    })));

    assertSame(failure, e.getCause());
  }

  @Test
  void runAll_runsTheFirstThreadsAllAtOnce() throws Exception {
    Thread[] first = runAllAtOnce(2);
    Thread[] second = runAllAtOnce(3);

    assertEquals(
        List.of("threadfast thread A", "threadfast thread B", "threadfast thread C"),
        Arrays.stream(second).map(Thread::getName).toList());
    assertSame(second[0], first[0]);
    assertSame(second[1], first[1]);
    assertTrue(Arrays.stream(second).allMatch(Thread::isDaemon));
  }

  @Test
  void runAll_whenATaskThrows_throwsItAsTheCause() {
    RuntimeException failure = new RuntimeException();

    ExecutionException e =
        assertThrows(
            ExecutionException.class,
            () ->
                crew.runAll(
                    3,
                    thread -> {
                      if (thread == 2) {
                        throw failure;
                      }
                    }));

    assertSame(failure, e.getCause());
  }

  @Test
  void threads_areThoseStartedSoFar() throws Exception {
    assertEquals(List.of(), crew.threads());

    Thread[] members = runAllAtOnce(2);

    assertEquals(List.of(members), crew.threads());
  }

  @Test
  void regroup_keepsTheThreadsAtWork() throws Exception {
    for (int round = 0; round < 100; round++) {
      runAllAtOnce(3);
      crew.regroup();
    }

    assertTrue(crew.threads().size() > 3, "spare threads have taken a place");
    assertEquals(
        List.of("threadfast thread A", "threadfast thread B", "threadfast thread C"),
        Arrays.stream(runAllAtOnce(3)).map(Thread::getName).toList());
  }

  @Test
  void runAll_afterALongPause_wakesTheThreads() throws Exception {
    Thread[] first = runAllAtOnce(2);
    while (first[1].getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
    }

    assertSame(first[1], runAllAtOnce(2)[1]);
  }

  @Test
  void close_interruptsTheThreadsAndEndsThem() throws Exception {
    CountDownLatch waiting = new CountDownLatch(3);
    Future<String> ended =
        crew.direct(() -> {
          crew.runAll(3, thread -> awaitForEver(waiting));
          return "ended";
        });
    waiting.await();
    assertFalse(ended.isDone());

    crew.close();

    assertEquals(3, crew.threads().size());
    for (Thread thread : crew.threads()) {
      thread.join();
    }
  }

  @Test
  void name_ofEveryThreadIsALetter() {
    assertEquals(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
        String.join("", IntStream.range(0, 26).mapToObj(Crew::name).toList()));
  }

  private static void awaitForEver(CountDownLatch waiting) {
    waiting.countDown();
    assertThrows(InterruptedException.class, () -> new CountDownLatch(1).await());
  }

  /** Returns the threads, each of which waited for all. */
  private Thread[] runAllAtOnce(int count) throws Exception {
    Phaser all = new Phaser(count);
    Thread[] threads = new Thread[count];
    return done(
        crew.direct(() -> {
          crew.runAll(
              count,
              thread -> {
                threads[thread] = Thread.currentThread();
                all.arriveAndAwaitAdvance();
              });
          return threads;
        }));
  }

  private static <T> T done(Future<T> task) throws Exception {
    return task.get(20, TimeUnit.SECONDS);
  }
}
