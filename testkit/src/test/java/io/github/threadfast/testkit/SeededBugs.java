package io.github.threadfast.testkit;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.opentest4j.AssertionFailedError;

/** Bugs that must be found, each with a correct twin that must pass. */
@Timeout(60)
class SeededBugs {

  @ParameterizedTest
  @MethodSource("bugs")
  void aBug_isFound(Bug bug) {
    AssertionFailedError e =
        assertThrows(AssertionFailedError.class, bug.wrong()::assertLinearizable);

    assertTrue(e.getMessage().contains(" is not linearizable: "), e.getMessage());
  }

  @ParameterizedTest
  @MethodSource("bugs")
  void itsCorrectTwin_passes(Bug bug) {
    bug.right().budget(Duration.ofMillis(200)).assertLinearizable();
  }

  /** Two specifications that differ in their supplier alone. */
  record Bug(String name, Stress<?> wrong, Stress<?> right) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Bug> bugs() {
    return Stream.of(
        new Bug("lost update", counter(PlainCounter::new), counter(LockedCounter::new)),
        new Bug("get then set", counter(GetThenSetCounter::new), counter(AtomicCounter::new)),
        new Bug("check then act", account(CheckThenAct::new), account(CheckAndAct::new)),
        new Bug("double initialization", holder(RacyHolder::new), holder(LockedHolder::new)),
        new Bug("torn pair", range(TornRange::new), range(WholeRange::new)),
        new Bug("size apart", bag(BagWithSizeApart::new), bag(BagWithSizeInside::new)),
        new Bug("unsafe stack", stack(PlainStack::new), stack(TreiberStack::new)),
        new Bug("lossy queue", queue(LossyQueue::new), queue(ConcurrentLinkedQueue::new)),
        new Bug("early flag", box(FlagFirst::new), box(FlagLast::new)),
        new Bug("stale cache", cached(StaleCache::new), cached(FreshCache::new)));
  }

  interface Counter {
    int increment();
  }

  static Stress<Counter> counter(Supplier<Counter> supplier) {
    return Stress.of(supplier).operation("increment", Counter::increment);
  }

  static final class PlainCounter implements Counter {
    private int count;

    @Override
    public int increment() {
      int seen = count;
      Window.open();
      count = seen + 1;
      return seen + 1;
    }
  }

  static final class LockedCounter implements Counter {
    private int count;

    @Override
    public synchronized int increment() {
      return ++count;
    }
  }

  static final class GetThenSetCounter implements Counter {
    private final AtomicInteger count = new AtomicInteger();

    @Override
    public int increment() {
      int next = count.get() + 1;
      Window.open();
      count.set(next);
      return next;
    }
  }

  static final class AtomicCounter implements Counter {
    private final AtomicInteger count = new AtomicInteger();

    @Override
    public int increment() {
      return count.incrementAndGet();
    }
  }

  interface Account {
    boolean withdraw();

    void deposit();
  }

  static Stress<Account> account(Supplier<Account> supplier) {
    return Stress.of(supplier)
        .operation("withdraw", Account::withdraw)
        .action("deposit", Account::deposit);
  }

  static final class CheckThenAct implements Account {
    private final AtomicInteger balance = new AtomicInteger(1);

    @Override
    public boolean withdraw() {
      if (balance.get() == 0) {
        return false;
      }
      Window.open();
      balance.decrementAndGet();
      return true;
    }

    @Override
    public void deposit() {
      balance.incrementAndGet();
    }
  }

  static final class CheckAndAct implements Account {
    private final AtomicInteger balance = new AtomicInteger(1);

    @Override
    public boolean withdraw() {
      return balance.getAndUpdate(b -> b == 0 ? 0 : b - 1) > 0;
    }

    @Override
    public void deposit() {
      balance.incrementAndGet();
    }
  }

  interface Holder {
    /** Returns whether this call made the value. */
    boolean initialize();
  }

  static Stress<Holder> holder(Supplier<Holder> supplier) {
    return Stress.of(supplier).operation("initialize", Holder::initialize);
  }

  static final class RacyHolder implements Holder {
    private volatile Object value;

    @Override
    public boolean initialize() {
      if (value != null) {
        return false;
      }
      Window.open();
      value = new Object();
      return true;
    }
  }

  static final class LockedHolder implements Holder {
    private volatile Object value;

    @Override
    public boolean initialize() {
      if (value != null) {
        return false;
      }
      synchronized (this) {
        boolean first = value == null;
        value = first ? new Object() : value;
        return first;
      }
    }
  }

  interface Range {
    void move();

    List<Integer> get();
  }

  static Stress<Range> range(Supplier<Range> supplier) {
    return Stress.of(supplier).action("move", Range::move).operation("get", Range::get);
  }

  static final class TornRange implements Range {
    private final AtomicInteger from = new AtomicInteger();
    private final AtomicInteger to = new AtomicInteger();

    @Override
    public void move() {
      from.incrementAndGet();
      Window.open();
      to.incrementAndGet();
    }

