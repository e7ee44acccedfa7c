package io.github.threadfast;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.jspecify.annotations.Nullable;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.I_Result;

/** What threads see of a {@link Lazy} value whose fields are plain. */
final class LazyMemory {
  /*
   * Last seen with mvn -Pstress test -Dstress.mode=quick -Dstress=LazyMemory
   * on JDK 17 and two x86 processors, with other work on them, without jcstress's choice
   * of JVM flags:
   *
   *   GetsSeeTheValueWhole                      2, 2  14,483,712  100.00%
   *   GetsOfAConstantSeeTheValueWhole           2, 2   7,780,936  100.00%
   *   APeekSeesTheValueWholeOrNotAtAll         2, -1  11,467,388   73.42%
   *                                             2, 2   4,150,708   26.58%
   *   WhatTheInitializerDidIsSeenWithTheValue     -1  39,411,543   81.54%
   *                                                1   8,923,903   18.46%
   *   OneInstanceIsMadeAndSeen                  1, 1  10,823,843  100.00%
   *
   * If two threads can take the initializer, the last one fails. With a plain value, in the place of
   * a released and acquired one, none has failed here: x86 keeps writes in order and reads in order,
   * and no compiler was seen to swap these. A processor such as ARM's may.
   */

  private LazyMemory() {}

  private static final int NONE = -1;

  static final class Pair {
    int first;
    int second;

    Pair() {
      first = 1;
      second = 1;
    }

    /** Returns 2 if {@code pair} is whole, less if it is not, and {@code NONE} if it is null. */
    static int sum(@Nullable Pair pair) {
      return pair == null ? NONE : pair.first + pair.second;
    }
  }

  @JCStressTest
  @Outcome(id = "2, 2", expect = ACCEPTABLE, desc = "Both saw the whole value.")
  @Outcome(expect = FORBIDDEN, desc = "A get returned a value that was half built.")
  @State
  public static class GetsSeeTheValueWhole {
    private final Lazy<Pair> pair = Lazy.of(Pair::new);

    @Actor
    public void one(II_Result result) {
      result.r1 = Pair.sum(pair.get());
    }

    @Actor
    public void other(II_Result result) {
      result.r2 = Pair.sum(pair.get());
    }
  }

  @JCStressTest
  @Outcome(id = "2, 2", expect = ACCEPTABLE, desc = "Both saw the whole value.")
  @Outcome(expect = FORBIDDEN, desc = "A get returned a value that was half built.")
  @State
  public static class GetsOfAConstantSeeTheValueWhole {
    private final Lazy<Pair> pair = Lazy.constant(Pair::new);

    @Actor
    public void one(II_Result result) {
      result.r1 = Pair.sum(pair.get());
    }

    @Actor
    public void other(II_Result result) {
      result.r2 = Pair.sum(pair.get());
    }
  }

  @JCStressTest
  @Outcome(id = "2, -1", expect = ACCEPTABLE, desc = "The peek came before the value.")
  @Outcome(id = "2, 2", expect = ACCEPTABLE, desc = "The peek saw the whole value.")
  @Outcome(expect = FORBIDDEN, desc = "The peek returned a value that was half built.")
  @State
  public static class APeekSeesTheValueWholeOrNotAtAll {
    private final Lazy<Pair> pair = Lazy.of(Pair::new);

    @Actor
    public void maker(II_Result result) {
      result.r1 = Pair.sum(pair.get());
    }

    @Actor
    public void peeker(II_Result result) {
      result.r2 = Pair.sum(pair.peek());
    }
  }

  @JCStressTest
  @Outcome(id = "-1", expect = ACCEPTABLE, desc = "The peek came before the value.")
  @Outcome(id = "1", expect = ACCEPTABLE, desc = "With the value, all that came before was seen.")
  @Outcome(id = "0", expect = FORBIDDEN, desc = "The value was seen, but not what came before it.")
  @State
  public static class WhatTheInitializerDidIsSeenWithTheValue {
    private int outside;
    private final Lazy<Pair> pair = Lazy.of(this::makeAndTell);

    private Pair makeAndTell() {
      outside = 1;
      return new Pair();
    }

    @Actor
    public void maker() {
      Pair unused = pair.get();
    }

    @Actor
    public void peeker(I_Result result) {
      result.r1 = pair.peek() == null ? NONE : outside;
    }
  }

  @JCStressTest
  @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "It was made once, and both saw the same.")
  @Outcome(expect = FORBIDDEN, desc = "It was made twice, or the threads saw two values.")
  @State
  public static class OneInstanceIsMadeAndSeen {
    private int made;
    private @Nullable Pair seenByOne;
    private @Nullable Pair seenByOther;
    private final Lazy<Pair> pair = Lazy.of(this::makeAndCount);

    private Pair makeAndCount() {
      made++;
      return new Pair();
    }

    @Actor
    public void one() {
      seenByOne = pair.get();
    }

    @Actor
    public void other() {
      seenByOther = pair.get();
    }

    @Arbiter
    public void compare(II_Result result) {
      result.r1 = made;
      result.r2 = seenByOne == seenByOther ? 1 : 2;
    }
  }
}
