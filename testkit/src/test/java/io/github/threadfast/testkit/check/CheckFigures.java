package io.github.threadfast.testkit.check;

import io.github.threadfast.testkit.model.CounterModel;
import io.github.threadfast.testkit.model.Invocation;
import io.github.threadfast.testkit.model.MapModel;
import io.github.threadfast.testkit.model.Model;
import io.github.threadfast.testkit.model.QueueModel;
import io.github.threadfast.testkit.model.RegisterModel;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * How long a check takes, warm, over many random histories. A program to run by hand; prints a
 * table of median, 99th percentile and maximum in milliseconds.
 */
final class CheckFigures {
  private static final int WARM_UP = 300;
  private static final int HISTORIES = 1_000;
  private static final long MAX_STEPS = 10_000_000;

  private CheckFigures() {}

  /** A kind of history, and what is expected of most of them. */
  private record Row(
      String name,
      Model<?> model,
      int threads,
      int calls,
      int changes,
      Supplier<Invocation> call) {}

  public static void main(String[] arguments) {
    Random random = new Random(1);
    AtomicInteger unique = new AtomicInteger();
    Supplier<Invocation> counts = () -> Invocation.of(random.nextBoolean() ? "increment" : "get");
    Supplier<Invocation> accesses =
        () ->
            random.nextBoolean()
                ? Invocation.of("write", random.nextInt(5))
                : Invocation.of("read");
    Supplier<Invocation> lookUps =
        () ->
            random.nextBoolean()
                ? Invocation.of("put", random.nextInt(50), random.nextInt(5))
                : Invocation.of("get", random.nextInt(50));
    Supplier<Invocation> items =
        () ->
            random.nextBoolean()
                ? Invocation.of("offer", unique.incrementAndGet())
                : Invocation.of("poll");
    Supplier<Invocation> fewItems =
        () ->
            random.nextBoolean()
                ? Invocation.of("offer", random.nextInt(3))
                : Invocation.of("poll");
    Model<?> queue = new QueueModel("offer", "poll");
    System.out.printf("%-34s %8s %8s %8s %8s%n", "history", "refuted", "median", "p99", "max");
    Stream.of(
            new Row("counter, 3 x 5", new CounterModel(0, "increment", "get"), 3, 15, 1, counts),
            new Row("queue, 3 x 5", queue, 3, 15, 1, items),
            new Row(
                "register, 4 threads, 1000",
                new RegisterModel(0, "write", "read"),
                4,
                1_000,
                0,
                accesses),
            new Row(
                "map, 4 threads, 1000", new MapModel("put", "get", "remove"), 4, 1_000, 0, lookUps),
            new Row("queue, 4 x 12, unique items", queue, 4, 48, 0, items),
            new Row("queue, 4 x 12, unique, changed", queue, 4, 48, 1, items),
            new Row("queue, 4 x 12, equal items", queue, 4, 48, 0, fewItems),
            new Row("queue, 4 x 12, equal, changed", queue, 4, 48, 1, fewItems))
        .forEach(row -> print(row, row.model(), random));
  }

  private static <T> void print(Row row, Model<T> model, Random random) {
    ModelSpecification<Invocation, T> specification =
        new ModelSpecification<>(model, Function.identity());
    double[] millis = new double[HISTORIES];
    int refuted = 0;
    for (int i = -WARM_UP; i < HISTORIES; i++) {
      History<Invocation> history =
          new RandomRun<>(specification, row.call(), random)
              .history(row.threads(), 0, row.calls(), 0, row.changes());
      long start = System.nanoTime();
      Verdict<Invocation> verdict = Linearizability.check(history, specification, MAX_STEPS);
      long nanos = System.nanoTime() - start;
      if (verdict instanceof Verdict.Undecided) {
        throw new IllegalStateException("undecided: " + row.name());
      }
      if (i >= 0) {
        millis[i] = nanos / 1e6;
        refuted += verdict instanceof Verdict.Fails ? 1 : 0;
      }
    }
    Arrays.sort(millis);
    List<Double> figures =
        List.of(millis[HISTORIES / 2], millis[HISTORIES * 99 / 100], millis[HISTORIES - 1]);
    System.out.printf(
        "%-34s %7.0f%% %8.3f %8.3f %8.3f%n",
        row.name(), 100.0 * refuted / HISTORIES, figures.get(0), figures.get(1), figures.get(2));
  }
}
