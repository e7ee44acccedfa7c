package io.github.threadfast;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One version of a snapshot's value. */
final class Revision<T> implements Supplier<T> {
  private final long version;
  private final T value;

  /** The number of the thread that published it. A reference would keep the thread. */
  private final long author;

  /** What this stands for while a writer has its turn; null if it is nobody's turn. */
  private final @Nullable Revision<T> origin;

  /**
   * The one after it, for those who follow the snapshot: written by whoever published that, soon
   * after it became current, if somebody follows. Volatile, so that it is published with its value.
   */
  private volatile @Nullable Revision<T> next;

  private Revision(long version, T value, long author, @Nullable Revision<T> origin) {
    this.version = version;
    this.value = value;
    this.author = author;
    this.origin = origin;
  }

  static <T> Revision<T> first(T value) {
    return new Revision<>(0, value, myself(), null);
  }

  /** Returns the next version, published by the current thread. */
  Revision<T> followedBy(T next) {
    return new Revision<>(version + 1, next, myself(), null);
  }

  /** Returns one that differs from this only by being taken. */
  Revision<T> taken() {
    return new Revision<>(version, value, author, this);
  }

  private static long myself() {
    return Texts.idOf(Thread.currentThread());
  }

  /** Returns whether a writer has its turn, so that nobody else may replace this. */
  boolean isTaken() {
    return origin != null;
  }

  /** Returns the one that is followed: this, or what it was before it was taken. */
  Revision<T> origin() {
    return origin == null ? this : origin;
  }

  /** Returns whether the current thread has published this. */
  boolean isMine() {
    return author == myself();
  }

  long version() {
    return version;
  }

  Snapshot.Versioned<T> versioned() {
    return new Snapshot.Versioned<>(version, value);
  }

  @Override
  public T get() {
    return value;
  }

  @Nullable Revision<T> next() {
    return next;
  }

  void link(Revision<T> next) {
    this.next = next;
  }
}
