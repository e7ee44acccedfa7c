package io.github.threadfast.examples;

import io.github.threadfast.testkit.Stress;
import org.junit.jupiter.api.Test;
import org.opentest4j.AssertionFailedError;
import org.opentest4j.TestAbortedException;

class CounterExamples {

  /** What the test kit says of the counter that loses updates. */
  static String reportOfTheBug() {
    try {
      assertCounterIsLinearizable();
    } catch (AssertionFailedError | TestAbortedException e) {
      return e.getMessage();
    }
    return "Nothing was found this time.";
  }

  private static void assertCounterIsLinearizable() {
    // @start region="test"
    Stress.of(Counter::new)
        .action("increment", Counter::increment)
        .operation("get", Counter::get)
        .assertLinearizable();
    // @end
  }

  @Test
  void safeCounter_isLinearizable() {
    Stress.of(SafeCounter::new)
        .action("increment", SafeCounter::increment)
        .operation("get", SafeCounter::get)
        .assertLinearizable();
  }
}
