package io.github.threadfast.examples;

import io.github.threadfast.ReadMostlyMap;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.function.BiConsumer;

/** How many workers are at which file. There is one, which goes from file to file. */
final class Visits {
  private Visits() {}

  /** Two changes in a map that each thread may use: others may look between them. */
  static String oneByOne(List<Path> files, int looks)
      throws InterruptedException, ExecutionException {
    Map<Path, Integer> visits = new ConcurrentHashMap<>();
    return watch(files, looks, visits, (from, to) -> {
      visits.merge(to, 1, Integer::sum);
      visits.merge(from, -1, Integer::sum);
    });
  }

  /** Two changes that are one step. */
  static String atomically(List<Path> files, int looks)
      throws InterruptedException, ExecutionException {
    ReadMostlyMap<Path, Integer> visits = new ReadMostlyMap<>();
    return watch(
        files,
        looks,
        visits,
        (from, to) ->
            visits.atomically(tx -> {
              tx.merge(to, 1, Integer::sum);
              tx.merge(from, -1, Integer::sum);
            }));
  }

  private static String watch(
      List<Path> files, int looks, Map<Path, Integer> visits, BiConsumer<Path, Path> go)
      throws InterruptedException, ExecutionException {
    files.forEach(file -> visits.put(file, 0));
    visits.put(files.get(0), 1);
    int wrong =
        Watch.wrong(
            looks,
            files.size(),
            i -> go.accept(files.get(i), files.get((i + 1) % files.size())),
            () -> visits.values().stream().mapToInt(n -> n).sum() != 1);
    return "more or less than one worker at all files in %,d of %,d looks\n"
        .formatted(wrong, looks);
  }
}
