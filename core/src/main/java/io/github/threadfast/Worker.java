package io.github.threadfast;

/** Takes items and handles them, until there are no more. */
final class Worker<T> implements Runnable {
  private final WorkerPool<T> pool;
  private final WorkQueue<T> queue;

  /** Whether it has got an item. */
  private boolean hasWorked;

  /** How many items it runs inside of one another. Used by its own thread. */
  int depth;

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
      pool.leaves(died, hasWorked);
    }
  }

  private void work() {
    T item = queue.take();
    while (item != null) {
      hasWorked = true;
      boolean isCompleted = false;
      boolean isAlive = false;
      try {
        isCompleted = pool.handle(item);
        isAlive = true;
      } finally {
        if (!isAlive) {
          pool.ended(false);
        }
      }
      item = pool.endedAndTake(isCompleted);
    }
  }

  /** Runs an item inside of another one, which has found no room for it. */
  void nest(T item) {
    depth++;
    boolean isCompleted = false;
    try {
      isCompleted = pool.handle(item);
    } finally {
      depth--;
      pool.ended(isCompleted);
    }
  }
}
