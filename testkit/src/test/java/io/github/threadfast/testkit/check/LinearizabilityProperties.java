package io.github.threadfast.testkit.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.threadfast.testkit.model.Invocation;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.statistics.Statistics;
import net.jqwik.api.statistics.StatisticsReport;

/** The check against one that tries every order there is. */
class LinearizabilityProperties {
  private static final int MAX_CALLS = 7;

  /** A history, and the toy that it claims to be of. */
  record Case<S>(Toy<S> toy, History<Invocation> history) {}

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

  private static <S> boolean agree(Case<S> sample, Consistency consistency) {
    EveryOrder<S> orders = new EveryOrder<>(sample.history(), sample.toy(), consistency);

    Verdict<Invocation> verdict = consistency.check(sample.history(), sample.toy(), Long.MAX_VALUE);

    boolean holds = orders.exists();
    assertEquals(holds, verdict instanceof Verdict.Holds);
    assertEquals(!holds, verdict instanceof Verdict.Fails);
    if (verdict instanceof Verdict.Holds<Invocation> explained) {
      orders.assertExplains(explained.order());
    } else if (verdict instanceof Verdict.Fails<Invocation> fails) {
      assertFalse(fails.deadEnds().isEmpty());
      fails.deadEnds().forEach(orders::assertReal);
    }
    return holds;
  }

  @Property(tries = 200)
  void check_withAnyNumberOfSteps_takesNoMoreAndIsNeverWrong(@ForAll("cases") Case<?> sample) {
    neverWrong(sample);
  }

  private static <S> void neverWrong(Case<S> sample) {
    Verdict<Invocation> truth =
        Linearizability.check(sample.history(), sample.toy(), Long.MAX_VALUE);
    long maxSteps = 0;
    Verdict<Invocation> verdict;
    do {
      long[] steps = new long[1];
      Toy<S> toy = sample.toy();
      verdict =
          Linearizability.check(
              sample.history(),
              new Toy<>(
                  toy.name(),
                  toy.initial(),
                  toy.calls(),
                  (state, call) -> {
                    steps[0]++;
                    return toy.steps(state, call);
                  }),
              maxSteps);

      assertTrue(steps[0] <= maxSteps);
      if (verdict instanceof Verdict.Undecided<Invocation> undecided) {
        assertEquals(steps[0], undecided.steps());
      } else {
        assertEquals(truth, verdict);
      }
      maxSteps++;
    } while (verdict instanceof Verdict.Undecided);
  }

  @Provide
  Arbitrary<Case<?>> cases() {
    return Arbitraries.of(Toy.ALL)
        .flatMap(toy -> Arbitraries.randomValue(random -> anyCase(toy, random)));
  }

  private static <S> Case<S> anyCase(Toy<S> toy, Random random) {
    List<Invocation> calls = toy.calls();
    int before = random.nextInt(2);
    int after = random.nextInt(2);
    int during = 2 + random.nextInt(MAX_CALLS - 1 - before - after);
    return new Case<>(
        toy,
        new RandomRun<>(toy, () -> calls.get(random.nextInt(calls.size())), random)
            .forgetfulness(random.nextInt(3) / 2.0)
            .lateness(random.nextInt(3) / 4.0)
            .history(2 + random.nextInt(3), before, during, after, random.nextInt(3)));
  }
}
