package io.github.threadfast.testkit.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.threadfast.testkit.check.History.Event;
import io.github.threadfast.testkit.check.Verdict.Contradiction;
import io.github.threadfast.testkit.check.Verdict.DeadEnd;
import io.github.threadfast.testkit.model.Invocation;
import io.github.threadfast.testkit.model.MapModel;
import io.github.threadfast.testkit.model.Model;
import io.github.threadfast.testkit.model.QueueModel;
import io.github.threadfast.testkit.model.SetModel;
import io.github.threadfast.testkit.model.StackModel;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.statistics.Statistics;
import net.jqwik.api.statistics.StatisticsReport;

/** The check with keys and monitors against one that tries every order there is. */
class ModelSpecificationProperties {

  /** A history, and the model that it claims to be of. */
  record Case<T>(Model<T> model, History<Invocation> history) {
    ModelSpecification<Invocation, T> specification() {
      return new ModelSpecification<>(model, Function.identity());
    }
  }

  @Property(tries = 10_000)
  @StatisticsReport(StatisticsReport.StatisticsReportMode.OFF)
  void check_agreesWithEveryOrderTried(
      @ForAll("cases") Case<?> sample, @ForAll Consistency consistency) {
    boolean holds = agree(sample, consistency);

    Statistics.label(consistency.adjective())
        .collect(holds)
        .coverage(share -> {
          share.check(true).percentage(percent -> percent >= 15);
          share.check(false).percentage(percent -> percent >= 15);
        });
  }

  private static <T> boolean agree(Case<T> sample, Consistency consistency) {
    EveryOrder<T> orders = new EveryOrder<>(sample.history(), sample.specification(), consistency);

    Verdict<Invocation> verdict =
        consistency.check(sample.history(), sample.specification(), Long.MAX_VALUE);

    boolean holds = orders.exists();
    assertEquals(holds, verdict instanceof Verdict.Holds);
    assertEquals(!holds, verdict instanceof Verdict.Fails);
    if (verdict instanceof Verdict.Holds<Invocation> explained) {
      orders.assertExplains(explained.order());
    } else if (verdict instanceof Verdict.Fails<Invocation> fails) {
      assertFalse(fails.deadEnds().isEmpty());
      fails.deadEnds().forEach(deadEnd -> assertMakesSense(deadEnd, sample.history()));
    }
    return holds;
  }

  private static void assertMakesSense(DeadEnd<Invocation> deadEnd, History<Invocation> history) {
    List<Event<Invocation>> next =
        deadEnd.contradictions().stream().map(Contradiction::event).toList();
    List<Event<Invocation>> all = Stream.concat(deadEnd.order().stream(), next.stream()).toList();
    assertFalse(next.isEmpty());
    assertEquals(all.size(), all.stream().distinct().count());
    all.forEach(event -> assertTrue(history.lanes().get(event.lane()).contains(event)));
    deadEnd
        .contradictions()
        .forEach(wrong -> assertFalse(wrong.expected().contains(wrong.event().result())));
  }

  @Provide
  Arbitrary<Case<?>> cases() {
    Map<Model<?>, List<String>> operations =
        Map.of(
            new MapModel("put", "get", "remove"), List.of("put", "get", "remove"),
            new SetModel("add", "remove", "contains"), List.of("add", "remove", "contains"),
            new QueueModel("offer", "poll"), List.of("offer", "poll"),
            new StackModel("push", "pop"), List.of("push", "pop"));
    return Arbitraries.of(operations.keySet())
        .flatMap(model ->
            Arbitraries.randomValue(random -> anyCase(model, operations.get(model), random)));
  }

  private static <T> Case<T> anyCase(Model<T> model, List<String> operations, Random random) {
    int before = random.nextInt(2);
    int after = random.nextInt(2);
    int during = 4 + random.nextInt(4 - before - after);
    return new Case<>(
        model,
        new RandomRun<>(
                new ModelSpecification<>(model, Function.identity()),
                () -> anyCall(operations, random),
                random)
            .forgetfulness(random.nextInt(3) / 2.0)
            .lateness(random.nextInt(3) / 4.0)
            .history(2 + random.nextInt(3), before, during, after, random.nextInt(4)));
  }

  private static Invocation anyCall(List<String> operations, Random random) {
    String operation = operations.get(random.nextInt(operations.size()));
    return switch (operation) {
      case "poll", "pop" -> Invocation.of(operation);
      case "offer", "push" -> Invocation.of(operation, random.nextInt(9)); // mostly unique
      case "put" -> Invocation.of(operation, random.nextInt(3), random.nextInt(2));
      default -> Invocation.of(operation, random.nextInt(3));
    };
  }
}
