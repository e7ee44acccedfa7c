package io.github.threadfast;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.threadfast.testkit.Stress;
import java.time.Duration;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Several threads on one {@code WorkerPool}, under each fault: no item is lost or handled twice.
 */
@Timeout(180)
class WorkerPoolStress {
  private static final int RUNS = 10_000;
  private static final Duration BUDGET = Duration.ofSeconds(2);

  /** What becomes of an item. */
  private enum Kind {
    COMPLETES,
    THROWS,
    YIELDS,
    SUBMITS_ANOTHER,
    IS_INTERRUPTED,
    KILLS_ITS_THREAD,
    IS_AN_ERROR
  }

  /** An item that knows how often it was run. */
  private static final class Item {
    private final Kind kind;
    private final AtomicInteger runs = new AtomicInteger();

    Item(Kind kind) {
      this.kind = kind;
    }

    @Override
    public String toString() {
      return kind + " run " + runs + " times";
    }
  }

  /** A small pool that everything goes wrong in. */
  private static final class Faults {
    private final Queue<Item> accepted = new ConcurrentLinkedQueue<>();
    private final Queue<Item> refused = new ConcurrentLinkedQueue<>();
    private final WorkerPool<Item> pool;

    Faults() {
      pool =
          WorkerPool.<Item>of(this::handle)
              .workers(2)
              .capacity(2)
              .threadFactory(worker -> {
                Thread thread = new Thread(worker);
                thread.setDaemon(true);
                thread.setUncaughtExceptionHandler((of, thrown) -> {}); // they are on purpose
                return thread;
              })
              .onFailure((item, failure) -> {})
              .start();
    }

    @SuppressWarnings({"removal", "ThreadPriorityCheck"}) // newer JDKs have ThreadDeath still
    private void handle(Item item) throws InterruptedException {
      item.runs.incrementAndGet();
      switch (item.kind) {
        case COMPLETES -> {}
        case THROWS -> throw new IllegalArgumentException();
        case YIELDS -> Thread.yield();
        case SUBMITS_ANOTHER -> submit(Kind.COMPLETES);
        case IS_INTERRUPTED -> Thread.currentThread().interrupt();
        case KILLS_ITS_THREAD -> throw new ThreadDeath();
        case IS_AN_ERROR -> throw new AssertionError();
      }
    }

    private interface Submission {
      boolean of(Item item) throws InterruptedException, TimeoutException;
    }

    private void submit(Kind kind, Submission submission) {
      Item item = new Item(kind);
      boolean isAccepted = false;
      try {
        isAccepted = submission.of(item);
      } catch (RejectedExecutionException | InterruptedException | TimeoutException e) {
        // it is not accepted
      } finally {
        (isAccepted ? accepted : refused).add(item);
      }
    }

    void submit(Kind kind) {
      submit(
          kind,
          item -> {
            pool.submit(item);
            return true;
          });
    }

    void submitForAMoment(Kind kind) {
      submit(
          kind,
          item -> {
            pool.submit(item, Duration.ofNanos(10_000));
            return true;
          });
    }

    void submitInterrupted(Kind kind) {
      Thread.currentThread().interrupt();
      submit(kind);
      Thread.interrupted();
    }

    void trySubmit(Kind kind) {
      submit(kind, pool::trySubmit);
    }

    /** Returns whether each item has ended as what it is counted as. */
    boolean areConserved() throws InterruptedException, TimeoutException {
      pool.finish();
      try {
        pool.awaitFinished(Duration.ofSeconds(20));
      } catch (java.util.concurrent.CompletionException e) {
        // one was an error
      }
      Set<Item> returned = Collections.newSetFromMap(new IdentityHashMap<>());
      returned.addAll(pool.returned());
      WorkerPool.Report report = pool.report();
      assertEquals(accepted.size(), report.accepted(), "accepted");
      assertEquals(returned.size(), report.returned(), "returned");
      assertEquals(report.accepted(), report.ended(), "ended");
      int run = 0;
      for (Item item : accepted) {
        assertEquals(1, item.runs.get() + (returned.contains(item) ? 1 : 0), item::toString);
        run += item.runs.get();
      }
      assertEquals(report.completed() + report.failed(), run, "run");
      refused.forEach(item -> assertEquals(0, item.runs.get(), item::toString));
      return true;
    }
  }

