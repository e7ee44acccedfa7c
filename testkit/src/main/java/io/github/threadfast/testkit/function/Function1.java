package io.github.threadfast.testkit.function;

import org.jspecify.annotations.Nullable;

/**
 * An operation with a result, and with one argument beside the object under test.
 *
 * @param <S> the class under test
 * @param <A> its first argument
 * @since 0.1.0
 */
@FunctionalInterface
public interface Function1<S, A extends @Nullable Object> {
  /**
   * Runs on {@code subject}.
   *
   * @param subject the object under test
   * @param a the first argument
   * @return the result
   * @throws Throwable anything; what is thrown is a result, too
   */
  @Nullable Object apply(S subject, A a) throws Throwable;
}
