package io.github.threadfast;

import java.util.function.Supplier;

/** One version of a snapshot's value. */
final class Revision<T> implements Supplier<T> {
  private final long version;
  private final T value;

  /** The number of the thread that published it. A reference would keep the thread. */
  private final long author;

  private final boolean taken;

  private Revision(long version, T value, long author, boolean taken) {
    this.version = version;
    this.value = value;
    this.author = author;
    this.taken = taken;
  }

  static <T> Revision<T> first(T value) {
    return new Revision<>(0, value, myself(), false);
  }

  /** Returns the next version, published by the current thread. */
  Revision<T> followedBy(T next) {
    return new Revision<>(version + 1, next, myself(), false);
  }

  /** Returns one that differs from this only by being taken. */
  Revision<T> taken() {
    return new Revision<>(version, value, author, true);
  }

  private static long myself() {
    return Texts.idOf(Thread.currentThread());
  }

  /** Returns whether a writer has its turn, so that nobody else may replace this. */
  boolean isTaken() {
    return taken;
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
}
