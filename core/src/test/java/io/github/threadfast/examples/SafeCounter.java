package io.github.threadfast.examples;

import io.github.threadfast.Guarded;

// @start region="fix"
/** Counts hits. The number can't be touched outside its lock, not even by mistake. */
class SafeCounter {
  private final Guarded<Integer> count = Guarded.of(0);

  void increment() {
    count.replace(n -> n + 1);
  }

  int get() {
    return count.read(n -> n);
  }
}
// @end
