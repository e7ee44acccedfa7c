package io.github.threadfast;

import org.jspecify.annotations.Nullable;

/**
 * An action on a value that may throw a checked exception.
 *
 * @param <T> what it acts on
 * @param <X> the checked exception it may throw; a lambda that throws none makes it {@code
 *     RuntimeException}
 * @since 0.1.0
 */
@FunctionalInterface
public interface CheckedConsumer<T extends @Nullable Object, X extends Exception> {
  /**
   * Acts on a value.
   *
   * @param value what to act on
   * @throws X if the action fails
   */
  void accept(T value) throws X;
}
