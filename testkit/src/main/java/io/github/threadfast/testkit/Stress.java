package io.github.threadfast.testkit;

import static io.github.threadfast.testkit.Settings.append;
import static java.util.Objects.requireNonNull;

import io.github.threadfast.testkit.check.Consistency;
import io.github.threadfast.testkit.function.Action0;
import io.github.threadfast.testkit.function.Action1;
import io.github.threadfast.testkit.function.Action2;
import io.github.threadfast.testkit.function.Action3;
import io.github.threadfast.testkit.function.Function0;
import io.github.threadfast.testkit.function.Function1;
import io.github.threadfast.testkit.function.Function2;
import io.github.threadfast.testkit.function.Function3;
import io.github.threadfast.testkit.model.Model;
import io.github.threadfast.testkit.model.Result;
import io.github.threadfast.testkit.scenario.Input;
import io.github.threadfast.testkit.scenario.Invariant;
import io.github.threadfast.testkit.scenario.Operation;
import io.github.threadfast.testkit.scenario.Operation.Place;
import io.github.threadfast.testkit.scenario.ProgramArbitrary;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import org.jspecify.annotations.Nullable;
import org.opentest4j.AssertionFailedError;
import org.opentest4j.TestAbortedException;

/**
 * A specification of which operations a class has, and the assertion that several threads may use
 * them at once.
 *
 * <p>The operations are run on real threads, in many small scenarios, some hundred thousand times a
 * second. Every result that is seen must be explained by <em>some</em> order of the calls, run one
 * after another by one thread on an object of the same class, or of a {@linkplain
 * #against(Supplier) model}. If none explains it, the assertion fails and shows the smallest
 * scenario that it could find, as text and as a page of HTML in {@code target/threadfast}, or in
 * the folder that the system property {@code threadfast.reports} names.
 *
 * {@snippet file="io/github/threadfast/testkit/examples/StressExamples.java" region="counter"}
 *
 * <p>Arguments come from jqwik's arbitraries, or from lists of values, the simplest first:
 *
 * {@snippet file="io/github/threadfast/testkit/examples/StressExamples.java" region="arguments"}
 *
 * <p>For the questions that are asked most often there are ready {@link Checks}, for memory models
 * {@link Outcomes}.
 *
 * <h2 id="what">What a pass means</h2>
 *
 * <p>A failure is proof: the results were seen, and no order of the calls gives them. A pass is
 * none: the scenarios tried within the budget, on this machine, showed no fault. What one thread
 * alone can break is said to be no race. Where the threads never ran at the same time, as on a
 * single core, the test is skipped.
 *
 * <h2 id="threads">Thread safety and memory effects</h2>
 *
 * <p>A {@code Stress} is immutable and may be shared; each method returns a new one. All code that
 * it is given, the calls before and after the threads of a scenario, and the model's calls run in a
 * thread of the test kit; all that happens there before the threads of a scenario start
 * happens-before their calls, and those happen-before the calls after. Between the threads of a
 * scenario the test kit adds an order only from a call that has returned to one that begins later,
 * and in half of the runs not even that.
 *
 * <h2 id="blocking">Blocking and interruption</h2>
 *
 * <p>An assertion takes its {@linkplain #budget budget}, and a fifth more at most while it shrinks;
 * a run under way is ended first. If calls do not return, it fails as soon as that is known, and
 * says who holds and awaits what: a deadlock of monitors or locks when it is seen; threads that all
 * wait without a time-out when nothing has happened for a second; all else three seconds after the
 * budget and that fifth. A thread that ignores the interrupt it then gets stays behind, as a
 * daemon. Other threads that the objects have started and not ended within a second fail the
 * assertion, too, unless they are daemons: see {@link #closing}. If the caller is interrupted, the
 * assertion ends at once, fails, and keeps the interrupt status.
 *
 * <h2 id="operations">What operations must be like</h2>
 *
 * <p>Run alone, the same calls must give the same results, whichever thread makes them: what
 * belongs to one thread, such as the owner of a lock, can't be judged. Results are compared by
 * {@code equals}, arrays by their elements, exceptions by their class. They are compared when the
 * run is over: of what changes with the object, such as a view of it, return a copy. An operation
 * may throw anything: what is thrown is a result. At least one must return or throw something. The
 * arguments are shared by all runs: hand a copy of what can be changed to the object. No argument
 * of a method here may be null; the message of the {@link NullPointerException} names it.
 *
 * <h2 id="source">Source</h2>
 *
 * <p>The check is Wing and Gong's search with Lowe's memory of visited configurations, with
 * monitors for the ready models; running small random scenarios in batches against an aligned start
 * follows Lincheck and jcstress.
 *
 * @param <S> the class under test
 * @since 0.1.0
 */
