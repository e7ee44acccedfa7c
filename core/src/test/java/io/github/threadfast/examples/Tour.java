package io.github.threadfast.examples;

import io.github.threadfast.Guarded;
import io.github.threadfast.PerThread;
import io.github.threadfast.examples.Step.Result;
import io.github.threadfast.examples.Tally.Totals;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * Indexes the text files below a folder: with one thread; with several and plain shared fields,
 * which comes out wrong; with several and Threadfast, which comes out right. Loads a file on first
 * use, and looks at where a worker is, both ways, and both ways in a map; sends files and lines
 * through pools; shows what a deadlock says; and lets the test kit say why plain fields go wrong.
 */
@Command(
    name = "tour",
    description = "Shows the lost update on your own files, fixes it, and proves it.")
final class Tour implements Callable<Integer> {
  private static final int MAX_THREADS = 1_000;
  private static final int MAX_EXTENSIONS = 9;
  private static final int FIRST_USES = 500;
  private static final int LOOKS = 1_000_000;
  private static final int LOOKS_AT_ALL = 20_000;

  private static final Step<Tally> ALONE =
      new Step<>("one thread", Tally::new, Tally::add, Tally::totals);

  private static final Step<Tally> PLAIN =
      new Step<>("plain fields", Tally::new, Tally::add, Tally::totals);

  private static final Step<Guarded<Tally>> GUARDED =
      new Step<>(
          "Guarded",
          () -> Guarded.of("tally", new Tally()),
          (tally, line) -> tally.update(t -> t.add(line)),
          tally -> tally.read(Tally::totals));

  private static final Step<PerThread<Tally>> PER_THREAD =
      new Step<>(
          "PerThread",
          () -> PerThread.of("tallies", Tally::new),
          (tallies, line) -> tallies.get().add(line),
          tallies -> tallies.fold(new Tally(), Tally::plus).totals());

  @Parameters(
      paramLabel = "FOLDER",
      description = "Index every text file below these folders. Default: Threadfast's own sources.")
  private List<Path> folders = new ArrayList<>();

  @Option(
      names = "--threads",
      description = "How many threads index at once, from 2 to 1000. Default: ${DEFAULT-VALUE}.")
  private int threads = Math.max(2, Runtime.getRuntime().availableProcessors());

  @Option(names = "--help", usageHelp = true, description = "Show this and exit.")
  @SuppressWarnings("UnusedVariable") // the command line looks at it, not we
  private boolean help;

  @Option(
      names = "--seconds",
      description = "How long to repeat each step. Default: ${DEFAULT-VALUE}.")
  private int seconds = 2;

  @Option(names = "--plain", description = "Never draw a progress bar.")
  private boolean plain;

  @Spec private CommandSpec spec;

  private final PrintStream out;

  private Tour(PrintStream out) {
    this.out = out;
  }

  /**
   * Runs the tour and exits: 0 when done, 1 if a file can't be read halfway, 2 on bad arguments.
   */
  public static void main(String[] arguments) {
    Thread farewell = new Thread(() -> System.out.println("\nStopped before the end."));
    Runtime.getRuntime().addShutdownHook(farewell);
    int code = run(System.out, System.err, arguments);
    Runtime.getRuntime().removeShutdownHook(farewell);
    System.exit(code);
  }

  static int run(PrintStream out, PrintStream err, String... arguments) {
    return new CommandLine(new Tour(out))
        .setParameterExceptionHandler((rejected, args) -> {
          err.println("tour: " + rejected.getMessage());
          return CommandLine.ExitCode.USAGE;
        })
        .setExecutionExceptionHandler((failure, command, parsed) -> {
          err.println("tour: could not go on: " + rootCause(failure));
          return CommandLine.ExitCode.SOFTWARE;
        })
        .execute(arguments);
  }

  private static Throwable rootCause(Throwable failure) {
    return failure.getCause() == null ? failure : failure.getCause();
  }

