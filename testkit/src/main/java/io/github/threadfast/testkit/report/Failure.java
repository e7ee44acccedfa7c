package io.github.threadfast.testkit.report;

import io.github.threadfast.testkit.check.History;
import io.github.threadfast.testkit.check.Verdict;
import io.github.threadfast.testkit.model.Result;
import io.github.threadfast.testkit.scenario.Operation;
import java.time.Duration;
import java.util.Optional;

/**
 * A run that no order of its calls explains.
 *
 * @param <S> the class under test
 * @param subject the name of the class under test
 * @param history what was seen, of the smallest scenario found
 * @param verdict why no order explains it
 * @param explainedWithoutTime whether an order explains it that ignores which call ended before
 *     which began
 * @param effort what it took to find
 */
public record Failure<S>(
    String subject,
    History<Operation<S>> history,
    Verdict.Fails<Operation<S>> verdict,
    boolean explainedWithoutTime,
    Effort effort) {

  /** Returns the exception of a call that should have ended otherwise, for the stack it carries. */
  public Optional<Throwable> thrown() {
    return verdict.deadEnds().stream()
        .flatMap(deadEnd -> deadEnd.contradictions().stream())
        .map(contradiction -> contradiction.event().result())
        .filter(Result.Threw.class::isInstance)
        .map(result -> ((Result.Threw) result).exception())
        .findFirst();
  }

  /**
   * What a search did.
   *
   * @param seed the seed of its scenarios
   * @param runs how many runs it judged before one failed
   * @param scenarios how many scenarios it tried, that one included
   * @param callsFound how many calls that one had
   * @param callsLeft how many of them are left after shrinking
   * @param elapsed how long it took, shrinking included
   */
  public record Effort(
      long seed, long runs, long scenarios, int callsFound, int callsLeft, Duration elapsed) {}
}
