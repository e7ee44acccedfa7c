package io.github.threadfast.testkit;

import static java.util.Objects.requireNonNull;

import io.github.threadfast.testkit.model.Result;
import io.github.threadfast.testkit.report.Failure;
import io.github.threadfast.testkit.report.TextReport;
import io.github.threadfast.testkit.run.Crew;
import io.github.threadfast.testkit.run.NondeterministicException;
import io.github.threadfast.testkit.run.SupplierException;
import io.github.threadfast.testkit.scenario.Operation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.opentest4j.AssertionFailedError;
import org.opentest4j.TestAbortedException;

/**
 * A specification of which operations a class has, and the assertion that several threads may use
 * them at once.
 *
 * <p>The operations are run on real threads, in many small scenarios, some hundred thousand times a
 * second. Every result that is seen must be explained by <em>some</em> order of the calls, run one
 * after another by one thread on an object of the same class. If none explains it, the assertion
 * fails and shows the smallest scenario that it could find.
 *
 * {@snippet file="io/github/threadfast/testkit/examples/StressExamples.java" region="counter"}
 *
 * <h2 id="what">What a pass means</h2>
 *
 * <p>A failure is proof: the results were seen, and no order of the calls gives them. A pass is
 * none: the scenarios tried within the budget, on this machine, showed no fault. Where the threads
 * never ran at the same time, as on a single core, the test is skipped.
 *
 * <h2 id="threads">Thread safety and memory effects</h2>
 *
 * <p>A {@code Stress} is immutable and may be shared; each method returns a new one. The supplier,
 * the calls before and after the threads of a scenario, and the model's calls run in a thread of
 * the test kit; all that happens there before the threads of a scenario start happens-before their
 * calls, and those happen-before the calls after. Between the threads of a scenario the test kit
 * adds an order only from a call that has returned to one that begins later, and in half of the
 * runs not even that.
 *
 * <h2 id="blocking">Blocking and interruption</h2>
 *
 * <p>An assertion takes its {@linkplain #budget budget}, and a fifth more at most while it shrinks;
 * a run under way is ended first. If an operation does not return, the assertion fails {@value
 * #GRACE_SECONDS} seconds after that and shows where the threads are; a thread that ignores the
 * interrupt it then gets stays behind, as a daemon. If the caller is interrupted, the assertion
 * ends at once, fails, and keeps the interrupt status.
 *
 * <h2 id="operations">What operations must be like</h2>
 *
 * <p>Run alone, the same calls must give the same results, whichever thread makes them: what
 * belongs to one thread, such as the owner of a lock, can't be judged. Results are compared by
 * {@code equals}, arrays by their elements, exceptions by their class. They are compared when the
 * run is over: of what changes with the object, such as a view of it, return a copy. An operation
 * may throw anything: what is thrown is a result. At least one must return or throw something. No
 * argument may be null; the message of the {@link NullPointerException} names it.
 *
 * <h2 id="source">Source</h2>
 *
 * <p>The check is Wing and Gong's search with Lowe's memory of visited configurations; running
 * small random scenarios in batches against an aligned start follows Lincheck and jcstress.
 *
 * @param <S> the class under test
 * @since 0.1.0
 */
public final class Stress<S> {
  private static final long GRACE_SECONDS = 3;
  private static final int MAX_THREADS = 26;

  private final Supplier<? extends S> supplier;
  private final List<Operation<S>> operations;
  private final int threads;
  private final int operationsPerThread;
  private final Duration budget;
  private final OptionalLong seed;

  private Stress(
      Supplier<? extends S> supplier,
      List<Operation<S>> operations,
      int threads,
      int operationsPerThread,
      Duration budget,
      OptionalLong seed) {
    this.supplier = supplier;
    this.operations = List.copyOf(operations);
    this.threads = threads;
    this.operationsPerThread = operationsPerThread;
    this.budget = budget;
    this.seed = seed;
  }

  /**
   * Returns a specification of the objects that {@code supplier} makes, without operations so far.
   *
   * @param <S> the class under test
   * @param supplier makes a new object, in its first state, whenever it is called; it is called
   *     often
   * @return the specification
   */
  public static <S> Stress<S> of(Supplier<? extends S> supplier) {
    requireNonNull(supplier, "supplier");
    return new Stress<>(supplier, List.of(), 3, 3, Duration.ofSeconds(2), OptionalLong.empty());
  }

