package io.github.threadfast.testkit.junit;

import io.github.threadfast.testkit.run.Rendezvous;
import java.util.List;
import java.util.concurrent.Phaser;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.opentest4j.AssertionFailedError;

/** Runs a test from several threads, round after round. */
final class Rounds {
  /*
   * Idea. Between rounds the threads park at the gate, since a test may take long; the caller is one
   * of the parties, so that it can tell how long a round takes. Threads that were just woken are
   * microseconds apart. So behind the gate they spin until all have come.
   */

  /** One run of the test. */
  @FunctionalInterface
  interface Run {
    /** Runs; what it throws is unwrapped. */
    void run() throws Throwable;
  }

  private final int times;
  private final int secondsPerRound;
  private final Run run;
  private final Failures failures;
  private final Phaser gate;
  private final Rendezvous start;
  private final List<Thread> threads;

  Rounds(Concurrently concurrently, Run run) {
    this.times = concurrently.times();
    this.secondsPerRound = concurrently.secondsPerRound();
    this.run = run;
    this.failures = new Failures(concurrently.threads(), times);
    this.gate = new Phaser(concurrently.threads() + 1);
    this.start = new Rendezvous(concurrently.threads());
    this.threads =
        IntStream.rangeClosed(1, concurrently.threads()).mapToObj(this::newThread).toList();
  }

  private Thread newThread(int number) {
    Thread thread = new Thread(() -> runAll(number), "threadfast thread " + number);
    thread.setDaemon(true);
    return thread;
  }

  private void runAll(int thread) {
    for (int round = 0; round < times; round++) {
      gate.arriveAndAwaitAdvance();
      if (gate.isTerminated() || !start.await(round)) {
        return;
      }
      runOnce(thread, round + 1);
    }
    gate.arriveAndDeregister();
  }

  private void runOnce(int thread, int round) {
    try {
      run.run();
    } catch (Throwable thrown) {
      failures.add(thread, round, thrown);
    } finally {
      Thread.interrupted(); // must not reach the thread's next run
    }
  }

  /**
   * Runs all rounds.
   *
   * @throws AssertionFailedError if a run failed or did not return, or if interrupted
   * @throws org.opentest4j.TestAbortedException if all runs were skipped
   */
  void run() {
    int round = 0;
    try {
      threads.forEach(Thread::start);
      for (; round <= times; round++) {
        gate.awaitAdvanceInterruptibly(gate.arrive(), secondsPerRound, TimeUnit.SECONDS);
      }
      for (Thread thread : threads) {
        thread.join();
      }
      failures.throwIfAny();
    } catch (TimeoutException e) {
      throw hung(round);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw failures.addTo(
          new AssertionFailedError("Interrupted in round %d of %d.".formatted(round, times), e));
    } finally {
      end();
    }
  }

  private AssertionFailedError hung(int round) {
    StringBuilder text =
        new StringBuilder(
            "Round %d of %d had not ended after %d s. Where the threads are:\n"
                .formatted(round, times, secondsPerRound));
    for (Thread thread : threads) {
      text.append('\n').append(stack(thread));
    }
    return failures.addTo(new AssertionFailedError(text.toString()));
  }

  private static String stack(Thread thread) {
    StringBuilder text =
        new StringBuilder("%s (%s)\n".formatted(thread.getName(), thread.getState()));
    for (StackTraceElement frame : thread.getStackTrace()) {
      if (frame.getClassName().startsWith(Rounds.class.getName())) {
        break;
      }
      text.append("    at ").append(frame).append('\n');
    }
    return text.toString();
  }

  private void end() {
    gate.forceTermination();
    start.stop();
    threads.forEach(Thread::interrupt);
  }
}
