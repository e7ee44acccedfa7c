package io.github.threadfast.testkit;

import io.github.threadfast.testkit.check.History;
import io.github.threadfast.testkit.check.Linearizability;
import io.github.threadfast.testkit.check.Verdict;
import io.github.threadfast.testkit.report.Failure;
import io.github.threadfast.testkit.run.Crew;
import io.github.threadfast.testkit.run.Outcome;
import io.github.threadfast.testkit.run.SequentialModel;
import io.github.threadfast.testkit.run.StressRunner;
import io.github.threadfast.testkit.run.Subjects;
import io.github.threadfast.testkit.scenario.Operation;
import io.github.threadfast.testkit.scenario.Scenario;
import io.github.threadfast.testkit.scenario.ScenarioGenerator;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One search for a run that no order explains: draws scenarios, runs each for a while, judges what
 * was seen, and shrinks the first that fails. Belongs to the thread that calls {@link #run}.
 */
final class Search<S> {
  private static final long FIRST_SLICE_NANOS = TimeUnit.MILLISECONDS.toNanos(2);
  private static final long MAX_SLICE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
  private static final long MIN_SHRINK_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  /** How often all smaller scenarios are tried in vain, four times as long each time. */
  private static final int SHRINK_ROUNDS = 2;

  /** A batch is as long as it can be without a scenario outlasting its slice by much. */
  private static final long BATCH_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  private static final long MAX_BATCH_NANOS = 4 * BATCH_NANOS;
  private static final int MAX_BATCH = 1 << 10;
  private static final long MAX_STEPS = 100_000;

  /**
   * Read before every call: a thread that was interrupted out of one must not block in the next.
   * Opaque, so that it orders nothing between the calls.
   */
  private final AtomicBoolean over = new AtomicBoolean();

  private final Subjects<S> subjects;
  private final List<Operation<S>> operations;
  private final ScenarioGenerator<S> scenarios;
  private final StressRunner<S> runner;
  private final long seed;

  private final long start = System.nanoTime();
  private int batch = 1;
  private long runs;
  private long scenariosTried;
  private long undecided;
  private boolean overlapped;
  private boolean observed;

  Search(Stress<S> stress, long seed, Crew crew) {
    this.subjects = new Subjects<>(stress.supplier());
    this.operations =
        stress.operations().stream().map(operation -> operation.until(over::getOpaque)).toList();
    this.scenarios =
        new ScenarioGenerator<>(operations, stress.threads(), stress.operationsPerThread(), seed);
    this.runner = new StressRunner<>(crew, subjects, seed);
    this.seed = seed;
  }

  /** A failing outcome, and how long it took to see it. */
  private record Found<S>(Outcome<S> outcome, Verdict.Fails<Operation<S>> verdict, long nanos) {
    int calls() {
      return outcome.scenario().calls();
    }
  }

  /**
   * Searches for as long as {@code budget} and hands the failure, if there is one, to {@code
   * found}: as it was seen, and once more when it has been shrunk, which may take until {@code
   * deadline}.
   */
  void run(Duration budget, Duration deadline, Consumer<Failure<S>> found)
      throws InterruptedException, ExecutionException {
    S sample = subjects.sample();
    requireDeterminism();
    long end = start + budget.toNanos();
    for (long slice = FIRST_SLICE_NANOS; mayGoOn(end); ) {
      scenariosTried++;
      Found<S> first = hunt(scenarios.next(), Math.min(slice, end - System.nanoTime()));
      if (first != null) {
        long runsBefore = runs;
        found.accept(report(sample, first, first, runsBefore));
        Found<S> smallest = shrink(first, start + deadline.toNanos());
        found.accept(report(sample, first, smallest, runsBefore));
        return;
      }
      slice = Math.min(slice + slice / 64, MAX_SLICE_NANOS);
    }
  }

  private boolean mayGoOn(long end) {
    return !over.get() && System.nanoTime() - end < 0;
  }

  /** Ends the search at its next call. May be called by any thread. */
  void stop() {
    over.set(true);
    runner.stop();
  }

  long runs() {
    return runs;
  }

  /** Returns whether calls of different threads ever ran at the same time. */
  boolean overlapped() {
    return overlapped;
  }

  /** Returns whether any call returned or threw something. */
  boolean observed() {
    return observed;
  }

  /** Returns how many runs could be judged neither way. */
  long undecided() {
    return undecided;
  }

  /** Runs every operation twice alone. Replays for the checks compare results, too. */
  private void requireDeterminism() {
    SequentialModel<S> model = SequentialModel.of(subjects).withoutEquals();
    for (Operation<S> operation : operations) {
      model.step(model.step(model.initial(), operation).next(), operation);
    }
  }

  /** Runs {@code scenario} for {@code nanos}, or until it fails. */
  private @Nullable Found<S> hunt(Scenario<S> scenario, long nanos)
      throws InterruptedException, ExecutionException {
    SequentialModel<S> model = SequentialModel.of(subjects);
    Set<Outcome<S>> judged = new HashSet<>();
    long begin = System.nanoTime();
    long now = begin;
    while (now - begin < nanos) {
      List<Outcome<S>> outcomes = runner.run(scenario, batch, MAX_BATCH_NANOS);
      for (Outcome<S> outcome : outcomes) {
        runs++;
        if (!judged.add(outcome)) {
          continue;
        }
        observed = observed || outcome.showsSomething();
        overlapped = overlapped || outcome.overlaps();
        if (judge(outcome.history(), model) instanceof Verdict.Fails<Operation<S>> fails) {
          model.requireLastingResults(scenario);
          return new Found<>(outcome, fails, System.nanoTime() - begin);
        }
        if (System.nanoTime() - begin >= nanos) {
          break; // a batch may have many outcomes that each take long to judge
        }
      }
      long before = now;
      now = System.nanoTime();
      adaptBatch(now - before);
      if (outcomes.isEmpty()) {
        break; // stopped
      }
    }
    return null;
  }

  private void adaptBatch(long nanos) {
    if (nanos < BATCH_NANOS) {
      batch = Math.min(MAX_BATCH, batch * 2);
    } else if (nanos > 2 * BATCH_NANOS) {
      batch = Math.max(1, batch / 2);
    }
  }

  private Verdict<Operation<S>> judge(History<Operation<S>> history, SequentialModel<S> model) {
    Verdict<Operation<S>> verdict = Linearizability.check(history, model, MAX_STEPS);
    if (model.trustsEquals() && !isProof(verdict, model)) {
      verdict = Linearizability.check(history, model.withoutEquals(), MAX_STEPS);
    }
    if (verdict instanceof Verdict.Fails<Operation<S>> fails) {
      fails.deadEnds().forEach(model::confirm);
    }
    if (verdict instanceof Verdict.Undecided) {
      undecided++;
    }
    return verdict;
  }

  /** Returns whether {@code verdict} stands even if the class's equals overlooks state. */
  private boolean isProof(Verdict<Operation<S>> verdict, SequentialModel<S> model) {
    return verdict instanceof Verdict.Holds<Operation<S>> holds
        ? model.replays(holds.order())
        : verdict instanceof Verdict.Undecided;
  }

  /** Returns the smallest scenario that could be made to fail before {@code deadline}. */
  private Found<S> shrink(Found<S> found, long deadline)
      throws InterruptedException, ExecutionException {
    Found<S> smallest = withoutIdleEnd(found);
    int failedRounds = 0;
    while (failedRounds < SHRINK_ROUNDS && deadline - System.nanoTime() > 0) {
      long patience =
          Math.max(MIN_SHRINK_NANOS, Math.min(10 * smallest.nanos(), MAX_SLICE_NANOS))
              << (2 * failedRounds);
      Found<S> smaller = smaller(smallest, patience, deadline);
      if (smaller == null) {
        failedRounds++;
      } else {
        smallest = withoutIdleEnd(smaller);
      }
    }
    return smallest;
  }

  /** Returns the first of the smaller scenarios that fails again, each tried for a while. */
  private @Nullable Found<S> smaller(Found<S> found, long patience, long deadline)
      throws InterruptedException, ExecutionException {
    for (Scenario<S> candidate : found.outcome().scenario().smaller().toList()) {
      Found<S> again = hunt(candidate, Math.min(patience, deadline - System.nanoTime()));
      if (again != null) {
        return again;
      }
    }
    return null;
  }

  /**
   * Cuts off the calls at the very end that the failure doesn't need. Nothing ran beside or behind
   * them, so that what is left was seen as it is, and need not be run again.
   */
  private Found<S> withoutIdleEnd(Found<S> found) {
    SequentialModel<S> model = SequentialModel.of(subjects);
    for (int count = 0; count < found.outcome().scenario().after().size(); count++) {
      Outcome<S> shorter = found.outcome().withoutAfterFrom(count);
      if (judge(shorter.history(), model) instanceof Verdict.Fails<Operation<S>> fails) {
        return new Found<>(shorter, fails, found.nanos());
      }
    }
    return found;
  }

  private Failure<S> report(S sample, Found<S> found, Found<S> smallest, long runsBefore) {
    boolean explainedWithoutTime =
        Linearizability.check(
                smallest.outcome().withoutTime().history(),
                SequentialModel.of(subjects).withoutEquals(),
                MAX_STEPS)
            instanceof Verdict.Holds;
    return new Failure<>(
        Subjects.nameOf(sample),
        smallest.outcome().history(),
        smallest.verdict(),
        explainedWithoutTime,
        new Failure.Effort(
            seed,
            runsBefore,
            scenariosTried,
            found.calls(),
            smallest.calls(),
            Duration.ofNanos(System.nanoTime() - start)));
  }
}
