package io.github.threadfast.testkit.bugs;

import static net.jqwik.api.Arbitraries.integers;

import io.github.threadfast.testkit.Stress;
import io.github.threadfast.testkit.Window;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** Sizes and sums that were true of no moment. */
final class Sizes {
  private Sizes() {}

  static Stream<Bug> bugs() {
    return Stream.of(
        Bug.of("size apart", 2, 3, Sizes::bag, BagWithSizeApart::new, BagWithSizeInside::new),
        Bug.of("striped sum", 2, 3, Sizes::sum, StripedSum::new, WholeSum::new));
  }

  private interface Bag {
    boolean put(int element);

    int size();
  }

  private static Stress<Bag> bag(Supplier<Bag> supplier) {
    return Stress.of(supplier)
        .operation("put", integers().between(1, 3), Bag::put)
        .operation("size", Bag::size);
  }

  private static final class BagWithSizeApart implements Bag {
    private final ConcurrentMap<Integer, Boolean> elements = new ConcurrentHashMap<>();
    private final AtomicInteger size = new AtomicInteger();

    @Override
    public boolean put(int element) {
      boolean added = elements.putIfAbsent(element, true) == null;
      if (added) {
        Window.open();
        size.incrementAndGet();
      }
      return added;
    }

    @Override
    public int size() {
      return size.get();
    }
  }

  private static final class BagWithSizeInside implements Bag {
    private final ConcurrentMap<Integer, Boolean> elements = new ConcurrentHashMap<>();
    private int size;

    @Override
    public synchronized boolean put(int element) {
      boolean added = elements.putIfAbsent(element, true) == null;
      size += added ? 1 : 0;
      return added;
    }

    @Override
    public synchronized int size() {
      return size;
    }
  }

  interface Sum {
    void add(int amount);

    int get();
  }

  static Stress<Sum> sum(Supplier<Sum> supplier) {
    return Stress.of(supplier)
        .action("add", integers().between(1, 9), Sum::add)
        .operation("get", Sum::get);
  }

  /** Two cells, the odd amounts in one: a sum may see a later amount and miss an earlier one. */
  static final class StripedSum implements Sum {
    private final AtomicIntegerArray cells = new AtomicIntegerArray(2);

    @Override
    public void add(int amount) {
      cells.addAndGet(amount % 2, amount);
    }

    @Override
    public int get() {
      int even = cells.get(0);
      Window.open();
      return even + cells.get(1);
    }
  }

  private static final class WholeSum implements Sum {
    private final AtomicInteger sum = new AtomicInteger();

    @Override
    public void add(int amount) {
      sum.addAndGet(amount);
    }

    @Override
    public int get() {
      return sum.get();
    }
  }
}
