package io.github.threadfast;

import org.jspecify.annotations.Nullable;

/**
 * An action on two values that may throw a checked exception.
 *
 * @param <A> the first value
 * @param <B> the second value
 * @param <X> the checked exception it may throw; a lambda that throws none makes it {@code
 *     RuntimeException}
 * @since 0.1.0
 */
@FunctionalInterface
public interface CheckedBiConsumer<
    A extends @Nullable Object, B extends @Nullable Object, X extends Exception> {
  /**
   * Acts on the values.
   *
   * @param first the first value
   * @param second the second value
   * @throws X if the action fails
   */
  void accept(A first, B second) throws X;
}