public final class Stress<S> {
  private static final int MAX_THREADS = 26;
  private static final int MAX_WEIGHT = 1_000;

  private final Settings<S> settings;

  private Stress(Settings<S> settings) {
    this.settings = settings;
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
    return new Stress<>(new Settings<>(supplier));
  }

  /**
   * Returns the specification that the annotated methods of {@code type} make, on new objects of
   * {@code type}:
   *
   * {@snippet file="io/github/threadfast/testkit/examples/AnnotatedExamples.java" region="cache"}
   *
   * <p>Methods may be inherited, and of any visibility; so may be the class and its constructor. A
   * parameter of an operation has jqwik's {@code @ForAll}, with the name of a {@code @Provide}
   * method without parameters, static or not; without a name, jqwik's values for the type are
   * drawn. Constraints such as {@code @IntRange} and {@code @StringLength} are honored on the
   * parameter itself; one that jqwik honors in its properties alone, such as {@code @Size} and
   * {@code @WithNull}, is rejected. Operations are in the order of their names.
   *
   * @param <S> the class with the operations
   * @param type has a constructor without parameters, and is called for every run
   * @return the specification, to which more may be added
   * @throws IllegalArgumentException if {@code type} is abstract, an inner class, or has no such
   *     constructor or no operation; if an annotated method is static, has parameters where it must
   *     not, or more than three, or a result that does not fit; if two operations have one name; if
   *     it is not clear where an argument comes from; if a constraint can't be honored; if a weight
   *     is out of range
   * @see io.github.threadfast.testkit.annotation.Operation
   * @see io.github.threadfast.testkit.annotation.Invariant
   * @see io.github.threadfast.testkit.annotation.Before
   * @see io.github.threadfast.testkit.annotation.Afterwards
   */
  public static <S> Stress<S> of(Class<S> type) {
    requireNonNull(type, "type");
    return new Stress<>(AnnotatedOperations.of(type));
  }

  /**
   * Adds an operation that returns something. Its result, which may be null, must be explained.
   *
   * @param name what the report calls it, unique in this specification
   * @param operation what a thread does to the object
   * @return this specification with the operation
   * @throws IllegalArgumentException if {@code name} is blank or taken
   */
  public Stress<S> operation(String name, Function0<? super S> operation) {
    requireNonNull(operation, "operation");
    return with(
        name,
        Place.ANYWHERE,
        List.of(),
        (subject, arguments) -> Result.returned(operation.apply(subject)));
  }

  /**
   * Adds an operation that returns something. Its result, which may be null, must be explained.
   *
   * @param <A> the first argument
   * @param name what the report calls it, unique in this specification
   * @param argument where its argument comes from
   * @param operation what a thread does to the object
   * @return this specification with the operation
   * @throws IllegalArgumentException if {@code name} is blank or taken
   */
  @SuppressWarnings("unchecked") // the arguments are drawn from where their types come from
  public <A> Stress<S> operation(
      String name, Arbitrary<? extends A> argument, Function1<? super S, ? super A> operation) {
    requireNonNull(operation, "operation");
    return with(
        name,
        Place.ANYWHERE,
        List.of(input(argument, "argument")),
        (subject, arguments) -> Result.returned(operation.apply(subject, (A) arguments[0])));
  }

