package io.github.threadfast.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import org.opentest4j.AssertionFailedError;

/**
 * What an assertion was expected to find by a race. Where it was missed, or not made small, the
 * test fails; but it is skipped if the search had too little of the processors: then threads rarely
 * meet.
 */
public final class Finding {
  /** With fewer, two threads take turns on one core half of the time. */
  private static final double LEAST_PROCESSORS = 1.5;

  private final AssertionFailedError failure;
  private final double processors;

  private Finding(AssertionFailedError failure, double processors) {
    this.failure = failure;
    this.processors = processors;
  }

  /** Returns what {@code assertion} finds. */
  public static Finding of(Runnable assertion) {
    long used = processorNanos();
    long start = System.nanoTime();
    Optional<AssertionFailedError> failure = failureOf(assertion);
    double processors = (double) (processorNanos() - used) / (System.nanoTime() - start);
    require(failure.isPresent(), "Missed.", processors);
    return new Finding(failure.orElseThrow(), processors);
  }

  private static Optional<AssertionFailedError> failureOf(Runnable assertion) {
    try {
      assertion.run();
      return Optional.empty();
    } catch (AssertionFailedError failure) {
      return Optional.of(failure);
    }
  }

  private static long processorNanos() {
    return ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO).toNanos();
  }

  private static void require(boolean condition, String message, double processors) {
    assumeTrue(
        condition || processors >= LEAST_PROCESSORS,
        () ->
            String.format(
                Locale.ROOT,
                "The machine is too busy: the search had %.2f processors. %s",
                processors,
                message));
    assertTrue(condition, message);
  }

  public AssertionFailedError failure() {
    return failure;
  }

  public String message() {
    return failure.getMessage();
  }

  /** Requires what is so only if the search had the time to make it small. */
  public void require(boolean condition) {
    require(condition, message(), processors);
  }

  /** Requires the part of the message that shows the smallest failure. */
  public void requireReport(String expected) {
    String report = report();
    require(report.equals(expected) || processors >= LEAST_PROCESSORS);
    assertEquals(expected, report);
  }

  /** Returns the message without what it says of the search. */
  public String report() {
    int search = message().indexOf("\nFound after ");
    return search < 0 ? message() : message().substring(0, search);
  }
}
