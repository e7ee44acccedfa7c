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
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
   * How much is measured. A round is one fork of each benchmark, so that ours and the peer are
   * close in time, and each round finds the machine in another state.
   */
  private record Size(int rounds, int warmups, int iterations, int millis) {
    static Size full() {
      return new Size(2, 5, 5, 1_000);
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

    List<Collection<RunResult>> rounds = run(chosen, size(known, chosen, quick), folder);
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
    int product = 1;
    if (benchmark.getParams().hasValue()) {
      for (String[] values : benchmark.getParams().get().values()) {
        product *= values.length;
      }
    }
    return product;
  }

  private static List<Collection<RunResult>> run(Set<String> chosen, Size size, Path folder)
      throws RunnerException {
    String time =
        DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss'Z'").format(LocalDateTime.now(ZoneOffset.UTC));
    int sectionTokens = Section.calibrate();
    List<Collection<RunResult>> rounds = new ArrayList<>();
    for (int round = 1; round <= size.rounds; round++) {
      Path file = folder.resolve("jdk%d-%s-round%d".formatted(JDK, time, round));
      System.out.printf("Round %d: %s.log, .json%n", round, file);
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
      chosen.forEach(name -> options.include("^" + Pattern.quote(name) + "$"));
      rounds.add(new Runner(options.build()).run());
    }
    return rounds;
  }
}
