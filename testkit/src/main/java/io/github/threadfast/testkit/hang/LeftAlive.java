package io.github.threadfast.testkit.hang;

import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Threads that code under test started and that did not end. Daemon threads are none of them: they
 * keep no JVM alive, and pools keep some on purpose.
 */
public final class LeftAlive {
  private static final int MAX_THREADS = 8;

  private final List<Thread> threads;

  private LeftAlive(List<Thread> threads) {
    this.threads = threads;
  }

  /**
   * Waits until no thread of {@code group} and its subgroups is alive but daemons and {@code own}
   * ones, at most for {@code atMost}, and returns those that still are.
   */
  public static LeftAlive in(ThreadGroup group, Collection<Thread> own, Duration atMost)
      throws InterruptedException {
    long end = System.nanoTime() + atMost.toNanos();
    List<Thread> left = find(group, own);
    while (!left.isEmpty() && System.nanoTime() - end < 0) {
      join(left.get(0), end - System.nanoTime());
      left = find(group, own);
    }
    return new LeftAlive(left);
  }

  private static void join(Thread thread, long nanos) throws InterruptedException {
    // rounded up: to join for 0 ms is to join without end
    thread.join(TimeUnit.NANOSECONDS.toMillis(Math.max(nanos, 0)) + 1);
  }

  private static List<Thread> find(ThreadGroup group, Collection<Thread> own) {
    return ThreadGroups.alive(group).stream()
        .filter(thread -> !thread.isDaemon() && !own.contains(thread) && thread.isAlive())
        .toList();
  }

  public List<Thread> threads() {
    return threads;
  }

  /** Returns which threads were left, where they are, and what to do. */
  public String describe() {
    if (threads.isEmpty()) {
      return "No thread was left alive.";
    }
    String count = threads.size() == 1 ? "A thread was" : threads.size() + " threads were";
    return count
        + " left alive: "
        + StackText.joined(threads.stream().map(LeftAlive::where), MAX_THREADS, ", ")
        + ".\nSay how the code under test is ended: closing(…) of the specification is called for every"
        + " object, and can close an executor, or interrupt and join a thread.";
  }

  private static String where(Thread thread) {
    StackTraceElement[] stack = thread.getStackTrace();
    String place =
        Arrays.stream(stack)
            .filter(frame -> !Sighting.isOfTheJdk(frame))
            .findFirst()
            .or(() -> Arrays.stream(stack).findFirst())
            .map(frame -> " in " + StackText.place(frame))
            .orElse("");
    return '"' + thread.getName() + "\" (" + thread.getState() + place + ")";
  }
}
