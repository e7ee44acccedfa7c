package io.github.threadfast.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.opentest4j.AssertionFailedError;

/** Classes whose operations do not return. */
@Timeout(60)
class HangingStressTest {
  private static final Duration SHORT = Duration.ofMillis(200);

  /**
   * Takes two locks in the order in which it is asked to. Who has one waits for a while until
   * another has the other, so that those who may block each other do, however busy the machine is.
   */
  private static final class Accounts {
    private final ReentrantLock savings = new ReentrantLock();
    private final ReentrantLock current = new ReentrantLock();

    boolean save() {
      return move(savings, current);
    }

    boolean spend() {
      return move(current, savings);
    }

    private static boolean move(ReentrantLock from, ReentrantLock to) {
      from.lock();
      try {
        awaitTaken(to);
        to.lock();
        try {
          return true;
        } finally {
          to.unlock();
        }
      } finally {
        from.unlock();
      }
    }

    private static void awaitTaken(ReentrantLock lock) {
      long start = System.nanoTime();
      while (!isAlone() && !lock.isLocked() && System.nanoTime() - start < 50_000_000) {
        Window.giveWay();
      }
    }
  }

  @Test
  void locksTakenInOppositeOrder_areReportedAsADeadlockAtOnceAndShrunk() {
    long start = System.nanoTime();

    Stress<Accounts> stress =
        Stress.of(Accounts::new)
            .operation("save", Accounts::save)
            .operation("spend", Accounts::spend)
            .budget(Duration.ofSeconds(20));

    Finding finding = Finding.of(stress::assertLinearizable);

    String message = finding.message();
    assertTrue(
        message.startsWith(
            """
            Accounts hangs: not all of these calls return.

              thread A\
            """),
        message);
    assertTrue(message.contains("\nDeadlock: \"threadfast thread "), message);
    finding.require(
        message.contains("save() has not returned | spend() has not returned")
            || message.contains("spend() has not returned | save() has not returned"));
    assertTrue(message.contains("Accounts.move("), message);
    assertTrue(message.contains(".replay(\"tf1-"), message);
    assertTrue(System.nanoTime() - start < Duration.ofSeconds(20).toNanos());
  }

  /** Waits for a wake-up that may have come before. */
  private static final class Gate {
    private final AtomicBoolean free = new AtomicBoolean(true);

    @SuppressWarnings({"WaitNotInLoop", "NakedNotify"}) // that is the bug
    int pass() throws InterruptedException {
      if (free.compareAndSet(true, false)) {
        Window.open();
        free.set(true);
        synchronized (this) {
          notifyAll();
        }
      } else {
        Window.open();
        synchronized (this) {
          wait();
        }
      }
      return 1;
    }
  }

  @Test
  void aLostWakeUp_isReportedBeforeTheBudgetIsOver() {
    long start = System.nanoTime();

    String message =
        found(Stress.of(Gate::new).operation("pass", Gate::pass).budget(Duration.ofSeconds(30)))
            .message();

    assertTrue(message.startsWith("Gate hangs: not all of these calls return.\n"), message);
    assertTrue(message.contains("pass() has not returned"), message);
    assertTrue(message.contains("Gate.pass("), message);
    assertTrue(System.nanoTime() - start < Duration.ofSeconds(30).toNanos());
  }

  /** Counts in two ways, one of which loses calls that meet. */
  private static final class Tally {
    private final AtomicInteger right = new AtomicInteger();
    private volatile int wrong;

    int count() {
      int seen = wrong;
      Window.open();
      wrong = seen + 1;
      right.incrementAndGet();
      return 1;
    }

    int awaitAgreement() throws InterruptedException {
      if (wrong != right.get()) {
        new CountDownLatch(1).await();
      }
      return 1;
    }
  }

  @Test
  void aHangAfterTheThreads_thatARaceHasLedTo_isNotSaidToBeNoRace() {
    String message =
        found(
                Stress.of(Tally::new)
                    .operation("count", Tally::count)
                    .afterwards("await agreement", Tally::awaitAgreement)
                    .budget(Duration.ofSeconds(20)))
            .message();

    assertTrue(message.startsWith("Tally hangs: not all of these calls return.\n"), message);
    assertTrue(message.contains("await agreement() has not returned"), message);
  }

