package io.github.threadfast;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.I_Result;

/** What threads see of the values of others in a {@link PerThread}. */
final class PerThreadMemory {
  /*
   * Last seen with mvn -Pstress test -Dstress.mode=quick -Dstress=PerThreadMemory
   * on JDK 17 and two x86 processors, with much other work on them:
   *
   *   AFoldSeesAValueWholeOrNotAtAll                 -1   3,036,468  20.69%
   *                                                   2  11,640,208  79.31%
   *   WhatWasDoneBeforeASetIsSeenWithTheValue        -1   3,079,421  25.67%
   *                                                   1   8,917,399  74.33%
   *   WhatAnEndedThreadDidIsSeenByWhoFindsItOut       2     130,068 100.00%
   *   AValueIsCountedOnceWhileItsThreadEnds     0, 0, 1     154,858  94.46%
   *                                             0, 1, 1       7,550   4.61%
   *                                             1, 0, 1       1,491   0.91%
   *                                             1, 1, 1          49   0.03%
   *   ASetAndACloseDontMissEachOther               0, 0  11,745,093  43.74%
   *                                                1, 1  15,106,520  56.26%
   *   ASecondSetAndACloseDontMissEachOther         0, 0   4,155,509  45.27%
   *                                                1, 1   5,023,472  54.73%
   *   AfterARefusalNothingComesBack                0, 0   3,623,178  40.73%
   *                                                1, 0         335   0.00%
   *                                                1, 1   5,271,803  59.26%
   *   AfterASetThatWasRefusedNoValueIsThere        0, 0   8,039,748  52.21%
   *                                                1, 0       4,299   0.03%
   *                                                1, 1   7,353,634  47.76%
   */

  private PerThreadMemory() {}

  private static final int NONE = -1;

  static final class Pair {
    int first;
    int second;

    Pair() {
      first = 1;
      second = 1;
    }

    int sum() {
      return first + second;
    }
  }

  private static int sum(PerThread<Pair> pairs) {
    return pairs.fold(NONE, (none, pair) -> pair.sum());
  }

  @JCStressTest
  @Outcome(id = "-1", expect = ACCEPTABLE, desc = "The fold came before the value.")
  @Outcome(id = "2", expect = ACCEPTABLE, desc = "The fold saw the whole value.")
  @Outcome(expect = FORBIDDEN, desc = "The fold saw a value that was half built.")
  @State
  public static class AFoldSeesAValueWholeOrNotAtAll {
    private final PerThread<Pair> pairs = PerThread.of(Pair::new);

    @Actor
    public void setter() {
      pairs.set(new Pair());
    }

    @Actor
    public void folder(I_Result result) {
      result.r1 = sum(pairs);
    }
  }

  @JCStressTest
  @Outcome(id = "-1", expect = ACCEPTABLE, desc = "The fold came before the value.")
  @Outcome(id = "1", expect = ACCEPTABLE, desc = "With the value, all that came before was seen.")
  @Outcome(id = "0", expect = FORBIDDEN, desc = "The value was seen, but not what came before it.")
  @State
  public static class WhatWasDoneBeforeASetIsSeenWithTheValue {
    private int outside;
    private final PerThread<Integer> numbers = PerThread.of(() -> 0);

    @Actor
    public void setter() {
      outside = 1;
      numbers.set(7);
    }

    @Actor
    public void folder(I_Result result) {
      result.r1 = numbers.fold(NONE, (none, seven) -> outside);
    }
  }

  private static final class Cell extends ThreadTable.Entry {
    int first;
    int second;
  }

  /** Looks until it finds that the thread has ended: then all plain writes of that must be seen. */
  @JCStressTest
  @Outcome(id = "2", expect = ACCEPTABLE, desc = "All that the ended thread did was seen.")
  @Outcome(expect = FORBIDDEN, desc = "The thread was found ended, but not all was seen.")
  @State
  public static class WhatAnEndedThreadDidIsSeenByWhoFindsItOut {
    private int seen;
    private final ThreadTable<Cell> table =
        new ThreadTable<>(cell -> seen = cell.first + cell.second);
    private final Thread thread = new Thread(this::work);

    private void work() {
      Cell cell = new Cell();
      table.add(cell);
      cell.first++;
      cell.second++;
    }

    @Actor
    public void starter() {
      thread.start();
    }

    @Actor
    public void finder(I_Result result) {
      while (result.r1 == 0) {
        result.r1 =
            table.locked(() -> {
              table.sweep();
              return seen;
            });
      }
    }
  }

