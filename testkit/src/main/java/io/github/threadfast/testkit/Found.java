package io.github.threadfast.testkit;

import io.github.threadfast.testkit.report.Failure.Cause;
import io.github.threadfast.testkit.run.Outcome;

/**
 * An outcome that must not be.
 *
 * @param outcome what was seen
 * @param cause what is wrong with it
 * @param nanos how long it took to see it
 */
record Found<S>(Outcome<S> outcome, Cause<S> cause, long nanos) {

  int calls() {
    return outcome.program().calls();
  }

  /** Returns whether both failed in the same way: a lost update must not shrink to a hang. */
  boolean isLike(Found<S> other) {
    return cause.getClass() == other.cause.getClass();
  }
}
