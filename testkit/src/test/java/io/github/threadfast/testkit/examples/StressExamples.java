package io.github.threadfast.testkit.examples;

import io.github.threadfast.testkit.Stress;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class StressExamples {

  // @start region="counter"
  @Test
  void atomicInteger_isLinearizable() {
    Stress.of(AtomicInteger::new)
        .operation("incrementAndGet", AtomicInteger::incrementAndGet)
        .operation("get", AtomicInteger::get)
        .action("set 5", counter -> counter.set(5))
        .assertLinearizable();
  }
  // @end
}
