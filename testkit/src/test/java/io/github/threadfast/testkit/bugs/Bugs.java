package io.github.threadfast.testkit.bugs;

import java.util.stream.Stream;

/** The bugs that must be found. */
final class Bugs {
  private Bugs() {}

  static Stream<Bug> all() {
    return Stream.of(
            LostUpdates.bugs(),
            ChecksThenActs.bugs(),
            Initializations.bugs(),
            TornReads.bugs(),
            Hangs.bugs(),
            Stacks.bugs(),
            Queues.bugs(),
            Sizes.bugs(),
            Visibility.bugs(),
            Caches.bugs(),
            Containers.bugs(),
            Exclusions.bugs())
        .flatMap(bugs -> bugs);
  }
}
