package io.github.threadfast.testkit;

import io.github.threadfast.testkit.report.Failure;
import io.github.threadfast.testkit.report.Page;
import io.github.threadfast.testkit.report.TextReport;
import io.github.threadfast.testkit.run.Crew;
import io.github.threadfast.testkit.run.NondeterministicException;
import io.github.threadfast.testkit.scenario.BadInputException;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.opentest4j.AssertionFailedError;
import org.opentest4j.TestAbortedException;

/** One assertion under way: lets a search run, watches it, and says what came of it. */
final class Assertion<S> {
  static final long GRACE_SECONDS = 3;
  private static final int MAX_RANDOM_SEED = 1_000_000;

  private final Settings<S> settings;
  private final Duration patience;

  Assertion(Settings<S> settings) {
    this.settings = settings;
    this.patience = settings.budget.multipliedBy(6).dividedBy(5).plusSeconds(GRACE_SECONDS);
  }

  void run() {
    AtomicReference<@Nullable Fault> fault = new AtomicReference<>();
    try (Crew crew = new Crew(settings.crewSize())) {
      Search<S> search =
          new Search<>(settings, seed(), crew, failure -> fault.set(Fault.of(failure)));
      try {
        crew.direct(
            () -> {
              search.run();
              return search;
            },
            patience.toNanos());
        failIfPresent(fault.get());
        requireJudged(search.hunt());
      } catch (TimeoutException timeout) {
        failIfPresent(fault.get());
        throw new AssertionFailedError(TextReport.stuck(patience, crew.threads()));
      } finally {
        search.stop();
      }
    } catch (ExecutionException e) {
      throw explained(e.getCause() == null ? e : e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionFailedError("Interrupted before the search was over.", e);
    }
  }

  private long seed() {
    return settings.seed == null
        ? ThreadLocalRandom.current().nextInt(MAX_RANDOM_SEED)
        : settings.seed;
  }

  private void failIfPresent(@Nullable Fault fault) {
    if (fault == null) {
      return;
    }
    AssertionFailedError error =
        new AssertionFailedError(fault.text() + "\n" + fault.page().write(), fault.cause());
    try {
      settings.keepRegression(fault.subject(), fault.token());
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

  /** A search that saw or understood too little must not pass. */
  private void requireJudged(Hunt<S> hunt) {
    if (hunt.runs() == 0) {
      throw new AssertionFailedError(
          "Nothing was run within the budget of " + settings.budget + ": raise budget.");
    }
    if (hunt.undecided() > 0) {
      throw new AssertionFailedError(
          "Undecided: for %,d of %,d runs neither an order was found nor that there is none. Lower"
                  .formatted(hunt.undecided(), hunt.runs())
              + " threads or operationsPerThread, or give the class an equals.");
    }
    if (!hunt.observed() && settings.consistency != null) {
      throw new AssertionFailedError(
          "Nothing could be seen: no call returned or threw anything. Add an operation that returns"
              + " what the others did.");
    }
    if (!hunt.overlapped()) {
      throw new TestAbortedException(
          "In %,d runs no two threads ever ran at the same time, so that a pass would say nothing."
                  .formatted(hunt.runs())
              + " Run the test on two free cores, or raise budget.");
    }
  }

  private static RuntimeException explained(Throwable cause) {
    if (cause instanceof BadInputException) {
      return new IllegalArgumentException(cause.getMessage(), cause.getCause());
    }
    if (cause instanceof NondeterministicException nondeterministic) {
      throw new AssertionFailedError(TextReport.of(nondeterministic));
    }
    if (cause instanceof UnfitException unfit) {
      throw new AssertionFailedError(unfit.getMessage(), unfit.getCause());
    }
    return new IllegalStateException("The search itself failed: " + cause, cause);
  }
}
