package io.github.threadfast.examples;

import io.github.threadfast.testkit.Stress;
import org.junit.jupiter.api.Test;
import org.opentest4j.AssertionFailedError;

class CounterExamples {

  /** What the test kit says of the counter that loses updates. */
  static String reportOfTheBug() {
    try {
      assertCounterIsLinearizable();
    } catch (AssertionFailedError e) {
      return e.getMessage();
    }
    return "It found nothing this time. It needs two cores that are free.";
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
