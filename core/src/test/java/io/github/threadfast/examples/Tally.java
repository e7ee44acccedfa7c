package io.github.threadfast.examples;

import java.util.HashMap;
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
