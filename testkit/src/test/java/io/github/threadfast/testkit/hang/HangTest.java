package io.github.threadfast.testkit.hang;

import static io.github.threadfast.testkit.hang.Cast.lineOf;
import static io.github.threadfast.testkit.hang.Cast.meet;
import static io.github.threadfast.testkit.hang.Cast.stackOf;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.threadfast.testkit.hang.Hang.Verdict;
import java.io.IOException;
import java.lang.Thread.State;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.concurrent.locks.StampedLock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class HangTest {
  private final Cast cast = new Cast();

  @AfterEach
  void end() throws InterruptedException {
    cast.end();
  }

  private void assertText(String expected) {
    assertEquals(expected, cast.hang().describe());
  }

  @Nested
  class Deadlock {
    private static final String REMEDY =
        "Take the locks in the same order in all threads, and wait for no thread while holding"
            + " one.";

    @Test
    void describe_twoThreadsInEachOthersMonitors_namesTheCycle() {
      startMonitorCycle(2);
      Thread a = cast.threads().get(0);
      Thread b = cast.threads().get(1);

      assertEquals(Verdict.DEADLOCK, cast.hang().verdict());
      assertText(
          """
          Deadlock: "A" waits for "B", which waits for "A", and nothing can end it.
          %s

            "A" holds the monitor of Object #1 (in HangTest.enterBoth, HangTest.java:%d),
              and waits for the monitor of Object #2, held by "B".
            "B" holds the monitor of Object #2 (in HangTest.enterBoth, HangTest.java:%d),
              and waits for the monitor of Object #1, held by "A".

          "A" (BLOCKED)%s

          "B" (BLOCKED)%s\
          """
              .formatted(
                  REMEDY, lineOf(a, "enterBoth"), lineOf(b, "enterBoth"), stackOf(a), stackOf(b)));
    }

    @Test
    void describe_threeThreadsInACycleOfMonitors_namesAllThree() {
      startMonitorCycle(3);

      assertEquals(
          "Deadlock: \"A\" waits for \"B\", which waits for \"C\", which waits for \"A\", and"
              + " nothing can end it.",
          cast.hang().headline());
    }

    @Test
    void describe_moreThreadsThanAReportShows_saysHowManyAreLeftOut() {
      startMonitorCycle(11);

      String text = cast.hang().describe();

      assertTrue(
          text.startsWith(
              "Deadlock: \"A\" waits for \"B\", which waits for \"C\", which waits for \"D\", which"
                  + " waits for \"E\", which waits for \"F\", which waits for \"G\", which waits"
                  + " for \"H\", which through 3 others waits for \"A\", and nothing can end it."),
          text);
      assertTrue(text.contains("held by \"I\".\n  … and 3 more\n\n\"A\" (BLOCKED)"), text);
      assertTrue(text.contains("\n\"H\" (BLOCKED)"), text);
      assertFalse(text.contains("\n\"I\" (BLOCKED)"), text);
    }

    private void startMonitorCycle(int size) {
      cast.nothingEndsThem();
      CyclicBarrier allHoldOne = new CyclicBarrier(size);
      List<Object> monitors = new ArrayList<>();
      for (int i = 0; i < size; i++) {
        monitors.add(new Object());
      }
      for (int i = 0; i < size; i++) {
        Object mine = monitors.get(i);
        Object next = monitors.get((i + 1) % size);
        cast.start(String.valueOf((char) ('A' + i)), () -> enterBoth(mine, next, allHoldOne));
      }
      cast.threads().forEach(thread -> Cast.awaitState(thread, State.BLOCKED));
    }

    @Test
    void describe_twoThreadsInEachOthersLocks_namesTheCycle() {
      ReentrantLock first = new ReentrantLock();
      ReentrantLock second = new ReentrantLock();
      CyclicBarrier bothHoldOne = new CyclicBarrier(2);
      Thread a = cast.start("A", () -> lockBoth(first, second, bothHoldOne));
      Thread b = cast.start("B", () -> lockBoth(second, first, bothHoldOne));
      Cast.awaitQueued(first, b);
      Cast.awaitQueued(second, a);

      assertText(
          """
          Deadlock: "A" waits for "B", which waits for "A", and nothing can end it.
          %s

            "A" holds ReentrantLock #1,
              and waits for ReentrantLock #2, held by "B".
            "B" holds ReentrantLock #2,
              and waits for ReentrantLock #1, held by "A".

          "A" (WAITING)%s

          "B" (WAITING)%s\
          """
              .formatted(REMEDY, stackOf(a), stackOf(b)));
    }

    @Test
    void describe_aMonitorAndALockInTurn_namesTheCycleAndWhoWaitsForIt() {
      ReentrantLock lock = new ReentrantLock();
      Object monitor = new Object();
      CyclicBarrier bothHoldOne = new CyclicBarrier(2);
      Thread a = cast.start("A", () -> lockAndEnter(lock, monitor, bothHoldOne));
      Thread b = cast.start("B", () -> enterAndLock(monitor, lock, bothHoldOne));
      Cast.awaitState(a, State.BLOCKED);
      Cast.awaitQueued(lock, b);
      Thread c = cast.start("C", () -> enter(monitor));
      Cast.awaitState(c, State.BLOCKED);

      Hang seenFromC = Hang.of(List.of(c), Cast::isTestkit);

      assertEquals(Verdict.DEADLOCK, seenFromC.verdict());
      assertEquals(
          """
          Deadlock: "B" waits for "A", which waits for "B", and nothing can end it.
          %s

            "B" holds the monitor of Object #1 (in HangTest.enterAndLock, HangTest.java:%d),
              and waits for ReentrantLock #1, held by "A".
            "A" holds ReentrantLock #1,
              and waits for the monitor of Object #1, held by "B".
            "C" waits for the monitor of Object #1, held by "B".

          "B" (WAITING)%s

          "A" (BLOCKED)%s

          "C" (BLOCKED)%s\
          """
              .formatted(REMEDY, lineOf(b, "enterAndLock"), stackOf(b), stackOf(a), stackOf(c)),
          seenFromC.describe());
    }

    @Test
    void describe_aJoinUnderTheLockThatTheOtherNeeds_namesTheCycle() {
      ReentrantLock lock = new ReentrantLock();
      CountDownLatch locked = new CountDownLatch(1);
      Thread b =
          cast.start(
              "B",
              () -> {
                locked.await();
                lock.lockInterruptibly();
              });
      Thread a =
          cast.start(
              "A",
              State.WAITING,
              () -> {
                lock.lock();
                try {
                  locked.countDown();
                  b.join();
                } finally {
                  lock.unlock();
                }
              });
      Cast.awaitQueued(lock, b);

      String text = cast.hang().describe();

      assertTrue(
          text.contains(
              """
                "B" waits for ReentrantLock #1, held by "A".
                "A" holds ReentrantLock #1,
                  and waits for "B" to end.
              """),
          text);
      assertEquals(Verdict.DEADLOCK, cast.hang().verdict());
      assertTrue(Hang.deadlocked(List.of(a), Cast::isTestkit).isPresent());
    }

    @Test
    void describe_aThreadThatJoinsItself_saysSo() {
      cast.start("A", State.WAITING, () -> Thread.currentThread().join());

      assertEquals(
          "Deadlock: \"A\" waits for itself, and nothing can end it.", cast.hang().headline());
    }

    @Test
    void verdict_aCycleWithATimeOut_isNoDeadlock() {
      ReentrantLock first = new ReentrantLock();
      ReentrantLock second = new ReentrantLock();
      CyclicBarrier bothHoldOne = new CyclicBarrier(2);
      cast.start("A", () -> lockBoth(first, second, bothHoldOne));
      cast.start(
          "B",
          State.TIMED_WAITING,
          () -> {
            second.lock();
            meet(bothHoldOne);
            first.tryLock(1, TimeUnit.HOURS);
          });
      Cast.awaitQueued(second, cast.threads().get(0));
      Cast.awaitQueued(first, cast.threads().get(1));

      assertEquals(Verdict.TIMED, cast.hang().verdict());
      assertFalse(Hang.deadlocked(cast.threads(), Cast::isTestkit).isPresent());
    }
  }

  @Nested
  class QuickLook {
    @Test
    void deadlocked_aCycleOfLocks_isPresent() {
      ReentrantLock first = new ReentrantLock();
      ReentrantLock second = new ReentrantLock();
      CyclicBarrier bothHoldOne = new CyclicBarrier(2);
      Thread a = cast.start("A", () -> lockBoth(first, second, bothHoldOne));
      Thread b = cast.start("B", () -> lockBoth(second, first, bothHoldOne));
      Cast.awaitQueued(first, b);
      Cast.awaitQueued(second, a);

      assertEquals(
          Verdict.DEADLOCK, Hang.deadlocked(List.of(a), Cast::isTestkit).orElseThrow().verdict());
    }

    @Test
    void deadlocked_aCycleOfOtherThreads_isEmpty() {
      ReentrantLock first = new ReentrantLock();
      ReentrantLock second = new ReentrantLock();
      CyclicBarrier bothHoldOne = new CyclicBarrier(2);
      Thread a = cast.start("A", () -> lockBoth(first, second, bothHoldOne));
      Thread b = cast.start("B", () -> lockBoth(second, first, bothHoldOne));
      Thread c = cast.start("C", State.WAITING, () -> new CountDownLatch(1).await());
      Cast.awaitQueued(first, b);
      Cast.awaitQueued(second, a);

      assertFalse(Hang.deadlocked(List.of(c), Cast::isTestkit).isPresent());
    }

    @Test
    void deadlocked_aThreadThatWaitsForOneThatRuns_isEmpty() throws InterruptedException {
      ReentrantLock lock = new ReentrantLock();
      CountDownLatch locked = new CountDownLatch(1);
      cast.start(
          "A",
          () -> {
            lock.lock();
            spin(locked);
          });
      locked.await();
      Cast.awaitQueued(lock, cast.start("B", lock::lockInterruptibly));

      assertFalse(Hang.deadlocked(cast.threads(), Cast::isTestkit).isPresent());
    }
  }

  @Nested
  class Abandoned {
    @Test
    void describe_aLockOfAThreadThatEnded_namesIt() throws InterruptedException {
      ReentrantLock lock = new ReentrantLock();
      cast.start("A", lock::lock).join();
      Thread b = cast.start("B", State.WAITING, lock::lockInterruptibly);

      assertEquals(Verdict.ABANDONED, cast.hang().verdict());
      assertText(
          """
          "B" waits for ReentrantLock #1, held by "A", which has ended without unlocking it.
          Unlock in a finally block.

            "B" waits for ReentrantLock #1, held by "A", which has ended.

          "B" (WAITING)%s\
          """
              .formatted(stackOf(b)));
    }
  }

  @Nested
  class Running {
    private static final String REMEDY =
        "If it never ends, look for the condition that should end it, and for who makes it true.";

    @Test
    void describe_anEndlessLoop_namesTheMethodInWhichItAlwaysIs() throws InterruptedException {
      CountDownLatch runs = new CountDownLatch(1);
      cast.start("A", () -> spin(runs));
      runs.await();

      String text = cast.hang().describe();

      assertEquals(Verdict.RUNNING, cast.hang().verdict());
      assertTrue(
          text.startsWith(
              """
              "A" is running, always in HangTest.spin.
              %s

                "A" is running, always in HangTest.spin.

              "A" (RUNNABLE)
              """
                  .formatted(REMEDY)),
          text);
      assertTrue(
          text.contains("    at " + HangTest.class.getName() + ".spin(HangTest.java:"), text);
      assertFalse(text.contains("callTheUser"), text);
    }

    @Test
    void describe_aLockThatItsHolderKeepsWhileItRuns_namesTheHolderFirst()
        throws InterruptedException {
      Object monitor = new Object();
      CountDownLatch entered = new CountDownLatch(1);
      Thread holder =
          cast.start(
              "holder",
              () -> {
                synchronized (monitor) {
                  spin(entered);
                }
              });
      entered.await();
      Thread a = cast.start("A", State.BLOCKED, () -> enter(monitor));

      Hang hang = Hang.of(List.of(a), Cast::isTestkit);

      assertEquals(Verdict.RUNNING, hang.verdict());
      assertEquals(
          "\"holder\" is running, always in HangTest.spin, and \"A\" waits for that.",
          hang.headline());
      assertTrue(
          hang.describe()
              .contains("\n  \"A\" waits for the monitor of Object #1, held by \"holder\".\n"),
          hang.describe());
      assertTrue(holder.isAlive());
    }

    @Test
    void describe_aThreadThatGoesFromWaitToWait_saysThatItGoesOn() {
      Semaphore ping = new Semaphore(0);
      Semaphore pong = new Semaphore(1);
      cast.start("A", () -> playBall(pong, ping));
      cast.start("B", () -> playBall(ping, pong));

      assertEquals(Verdict.RUNNING, cast.hang().verdict());
      String text = cast.hang().describe();
      assertTrue(text.contains(", always in HangTest.playBall"), text);
    }
  }

  @Nested
  class RunningWithoutComputing {
    private static final String REMEDY =
        "It may wait for input, or for another thread to initialize a class, of which the JVM does"
            + " not tell.";

    @Test
    void describe_classesThatInitializeEachOther_saysThatTheyComputeNothing() {
      cast.nothingEndsThem();
      cast.start("A", First::touch);
      cast.start("B", Second::touch);
      awaitBothInClassInitialization();
      Cast.await(this::nobodyComputes);

      String text = cast.hang().describe();

      assertTrue(
          text.startsWith(
              """
              "A" is running but computes nothing, always in HangTest.First.<clinit>.
              %s

                "A" is running but computes nothing, always in HangTest.First.<clinit>.
                "B" is running but computes nothing, always in HangTest.Second.<clinit>.
              """
                  .formatted(REMEDY)),
          text);
    }

    /** Who is inside what it will wait in may still be on its way into the wait. */
    private boolean nobodyComputes() {
      Hang hang = cast.hang();
      return hang.threads().stream().noneMatch(hang::computes);
    }

    private void awaitBothInClassInitialization() {
      Cast.await(() -> cast.threads().stream().allMatch(this::isInClassInitialization));
    }

    private boolean isInClassInitialization(Thread thread) {
      StackTraceElement[] stack = thread.getStackTrace();
      return BOTH_INITIALIZE.getNumberWaiting() == 0
          && stack.length > 0
          && stack[0].getMethodName().equals("<clinit>");
    }

    @Test
    void headline_aThreadThatWaitsForInput_saysThatItComputesNothing() throws Exception {
      try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
        Thread a =
            cast.start(
                "A",
                () -> {
                  try {
                    accept(server);
                  } catch (IOException closed) {
                    // ends the thread
                  }
                });
        Cast.await(() -> isInNativeNetworkCode(a));
        Cast.await(this::nobodyComputes);

        assertEquals(
            "\"A\" is running but computes nothing, always in"
                + " HangTest.RunningWithoutComputing.accept.",
            cast.hang().headline());
      }
    }

    private static boolean isInNativeNetworkCode(Thread thread) {
      return Arrays.stream(thread.getStackTrace())
          .limit(1)
          .anyMatch(
              frame -> frame.isNativeMethod() && frame.getClassName().startsWith("sun.nio.ch."));
    }

    private static void accept(ServerSocket server) throws IOException {
      server.accept().close();
    }
  }

  private static final CyclicBarrier BOTH_INITIALIZE = new CyclicBarrier(2);

  private static final class First {
    static {
      meetUninterrupted(BOTH_INITIALIZE);
      Second.touch();
    }

    static void touch() {}
  }

  private static final class Second {
    static {
      meetUninterrupted(BOTH_INITIALIZE);
      First.touch();
    }

    static void touch() {}
  }

  private static void meetUninterrupted(CyclicBarrier barrier) {
    try {
      meet(barrier);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Nested
  class Timed {
    @Test
    void describe_aThreadThatSleeps_saysSo() {
      cast.start("A", State.TIMED_WAITING, () -> Thread.sleep(1_000_000));

      assertEquals(Verdict.TIMED, cast.hang().verdict());
      assertText(
          """
          "A" sleeps.
          If it never ends, see what it waits for, and who should give it.

            "A" sleeps.

          "A" (TIMED_WAITING)%s\
          """
              .formatted(stackOf(cast.threads().get(0))));
    }

    @Test
    void headline_aThreadThatWaitsWithATimeOut_saysForWhat() {
      Semaphore semaphore = new Semaphore(0);
      cast.start("A", State.TIMED_WAITING, () -> semaphore.tryAcquire(1, TimeUnit.HOURS));

      assertEquals(
          "\"A\" waits for a permit of Semaphore #1 with a time-out.", cast.hang().headline());
    }
  }

  @Nested
  class NotWoken {
    private static final String REMEDY =
        "It looks like a lost wake-up, or like something that is not released, counted down or"
            + " completed.";

    private boolean given;

    private void assertNotWoken(State state, String waits, String remedy, String untold) {
      Thread a = cast.threads().get(0);
      assertEquals(Verdict.NOT_WOKEN, cast.hang().verdict());
      assertText(
          """
          "A" %s, and nobody is known who could end that.
          %s

            "A" %s.

          "A" (%s)%s%s\
          """
              .formatted(
                  waits,
                  remedy,
                  waits,
                  state,
                  stackOf(a),
                  untold.isEmpty() ? "" : "\n\nWhat the JVM does not tell: " + untold + "."));
    }

    private void assertNotWoken(String waits, String untold) {
      assertNotWoken(State.WAITING, waits, REMEDY, "who could end the wait for " + untold);
    }

    @Test
    void describe_aNotificationThatWasLost_saysWhatItLooksLike() {
      Object monitor = new Object();
      cast.start(
          "A",
          State.WAITING,
          () -> {
            synchronized (monitor) {
              while (!given) {
                monitor.wait();
              }
            }
          });

      assertNotWoken("waits to be notified on Object #1", "Object #1");
    }

    @Test
    void verdict_aNotificationThatIsLostWhileAnotherHoldsTheMonitor_isNotThatOnesFault() {
      Object monitor = new Object();
      Thread a =
          cast.start(
              "A",
              State.WAITING,
              () -> {
                synchronized (monitor) {
                  while (!given) {
                    monitor.wait();
                  }
                }
              });
      cast.start(
          "holder",
          State.TIMED_WAITING,
          () -> {
            synchronized (monitor) {
              Thread.sleep(1_000_000);
            }
          });

      assertEquals(Verdict.NOT_WOKEN, Hang.of(List.of(a), Cast::isTestkit).verdict());
    }

    @Test
    void describe_aSignalThatWasLost_saysWhatItLooksLike() {
      ReentrantLock lock = new ReentrantLock();
      Condition condition = lock.newCondition();
      cast.start(
          "A",
          State.WAITING,
          () -> {
            lock.lock();
            try {
              while (!given) {
                condition.await();
              }
            } finally {
              lock.unlock();
            }
          });

      assertNotWoken("waits for a signal on Condition #1", "Condition #1");
    }

    @Test
    void describe_aPermitThatIsNotReleased_saysThatNobodyOwnsIt() {
      cast.start("A", State.WAITING, new Semaphore(0)::acquire);

      assertNotWoken("waits for a permit of Semaphore #1", "Semaphore #1");
    }

    @Test
    void describe_aLatchThatIsNotCountedDown_saysThatNobodyOwnsIt() {
      cast.start("A", State.WAITING, new CountDownLatch(1)::await);

      assertNotWoken("waits for the last count of CountDownLatch #1", "CountDownLatch #1");
    }

    @Test
    void describe_aFutureThatIsNotCompleted_saysThatNobodyOwnsIt() {
      CompletableFuture<String> future = new CompletableFuture<>();
      Thread a =
          cast.start(
              "A",
              State.WAITING,
              () -> {
                try {
                  future.get();
                } catch (java.util.concurrent.ExecutionException e) {
                  throw new AssertionError(e);
                }
              });

      assertTrue(a.isAlive());
      assertNotWoken("waits for the completion of CompletableFuture #1", "CompletableFuture #1");
    }

    @Test
    void describe_aParkWithoutABlocker_saysOnlyThatItWaits() {
      Thread a =
          cast.start(
              "A",
              State.WAITING,
              () -> {
                while (!Thread.currentThread().isInterrupted()) {
                  LockSupport.park();
                }
              });

      assertTrue(a.isAlive());
      assertNotWoken(State.WAITING, "waits", REMEDY, "");
    }

    @Test
    void describe_aStampThatIsNotUnlocked_saysThatNobodyOwnsIt() {
      StampedLock lock = new StampedLock();
      cast.start(
          "A",
          State.WAITING,
          () -> {
            lock.writeLockInterruptibly();
            lock.writeLockInterruptibly();
          });

      assertNotWoken(
          State.WAITING,
          "waits for StampedLock #1",
          "It looks like a stamp that is not unlocked; a thread that holds one can't take another.",
          "who could end the wait for StampedLock #1");
    }

    @Test
    void describe_aReadLockThatIsNotUnlocked_saysThatNobodyOwnsIt() {
      ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
      cast.start(
          "A",
          State.WAITING,
          () -> {
            lock.readLock().lock();
            lock.writeLock().lockInterruptibly();
          });

      assertNotWoken(
          State.WAITING,
          "waits for ReentrantReadWriteLock #1, held for reading",
          "It looks like a read lock that is not unlocked; a thread that holds it can't take the"
              + " write lock.",
          "who could end the wait for ReentrantReadWriteLock #1");
    }

    @Test
    void describe_aWriteLockWhoseHolderWaits_namesTheHolder() throws InterruptedException {
      ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
      CountDownLatch never = new CountDownLatch(1);
      Thread holder =
          cast.start(
              "holder",
              State.WAITING,
              () -> {
                lock.writeLock().lock();
                never.await();
              });
      Thread a = cast.start("A", State.WAITING, () -> lock.readLock().lockInterruptibly());

      assertEquals(
          """
          "holder" waits for the last count of CountDownLatch #1, and nobody is known who could end that.
          %s

            "A" waits for ReentrantReadWriteLock #1, held by "holder".
            "holder" holds ReentrantReadWriteLock #1,
              and waits for the last count of CountDownLatch #1.

          "A" (WAITING)%s

          "holder" (WAITING)%s

          What the JVM does not tell: who could end the wait for CountDownLatch #1.\
          """
              .formatted(REMEDY, stackOf(a), stackOf(holder)),
          Hang.of(List.of(a), Cast::isTestkit).describe());
    }

    @Test
    void describe_aJoinOfAThreadThatDoesNotEnd_namesThatThread() {
      Thread endless = cast.start("endless", State.WAITING, new CountDownLatch(1)::await);
      Thread a = cast.start("A", State.WAITING, endless::join);

      String text = Hang.of(List.of(a), Cast::isTestkit).describe();

      assertTrue(text.contains("\n  \"A\" waits for \"endless\" to end.\n"), text);
      assertTrue(
          text.startsWith("\"endless\" waits for the last count of CountDownLatch #1"), text);
    }

    @Test
    void headline_severalThreads_saysThatAllWait() {
      Semaphore semaphore = new Semaphore(0);
      cast.start("A", State.WAITING, semaphore::acquire);
      cast.start("B", State.WAITING, semaphore::acquire);

      assertEquals(
          "All threads wait, and nobody is known who could end that.", cast.hang().headline());
    }

    @Test
    void describe_aDeepStack_saysHowManyFramesAreLeftOut() {
      cast.start("A", State.WAITING, () -> recurse(50));

      String text = cast.hang().describe();

      assertTrue(text.matches("(?s).*\n    … and \\d\\d more\n\nWhat the JVM.*"), text);
      assertEquals(20, text.lines().filter(line -> line.startsWith("    at ")).count());
    }

    private void recurse(int depth) throws InterruptedException {
      if (depth > 0) {
        recurse(depth - 1);
      } else {
        new CountDownLatch(1).await();
      }
    }
  }

  @Test
  void verdict_aDeadlockBesideAThreadThatRuns_isTheDeadlock() throws InterruptedException {
    CountDownLatch runs = new CountDownLatch(1);
    cast.start("A", () -> spin(runs));
    runs.await();
    cast.start("B", State.WAITING, () -> Thread.currentThread().join());

    assertEquals(Verdict.DEADLOCK, cast.hang().verdict());
  }

  @Test
  void describe_threadsOfOneName_areToldApart() {
    Thread one = cast.start("A", State.WAITING, new CountDownLatch(1)::await);
    Thread other = cast.start("A", State.WAITING, new CountDownLatch(1)::await);

    String text = cast.hang().describe();

    assertTrue(text.contains("\n\"A\" #" + one.getId() + " (WAITING)"), text);
    assertTrue(text.contains("\n\"A\" #" + other.getId() + " (WAITING)"), text);
  }

  @Test
  void describe_threadsThatHaveEnded_saysSo() throws InterruptedException {
    cast.start("A", () -> {}).join();

    assertTrue(cast.hang().describe().startsWith("None of the threads is alive any more."));
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

  private static void lockAndEnter(Lock lock, Object monitor, CyclicBarrier bothHoldOne)
      throws InterruptedException {
    lock.lock();
    try {
      meet(bothHoldOne);
      enter(monitor);
    } finally {
      lock.unlock();
    }
  }

  private static void enterAndLock(Object monitor, Lock lock, CyclicBarrier bothHoldOne)
      throws InterruptedException {
    synchronized (monitor) {
      meet(bothHoldOne);
      lock.lockInterruptibly();
    }
  }

  private static void playBall(Semaphore from, Semaphore to) throws InterruptedException {
    while (true) {
      from.acquire();
      to.release();
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
