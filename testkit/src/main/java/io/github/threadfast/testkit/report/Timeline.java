package io.github.threadfast.testkit.report;

import io.github.threadfast.testkit.check.History;
import io.github.threadfast.testkit.check.History.Event;
import io.github.threadfast.testkit.run.Crew;
import io.github.threadfast.testkit.scenario.Call;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * The calls of a run, laid out. The threads stand side by side, and a call stands in a lower row
 * than every call that had returned before it began.
 *
 * @param <S> the class under test
 * @param before the calls before the threads
 * @param threads what the columns are called
 * @param rows of each row the call of every thread, if it has one there
 * @param after the calls after the threads
 */
record Timeline<S>(
    List<Event<Call<S>>> before,
    List<String> threads,
    List<List<Optional<Event<Call<S>>>>> rows,
    List<Event<Call<S>>> after) {

  static <S> Timeline<S> of(History<Call<S>> history) {
    int last = history.lanes().size() - 1;
    List<List<Event<Call<S>>>> lanes = history.lanes().subList(1, last);
    return new Timeline<>(
        history.lanes().get(0),
        IntStream.range(0, lanes.size()).mapToObj(i -> "thread " + Crew.name(i)).toList(),
        rows(lanes),
        history.lanes().get(last));
  }

  /** Returns the number of the lane with the calls after the threads. */
  int lastLane() {
    return threads.size() + 1;
  }

  private static <S> List<List<Optional<Event<Call<S>>>>> rows(List<List<Event<Call<S>>>> lanes) {
    int[][] rowOf = lanes.stream().map(lane -> new int[lane.size()]).toArray(int[][]::new);
    for (boolean moved = true; moved; ) {
      moved = sink(lanes, rowOf);
    }
    int height =
        Arrays.stream(rowOf).flatMapToInt(Arrays::stream).map(row -> row + 1).max().orElse(0);
    return IntStream.range(0, height)
        .mapToObj(row ->
            IntStream.range(0, lanes.size())
                .mapToObj(thread -> cell(lanes.get(thread), rowOf[thread], row))
                .toList())
        .toList();
  }

  /** Moves each call below the calls that returned before it; returns whether any had to move. */
  private static <S> boolean sink(List<List<Event<Call<S>>>> lanes, int[][] rowOf) {
    boolean moved = false;
    for (int thread = 0; thread < rowOf.length; thread++) {
      for (int i = 0; i < rowOf[thread].length; i++) {
        int row = rowBelow(lanes.get(thread).get(i).returnedBefore(), rowOf);
        moved |= row != rowOf[thread][i];
        rowOf[thread][i] = row;
      }
    }
    return moved;
  }

  private static int rowBelow(List<Integer> returned, int[][] rowOf) {
    return IntStream.range(0, rowOf.length)
        .filter(thread -> returned.get(thread + 1) > 0)
        .map(thread -> rowOf[thread][returned.get(thread + 1) - 1] + 1)
        .max()
        .orElse(0);
  }

  private static <E> Optional<E> cell(List<E> lane, int[] rows, int row) {
    return IntStream.range(0, rows.length)
        .filter(i -> rows[i] == row)
        .mapToObj(lane::get)
        .findFirst();
  }
}
