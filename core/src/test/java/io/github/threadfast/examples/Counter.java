package io.github.threadfast.examples;

// @start region="bug"
/** Counts hits. Two threads that increment at once count one. */
class Counter {
  private int count;

  void increment() {
    count++; // reads, adds, writes
  }

  int get() {
    return count;
  }
}
// @end
