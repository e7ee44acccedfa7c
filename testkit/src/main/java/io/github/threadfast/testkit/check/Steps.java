package io.github.threadfast.testkit.check;

/** How many steps of a specification may still be taken. */
final class Steps {
  private final long max;
  private long taken;

  Steps(long max) {
    this.max = max;
  }

  boolean areOver() {
    return taken >= max;
  }

  void take() {
    taken++;
  }

  long taken() {
    return taken;
  }
}
