package io.github.threadfast.testkit.hang;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.fail;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;

/** Threads that play a hang, called by a frame that stands for the test kit. */
final class Cast {
  private static final long LONG_ENOUGH = TimeUnit.SECONDS.toNanos(20);

  private final List<Thread> threads = new ArrayList<>();
  private boolean mayEnd = true;

  /** What a thread does until it hangs. */
  interface Part {
    void play() throws InterruptedException;
  }

  /** Starts a thread that plays {@code part}. */
  Thread start(String name, Part part) {
    Thread thread = new Thread(() -> callTheUser(part), name);
    thread.setDaemon(true);
    threads.add(thread);
    thread.start();
    return thread;
  }

  /** Starts a thread that plays {@code part}, and waits until it is in {@code state}. */
  Thread start(String name, Thread.State state, Part part) {
    Thread thread = start(name, part);
    awaitState(thread, state);
    return thread;
  }

  /** Starts a virtual thread that plays {@code part}. */
  Thread startVirtual(String name, Part part) {
    CountDownLatch named = new CountDownLatch(1);
    Runnable task =
        () ->
            callTheUser(() -> {
              named.await();
              part.play();
            });
    try {
      Thread thread =
          (Thread) Thread.class.getMethod("startVirtualThread", Runnable.class).invoke(null, task);
      thread.setName(name);
      threads.add(thread);
      named.countDown();
      return thread;
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("no virtual threads", e);
    }
  }

  static void callTheUser(Part part) {
    try {
      part.play();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  static boolean isTestkit(StackTraceElement frame) {
    return frame.getClassName().equals(Cast.class.getName())
        && frame.getMethodName().equals("callTheUser");
  }

  /** Says that the threads hang in a way in which no interrupt ends them. */
  void nothingEndsThem() {
    mayEnd = false;
  }

  List<Thread> threads() {
    return threads;
  }

  Hang hang() {
    return Hang.of(threads, Cast::isTestkit);
  }

  static void meet(CyclicBarrier barrier) throws InterruptedException {
    try {
      barrier.await(20, TimeUnit.SECONDS);
    } catch (BrokenBarrierException | TimeoutException e) {
      throw new AssertionError(e);
    }
  }

  static void awaitState(Thread thread, Thread.State... states) {
    Set<Thread.State> awaited = EnumSet.copyOf(Arrays.asList(states));
    await(() -> awaited.contains(thread.getState()));
  }

  @SuppressWarnings("ThreadPriorityCheck") // or it would keep the processor from whom it waits for
  static void await(BooleanSupplier condition) {
    long start = System.nanoTime();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - start > LONG_ENOUGH) {
        fail("it did not come to that");
      }
      Thread.yield();
    }
  }

  static void awaitQueued(ReentrantLock lock, Thread thread) {
    await(() -> lock.hasQueuedThread(thread));
    awaitState(thread, Thread.State.WAITING, Thread.State.TIMED_WAITING);
  }

  /** Returns what a report should show of a stack, from another source than the report's. */
  static String stackOf(Thread thread) {
    return Arrays.stream(thread.getStackTrace())
        .takeWhile(frame -> !isTestkit(frame))
        .filter(frame -> !frame.getClassName().contains("/"))
        .map(frame ->
            "\n    at " + frame.toString().replaceFirst("^app//", "").replaceFirst("@[^/]*", ""))
        .collect(Collectors.joining());
  }

  /** Returns the line in which {@code thread} is in {@code method}. */
  static int lineOf(Thread thread, String method) {
    return Arrays.stream(thread.getStackTrace())
        .filter(frame -> frame.getMethodName().equals(method))
        .findFirst()
        .orElseThrow()
        .getLineNumber();
  }

  /** Interrupts the threads and waits for those that an interrupt ends. */
  void end() throws InterruptedException {
    threads.forEach(Thread::interrupt);
    if (mayEnd) {
      for (Thread thread : threads) {
        thread.join(TimeUnit.NANOSECONDS.toMillis(LONG_ENOUGH));
        assertFalse(thread.isAlive(), thread.getName());
      }
    }
  }
}
