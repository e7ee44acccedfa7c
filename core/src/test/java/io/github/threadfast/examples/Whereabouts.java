package io.github.threadfast.examples;

import io.github.threadfast.Snapshot;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutionException;

/** At which file a worker is, for others to see: its number and the file itself. */
final class Whereabouts {

  /** What belongs together. */
  record Place(int number, Path file) {}

  /** How a worker tells, and how others look. */
  interface Way {
    void tell(int number, Path file);

    Place look();
  }

  /** Two fields: each is seen by all at once, but not both together. */
  static final class Fields implements Way {
    private volatile int number;
    private volatile Path file;

    Fields(Path first) {
      file = first;
    }

    @Override
    public void tell(int number, Path file) {
      this.number = number;
      this.file = file;
    }

    @Override
    public Place look() {
      return new Place(number, file);
    }
  }

  /** One snapshot. */
  static final class InASnapshot implements Way {
    private final Snapshot<Place> place;

    InASnapshot(Path first) {
      place = Snapshot.of("place", new Place(0, first));
    }

    @Override
    public void tell(int number, Path file) {
      place.set(new Place(number, file));
    }

    @Override
    public Place look() {
      return place.get();
    }
  }

  private Whereabouts() {}

  /**
   * Lets a worker go through the files, again and again, while this thread looks so many times;
   * says how often it saw the number of one file with another.
   */
  static String watch(List<Path> files, int looks, Way way)
      throws InterruptedException, ExecutionException {
    int torn =
        Watch.wrong(
            looks,
            files.size(),
            i -> way.tell(i, files.get(i)),
            () -> {
              Place seen = way.look();
              return !files.get(seen.number()).equals(seen.file());
            });
    return "the number of one file with the name of another in %,d of %,d looks\n"
        .formatted(torn, looks);
  }
}
