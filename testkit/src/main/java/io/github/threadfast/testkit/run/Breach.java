package io.github.threadfast.testkit.run;

import io.github.threadfast.testkit.scenario.Invariant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An invariant that was broken.
 *
 * @param invariant its name
 * @param moment when it was found to be broken
 * @param thrown what it threw instead of returning false, or null
 */
public record Breach(String invariant, Moment moment, @Nullable Throwable thrown) {

  /** A moment at which no call is under way. */
  public enum Moment {
    /** The calls before the threads have returned. */
    BEFORE_THREADS,
    /** All threads have ended. */
    AFTER_THREADS,
    /** The calls after the threads have returned. */
    AT_THE_END
  }

  /** Returns the first of {@code invariants} that is not true of {@code subject}, or null. */
  public static <S> @Nullable Breach find(List<Invariant<S>> invariants, S subject, Moment moment) {
    for (Invariant<S> invariant : invariants) {
      Thread.interrupted(); // may come late, from a call
      try {
        if (!invariant.condition().holds(subject)) {
          return new Breach(invariant.name(), moment, null);
        }
      } catch (Throwable thrown) {
        return new Breach(invariant.name(), moment, thrown);
      }
    }
    return null;
  }

  /** Returns whether both are of one invariant at one moment, and threw alike. */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Breach that
        && invariant.equals(that.invariant)
        && moment == that.moment
        && Objects.equals(typeOf(thrown), typeOf(that.thrown));
  }

  @Override
  public int hashCode() {
    return Objects.hash(invariant, moment, typeOf(thrown));
  }

  private static @Nullable Class<?> typeOf(@Nullable Throwable thrown) {
    return thrown == null ? null : thrown.getClass();
  }
}
