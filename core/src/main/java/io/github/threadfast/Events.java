package io.github.threadfast;

import org.jspecify.annotations.Nullable;

/** Events of the flight recorder. */
final class Events {
  private Events() {}

  /** Something that takes time. */
  interface Span {
    Span NONE = (resource, owner) -> {};

    /** Ends it. {@code owner} is who was in the way, if anybody is known. */
    void end(WaitGraph.Resource resource, @Nullable Thread owner);
  }

  static Span contendedAccess() {
    return Span.NONE;
  }

  static Span initialization() {
    return Span.NONE;
  }

  static void deadlock(DeadlockException deadlock) {}

  static void poison(WaitGraph.Resource resource, Throwable cause) {}
}