    @Override
    public List<Integer> get() {
      return List.of(from.get(), to.get());
    }
  }

  static final class WholeRange implements Range {
    private final AtomicReference<List<Integer>> range = new AtomicReference<>(List.of(0, 0));

    @Override
    public void move() {
      range.updateAndGet(r -> List.of(r.get(0) + 1, r.get(1) + 1));
    }

    @Override
    public List<Integer> get() {
      return range.get();
    }
  }

  interface Bag {
    boolean put(String element);

    int size();
  }

  static Stress<Bag> bag(Supplier<Bag> supplier) {
    return Stress.of(supplier)
        .operation("put a", bag -> bag.put("a"))
        .operation("put b", bag -> bag.put("b"))
        .operation("size", Bag::size);
  }

  static final class BagWithSizeApart implements Bag {
    private final ConcurrentMap<String, Boolean> elements = new ConcurrentHashMap<>();
    private final AtomicInteger size = new AtomicInteger();

    @Override
    public boolean put(String element) {
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

  static final class BagWithSizeInside implements Bag {
    private final ConcurrentMap<String, Boolean> elements = new ConcurrentHashMap<>();
    private int size;

    @Override
    public synchronized boolean put(String element) {
      boolean added = elements.putIfAbsent(element, true) == null;
      size += added ? 1 : 0;
      return added;
    }

    @Override
    public synchronized int size() {
      return size;
    }
  }

  interface Stack {
    void push(int element);

    int pop();
  }

  static Stress<Stack> stack(Supplier<Stack> supplier) {
    return Stress.of(supplier)
        .action("push 1", stack -> stack.push(1))
        .action("push 2", stack -> stack.push(2))
        .operation("pop", Stack::pop);
  }

  static final class PlainStack implements Stack {
    private final Deque<Integer> elements = new ArrayDeque<>();

    @Override
    public void push(int element) {
      elements.push(element);
    }

    @Override
    public int pop() {
      int top = elements.getFirst();
      Window.open();
      elements.pop();
      return top;
    }
  }

  static final class TreiberStack implements Stack {
    private record Node(int element, Node next) {}

    private final AtomicReference<Node> top = new AtomicReference<>();

    @Override
    public void push(int element) {
      Node seen;
      do {
        seen = top.get();
      } while (!top.compareAndSet(seen, new Node(element, seen)));
    }

    @Override
    public int pop() {
      Node seen;
      do {
        seen = top.get();
        if (seen == null) {
          throw new NoSuchElementException();
        }
      } while (!top.compareAndSet(seen, seen.next()));
      return seen.element();
    }
  }

  static Stress<Queue<Integer>> queue(Supplier<Queue<Integer>> supplier) {
    return Stress.of(supplier)
        .operation("offer 1", queue -> queue.offer(1))
        .operation("offer 2", queue -> queue.offer(2))
        .operation("poll", Queue::poll);
  }

  /** Sees the head, then removes a head: two polls may see one element and remove two. */
  static final class LossyQueue extends ConcurrentLinkedQueue<Integer> {
    private static final long serialVersionUID = 1;

    @Override
    public Integer poll() {
      Integer head = peek();
      Window.open();
      super.poll();
      return head;
    }
  }

  interface Box {
    void put();

    /** Returns the value, or null if there is none yet. */
    Integer get();
  }

  static Stress<Box> box(Supplier<Box> supplier) {
    return Stress.of(supplier).action("put", Box::put).operation("get", Box::get);
  }

  static final class FlagFirst implements Box {
    private volatile boolean full;
    private volatile int value;

    @Override
    public void put() {
      full = true;
      Window.open();
      value = 42;
    }

    @Override
    public Integer get() {
      return full ? (Integer) value : null;
    }
  }

  static final class FlagLast implements Box {
    private volatile boolean full;
    private int value;

    @Override
    public void put() {
      if (!full) {
        value = 42;
        full = true;
      }
    }

    @Override
    public Integer get() {
      return full ? (Integer) value : null;
    }
  }

  interface Cached {
    void update();

    int get();
  }

  static Stress<Cached> cached(Supplier<Cached> supplier) {
    return Stress.of(supplier).action("update", Cached::update).operation("get", Cached::get);
  }

  /** A reader may put back what it read before an update dropped it. */
  static final class StaleCache implements Cached {
    private final AtomicInteger source = new AtomicInteger();
    private volatile Integer cache;

    @Override
    public void update() {
      source.incrementAndGet();
      cache = null;
    }

    @Override
    public int get() {
      Integer cached = cache;
      if (cached == null) {
        cached = source.get();
        Window.open();
        cache = cached;
      }
      return cached;
    }
  }

  static final class FreshCache implements Cached {
    private int source;
    private Integer cache;

    @Override
    public synchronized void update() {
      source++;
      cache = null;
    }

    @Override
    public synchronized int get() {
      cache = cache == null ? (Integer) source : cache;
      return cache;
    }
  }
}
