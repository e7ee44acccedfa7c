package io.github.threadfast.examples;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The index of the tour, as plain as such classes are: right as long as one thread uses it. */
final class Tally {
  private final Map<String, Integer> counts = new HashMap<>();
  private long words;
  private long bytes;
  private int longestLine;

  void add(Line line) {
    for (String word : line.words()) {
      counts.merge(word, 1, Integer::sum);
      words++;
    }
    bytes += line.bytes();
    longestLine = Math.max(longestLine, line.length());
  }

  /** Returns a tally of what both have counted, and leaves them as they are. */
  Tally plus(Tally other) {
    Tally sum = new Tally();
    for (Tally one : List.of(this, other)) {
      one.counts.forEach((word, count) -> sum.counts.merge(word, count, Integer::sum));
      sum.words += one.words;
      sum.bytes += one.bytes;
      sum.longestLine = Math.max(sum.longestLine, one.longestLine);
    }
    return sum;
  }

  Totals totals() {
    long counted = counts.values().stream().mapToLong(Integer::longValue).sum();
    return new Totals(words, counts.size(), counted, bytes, longestLine);
  }

  /**
   * What a pass comes to.
   *
   * @param words how many words there are
   * @param distinct how many different ones
   * @param counted the sum of their counts, which should be as many as there are words
   * @param bytes how many bytes
   * @param longestLine how many characters the longest line has
   */
  record Totals(long words, long distinct, long counted, long bytes, long longestLine) {}
}
