package io.github.threadfast;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The revisions that a follower was told of and has not seen yet, in the order of versions. */
final class Backlog<T> {
  /*
   * Invariant. What is here has a version that comes after the last one seen, or is about to be taken
   * out again by whoever puts it here.
   *
   * Why. Writers may tell of a change that the follower has begun with, as they look for followers
   * after they have published. Each puts the revision here, and then looks at the last version
   * seen; begin writes that version, and then takes out what is not later. Both are volatile, so
   * that not both can miss the other. From then on a version is told of once, and taken out when
   * it is seen.
   *
   * Why not a link from each revision to the next? One that is dead, but was moved among the old
   * objects, would keep all later ones from being collected as young ones. Why not a queue? Writers
   * tell in any order.
   */

  private final Map<Long, Revision<T>> unseen = new ConcurrentHashMap<>();

  /** Written by the follower, in one thread at a time. */
  private volatile long seen = -1;

  /** Adds a revision. Called by writers. */
  void add(Revision<T> published) {
    unseen.put(published.version(), published);
    if (published.version() <= seen) {
      unseen.remove(published.version());
    }
  }

  /** Begins after {@code revision}. */
  void beginAfter(Revision<T> revision) {
    seen = revision.version();
    unseen.keySet().removeIf(version -> version <= revision.version());
  }

  /** Takes out the next revision, or returns null if it wasn't told of yet. */
  @Nullable Revision<T> next() {
    Revision<T> next = unseen.remove(seen + 1);
    if (next != null) {
      seen = next.version();
    }
    return next;
  }

  /** Takes out all. */
  void clear() {
    unseen.clear();
  }
}
