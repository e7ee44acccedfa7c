package io.github.threadfast.testkit;

import io.github.threadfast.testkit.check.History;
import io.github.threadfast.testkit.hang.Hang;
import io.github.threadfast.testkit.hang.LeftAlive;
import io.github.threadfast.testkit.report.Failure;
import io.github.threadfast.testkit.report.Failure.Cause;
import io.github.threadfast.testkit.report.Page;
import io.github.threadfast.testkit.report.TextReport;
import io.github.threadfast.testkit.run.Crew;
import io.github.threadfast.testkit.run.Outcome;
import io.github.threadfast.testkit.scenario.BadInputException;
import io.github.threadfast.testkit.scenario.Call;
import io.github.threadfast.testkit.scenario.Program;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.opentest4j.AssertionFailedError;
import org.opentest4j.TestAbortedException;

/** One assertion under way: lets a search run, watches it, and says what came of it. */
final class Assertion<S> {
  /** Given to a run under way, and to slow calls, before they count as a hang. */
  static final Duration GRACE = Duration.ofSeconds(3);

  /** How long nothing may happen where only waiting threads are seen. */
  static final Duration STALL = Duration.ofSeconds(1);

  /** How long threads may take to end that the code under test has started. */
  private static final Duration END = Duration.ofSeconds(1);

  /**
   * How long a failure may take to be shown. It takes longer only where a toString never returns.
   */
  private static final long RENDER_SECONDS = 10;

  private static final int MAX_RANDOM_SEED = 1_000_000;

  private final Settings<S> settings;
  private final long seed;
  private final long start = System.nanoTime();
  private final Duration deadline;
  private final AtomicReference<@Nullable Fault> fault = new AtomicReference<>();

  Assertion(Settings<S> settings) {
    this.settings = settings;
    this.seed =
        settings.seed == null
            ? ThreadLocalRandom.current().nextInt(MAX_RANDOM_SEED)
            : settings.seed;
    this.deadline = settings.budget.multipliedBy(6).dividedBy(5);
  }

  void run() {
    try (Crew crew = new Crew(settings.crewSize())) {
      Search<S> search =
          new Search<>(settings, seed, crew, failure -> fault.set(Fault.of(failure)));
      Optional<Hang> hang;
      try {
        Future<?> end = crew.direct(() -> searched(search));
        hang = new Watchdog(crew, search::progress, STALL).await(end, deadline.plus(GRACE));
      } finally {
        search.stop();
      }
      failIfPresent(fault.get());
      if (hang.isPresent()) {
        failIfPresent(faultOf(new Hung<>(search.underWay(), hang.get()), search));
      }
      requireEnded(crew);
      requireJudged(search.hunt());
    } catch (ExecutionException e) {
      failIfPresent(fault.get()); // shrinking has failed, not the search
      throw explained(e.getCause() == null ? e : e.getCause());
    } catch (TimeoutException slow) {
      failIfPresent(fault.get());
      throw new AssertionFailedError(
          "Undecided: judging what was seen had not ended after %s. Lower threads or"
                  .formatted(deadline.plus(GRACE))
              + " operationsPerThread, or raise budget.");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionFailedError("Interrupted before the search was over.", e);
    }
  }

  private static <S> Search<S> searched(Search<S> search)
      throws InterruptedException, ExecutionException {
    search.run();
    return search;
  }

  private void failIfPresent(@Nullable Fault present) {
    if (present == null) {
      return;
    }
    AssertionFailedError error =
        new AssertionFailedError(present.text() + "\n" + present.page().write(), present.cause());
    try {
      settings.keepRegression(present.subject(), present.token());
    } catch (RuntimeException notKept) {
      error.addSuppressed(notKept);
    }
    throw error;
  }

  /**
   * A failure in words, found in a thread of the search, since a value's toString may not return.
   */
  private record Fault(
      String subject, String text, Page page, @Nullable Throwable cause, @Nullable String token) {
    static Fault of(Failure<?> failure) {
      return new Fault(
          failure.subject(),
          TextReport.of(failure),
          Page.of(failure),
          failure.thrown().orElse(null),
          failure.effort().token().orElse(null));
    }
  }

  private Fault faultOf(Hung<S> first, Search<S> search) throws InterruptedException {
    Hung<S> smallest = new HangShrinker<>(settings, seed, start + deadline.toNanos()).shrink(first);
    Failure<S> failure = failure(first, smallest, search);
    try (Crew crew = new Crew(1)) {
      return crew.direct(() -> Fault.of(failure)).get(RENDER_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException notShown) {
      throw new AssertionFailedError(smallest.hang().describe(), notShown);
    }
  }

  private static <S> Failure<S> failure(Hung<S> first, Hung<S> smallest, Search<S> search) {
    Program<S> nothing = new Program<>(List.of(), List.of(), List.of());
    Program<S> program = smallest.underWay().map(Outcome::program).orElse(nothing);
    History<Call<S>> history =
        smallest
            .underWay()
            .map(Outcome::history)
            .orElse(new History<>(List.of(List.of(), List.of())));
    return new Failure<>(
        search.subject(),
        history,
        new Cause.Hung<>(smallest.hang(), smallest.underWay().isEmpty()),
        search.effort(
            search.hunt().runs(),
            first.underWay().map(outcome -> outcome.program().calls()).orElse(0),
            program));
  }

  /** A search that saw or understood too little must not pass. */
  private void requireJudged(Hunt<S> hunt) {
    if (hunt.undecided() > 0) {
      String equals =
          hunt.withoutEquals()
              .map(name ->
                  ", or give %s an equals, so that states can be told apart by more than the calls"
                          .formatted(name)
                      + " that lead to them")
              .orElse("");
      throw new AssertionFailedError(
          "Undecided: for %,d outcomes of %,d runs neither an order was found nor that there is none."
                  .formatted(hunt.undecided(), hunt.runs())
              + " Lower threads or operationsPerThread"
              + equals
              + ".");
    }
    if (!hunt.overlapped()) {
      throw new TestAbortedException(
          "In %,d runs no two threads ever ran at the same time, so that a pass would say nothing."
                  .formatted(hunt.runs())
              + " Run the test on two free cores, or raise budget.");
    }
    if (!hunt.observed() && settings.consistency != null) {
      throw new AssertionFailedError(
          "Nothing could be seen: no call returned or threw anything. Add an operation that returns"
              + " what the others did.");
    }
  }

  private static void requireEnded(Crew crew) throws InterruptedException {
    LeftAlive left = LeftAlive.in(crew.group(), crew.threads(), END);
    if (!left.threads().isEmpty()) {
      throw new AssertionFailedError(left.describe());
    }
  }

  private static RuntimeException explained(Throwable cause) {
    if (cause instanceof BadInputException) {
      return new IllegalArgumentException(cause.getMessage(), cause.getCause());
    }
    if (cause instanceof UnfitException unfit) {
      throw new AssertionFailedError(unfit.getMessage(), unfit.getCause());
    }
    return new IllegalStateException("The search itself failed: " + cause, cause);
  }
}
