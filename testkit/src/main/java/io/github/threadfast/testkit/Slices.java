package io.github.threadfast.testkit;

import java.util.concurrent.TimeUnit;

/**
 * How long each program is tried, one after the other: 1, 1, 2, 1, 1, 2, 4, 1, … milliseconds. How
 * long a program needs to fail is unknown, and so is which one can. This sequence spends as much
 * time on every length and is, up to a logarithm, as good as if it were known (Luby, Sinclair and
 * Zuckerman, "Optimal speedup of Las Vegas algorithms", 1993; generated as in Knuth's "reluctant
 * doubling").
 */
final class Slices {
  private static final long UNIT_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  private int count = 1;
  private int length = 1;

  /** Returns the next length in nanoseconds. */
  long next() {
    int slice = length;
    if ((count & -count) == length) {
      count++;
      length = 1;
    } else {
      length *= 2;
    }
    return slice * UNIT_NANOS;
  }
}
