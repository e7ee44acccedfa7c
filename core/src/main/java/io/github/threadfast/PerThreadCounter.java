package io.github.threadfast;

import static java.util.Objects.requireNonNull;

import com.google.errorprone.annotations.ThreadSafe;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * A sum that many threads add to, each in a place of its own.
 *
 * <p>It answers the counter that is slow because all threads write to one place. Adding costs a
 * thread next to nothing, and as little when others add, too; {@link #sum} pays for it, by looking
 * at the place of each thread. So it serves statistics: counts that are added to all the time and
 * looked at now and then. Where the result of an addition is needed, as for a ticket's number or a
 * limit, use an {@link java.util.concurrent.atomic.AtomicLong}.
 *
 * <h2 id="example">Example</h2>
 *
 * {@snippet file="io/github/threadfast/examples/PerThreadCounterExamples.java" region="counter"}
 *
 * <h2 id="thread-safety">Thread safety</h2>
 *
 * <p>All methods may be called by any thread. No addition is ever lost or counted twice, and what
 * threads that have ended have added stays in the sum. A sum beyond the range of {@code long} wraps
 * round. A {@code sum} counts each addition that happens-before it, and may or may not count one
 * that runs at the same time; it never counts less than an earlier {@code sum} has counted. So:
 *
 * <ul>
 *   <li>if it is only counted up, or only down, by one, each {@code sum} was the exact count at
 *       some moment while it ran: taken by itself, it is linearizable;
 *   <li>else it is quiescently consistent: a {@code sum} is exact of all that was over when it
 *       began, but of two additions that run meanwhile it may count the later one alone, and so be
 *       a number that the count has never been. What is added and taken away at once, as by a
 *       transfer from one counter to another, can be seen halfway.
 * </ul>
 *
 * <h2 id="memory">Memory effects</h2>
 *
 * <p>None: a {@code sum} that counts an addition says nothing of what else the thread that added
 * has done. To be sure that it counts an addition, let that happen-before it, as by {@link
 * Thread#join} or a {@link java.util.concurrent.Future}. There is no order across counters: of two
 * threads that each add to one and then ask for the sum of the other, both may miss an addition.
 *
 * <h2 id="blocking">Blocking and interruption</h2>
 *
 * <p>The first addition of a thread, and {@code sum}, hold a lock for as long as it takes to look
 * at each thread; the wait for it is uninterruptible, and an interrupt status is kept. No other
 * addition waits. No code of the user runs. Threads park in {@code java.util.concurrent}, so that a
 * virtual thread releases its carrier.
 *
 * <h2 id="re-entry">Re-entry and lock order</h2>
 *
 * <p>It calls nothing, so that nothing can come back to it.
 *
 * <h2 id="failures">Exceptions</h2>
 *
 * <p>None, but for the {@link OutOfMemoryError} of a first addition for whose thread there is no
 * place: it has added nothing then.
 *
 * <h2 id="nulls">Nulls</h2>
 *
 * <p>The name may not be null: the {@link NullPointerException} names the parameter.
 *
 * <h2 id="cost">Complexity and footprint</h2>
 *
 * <p>An addition looks up the place of its thread, without a lock and without a compare-and-set,
 * and writes to it. {@code sum} takes time in proportion to the number of threads. A thread that
 * has added takes about 300 bytes, so that no two write to the same cache line. The places of
 * threads that have ended are taken away when other threads come or a {@code sum} is asked for:
 * there are never more than about twice as many as there were threads alive at once. Virtual
 * threads have no places of their own, since there may be millions: they share a {@link LongAdder},
 * and its speed.
 *
 * <h2 id="diagnostics">Diagnostics</h2>
 *
 * <p>{@link #toString} shows the name, and how many threads have a place.
 *
 * <h2 id="comparison">Comparison</h2>
 *
 * <p>A {@link LongAdder} spreads threads over as many places as there are processors, so that a
 * place may be shared, and must be changed by compare-and-set: it takes several times as long to
 * add, and less memory if there are many threads. Its {@code reset} and {@code sumThenReset} lose
 * what is added meanwhile. Here there are none: to count anew, remember the last sum and subtract
 * it.
 *
 * @since 0.1.0
 */
@ThreadSafe
public final class PerThreadCounter {
  /*
   * Idea. Each thread has an entry of its own in a ThreadTable, with what it has added. The sum is
   * that of all entries, and of those of threads that have ended, which are added to one number.
   *
   * State. table has the entries; ended is the sum of those that were taken out; ofVirtualThreads
   * is what virtual threads have added.
   *
   * Invariant. Under the lock of the table, ended and the entries together have what all platform
   * threads have added. For an entry leaves the table and is added to ended under one lock, after
   * its thread has ended.
   *
   * Ordering. An entry is read by another thread opaquely: it sees what happens-before, and, since
   * each place is coherent, no less than it has seen, or another sum before it under the lock. So
   * the sums are in one order in which each counts what the one before has counted.
   *
   * Linearizability. A sum reads each place once. If all additions are of 1, the count goes up by 1
   * at a time from what it was at the beginning, which the sum does not miss, to what it is at the
   * end, which the sum does not exceed: so at some moment it was that sum. With 2 there may be no
   * such moment.
   *
   * References. An adder of many places: Striped64, by D. Lea, in java.util.concurrent.atomic. What a
   * sum that reads one place after another is, if it isn't linearizable: A. Rinberg, I. Keidar,
   * Intermediate Value Linearizability, DISC 2020.
   */

  private final @Nullable String name;

  @SuppressWarnings("ThreadSafe") // its own lock guards it
  private final ThreadTable<LongEntry> table = new ThreadTable<>(this::end);

  private final LongAdder ofVirtualThreads = new LongAdder();

  /** Guarded by the lock of the table. */
  @SuppressWarnings("ThreadSafe") // see there
  private long ended;

  private PerThreadCounter(@Nullable String name) {
    this.name = name;
  }

  /**
   * Returns a counter of zero, without a name.
   *
   * @return a new one
   */
  public static PerThreadCounter of() {
    return new PerThreadCounter(null);
  }

  /**
   * Returns a counter of zero, with a name.
   *
   * @param name what {@code toString} calls it
   * @return a new one
   */
  public static PerThreadCounter of(String name) {
    return new PerThreadCounter(requireNonNull(name, "name"));
  }

  /**
   * Adds {@code n}.
   *
   * @param n any number
   */
  public void add(long n) {
    Thread me = Thread.currentThread();
    LongEntry mine = table.find(me);
    if (mine != null) {
      mine.set(mine.own() + n);
    } else {
      addWithoutEntry(me, n);
    }
  }

  private void addWithoutEntry(Thread me, long n) {
    if (Threads.isVirtual(me)) {
      ofVirtualThreads.add(n);
    } else {
      LongEntry mine = table.add(new LongEntry(0));
      mine.set(mine.own() + n);
    }
  }

  /** Adds one. */
  public void increment() {
    add(1);
  }

  /** Takes one away. */
  public void decrement() {
    add(-1);
  }

  /**
   * Returns what was added, by living and ended threads. What is added at the same time may or may
   * not be counted.
   *
   * @return the sum
   */
  public long sum() {
    return table.locked(() -> {
      table.sweep();
      long[] sum = {ended + ofVirtualThreads.sum()};
      table.forEach(entry -> sum[0] += entry.seen());
      return sum[0];
    });
  }

  /** Takes over what is in the entry of an ended thread. */
  private void end(LongEntry entry) {
    ended += entry.own();
    entry.set(0);
  }

  /** Returns the name, and how many threads have a place. It never waits. */
  @Override
  public String toString() {
    return "PerThreadCounter[%s%d threads]"
        .formatted(name == null ? "" : Texts.shownName(name) + ", ", threads());
  }

  /** Returns roughly how many threads have a place. */
  int threads() {
    int[] threads = {0};
    table.forEach(entry -> threads[0]++);
    return threads[0];
  }
}
