package io.github.threadfast.testkit.model;

import java.util.Collection;
import org.jspecify.annotations.Nullable;

/**
 * A class as a pure function: the state that it begins in, and what each call may do in a state.
 *
 * <p>The class under test is its own model by default. Write one where that is not enough: where
 * several results are right, or where the class alone is wrong too.
 *
 * {@snippet file="io/github/threadfast/testkit/examples/ModelExamples.java" region="bag"}
 *
 * <h2 id="states">States</h2>
 *
 * <p>States are compared by {@code equals}: two that are equal must behave alike from there on. A
 * state without {@code equals} and {@code hashCode} is right too, but the check then takes longer,
 * as it can't see that two orders of the calls meet.
 *
 * <h2 id="threads">Thread safety</h2>
 *
 * <p>A model is used by one thread at a time. It should be immutable, as states must be: {@link
 * #step} may be asked about any state that it has returned, in any order, any number of times.
 *
 * <h2 id="exceptions">Exceptions</h2>
 *
 * <p>What {@link #step} throws ends the check. An operation that throws has a transition that says
 * so: {@link Transition#threw}.
 *
 * @param <T> a state; never null
 * @since 0.1.0
 */
public interface Model<T> {

  /**
   * Returns the state before any call.
   *
   * @return the state
   * @since 0.1.0
   */
  T initial();

  /**
   * Returns all that {@code call} may do in {@code state}: one transition if its result is certain,
   * several if any of them is right, none if it may not return before the state has changed.
   *
   * <p>It depends on the two arguments alone, and changes neither.
   *
   * @param state the state before the call
   * @param call the call
   * @return the transitions, in any order
   * @since 0.1.0
   */
  Collection<Transition<T>> step(T state, Invocation call);

  /**
   * Returns what part of the state {@code call} belongs to, or null if there are no such parts. If
   * all calls that were seen have a key, then those of each key are judged by themselves, which is
   * much faster; if one has none, all are judged together.
   *
   * <p>Calls of different keys must have nothing to do with each other: what a call may do depends
   * only on the calls of its own key that came before it.
   *
   * @param call the call
   * @return its key, compared by {@code equals}; null, unless overridden
   * @since 0.1.0
   */
  default @Nullable Object key(Invocation call) {
    return null;
  }
}
