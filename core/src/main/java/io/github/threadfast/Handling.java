package io.github.threadfast;

import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * What a pool does with an item, and with one that fails.
 *
 * @param retries how often to try again
 * @param isFailFast whether one failure stops the pool
 * @param onFailure who hears of a failure, or null for the thread's handler of uncaught exceptions
 */
record Handling<T>(
    CheckedConsumer<? super T, ?> handler,
    int retries,
    boolean isFailFast,
    @Nullable BiConsumer<? super T, ? super Throwable> onFailure) {

  /**
   * Runs the handler. Returns whether it has completed; throws only an {@link Error}. One that
   * comes from the handler has stopped the pool then, unless it only kills the thread.
   */
  boolean handle(T item, WorkQueue<T> queue) {
    for (int retry = 0; ; retry++) {
      try {
        handler.accept(item);
        return true;
      } catch (Error error) {
        fail(item, error, queue);
        throw error;
      } catch (Throwable failure) { // the rest are exceptions, declared or not
        if (retry == retries || !queue.mayRetry()) {
          fail(item, failure, queue);
          return false;
        }
      }
    }
  }

  private void fail(T item, Throwable failure, WorkQueue<T> queue) {
    queue.noteFailure(failure);
    Events.itemFailure(queue, failure);
    try {
      tell(item, failure);
    } finally {
      if (failure instanceof Error ? !isKill(failure) : isFailFast) {
        queue.stop(End.now("the failure of an item", failure));
      }
    }
  }

  @SuppressWarnings("ReferenceEquality") // nothing can be suppressed by itself
  private void tell(T item, Throwable failure) {
    if (onFailure == null) {
      if (!(failure instanceof Error)) { // which the thread dies of
        Threads.report(failure);
      }
      return;
    }
    try {
      onFailure.accept(item, failure);
    } catch (Error error) {
      throw error;
    } catch (Throwable another) {
      if (another != failure) {
        another.addSuppressed(failure);
      }
      Threads.report(another);
    }
  }

  /** Returns whether it only ends its thread. By its name: newer JDKs may lack the class. */
  static boolean isKill(Throwable thrown) {
    return thrown.getClass().getName().equals("java.lang.ThreadDeath");
  }
}
