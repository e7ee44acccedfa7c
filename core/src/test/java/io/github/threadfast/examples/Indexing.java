package io.github.threadfast.examples;

import io.github.threadfast.examples.Tally.Totals;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;

/** Passes over a corpus, each from several threads that take file after file. */
final class Indexing implements AutoCloseable {
  private final Corpus corpus;
  private final int threads;
  private final Duration patience;
  private final ExecutorService workers;

  /** A worker that needs longer than {@code patience} for a pass is given up. */
  Indexing(Corpus corpus, int threads, Duration patience) {
    this.corpus = corpus;
    this.threads = threads;
    this.patience = patience;
    this.workers =
        Executors.newCachedThreadPool(task -> {
          Thread thread = new Thread(task, "indexer");
          thread.setDaemon(true); // one may be lost in a map that another broke
          return thread;
        });
  }

  /**
   * What a pass came to.
   *
   * @param totals what was counted, if it could be read
   * @param failures what the workers died of
   */
  record Pass(Optional<Totals> totals, List<Throwable> failures) {

    /** Returns the totals of a pass that has to go well. */
    Totals orThrow() {
      if (!failures.isEmpty()) {
        throw new IllegalStateException("a pass failed", failures.get(0));
      }
      return totals.orElseThrow();
    }

    boolean isRight(Totals right) {
      return failures.isEmpty() && totals.equals(Optional.of(right));
    }
  }

  /**
   * Adds every line of every file to {@code index}, once and in any order, and calls {@code
   * fileDone} after each file.
   *
   * @throws IOException if a file can't be read
   */
  <T> Pass pass(T index, BiConsumer<T, Line> add, Function<T, Totals> totals, Runnable fileDone)
      throws IOException, InterruptedException {
    AtomicInteger next = new AtomicInteger();
    CyclicBarrier start = new CyclicBarrier(threads);
    List<Future<?>> running = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      running.add(
          workers.submit(() -> {
            start.await();
            work(next, line -> add.accept(index, line), fileDone);
            return null;
          }));
    }
    long deadline = System.nanoTime() + patience.toNanos();
    List<Throwable> failures = new ArrayList<>();
    for (Future<?> worker : running) {
      result(worker, deadline, failures);
    }
    Optional<Totals> counted =
        result(workers.submit(() -> totals.apply(index)), deadline, failures);
    return new Pass(counted, failures);
  }

  private void work(AtomicInteger next, Consumer<Line> action, Runnable fileDone)
      throws IOException {
    List<Path> files = corpus.files();
    for (int i = next.getAndIncrement(); i < files.size(); i = next.getAndIncrement()) {
      Corpus.forEachLine(files.get(i), action::accept);
      fileDone.run();
    }
  }

  private static <R> Optional<R> result(Future<R> worker, long deadline, List<Throwable> failures)
      throws IOException, InterruptedException {
    try {
      return Optional.ofNullable(worker.get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS));
    } catch (ExecutionException died) {
      if (died.getCause() instanceof IOException unreadable) {
        throw unreadable;
      }
      failures.add(died.getCause());
    } catch (TimeoutException lost) {
      failures.add(lost);
    }
    return Optional.empty();
  }

  @Override
  public void close() {
    workers.shutdownNow();
  }
}