  @Test
  void itemsAreConserved_underAllFaults() {
    AtomicLong runs = new AtomicLong();
    Arbitrary<Kind> mostlyHarmless = Arbitraries.of(Kind.class).filter(k -> k != Kind.IS_AN_ERROR);
    do {
      Stress.of(
              () -> {
                runs.incrementAndGet();
                return new Faults();
              })
          .action("submit", mostlyHarmless, Faults::submit)
          .action("submit for a moment", mostlyHarmless, Faults::submitForAMoment)
          .action("submit interrupted", mostlyHarmless, Faults::submitInterrupted)
          .action("try to submit", Arbitraries.of(Kind.class), Faults::trySubmit)
          .action("finish", faults -> faults.pool.finish())
          .action("stop", faults -> faults.pool.stopNow())
          .invariant("each item ends once", Faults::areConserved)
          .budget(BUDGET)
          .assertInvariants();
    } while (runs.get() < RUNS);
  }

  @Test
  void itemsAreConserved_whenItIsClosedWhileTheyAreSubmitted() throws Exception {
    for (int round = 0; round < 1_000; round++) {
      AtomicInteger handled = new AtomicInteger();
      WorkerPool<Integer> pool =
          WorkerPool.<Integer>of(item -> handled.incrementAndGet()).workers(2).capacity(2).start();
      AtomicInteger accepted = new AtomicInteger();
      Actor producer =
          Actor.start(
              "producer",
              () -> {
                try {
                  while (true) {
                    pool.submit(1);
                    accepted.incrementAndGet();
                  }
                } catch (RejectedExecutionException e) {
                  // now it is closed
                }
              });
      int first = round % 50; // so that it comes at another moment each time
      Actor.await("some are accepted", () -> accepted.get() >= first);
      pool.close();
      producer.join();
      assertEquals(accepted.get(), handled.get());
      assertEquals(accepted.get(), pool.report().completed());
    }
  }

  /** One that was called and came too late is let through, even if there is room for others. */
  @Test
  void aProducerThatWasOvertaken_isOvertakenNoMore() throws Exception {
    WorkQueue<String> queue =
        new WorkQueue<>("queue", 1, new Items.Order.Arrival<String>(false).none());
    WorkerPool<String> pool = WorkerPool.<String>of(item -> {}).start();
    pool.finish(); // the worker is not of it
    Worker<String> worker = new Worker<>(pool, queue);
    boolean isLetThrough = false;
    long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (!isLetThrough && System.nanoTime() < deadline) {
      assertEquals(WorkQueue.Answer.ACCEPTED, queue.offer("fills", 0));
      Actor producer = Actor.start("producer", () -> queue.put("waits", 0, null));
      producer.awaitParked();
      while (!isLetThrough && queue.report().waiting() == 1 && producer.isParked()) {
        assertEquals("fills", queue.take(worker)); // calls the producer
        isLetThrough =
            queue.offer("fills", 0) == WorkQueue.Answer.FULL && queue.report().waiting() == 0;
      }
      if (isLetThrough) {
        assertThrows(
            TimeoutException.class, () -> queue.put("late", 0, Deadline.in(Duration.ZERO)));
      }
      while (queue.report().accepted() == 0 || producer.thread().isAlive()) {
        if (queue.report().waiting() > 0) {
          queue.take(worker);
        }
        Actor.giveWay();
      }
      producer.join();
      while (queue.report().waiting() > 0) {
        queue.take(worker);
      }
    }
    assertTrue(isLetThrough, "nobody waited for the one that had lost");
  }
}
