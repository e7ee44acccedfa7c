package io.github.threadfast.testkit.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.github.threadfast.testkit.model.CounterModel;
import io.github.threadfast.testkit.model.Invocation;
import io.github.threadfast.testkit.model.Model;
import io.github.threadfast.testkit.model.QueueModel;
import io.github.threadfast.testkit.model.RegisterModel;
import io.github.threadfast.testkit.model.SetModel;
import io.github.threadfast.testkit.model.StackModel;
import io.github.threadfast.testkit.model.Transition;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Supplier;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.statistics.Statistics;
import net.jqwik.api.statistics.StatisticsReport;

/** The monitors against every order tried, and against the search where these are too many. */
class MonitorProperties {

  private static final Kind QUEUE =
      new Kind("queue", new QueueModel("offer", "poll"), List.of("offer", "poll"));
  private static final Kind STACK =
      new Kind("stack", new StackModel("push", "pop"), List.of("push", "pop"));
  private static final Kind SET =
      new Kind(
          "set",
          new SetModel("add", "remove", "contains"),
          List.of("add", "remove", "contains", "contains"));
  private static final Kind REGISTER =
      new Kind("register", new RegisterModel(0, "write", "read"), List.of("write", "read", "read"));
  private static final Kind COUNTER =
      new Kind("counter", new CounterModel(0, "increment", "get"), List.of("increment", "get"));

  /** An object with a monitor. */
  record Kind(String name, Model<?> model, List<String> operations) {

    /** Returns calls whose values are unique; mostly, where it is the result that must be. */
    Supplier<Invocation> calls(Random random) {
      AtomicInteger value = new AtomicInteger();
      Set<String> drawn = new HashSet<>();
      return () -> {
        String operation = operations.get(random.nextInt(operations.size()));
        if (equals(SET)) {
          boolean isOneTooMany = !drawn.add(operation) && random.nextInt(4) > 0;
          return Invocation.of(isOneTooMany ? "contains" : operation, "element");
        }
        return List.of("offer", "push", "write").contains(operation)
            ? Invocation.of(operation, value.incrementAndGet())
            : Invocation.of(operation);
      };
    }

    boolean needsIntervals() {
      return equals(QUEUE) || equals(STACK);
    }

    @Override
    public String toString() {
      return name;
    }
  }

  /** A history of one kind of object, whose calls are intervals in time or not. */
  record Case(Kind kind, History<Invocation> history) {
    Precedence<Invocation> precedence() {
      return Precedence.of(history);
    }

    Finding judged() {
      return specification(kind.model()).monitor().judge(precedence());
    }

    boolean isDecided() {
      return !judged().equals(Finding.UNKNOWN);
    }
  }

  /** A model without its keys and its monitor. */
  record Plain<T>(Model<T> model) implements Specification<Invocation, T> {
    @Override
    public T initial() {
      return model.initial();
    }

    @Override
    public Collection<Transition<T>> steps(T state, Invocation call) {
      return model.step(state, call);
    }
  }

  private static <T> Specification<Invocation, T> specification(Model<T> model) {
    return new ModelSpecification<>(model, Function.identity());
  }

  @Property(tries = 10_000)
  @StatisticsReport(StatisticsReport.StatisticsReportMode.OFF)
  void judge_ofFewCalls_agreesWithEveryOrderTried(@ForAll("few") Case sample) {
    EveryOrder<?> orders =
        new EveryOrder<>(
            sample.history(), new Plain<>(sample.kind().model()), Consistency.LINEARIZABLE);

    Finding finding = sample.judged();

    if (finding instanceof Finding.Order order) {
      orders.assertExplains(order.events().stream().map(sample.precedence()::event).toList());
    } else if (sample.isDecided()) {
      assertFalse(orders.exists());
    }
    collect(sample, finding);
  }

  @Property(tries = 10_000)
  @StatisticsReport(StatisticsReport.StatisticsReportMode.OFF)
  void judge_ofManyCalls_agreesWithTheSearch(@ForAll("many") Case sample) {
    agree(sample, sample.kind().model());
  }

  private static <T> void agree(Case sample, Model<T> model) {
    Finding finding = sample.judged();

    if (sample.isDecided()) {
      Precedence<Invocation> precedence = sample.precedence();
      Finding searched =
          new OrderSearch<>(precedence, new Plain<>(model), new Steps(Long.MAX_VALUE)).run();
      assertEquals(searched.equals(Finding.NO_ORDER), finding.equals(Finding.NO_ORDER));
      if (finding instanceof Finding.Order order) {
        assertExplains(order.events(), precedence, new Plain<>(model));
      }
    }
    collect(sample, finding);
  }

  private static <T> void assertExplains(
      List<Integer> order, Precedence<Invocation> precedence, Plain<T> model) {
    assertEquals(precedence.size(), order.stream().distinct().count());
    T state = model.initial();
    for (int i = 0; i < order.size(); i++) {
      int event = order.get(i);
      for (int earlier : order.subList(0, i)) {
        assertFalse(precedence.precedes(event, earlier));
      }
      Transition<T> step = model.steps(state, precedence.event(event).call()).iterator().next();
      assertEquals(step.result(), precedence.event(event).result());
      state = step.next();
    }
  }

  /** Both verdicts must come often enough, and a monitor that need not give up must not. */
  private static void collect(Case sample, Finding finding) {
    if (!sample.kind().needsIntervals() && !sample.kind().equals(SET)) {
      assertNotEquals(Finding.UNKNOWN, finding);
    } else if (sample.kind().needsIntervals()) {
      assertEquals(Intervals.of(sample.precedence()) == null, finding.equals(Finding.UNKNOWN));
    }
    Statistics.label(sample.kind().name())
        .collect(finding instanceof Finding.Order ? "order" : finding)
        .coverage(share -> {
          share.check("order").percentage(percent -> percent >= 15);
          share.check(Finding.NO_ORDER).percentage(percent -> percent >= 15);
        });
  }

  @Provide
  Arbitrary<Case> few() {
    return cases(4, 7);
  }

  @Provide
  Arbitrary<Case> many() {
    return cases(8, 24);
  }

  private static Arbitrary<Case> cases(int minCalls, int maxCalls) {
    return Arbitraries.of(QUEUE, STACK, SET, REGISTER, COUNTER)
        .flatMap(
            kind -> Arbitraries.randomValue(random -> anyCase(kind, random, minCalls, maxCalls)));
  }

  private static Case anyCase(Kind kind, Random random, int minCalls, int maxCalls) {
    int calls = minCalls + random.nextInt(maxCalls - minCalls + 1);
    return new Case(
        kind,
        run(specification(kind.model()), kind.calls(random), random)
            .forgetfulness(random.nextInt(3) == 0 ? random.nextDouble() : 0)
            .lateness(random.nextInt(3) / Math.sqrt(calls))
            .history(2 + random.nextInt(3), 0, calls, 0, random.nextInt(4)));
  }

  private static <T> RandomRun<T> run(
      Specification<Invocation, T> specification, Supplier<Invocation> calls, Random random) {
    return new RandomRun<>(specification, calls, random);
  }
}
