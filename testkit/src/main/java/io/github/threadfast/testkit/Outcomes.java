package io.github.threadfast.testkit;

import static io.github.threadfast.testkit.Settings.append;
import static java.util.Objects.requireNonNull;

import io.github.threadfast.testkit.function.Action0;
import io.github.threadfast.testkit.function.Function0;
import io.github.threadfast.testkit.hang.Hang;
import io.github.threadfast.testkit.model.Result;
import io.github.threadfast.testkit.run.Crew;
import io.github.threadfast.testkit.run.Subjects;
import io.github.threadfast.testkit.scenario.BadInputException;
import io.github.threadfast.testkit.scenario.Operation;
import io.github.threadfast.testkit.scenario.Operation.Body;
import io.github.threadfast.testkit.scenario.Operation.Place;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.opentest4j.AssertionFailedError;
import org.opentest4j.TestAbortedException;

/**
 * A table of what may come of a few actions that threads run at once on one object, and how often
 * each outcome is seen on this machine's cores.
 *
 * {@snippet file="io/github/threadfast/testkit/examples/OutcomesExamples.java" region="volatile"}
 *
 * <p>Each action has a thread of its own and runs once on each object, some hundred thousand
 * objects a second. An outcome is the list of what the operations returned, in the order in which
 * they were added, and last what {@link #afterwards} returned. A row of the table declares one
 * outcome as
 *
 * <ul>
 *   <li>{@linkplain #allowed allowed}: it may be seen;
 *   <li>{@linkplain #interesting interesting}: it may be seen, and the table is there to show
 *       whether it is, as with what only a weak memory model gives;
 *   <li>{@linkplain #forbidden forbidden}: it must not be seen. Neither must an outcome without a
 *       row.
 * </ul>
 *
 * <p>An outcome that was seen is proof that it can be. One that was not is a hint at most: it may
 * need another processor, or other moments.
 *
 * <h2 id="threads">Thread safety and memory effects</h2>
 *
 * <p>An {@code Outcomes} is immutable and may be shared; each method returns a new one. The
 * supplier's work happens-before the actions, and those happen-before what is done afterwards.
 * Between the actions the test kit adds no order at all, except in the first runs, until one has
 * shown that the threads run at the same time.
 *
 * <h2 id="blocking">Blocking and interruption</h2>
 *
 * <p>A check takes its {@linkplain #budget budget}. If an action does not return, it fails as soon
 * as that is known, three seconds after that at the latest, and says why. If the caller is
 * interrupted, it ends at once, fails, and keeps the interrupt status.
 *
 * <h2 id="source">Source</h2>
 *
 * <p>The table is that of jcstress, in a unit test and without its modes of compilation; for the
 * last word on a memory model, use jcstress.
 *
 * @param <S> the class that the actions share
 * @since 0.1.0
 */
public final class Outcomes<S> {
  private static final int MAX_THREADS = 26;

  private final Supplier<? extends S> supplier;
  private final List<Operation<S>> actors;
  private final @Nullable Operation<S> arbiter;

  /** How many of the actors and the arbiter return something. */
  private final int arity;

  private final List<OutcomeTable.Row> rows;
  private final Duration budget;
  private final @Nullable Long seed;

  private Outcomes(
      Supplier<? extends S> supplier,
      List<Operation<S>> actors,
      @Nullable Operation<S> arbiter,
      int arity,
      List<OutcomeTable.Row> rows,
      Duration budget,
      @Nullable Long seed) {
    this.supplier = supplier;
    this.actors = actors;
    this.arbiter = arbiter;
    this.arity = arity;
    this.rows = rows;
    this.budget = budget;
    this.seed = seed;
  }

  /**
   * Returns a table for the objects that {@code subject} makes, without actions and rows so far.
   *
   * @param <S> the class that the actions share
   * @param subject makes a new object whenever it is called
   * @return the table
   */
  public static <S> Outcomes<S> of(Supplier<? extends S> subject) {
    requireNonNull(subject, "subject");
    return new Outcomes<>(subject, List.of(), null, 0, List.of(), Duration.ofSeconds(1), null);
  }

