package io.github.threadfast;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.util.List;
import java.util.Map;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.I_Result;

/** What threads see of the entries of a {@link ReadMostlyMap}, and of its bins. */
final class ReadMostlyMapMemory {
  private ReadMostlyMapMemory() {}

  private static final int NONE = -1;

  /** As many entries as fill the smallest table. */
  private static final int FULL = 12;

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

  private static int get(ReadMostlyMap<Integer, Integer> map, int key) {
    return map.getOrDefault(key, NONE);
  }

  private static ReadMostlyMap<Integer, Integer> withEntries(int expectedSize, int count) {
    ReadMostlyMap<Integer, Integer> map = new ReadMostlyMap<>(expectedSize);
    for (int key = 0; key < count; key++) {
      map.put(key, 0);
    }
    return map;
  }

  // Publication

  @JCStressTest
  @Outcome(
      id = {"-1, -1", "1, 1"},
      expect = ACCEPTABLE,
      desc = "None, or the new value.")
  @Outcome(expect = FORBIDDEN, desc = "A value that was half built.")
  @State
  public static class AGetSeesWhatWasPutWhole {
    private final ReadMostlyMap<Integer, Pair> map = new ReadMostlyMap<>();

    @Actor
    public void write() {
      map.put(1, Pair.of(1));
    }

    @Actor
    public void read(II_Result result) {
      Pair seen = map.get(1);
      result.r1 = seen == null ? NONE : seen.first;
      result.r2 = seen == null ? NONE : seen.second;
    }
  }

  @JCStressTest
  @Outcome(
      id = {"0, 0", "1, 1"},
      expect = ACCEPTABLE,
      desc = "The old value or the new one.")
  @Outcome(expect = FORBIDDEN, desc = "A value that was half built.")
  @State
  public static class AGetSeesWhatWasReplacedInPlaceWhole {
    private final ReadMostlyMap<Integer, Pair> map = new ReadMostlyMap<>(Map.of(1, Pair.of(0)));

    @Actor
    public void write() {
      map.replace(1, Pair.of(1));
    }

    @Actor
    public void read(II_Result result) {
      Pair seen = map.get(1);
      result.r1 = seen.first;
      result.r2 = seen.second;
    }
  }

  // Single keys, in the order of all

  @JCStressTest
  @Outcome(
      id = {"-1, 1", "1, -1", "1, 1"},
      expect = ACCEPTABLE,
      desc = "One came first.")
  @Outcome(id = "-1, -1", expect = FORBIDDEN, desc = "Each came before the other.")
  @State
  public static class OfTwoWhoPutAndGetOneSeesTheOther {
    // so large that the keys have different locks
    private final ReadMostlyMap<Integer, Integer> map = new ReadMostlyMap<>(1_000);

    @Actor
    public void one(II_Result result) {
      map.put(1, 1);
      result.r1 = get(map, 2);
    }

    @Actor
    public void other(II_Result result) {
      map.put(2, 1);
      result.r2 = get(map, 1);
    }
  }

  @JCStressTest
  @Outcome(
      id = {"0, 1", "1, 0", "1, 1"},
      expect = ACCEPTABLE,
      desc = "One came first.")
  @Outcome(id = "0, 0", expect = FORBIDDEN, desc = "Each came before the other.")
  @State
  public static class OfTwoWhoReplaceAndGetOneSeesTheOther {
    // so large that the keys have different locks
    private final ReadMostlyMap<Integer, Integer> map = new ReadMostlyMap<>(1_000);

    /** Puts what is replaced. */
    public OfTwoWhoReplaceAndGetOneSeesTheOther() {
      map.put(1, 0);
      map.put(2, 0);
    }

    @Actor
    public void one(II_Result result) {
      map.put(1, 1);
      result.r1 = get(map, 2);
    }

    @Actor
    public void other(II_Result result) {
      map.put(2, 1);
      result.r2 = get(map, 1);
    }
  }

  @JCStressTest
  @Outcome(
      id = {"0, 0", "1, 0", "1, 1"},
      expect = ACCEPTABLE,
      desc = "In the order of the writes.")
  @Outcome(id = "0, 1", expect = FORBIDDEN, desc = "The second write without the first.")
  @State
  public static class ASecondPutIsNotSeenBeforeTheFirst {
    private final ReadMostlyMap<Integer, Integer> map = withEntries(0, 3);

    @Actor
    public void write() {
      map.put(1, 1);
      map.put(2, 1);
    }

    @Actor
    public void read(II_Result result) {
      result.r2 = get(map, 2);
      result.r1 = get(map, 1);
    }
  }

