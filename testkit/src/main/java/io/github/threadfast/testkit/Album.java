package io.github.threadfast.testkit;

import io.github.threadfast.testkit.scenario.Values;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/** A user's object, and the snapshots taken of it. */
final class Album<S> implements Values.Wrapper {
  private final S subject;
  private final Queue<Picture> pictures = new ConcurrentLinkedQueue<>();

  Album(S subject) {
    this.subject = subject;
  }

  /** A snapshot, and what it held when it was taken. */
  private record Picture(@Nullable Object snapshot, int fingerprint, String text) {
    static Picture of(@Nullable Object snapshot) {
      return new Picture(snapshot, Values.fingerprint(snapshot), Values.show(snapshot));
    }
  }

  S subject() {
    return subject;
  }

  /** Keeps a snapshot and returns what it holds. */
  String keep(@Nullable Object snapshot) {
    Picture picture = Picture.of(snapshot);
    pictures.add(picture);
    return picture.text();
  }

  /** Returns true, or throws what has changed. */
  boolean isUnchanged() {
    for (Picture picture : pictures) {
      Picture now = Picture.of(picture.snapshot());
      if (!now.equals(picture)) {
        throw new AssertionError(
            "a snapshot held %s when it was taken, and holds %s now"
                .formatted(picture.text(), now.text()));
      }
    }
    return true;
  }

  @Override
  public Object wrapped() {
    return subject;
  }
}
