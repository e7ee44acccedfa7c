package io.github.threadfast.testkit;

import io.github.threadfast.testkit.report.Failure.Cause;
import io.github.threadfast.testkit.run.Outcome;
import io.github.threadfast.testkit.scenario.Call;
import io.github.threadfast.testkit.scenario.Program;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Makes a failing program smaller, as long as it fails in the same way. */
final class Shrinker<S> {
  /*
   * Idea. One step at a time: the first smaller program that fails again is the next to be made
   * smaller. A program that fails now and then is a question of patience. One failure is proof, so
   * that the sequential test has only one threshold: how long to see nothing before giving up. If the
   * time to a failure is exponential and the last one took t, a candidate that fails as often shows
   * nothing in k * t with the probability 1 / (1 + k). So all candidates get 10 t, and when none
   * failed, all get 40 t: of those that fail as often, 1 in 400 is missed.
   *
   * That holds only while the threads meet as before. On a machine that is busy for a moment nothing
   * fails, and so a round in which nothing failed counts only if the smallest failing program, tried
   * for as long, fails once more.
   */
  private static final int PATIENCE = 10;

  private static final long MIN_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
  private static final long MAX_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  /** How often all candidates are tried in vain, four times as long each time. */
  private static final int ROUNDS = 2;

  private final Hunt<S> hunt;
  private final long deadline;

  Shrinker(Hunt<S> hunt, long deadline) {
    this.hunt = hunt;
    this.deadline = deadline;
  }

  /** Returns the smallest failure that could be seen before the deadline. */
  Found<S> shrink(Found<S> found) throws InterruptedException, ExecutionException {
    Found<S> smallest = withoutIdleEnd(found);
    int failedRounds = 0;
    while (failedRounds < ROUNDS && deadline - System.nanoTime() > 0) {
      long patience =
          Math.max(MIN_NANOS, Math.min(PATIENCE * smallest.nanos(), MAX_NANOS))
              << (2 * failedRounds);
      Found<S> smaller = smaller(smallest, patience);
      if (smaller == null) {
        failedRounds += failsAgain(smallest, patience) ? 1 : 0;
      } else {
        smallest = withoutIdleEnd(smaller);
      }
    }
    return smallest;
  }

  /** Returns whether what is known to fail does so now. If not, nothing that was tried counts. */
  private boolean failsAgain(Found<S> found, long patience)
      throws InterruptedException, ExecutionException {
    long left = deadline - System.nanoTime();
    Found<S> again = hunt.hunt(found.outcome().program(), Math.min(patience, left));
    return again != null && again.isLike(found);
  }

  /** Returns the first of the smaller programs that fails again, each tried for a while. */
  private @Nullable Found<S> smaller(Found<S> found, long patience)
      throws InterruptedException, ExecutionException {
    Program<S> program = found.outcome().program();
    Stream<Program<S>> candidates =
        Stream.concat(program.smaller(), program.withSmallerArguments());
    for (Program<S> candidate : (Iterable<Program<S>>) candidates::iterator) {
      if (deadline - System.nanoTime() <= 0) {
        return null;
      }
      Found<S> again = hunt.hunt(candidate, Math.min(patience, deadline - System.nanoTime()));
      if (again != null && again.isLike(found)) {
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
    List<Call<S>> after = found.outcome().program().after();
    if (found.outcome().breach().isPresent()
        || after.stream().anyMatch(call -> call.operation().isFixed())) {
      return found;
    }
    Judge<S> judge = hunt.judge();
    for (int count = 0; count < after.size(); count++) {
      Outcome<S> shorter = found.outcome().withoutAfterFrom(count);
      Cause<S> cause = judge.faultOf(shorter);
      if (cause != null) {
        return new Found<>(shorter, cause, found.nanos());
      }
    }
    return found;
  }
}