  @Override
  public Integer call() throws Exception {
    requireBetween(2, MAX_THREADS, "--threads", threads);
    requireBetween(0, Integer.MAX_VALUE, "--seconds", seconds);
    List<Path> roots = roots();
    Screen screen = plain ? Screen.plain(out) : Screen.onTerminal(out);
    screen.print("Looking for text files ...\n");
    Corpus corpus = corpus(roots);

    Result alone = alone(screen, corpus);
    Totals right = alone.passes().get(0).orThrow();
    screen.print(
        String.format(
            Locale.ROOT,
            """
            %,d text files (%,d other files left out), indexed by one thread, %s:
              %,d words, %,d of them different; %,d bytes; longest line %,d characters
            """,
            corpus.files().size(),
            corpus.others(),
            alone.throughput(),
            right.words(),
            right.distinct(),
            right.bytes(),
            right.longestLine()));

    int passes = alone.passesIn(Duration.ofSeconds(seconds));
    Duration patience = Duration.ofSeconds(10).plus(alone.elapsed());
    screen.print(
        "(a) %d threads, plain shared fields: ".formatted(threads)
            + untilWrong(screen, corpus, passes, patience, right).against(right));
    screen.print(
        "(b) %d threads, the same fields in a Guarded: ".formatted(threads)
            + GUARDED.run(screen, corpus, threads, passes, patience).against(right));
    screen.print(
        "(c) %d threads, a tally for each in a PerThread, added up at the end: ".formatted(threads)
            + PER_THREAD.run(screen, corpus, threads, passes, patience).against(right));
    Path file = corpus.files().get(0);
    screen.print(
        "(d) %d threads ask for the words of a file at once, a plain field: ".formatted(threads)
            + FirstUse.race(file, threads, FIRST_USES, FirstUse::plainly)
            + "    the same with a Lazy: "
            + FirstUse.race(file, threads, FIRST_USES, FirstUse::lazily));
    screen.print(
        "(e) A worker tells at which file it is, in two volatile fields: seen is "
            + Whereabouts.watch(corpus.files(), LOOKS, new Whereabouts.Fields(file))
            + "    the same in a Snapshot: "
            + Whereabouts.watch(corpus.files(), LOOKS, new Whereabouts.InASnapshot(file)));
    screen.print(
        "(f) A worker goes from file to file, in a ConcurrentHashMap of visits: seen is "
            + Visits.oneByOne(corpus.files(), LOOKS_AT_ALL)
            + "    the same in a ReadMostlyMap: "
            + Visits.atomically(corpus.files(), LOOKS_AT_ALL));
    screen.print(
        "(g) One WorkerPool reads the files, another takes their lines, up to the end: "
            + Pipeline.run(screen, corpus, threads, passes).against(right));
    screen.print("(h) Two threads take two Guarded in opposite order. One of them is told:\n");
    screen.print(DeadlockExamples.message().indent(4));
    screen.print(
        "(i) Why plain fields go wrong, as the test kit sees it in a counter that does count++:\n");
    screen.print(CounterExamples.reportOfTheBug().indent(4));
    return CommandLine.ExitCode.OK;
  }

  /** Indexes with one thread: once to see how long it takes and to warm up, then to measure. */
  private Result alone(Screen screen, Corpus corpus) throws IOException, InterruptedException {
    Duration endless = Duration.ofDays(1);
    int passes = ALONE.run(screen, corpus, 1, 1, endless).passesIn(Duration.ofSeconds(seconds));
    return ALONE.run(screen, corpus, 1, passes, endless);
  }

  /**
   * Goes on for longer where all passes are right, as on a machine that is busy with other things.
   */
  private Result untilWrong(
      Screen screen, Corpus corpus, int passes, Duration patience, Totals right)
      throws IOException, InterruptedException {
    Result result = PLAIN.run(screen, corpus, threads, passes, patience);
    for (int more = 0; more < MAX_EXTENSIONS && result.wrong(right).isEmpty(); more++) {
      result = result.and(PLAIN.run(screen, corpus, threads, passes, patience));
    }
    return result;
  }

  private void requireBetween(int least, int most, String option, int value) {
    if (value < least || value > most) {
      throw rejected("%s must be from %d to %d: was %d.".formatted(option, least, most, value));
    }
  }

  private List<Path> roots() {
    List<Path> roots = folders.isEmpty() ? ownSources() : folders;
    for (Path root : roots) {
      if (!Files.exists(root)) {
        throw rejected("folder does not exist: " + root);
      }
      if (!Files.isDirectory(root)) {
        throw rejected("not a folder: " + root);
      }
    }
    return roots;
  }

  private Corpus corpus(List<Path> roots) {
    try {
      Corpus corpus = Corpus.below(roots);
      if (corpus.files().isEmpty()) {
        throw rejected(
            "there is no text file below "
                + roots.stream().map(Path::toString).collect(Collectors.joining(", ")));
      }
      return corpus;
    } catch (UncheckedIOException unreadable) {
      throw rejected("cannot be read: " + unreadable.getCause().getMessage());
    } catch (IOException unreadable) {
      throw rejected("cannot be read: " + unreadable.getMessage());
    }
  }

  private static List<Path> ownSources() {
    Path root = Path.of(System.getProperty("tour.root", ".."));
    return List.of(root.resolve("core/src"), root.resolve("testkit/src"));
  }

  private ParameterException rejected(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
