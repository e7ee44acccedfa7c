package io.github.threadfast.testkit.hang;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class LeftAliveTest {
  private static final Duration SHORT = Duration.ofMillis(1);
  private static final Duration LONG_ENOUGH = Duration.ofSeconds(20);
  private static final String REMEDY =
      "Say how the code under test is ended: closing(…) of the specification is called for every"
          + " object, and can close an executor, or interrupt and join a thread.";

  private final ThreadGroup group = new ThreadGroup("code under test");
  private final CountDownLatch end = new CountDownLatch(1);
  private final List<Thread> started = new ArrayList<>();

  @AfterEach
  void endAll() throws InterruptedException {
    end.countDown();
    for (Thread thread : started) {
      thread.join(TimeUnit.SECONDS.toMillis(20));
    }
  }

  private Thread start(String name, Runnable task) {
    return start(new Thread(group, task, name));
  }

  private Thread start(Thread thread) {
    started.add(thread);
    thread.start();
    return thread;
  }

  private void awaitTheEnd() {
    try {
      end.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void describe_oneThread_namesItsPlace() throws InterruptedException {
    Thread thread = start("worker", this::awaitTheEnd);
    Cast.awaitState(thread, Thread.State.WAITING);

    LeftAlive left = LeftAlive.in(group, List.of(), SHORT);

    assertEquals(List.of(thread), left.threads());
    assertEquals(
        """
        A thread was left alive: "worker" (WAITING in LeftAliveTest.awaitTheEnd, \
        LeftAliveTest.java:%d).
        %s\
        """
            .formatted(Cast.lineOf(thread, "awaitTheEnd"), REMEDY),
        left.describe());
  }

  @Test
  void describe_aPoolThatIsNotClosed_namesItsThreads() throws InterruptedException {
    List<Thread> workers = new ArrayList<>();
    ExecutorService pool =
        Executors.newFixedThreadPool(
            2,
            task -> {
              Thread worker = new Thread(group, task, "worker " + workers.size());
              workers.add(worker);
              return worker;
            });
    for (int i = 0; i < 2; i++) { // one after the other, or they would meet at the queue's lock
      pool.execute(() -> {});
      Cast.awaitState(workers.get(i), Thread.State.WAITING);
    }

    String text = LeftAlive.in(group, List.of(), SHORT).describe();
    pool.shutdown();

    assertTrue(text.startsWith("2 threads were left alive: \"worker 0\" (WAITING in "), text);
    assertTrue(text.contains("), \"worker 1\" (WAITING in "), text);
    assertEquals(List.of(), LeftAlive.in(group, List.of(), LONG_ENOUGH).threads());
  }

  @Test
  void describe_moreThreadsThanAReportShows_saysHowManyAreLeftOut() throws InterruptedException {
    for (int i = 0; i < 10; i++) {
      start("worker " + i, this::awaitTheEnd);
    }

    String text = LeftAlive.in(group, List.of(), SHORT).describe();

    assertTrue(text.startsWith("10 threads were left alive: "), text);
    assertTrue(text.contains(", … and 2 more.\n"), text);
  }

  @Test
  void in_threadsThatEnd_waitsForThem() throws InterruptedException {
    CountDownLatch firstRuns = new CountDownLatch(1);
    start(
        "first",
        () -> {
          firstRuns.countDown();
          awaitTheEnd();
          start("second", () -> {});
        });
    firstRuns.await();
    end.countDown();

    LeftAlive left = LeftAlive.in(group, List.of(), LONG_ENOUGH);

    assertEquals(List.of(), left.threads());
    assertEquals("No thread was left alive.", left.describe());
  }

  @Test
  void in_aThreadOfASubgroup_isFound() throws InterruptedException {
    Thread thread = start(new Thread(new ThreadGroup(group, "inner"), this::awaitTheEnd, "worker"));

    assertEquals(List.of(thread), LeftAlive.in(group, List.of(), SHORT).threads());
  }

  @Test
  void in_daemonsOwnThreadsAndThreadsOfOtherGroups_areNotFound() throws InterruptedException {
    Thread daemon = new Thread(group, this::awaitTheEnd, "daemon");
    daemon.setDaemon(true);
    start(daemon);
    Thread own = start("own", this::awaitTheEnd);
    start(new Thread(this::awaitTheEnd, "other"));

    assertEquals(List.of(), LeftAlive.in(group, List.of(own), SHORT).threads());
  }
}
