package io.github.threadfast.testkit.check;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Events as intervals of whole numbers: one comes before another if and only if it ends at a lower
 * number than the other begins with.
 */
final class Intervals {
  /*
   * Idea (Fishburn, "Intransitive indifference with unequal indifference intervals", 1970). A
   * precedence is one of intervals if and only if, of any two events, all that comes before the one
   * comes before the other, or the other way round. An event then begins at the rank of what comes
   * before it, among all such sets in order of their size; and it ends right before the first rank
   * that it belongs to.
   */

  private final int[] begin;
  private final int[] end;
  private int ranks;

  private Intervals(int size) {
    begin = new int[size];
    end = new int[size];
  }

  /** Returns the events of {@code precedence} as intervals, or null if they are none. */
  static @Nullable Intervals of(Precedence<?> precedence) {
    Intervals intervals = new Intervals(precedence.size());
    List<Integer> bySizeOfBefore =
        IntStream.range(0, precedence.size())
            .boxed()
            .sorted(Comparator.comparingInt(event -> Arrays.stream(precedence.before(event)).sum()))
            .toList();
    int[] ended = new int[precedence.chains().size()];
    for (int event : bySizeOfBefore) {
      int[] before = precedence.before(event);
      boolean isNewRank = !Arrays.equals(before, ended);
      for (int chain = 0; chain < before.length; chain++) {
        if (before[chain] < ended[chain]) {
          return null;
        }
        for (; ended[chain] < before[chain]; ended[chain]++) {
          intervals.end[precedence.chains().get(chain).get(ended[chain])] = intervals.ranks;
        }
      }
      intervals.ranks += isNewRank ? 1 : 0;
      intervals.begin[event] = intervals.ranks;
    }
    for (int chain = 0; chain < ended.length; chain++) {
      List<Integer> events = precedence.chains().get(chain);
      for (int event : events.subList(ended[chain], events.size())) {
        intervals.end[event] = intervals.ranks;
      }
    }
    return intervals;
  }

  int begin(int event) {
    return begin[event];
  }

  int end(int event) {
    return end[event];
  }

  /** Returns a number that is higher than where any event ends. */
  int infinity() {
    return ranks + 1;
  }
}
