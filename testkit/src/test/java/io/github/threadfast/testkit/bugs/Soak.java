package io.github.threadfast.testkit.bugs;

import io.github.threadfast.testkit.Stress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.opentest4j.AssertionFailedError;
import org.opentest4j.TestAbortedException;

/**
 * Looks for each bug many times, or checks each twin many times, and prints a table. Takes too long
 * for a build:
 *
 * <pre>
 * Soak bugs 20 [name]        the bugs (whose name contains name), 20 times each
 * Soak twins 200 150 [name]  their twins, 200 times each, with a budget of 150 ms
 * </pre>
 */
final class Soak {
  private static final long PATIENCE_SECONDS = 60;

  private Soak() {}

  public static void main(String[] arguments) throws InterruptedException {
    int times = Integer.parseInt(arguments[1]);
    if (arguments[0].equals("bugs")) {
      bugs(times, named(arguments, 2));
    } else {
      twins(times, Duration.ofMillis(Long.parseLong(arguments[2])), named(arguments, 3));
    }
    System.exit(0); // threads may hang
  }

  private static List<Bug> named(String[] arguments, int index) {
    String part = index < arguments.length ? arguments[index] : "";
    return Bugs.all().filter(bug -> bug.name().contains(part)).toList();
  }

  private static void bugs(int times, List<Bug> bugs) throws InterruptedException {
    System.out.printf(
        "%-26s %7s %9s %9s %8s %9s%n",
        "bug", "found", "median s", "max s", "minimum", "most calls");
    for (Bug bug : bugs) {
      List<Attempt> attempts = new ArrayList<>();
      for (int i = 0; i < times; i++) {
        attempts.add(Attempt.at(bug.symptom(), bug.wrong()));
      }
      List<Attempt> found = attempts.stream().filter(a -> bug.symptom().isIn(a.text())).toList();
      List<Double> seconds = attempts.stream().map(Attempt::seconds).sorted().toList();
      System.out.printf(
          "%-26s %7s %9.2f %9.2f %8d %9d%n",
          bug,
          found.size() + "/" + times,
          seconds.get(times / 2),
          seconds.get(times - 1),
          bug.calls(),
          found.stream().mapToLong(a -> new Report(a.text()).calls()).max().orElse(0));
      print(attempts.stream().filter(a -> !bug.symptom().isIn(a.text())));
    }
  }

  private static void twins(int times, Duration budget, List<Bug> bugs)
      throws InterruptedException {
    System.out.printf("%-26s %7s %7s%n", "twin of", "red", "skipped");
    for (Bug bug : bugs) {
      List<Attempt> attempts = new ArrayList<>();
      for (int i = 0; i < times; i++) {
        attempts.add(Attempt.at(bug.symptom(), bug.right().budget(budget)));
      }
      System.out.printf(
          "%-26s %7s %7d%n",
          bug,
          attempts.stream().filter(Attempt::isRed).count() + "/" + times,
          attempts.stream().filter(Attempt::isSkipped).count());
      print(attempts.stream().filter(Attempt::isRed));
    }
  }

  private static void print(Stream<Attempt> unexpected) {
    unexpected.limit(2).forEach(attempt -> System.out.println(attempt.text().indent(4)));
  }

  /** What came of one assertion: the message of what it threw, if it did. */
  private record Attempt(String text, boolean isRed, boolean isSkipped, double seconds) {

    /** Makes an assertion in a thread that can be left behind. */
    static Attempt at(Symptom symptom, Stress<?> stress) throws InterruptedException {
      FutureTask<Void> assertion = new FutureTask<>(() -> symptom.check(stress), null);
      Thread thread = new Thread(assertion, "soak");
      thread.setDaemon(true);
      long start = System.nanoTime();
      thread.start();
      String text = "passed";
      boolean red = false;
      boolean skipped = false;
      try {
        assertion.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
      } catch (ExecutionException e) {
        skipped = e.getCause() instanceof TestAbortedException;
        red = !skipped;
        text =
            e.getCause() instanceof AssertionFailedError
                ? e.getCause().getMessage()
                : e.getCause().toString();
      } catch (TimeoutException e) {
        red = true;
        text = "The assertion itself did not end.";
      }
      return new Attempt(text, red, skipped, (System.nanoTime() - start) / 1e9);
    }
  }
}