  /**
   * Adds an action, with a thread of its own, whose result is part of the outcome.
   *
   * @param name what the table calls it
   * @param operation what the thread does to the object; what it throws is a result, too
   * @return this table with the action
   */
  public Outcomes<S> operation(String name, Function0<? super S> operation) {
    requireNonNull(operation, "operation");
    return withActor(name, 1, (subject, none) -> Result.returned(operation.apply(subject)));
  }

  /**
   * Adds an action, with a thread of its own, that returns nothing, or nothing of interest.
   *
   * @param name what the table calls it
   * @param action what the thread does to the object; if it throws, that is an outcome without a
   *     row
   * @return this table with the action
   */
  public Outcomes<S> action(String name, Action0<? super S> action) {
    requireNonNull(action, "action");
    return withActor(
        name,
        0,
        (subject, none) -> {
          action.run(subject);
          return Result.DONE;
        });
  }

  private Outcomes<S> withActor(String name, int result, Body<S> body) {
    Stress.requireName(name);
    if (actors.size() == MAX_THREADS) {
      throw new IllegalArgumentException(
          "There are " + MAX_THREADS + " actions already, the most.");
    }
    List<Operation<S>> more = append(actors, new Operation<>(name, body));
    return new Outcomes<>(supplier, more, arbiter, arity + result, rows, budget, seed);
  }

  /**
   * Sets what is looked at when all threads have ended; its result is the last part of the outcome.
   *
   * @param name what the table calls it
   * @param operation what is done to the object, by one thread
   * @return this table with that last look
   */
  public Outcomes<S> afterwards(String name, Function0<? super S> operation) {
    Stress.requireName(name);
    requireNonNull(operation, "operation");
    Operation<S> last =
        new Operation<>(
            name,
            Place.AFTERWARDS,
            1,
            Set.of(),
            List.of(),
            (subject, none) -> Result.returned(operation.apply(subject)));
    int more = arity + (arbiter == null ? 1 : 0);
    return new Outcomes<>(supplier, actors, last, more, rows, budget, seed);
  }

  /**
   * Adds a row for an outcome that may be seen.
   *
   * @param why says in a sentence how it comes about
   * @param results what the operations return, compared by {@code equals}; for one that throws, the
   *     class of what it throws
   * @return this table with the row
   * @throws IllegalArgumentException if there is a row for that outcome
   */
  public Outcomes<S> allowed(String why, @Nullable Object... results) {
    return withRow(Expectation.ALLOWED, why, results);
  }

  /**
   * Adds a row for an outcome that may be seen, and is looked for: the table points at it.
   *
   * @param why says in a sentence how it comes about
   * @param results as in {@link #allowed}
   * @return this table with the row
   * @throws IllegalArgumentException if there is a row for that outcome
   */
  public Outcomes<S> interesting(String why, @Nullable Object... results) {
    return withRow(Expectation.INTERESTING, why, results);
  }

  /**
   * Adds a row for an outcome that must not be seen.
   *
   * @param why says in a sentence why not
   * @param results as in {@link #allowed}
   * @return this table with the row
   * @throws IllegalArgumentException if there is a row for that outcome
   */
  public Outcomes<S> forbidden(String why, @Nullable Object... results) {
    return withRow(Expectation.FORBIDDEN, why, results);
  }

  private Outcomes<S> withRow(Expectation expectation, String why, @Nullable Object... results) {
    requireNonNull(why, "why");
    OutcomeTable.Outcome outcome =
        OutcomeTable.Outcome.of(Arrays.asList(requireNonNull(results, "results")));
    if (rows.stream().anyMatch(row -> row.outcome().equals(outcome))) {
      throw new IllegalArgumentException(
          "results are taken: there is a row for " + outcome + " already.");
    }
    List<OutcomeTable.Row> more = append(rows, new OutcomeTable.Row(outcome, 0, expectation, why));
    return new Outcomes<>(supplier, actors, arbiter, arity, more, budget, seed);
  }

