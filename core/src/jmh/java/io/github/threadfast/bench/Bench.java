package io.github.threadfast.bench;

import static java.util.stream.Collectors.partitioningBy;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.BenchmarkList;
import org.openjdk.jmh.runner.BenchmarkListEntry;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Runs benchmarks and prints a line for each {@link Row}: ours, peer, ratio, spread, JDK. */
public final class Bench {
  private static final int JDK = Runtime.version().feature();

  private Bench() {}

  /**
   * How much is measured. A round is one fork of each benchmark, those of a class one after the
   * other for each choice of their parameters, so that ours and the peer are close in time: a noisy
   * machine may be three times as fast a minute later. Each round finds it in another state.
   */
  private record Size(int rounds, int warmups, int iterations, int millis) {
    static Size full() {
      return new Size(4, 5, 5, 500);
    }

    /** Shares four minutes out, less what it takes to start a fork. */
    static Size quick(int forks) {
      int millis = (240_000 / forks - 1_500) / 5;
      return new Size(1, 2, 3, Math.max(50, Math.min(millis, 500)));
    }
  }

  /**
   * Runs the benchmarks that match a pattern.
   *
   * @param args a regular expression, found in a benchmark's name or a row's words; whether to be
   *     quick; the folder for JMH's results and logs
   */
  public static void main(String[] args) throws IOException, RunnerException {
    Pattern pattern = Pattern.compile(args[0]);
    boolean quick = Boolean.parseBoolean(args[1]);
    Path folder = Files.createDirectories(Path.of(args[2]));

    List<BenchmarkListEntry> known = known();
    Map<Boolean, List<Comparison>> rows =
        known.stream()
            .map(BenchmarkListEntry::getUserClassQName)
            .distinct()
            .map(Bench::load)
            .flatMap(Comparison::in)
            .filter(row -> row.matches(pattern))
            .collect(partitioningBy(row -> row.row().jdk() <= JDK));
    Set<String> chosen = new TreeSet<>();
    known.stream()
        .map(BenchmarkListEntry::getUsername)
        .filter(name -> pattern.matcher(name).find())
        .forEach(chosen::add);
    rows.get(true).stream().flatMap(Comparison::benchmarks).forEach(chosen::add);
    rows.get(false).stream().flatMap(Comparison::benchmarks).forEach(chosen::remove);
    rows.get(false).forEach(row -> System.out.println("SKIPPED on JDK " + JDK + ": " + row));
    if (chosen.isEmpty()) {
      throw new IllegalArgumentException(
          "There is nothing to run: no benchmark for JDK %d matches \"%s\"."
              .formatted(JDK, pattern));
    }

    List<Collection<RunResult>> rounds =
        run(groups(known, chosen), size(known, chosen, quick), folder);
    rows.get(true).stream()
        .sorted(Comparator.comparing(Comparison::toString))
        .flatMap(row -> row.lines(rounds))
        .forEach(System.out::println);
    if (quick) {
      System.out.println("Quick: one short fork of each. A look, not a figure to claim.");
    }
  }

  private static List<BenchmarkListEntry> known() {
    return List.copyOf(
        BenchmarkList.defaultList()
            .getAll(
                OutputFormatFactory.createFormatInstance(System.out, VerboseMode.SILENT),
                List.of()));
  }

  /** Takes the name that JMH has for the class: that of a nested one has a dot, too. */
  private static Class<?> load(String canonicalName) {
    try {
      return Class.forName(canonicalName.replaceAll("(\\.[A-Z]\\w*)\\.(?=[A-Z])", "$1\\$"));
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException("The list of benchmarks has a class that isn't there.", e);
    }
  }

  private static Size size(List<BenchmarkListEntry> known, Set<String> chosen, boolean quick) {
    int forks =
        known.stream()
            .filter(benchmark -> chosen.contains(benchmark.getUsername()))
            .mapToInt(Bench::combinations)
            .sum();
    Size size = quick ? Size.quick(forks) : Size.full();
    System.out.printf(
        "JDK %s, load %.1f on %d processors; rounds: %d; forks in each: %d;"
            + " iterations in each: %d of %d ms, after %d to warm up%n",
        Runtime.version(),
        ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage(),
        Runtime.getRuntime().availableProcessors(),
        size.rounds,
        forks,
        size.iterations,
        size.millis,
        size.warmups);
    return size;
  }

  /** Returns how many forks a round has of a benchmark. */
  private static int combinations(BenchmarkListEntry benchmark) {
    return parameters(benchmark).size();
  }

  /** Returns the values of its parameters, by their names, for each fork of a round. */
  private static List<Map<String, String>> parameters(BenchmarkListEntry benchmark) {
    List<Map<String, String>> combinations = List.of(Map.of());
    if (benchmark.getParams().hasValue()) {
      for (var parameter : benchmark.getParams().get().entrySet()) {
        combinations =
            combinations.stream()
                .flatMap(some ->
                    Arrays.stream(parameter.getValue())
                        .map(value -> with(some, parameter.getKey(), value)))
                .toList();
      }
    }
    return combinations;
  }

  private static Map<String, String> with(Map<String, String> some, String name, String value) {
    Map<String, String> more = new TreeMap<>(some);
    more.put(name, value);
    return more;
  }

  /** Benchmarks that are run one after the other, with the same parameters. */
  private record Together(String home, Map<String, String> parameters) {}

  private static Map<Together, Set<String>> groups(
      List<BenchmarkListEntry> known, Set<String> chosen) {
    Map<Together, Set<String>> groups = new LinkedHashMap<>();
    for (BenchmarkListEntry benchmark : known) {
      if (chosen.contains(benchmark.getUsername())) {
        for (Map<String, String> parameters : parameters(benchmark)) {
          groups
              .computeIfAbsent(
                  new Together(benchmark.getUserClassQName(), parameters), key -> new TreeSet<>())
              .add(benchmark.getUsername());
        }
      }
    }
    return groups;
  }

  private static List<Collection<RunResult>> run(
      Map<Together, Set<String>> groups, Size size, Path folder) throws RunnerException {
    String time =
        DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss'Z'").format(LocalDateTime.now(ZoneOffset.UTC));
    int sectionTokens = Section.calibrate();
    List<Collection<RunResult>> rounds = new ArrayList<>();
    for (int round = 1; round <= size.rounds; round++) {
      Path file = folder.resolve("jdk%d-%s-round%d".formatted(JDK, time, round));
      System.out.printf("Round %d: %s-*.log, .json%n", round, file);
      List<RunResult> results = new ArrayList<>();
      for (var group : groups.entrySet()) {
        String part = file + "-" + results.size();
        results.addAll(
            run(group.getKey().parameters(), group.getValue(), size, sectionTokens, part));
      }
      rounds.add(results);
    }
    return rounds;
  }

  private static Collection<RunResult> run(
      Map<String, String> parameters, Set<String> names, Size size, int sectionTokens, String file)
      throws RunnerException {
    var options =
        new OptionsBuilder()
            .forks(1)
            .jvmArgsAppend("-D" + Section.TOKENS + "=" + sectionTokens)
            .warmupIterations(size.warmups)
            .warmupTime(TimeValue.milliseconds(size.millis))
            .measurementIterations(size.iterations)
            .measurementTime(TimeValue.milliseconds(size.millis))
            .addProfiler(GCProfiler.class)
            .shouldFailOnError(true)
            .output(file + ".log")
            .resultFormat(ResultFormatType.JSON)
            .result(file + ".json");
    parameters.forEach(options::param);
    names.forEach(name -> options.include("^" + Pattern.quote(name) + "$"));
    return new Runner(options.build()).run();
  }
}
