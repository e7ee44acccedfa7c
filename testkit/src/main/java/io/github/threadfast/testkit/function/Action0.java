package io.github.threadfast.testkit.function;

/**
 * An operation without a result, and with no argument beside the object under test.
 *
 * @param <S> the class under test
 * @since 0.1.0
 */
@FunctionalInterface
public interface Action0<S> {
  /**
   * Runs on {@code subject}.
   *
   * @param subject the object under test
   * @throws Throwable anything; what is thrown is a result, too
   */
  void run(S subject) throws Throwable;
}
