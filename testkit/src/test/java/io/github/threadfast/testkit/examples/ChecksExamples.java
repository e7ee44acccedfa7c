package io.github.threadfast.testkit.examples;

import io.github.threadfast.testkit.Checks;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class ChecksExamples {

  // @start region="update"
  @Test
  void longAdder_losesNoIncrement() {
    Checks.assertNoLostUpdate(LongAdder::new, LongAdder::increment, LongAdder::sum);
  }

  // @end

  // @start region="settings"
  @Test
  void atomicInteger_losesNoIncrement() {
    Checks.assertNoLostUpdate(
        AtomicInteger::new,
        AtomicInteger::incrementAndGet,
        AtomicInteger::get,
        check -> check.threads(4).budget(Duration.ofMillis(500)));
  }

  // @end

  // @start region="lazy"
  static class LazyHolder {
    private final Supplier<Object> initializer;
    private volatile Object value;

    LazyHolder(Supplier<Object> initializer) {
      this.initializer = initializer;
    }

    synchronized Object get() {
      if (value == null) {
        value = initializer.get();
      }
      return value;
    }
  }

  @Test
  void lazyHolder_isInitializedOnce() {
    Checks.assertInitializedOnce(LazyHolder::new, LazyHolder::get);
  }

  // @end

  // @start region="snapshot"
  @Test
  void copyOnWriteArrayList_canBeCopied() {
    Checks.assertImmutableSnapshot(
        CopyOnWriteArrayList<Integer>::new,
        list -> list.add(1),
        (List<Integer> list) -> new ArrayList<>(list));
  }

  // @end

  // @start region="map"
  @Test
  void concurrentHashMap_isAConcurrentMap() {
    Checks.assertMapContract(ConcurrentHashMap::new);
  }

  // @end

  // @start region="items"
  static class Workers {
    private final ExecutorService threads = Executors.newFixedThreadPool(2);
    private final Consumer<Integer> handler;

    Workers(Consumer<Integer> handler) {
      this.handler = handler;
    }

    void submit(int item) {
      threads.execute(() -> handler.accept(item));
    }

    void close() throws InterruptedException {
      threads.shutdown();
      threads.awaitTermination(1, TimeUnit.MINUTES);
    }
  }

  @Test
  void workers_processEveryItemOnce() {
    Checks.assertEveryItemProcessedOnce(Workers::new, Workers::submit, Workers::close);
  }
  // @end
}
