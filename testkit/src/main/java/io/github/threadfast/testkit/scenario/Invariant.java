package io.github.threadfast.testkit.scenario;

/**
 * What must be true of a subject whenever no call is under way.
 *
 * @param <S> the class under test
 * @param name what a report calls it
 * @param condition tells whether it is true
 */
public record Invariant<S>(String name, Condition<S> condition) {

  /**
   * The code of an invariant.
   *
   * @param <S> the class under test
   */
  @FunctionalInterface
  public interface Condition<S> {
    /** Returns whether it is true of {@code subject}; may throw if it is not. */
    boolean holds(S subject) throws Throwable;
  }
}
