package io.github.threadfast;

import org.jspecify.annotations.Nullable;

/**
 * A function that may throw a checked exception.
 *
 * @param <T> what it is applied to
 * @param <R> its result
 * @param <X> the checked exception it may throw; a lambda that throws none makes it {@code
 *     RuntimeException}
 * @since 0.1.0
 */
@FunctionalInterface
public interface CheckedFunction<
    T extends @Nullable Object, R extends @Nullable Object, X extends Exception> {
  /**
   * Applies this function.
   *
   * @param value what to apply it to
   * @return the result
   * @throws X if the function fails
   */
  R apply(T value) throws X;
}
