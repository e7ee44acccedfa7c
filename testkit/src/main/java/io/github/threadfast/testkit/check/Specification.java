package io.github.threadfast.testkit.check;

/**
 * A deterministic sequential specification: what each call does when calls come one at a time.
 *
 * @param <C> a call
 * @param <S> a state; two states that are equal must behave alike from there on
 */
public interface Specification<C, S> {

  /** Returns the state before any call. */
  S initial();

  /** Returns what {@code call} does in {@code state}, which itself stays as it was. */
  Step<S> step(S state, C call);

  /**
   * One call done.
   *
   * @param <S> a state
   * @param result what the call came to
   * @param next the state after it
   */
  record Step<S>(Result result, S next) {}
}
