package io.github.threadfast.testkit;

import static org.junit.jupiter.api.Assertions.assertTrue;
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
    require(false, "Missed.");
    throw new AssertionError("a miss is no finding");
  }

  /** Requires what is so only on a machine with a free core; on another the test is skipped. */
  public static void require(boolean condition, String message) {
    assumeTrue(condition || hasFreeCore(), "The machine is too busy. " + message);
    assertTrue(condition, message);
  }

  private static boolean hasFreeCore() {
    double load = ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
    return load <= Runtime.getRuntime().availableProcessors();
  }
}