  /**
   * Adds an operation that returns something. Its result, which may be null, must be explained.
   *
   * @param <A> the first argument
   * @param name what the report calls it, unique in this specification
   * @param values the values that its argument may have, the simplest one first
   * @param operation what a thread does to the object
   * @return this specification with the operation
   * @throws IllegalArgumentException if {@code name} is blank or taken, or a list is empty
   */
  @SuppressWarnings("unchecked") // the arguments are drawn from where their types come from
  public <A> Stress<S> operation(
      String name, List<? extends A> values, Function1<? super S, ? super A> operation) {
    requireNonNull(operation, "operation");
    return with(
        name,
        Place.ANYWHERE,
        List.of(values(values, "values")),
        (subject, arguments) -> Result.returned(operation.apply(subject, (A) arguments[0])));
  }

  /**
   * Adds an operation that returns something. Its result, which may be null, must be explained.
   *
   * @param <A> the first argument
   * @param <B> the second argument
   * @param name what the report calls it, unique in this specification
   * @param first where its first argument comes from
   * @param second where its second argument comes from
   * @param operation what a thread does to the object
   * @return this specification with the operation
   * @throws IllegalArgumentException if {@code name} is blank or taken
   */
  @SuppressWarnings("unchecked") // the arguments are drawn from where their types come from
  public <A, B> Stress<S> operation(
      String name,
      Arbitrary<? extends A> first,
      Arbitrary<? extends B> second,
      Function2<? super S, ? super A, ? super B> operation) {
    requireNonNull(operation, "operation");
    return with(
        name,
        Place.ANYWHERE,
        List.of(input(first, "first"), input(second, "second")),
        (subject, arguments) ->
            Result.returned(operation.apply(subject, (A) arguments[0], (B) arguments[1])));
  }

  /**
   * Adds an operation that returns something. Its result, which may be null, must be explained.
   *
   * @param <A> the first argument
   * @param <B> the second argument
   * @param name what the report calls it, unique in this specification
   * @param first the values that its first argument may have, the simplest one first
   * @param second the values that its second argument may have, the simplest one first
   * @param operation what a thread does to the object
   * @return this specification with the operation
   * @throws IllegalArgumentException if {@code name} is blank or taken, or a list is empty
   */
  @SuppressWarnings("unchecked") // the arguments are drawn from where their types come from
  public <A, B> Stress<S> operation(
      String name,
      List<? extends A> first,
      List<? extends B> second,
      Function2<? super S, ? super A, ? super B> operation) {
    requireNonNull(operation, "operation");
    return with(
        name,
        Place.ANYWHERE,
        List.of(values(first, "first"), values(second, "second")),
        (subject, arguments) ->
            Result.returned(operation.apply(subject, (A) arguments[0], (B) arguments[1])));
  }

  /**
   * Adds an operation that returns something. Its result, which may be null, must be explained.
   *
   * @param <A> the first argument
   * @param <B> the second argument
   * @param <C> the third argument
   * @param name what the report calls it, unique in this specification
   * @param first where its first argument comes from
   * @param second where its second argument comes from
   * @param third where its third argument comes from
   * @param operation what a thread does to the object
   * @return this specification with the operation
   * @throws IllegalArgumentException if {@code name} is blank or taken
   */
  @SuppressWarnings("unchecked") // the arguments are drawn from where their types come from
  public <A, B, C> Stress<S> operation(
      String name,
      Arbitrary<? extends A> first,
      Arbitrary<? extends B> second,
      Arbitrary<? extends C> third,
      Function3<? super S, ? super A, ? super B, ? super C> operation) {
    requireNonNull(operation, "operation");
    return with(
        name,
        Place.ANYWHERE,
        List.of(input(first, "first"), input(second, "second"), input(third, "third")),
        (subject, arguments) ->
            Result.returned(
                operation.apply(subject, (A) arguments[0], (B) arguments[1], (C) arguments[2])));
  }

