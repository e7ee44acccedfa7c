package io.github.threadfast;

/**
 * An action that may throw a checked exception.
 *
 * @param <X> the checked exception it may throw; a lambda that throws none makes it {@code
 *     RuntimeException}
 * @since 0.1.0
 */
@FunctionalInterface
public interface CheckedRunnable<X extends Exception> {
  /**
   * Acts.
   *
   * @throws X if the action fails
   */
  void run() throws X;
}
