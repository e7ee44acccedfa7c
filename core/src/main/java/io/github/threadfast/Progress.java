package io.github.threadfast;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * Tells a listener how far a pool is: the latest, and one call at a time. Whoever finds another
 * thread telling leaves it to that one.
 */
final class Progress {
  private final Consumer<? super WorkerPool.Report> listener;

  /** How many wanted to tell since the last one had told all there was. */
  private final AtomicInteger untold = new AtomicInteger();

  Progress(Consumer<? super WorkerPool.Report> listener) {
    this.listener = listener;
  }

  void tell(WorkQueue<?> queue) {
    if (untold.getAndIncrement() != 0) {
      return;
    }
    int told;
    do {
      told = untold.get();
      try {
        listener.accept(queue.report());
      } catch (Throwable failure) { // of nobody's item
        Handling.tellThread(failure);
      }
    } while (!untold.compareAndSet(told, 0));
  }
}
