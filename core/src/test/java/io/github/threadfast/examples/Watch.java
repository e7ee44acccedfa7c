package io.github.threadfast.examples;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.BooleanSupplier;
import java.util.function.IntConsumer;

/** Looks at what a worker does, while it does it. */
final class Watch {
  private Watch() {}

  /**
   * Lets a worker do its steps, numbered from 0, again and again, while this thread looks so many
   * times; returns how often what it saw was wrong.
   */
  static int wrong(int looks, int steps, IntConsumer worker, BooleanSupplier isWrong)
      throws InterruptedException, ExecutionException {
    FutureTask<Void> task =
        new FutureTask<>(() -> {
          for (int i = 0; !Thread.interrupted(); i = (i + 1) % steps) {
            worker.accept(i);
          }
          return null;
        });
    Thread thread = new Thread(task, "worker");
    thread.start();
    int wrong = 0;
    for (int i = 0; i < looks; i++) {
      if (isWrong.getAsBoolean()) {
        wrong++;
      }
    }
    thread.interrupt();
    task.get();
    return wrong;
  }
}
