package io.github.threadfast.bench;

import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Group;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;

/** A row with its two benchmarks: of inherited ones, those of the class {@code home}. */
record Comparison(Row row, Class<?> home, Method ours, Method peer) {
  /** More than a profiler's own noise, less than any object. */
  private static final double NO_BYTES = 0.5;

  /** Returns those that a class of benchmarks has. */
  static Stream<Comparison> in(Class<?> home) {
    return Arrays.stream(home.getMethods())
        .flatMap(ours ->
            Arrays.stream(ours.getAnnotationsByType(Row.class))
                .map(row -> new Comparison(row, home, ours, peer(home, row))));
  }

  private static Method peer(Class<?> home, Row row) {
    return Arrays.stream(home.getMethods())
        .filter(m -> m.isAnnotationPresent(Benchmark.class) && m.getName().equals(row.peer()))
        .findFirst()
        .orElseThrow(() ->
            new IllegalStateException(
                "%s has no benchmark %s, the peer of the row \"%s\"."
                    .formatted(home.getName(), row.peer(), row.value())));
  }

  boolean matches(Pattern pattern) {
    return pattern.matcher(row.value()).find()
        || benchmarks().anyMatch(name -> pattern.matcher(name).find());
  }

  /** Returns JMH's names of its benchmarks. */
  Stream<String> benchmarks() {
    return Stream.of(nameOf(ours), nameOf(peer));
  }

  private String nameOf(Method benchmark) {
    Group group = benchmark.getAnnotation(Group.class);
    return home.getCanonicalName() + "." + (group == null ? benchmark.getName() : group.value());
  }

  /** Returns a line for each combination of parameters that the row is about. */
  Stream<String> lines(List<Collection<RunResult>> rounds) {
    return rounds.get(0).stream()
        .filter(result -> result.getParams().getBenchmark().equals(nameOf(ours)))
        .map(result -> parameters(result.getParams()))
        .filter(parameters -> parameters.containsAll(List.of(row.where())))
        .map(parameters -> line(parameters, rounds));
  }

  private String line(List<String> parameters, List<Collection<RunResult>> rounds) {
    List<RunResult> ourRounds = rounds.stream().map(r -> find(r, ours, parameters)).toList();
    List<double[]> ourSpeeds = ourRounds.stream().map(r -> speeds(r, ours)).toList();
    List<double[]> peerSpeeds =
        rounds.stream().map(r -> speeds(find(r, peer, parameters), peer)).toList();
    Ratio ratio = Ratio.of(ourSpeeds, peerSpeeds);

    return "%-100s %6.2fx (%.2f..%.2f), %s%s%s, JDK %d"
        .formatted(
            parameters.isEmpty() ? this : this + " " + String.join(", ", parameters),
            ratio.median(),
            ratio.low(),
            ratio.high(),
            verdict(ratio.median()),
            row.bytes() == Double.POSITIVE_INFINITY ? "" : ", " + bytes(ourRounds),
            row.runs() == Double.POSITIVE_INFINITY ? "" : ", " + runs(ourRounds),
            Runtime.version().feature());
  }

  private String verdict(double ratio) {
    if (row.must() == 0) {
      return "no bar";
    }
    String must = "must %.2f %s".formatted(row.must(), ratio >= row.must() ? "met" : "MISSED");
    return row.aim() == 0
        ? must
        : must + ", aim %.2f %s".formatted(row.aim(), ratio >= row.aim() ? "met" : "missed");
  }

  private String bytes(List<RunResult> rounds) {
    double bytes = rounds.stream().mapToDouble(Comparison::bytesOfACall).max().getAsDouble();
    return "%.0f B %s".formatted(bytes, bytes < row.bytes() + NO_BYTES ? "met" : "MISSED");
  }

  private static double bytesOfACall(RunResult result) {
    return result.getSecondaryResults().get("gc.alloc.rate.norm").getScore();
  }

  private String runs(List<RunResult> rounds) {
    double runs = rounds.stream().mapToDouble(Comparison::runsOfACall).max().getAsDouble();
    return "%.2f runs %s".formatted(runs, runs <= row.runs() ? "met" : "MISSED");
  }

  private static double runsOfACall(RunResult result) {
    var events = result.getSecondaryResults();
    return events.get("runs").getScore() / events.get("calls").getScore();
  }

  private RunResult find(Collection<RunResult> round, Method benchmark, List<String> parameters) {
    return round.stream()
        .filter(result -> result.getParams().getBenchmark().equals(nameOf(benchmark)))
        .filter(result -> parameters(result.getParams()).equals(parameters))
        .findFirst()
        .orElseThrow(
            () -> new IllegalStateException("no result of %s".formatted(nameOf(benchmark))));
  }

  @Override
  public String toString() {
    return "%s: %s / %s"
        .formatted(
            row.value(),
            nameOf(ours).substring(home.getPackageName().length() + 1),
            peer.getName());
  }

  private static List<String> parameters(BenchmarkParams params) {
    return params.getParamsKeys().stream()
        .sorted()
        .map(key -> key + "=" + params.getParam(key))
        .collect(Collectors.toList());
  }

  /** Returns what each iteration measured, as more for what is faster. */
  private double[] speeds(RunResult result, Method benchmark) {
    DoubleStream scores =
        result.getBenchmarkResults().stream()
            .map(BenchmarkResult::getIterationResults)
            .flatMap(Collection::stream)
            .mapToDouble(iteration -> score(iteration, benchmark));
    boolean throughput = result.getParams().getMode() == Mode.Throughput;
    return (throughput ? scores : scores.map(time -> 1 / time)).toArray();
  }

  /** Of a method in a group it is one of the secondary results. */
  private double score(IterationResult iteration, Method benchmark) {
    Result<?> result =
        iteration
            .getSecondaryResults()
            .getOrDefault(benchmark.getName(), iteration.getPrimaryResult());
    return Double.isNaN(row.percentile())
        ? result.getScore()
        : result.getStatistics().getPercentile(row.percentile());
  }
}
