package io.github.threadfast.bench;

import java.util.Arrays;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * How many times as fast one thing is as another.
 *
 * @param ofMedians the median of all iterations of the one, divided by that of the other
 * @param low a quarter of the ratios is below: each iteration of the one to each of the other in
 *     the same round
 * @param high a quarter of those is above
 */
record Ratio(double ofMedians, double low, double high) {
  /** Both lists hold the speeds of each round's iterations. */
  static Ratio of(List<double[]> one, List<double[]> other) {
    double[] ratios =
        IntStream.range(0, one.size())
            .boxed()
            .flatMapToDouble(round -> ratios(one.get(round), other.get(round)))
            .toArray();
    return new Ratio(
        median(one.stream().flatMapToDouble(Arrays::stream))
            / median(other.stream().flatMapToDouble(Arrays::stream)),
        quantile(0.25, ratios),
        quantile(0.75, ratios));
  }

  private static DoubleStream ratios(double[] one, double[] other) {
    return Arrays.stream(one).flatMap(a -> Arrays.stream(other).map(b -> a / b));
  }

  static double median(DoubleStream values) {
    return quantile(0.5, values.toArray());
  }

  private static double quantile(double share, double... values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    double place = share * (sorted.length - 1);
    int below = (int) place;
    int above = Math.min(below + 1, sorted.length - 1);
    return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
  }
}
