package io.github.threadfast.testkit.function;

import org.jspecify.annotations.Nullable;

/**
 * An operation with a result, and with three arguments beside the object under test.
 *
 * @param <S> the class under test
 * @param <A> its first argument
 * @param <B> its second argument
 * @param <C> its third argument
 * @since 0.1.0
 */
@FunctionalInterface
public interface Function3<
    S, A extends @Nullable Object, B extends @Nullable Object, C extends @Nullable Object> {
  /**
   * Runs on {@code subject}.
   *
   * @param subject the object under test
   * @param a the first argument
   * @param b the second argument
   * @param c the third argument
   * @return the result
   * @throws Throwable anything; what is thrown is a result, too
   */
  @Nullable Object apply(S subject, A a, B b, C c) throws Throwable;
}
