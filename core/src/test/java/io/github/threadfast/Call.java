package io.github.threadfast;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/** A call in a thread of its own, for tests. All waits of a test end after this time at most. */
final class Call<T> {
  static final long SECONDS = 20;

  private final FutureTask<T> task;
  private final Thread thread;

  private Call(ThreadFactory factory, String name, Callable<T> body) {
    task = new FutureTask<>(body);
    thread = factory.newThread(task);
    thread.setName(name);
    thread.setDaemon(true);
  }

  /** Starts {@code body} in a thread of that name. */
  @CanIgnoreReturnValue
  static <T> Call<T> start(String name, Callable<T> body) {
    return start(Thread::new, name, body);
  }

  @CanIgnoreReturnValue
  static <T> Call<T> start(ThreadFactory factory, String name, Callable<T> body) {
    Call<T> call = new Call<>(factory, name, body);
    call.thread.start();
    return call;
  }

  Thread thread() {
    return thread;
  }

  boolean isDone() {
    return task.isDone();
  }

  /** Returns what it returned, once it has. */
  @CanIgnoreReturnValue
  T result() throws InterruptedException, ExecutionException, TimeoutException {
    return task.get(SECONDS, TimeUnit.SECONDS);
  }

  /** Returns what it threw, once it has. */
  Throwable failure() {
    return assertThrows(ExecutionException.class, this::result).getCause();
  }

  /** Waits until {@code actual} is {@code expected}. */
  @SuppressWarnings("ThreadPriorityCheck") // or it would keep the processor from whom it waits for
  static void awaitEqual(Object expected, Supplier<?> actual) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
    while (!expected.equals(actual.get()) && System.nanoTime() < deadline) {
      Thread.yield();
    }
    assertEquals(expected, actual.get());
  }

  /** Waits for {@code latch}, and fails if that takes too long. */
  static void await(CountDownLatch latch) {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          assertTrue(latch.await(SECONDS, TimeUnit.SECONDS));
          return;
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
