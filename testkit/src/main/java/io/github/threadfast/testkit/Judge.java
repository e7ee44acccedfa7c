package io.github.threadfast.testkit;

import io.github.threadfast.testkit.check.Consistency;
import io.github.threadfast.testkit.check.History;
import io.github.threadfast.testkit.check.Verdict;
import io.github.threadfast.testkit.report.Failure.Cause;
import io.github.threadfast.testkit.run.NondeterministicException;
import io.github.threadfast.testkit.run.Outcome;
import io.github.threadfast.testkit.run.Subjects;
import io.github.threadfast.testkit.scenario.Call;
import io.github.threadfast.testkit.scenario.Program;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Says what is wrong with the outcomes of one program. Belongs to one thread. */
final class Judge<S> {
  private final Settings<S> settings;
  private final Subjects<S> subjects;

  /** Null if any result will do. */
  private final @Nullable Oracle<S> oracle;

  private boolean undecided;

  Judge(Settings<S> settings, Subjects<S> subjects) {
    this.settings = settings;
    this.subjects = subjects;
    this.oracle =
        settings.consistency == null
            ? null
            : settings.oracle.create(subjects, settings.consistency);
  }

  /**
   * Checks that {@code program} can be judged, and that it takes more than one thread to fail.
   *
   * @throws io.github.threadfast.testkit.run.NondeterministicException if it can't be judged
   * @throws UnfitException if one thread is enough
   */
  void requireFit(Program<S> program) {
    if (oracle != null) {
      oracle.requireDeterminism(program);
    }
    new Alone<>(settings, subjects, oracle).requireGood(program);
  }

  /** Returns what is wrong with {@code outcome}, or null. */
  @Nullable Cause<S> faultOf(Outcome<S> outcome) {
    undecided = false;
    if (outcome.breach().isPresent()) {
      return new Cause.Broken<>(outcome.breach().get());
    }
    if (oracle == null) {
      return outcome.thrown().map(Cause.Threw::new).orElse(null);
    }
    Verdict<Call<S>> verdict = oracle.judge(outcome.history());
    undecided = verdict instanceof Verdict.Undecided;
    return verdict instanceof Verdict.Fails<Call<S>> fails
        ? unexplained(outcome, fails, oracle)
        : null;
  }

  /** Returns the class whose states the oracle could not tell apart by equals, if there is one. */
  Optional<String> withoutEquals() {
    return oracle == null ? Optional.empty() : oracle.withoutEquals();
  }

  /** Returns whether the last outcome could be judged neither way. */
  boolean isUndecided() {
    return undecided;
  }

  /** What the class itself explains, but its model does not, needs no race to be seen. */
  private void requireThatOneThreadAloneIsRight(History<Call<S>> history, Oracle<S> oracle) {
    Verdict<Call<S>> byItself;
    try {
      byItself = ClassOracle.ofItself(subjects, oracle.consistency()).judge(history);
    } catch (NondeterministicException severalResultsMayBeRight) {
      return;
    }
    if (byItself instanceof Verdict.Holds<Call<S>> holds) {
      new Alone<>(settings, subjects, oracle).requireGood(holds.order());
    }
  }

  private Cause<S> unexplained(Outcome<S> outcome, Verdict.Fails<Call<S>> fails, Oracle<S> oracle) {
    Consistency consistency = oracle.consistency();
    History<Call<S>> history = outcome.history();
    if (!oracle.isItself()) {
      requireThatOneThreadAloneIsRight(history, oracle);
    }
    boolean explainedWithoutTime =
        consistency == Consistency.LINEARIZABLE
            && oracle.judge(outcome.withoutTime().history()) instanceof Verdict.Holds;
    return new Cause.Unexplained<>(consistency, fails, explainedWithoutTime);
  }
}
