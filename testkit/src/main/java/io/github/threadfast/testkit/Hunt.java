package io.github.threadfast.testkit;

import io.github.threadfast.testkit.report.Failure.Cause;
import io.github.threadfast.testkit.report.TextReport;
import io.github.threadfast.testkit.run.Outcome;
import io.github.threadfast.testkit.run.StressRunner;
import io.github.threadfast.testkit.run.Subjects;
import io.github.threadfast.testkit.scenario.Program;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/** Runs programs, each for a while, and judges what is seen. Belongs to one thread. */
final class Hunt<S> {
  /** So many outcomes are remembered; with more, results hardly ever repeat. */
  private static final int MAX_JUDGED = 100_000;

  private final Settings<S> settings;
  private final Subjects<S> subjects;
  private final StressRunner<S> runner;

  private final BatchSize batch = new BatchSize();
  private volatile long runs;
  private long undecided;
  private Optional<String> withoutEquals = Optional.empty();
  private boolean overlapped;
  private boolean observed;

  Hunt(Settings<S> settings, Subjects<S> subjects, StressRunner<S> runner) {
    this.settings = settings;
    this.subjects = subjects;
    this.runner = runner;
  }

  /**
   * Runs {@code program} for {@code nanos}, or until it fails; not at all if they are none.
   *
   * <p>Each outcome is judged once, however often it is seen: most runs cost one look-up.
   *
   * @throws UnfitException if it fails without a race
   */
  @Nullable Found<S> hunt(Program<S> program, long nanos)
      throws InterruptedException, ExecutionException {
    if (nanos <= 0) {
      return null;
    }
    Judge<S> judge = judge();
    try {
      return hunt(program, judge, nanos);
    } finally {
      subjects.closeAll();
    }
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // one thread alone writes it
  private @Nullable Found<S> hunt(Program<S> program, Judge<S> judge, long nanos)
      throws InterruptedException, ExecutionException {
    judge.requireFit(program);
    Set<Outcome<S>> judged = new HashSet<>();
    long begin = System.nanoTime();
    long now = begin;
    while (now - begin < nanos) {
      List<Outcome<S>> outcomes = runner.run(program, batch.runs(), BatchSize.MAX_NANOS);
      subjects.closeAll();
      if (judged.size() > MAX_JUDGED) {
        judged.clear();
      }
      for (Outcome<S> outcome : outcomes) {
        runs++;
        if (!judged.add(outcome)) {
          continue;
        }
        observed = observed || outcome.showsSomething();
        overlapped = overlapped || outcome.overlaps();
        Cause<S> cause = judge.faultOf(outcome);
        if (cause != null) {
          requireSameArguments(program);
          return new Found<>(outcome, cause, System.nanoTime() - begin);
        }
        if (judge.isUndecided()) {
          undecided++;
          withoutEquals = judge.withoutEquals();
        }
        if (System.nanoTime() - begin >= nanos) {
          break; // a batch may have many outcomes that each take long to judge
        }
      }
      subjects.closeAll();
      long before = now;
      now = System.nanoTime();
      batch.adaptTo(now - before);
      if (outcomes.isEmpty()) {
        break; // stopped
      }
    }
    requireSameArguments(program);
    return null;
  }

  /** Returns a judge for one program. */
  Judge<S> judge() {
    return new Judge<>(settings, subjects);
  }

  private void requireSameArguments(Program<S> program) {
    program
        .changedArgument()
        .ifPresent(changed -> {
          throw new UnfitException(
              TextReport.changedArgument(changed.getKey(), changed.getValue()), null);
        });
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

  /** Returns the class whose lack of an equals made judging hard, if there is one. */
  Optional<String> withoutEquals() {
    return withoutEquals;
  }

  /** Returns how many different outcomes could be judged neither way. */
  long undecided() {
    return undecided;
  }
}
