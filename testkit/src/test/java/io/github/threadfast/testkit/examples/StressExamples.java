package io.github.threadfast.testkit.examples;

import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.threadfast.testkit.Stress;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.opentest4j.AssertionFailedError;

class StressExamples {

  static class Counter {
    private int count;

    void increment() {
      count++;
    }

    int get() {
      return count;
    }
  }

  @Test
  void atomicInteger() {
    // @start region="counter"
    Stress.of(AtomicInteger::new)
        .operation("incrementAndGet", AtomicInteger::incrementAndGet)
        .operation("get", AtomicInteger::get)
        .action("lazySet 5", counter -> counter.lazySet(5))
        .assertLinearizable();
    // @end
  }

  @Test
  void unsafeCounter() {
    AssertionFailedError e =
        assertThrows(
            AssertionFailedError.class,
            () ->
                Stress.of(Counter::new)
                    .action("increment", Counter::increment)
                    .operation("get", Counter::get)
                    .assertLinearizable());
    System.out.println(e.getMessage());
  }
}
