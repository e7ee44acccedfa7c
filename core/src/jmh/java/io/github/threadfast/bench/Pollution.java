package io.github.threadfast.bench;

import java.util.function.Supplier;

/**
 * What every implementation goes through before it is measured. In a fresh process a class of ours
 * would have seen one lambda and one class of values, and be compiled for these alone, while those
 * of the JDK have seen many since the start.
 */
final class Pollution {
  private static final int TIMES = 20_000; // enough for both compilers

  /** Results go here, as if somebody wanted them. */
  static volatile Object sink = "";

  private Pollution() {}

  /** Runs all in turn, so that each is in every profile. */
  static void byActions(Runnable... actions) {
    for (int i = 0; i < TIMES; i++) {
      for (Runnable action : actions) {
        action.run();
      }
    }
  }

  /** Asks all in turn, so that each is in every profile. */
  static void byResults(Supplier<?>... results) {
    for (int i = 0; i < TIMES; i++) {
      for (Supplier<?> result : results) {
        sink = result.get();
      }
    }
  }
}