  // Several keys as one step

  @JCStressTest
  @Outcome(
      id = {"0, 0", "0, 1", "1, 1"},
      expect = ACCEPTABLE,
      desc = "Before, between the two gets, or after.")
  @Outcome(id = "1, 0", expect = FORBIDDEN, desc = "It was seen, and then not.")
  @State
  public static class ABatchIsNotSeenByHalves {
    private final ReadMostlyMap<Integer, Integer> map = withEntries(0, 3);

    @Actor
    public void write() {
      map.atomically(tx -> {
        tx.put(1, 1);
        tx.put(2, 1);
      });
    }

    @Actor
    public void read(II_Result result) {
      result.r1 = get(map, 1);
      result.r2 = get(map, 2);
    }
  }

  @JCStressTest
  @Outcome(
      id = {"0, 0", "0, 1", "1, 1"},
      expect = ACCEPTABLE,
      desc = "Before, between the two gets, or after.")
  @Outcome(id = "1, 0", expect = FORBIDDEN, desc = "It was seen, and then not.")
  @State
  public static class ABatchIsNotSeenByTheOtherHalf {
    private final ReadMostlyMap<Integer, Integer> map = withEntries(0, 3);

    @Actor
    public void write() {
      map.atomically(tx -> {
        tx.put(1, 1);
        tx.put(2, 1);
      });
    }

    @Actor
    public void read(II_Result result) {
      result.r1 = get(map, 2);
      result.r2 = get(map, 1);
    }
  }

  @JCStressTest
  @Outcome(
      id = {"0, 0", "0, 1", "1, 1"},
      expect = ACCEPTABLE,
      desc = "Before, between the two gets, or after.")
  @Outcome(id = "1, 0", expect = FORBIDDEN, desc = "It was seen, and then not.")
  @State
  public static class WhatIsPutByANewTableIsNotSeenByHalves {
    private final ReadMostlyMap<Integer, Integer> map = withEntries(0, 3);

    @Actor
    public void write() {
      map.putAll(Map.of(1, 1, 2, 1));
    }

    @Actor
    public void read(II_Result result) {
      result.r1 = get(map, 1);
      result.r2 = get(map, 2);
    }
  }

  @JCStressTest
  @Outcome(
      id = {"0, 0", "1, 1"},
      expect = ACCEPTABLE,
      desc = "Before or after.")
  @Outcome(expect = FORBIDDEN, desc = "Not what was there at one moment.")
  @State
  public static class GetAllIsOfOneMoment {
    private final ReadMostlyMap<Integer, Integer> map = withEntries(0, 3);

    @Actor
    public void write() {
      map.atomically(tx -> {
        tx.put(1, 1);
        tx.put(2, 1);
      });
    }

    @Actor
    public void read(II_Result result) {
      Map<Integer, Integer> seen = map.getAll(List.of(1, 2));
      result.r1 = seen.get(1);
      result.r2 = seen.get(2);
    }
  }

  @JCStressTest
  @Outcome(
      id = {"0, 0", "1, 0", "1, 1"},
      expect = ACCEPTABLE,
      desc = "What was there at one moment.")
  @Outcome(id = "0, 1", expect = FORBIDDEN, desc = "The second write without the first.")
  @State
  public static class ASnapshotIsOfOneMoment {
    private final ReadMostlyMap<Integer, Integer> map = withEntries(0, 3);

    @Actor
    public void write() {
      map.put(1, 1);
      map.put(2, 1);
    }

    @Actor
    public void read(II_Result result) {
      Map<Integer, Integer> seen = map.snapshot();
      result.r1 = seen.get(1);
      result.r2 = seen.get(2);
    }
  }

  // Beside a new table

  @JCStressTest
  @Outcome(id = "0", expect = ACCEPTABLE, desc = "It was found.")
  @Outcome(expect = FORBIDDEN, desc = "It was not found, though it is always there.")
  @State
  public static class AGetBesideGrowthFindsWhatIsThere {
    private final ReadMostlyMap<Integer, Integer> map = withEntries(0, FULL);

    @Actor
    public void grow() {
      map.put(FULL, 0);
    }

    @Actor
    public void read(I_Result result) {
      result.r1 = get(map, 1);
    }
  }

  @JCStressTest
  @Outcome(id = "1, 1, 15", expect = ACCEPTABLE, desc = "All are there.")
  @Outcome(expect = FORBIDDEN, desc = "One was lost.")
  @State
  public static class APutBesideGrowthIsNotLost {
    private final ReadMostlyMap<Integer, Integer> map = withEntries(0, FULL);

