package io.github.threadfast.testkit;

import io.github.threadfast.testkit.function.Action0;
import io.github.threadfast.testkit.function.Action1;
import io.github.threadfast.testkit.scenario.Values;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.IntStream;

/** A processor under test, the items handed in, and those processed. */
final class Workshop<P> implements Values.Wrapper {
  private final Action1<? super P, Integer> submit;
  private final Action0<? super P> close;
  private final AtomicInteger submitted = new AtomicInteger();
  private final Queue<Integer> processed = new ConcurrentLinkedQueue<>();
  private final P worker;
  private volatile boolean triedToClose;
  private volatile boolean closed;

  Workshop(
      Function<Consumer<Integer>, ? extends P> processor,
      Action1<? super P, Integer> submit,
      Action0<? super P> close) {
    this.submit = submit;
    this.close = close;
    this.worker = processor.apply(processed::add);
  }

  /** Hands in an item and returns it. */
  int submit() throws Throwable {
    int item = submitted.incrementAndGet();
    submit.run(worker, item);
    return item;
  }

  /** Ends the processor and returns how many items were processed. */
  int close() throws Throwable {
    triedToClose = true;
    close.run(worker);
    closed = true;
    return processed.size();
  }

  /** Ends the processor, unless that was tried: then it is not for here to say what came of it. */
  void closeIfOpen() throws Throwable {
    if (!triedToClose) {
      close();
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
