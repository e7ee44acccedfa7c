package io.github.threadfast.testkit;

import static net.jqwik.api.Arbitraries.integers;

import io.github.threadfast.testkit.check.Consistency;
import io.github.threadfast.testkit.run.Crew;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * How many runs of scenarios of at most 2 x 2 calls are judged in a second. A program to run by
 * hand.
 */
final class RunFigures {
  private static final Duration TIME = Duration.ofSeconds(10);

  private RunFigures() {}

  public static void main(String[] arguments) throws Exception {
    Stress<Map<Integer, Integer>> stress =
        Stress.<Map<Integer, Integer>>of(ConcurrentHashMap::new)
            .operation("put", integers().between(1, 2), integers().between(1, 2), Map::put)
            .operation("get", integers().between(1, 2), Map::get)
            .threads(2)
            .operationsPerThread(2);
    stress.assertLinearizable();
    try (Crew crew = new Crew(2)) {
      Search<Map<Integer, Integer>> search =
          new Search<>(
              stress
                  .budget(TIME)
                  .settings()
                  .with(copy -> copy.consistency = Consistency.LINEARIZABLE),
              1,
              crew,
              failure -> {
                throw new IllegalStateException("a correct class has failed");
              });
      Hunt<Map<Integer, Integer>> hunt =
          crew.direct(
                  () -> {
                    search.run();
                    return search.hunt();
                  })
              .get();
      System.out.printf("%,d runs a second%n", hunt.runs() / TIME.toSeconds());
    }
  }
}
