package io.github.threadfast;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * Tells a listener how far a pool is: the latest, and one call at a time. Whoever finds another
 * thread telling leaves it to that one.
 */
final class Progress {
  private final Consumer<? super WorkerPool.Report> listener;

  /*
   * How many wanted to tell since the last one had told all there was.
   *
   * Invariant. While it is not zero, one thread tells: the one that has made it one. It makes it zero
   * only if nobody has come since it read it, before it asked for the report. So whoever comes while it
   * tells is either seen by its last look, or has come before that report, which then has what they
   * wanted to tell: they had counted it before they came. All are read-modify-writes and volatile
   * reads of one variable, so that what was counted before one happens-before a later one.
   *
   * Source: the work-in-progress counter of the drain loops of RxJava; here the latest stands for all.
   */
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
        Threads.report(failure);
      }
    } while (!untold.compareAndSet(told, 0));
  }
}
