package io.github.threadfast.testkit.bugs;

import io.github.threadfast.testkit.Stress;
import io.github.threadfast.testkit.Window;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.StampedLock;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** A pair that is moved as one, and read one half after the other. */
final class TornReads {
  private TornReads() {}

  static Stream<Bug> bugs() {
    return Stream.of(
        Bug.of("torn pair", 2, 2, TornReads::pair, TwoAtomics::new, OneReference::new),
        Bug.of("missing validate", 2, 2, TornReads::pair, Unvalidated::new, Validated::new),
        Bug.of("sequence read once", 2, 2, TornReads::pair, SequenceOnce::new, SequenceTwice::new),
        Bug.of("writer beside readers", 2, 2, TornReads::pair, LaxGate::new, StrictGate::new));
  }

  private interface Pair {
    void move();

    List<Integer> get();
  }

  private static Stress<Pair> pair(Supplier<Pair> supplier) {
    return Stress.of(supplier).action("move", Pair::move).operation("get", Pair::get);
  }

  private static final class TwoAtomics implements Pair {
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

  private static final class OneReference implements Pair {
    private final AtomicReference<List<Integer>> pair = new AtomicReference<>(List.of(0, 0));

    @Override
    public void move() {
      pair.updateAndGet(p -> List.of(p.get(0) + 1, p.get(1) + 1));
    }

    @Override
    public List<Integer> get() {
      return pair.get();
    }
  }

  private static class Unvalidated implements Pair {
    final StampedLock lock = new StampedLock();
    private int from;
    private int to;

    @Override
    public void move() {
      long stamp = lock.writeLock();
      try {
        from++;
        to++;
      } finally {
        lock.unlockWrite(stamp);
      }
    }

    @Override
    public List<Integer> get() {
      return lock.tryOptimisticRead() == 0 ? getLocked() : read();
    }

    final List<Integer> read() {
      int first = from;
      Window.open();
      return List.of(first, to);
    }

    final List<Integer> getLocked() {
      long stamp = lock.readLock();
      try {
        return read();
      } finally {
        lock.unlockRead(stamp);
      }
    }
  }

  private static final class Validated extends Unvalidated {
    @Override
    public List<Integer> get() {
      long stamp = lock.tryOptimisticRead();
      List<Integer> seen = stamp == 0 ? List.of() : read();
      return lock.validate(stamp) ? seen : getLocked();
    }
  }

  /** A sequence lock: odd while a writer is in. The reader looks only before it reads. */
  private static class SequenceOnce implements Pair {
    final AtomicInteger sequence = new AtomicInteger();
    private volatile int from;
    private volatile int to;

    @Override
    @SuppressWarnings("NonAtomicVolatileUpdate") // one writer at a time
    public synchronized void move() {
      sequence.incrementAndGet();
      from++;
      to++;
      sequence.incrementAndGet();
    }

    @Override
    public List<Integer> get() {
      awaitEven();
      return read();
    }

    final int awaitEven() {
      int seen = sequence.get();
      while (seen % 2 == 1) {
        Window.giveWay();
        seen = sequence.get();
      }
      return seen;
    }

    final List<Integer> read() {
      int first = from;
      Window.open();
      return List.of(first, to);
    }
  }

  private static final class SequenceTwice extends SequenceOnce {
    @Override
    public List<Integer> get() {
      while (true) {
        int before = awaitEven();
        List<Integer> seen = read();
        if (sequence.get() == before) {
          return seen;
        }
      }
    }
  }

  /** A reader that saw no writer enters, even if one has come since. */
  private static class LaxGate implements Pair {
    final AtomicInteger readers = new AtomicInteger();
    volatile boolean writing;
    private volatile int from;
    private volatile int to;

    @Override
    @SuppressWarnings("NonAtomicVolatileUpdate") // one writer at a time
    public synchronized void move() {
      writing = true;
      while (readers.get() > 0) {
        Window.giveWay();
      }
      from++;
      Window.open();
      to++;
      writing = false;
    }

    @Override
    public List<Integer> get() {
      enter();
      try {
        return List.of(from, to);
      } finally {
        readers.decrementAndGet();
      }
    }

    void enter() {
      while (writing) {
        Window.giveWay();
      }
      Window.open();
      readers.incrementAndGet();
    }
  }

  private static final class StrictGate extends LaxGate {
    @Override
    void enter() {
      readers.incrementAndGet();
      while (writing) {
        readers.decrementAndGet();
        Window.giveWay();
        readers.incrementAndGet();
      }
    }
  }
}
