package io.github.threadfast.bench;

/**
 * What every implementation goes through before it is measured. In a fresh process a class of ours
 * would have seen one lambda and one class of values, and be compiled for these alone, while those
 * of the JDK have seen many since the start.
 */
final class Pollution {
  private static final int TIMES = 20_000; // enough for both compilers

  private Pollution() {}

  /** Runs all in turn, so that each is in every profile. */
  static void by(Runnable... uses) {
    for (int i = 0; i < TIMES; i++) {
      for (Runnable use : uses) {
        use.run();
      }
    }
  }
}
