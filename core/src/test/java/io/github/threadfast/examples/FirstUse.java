package io.github.threadfast.examples;

import io.github.threadfast.Lazy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/** The words of a file, which are loaded when somebody asks for them first: plainly, or lazily. */
final class FirstUse {
  private final Path file;
  private final AtomicInteger loads;
  private final Lazy<Set<String>> lazy = Lazy.of("words", this::load);
  private Set<String> plain;

  private FirstUse(Path file, AtomicInteger loads) {
    this.file = file;
    this.loads = loads;
  }

  /** Returns the words; as many threads load them as find that nobody has. */
  Set<String> plainly() {
    if (plain == null) {
      plain = load();
    }
    return plain;
  }

  /** Returns the words, loaded once. */
  Set<String> lazily() {
    return lazy.get();
  }

  private Set<String> load() {
    loads.incrementAndGet();
    try {
      Set<String> words = new HashSet<>();
      Corpus.forEachLine(file, line -> words.addAll(line.words()));
      return words;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Lets {@code threads} ask at once, again and again, and says how often the file was loaded. */
  static String race(Path file, int threads, int times, Function<FirstUse, Set<String>> way)
      throws InterruptedException, ExecutionException {
    AtomicInteger loads = new AtomicInteger();
    CyclicBarrier start = new CyclicBarrier(threads);
    ExecutorService askers = Executors.newFixedThreadPool(threads);
    try {
      for (int i = 0; i < times; i++) {
        FirstUse words = new FirstUse(file, loads);
        Callable<Set<String>> ask =
            () -> {
              start.await();
              return way.apply(words);
            };
        for (Future<Set<String>> asker : askers.invokeAll(Collections.nCopies(threads, ask))) {
          asker.get();
        }
      }
    } finally {
      askers.shutdownNow();
    }
    return "loaded %,d times for %,d first uses\n".formatted(loads.get(), times);
  }
}
