package io.github.threadfast.testkit.function;

import org.jspecify.annotations.Nullable;

/**
 * An operation with a result, and with no argument beside the object under test.
 *
 * @param <S> the class under test
 * @since 0.1.0
 */
@FunctionalInterface
public interface Function0<S> {
  /**
   * Runs on {@code subject}.
   *
   * @param subject the object under test
   * @return the result
   * @throws Throwable anything; what is thrown is a result, too
   */
  @Nullable Object apply(S subject) throws Throwable;
}
