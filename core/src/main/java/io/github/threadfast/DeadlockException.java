package io.github.threadfast;

import java.io.Serializable;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A wait that could never end, reported before it began.
 *
 * <p>The message is the cycle: each thread, what it holds, what it waits for, and where in the code
 * it does so. A thread that would wait for itself is the cycle of length one. Nothing has been
 * changed: what was asked for did not begin.
 *
 * <p>Only one thread of a cycle gets the exception. The others go on as soon as it lets go of what
 * it holds, which it does when the exception leaves its outer actions. Where each of the others
 * waits is attached as {@linkplain #getSuppressed suppressed} stack traces.
 *
 * <p>There is nothing to retry: the code takes things in an order that can block for ever. Take
 * them in one order everywhere, or all at once.
 *
 * @since 0.1.0
 */
public final class DeadlockException extends IllegalStateException {
  private static final long serialVersionUID = 1;

  /** The steps, in a class that can be written. */
  private final Step[] cycle;

  /**
   * Only the thread that throws this changes it. If another one threw it, too, text may be lost.
   */
  private String onItsWay = "";

  DeadlockException(String message, List<Step> cycle) {
    super(message);
    this.cycle = cycle.toArray(Step[]::new);
  }

  /**
   * Returns the threads of the cycle, from the one that got this exception. Each waits for what the
   * next one holds, and the last for what the first holds.
   *
   * @return at least one step
   */
  public List<Step> cycle() {
    return List.of(cycle);
  }

  /** Adds to the message the name of an initialization that failed because of this. */
  void hasFailed(String label) {
    onItsWay += (onItsWay.isEmpty() ? " It failed the initialization of " : ", then of ") + label;
  }

  /** Returns the cycle in words, and which initializations failed because of it so far. */
  @Override
  public String getMessage() {
    return super.getMessage() + onItsWay + (onItsWay.isEmpty() ? "" : ".");
  }

  /**
   * One thread of a cycle.
   *
   * @param thread its name
   * @param holds what it holds, as {@code Guarded "orders"}
   * @param waitsFor what it waits for
   * @param place where in the code it waits, as {@code Orders.java:31}; null if that isn't known
   * @since 0.1.0
   */
  public record Step(String thread, String holds, String waitsFor, @Nullable String place)
      implements Serializable {}
}
