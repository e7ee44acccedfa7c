package io.github.threadfast.testkit.check;

/**
 * Decides for one kind of object, and for most histories of it, whether an order explains them:
 * without trying orders, and so in a time that is a small power of the number of calls.
 *
 * @param <C> a call
 */
@FunctionalInterface
public interface Monitor<C> {

  /**
   * Returns an order that explains the calls, or that there is none, or that this can't be said:
   * where the values are not unique, or a call or a result is none of the kind.
   */
  Finding judge(Precedence<C> precedence);
}
