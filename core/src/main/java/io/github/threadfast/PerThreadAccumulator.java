package io.github.threadfast;

import static java.util.Objects.requireNonNull;

import com.google.errorprone.annotations.ThreadSafe;
import java.util.Arrays;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.function.LongBinaryOperator;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * A number that many threads accumulate, each in a place of its own, by a function such as {@code
 * Math::max}.
 *
 * <p>It is to other functions what {@link PerThreadCounter} is to addition, and serves statistics
 * likewise: numbers that are accumulated all the time and looked at now and then. Where the result
 * of a step is needed, use an {@link java.util.concurrent.atomic.AtomicLong}.
 *
 * <h2 id="example">Example</h2>
 *
 * {@snippet file="io/github/threadfast/examples/PerThreadCounterExamples.java" region="accumulator"
 * }
 *
 * <h2 id="thread-safety">Thread safety</h2>
 *
 * <p>All methods may be called by any thread. The function may be called by several threads at
 * once, and in any order: it must be associative and commutative, have no side effects, and leave a
 * number as it is if the other is the identity. Each number that was accumulated counts exactly
 * once, and those of threads that have ended stay. A {@code get} counts each number whose {@code
 * accumulate} happens-before it, and may or may not count one that runs at the same time: it is
 * exact of all that was over when it began.
 *
 * <h2 id="memory">Memory effects</h2>
 *
 * <p>None: a {@code get} that counts a number says nothing of what else the thread that accumulated
 * it has done. To be sure that it counts a number, let that happen-before it, as by {@link
 * Thread#join} or a {@link java.util.concurrent.Future}.
 *
 * <h2 id="blocking">Blocking and interruption</h2>
 *
 * <p>The first {@code accumulate} of a thread, and {@code get}, hold a lock for as long as it takes
 * to look at each thread; the wait for it is uninterruptible, and an interrupt status is kept. No
 * other {@code accumulate} waits. The function runs without a lock. Threads park in {@code
 * java.util.concurrent}, so that a virtual thread releases its carrier.
 *
 * <h2 id="re-entry">Re-entry and lock order</h2>
 *
 * <p>The function may call the same accumulator, though it has no reason to: what it has
 * accumulated counts, and it is then applied again.
 *
 * <h2 id="failures">Exceptions in the function</h2>
 *
 * <p>What the function throws reaches the caller as it is, and nothing has changed.
 *
 * <h2 id="nulls">Nulls</h2>
 *
 * <p>No argument may be null: the {@link NullPointerException} names the parameter.
 *
 * <h2 id="cost">Complexity and footprint</h2>
 *
 * <p>As a {@code PerThreadCounter}: {@code accumulate} looks up the place of its thread, without a
 * lock and without a compare-and-set, and applies the function once. {@code get} applies it once
 * for each place. A new thread goes on with the number of one that has ended, if there is one: so
 * there are never more numbers than about twice as many as there were threads alive at once.
 * Virtual threads share a {@link LongAccumulator}.
 *
 * <h2 id="diagnostics">Diagnostics</h2>
 *
 * <p>{@link #toString} shows the name, and how many threads have a place.
 *
 * <h2 id="comparison">Comparison</h2>
 *
 * <p>A {@link LongAccumulator} spreads threads over as many places as there are processors, so that
 * a place may be shared, and must be changed by compare-and-set, for which the function may run
 * several times. Where a number seldom changes, as the largest so far, it writes as seldom.
 *
 * @since 0.1.0
 */
@ThreadSafe
public final class PerThreadAccumulator {
  /*
   * Idea. As in PerThreadCounter; but the number of an ended thread can't be merged with another
   * under the lock, since that is for the function of the user to do. It is kept as it is, and the
   * next thread that comes begins with it, instead of the identity. As the function is associative
   * and commutative, it is the same who goes on with a number.
   *
   * Invariant. Under the lock of the table, each number accumulated by a platform thread is in one
   * entry or in one of those left. An entry leaves the table and its number is left under one lock,
   * after its thread has ended; a number that is left goes to a new entry under one.
   *
   * Ordering. As in PerThreadCounter.
   */

  private static final long[] NONE = {};

  private final @Nullable String name;

  @SuppressWarnings("ThreadSafe") // must be called by any thread: see the contract
  private final LongBinaryOperator function;

  private final long identity;

  @SuppressWarnings("ThreadSafe") // its own lock guards it
  private final ThreadTable<LongEntry> table = new ThreadTable<>(this::end);

  private final LongAccumulator ofVirtualThreads;

  /** Numbers of ended threads, of which so many are there. Guarded by the lock of the table. */
  @SuppressWarnings("ThreadSafe") // see there
  private long[] left = NONE;

  @SuppressWarnings("ThreadSafe") // see there
  private int leftCount;

  private PerThreadAccumulator(@Nullable String name, LongBinaryOperator function, long identity) {
    this.name = name;
    this.function = function;
    this.identity = identity;
    this.ofVirtualThreads = new LongAccumulator(function, identity);
  }

  /**
   * Returns an accumulator without a name.
   *
   * @param function combines two numbers; associative, commutative, without side effects
   * @param identity what leaves the other number as it is, and the result if there is none
   * @return a new one
   */
  public static PerThreadAccumulator of(LongBinaryOperator function, long identity) {
    return new PerThreadAccumulator(null, requireNonNull(function, "function"), identity);
  }

  /**
   * Returns an accumulator with a name.
   *
   * @param name what {@code toString} calls it
   * @param function combines two numbers; associative, commutative, without side effects
   * @param identity what leaves the other number as it is, and the result if there is none
   * @return a new one
   */
  public static PerThreadAccumulator of(String name, LongBinaryOperator function, long identity) {
    return new PerThreadAccumulator(
        requireNonNull(name, "name"), requireNonNull(function, "function"), identity);
  }

  /**
   * Accumulates {@code n}. It also throws whatever the function has thrown; nothing has changed
   * then.
   *
   * @param n any number
   */
  public void accumulate(long n) {
    Thread me = Thread.currentThread();
    LongEntry mine = table.find(me);
    if (mine != null) {
      accumulate(mine, n);
    } else {
      accumulateWithoutEntry(me, n);
    }
  }

  private void accumulate(LongEntry mine, long n) {
    long before;
    long after;
    do {
      before = mine.own();
      after = function.applyAsLong(before, n); // no lock is held
    } while (mine.own() != before); // the function has accumulated something itself
    mine.set(after);
  }

  private void accumulateWithoutEntry(Thread me, long n) {
    if (Threads.isVirtual(me)) {
      ofVirtualThreads.accumulate(n);
    } else {
      accumulate(join(new LongEntry(identity)), n);
    }
  }

  /** Adds an entry of the current thread, which goes on with what another one has left. */
  private LongEntry join(LongEntry mine) {
    return table.locked(() -> {
      LongEntry added = table.add(mine);
      if (added == mine && leftCount > 0) {
        mine.set(left[--leftCount]);
      }
      return added;
    });
  }

  /** Keeps what is in the entry of an ended thread. */
  private void end(LongEntry entry) {
    if (leftCount == left.length) {
      left = Arrays.copyOf(left, Math.max(8, 2 * leftCount));
    }
    left[leftCount++] = entry.own();
    entry.set(identity);
  }

  /**
   * Returns what the function makes of all numbers, of living and ended threads. What is
   * accumulated at the same time may or may not be counted. It also throws whatever the function
   * has thrown.
   *
   * @return the result
   */
  public long get() {
    long result = ofVirtualThreads.get();
    for (long number : numbers()) {
      result = function.applyAsLong(result, number); // no lock is held
    }
    return result;
  }

  /** Returns the numbers of platform threads, of one moment. */
  long[] numbers() {
    return table.locked(() -> {
      table.sweep();
      LongStream.Builder numbers = LongStream.builder();
      Arrays.stream(left, 0, leftCount).forEach(numbers);
      table.forEach(entry -> numbers.add(entry.seen()));
      return numbers.build().toArray();
    });
  }

  /** Returns the name, and how many threads have a place. It never waits. */
  @Override
  public String toString() {
    return "PerThreadAccumulator[%s%d threads]"
        .formatted(name == null ? "" : Texts.shownName(name) + ", ", threads());
  }

  /** Returns roughly how many threads have a place. */
  int threads() {
    int[] threads = {0};
    table.forEach(entry -> threads[0]++);
    return threads[0];
  }
}
