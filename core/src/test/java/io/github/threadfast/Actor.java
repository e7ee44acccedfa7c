package io.github.threadfast;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** A thread of a test: what fails in it fails the test. */
final class Actor {
  private static final long SECONDS = 20;

  interface Body {
    void run() throws Exception;
  }

  private final FutureTask<Void> task;
  private final Thread thread;

  private Actor(ThreadFactory factory, Body body) {
    task =
        new FutureTask<>(() -> {
          body.run();
          return null;
        });
    thread = factory.newThread(task);
  }

  static Actor start(String name, Body body) {
    return start(Thread::new, name, body);
  }

  static Actor start(ThreadFactory factory, String name, Body body) {
    Actor actor = new Actor(factory, body);
    actor.thread.setName(name);
    actor.thread.start();
    return actor;
  }

  Thread thread() {
    return thread;
  }

  /** Waits until it is over; throws what it has thrown. */
  void join() throws Exception {
    try {
      task.get(SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      throw (Exception) e.getCause();
    }
    thread.join();
  }

  boolean isOver() {
    return task.isDone();
  }

  /** Runs {@code body} in another thread, to its end. */
  static void run(String name, Body body) throws Exception {
    start(name, body).join();
  }

  /** Waits until it is parked, which it will stay until something is done about it. */
  void awaitParked() {
    await(thread.getName() + " is parked", this::isParked);
  }

  boolean isParked() {
    Thread.State state = thread.getState();
    return state == Thread.State.WAITING || state == Thread.State.TIMED_WAITING;
  }

  /** Returns whether a thread waits inside of a method of that name. */
  static boolean isWaitingIn(String method, Thread thread) {
    return thread.getState() == Thread.State.WAITING
        && Arrays.stream(thread.getStackTrace())
            .anyMatch(frame -> frame.getMethodName().equals(method));
  }

  /** Waits for what another thread is about to do. */
  static void await(String what, BooleanSupplier condition) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
    while (!condition.getAsBoolean()) {
      assertTrue(System.nanoTime() < deadline, () -> "waited in vain until " + what);
      giveWay();
    }
  }

  /** Lets others run, in a loop that looks at what they do. */
  @SuppressWarnings("ThreadPriorityCheck") // or it would keep a processor and locks from them
  static void giveWay() {
    Thread.yield();
  }

  /** Throws {@code thrown} as it is. */
  @SuppressWarnings("unchecked") // it is not cast
  static <X extends Throwable> RuntimeException unchecked(Throwable thrown) throws X {
    throw (X) thrown;
  }
}
