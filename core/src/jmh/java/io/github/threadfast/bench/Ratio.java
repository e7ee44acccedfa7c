package io.github.threadfast.bench;

import java.util.Arrays;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * How many times as fast one thing is as another: the quartiles of the ratios of each iteration of
 * the one to each of the other in the same round. Iterations of different rounds are not compared,
 * since the machine may have been slower in one.
 */
record Ratio(double low, double median, double high) {
  /** Both lists hold the speeds of each round's iterations. */
  static Ratio of(List<double[]> one, List<double[]> other) {
    double[] ratios =
        IntStream.range(0, one.size())
            .boxed()
            .flatMapToDouble(round -> ratios(one.get(round), other.get(round)))
            .sorted()
            .toArray();
    return new Ratio(quantile(0.25, ratios), quantile(0.5, ratios), quantile(0.75, ratios));
  }

  private static DoubleStream ratios(double[] one, double[] other) {
    return Arrays.stream(one).flatMap(a -> Arrays.stream(other).map(b -> a / b));
  }

  private static double quantile(double share, double[] sorted) {
    double place = share * (sorted.length - 1);
    int below = (int) place;
    int above = Math.min(below + 1, sorted.length - 1);
    return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
  }
}
