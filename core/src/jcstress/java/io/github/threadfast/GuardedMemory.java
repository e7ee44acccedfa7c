package io.github.threadfast;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.I_Result;

/** What threads see of a value behind a {@link Guarded}, whose fields are plain. */
final class GuardedMemory {
  /*
   * Last seen with mvn -Pstress test -Dstress.mode=quick -Dstress=GuardedMemory
   * on JDK 17 and two x86 processors, with other work on them:
   *
   *   AnUpdateIsSeenWhole                   0, 0    5,278,479   25.13%
   *                                         1, 1   15,728,965   74.87%
   *   NoUpdateIsLost                           2    7,962,988  100.00%
   *   NoReplacementIsLost                      2   16,327,281  100.00%
   *   WhatCameBeforeAnUpdateIsSeenAfterIt   0, 0    9,372,958   44.89%
   *                                         0, 1      401,076    1.92%
   *                                         1, 1   11,103,915   53.18%
   *
   * Without the lock all four fail.
   */

  private GuardedMemory() {}

  static final class Pair {
    int first;
    int second;

    void fill() {
      first = 1;
      second = 1;
    }
  }

  @JCStressTest
  @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "The read came before the update.")
  @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "The update came before the read.")
  @Outcome(expect = FORBIDDEN, desc = "The read saw half of the update.")
  @State
  public static class AnUpdateIsSeenWhole {
    private final Guarded<Pair> pair = Guarded.of(new Pair());

    @Actor
    public void updater() {
      pair.update(Pair::fill);
    }

    @Actor
    public void reader(II_Result result) {
      result.r1 =
          pair.read(p -> {
            result.r2 = p.second;
            return p.first;
          });
    }
  }

  @JCStressTest
  @Outcome(id = "2", expect = ACCEPTABLE, desc = "One update came after the other.")
  @Outcome(expect = FORBIDDEN, desc = "The updates overlapped, and one was lost.")
  @State
  public static class NoUpdateIsLost {
    private final Guarded<Pair> pair = Guarded.of(new Pair());

    @Actor
    public void one() {
      pair.update(p -> p.first++);
    }

    @Actor
    public void other() {
      pair.update(p -> p.first++);
    }

    @Arbiter
    public void count(I_Result result) {
      result.r1 = pair.read(p -> p.first);
    }
  }

  @JCStressTest
  @Outcome(id = "2", expect = ACCEPTABLE, desc = "One replacement came after the other.")
  @Outcome(expect = FORBIDDEN, desc = "The replacements overlapped, and one was lost.")
  @State
  public static class NoReplacementIsLost {
    private final Guarded<Integer> number = Guarded.of(0);

    @Actor
    public void one() {
      number.replace(n -> n + 1);
    }

    @Actor
    public void other() {
      number.replace(n -> n + 1);
    }

    @Arbiter
    public void count(I_Result result) {
      result.r1 = number.read(n -> n);
    }
  }

  @JCStressTest
  @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "The read began before the other thread did.")
  @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "The read came just before the update.")
  @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "The update came before the read.")
  @Outcome(expect = FORBIDDEN, desc = "The update was seen, but not what came before it.")
  @State
  public static class WhatCameBeforeAnUpdateIsSeenAfterIt {
    private final Guarded<Pair> pair = Guarded.of(new Pair());
    private int outside;

    @Actor
    public void updater() {
      outside = 1;
      pair.update(p -> p.first = 1);
    }

    @Actor
    public void reader(II_Result result) {
      result.r1 = pair.read(p -> p.first);
      result.r2 = outside;
    }
  }
}
