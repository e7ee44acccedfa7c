package io.github.threadfast.testkit;

import io.github.threadfast.testkit.function.Action0;
import io.github.threadfast.testkit.function.Action1;
import io.github.threadfast.testkit.scenario.Values;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.IntStream;

/** Processors under test, so that none is left open. */
final class Workshops<P> implements AutoCloseable {
  private static final long CLOSE_MILLIS = TimeUnit.SECONDS.toMillis(3);

  private final Function<Consumer<Integer>, ? extends P> processor;
  private final Action1<? super P, Integer> submit;
  private final Action0<? super P> close;
  private final Set<Workshop> open = ConcurrentHashMap.newKeySet();

  Workshops(
      Function<Consumer<Integer>, ? extends P> processor,
      Action1<? super P, Integer> submit,
      Action0<? super P> close) {
    this.processor = processor;
    this.submit = submit;
    this.close = close;
  }

  Workshop open() {
    Workshop workshop = new Workshop();
    open.add(workshop);
    return workshop;
  }

  /** Closes what is left, in a thread of its own, since a processor may not end. */
  @Override
  public void close() {
    if (open.isEmpty()) {
      return;
    }
    Thread closer = new Thread(() -> open.forEach(Workshop::closeQuietly), "threadfast closer");
    closer.setDaemon(true);
    closer.start();
    try {
      closer.join(CLOSE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    closer.interrupt();
  }

  /** One processor, the items handed in, and those processed. */
  final class Workshop implements Values.Wrapper {
    private final AtomicInteger submitted = new AtomicInteger();
    private final Queue<Integer> processed = new ConcurrentLinkedQueue<>();
    private final P worker;
    private volatile boolean closed;

    Workshop() {
      worker = processor.apply(processed::add);
    }

    /** Hands in an item and returns it. */
    int submit() throws Throwable {
      int item = submitted.incrementAndGet();
      submit.run(worker, item);
      return item;
    }

    /** Ends the processor and returns how many items were processed. */
    int close() throws Throwable {
      open.remove(this);
      close.run(worker);
      closed = true;
      return processed.size();
    }

    void closeQuietly() {
      try {
        close();
      } catch (Throwable alreadyReported) {
        // the check is over
      }
    }

    /** Returns true, or throws which items were lost or processed more than once. */
    boolean isDone() {
      if (!closed) {
        return true;
      }
      Map<Integer, Integer> times = new TreeMap<>();
      processed.forEach(item -> times.merge(item, 1, Integer::sum));
      List<Integer> lost =
          IntStream.rangeClosed(1, submitted.get())
              .filter(item -> !times.containsKey(item))
              .boxed()
              .toList();
      times.values().removeIf(count -> count == 1);
      if (lost.isEmpty() && times.isEmpty()) {
        return true;
      }
      throw new AssertionError(
          "lost items: %s, processed more than once: %s".formatted(lost, times.keySet()));
    }

    @Override
    public Object wrapped() {
      return worker;
    }
  }
}
