package io.github.threadfast;

import org.jspecify.annotations.Nullable;

/** Events of the flight recorder, if there is one: the module {@code jdk.jfr} may be missing. */
final class Events {
  /*
   * This class names no class of jdk.jfr; RecordedEvents does, and is loaded by the first event in a
   * JVM that has the module. Labels are asked for only by an event that will be recorded.
   */

  private static final boolean RECORDABLE = ModuleLayer.boot().findModule("jdk.jfr").isPresent();

  private Events() {}

  /** Something that takes time. */
  interface Span {
    /** What nobody records. */
    Span NONE = (resource, owner) -> {};

    /** Ends it. {@code owner} is who was in the way, if anybody is known. */
    void end(WaitGraph.Resource resource, @Nullable Thread owner);
  }

  /** Begins a wait for a resource that somebody else uses. */
  static Span contendedAccess() {
    return RECORDABLE ? RecordedEvents.contendedAccess() : Span.NONE;
  }

  /** Begins the making of a lazy value. */
  static Span initialization() {
    return RECORDABLE ? RecordedEvents.initialization() : Span.NONE;
  }

  /** Begins what a map does with a lock, after it has tried in vain without one. */
  static Span mapFallback() {
    return RECORDABLE ? RecordedEvents.mapFallback() : Span.NONE;
  }

  /** Tells that {@code deadlock} is about to be thrown. */
  static void deadlock(DeadlockException deadlock) {
    if (RECORDABLE) {
      RecordedEvents.deadlock(deadlock);
    }
  }

  /** Tells that {@code resource} refuses access from now on, because of {@code cause}. */
  static void poison(WaitGraph.Resource resource, Throwable cause) {
    if (RECORDABLE) {
      RecordedEvents.poison(resource, cause);
    }
  }

  /** Tells that an item of {@code resource} has failed, because of {@code cause}. */
  static void itemFailure(WaitGraph.Resource resource, Throwable cause) {
    if (RECORDABLE) {
      RecordedEvents.itemFailure(resource, cause);
    }
  }
}