  /** A thread ends while two fold: each sees its value once, wherever it is by then. */
  @JCStressTest
  @Outcome(
      id = "[01], [01], 1",
      expect = ACCEPTABLE,
      desc = "Each fold counted it once, or not yet.")
  @Outcome(expect = FORBIDDEN, desc = "A fold counted it twice, or it was lost.")
  @State
  public static class AValueIsCountedOnceWhileItsThreadEnds {
    private final PerThread<Integer> numbers = PerThread.merging(() -> 1, Integer::sum);
    private final Thread thread = new Thread(numbers::get);

    @Actor
    public void one(III_Result result) {
      thread.start();
      result.r1 = numbers.fold(0, Integer::sum);
    }

    @Actor
    public void other(III_Result result) {
      result.r2 = numbers.fold(0, Integer::sum);
    }

    @Arbiter
    public void after(III_Result result) {
      while (thread.isAlive()) {
        Thread.onSpinWait();
      }
      result.r3 = numbers.fold(0, Integer::sum);
    }
  }

  /**
   * Whoever comes second sees the other: the handshake of a thread that puts and one that closes.
   */
  @JCStressTest
  @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "The set came first; close closed the value.")
  @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "The close came first; the set threw.")
  @Outcome(id = "1, 0", expect = FORBIDDEN, desc = "The value was left open.")
  @Outcome(expect = FORBIDDEN, desc = "A value was closed that was refused, or twice.")
  @State
  public static class ASetAndACloseDontMissEachOther {
    private final AtomicInteger closed = new AtomicInteger();
    private final PerThread<Integer> numbers =
        PerThread.<Integer>builder(() -> 0).closer(value -> closed.incrementAndGet()).build();

    @Actor
    public void setter(II_Result result) {
      try {
        numbers.set(7);
        result.r1 = 1;
      } catch (IllegalStateException e) {
        result.r1 = 0;
      }
    }

    @Actor
    public void closer() {
      numbers.close();
    }

    @Arbiter
    public void count(II_Result result) {
      result.r2 = closed.get();
    }
  }

  /** The same where the thread's entry is there already, so that no lock orders the two. */
  @JCStressTest
  @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "The set came first; close closed the value.")
  @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "The close came first; the set threw.")
  @Outcome(id = "1, 0", expect = FORBIDDEN, desc = "The value was left open.")
  @Outcome(expect = FORBIDDEN, desc = "A value was closed that was refused, or twice.")
  @State
  public static class ASecondSetAndACloseDontMissEachOther {
    private final AtomicInteger closed = new AtomicInteger();
    private final PerThread<Integer> numbers =
        PerThread.<Integer>builder(() -> 0).closer(value -> closed.addAndGet(value)).build();

    @Actor
    public void setter(II_Result result) {
      try {
        numbers.set(0); // counts as nothing
        numbers.remove();
        numbers.set(1);
        result.r1 = 1;
      } catch (IllegalStateException e) {
        result.r1 = 0;
      }
    }

    @Actor
    public void closer() {
      numbers.close();
    }

    @Arbiter
    public void count(II_Result result) {
      result.r2 = closed.get();
    }
  }

  @JCStressTest
  @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "Both gets came first.")
  @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "The close came between.")
  @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "The close came first.")
  @Outcome(expect = FORBIDDEN, desc = "A get returned a value after one that was refused.")
  @State
  public static class AfterARefusalNothingComesBack {
    private final PerThread<Integer> numbers = PerThread.of(() -> 7);

    @Actor
    public void user(II_Result result) {
      result.r1 = get();
      result.r2 = get();
    }

    private int get() {
      try {
        return numbers.get() == 7 ? 1 : NONE;
      } catch (IllegalStateException e) {
        return 0;
      }
    }

    @Actor
    public void closer() {
      numbers.close();
    }
  }

  /** The thread has a value already, which close has yet to take. */
  @JCStressTest
  @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "Both came first.")
  @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "The close came between.")
  @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "The close came first.")
  @Outcome(expect = FORBIDDEN, desc = "A get returned a value after a set that was refused.")
  @State
  public static class AfterASetThatWasRefusedNoValueIsThere {
    private final PerThread<Integer> numbers = PerThread.of(() -> 7);

    @Actor
    public void user(II_Result result) {
      isAllowed(numbers::get);
      result.r1 = isAllowed(() -> numbers.set(8)) ? 1 : 0;
      result.r2 = isAllowed(numbers::get) ? 1 : 0;
    }

    private static boolean isAllowed(Runnable use) {
      try {
        use.run();
        return true;
      } catch (IllegalStateException e) {
        return false;
      }
    }

    @Actor
    public void closer() {
      numbers.close();
    }
  }
}
