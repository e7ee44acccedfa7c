package io.github.threadfast.testkit.check;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.threadfast.testkit.model.Invocation;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.statistics.Statistics;
import net.jqwik.api.statistics.StatisticsReport;

/** The orders that are computed against the orders as they are defined. */
class PrecedenceProperties {

  @Property(tries = 3_000)
  void precedes_isWhatTheConsistencyDemands(
      @ForAll("histories") History<Invocation> history, @ForAll Consistency consistency) {
    EveryOrder<Integer> defined = new EveryOrder<>(history, Toy.COUNTER, consistency);

    Precedence<Invocation> precedence = consistency.precedence(history);

    assertSame(defined, precedence);
  }

  @Property(tries = 3_000)
  void precedes_betweenSomeEvents_isAsBefore(
      @ForAll("histories") History<Invocation> history, @ForAll int chosen) {
    Precedence<Invocation> whole = Precedence.of(history);
    List<Integer> some =
        IntStream.range(0, whole.size()).filter(i -> (chosen & (1 << i)) != 0).boxed().toList();

    Precedence<Invocation> restricted = whole.restrictedTo(some);

    assertEquals(some.size(), restricted.size());
    for (int i = 0; i < some.size(); i++) {
      for (int j = 0; j < some.size(); j++) {
        assertEquals(whole.precedes(some.get(i), some.get(j)), restricted.precedes(i, j));
      }
    }
  }

  @Property(tries = 3_000)
  @StatisticsReport(StatisticsReport.StatisticsReportMode.OFF)
  void intervals_areFoundIfAndOnlyIfThereAreSome(@ForAll("histories") History<Invocation> history) {
    Precedence<Invocation> precedence = Precedence.of(history);

    Intervals intervals = Intervals.of(precedence);

    assertEquals(hasTwoPairsApart(precedence), intervals == null);
    if (intervals != null) {
      assertSame(precedence, intervals);
    }
    Statistics.label("intervals")
        .collect(intervals != null)
        .coverage(share -> {
          share.check(true).percentage(percent -> percent >= 15);
          share.check(false).percentage(percent -> percent >= 15);
        });
  }

  private static void assertSame(EveryOrder<Integer> defined, Precedence<Invocation> precedence) {
    assertEquals(defined.events().size(), precedence.size());
    for (int i = 0; i < precedence.size(); i++) {
      for (int j = 0; j < precedence.size(); j++) {
        assertEquals(
            defined.isBefore(precedence.event(i), precedence.event(j)), precedence.precedes(i, j));
      }
    }
  }

  private static void assertSame(Precedence<Invocation> precedence, Intervals intervals) {
    for (int i = 0; i < precedence.size(); i++) {
      for (int j = 0; j < precedence.size(); j++) {
        assertEquals(precedence.precedes(i, j), intervals.end(i) < intervals.begin(j));
      }
    }
  }

  /** Whether some event comes before a second and a third before a fourth, and nothing across. */
  private static boolean hasTwoPairsApart(Precedence<Invocation> precedence) {
    return IntStream.range(0, precedence.size())
        .anyMatch(i ->
            IntStream.range(0, precedence.size())
                .filter(j -> precedence.precedes(i, j))
                .anyMatch(j -> hasPairApartFrom(i, j, precedence)));
  }

  private static boolean hasPairApartFrom(int i, int j, Precedence<Invocation> precedence) {
    return IntStream.range(0, precedence.size())
        .filter(k -> !precedence.precedes(k, j))
        .anyMatch(k ->
            IntStream.range(0, precedence.size())
                .anyMatch(l -> precedence.precedes(k, l) && !precedence.precedes(i, l)));
  }

  @Provide
  Arbitrary<History<Invocation>> histories() {
    return Arbitraries.randomValue(random ->
        new RandomRun<>(Toy.COUNTER, () -> Toy.COUNTER.calls().get(0), random)
            .forgetfulness(random.nextInt(4) > 0 ? 0.7 : 0)
            .history(
                2 + random.nextInt(3),
                random.nextInt(2),
                5 + random.nextInt(4),
                random.nextInt(2),
                0));
  }
}