  /**
   * Adds an operation that returns something. Its result, which may be null, must be explained.
   *
   * @param <A> the first argument
   * @param <B> the second argument
   * @param <C> the third argument
   * @param name what the report calls it, unique in this specification
   * @param first the values that its first argument may have, the simplest one first
   * @param second the values that its second argument may have, the simplest one first
   * @param third the values that its third argument may have, the simplest one first
   * @param operation what a thread does to the object
   * @return this specification with the operation
   * @throws IllegalArgumentException if {@code name} is blank or taken, or a list is empty
   */
  @SuppressWarnings("unchecked") // the arguments are drawn from where their types come from
  public <A, B, C> Stress<S> operation(
      String name,
      List<? extends A> first,
      List<? extends B> second,
      List<? extends C> third,
      Function3<? super S, ? super A, ? super B, ? super C> operation) {
    requireNonNull(operation, "operation");
    return with(
        name,
        Place.ANYWHERE,
        List.of(values(first, "first"), values(second, "second"), values(third, "third")),
        (subject, arguments) ->
            Result.returned(
                operation.apply(subject, (A) arguments[0], (B) arguments[1], (C) arguments[2])));
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
  public Stress<S> action(String name, Action0<? super S> action) {
    requireNonNull(action, "action");
    return with(
        name,
        Place.ANYWHERE,
        List.of(),
        (subject, arguments) -> {
          action.run(subject);
          return Result.DONE;
        });
  }

  /**
   * Adds an operation that returns nothing, or nothing of interest. What it did must show in the
   * results of others.
   *
   * @param <A> the first argument
   * @param name what the report calls it, unique in this specification
   * @param argument where its argument comes from
   * @param action what a thread does to the object
   * @return this specification with the operation
   * @throws IllegalArgumentException if {@code name} is blank or taken
   */
  @SuppressWarnings("unchecked") // the arguments are drawn from where their types come from
  public <A> Stress<S> action(
      String name, Arbitrary<? extends A> argument, Action1<? super S, ? super A> action) {
    requireNonNull(action, "action");
    return with(
        name,
        Place.ANYWHERE,
        List.of(input(argument, "argument")),
        (subject, arguments) -> {
          action.run(subject, (A) arguments[0]);
          return Result.DONE;
        });
  }

  /**
   * Adds an operation that returns nothing, or nothing of interest. What it did must show in the
   * results of others.
   *
   * @param <A> the first argument
   * @param name what the report calls it, unique in this specification
   * @param values the values that its argument may have, the simplest one first
   * @param action what a thread does to the object
   * @return this specification with the operation
   * @throws IllegalArgumentException if {@code name} is blank or taken, or a list is empty
   */
  @SuppressWarnings("unchecked") // the arguments are drawn from where their types come from
  public <A> Stress<S> action(
      String name, List<? extends A> values, Action1<? super S, ? super A> action) {
    requireNonNull(action, "action");
    return with(
        name,
        Place.ANYWHERE,
        List.of(values(values, "values")),
        (subject, arguments) -> {
          action.run(subject, (A) arguments[0]);
          return Result.DONE;
        });
  }

  /**
   * Adds an operation that returns nothing, or nothing of interest. What it did must show in the
   * results of others.
   *
   * @param <A> the first argument
   * @param <B> the second argument
   * @param name what the report calls it, unique in this specification
   * @param first where its first argument comes from
   * @param second where its second argument comes from
   * @param action what a thread does to the object
   * @return this specification with the operation
   * @throws IllegalArgumentException if {@code name} is blank or taken
   */
  @SuppressWarnings("unchecked") // the arguments are drawn from where their types come from
  public <A, B> Stress<S> action(
      String name,
      Arbitrary<? extends A> first,
      Arbitrary<? extends B> second,
      Action2<? super S, ? super A, ? super B> action) {
    requireNonNull(action, "action");
    return with(
        name,
        Place.ANYWHERE,
        List.of(input(first, "first"), input(second, "second")),
        (subject, arguments) -> {
          action.run(subject, (A) arguments[0], (B) arguments[1]);
          return Result.DONE;
        });
  }

  /**
   * Adds an operation that returns nothing, or nothing of interest. What it did must show in the
   * results of others.
   *
   * @param <A> the first argument
   * @param <B> the second argument
   * @param name what the report calls it, unique in this specification
   * @param first the values that its first argument may have, the simplest one first
   * @param second the values that its second argument may have, the simplest one first
   * @param action what a thread does to the object
   * @return this specification with the operation
   * @throws IllegalArgumentException if {@code name} is blank or taken, or a list is empty
   */
  @SuppressWarnings("unchecked") // the arguments are drawn from where their types come from
  public <A, B> Stress<S> action(
      String name,
      List<? extends A> first,
      List<? extends B> second,
      Action2<? super S, ? super A, ? super B> action) {
    requireNonNull(action, "action");
    return with(
        name,
        Place.ANYWHERE,
        List.of(values(first, "first"), values(second, "second")),
        (subject, arguments) -> {
          action.run(subject, (A) arguments[0], (B) arguments[1]);
          return Result.DONE;
        });
  }

  /**
   * Adds an operation that returns nothing, or nothing of interest. What it did must show in the
   * results of others.
   *
   * @param <A> the first argument
   * @param <B> the second argument
   * @param <C> the third argument
   * @param name what the report calls it, unique in this specification
   * @param first where its first argument comes from
   * @param second where its second argument comes from
   * @param third where its third argument comes from
   * @param action what a thread does to the object
   * @return this specification with the operation
   * @throws IllegalArgumentException if {@code name} is blank or taken
   */
  @SuppressWarnings("unchecked") // the arguments are drawn from where their types come from
  public <A, B, C> Stress<S> action(
      String name,
      Arbitrary<? extends A> first,
      Arbitrary<? extends B> second,
      Arbitrary<? extends C> third,
      Action3<? super S, ? super A, ? super B, ? super C> action) {
    requireNonNull(action, "action");
    return with(
        name,
        Place.ANYWHERE,
        List.of(input(first, "first"), input(second, "second"), input(third, "third")),
        (subject, arguments) -> {
          action.run(subject, (A) arguments[0], (B) arguments[1], (C) arguments[2]);
          return Result.DONE;
        });
  }

  /**
   * Adds an operation that returns nothing, or nothing of interest. What it did must show in the
   * results of others.
   *
   * @param <A> the first argument
   * @param <B> the second argument
   * @param <C> the third argument
   * @param name what the report calls it, unique in this specification
   * @param first the values that its first argument may have, the simplest one first
   * @param second the values that its second argument may have, the simplest one first
   * @param third the values that its third argument may have, the simplest one first
   * @param action what a thread does to the object
   * @return this specification with the operation
   * @throws IllegalArgumentException if {@code name} is blank or taken, or a list is empty
   */
  @SuppressWarnings("unchecked") // the arguments are drawn from where their types come from
  public <A, B, C> Stress<S> action(
      String name,
      List<? extends A> first,
      List<? extends B> second,
      List<? extends C> third,
      Action3<? super S, ? super A, ? super B, ? super C> action) {
    requireNonNull(action, "action");
    return with(
        name,
        Place.ANYWHERE,
        List.of(values(first, "first"), values(second, "second"), values(third, "third")),
        (subject, arguments) -> {
          action.run(subject, (A) arguments[0], (B) arguments[1], (C) arguments[2]);
          return Result.DONE;
        });
  }

  private Stress<S> with(String name, Place place, List<Input> inputs, Operation.Body<S> body) {
    requireName(name);
    if (names().contains(name)) {
      throw new IllegalArgumentException(
          "name is taken: there is an operation \"" + name + "\" already. Choose another.");
    }
    Operation<S> operation = new Operation<>(name, place, 1, Set.of(), inputs, body);
    return with(copy -> copy.operations = append(copy.operations, operation));
  }

  private Stress<S> with(Consumer<Settings<S>> change) {
    return new Stress<>(settings.with(change));
  }

  static void requireName(String name) {
    requireNonNull(name, "name");
    if (name.isBlank()) {
      throw new IllegalArgumentException("name must not be blank: the report needs it.");
    }
  }

  private List<String> names() {
    return settings.operations.stream().map(Operation::name).toList();
  }

  private static Input input(Arbitrary<?> arbitrary, String parameter) {
    return new Input(requireNonNull(arbitrary, parameter));
  }

  private static Input values(List<?> values, String parameter) {
    if (requireNonNull(values, parameter).isEmpty()) {
      throw new IllegalArgumentException(
          parameter + " must not be empty: there is no value to call the operation with.");
    }
    return new Input(Arbitraries.of(new ArrayList<>(values)));
  }

  /**
   * Adds an action that runs once in every scenario, before everything else.
   *
   * @param name what the report calls it, unique in this specification
   * @param action what is done to the object, by one thread
   * @return this specification with the action
   * @throws IllegalArgumentException if {@code name} is blank or taken
   */
  public Stress<S> before(String name, Action0<? super S> action) {
    requireNonNull(action, "action");
    return with(
        name,
        Place.BEFORE,
        List.of(),
        (subject, arguments) -> {
          action.run(subject);
          return Result.DONE;
        });
  }

  /**
   * Adds an operation that runs once in every scenario, when all threads have ended and after
   * everything else: a last look, whose result must be explained.
   *
   * @param name what the report calls it, unique in this specification
   * @param operation what is done to the object, by one thread
   * @return this specification with the operation
   * @throws IllegalArgumentException if {@code name} is blank or taken
   */
  public Stress<S> afterwards(String name, Function0<? super S> operation) {
    requireNonNull(operation, "operation");
    return with(
        name,
        Place.AFTERWARDS,
        List.of(),
        (subject, arguments) -> Result.returned(operation.apply(subject)));
  }

  /**
   * Sets how each object is ended when it is no longer needed: one that has threads of its own, or
   * a file. Not set, objects are left to the garbage collector, and threads that they leave alive
   * fail the assertion, unless they are daemons.
   *
   * @param closer ends an object, called by one thread after all calls on it
   * @return this specification with that closer
   */
  public Stress<S> closing(Action0<? super S> closer) {
    requireNonNull(closer, "closer");
    return with(copy -> copy.closer = closer);
  }

  /**
   * Sets how often an operation is called, compared with the others; 1 if not set.
   *
   * @param name the name of an operation of this specification
   * @param weight at least 1, and 1000 at most
   * @return this specification with that weight
   * @throws IllegalArgumentException if there is no such operation, or {@code weight} is out of
   *     that range
   */
  public Stress<S> weight(String name, int weight) {
    requireKnown(name);
    requireWeight(weight);
    return change(Set.of(name), operation -> operation.withWeight(weight));
  }

  static void requireWeight(int weight) {
    if (weight < 1 || weight > MAX_WEIGHT) {
      throw new IllegalArgumentException(
          "weight must be from 1 to " + MAX_WEIGHT + ": was " + weight + ".");
    }
  }

  /**
   * Confines operations to one thread: in each scenario, all calls of them that run beside other
   * calls are made by one thread, such as the only producer of a queue. Which one differs from
   * scenario to scenario. Before the threads start and after they have ended, the calls are made by
   * the thread that makes all others, too.
   *
   * @param names the names of operations of this specification
   * @return this specification with those operations confined
   * @throws IllegalArgumentException if there is no such operation, or none is named
   */
  public Stress<S> confined(String... names) {
    Set<String> group = new LinkedHashSet<>(List.of(names));
    if (group.isEmpty()) {
      throw new IllegalArgumentException("names must not be empty: name what to confine.");
    }
    group.forEach(this::requireKnown);
    return change(group, operation -> operation.confinedWith(group));
  }

  private void requireKnown(String name) {
    requireNonNull(name, "name");
    if (!names().contains(name)) {
      throw new IllegalArgumentException(
          "name is unknown: there is no operation \"%s\", only %s.".formatted(name, names()));
    }
  }

  private Stress<S> change(Set<String> names, UnaryOperator<Operation<S>> change) {
    return with(copy ->
        copy.operations =
            copy.operations.stream()
                .map(o -> names.contains(o.name()) ? change.apply(o) : o)
                .toList());
  }

  /**
   * Adds a condition that must be true whenever no call is under way: when the threads have ended,
   * and after the calls that follow. When one thread alone makes the calls it must be true after
   * each, from the last of the actions {@linkplain #before before} on.
   *
   * @param name what the report calls it
   * @param condition tells whether it is true; may throw if it is not, as an assertion does
   * @return this specification with the invariant
   * @throws IllegalArgumentException if {@code name} is blank
   */
  public Stress<S> invariant(String name, Condition<? super S> condition) {
    requireName(name);
    requireNonNull(condition, "condition");
    Invariant<S> invariant = new Invariant<>(name, condition::holds);
    return with(copy -> copy.invariants = append(copy.invariants, invariant));
  }

  /**
   * Sets another class as the model: its objects, called by one thread, say which results are
   * right. If not set, the class under test is its own model.
   *
   * @param model makes a new object of the model, in its first state, whenever it is called
   * @return this specification with that model
   */
  public Stress<S> against(Supplier<? extends S> model) {
    requireNonNull(model, "model");
    return with(copy ->
        copy.oracle =
            (subjects, consistency) ->
                ClassOracle.ofAnother(subjects, subjects.alsoFrom(model), consistency));
  }

  /**
   * Sets a pure model: a function from states and calls to all that a call may do. It may allow a
   * call several results, and knows nothing of the class. There are ready ones, such as {@link
   * io.github.threadfast.testkit.model.QueueModel}.
   *
   * {@snippet file="io/github/threadfast/testkit/examples/ModelExamples.java" region="model"}
   *
   * @param <T> a state of the model
   * @param model what the operations may do, named as in this specification
   * @return this specification with that model
   */
  public <T> Stress<S> against(Model<T> model) {
    requireNonNull(model, "model");
    return with(
        copy -> copy.oracle = (subjects, consistency) -> new ModelOracle<>(model, consistency));
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
    return with(copy -> copy.threads = threads);
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
    return with(copy -> copy.operationsPerThread = operationsPerThread);
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
    requireBudget(budget);
    return with(copy -> copy.budget = budget);
  }

  static void requireBudget(Duration budget) {
    requireNonNull(budget, "budget");
    if (budget.isNegative() || budget.isZero() || budget.compareTo(Duration.ofDays(1)) > 0) {
      throw new IllegalArgumentException(
          "budget must be more than zero and one day at most: was " + budget + ".");
    }
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
    return with(copy -> copy.seed = seed);
  }

  /**
   * Sets the only scenario to run, for the whole budget, instead of many: the one of a report. It
   * fails again if the threads meet again as they did, and is not shrunk.
   *
   * @param token from the last line of a report
   * @return this specification with that scenario
   */
  public Stress<S> replay(String token) {
    requireNonNull(token, "token");
    return with(copy -> copy.replay = token);
  }

  /**
   * Sets a folder in which scenarios that failed are kept, to be tried first in later assertions of
   * a specification with the same operations; none are kept if not set. It is made when needed, and
   * is meant to be checked in.
   *
   * @param folder such as {@code Path.of("src/test/threadfast")}
   * @return this specification with that folder
   */
  public Stress<S> regressions(Path folder) {
    requireNonNull(folder, "folder");
    return with(copy -> copy.regressions = folder);
  }

  /**
   * Returns the scenarios of this specification for a jqwik property, which draws and shrinks them
   * like any other value:
   *
   * {@snippet file="io/github/threadfast/testkit/examples/ScenarioExamples.java" region="property"}
   *
   * @return the scenarios, within the limits of {@link #threads} and {@link #operationsPerThread}
   * @throws IllegalStateException if the specification has no operations
   */
  public Arbitrary<Scenario<S>> scenarios() {
    requireOperations();
    return ProgramArbitrary.of(settings.operations, settings.threads, settings.operationsPerThread)
        .map(program -> new Scenario<>(settings.with(copy -> copy.scenario = program)));
  }

  /**
   * Asserts that the class is linearizable: that each call takes effect at one moment between its
   * beginning and its end, as if the calls came one at a time.
   *
   * @throws AssertionFailedError if a run was seen that no order of its calls explains, or after
   *     which an invariant was broken; if an operation did not return; if the results of some run
   *     could not be judged; if no call returned or threw anything; if one thread alone suffices to
   *     fail: if the class gives different results for the same calls, differs from its model, or
   *     breaks an invariant
   * @throws TestAbortedException if nothing failed, but the threads never ran at the same time, as
   *     on a single core: the test is skipped, since a pass would say nothing
   * @throws IllegalStateException if the specification has no operations
   * @throws IllegalArgumentException if the supplier throws, returns null, or returns one object
   *     twice; if an argument can't be drawn; if the token to replay does not fit
   */
  public void assertLinearizable() {
    check(Consistency.LINEARIZABLE);
  }

  /**
   * Asserts that the class is sequentially consistent: that the results are those of some order of
   * the calls which keeps the order of each thread. Unlike a {@linkplain #assertLinearizable()
   * linearizable} class, it may answer a thread from the past, as long as it never contradicts
   * itself.
   *
   * @throws AssertionFailedError as in {@link #assertLinearizable}
   * @throws TestAbortedException as in {@link #assertLinearizable}
   * @throws IllegalStateException if the specification has no operations
   * @throws IllegalArgumentException as in {@link #assertLinearizable}
   */
  public void assertSequentiallyConsistent() {
    check(Consistency.SEQUENTIAL);
  }

  /**
   * Asserts that the class is quiescently consistent: that the results are those of some order of
   * the calls in which calls separated by a moment of rest, at which no call is under way, keep
   * their order. Calls that overlap, or are linked by calls that do, may take effect in any order,
   * even if one thread makes them.
   *
   * @throws AssertionFailedError as in {@link #assertLinearizable}
   * @throws TestAbortedException as in {@link #assertLinearizable}
   * @throws IllegalStateException if the specification has no operations
   * @throws IllegalArgumentException as in {@link #assertLinearizable}
   */
  public void assertQuiescentlyConsistent() {
    check(Consistency.QUIESCENT);
  }

  /**
   * Asserts the {@linkplain #invariant invariants}, that no operation throws, and that all return.
   * What they return may be anything.
   *
   * @throws AssertionFailedError if an invariant was broken; if an operation threw or did not
   *     return
   * @throws TestAbortedException as in {@link #assertLinearizable}
   * @throws IllegalStateException if the specification has no operations
   * @throws IllegalArgumentException as in {@link #assertLinearizable}
   */
  public void assertInvariants() {
    check(null);
  }

  private void check(@Nullable Consistency consistency) {
    requireOperations();
    new Assertion<>(settings.with(copy -> copy.consistency = consistency)).run();
  }

  private void requireOperations() {
    if (settings.operations.stream().allMatch(Operation::isFixed)) {
      throw new IllegalStateException(
          "There are no operations to run: add them with operation(name, …) or action(name, …).");
    }
    List<Set<String>> groups =
        settings.operations.stream()
            .filter(operation -> !operation.isFixed())
            .map(Operation::confinement)
            .distinct()
            .toList();
    if (groups.size() == 1 && !groups.get(0).isEmpty()) {
      throw new IllegalStateException(
          "All operations are confined to one thread: leave some for another.");
    }
  }

  Settings<S> settings() {
    return settings;
  }

  /**
   * A condition on an object at rest.
   *
   * @param <S> the class under test
   * @since 0.1.0
   */
  @FunctionalInterface
  public interface Condition<S> {
    /**
     * Returns whether the condition is true of {@code subject}.
     *
     * @param subject the object under test, which no other thread uses now
     * @return whether it is true
     * @throws Throwable if it is not true
     */
    boolean holds(S subject) throws Throwable;
  }
}
