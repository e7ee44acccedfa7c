package io.github.threadfast.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/** Kinds of keys. Keys of the same number are equal, but never the same object. */
public enum ReadMostlyMapKeys {
  /** A gift to a table whose index is taken from the lowest bits: no two keys share a bin. */
  SEQUENTIAL_INTEGERS,

  /** As keys come from the world. */
  SCATTERED_INTEGERS,

  /** They know their hash already, as one does that was looked up before. */
  STRINGS,

  /** They compute their hash each time. */
  POINTS;

  private record Point(int x, int y) {}

  /** Beyond the small integers of which there is one object each. */
  private static final int FIRST = 1_000;

  /** More than the branches of a processor learn by heart. */
  private static final int LONG = 16_384;

  /** Returns a new key. */
  Object key(int number) {
    return switch (this) {
      case SEQUENTIAL_INTEGERS, SCATTERED_INTEGERS -> number;
      case STRINGS -> hashedString(number);
      case POINTS -> new Point(number >>> 16, number & 0xFFFF);
    };
  }

  private static String hashedString(int number) {
    String string = "user-" + number;
    string.hashCode(); // computes it
    return string;
  }

  /** Returns so many different numbers, the same ones each time. */
  int[] numbers(int count) {
    return this == SEQUENTIAL_INTEGERS
        ? IntStream.range(FIRST, FIRST + count).toArray()
        : new Random(1).ints(FIRST, Integer.MAX_VALUE).distinct().limit(count).toArray();
  }

  /**
   * Returns new keys in a random order, the same one each time. They lie in memory in this order,
   * as if they had just come in. A few are repeated, in another order each time.
   */
  Object[] shuffled(int... numbers) {
    Random random = new Random(2);
    List<Integer> order = new ArrayList<>(Arrays.stream(numbers).boxed().toList());
    Collections.shuffle(order, random);
    List<Object> keys = new ArrayList<>(order.stream().map(this::key).toList());
    List<Object> all = new ArrayList<>(keys);
    while (all.size() < LONG) {
      Collections.shuffle(keys, random);
      all.addAll(keys);
    }
    return all.toArray();
  }
}