  /**
   * Adds an operation that returns something. Its result, which may be null, must be explained.
   *
   * @param name what the report calls it, unique in this specification
   * @param operation what a thread does to the object
   * @return this specification with the operation
   * @throws IllegalArgumentException if {@code name} is blank or taken
   */
  public Stress<S> operation(String name, Function<? super S> operation) {
    requireNonNull(operation, "operation");
    return with(name, subject -> Result.returned(operation.apply(subject)));
  }

  /**
   * Adds an operation that returns nothing, or nothing of interest. What it did must show in the
   * results of others.
   *
   * @param name what the report calls it, unique in this specification
   * @param action what a thread does to the object
   * @return this specification with the operation
   * @throws IllegalArgumentException if {@code name} is blank or taken
   */
  public Stress<S> action(String name, Action<? super S> action) {
    requireNonNull(action, "action");
    return with(
        name,
        subject -> {
          action.run(subject);
          return Result.DONE;
        });
  }

  private Stress<S> with(String name, Operation.Body<S> body) {
    requireNonNull(name, "name");
    if (name.isBlank()) {
      throw new IllegalArgumentException("name must not be blank: the report needs it.");
    }
    if (operations.stream().anyMatch(operation -> operation.name().equals(name))) {
      throw new IllegalArgumentException(
          "name is taken: there is an operation \"" + name + "\" already. Choose another.");
    }
    List<Operation<S>> more = new ArrayList<>(operations);
    more.add(new Operation<>(name, body));
    return new Stress<>(supplier, more, threads, operationsPerThread, budget, seed);
  }

  /**
   * Sets how many threads a scenario has at most; 3 if not set.
   *
   * @param threads from 2 to 26
   * @return this specification with that limit
   * @throws IllegalArgumentException if {@code threads} is out of that range
   */
  public Stress<S> threads(int threads) {
    if (threads < 2 || threads > MAX_THREADS) {
      throw new IllegalArgumentException(
          "threads must be from 2 to " + MAX_THREADS + ": was " + threads + ".");
    }
    return new Stress<>(supplier, operations, threads, operationsPerThread, budget, seed);
  }

  /**
   * Sets how many operations each thread of a scenario runs at most; 3 if not set.
   *
   * @param operationsPerThread at least 1
   * @return this specification with that limit
   * @throws IllegalArgumentException if {@code operationsPerThread} is less than 1
   */
  public Stress<S> operationsPerThread(int operationsPerThread) {
    if (operationsPerThread < 1) {
      throw new IllegalArgumentException(
          "operationsPerThread must be at least 1: was " + operationsPerThread + ".");
    }
    return new Stress<>(supplier, operations, threads, operationsPerThread, budget, seed);
  }

  /**
   * Sets how long an assertion searches; 2 seconds if not set. Shrinking a failure may take a fifth
   * more.
   *
   * @param budget more than zero, and one day at most
   * @return this specification with that budget
   * @throws IllegalArgumentException if {@code budget} is out of that range
   */
  public Stress<S> budget(Duration budget) {
    requireNonNull(budget, "budget");
    if (budget.isNegative() || budget.isZero() || budget.compareTo(Duration.ofDays(1)) > 0) {
      throw new IllegalArgumentException(
          "budget must be more than zero and one day at most: was " + budget + ".");
    }
    return new Stress<>(supplier, operations, threads, operationsPerThread, budget, seed);
  }

  /**
   * Sets the seed of the scenarios, and of the noise between the threads; random if not set. A
   * report names the seed. The same seed gives the same scenarios in the same order; how the
   * threads meet in them is still up to the machine.
   *
   * @param seed any number
   * @return this specification with that seed
   */
  public Stress<S> seed(long seed) {
    return new Stress<>(
        supplier, operations, threads, operationsPerThread, budget, OptionalLong.of(seed));
  }

