package io.github.threadfast.testkit.hang;

import java.util.Arrays;
import java.util.List;

/** The platform threads of a thread group, as objects. */
final class ThreadGroups {
  private ThreadGroups() {}

  /** Returns the group that all others are in. */
  static ThreadGroup root() {
    ThreadGroup group = Thread.currentThread().getThreadGroup();
    while (group.getParent() != null) {
      group = group.getParent();
    }
    return group;
  }

  /** Returns the threads of {@code group} and of the groups in it that are alive. */
  static List<Thread> alive(ThreadGroup group) {
    Thread[] threads = new Thread[group.activeCount() + 8];
    int count = group.enumerate(threads);
    while (count == threads.length) { // what did not fit is left out without a word
      threads = new Thread[2 * count];
      count = group.enumerate(threads);
    }
    return Arrays.asList(threads).subList(0, count);
  }
}
