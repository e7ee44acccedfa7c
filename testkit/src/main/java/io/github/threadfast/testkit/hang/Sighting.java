package io.github.threadfast.testkit.hang;

import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A thread as it was seen at one moment.
 *
 * @param waitsFor what it waits for; null if for nothing, or for something that the JVM does not
 *     tell
 * @param timesWaited how often it has begun to wait since it started; 0 if untold
 * @param cpuNanos how long it has computed since it started; {@link #UNKNOWN} if untold
 */
record Sighting(
    long id,
    String name,
    boolean virtual,
    Thread.State state,
    @Nullable Wait waitsFor,
    List<Held> holds,
    List<StackTraceElement> stack,
    long timesWaited,
    long cpuNanos) {

  static final long UNKNOWN = -1;

  Sighting {
    stack = stack.stream().filter(frame -> !isHidden(frame)).toList();
    // the JVM lists a monitor as held that was given up to wait for a notification
    holds =
        holds.stream()
            .filter(
                held -> !held.monitor() || waitsFor == null || !held.lock().equals(waitsFor.on()))
            .toList();
  }

  /** Whether a frame belongs to a class that the JVM made, such as a lambda's. */
  private static boolean isHidden(StackTraceElement frame) {
    return frame.getClassName().contains("/");
  }

  /** How a thread waits, and on which object. */
  record Wait(Way way, Resource on) {
    /** Returns how a thread with that state and stack waits {@code on} an object. */
    static Wait of(Thread.State state, List<StackTraceElement> stack, Resource on) {
      if (state == Thread.State.BLOCKED) {
        return new Wait(Way.TO_ENTER, on);
      }
      if (stack.isEmpty() || !stack.get(0).getClassName().equals("java.lang.Object")) {
        return new Wait(Way.PARKED, on);
      }
      boolean joins =
          stack.stream()
              .dropWhile(frame -> frame.getClassName().equals("java.lang.Object"))
              .limit(1)
              .anyMatch(frame ->
                  frame.getClassName().equals("java.lang.Thread")
                      && frame.getMethodName().equals("join"));
      return new Wait(joins ? Way.FOR_ITS_END : Way.TO_BE_NOTIFIED, on);
    }
  }

  /** What a wait on an object is for. */
  enum Way {
    TO_ENTER,
    TO_BE_NOTIFIED,
    FOR_ITS_END,
    PARKED
  }

  /** A lock that is held, and the frame that took it, if the JVM tells. */
  record Held(Resource lock, boolean monitor, @Nullable StackTraceElement in) {}

  /** The holder of a lock or the thread that a join waits for; it may have ended. */
  record Owner(long id, String name) {}

  boolean isRunning() {
    return state == Thread.State.RUNNABLE;
  }

  boolean joins() {
    return waitsFor != null && waitsFor.way() == Way.FOR_ITS_END;
  }

  Owner asOwner() {
    return new Owner(id, name);
  }

  Sighting with(Thread.State newState, @Nullable Wait newWait, List<Held> newHolds) {
    return new Sighting(
        id, name, virtual, newState, newWait, newHolds, stack, timesWaited, cpuNanos);
  }

  Sighting alsoHolding(Held held) {
    return with(state, waitsFor, Stream.concat(holds.stream(), Stream.of(held)).toList());
  }

  /** Whether a frame belongs to the JDK. */
  static boolean isOfTheJdk(StackTraceElement frame) {
    String module = frame.getModuleName();
    return module != null && (module.startsWith("java.") || module.startsWith("jdk."));
  }
}
