package io.github.threadfast;

/** Somebody who wants to know of each change of a snapshot. */
interface Follower {
  /** Tells that there is a change. Called by the thread that made it: neither throws nor waits. */
  void signal();
}
