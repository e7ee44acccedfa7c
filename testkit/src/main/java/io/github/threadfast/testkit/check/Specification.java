package io.github.threadfast.testkit.check;

import io.github.threadfast.testkit.model.Transition;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/**
 * A sequential specification: what each call may do when calls come one at a time.
 *
 * @param <C> a call
 * @param <S> a state; two states that are equal must behave alike from there on
 */
public interface Specification<C, S> {

  /** Returns the state before any call. */
  S initial();

  /**
   * Returns all that {@code call} may do in {@code state}, which itself stays as it was; nothing if
   * the call may not return there.
   */
  Collection<Transition<S>> steps(S state, C call);

  /**
   * Returns the part of the state that {@code call} belongs to, or null if there is none. What a
   * call may do must depend only on calls of its own key.
   */
  default @Nullable Object key(C call) {
    return null;
  }

  /** Returns what may decide faster than trying the orders. */
  default Monitor<C> monitor() {
    return precedence -> Finding.UNKNOWN;
  }
}
