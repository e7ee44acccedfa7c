package io.github.threadfast.testkit.run;

import io.github.threadfast.testkit.check.Result;
import io.github.threadfast.testkit.check.Specification;
import io.github.threadfast.testkit.scenario.Operation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * The class under test as its own specification: what its operations do when they run alone, one
 * after another, on a subject of their own.
 *
 * @param <S> the class under test
 */
public final class SequentialModel<S>
    implements Specification<Operation<S>, SequentialModel.State<S>> {
  /*
   * Idea. A subject can be neither copied nor rewound, so a state is the list of calls that leads to
   * it, and a step replays that list on a new subject and adds one call. Each step is taken once and
   * remembered in its state, so that judging a history mostly walks over known states.
   *
   * Two states are one if their subjects are equal, where the class defines equals; else each list
   * of calls is a state of its own, which is right but lets the check remember less. An equals that
   * overlooks a part of the state would make the model wrong. An order that the check finds is
   * sound even then, since it is a replay that happened; that there is none is not, and must be
   * confirmed on a model that trusts no equals.
   */

  private final Supplier<S> supplier;
  private final State<S> initial;
  private final boolean trustsEquals;
  private final Map<S, State<S>> known = new HashMap<>();

  private SequentialModel(Supplier<S> supplier, boolean mayTrustEquals) {
    this.supplier = supplier;
    S subject = supplier.get();
    this.trustsEquals = mayTrustEquals && definesEquals(subject.getClass());
    this.initial = canonical(new State<>(subject, List.of(), List.of()));
  }

  /** Returns a model that takes equal subjects for one state, if their class defines equals. */
  public static <S> SequentialModel<S> of(Supplier<S> supplier) {
    return new SequentialModel<>(supplier, true);
  }

  /** Returns a model of the same class that trusts no equals: slower, and always right. */
  public SequentialModel<S> withoutEquals() {
    return new SequentialModel<>(supplier, false);
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
  public Step<State<S>> step(State<S> state, Operation<S> call) {
    Step<State<S>> known = state.steps.get(call);
    if (known == null) {
      known = replay(state, call);
      state.steps.put(call, known);
    }
    return known;
  }

  private Step<State<S>> replay(State<S> state, Operation<S> call) {
    S subject = supplier.get();
    for (int i = 0; i < state.path.size(); i++) {
      Result again = state.path.get(i).perform(subject);
      if (!again.equals(state.results.get(i))) {
        throw new NondeterministicException(
            Subjects.nameOf(subject), state.path.subList(0, i + 1), state.results.get(i), again);
      }
    }
    Result result = call.perform(subject);
    State<S> next = new State<>(subject, append(state.path, call), append(state.results, result));
    return new Step<>(result, canonical(next));
  }

  private State<S> canonical(State<S> state) {
    if (!trustsEquals) {
      return state;
    }
    State<S> equal = known.putIfAbsent(state.subject, state);
    return equal == null ? state : equal;
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
    private final S subject;
    private final List<Operation<S>> path;
    private final List<Result> results;
    private final Map<Operation<S>, Step<State<S>>> steps = new HashMap<>();

    private State(S subject, List<Operation<S>> path, List<Result> results) {
      this.subject = subject;
      this.path = path;
      this.results = results;
    }
  }
}