  /**
   * Sets how long a check runs; 1 second if not set.
   *
   * @param budget more than zero, and one day at most
   * @return this table with that budget
   * @throws IllegalArgumentException if {@code budget} is out of that range
   */
  public Outcomes<S> budget(Duration budget) {
    Stress.requireBudget(budget);
    return new Outcomes<>(supplier, actors, arbiter, arity, rows, budget, seed);
  }

  /**
   * Sets the seed of the noise before the actions; random if not set.
   *
   * @param seed any number
   * @return this table with that seed
   */
  public Outcomes<S> seed(long seed) {
    return new Outcomes<>(supplier, actors, arbiter, arity, rows, budget, seed);
  }

  /**
   * Runs the actions and fails if an outcome was seen that is forbidden or has no row. The message
   * is the table.
   *
   * @throws AssertionFailedError if such an outcome was seen; also as in {@link #check}
   * @throws TestAbortedException as in {@link #check}
   * @throws IllegalStateException as in {@link #check}
   * @throws IllegalArgumentException as in {@link #check}
   */
  public void assertOutcomes() {
    OutcomeTable table = count();
    if (table.hasForbidden()) {
      throw new AssertionFailedError(table.toString());
    }
    table.requireOverlap();
  }

  /**
   * Runs the actions and returns what was seen, whatever that is.
   *
   * @return the table
   * @throws AssertionFailedError if an action did not return; if nothing was run within the budget;
   *     if interrupted
   * @throws TestAbortedException if the threads never ran at the same time, as on a single core:
   *     what was seen says nothing
   * @throws IllegalStateException if there are fewer than two actions, or a row has more or fewer
   *     results than there are operations that return one
   * @throws IllegalArgumentException if the supplier throws, returns null, or returns one object
   *     twice
   */
  public OutcomeTable check() {
    OutcomeTable table = count();
    table.requireOverlap();
    return table;
  }

  private OutcomeTable count() {
    requireComplete();
    Duration patience = budget.plus(Assertion.GRACE);
    try (Crew crew = new Crew(actors.size())) {
      OutcomeCount<S> count =
          new OutcomeCount<>(
              crew,
              new Subjects<>(supplier, null),
              actors,
              arbiter == null ? List.of() : List.of(arbiter),
              seedOrRandom());
      Future<OutcomeTable> table = crew.direct(() -> count.run(rows, budget));
      try {
        Optional<Hang> hang =
            new Watchdog(crew, count::progress, Assertion.STALL).await(table, patience);
        if (hang.isPresent()) {
          throw new AssertionFailedError(hang.get().describe());
        }
        return table.get();
      } catch (TimeoutException slow) {
        throw new AssertionFailedError(
            "The outcomes were not counted within %s: raise budget.".formatted(patience));
      } finally {
        count.stop();
      }
    } catch (ExecutionException e) {
      throw explained(e.getCause() == null ? e : e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionFailedError("Interrupted before the outcomes were counted.", e);
    }
  }

  private void requireComplete() {
    if (actors.size() < 2) {
      throw new IllegalStateException(
          "There must be two actions or more: add them with operation(name, …) or action(name, …).");
    }
    for (OutcomeTable.Row row : rows) {
      if (row.outcome().parts().size() != arity) {
        throw new IllegalStateException(
            "%s can't be an outcome: %d operations return something."
                .formatted(row.outcome(), arity));
      }
    }
  }

  private long seedOrRandom() {
    return seed == null ? ThreadLocalRandom.current().nextLong() : seed;
  }

  private static RuntimeException explained(Throwable cause) {
    return cause instanceof BadInputException
        ? new IllegalArgumentException(cause.getMessage(), cause.getCause())
        : new IllegalStateException("Counting the outcomes failed: " + cause, cause);
  }
}
