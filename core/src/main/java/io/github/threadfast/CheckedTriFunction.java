package io.github.threadfast;

import org.jspecify.annotations.Nullable;

/**
 * A function of three values that may throw a checked exception.
 *
 * @param <A> the first value
 * @param <B> the second value
 * @param <C> the third value
 * @param <R> its result
 * @param <X> the checked exception it may throw; a lambda that throws none makes it {@code
 *     RuntimeException}
 * @since 0.1.0
 */
@FunctionalInterface
public interface CheckedTriFunction<
    A extends @Nullable Object,
    B extends @Nullable Object,
    C extends @Nullable Object,
    R extends @Nullable Object,
    X extends Exception> {
  /**
   * Applies this function.
   *
   * @param first the first value
   * @param second the second value
   * @param third the third value
   * @return the result
   * @throws X if the function fails
   */
  R apply(A first, B second, C third) throws X;
}