  @Test
  void aCallThatNeverReturnsAlone_isNoRaceAndLeavesNoThread() throws InterruptedException {
    Set<Thread> threads = ConcurrentHashMap.newKeySet();

    String message =
        failure(
            Stress.of(Object::new)
                .action(
                    "wait",
                    subject -> {
                      threads.add(Thread.currentThread());
                      new CountDownLatch(1).await();
                    })
                .budget(SHORT));

    assertTrue(
        message.startsWith(
            "Object hangs even when one thread alone calls it, so this is no race.\n"),
        message);
    assertTrue(message.contains(CountDownLatch.class.getSimpleName()), message);
    assertTrue(message.contains(HangingStressTest.class.getName()), message);
    requireEnded(threads);
  }

  @Test
  void aThreadThatIgnoresItsInterrupt_staysBehindAlone() throws InterruptedException {
    CountDownLatch released = new CountDownLatch(1);
    AtomicReference<Thread> stubborn = new AtomicReference<>();
    Set<Thread> others = ConcurrentHashMap.newKeySet();

    String message =
        failure(
            Stress.of(Object::new)
                .action(
                    "wait",
                    subject -> {
                      if (isAlone()) {
                        return;
                      }
                      if (stubborn.compareAndSet(null, Thread.currentThread())) {
                        awaitStubbornly(released);
                      } else {
                        others.add(Thread.currentThread());
                        new CountDownLatch(1).await();
                      }
                    })
                .budget(SHORT));

    assertTrue(message.startsWith("Object hangs: not all of these calls return.\n"), message);
    requireEnded(others);
    released.countDown();
    stubborn.get().join();
  }

  private static void awaitStubbornly(CountDownLatch latch) {
    while (latch.getCount() > 0) {
      try {
        latch.await();
      } catch (InterruptedException ignored) {
        // that is what makes it stubborn
      }
    }
  }

  @Test
  void anEndlessLoop_isReportedWhenTheBudgetIsOver() {
    AtomicReference<Boolean> over = new AtomicReference<>(false);

    String message =
        failure(
            Stress.of(Object::new)
                .action(
                    "spin",
                    subject -> {
                      while (!isAlone() && !over.get()) {
                        Thread.onSpinWait();
                      }
                    })
                .budget(SHORT));
    over.set(true);

    assertTrue(message.startsWith("Object hangs: not all of these calls return.\n"), message);
    assertTrue(message.contains("spin() has not returned"), message);
  }

  @Test
  void threadsLeftAlive_fail() {
    List<ExecutorService> started = new ArrayList<>(); // of the thread that makes objects

    String message =
        failure(
            Stress.of(
                    () -> {
                      if (started.size() < 3) {
                        ExecutorService executor = Executors.newSingleThreadExecutor();
                        executor.execute(() -> {});
                        started.add(executor);
                      }
                      return new AtomicInteger();
                    })
                .operation("get", AtomicInteger::get)
                .budget(SHORT));
    started.forEach(ExecutorService::shutdown);

    assertTrue(message.startsWith("3 threads were left alive: \"pool-"), message);
  }

  @Test
  void threadsOfClosedObjects_areFine() {
    Stress.of(() -> Executors.newSingleThreadExecutor())
        .operation("call", executor -> executor.submit(() -> 1).get())
        .closing(ExecutorService::shutdown)
        .budget(SHORT)
        .assertLinearizable();
  }

  @Test
  void aCloserThatThrows_isRejected() {
    IllegalStateException cause = new IllegalStateException("no");

    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class,
            Stress.of(Object::new)
                    .operation("hash", subject -> 1)
                    .closing(subject -> {
                      throw cause;
                    })
                ::assertLinearizable);

    assertEquals(
        "closing a Object threw java.lang.IllegalStateException: no."
            + " Catch what closing may throw.",
        e.getMessage());
    assertSame(cause, e.getCause());
  }

  /** Returns whether the caller runs before or after the threads of a scenario, or in the model. */
  private static boolean isAlone() {
    return StackWalker.getInstance()
        .walk(frames -> frames.noneMatch(frame -> frame.getMethodName().equals("runThread")));
  }

  private static void requireEnded(Set<Thread> threads) throws InterruptedException {
    assertFalse(threads.isEmpty());
    for (Thread thread : threads) {
      thread.join();
    }
  }

  /** Returns what takes a race to be found. */
  private static Finding found(Stress<?> stress) {
    return Finding.of(stress::assertLinearizable);
  }

  private static String failure(Stress<?> stress) {
    return assertThrows(AssertionFailedError.class, stress::assertLinearizable).getMessage();
  }
}
