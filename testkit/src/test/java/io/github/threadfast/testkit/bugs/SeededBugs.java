package io.github.threadfast.testkit.bugs;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.threadfast.testkit.Finding;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each bug is found and shown small, and its correct twin passes. */
@Timeout(60)
class SeededBugs {
  /** So many calls more than needed a failure may keep if the machine is busy. */
  private static final int SLACK = 2;

  private static final Duration SHORT = Duration.ofMillis(200);

  static Stream<Bug> bugs() {
    return Bugs.all();
  }

  @ParameterizedTest
  @MethodSource("bugs")
  void aBug_isFoundAndShownSmall(Bug bug) {
    Finding finding = Finding.of(() -> bug.symptom().check(bug.wrong()));

    assertTrue(bug.symptom().isIn(finding.message()), finding.message());
    Report report = new Report(finding.message());
    finding.require(report.threads() <= bug.threads());
    finding.require(report.calls() <= bug.calls() + SLACK);
  }

  @ParameterizedTest
  @MethodSource("bugs")
  void itsCorrectTwin_passes(Bug bug) {
    bug.symptom().check(bug.right().budget(SHORT));
  }
}
