package io.github.threadfast;

import org.jspecify.annotations.Nullable;

/**
 * An action that returns something and may throw a checked exception.
 *
 * @param <R> its result
 * @param <X> the checked exception it may throw; a lambda that throws none makes it {@code
 *     RuntimeException}
 * @since 0.1.0
 */
@FunctionalInterface
public interface CheckedSupplier<R extends @Nullable Object, X extends Exception> {
  /**
   * Acts and returns something.
   *
   * @return the result
   * @throws X if the action fails
   */
  R get() throws X;
}
