package io.github.threadfast.testkit.function;

import org.jspecify.annotations.Nullable;

/**
 * An operation with a result, and with two arguments beside the object under test.
 *
 * @param <S> the class under test
 * @param <A> its first argument
 * @param <B> its second argument
 * @since 0.1.0
 */
@FunctionalInterface
public interface Function2<S, A extends @Nullable Object, B extends @Nullable Object> {
  /**
   * Runs on {@code subject}.
   *
   * @param subject the object under test
   * @param a the first argument
   * @param b the second argument
   * @return the result
   * @throws Throwable anything; what is thrown is a result, too
   */
  @Nullable Object apply(S subject, A a, B b) throws Throwable;
}
