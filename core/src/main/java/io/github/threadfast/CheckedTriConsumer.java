package io.github.threadfast;

import org.jspecify.annotations.Nullable;

/**
 * An action on three values that may throw a checked exception.
 *
 * @param <A> the first value
 * @param <B> the second value
 * @param <C> the third value
 * @param <X> the checked exception it may throw; a lambda that throws none makes it {@code
 *     RuntimeException}
 * @since 0.1.0
 */
@FunctionalInterface
public interface CheckedTriConsumer<
    A extends @Nullable Object,
    B extends @Nullable Object,
    C extends @Nullable Object,
    X extends Exception> {
  /**
   * Acts on the values.
   *
   * @param first the first value
   * @param second the second value
   * @param third the third value
   * @throws X if the action fails
   */
  void accept(A first, B second, C third) throws X;
}
