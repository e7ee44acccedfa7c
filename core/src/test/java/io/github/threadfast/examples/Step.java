package io.github.threadfast.examples;

import io.github.threadfast.examples.Indexing.Pass;
import io.github.threadfast.examples.Tally.Totals;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Supplier;
import me.tongfei.progressbar.ProgressBar;

/**
 * One way to index.
 *
 * @param name what the bar says
 * @param index makes an empty index
 * @param add adds a line to it
 * @param totals reads it
 */
record Step<T>(
    String name, Supplier<T> index, BiConsumer<T, Line> add, Function<T, Totals> totals) {

  private static final int MAX_PASSES = 500;

  Result run(Screen screen, Corpus corpus, int threads, int passes, Duration patience)
      throws IOException, InterruptedException {
    List<Pass> done = new ArrayList<>();
    long start = System.nanoTime();
    try (Indexing indexing = new Indexing(corpus, threads, patience);
        ProgressBar bar = screen.bar(name, (long) passes * corpus.files().size())) {
      for (int i = 0; i < passes; i++) {
        done.add(indexing.pass(index.get(), add, totals, bar::step));
      }
    }
    return new Result(done, Duration.ofNanos(System.nanoTime() - start));
  }

  /**
   * What the passes of a step came to.
   *
   * @param passes each of them
   * @param elapsed how long they took together
   */
  record Result(List<Pass> passes, Duration elapsed) {

    int passesIn(Duration time) {
      long fit = time.toNanos() * passes.size() / Math.max(1, elapsed.toNanos());
      return (int) Math.max(1, Math.min(MAX_PASSES, fit));
    }

    Result and(Result more) {
      List<Pass> all = new ArrayList<>(passes);
      all.addAll(more.passes);
      return new Result(all, elapsed.plus(more.elapsed));
    }

    List<Pass> wrong(Totals right) {
      return passes.stream().filter(pass -> !pass.isRight(right)).toList();
    }

    String throughput() {
      long bytes =
          passes.stream().flatMap(pass -> pass.totals().stream()).mapToLong(Totals::bytes).sum();
      return String.format(Locale.ROOT, "%.1f MB/s", bytes * 1e3 / elapsed.toNanos());
    }

    /**
     * Returns how often the passes were right, at which throughput, and what was wrong at first.
     */
    String against(Totals right) {
      List<Pass> wrong = wrong(right);
      String verdict =
          wrong.isEmpty()
              ? "right in %d of %d passes".formatted(passes.size(), passes.size())
              : "wrong in %d of %d passes".formatted(wrong.size(), passes.size());
      Pass shown = wrong.isEmpty() ? passes.get(0) : wrong.get(0);
      return verdict + ", " + throughput() + "\n" + details(shown, right);
    }

    private static String details(Pass pass, Totals right) {
      StringBuilder lines = new StringBuilder();
      pass.failures()
          .forEach(failure -> lines.append("    a thread was lost: ").append(failure).append('\n'));
      pass.totals()
          .ifPresent(seen -> {
            lines.append(difference("words", right.words(), seen.words()));
            lines.append(difference("in the index", right.counted(), seen.counted()));
            lines.append(difference("different ones", right.distinct(), seen.distinct()));
            lines.append(difference("bytes", right.bytes(), seen.bytes()));
            lines.append(difference("longest line", right.longestLine(), seen.longestLine()));
          });
      return lines.toString();
    }

    private static String difference(String what, long right, long seen) {
      long missing = right - seen;
      return String.format(
              Locale.ROOT,
              "    %-14s %,11d  %s",
              what,
              seen,
              missing == 0
                  ? "right"
                  : String.format(
                      Locale.ROOT,
                      "%,d too %s (%.2f %%)",
                      Math.abs(missing),
                      missing > 0 ? "few" : "many",
                      100.0 * Math.abs(missing) / right))
          + "\n";
    }
  }
}
