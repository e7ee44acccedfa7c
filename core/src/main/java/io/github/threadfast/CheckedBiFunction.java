package io.github.threadfast;

import org.jspecify.annotations.Nullable;

/**
 * A function of two values that may throw a checked exception.
 *
 * @param <A> the first value
 * @param <B> the second value
 * @param <R> its result
 * @param <X> the checked exception it may throw; a lambda that throws none makes it {@code
 *     RuntimeException}
 * @since 0.1.0
 */
@FunctionalInterface
public interface CheckedBiFunction<
    A extends @Nullable Object,
    B extends @Nullable Object,
    R extends @Nullable Object,
    X extends Exception> {
  /**
   * Applies this function.
   *
   * @param first the first value
   * @param second the second value
   * @return the result
   * @throws X if the function fails
   */
  R apply(A first, B second) throws X;
}
