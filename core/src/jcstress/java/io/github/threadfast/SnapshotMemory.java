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

/** What threads see of a {@link Snapshot} and its views. */
final class SnapshotMemory {
  /*
   * Last seen with mvn -Pstress test -Dstress.mode=quick -Dstress=SnapshotMemory on JDK 17 and two x86
   * processors, with other work on them:
   *
   *   AFollowerMissesNothing               0, 1  10,008,352   31.31%
   *                                        1, 0  21,955,483   68.69%
   *   AGetSeesTheValueWhole                0, 0  28,359,145   75.64%
   *                                        1, 1   9,133,731   24.36%
   *   AGetSeesWhatWasPublishedInATurnWhole 0, 0  42,620,934   80.64%
   *                                        1, 1  10,234,946   19.36%
   *   CombinedSnapshotsAreOfOneMoment      0, 0   6,986,663   29.89%
   *                                        1, 0     155,578    0.67%
   *                                        1, 1  16,228,991   69.44%
   *   ViewsAreOfOneVersion              0, 0, 1   1,789,815   12.29%
   *                                     1, 1, 1  12,761,559   87.63%
   *                                     1, 1, 2      12,355    0.08%
   *   WhoRacesAndWhoHasItsTurnLoseNothing     2  10,706,164  100.00%
   */

  private SnapshotMemory() {}

  /** Its fields are plain, and it is written before it is published. */
  static final class Pair {
    int first;
    int second;

    static Pair of(int n) {
      Pair pair = new Pair();
      pair.first = n;
      pair.second = n;
      return pair;
    }
  }

  @JCStressTest
  @Outcome(
      id = {"0, 0", "1, 1"},
      expect = ACCEPTABLE,
      desc = "The old value or the new one.")
  @Outcome(expect = FORBIDDEN, desc = "A value that was half built.")
  @State
  public static class AGetSeesTheValueWhole {
    private final Snapshot<Pair> snapshot = Snapshot.of(Pair.of(0));

    @Actor
    public void write() {
      snapshot.set(Pair.of(1));
    }

    @Actor
    public void read(II_Result result) {
      Pair seen = snapshot.get();
      result.r1 = seen.first;
      result.r2 = seen.second;
    }
  }

  @JCStressTest
  @Outcome(
      id = {"0, 0", "1, 1"},
      expect = ACCEPTABLE,
      desc = "The old value or the new one.")
  @Outcome(expect = FORBIDDEN, desc = "A value that was half built.")
  @State
  public static class AGetSeesWhatWasPublishedInATurnWhole {
    private final Snapshot<Pair> snapshot = Snapshot.of(Pair.of(0));

    @Actor
    public void write() {
      snapshot.changeInTurn(before -> Pair.of(1));
    }

    @Actor
    public void read(II_Result result) {
      Pair seen = snapshot.get();
      result.r1 = seen.first;
      result.r2 = seen.second;
    }
  }

  @JCStressTest
  @Outcome(id = "2", expect = ACCEPTABLE, desc = "Each has changed the value once.")
  @Outcome(expect = FORBIDDEN, desc = "An update was lost, or made twice.")
  @State
  public static class WhoRacesAndWhoHasItsTurnLoseNothing {
    private final Snapshot<Integer> snapshot = Snapshot.of(0);

    @Actor
    public void race() {
      snapshot.update(n -> n + 1);
    }

    @Actor
    public void takeATurn() {
      snapshot.changeInTurn(n -> n + 1);
    }

    @Arbiter
    public void sum(I_Result result) {
      result.r1 = snapshot.get();
    }
  }

  /** Two views of one snapshot, combined. */
  @JCStressTest
  @Outcome(
      id = {"0, 0, 1", "1, 1, 1"},
      expect = ACCEPTABLE,
      desc = "Of one version.")
  @Outcome(
      id = {"0, 0, 2", "1, 1, 2"},
      expect = ACCEPTABLE,
      desc = "Both versions were asked for.")
  @Outcome(expect = FORBIDDEN, desc = "Of two versions, or one was computed twice.")
  @State
  public static class ViewsAreOfOneVersion {
    private final AtomicInteger runs = new AtomicInteger();
    private final Snapshot<Integer> snapshot = Snapshot.of(0);
    private final View<Integer> one =
        snapshot.view(n -> {
          runs.incrementAndGet();
          return n;
        });
    private final View<Integer> other = snapshot.view(n -> -n);
    private final View<int[]> both = Snapshot.combine(one, other, (a, b) -> new int[] {a, -b});

    @Actor
    public void write() {
      snapshot.set(1);
    }

    @Actor
    public void read(III_Result result) {
      one.get();
      int[] seen = both.get();
      result.r1 = seen[0];
      result.r2 = seen[1];
    }

    @Arbiter
    public void count(III_Result result) {
      result.r3 = runs.get();
    }
  }

  /** Two snapshots that are changed one after the other. */
  @JCStressTest
  @Outcome(
      id = {"0, 0", "1, 0", "1, 1"},
      expect = ACCEPTABLE,
      desc = "What was there at one moment.")
  @Outcome(id = "0, 1", expect = FORBIDDEN, desc = "The second change without the first.")
  @State
  public static class CombinedSnapshotsAreOfOneMoment {
    private final Snapshot<Integer> first = Snapshot.of(0);
    private final Snapshot<Integer> second = Snapshot.of(0);
    private final View<int[]> both = Snapshot.combine(first, second, (a, b) -> new int[] {a, b});

    @Actor
    public void write() {
      first.set(1);
      second.set(1);
    }

    @Actor
    public void read(II_Result result) {
      int[] seen = both.get();
      result.r1 = seen[0];
      result.r2 = seen[1];
    }
  }

  /** Invariant (4) of Snapshot: who comes later begins later, who comes earlier is told. */
  @JCStressTest
  @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "It begins with the change.")
  @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "It hears of the change.")
  @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "It is told of what it has begun with.")
  @Outcome(expect = FORBIDDEN, desc = "It has missed the change, or hears of it twice.")
  @State
  public static class AFollowerMissesNothing {
    private final Snapshot<Integer> snapshot = Snapshot.of(0);
    private final AtomicInteger signals = new AtomicInteger();
    private volatile int start;

    @Actor
    public void write() {
      snapshot.set(1);
    }

    @Actor
    public void follow() {
      start = snapshot.follow(published -> signals.incrementAndGet()).get();
    }

    @Arbiter
    public void look(II_Result result) {
      result.r1 = start;
      result.r2 = signals.get();
    }
  }
}
