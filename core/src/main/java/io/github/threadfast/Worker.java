package io.github.threadfast;

import java.util.concurrent.atomic.AtomicLong;

/** Takes items and handles them, until there are no more. */
final class Worker<T> implements Runnable {
  private final WorkerPool<T> pool;
  private final WorkQueue<T> queue;

  /** Whether it has got an item. */
  private boolean hasWorked;

  /** Whether it has an item, or looks for one without the lock. Used by its own thread. */
  boolean isBusy;

  /** How many items it runs inside of one another. Used by its own thread. */
  private int depth;

  /** Written by its own thread: what the handler did happens-before another one reads it. */
  private final AtomicLong completed = new AtomicLong();

  Worker(WorkerPool<T> pool, WorkQueue<T> queue) {
    this.pool = pool;
    this.queue = queue;
  }

  @Override
  public void run() {
    Throwable died = null;
    try {
      queue.began(this);
      work();
    } catch (Throwable thrown) {
      died = thrown;
      throw thrown;
    } finally {
      pool.leaves(this, died);
    }
  }

  private void work() {
    while (handleNext()) {}
  }

  /**
   * Returns false if there are no more items. While it waits for one, no variable keeps the last
   * one.
   */
  private boolean handleNext() {
    T item = queue.take(this);
    if (item == null) {
      return false;
    }
    hasWorked = true;
    pool.handle(item, this);
    return true;
  }

  boolean hasWorked() {
    return hasWorked;
  }

  int depth() {
    return depth;
  }

  /** Runs an item inside of another one, which has found no room for it. */
  void nest(T item) {
    depth++;
    try {
      pool.handle(item, this);
    } finally {
      depth--;
    }
  }

  void countCompleted() {
    completed.setRelease(completed.getPlain() + 1);
  }

  long completed() {
    return completed.getAcquire();
  }
}