  /**
   * Asserts that the class is linearizable: that each call takes effect at one moment between its
   * beginning and its end, as if the calls came one at a time.
   *
   * @throws AssertionFailedError if a run was seen that no order of its calls explains; if an
   *     operation did not return; if the results of some run could not be judged; if no call
   *     returned or threw anything; if the class gives different results for the same calls even
   *     when run alone
   * @throws TestAbortedException if nothing failed, but the threads never ran at the same time, as
   *     on a single core: the test is skipped, since a pass would say nothing
   * @throws IllegalStateException if the specification has no operations
   * @throws IllegalArgumentException if the supplier throws, returns null, or returns one object
   *     twice
   */
  public void assertLinearizable() {
    if (operations.isEmpty()) {
      throw new IllegalStateException(
          "There are no operations to run: add them with operation(name, …) or action(name, …).");
    }
    Duration deadline = budget.multipliedBy(6).dividedBy(5);
    Duration patience = deadline.plusSeconds(GRACE_SECONDS);
    long chosenSeed = seed.orElseGet(() -> ThreadLocalRandom.current().nextInt(1_000_000));
    AtomicReference<@Nullable Fault> fault = new AtomicReference<>();
    try (Crew crew = new Crew(threads)) {
      Search<S> search = new Search<>(this, chosenSeed, crew);
      try {
        crew.direct(
            () -> {
              search.run(budget, deadline, failure -> fault.set(Fault.of(failure)));
              return search;
            },
            patience.toNanos());
        failIfPresent(fault.get());
        requireJudged(search);
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

  private static void failIfPresent(@Nullable Fault fault) {
    if (fault != null) {
      throw new AssertionFailedError(fault.text(), fault.cause());
    }
  }

  /**
   * A failure in words, found in a thread of the search, since a value's toString may not return.
   */
  private record Fault(String text, @Nullable Throwable cause) {
    static Fault of(Failure<?> failure) {
      return new Fault(TextReport.of(failure), failure.thrown().orElse(null));
    }
  }

  /** A search that saw or understood too little must not pass. */
  private void requireJudged(Search<S> search) {
    if (search.runs() == 0) {
      throw new AssertionFailedError(
          "Nothing was run within the budget of " + budget + ": raise budget.");
    }
    if (search.undecided() > 0) {
      throw new AssertionFailedError(
          "Undecided: for %,d of %,d runs neither an order was found nor that there is none. Lower"
                  .formatted(search.undecided(), search.runs())
              + " threads or operationsPerThread, or give the class an equals.");
    }
    if (!search.observed()) {
      throw new AssertionFailedError(
          "Nothing could be seen: no call returned or threw anything. Add an operation that returns"
              + " what the others did.");
    }
    if (!search.overlapped()) {
      throw new TestAbortedException(
          "In %,d runs no two threads ever ran at the same time, so that a pass would say nothing."
                  .formatted(search.runs())
              + " Run the test on two free cores, or raise budget.");
    }
  }

  private static RuntimeException explained(Throwable cause) {
    if (cause instanceof SupplierException) {
      return new IllegalArgumentException(cause.getMessage(), cause.getCause());
    }
    if (cause instanceof NondeterministicException nondeterministic) {
      throw new AssertionFailedError(TextReport.of(nondeterministic));
    }
    return new IllegalStateException("The search itself failed: " + cause, cause);
  }

  Supplier<? extends S> supplier() {
    return supplier;
  }

  List<Operation<S>> operations() {
    return operations;
  }

  int threads() {
    return threads;
  }

  int operationsPerThread() {
    return operationsPerThread;
  }

  /**
   * An operation with a result.
   *
   * @param <S> the class under test
   * @since 0.1.0
   */
  @FunctionalInterface
  public interface Function<S> {
    /**
     * Runs on {@code subject}.
     *
     * @param subject the object under test
     * @return the result
     * @throws Throwable anything; what is thrown is a result, too
     */
    @Nullable Object apply(S subject) throws Throwable;
  }

  /**
   * An operation without a result.
   *
   * @param <S> the class under test
   * @since 0.1.0
   */
  @FunctionalInterface
  public interface Action<S> {
    /**
     * Runs on {@code subject}.
     *
     * @param subject the object under test
     * @throws Throwable anything; what is thrown is a result, too
     */
    void run(S subject) throws Throwable;
  }
}
