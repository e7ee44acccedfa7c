package io.github.threadfast.testkit;

import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.management.ManagementFactory;
import org.opentest4j.AssertionFailedError;

/** What an assertion is expected to find. */
public final class Finding {
  private Finding() {}

  /**
   * Returns the message of the failure. If there is none, the test fails; but it is skipped on a
   * machine whose cores are all taken, where threads rarely meet.
   */
  public static String of(Runnable assertion) {
    try {
      assertion.run();
    } catch (AssertionFailedError e) {
      return e.getMessage();
    }
    assumeTrue(hasFreeCore(), "Missed, on a machine that is too busy.");
    return fail("Missed.");
  }

  private static boolean hasFreeCore() {
    double load = ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
    return load <= Runtime.getRuntime().availableProcessors();
  }
}
