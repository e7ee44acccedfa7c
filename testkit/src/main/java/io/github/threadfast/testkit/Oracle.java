package io.github.threadfast.testkit;

import io.github.threadfast.testkit.check.Consistency;
import io.github.threadfast.testkit.check.History;
import io.github.threadfast.testkit.check.Verdict;
import io.github.threadfast.testkit.run.Subjects;
import io.github.threadfast.testkit.scenario.Call;
import io.github.threadfast.testkit.scenario.Program;
import java.util.Optional;

/** Knows which results the calls of one program may have. Belongs to one thread. */
interface Oracle<S> {
  /** Bounds the work for one history. */
  long MAX_STEPS = 100_000;

  /** Returns whether {@code history} is explained. */
  Verdict<Call<S>> judge(History<Call<S>> history);

  /**
   * Checks that results can be compared.
   *
   * @throws io.github.threadfast.testkit.run.NondeterministicException if the class gives different
   *     results for the same calls
   */
  void requireDeterminism(Program<S> program);

  /** Returns which order the calls must have. */
  Consistency consistency();

  /** Returns whether this is the class under test itself. */
  boolean isItself();

  /** Returns the class whose objects can't be told apart by equals, if there is one. */
  default Optional<String> withoutEquals() {
    return Optional.empty();
  }

  /** Makes an oracle, which remembers what it has worked out. */
  @FunctionalInterface
  interface Factory<S> {
    Oracle<S> create(Subjects<S> subjects, Consistency consistency);
  }
}
