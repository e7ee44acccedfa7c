package io.github.threadfast.testkit.bugs;

import java.lang.management.ManagementFactory;
import org.opentest4j.AssertionFailedError;

/**
 * Looks for the bug with the name that it is given, and prints how many milliseconds after the
 * start of the JVM its report was there. A program to run by hand, in a new JVM each time; without
 * a name it prints all names.
 */
final class TimeToReport {
  private TimeToReport() {}

  public static void main(String[] arguments) {
    if (arguments.length == 0) {
      Bugs.all().forEach(System.out::println);
      return;
    }
    Bug bug = Bugs.all().filter(b -> b.name().equals(arguments[0])).findFirst().orElseThrow();
    boolean found = isFound(bug);
    long start = ManagementFactory.getRuntimeMXBean().getStartTime();
    System.out.printf(
        "%d;%s;%s%n", System.currentTimeMillis() - start, found ? "found" : "missed", bug);
    System.exit(0); // threads may hang
  }

  private static boolean isFound(Bug bug) {
    try {
      bug.symptom().check(bug.wrong());
      return false;
    } catch (AssertionFailedError e) {
      return bug.symptom().isIn(e.getMessage());
    }
  }
}
