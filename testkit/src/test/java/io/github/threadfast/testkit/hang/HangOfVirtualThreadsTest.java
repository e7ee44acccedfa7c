package io.github.threadfast.testkit.hang;

import static io.github.threadfast.testkit.hang.Cast.awaitState;
import static io.github.threadfast.testkit.hang.Cast.lineOf;
import static io.github.threadfast.testkit.hang.Cast.meet;
import static io.github.threadfast.testkit.hang.Cast.stackOf;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.threadfast.testkit.hang.Hang.Verdict;
import java.lang.Thread.State;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class HangOfVirtualThreadsTest {
  private final Cast cast = new Cast();

  @BeforeEach
  void requireVirtualThreads() {
    assumeTrue(Runtime.version().feature() >= 21, "this JVM has no virtual threads");
  }

  private static void requireThatTheDumpTellsLocks() {
    assumeTrue(Runtime.version().feature() >= 25, "this JVM does not tell their monitors");
  }

  @AfterEach
  void end() throws InterruptedException {
    cast.end();
  }

  @Test
  void describe_twoInEachOthersMonitors_namesTheCycleFromWhoWaitsForIt() {
    requireThatTheDumpTellsLocks();
    cast.nothingEndsThem();
    Object first = new Object();
    Object second = new Object();
    CyclicBarrier bothHoldOne = new CyclicBarrier(2);
    Thread v = cast.startVirtual("V", () -> enterBoth(first, second, bothHoldOne));
    Thread w = cast.startVirtual("W", () -> enterBoth(second, first, bothHoldOne));
    awaitState(v, State.BLOCKED);
    awaitState(w, State.BLOCKED);
    Thread a = cast.start("A", State.BLOCKED, () -> enter(first));

    Hang hang = Hang.deadlocked(List.of(a), Cast::isTestkit).orElseThrow();

    assertEquals(
        """
        Deadlock: virtual thread "V" waits for virtual thread "W", which waits for virtual thread "V", \
        and nothing can end it.
        Take the locks in the same order in all threads, and wait for no thread while holding one.

          virtual thread "V" holds the monitor of Object #1 \
        (in HangOfVirtualThreadsTest.enterBoth, HangOfVirtualThreadsTest.java:%d),
            and waits for the monitor of Object #2, held by virtual thread "W".
          virtual thread "W" holds the monitor of Object #2 \
        (in HangOfVirtualThreadsTest.enterBoth, HangOfVirtualThreadsTest.java:%d),
            and waits for the monitor of Object #1, held by virtual thread "V".
          "A" waits for the monitor of Object #1, held by virtual thread "V".

        virtual thread "V" (BLOCKED)%s

        virtual thread "W" (BLOCKED)%s

        "A" (BLOCKED)%s\
        """
            .formatted(
                lineOf(v, "enterBoth"), lineOf(w, "enterBoth"), stackOf(v), stackOf(w), stackOf(a)),
        hang.describe());
  }

  @Test
  void verdict_oneAndAPlatformThreadInEachOthersMonitors_isADeadlock() {
    requireThatTheDumpTellsLocks();
    cast.nothingEndsThem();
    Object first = new Object();
    Object second = new Object();
    CyclicBarrier bothHoldOne = new CyclicBarrier(2);
    Thread a = cast.start("A", () -> enterBoth(first, second, bothHoldOne));
    Thread v = cast.startVirtual("V", () -> enterBoth(second, first, bothHoldOne));
    awaitState(a, State.BLOCKED);
    awaitState(v, State.BLOCKED);

    assertTrue(Hang.deadlocked(List.of(a), Cast::isTestkit).isPresent());
    assertTrue(Hang.deadlocked(List.of(v), Cast::isTestkit).isPresent());
  }

  @Test
  void deadlocked_twoInEachOthersLocks_isPresent() {
    ReentrantLock first = new ReentrantLock();
    ReentrantLock second = new ReentrantLock();
    CyclicBarrier bothHoldOne = new CyclicBarrier(2);
    Thread v = cast.startVirtual("V", () -> lockBoth(first, second, bothHoldOne));
    Thread w = cast.startVirtual("W", () -> lockBoth(second, first, bothHoldOne));
    Cast.awaitQueued(first, w);
    Cast.awaitQueued(second, v);

    Hang hang = Hang.deadlocked(cast.threads(), Cast::isTestkit).orElseThrow();

    assertTrue(
        hang.describe()
            .contains(
                """

                  virtual thread "V" holds ReentrantLock #1,
                    and waits for ReentrantLock #2, held by virtual thread "W".
                  virtual thread "W" holds ReentrantLock #2,
                    and waits for ReentrantLock #1, held by virtual thread "V".
                """),
        hang.describe());
  }

  @Test
  void describe_oneThatIsNotAtHandWaitsForALock_saysThatItsHolderIsNotTold() {
    ReentrantLock first = new ReentrantLock();
    ReentrantLock second = new ReentrantLock();
    CyclicBarrier bothHoldOne = new CyclicBarrier(2);
    Thread v = cast.startVirtual("V", () -> lockBoth(first, second, bothHoldOne));
    Thread w = cast.startVirtual("W", () -> lockBoth(second, first, bothHoldOne));
    Cast.awaitQueued(first, w);
    Cast.awaitQueued(second, v);
    Thread a = cast.start("A", State.WAITING, first::lockInterruptibly);

    Hang hang = Hang.of(List.of(a), Cast::isTestkit);

    assertEquals(Verdict.NOT_WOKEN, hang.verdict());
    assertTrue(
        hang.describe().contains("\"A\" waits for ReentrantLock #2, held by virtual thread \"V\"."),
        hang.describe());
    assertTrue(
        hang.describe()
            .contains("What the JVM does not tell: who could end the wait for ReentrantLock #1"),
        hang.describe());
  }

  @Test
  void describe_oneThatMayBeTheCause_showsIt() {
    Thread a = cast.start("A", State.WAITING, () -> new CountDownLatch(1).await());
    Thread v = cast.startVirtual("V", () -> new Semaphore(0).acquire());
    awaitState(v, State.WAITING);

    String text = Hang.of(List.of(a), Cast::isTestkit).describe();

    assertTrue(
        text.contains(
            "\n\nVirtual threads that may take part:\n\nvirtual thread \"V\" (WAITING)"
                + stackOf(v)
                + "\n"),
        text);
  }

  @Test
  void describe_oneThatIsOlderThanTheThreads_isNotShown() {
    Thread v = cast.startVirtual("V", () -> new Semaphore(0).acquire());
    awaitState(v, State.WAITING);
    Thread a = cast.start("A", State.WAITING, () -> new CountDownLatch(1).await());

    String text = Hang.of(List.of(a), Cast::isTestkit).describe();

    assertFalse(text.contains("may take part"), text);
  }

  @Test
  void headline_anEndlessLoop_namesTheMethod() throws InterruptedException {
    CountDownLatch runs = new CountDownLatch(1);
    cast.startVirtual("V", () -> spin(runs));
    runs.await();

    assertEquals(
        "virtual thread \"V\" is running, always in HangOfVirtualThreadsTest.spin.",
        cast.hang().headline());
  }

  @Test
  void headline_aLockOfOneThatEnded_saysSo() throws InterruptedException {
    ReentrantLock lock = new ReentrantLock();
    Thread v = cast.startVirtual("V", lock::lock);
    v.join();
    cast.start("A", State.WAITING, lock::lockInterruptibly);

    assertEquals(
        "\"A\" waits for ReentrantLock #1, held by \"V\", which has ended without unlocking it.",
        cast.hang().headline());
  }

  private static void enter(Object monitor) {
    synchronized (monitor) {
      monitor.notifyAll();
    }
  }

  private static void enterBoth(Object first, Object second, CyclicBarrier bothHoldOne)
      throws InterruptedException {
    synchronized (first) {
      meet(bothHoldOne);
      enter(second);
    }
  }

  private static void lockBoth(Lock first, Lock second, CyclicBarrier bothHoldOne)
      throws InterruptedException {
    first.lock();
    try {
      meet(bothHoldOne);
      second.lockInterruptibly();
    } finally {
      first.unlock();
    }
  }

  /** Says that it is inside, and stays there. */
  private static void spin(CountDownLatch inside) {
    inside.countDown();
    while (!Thread.currentThread().isInterrupted()) {
      Thread.onSpinWait();
    }
  }
}
