package io.github.threadfast;

/** Somebody who wants to know of each change of a snapshot. */
interface Follower<T> {
  /**
   * Tells of a change. Called by the thread that made it, once it is to be seen: neither throws nor
   * waits. Changes of several threads may be told in another order.
   */
  void signal(Revision<T> published);
}
