package io.github.threadfast;

/**
 * A {@link Lazy} value that can be closed, with what it needs for that.
 *
 * {@snippet file="io/github/threadfast/examples/LazyExamples.java" region="closeable"}
 *
 * <p>Made by {@link Lazy#closeable(java.util.function.Supplier, java.util.function.Consumer)
 * Lazy.closeable}. All that {@code Lazy} says of {@link Lazy#of(java.util.function.Supplier) of} is
 * true of it until it is closed.
 *
 * @param <T> the value
 * @since 0.1.0
 */
public sealed interface CloseableLazy<T> extends Lazy<T>, AutoCloseable permits ClosingLazy {
  /**
   * Closes the value, if there is one, and takes it away: from now on {@link #get() get} throws an
   * {@link IllegalStateException}, and {@link #peek() peek} returns null. If it is closed already,
   * nothing happens.
   *
   * <p>While another thread initializes the value, this waits for it. If this thread is
   * interrupted, before or meanwhile, it hurries instead: it is closed now, those who wait get the
   * exception, and the initializing thread, when it is ready, runs the closer on its value and gets
   * the exception, too. The interrupt status is kept.
   *
   * <p>Whoever has got the value before may still be using it: that is for the caller to know.
   *
   * <p>What the closer throws reaches the caller as it is. The value is gone all the same, and the
   * closer is not run again.
   *
   * @throws DeadlockException if the initializer calls this, or waits for what this thread holds;
   *     the value is not closed then
   */
  @Override
  void close();
}
