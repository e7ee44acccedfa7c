package io.github.threadfast.testkit.report;

import io.github.threadfast.testkit.check.Consistency;
import io.github.threadfast.testkit.check.History;
import io.github.threadfast.testkit.check.History.Event;
import io.github.threadfast.testkit.check.Verdict;
import io.github.threadfast.testkit.hang.Hang;
import io.github.threadfast.testkit.model.Result;
import io.github.threadfast.testkit.run.Breach;
import io.github.threadfast.testkit.scenario.Call;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A run that must not be.
 *
 * @param <S> the class under test
 * @param subject the name of the class under test
 * @param history what was seen, of the smallest scenario found: lane 0 is the part before the
 *     threads, the last lane the part after them
 * @param cause what is wrong with it
 * @param effort what it took to find
 */
public record Failure<S>(String subject, History<Call<S>> history, Cause<S> cause, Effort effort) {

  /** Returns the exception that tells most of the failure, for the stack it carries. */
  public Optional<Throwable> thrown() {
    return cause.thrown();
  }

  /**
   * What is wrong with a run.
   *
   * @param <S> the class under test
   */
  public sealed interface Cause<S> {

    /** Returns the exception that tells most of it. */
    Optional<Throwable> thrown();

    /**
     * No order of the calls explains their results.
     *
     * @param <S> the class under test
     * @param consistency which order was looked for
     * @param verdict the orders that got furthest
     * @param explainedWithoutTime whether an order explains it that ignores which call ended before
     *     which began
     */
    record Unexplained<S>(
        Consistency consistency, Verdict.Fails<Call<S>> verdict, boolean explainedWithoutTime)
        implements Cause<S> {

      @Override
      public Optional<Throwable> thrown() {
        return verdict.deadEnds().stream()
            .flatMap(deadEnd -> deadEnd.contradictions().stream())
            .map(contradiction -> contradiction.event().result())
            .filter(Result.Threw.class::isInstance)
            .map(result -> ((Result.Threw) result).exception())
            .findFirst();
      }
    }

    /**
     * An invariant was broken.
     *
     * @param <S> the class under test
     * @param breach which one, and when
     */
    record Broken<S>(Breach breach) implements Cause<S> {

      @Override
      public Optional<Throwable> thrown() {
        return Optional.ofNullable(breach.thrown());
      }
    }

    /**
     * Some calls did not return.
     *
     * @param <S> the class under test
     * @param hang why
     * @param alone whether no other thread was in the way
     */
    record Hung<S>(Hang hang, boolean alone) implements Cause<S> {

      @Override
      public Optional<Throwable> thrown() {
        return Optional.empty();
      }
    }

    /**
     * A call threw where none may.
     *
     * @param <S> the class under test
     * @param event the call
     */
    record Threw<S>(Event<Call<S>> event) implements Cause<S> {

      @Override
      public Optional<Throwable> thrown() {
        return event.result() instanceof Result.Threw threw
            ? Optional.of(threw.exception())
            : Optional.empty();
      }
    }
  }

  /**
   * What a search did.
   *
   * @param runs how many runs it judged before one failed
   * @param scenarios how many scenarios it tried, that one included
   * @param callsFound how many calls that one had
   * @param callsLeft how many of them are left after shrinking
   * @param elapsed how long it took, shrinking included
   * @param seed the seed of its scenarios, if it drew them
   * @param token the word to replay this scenario with, if there is one
   */
  public record Effort(
      long runs,
      long scenarios,
      int callsFound,
      int callsLeft,
      Duration elapsed,
      OptionalLong seed,
      Optional<String> token) {}
}
