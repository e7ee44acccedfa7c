package io.github.threadfast.testkit;

import io.github.threadfast.testkit.report.Failure;
import io.github.threadfast.testkit.report.TextReport;
import io.github.threadfast.testkit.run.Crew;
import io.github.threadfast.testkit.run.NondeterministicException;
import io.github.threadfast.testkit.run.Outcome;
import io.github.threadfast.testkit.run.StressRunner;
import io.github.threadfast.testkit.run.Subjects;
import io.github.threadfast.testkit.scenario.BadInputException;
import io.github.threadfast.testkit.scenario.Jqwik;
import io.github.threadfast.testkit.scenario.Operation;
import io.github.threadfast.testkit.scenario.Program;
import io.github.threadfast.testkit.scenario.ProgramGenerator;
import io.github.threadfast.testkit.scenario.ReplayToken;
import io.github.threadfast.testkit.scenario.Values;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One search for a run that must not be: tries programs until one fails, and shrinks it. Belongs to
 * the thread that calls {@link #run}.
 */
final class Search<S> {
  private static final long SCENARIO_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  /**
   * A failure that was seen before gets this much time to show again; all of them together not more
   * than half of the budget.
   */
  private static final long REGRESSION_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  /**
   * Read before every call: a thread that was interrupted out of one must not block in the next.
   * Opaque, so that it orders nothing between the calls.
   */
  private final AtomicBoolean over = new AtomicBoolean();

  private final Settings<S> settings;
  private final List<Operation<S>> operations;
  private final Subjects<S> subjects;
  private final StressRunner<S> runner;
  private final Hunt<S> hunt;
  private final long seed;
  private final Consumer<Failure<S>> failures;

  private final long start = System.nanoTime();
  private final long end;
  private volatile String subject = "The class under test";
  private volatile long programs;

  /**
   * Creates a search that hands its failure, if there is one, to {@code failures}: as it was seen,
   * and once more when it has been shrunk.
   */
  Search(Settings<S> settings, long seed, Crew crew, Consumer<Failure<S>> failures) {
    this.settings = settings;
    this.subjects = settings.subjects();
    this.operations = settings.operations.stream().map(this::untilOver).toList();
    this.runner = new StressRunner<>(crew, subjects, settings.invariants, seed);
    this.hunt = new Hunt<>(settings, subjects, runner);
    this.seed = seed;
    this.failures = failures;
    this.end = start + settings.budget.toNanos();
  }

  private Operation<S> untilOver(Operation<S> operation) {
    return operation.until(over::getOpaque);
  }

  /** Tries what is to be tried, for as long as the budget, and shrinks for a fifth more at most. */
  void run() throws InterruptedException, ExecutionException {
    try {
      search();
    } catch (NondeterministicException e) {
      throw new UnfitException(TextReport.of(e), null); // here, where a value's toString may hang
    } finally {
      subjects.closeAll();
    }
  }

  private void search() throws InterruptedException, ExecutionException {
    subject = Values.nameOf(subjects.sample());
    Found<S> found = find();
    if (found == null) {
      return;
    }
    long runsBefore = hunt.runs();
    failures.accept(failure(found, found, runsBefore));
    if (settings.scenario == null && settings.replay == null) {
      Found<S> smallest = new Shrinker<>(hunt, start + deadline().toNanos()).shrink(found);
      failures.accept(failure(found, smallest, runsBefore));
    }
  }

  private Duration deadline() {
    return settings.budget.multipliedBy(6).dividedBy(5);
  }

  private @Nullable Found<S> find() throws InterruptedException, ExecutionException {
    if (settings.scenario != null) {
      return attempt(settings.scenario.withOperations(this::untilOver), SCENARIO_NANOS);
    }
    if (settings.replay != null) {
      return attempt(program(settings.replay), Long.MAX_VALUE);
    }
    Found<S> again = findAgain();
    return again == null ? findNew() : again;
  }

  /** Tries the programs that failed in earlier searches. */
  private @Nullable Found<S> findAgain() throws InterruptedException, ExecutionException {
    List<String> tokens = settings.regressionsOf(subject);
    for (String token : tokens) {
      long share = settings.budget.toNanos() / (2L * tokens.size());
      Found<S> found = attempt(program(token), Math.min(REGRESSION_NANOS, share));
      if (found != null) {
        return found;
      }
    }
    return null;
  }

  private @Nullable Found<S> findNew() throws InterruptedException, ExecutionException {
    ProgramGenerator<S> generator =
        new ProgramGenerator<>(operations, settings.threads, settings.operationsPerThread, seed);
    for (Slices slices = new Slices(); mayGoOn(); ) {
      Found<S> found = attempt(generator.next(), slices.next());
      if (found != null) {
        return found;
      }
    }
    return null;
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // one thread alone writes it
  private @Nullable Found<S> attempt(Program<S> program, long nanos)
      throws InterruptedException, ExecutionException {
    programs++;
    // to draw the first may take as long as a small budget
    long left = hunt.runs() == 0 ? settings.budget.toNanos() : end - System.nanoTime();
    return hunt.hunt(program, Math.min(nanos, left));
  }

  private Program<S> program(String token) {
    Program<S> program = Jqwik.inSession(() -> ReplayToken.read(token, operations));
    int threads = program.threads().size();
    if (threads > settings.threads) {
      throw new BadInputException(
          "replay has %d threads, and the specification has %d: set threads(%d) or more."
              .formatted(threads, settings.threads, threads),
          null);
    }
    return program;
  }

  private boolean mayGoOn() {
    return !over.get() && (hunt.runs() == 0 || System.nanoTime() - end < 0);
  }

  /** Ends the search at its next call. May be called by any thread. */
  void stop() {
    over.set(true);
    runner.stop();
  }

  /** Returns what a report calls the class under test. */
  String subject() {
    return subject;
  }

  /** Returns a number that changes as long as calls begin. May be called by any thread. */
  long progress() {
    return subjects.made() + runner.progress();
  }

  /** Returns the calls of the run in which the threads are, if they are in one. */
  Optional<Outcome<S>> underWay() {
    return runner.underWay();
  }

  /** Returns what was seen, once the search has ended. */
  Hunt<S> hunt() {
    return hunt;
  }

  private Failure<S> failure(Found<S> found, Found<S> smallest, long runsBefore) {
    return new Failure<>(
        subject,
        smallest.outcome().history(),
        smallest.cause(),
        effort(runsBefore, found.calls(), smallest.outcome().program()));
  }

  /** Returns what it took to find a failure. */
  Failure.Effort effort(long runsBefore, int callsFound, Program<S> smallest) {
    boolean hasSeed = settings.scenario == null && settings.replay == null;
    return new Failure.Effort(
        runsBefore,
        programs,
        callsFound,
        smallest.calls(),
        Duration.ofNanos(System.nanoTime() - start),
        hasSeed ? OptionalLong.of(seed) : OptionalLong.empty(),
        settings.scenario == null && smallest.threads().size() > 1
            ? Optional.of(ReplayToken.of(settings.plain(smallest), settings.operations))
            : Optional.empty());
  }
}
