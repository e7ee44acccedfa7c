package io.github.threadfast;

import java.util.function.Supplier;

/** One version of a snapshot's value. */
final class Revision<T> implements Supplier<T> {
  /** The version; or its complement, which is negative, while a writer has its turn. */
  private final long version;

  private final T value;

  /** The number of the thread that published it. A reference would keep the thread. */
  private final long author;

  private Revision(long version, T value, long author) {
    this.version = version;
    this.value = value;
    this.author = author;
  }

  static <T> Revision<T> first(T value) {
    return new Revision<>(0, value, myself());
  }

  /** Returns the next version, published by the current thread. */
  Revision<T> followedBy(T next) {
    return new Revision<>(version + 1, next, myself());
  }

  /** Returns one that differs from this only by being taken. */
  Revision<T> taken() {
    return new Revision<>(~version, value, author);
  }

  private static long myself() {
    return Texts.idOf(Thread.currentThread());
  }

  /** Returns whether a writer has its turn, so that nobody else may replace this. */
  boolean isTaken() {
    return version < 0;
  }

  /** Returns whether the current thread has published this. */
  boolean isMine() {
    return author == myself();
  }

  long version() {
    return isTaken() ? ~version : version;
  }

  Snapshot.Versioned<T> versioned() {
    return new Snapshot.Versioned<>(version(), value);
  }

  @Override
  public T get() {
    return value;
  }
}
