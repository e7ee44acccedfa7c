package io.github.threadfast.testkit.run;

import io.github.threadfast.testkit.check.History.Event;
import io.github.threadfast.testkit.check.Specification;
import io.github.threadfast.testkit.check.Verdict.Contradiction;
import io.github.threadfast.testkit.check.Verdict.DeadEnd;
import io.github.threadfast.testkit.model.Result;
import io.github.threadfast.testkit.model.Transition;
import io.github.threadfast.testkit.scenario.Call;
import io.github.threadfast.testkit.scenario.Program;
import io.github.threadfast.testkit.scenario.Values;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The class under test as its own specification: what its operations do when they run alone, one
 * after another, on a subject of their own.
 *
 * @param <S> the class under test
 */
public final class SequentialModel<S> implements Specification<Call<S>, SequentialModel.State<S>> {
  /*
   * Idea. A subject can be neither copied nor rewound, so a state is the list of calls that leads to
   * it, and a step replays that list on a new subject and adds one call. Each step is taken once and
   * remembered in its state, so that judging a history mostly walks over known states.
   *
   * Two states are one if their subjects are equal, where the class defines equals; else each list
   * of calls is a state of its own, which is right but lets the check remember less. An equals that
   * overlooks a part of the state makes the model wrong both ways: it knows results that no order
   * gives, and misses results that one does. So an order that was found must be replayed, and that
   * there is none must be confirmed on a model that trusts no equals.
   */

  private final Supplier<S> supplier;
  private final State<S> initial;
  private final String name;
  private final boolean trustsEquals;
  private final Map<S, State<S>> known = new HashMap<>();

  private SequentialModel(Supplier<S> supplier, boolean mayTrustEquals) {
    this.supplier = supplier;
    S subject = supplier.get();
    this.trustsEquals = mayTrustEquals && definesEquals(subject.getClass());
    this.name = Values.nameOf(subject);
    this.initial = canonical(subject, new State<>(List.of(), List.of()));
  }

  /** Returns a model that takes equal subjects for one state, if their class defines equals. */
  public static <S> SequentialModel<S> of(Supplier<S> supplier) {
    return new SequentialModel<>(supplier, true);
  }

  /** Returns a model of the same class that trusts no equals: slower, and always right. */
  public SequentialModel<S> withoutEquals() {
    return new SequentialModel<>(supplier, false);
  }

  /** Returns what a report calls the class. */
  public String name() {
    return name;
  }

  /** Returns whether equal subjects are taken for one state. */
  public boolean trustsEquals() {
    return trustsEquals;
  }

  @Override
  public State<S> initial() {
    return initial;
  }

  @Override
  public Collection<Transition<State<S>>> steps(State<S> state, Call<S> call) {
    return List.of(step(state, call));
  }

  /** Returns what {@code call} does in {@code state}. */
  public Transition<State<S>> step(State<S> state, Call<S> call) {
    Transition<State<S>> taken = state.steps.get(call);
    if (taken == null) {
      taken = replay(state, call);
      state.steps.put(call, taken);
    }
    return taken;
  }

  /** Returns whether the calls of {@code order} give the results seen when they run alone. */
  public boolean replays(List<Event<Call<S>>> order) {
    return difference(supplier.get(), calls(order), results(order)) == null;
  }

  /**
   * Runs into {@code deadEnd} once more.
   *
   * @throws NondeterministicException if the class does not contradict as it did before
   */
  public void confirm(DeadEnd<Call<S>> deadEnd) {
    for (Contradiction<Call<S>> contradiction : deadEnd.contradictions()) {
      requireSame(
          supplier.get(),
          append(calls(deadEnd.order()), contradiction.event().call()),
          append(results(deadEnd.order()), contradiction.expected().get(0)));
    }
  }

  /**
   * Runs the calls of {@code scenario} alone, in two orders, and each once more.
   *
   * @throws NondeterministicException if a result of the first time has changed after it was
   *     returned, as a view of the subject does, so that it can't be compared
   */
  public void requireLastingResults(Program<S> scenario) {
    List<List<Call<S>>> threads = new ArrayList<>(scenario.threads());
    for (int order = 0; order < 2; order++) {
      List<Call<S>> calls = new ArrayList<>(scenario.before());
      threads.forEach(calls::addAll);
      calls.addAll(scenario.after());
      S subject = supplier.get();
      List<Result> results = calls.stream().map(call -> call.perform(subject)).toList();
      requireSame(supplier.get(), calls, results);
      Collections.reverse(threads);
    }
  }

  private Transition<State<S>> replay(State<S> state, Call<S> call) {
    S subject = supplier.get();
    requireSame(subject, state.path, state.results);
    Result result = call.perform(subject);
    State<S> next = new State<>(append(state.path, call), append(state.results, result));
    return new Transition<>(result, canonical(subject, next));
  }

  private void requireSame(S subject, List<Call<S>> calls, List<Result> results) {
    NondeterministicException difference = difference(subject, calls, results);
    if (difference != null) {
      throw difference;
    }
  }

  private @Nullable NondeterministicException difference(
      S subject, List<Call<S>> calls, List<Result> results) {
    for (int i = 0; i < calls.size(); i++) {
      Result again = calls.get(i).perform(subject);
      if (!again.equals(results.get(i))) {
        return new NondeterministicException(
            Values.nameOf(subject), calls.subList(0, i + 1), results.get(i), again);
      }
    }
    return null;
  }

  private State<S> canonical(S subject, State<S> state) {
    if (!trustsEquals) {
      return state;
    }
    State<S> equal = known.putIfAbsent(subject, state);
    return equal == null ? state : equal;
  }

  private static <S> List<Call<S>> calls(List<Event<Call<S>>> events) {
    return events.stream().map(Event::call).toList();
  }

  private static <S> List<Result> results(List<Event<Call<S>>> events) {
    return events.stream().map(Event::result).toList();
  }

  private static <T> List<T> append(List<T> list, T last) {
    List<T> longer = new ArrayList<>(list);
    longer.add(last);
    return List.copyOf(longer);
  }

  private static boolean definesEquals(Class<?> type) {
    try {
      return type.getMethod("equals", Object.class).getDeclaringClass() != Object.class
          && type.getMethod("hashCode").getDeclaringClass() != Object.class;
    } catch (NoSuchMethodException impossible) {
      throw new AssertionError("every class has equals and hashCode", impossible);
    }
  }

  /**
   * A state of the subject, reached by a list of calls. Compared by identity.
   *
   * @param <S> the class under test
   */
  public static final class State<S> {
    private final List<Call<S>> path;
    private final List<Result> results;
    private final Map<Call<S>, Transition<State<S>>> steps = new HashMap<>();

    private State(List<Call<S>> path, List<Result> results) {
      this.path = path;
      this.results = results;
    }
  }
}
