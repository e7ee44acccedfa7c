package io.github.threadfast;

import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of a value when an action fails, other than that it stays as it is.
 *
 * @param <T> the value
 * @param poisons whether each failure poisons
 * @param invariant what holds after each change, or null
 * @param copier makes what an action works on, or null if that is the value itself
 */
record Policy<T>(
    boolean poisons, @Nullable Predicate<? super T> invariant, @Nullable UnaryOperator<T> copier) {

  /** Returns whether an action that failed may have left {@code value} as nobody should see it. */
  boolean isBroken(T value, Throwable failure) {
    if (poisons) {
      return true;
    }
    if (invariant == null) {
      return false;
    }
    try {
      return !invariant.test(value);
    } catch (Throwable unknown) {
      addSuppressed(failure, unknown);
      return true;
    }
  }

  @SuppressWarnings("ReferenceEquality") // an exception can't suppress itself
  private static void addSuppressed(Throwable failure, Throwable other) {
    if (failure != other) {
      failure.addSuppressed(other);
    }
  }

  /** Why an invariant does not hold: it said so, or threw an exception. */
  record Violation(@Nullable Exception thrown) {}

  /** Returns why the invariant does not hold of {@code value}, or null if it does. */
  @Nullable Violation violation(T value) {
    try {
      return invariant == null || invariant.test(value) ? null : new Violation(null);
    } catch (Exception thrown) {
      return new Violation(thrown);
    }
  }

  /**
   * Checks the invariant.
   *
   * @param outcome what becomes of a value of which it does not hold
   */
  void requireInvariant(T value, WaitGraph.Resource resource, String outcome) {
    Violation violation = violation(value);
    if (violation != null) {
      Exception thrown = violation.thrown();
      throw new InvariantException(
          "The invariant of %s %s after the change. %s"
              .formatted(
                  resource.label(),
                  thrown == null ? "does not hold" : "threw an exception",
                  outcome),
          thrown);
    }
  }
}
