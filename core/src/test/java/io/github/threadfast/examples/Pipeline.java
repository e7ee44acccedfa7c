package io.github.threadfast.examples;

import io.github.threadfast.WorkerPool;
import io.github.threadfast.examples.Indexing.Pass;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import me.tongfei.progressbar.ProgressBar;

/**
 * Indexes with two pools: one reads the files, and the other, of one worker, adds their lines to a
 * tally that nobody else uses, up to a line that says that there are no more.
 */
final class Pipeline {
  /** No line of a file has no byte. */
  private static final Line END = new Line(List.of(), 0, 0);

  private Pipeline() {}

  static Step.Result run(Screen screen, Corpus corpus, int threads, int passes)
      throws InterruptedException {
    List<Pass> done = new ArrayList<>();
    long start = System.nanoTime();
    long files = corpus.files().size();
    try (ProgressBar bar = screen.bar("WorkerPool", passes * files)) {
      for (int i = 0; i < passes; i++) {
        long before = i * files;
        done.add(pass(corpus, threads, report -> bar.stepTo(before + report.completed())));
      }
    }
    return new Step.Result(done, Duration.ofNanos(System.nanoTime() - start));
  }

  private static Pass pass(Corpus corpus, int threads, Consumer<WorkerPool.Report> progress)
      throws InterruptedException {
    Tally tally = new Tally();
    try (var lines =
        WorkerPool.<Line>of(tally::add).name("lines").workers(1).sentinel(END).start()) {
      try (var files =
          WorkerPool.<Path>of(file -> Corpus.forEachLine(file, lines::submit))
              .name("files")
              .workers(threads)
              .failFast()
              .onProgress(progress)
              .start()) {
        files.submitAll(corpus.files());
      } // all files are read
      lines.submit(END);
      lines.awaitFinished();
      return new Pass(Optional.of(tally.totals()), List.of());
    }
  }
}