    /** The second comes after growth: a table that the other makes then would not have it. */
    @Actor
    public void grow() {
      map.put(FULL, 0);
      map.put(FULL + 2, 1);
    }

    @Actor
    public void put() {
      map.put(FULL + 1, 1);
    }

    @Arbiter
    public void count(III_Result result) {
      result.r1 = get(map, FULL + 2);
      result.r2 = get(map, FULL + 1);
      result.r3 = map.size();
    }
  }

  @JCStressTest
  @Outcome(id = "1, 1, 4", expect = ACCEPTABLE, desc = "All are there.")
  @Outcome(expect = FORBIDDEN, desc = "Something was lost.")
  @State
  public static class APutBesideANewTableIsNotLost {
    private final ReadMostlyMap<Integer, Integer> map = withEntries(0, 2);
    private final Map<Integer, Integer> some = Map.of(1, 1, 2, 1);

    @Actor
    public void putAll() {
      map.putAll(some);
    }

    @Actor
    public void put() {
      map.put(3, 1);
    }

    @Arbiter
    public void count(III_Result result) {
      result.r1 = get(map, 2);
      result.r2 = get(map, 3);
      result.r3 = map.size();
    }
  }

  @JCStressTest
  @Outcome(
      id = {"-1, 0", "1, 1"},
      expect = ACCEPTABLE,
      desc = "It was put in before the map was cleared, or after.")
  @Outcome(expect = FORBIDDEN, desc = "It is counted, and not there, or the other way round.")
  @State
  public static class APutBesideClearIsThereOrNot {
    private final ReadMostlyMap<Integer, Integer> map = withEntries(0, 2);

    @Actor
    public void clear() {
      map.clear();
    }

    @Actor
    public void put() {
      map.put(3, 1);
    }

    @Arbiter
    public void count(II_Result result) {
      result.r1 = get(map, 3);
      result.r2 = map.size();
    }
  }

  /** Whoever reads must not trust the locks of the old table for what is in the new one. */
  @JCStressTest
  @Outcome(
      id = {"0, 0", "1, 0", "1, 1"},
      expect = ACCEPTABLE,
      desc = "What was there at one moment.")
  @Outcome(id = "0, 1", expect = FORBIDDEN, desc = "The second write without the first.")
  @State
  public static class ASnapshotBesideANewTableIsOfOneMoment {
    private final ReadMostlyMap<Integer, Integer> map = withEntries(0, 5);

    @Actor
    public void write() {
      map.putAll(Map.of(3, 1, 4, 1));
      map.put(1, 1);
      map.put(2, 1);
    }

    @Actor
    public void read(II_Result result) {
      Map<Integer, Integer> seen = map.snapshot();
      result.r1 = seen.get(1);
      result.r2 = seen.get(2);
    }
  }

  @JCStressTest
  @Outcome(
      id = {"0, 0", "1, 0", "1, 1"},
      expect = ACCEPTABLE,
      desc = "What was there at one moment.")
  @Outcome(id = "0, 1", expect = FORBIDDEN, desc = "The second write without the first.")
  @State
  public static class GetAllBesideANewTableIsOfOneMoment {
    private final ReadMostlyMap<Integer, Integer> map = withEntries(0, 5);

    @Actor
    public void write() {
      map.putAll(Map.of(3, 1, 4, 1));
      map.put(1, 1);
      map.put(2, 1);
    }

    @Actor
    public void read(II_Result result) {
      Map<Integer, Integer> seen = map.getAll(List.of(1, 2));
      result.r1 = seen.get(1);
      result.r2 = seen.get(2);
    }
  }

  // Those who have their turn, and those who race with them

  @JCStressTest
  @Outcome(id = "2", expect = ACCEPTABLE, desc = "Each has changed the value once.")
  @Outcome(expect = FORBIDDEN, desc = "An update was lost, or made twice.")
  @State
  public static class WhoRacesAndWhoHasItsTurnLoseNothing {
    private final ReadMostlyMap<Integer, Integer> map = withEntries(0, 2);

    @Actor
    public void race() {
      map.merge(1, 1, Integer::sum);
    }

    /** Does in two steps what others do in one: nobody may come in between. */
    @Actor
    public void takeATurn() {
      map.untilDone(
          1,
          () -> {
            map.put(1, get(map, 1) + 1);
            return io.github.threadfast.Outcome.DONE;
          });
    }

    @Arbiter
    public void sum(I_Result result) {
      result.r1 = get(map, 1);
    }
  }
}
