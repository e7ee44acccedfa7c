package io.github.threadfast;

/**
 * What lets a listener hear of the changes of a {@link Snapshot}, until it is closed.
 *
 * <p>Made by {@link Snapshot#onEveryChange} and {@link Snapshot#onLatestChange}.
 *
 * @since 0.1.0
 */
public sealed interface Subscription extends AutoCloseable permits Listening {
  /**
   * Ends it. Changes that the listener hasn't heard of yet are kept from it; a call that has begun,
   * or is just about to, goes on. If it is closed already, nothing happens. May be called by any
   * thread, and by the listener. Never waits.
   */
  @Override
  void close();

  /** Returns whose changes it is about, and whether it is closed. Never waits. */
  @Override
  String toString();
}
