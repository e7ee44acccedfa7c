package io.github.threadfast;

import java.util.ArrayList;
import java.util.List;

/** Puts a cycle into words. */
final class Deadlock {
  /** How many threads of a long cycle are told of in full: half of them at its ends. */
  private static final int TOLD = 10;

  private final List<DeadlockException.Step> steps = new ArrayList<>();
  private final List<String> sentences = new ArrayList<>();
  private final List<Throwable> elsewhere = new ArrayList<>();

  /**
   * Returns the exception for the current thread, which is inside of {@code resource} and would
   * wait for itself.
   */
  static DeadlockException ofOne(WaitGraph.Resource resource, String message) {
    Thread me = Thread.currentThread();
    Deadlock deadlock = new Deadlock();
    deadlock.add(me, resource, resource);
    return deadlock.exception(message);
  }

  /**
   * Adds a thread that waits for {@code wanted} and holds {@code held}. Its stack is taken now,
   * while it waits.
   */
  void add(Thread thread, WaitGraph.Resource held, WaitGraph.Resource wanted) {
    StackTraceElement[] stack = thread.getStackTrace();
    String place = Texts.placeIn(stack);
    String name = Texts.nameOf(thread);
    steps.add(new DeadlockException.Step(name, held.label(), wanted.wanted(), place));
    sentences.add(
        "\"%s\" %s %s and waits for %s%s"
            .formatted(
                name,
                held.holding(),
                held.label(),
                wanted.wanted(),
                place == null ? "" : " at " + place));
    if (thread != Thread.currentThread()) {
      Throwable there = new Throwable("\"" + name + "\" waits here for " + wanted.wanted());
      there.setStackTrace(stack);
      elsewhere.add(there);
    }
  }

  /** Returns the exception for the thread that was added first. */
  DeadlockException exception() {
    return exception(
        "Waiting for %s would never end: %s. Take them in one order everywhere, or all at once."
            .formatted(steps.get(0).waitsFor(), told()));
  }

  private String told() {
    int more = sentences.size() - TOLD;
    if (more <= 0) {
      return String.join("; ", sentences);
    }
    return String.join("; ", sentences.subList(0, TOLD / 2))
        + "; then %d threads more; ".formatted(more)
        + String.join("; ", sentences.subList(TOLD / 2 + more, sentences.size()));
  }

  private DeadlockException exception(String message) {
    DeadlockException deadlock = new DeadlockException(message, steps);
    elsewhere.forEach(deadlock::addSuppressed);
    Events.deadlock(deadlock);
    return deadlock;
  }
}
