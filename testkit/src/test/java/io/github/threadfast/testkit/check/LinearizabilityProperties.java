package io.github.threadfast.testkit.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.threadfast.testkit.check.History.Event;
import io.github.threadfast.testkit.check.Model.Call;
import io.github.threadfast.testkit.check.Verdict.Contradiction;
import io.github.threadfast.testkit.check.Verdict.DeadEnd;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
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

  /** All orders of n things, for n up to {@link #MAX_CALLS}. */
  private static final List<List<List<Integer>>> ORDERS =
      IntStream.rangeClosed(0, MAX_CALLS).mapToObj(LinearizabilityProperties::orders).toList();

  /** A history, and the model that it claims to be of. */
  record Case<S>(Model<S> model, History<Call> history) {
    List<Event<Call>> events() {
      return history.lanes().stream().flatMap(List::stream).toList();
    }
  }

  @Property(tries = 10_000)
  @StatisticsReport(StatisticsReport.StatisticsReportMode.OFF)
  void check_agreesWithEveryOrderTried(@ForAll("cases") Case<?> sample) {
    agree(sample);
  }

  private static <S> void agree(Case<S> sample) {
    List<Event<Call>> events = sample.events();
    boolean explained =
        ORDERS.get(events.size()).stream()
            .anyMatch(order -> explains(sample, order.stream().map(events::get).toList()));

    Verdict<Call> verdict = Linearizability.check(sample.history(), sample.model(), Long.MAX_VALUE);

    assertEquals(explained, verdict instanceof Verdict.Holds);
    assertEquals(!explained, verdict instanceof Verdict.Fails);
    if (verdict instanceof Verdict.Holds<Call> holds) {
      assertEquals(events.size(), holds.order().size());
      assertTrue(explains(sample, holds.order()));
    } else if (verdict instanceof Verdict.Fails<Call> fails) {
      assertFalse(fails.deadEnds().isEmpty());
      fails.deadEnds().forEach(deadEnd -> assertReal(sample, deadEnd));
    }
    Statistics.label("verdict")
        .collect(explained)
        .coverage(share -> {
          share.check(true).percentage(percent -> percent >= 15);
          share.check(false).percentage(percent -> percent >= 15);
        });
  }

  @Property(tries = 200)
  void check_withAnyNumberOfSteps_takesNoMoreAndIsNeverWrong(@ForAll("cases") Case<?> sample) {
    neverWrong(sample);
  }

  private static <S> void neverWrong(Case<S> sample) {
    Verdict<Call> truth = Linearizability.check(sample.history(), sample.model(), Long.MAX_VALUE);
    long maxSteps = 0;
    Verdict<Call> verdict;
    do {
      long[] steps = new long[1];
      Model<S> model = sample.model();
      verdict =
          Linearizability.check(
              sample.history(),
              new Model<>(
                  model.name(),
                  model.initial(),
                  model.calls(),
                  (state, call) -> {
                    steps[0]++;
                    return model.step(state, call);
                  }),
              maxSteps);

      assertTrue(steps[0] <= maxSteps);
      if (verdict instanceof Verdict.Undecided<Call> undecided) {
        assertEquals(steps[0], undecided.steps());
      } else {
        assertEquals(truth, verdict);
      }
      maxSteps++;
    } while (verdict instanceof Verdict.Undecided);
  }

  /**
   * Whether {@code order} keeps every lane's order and the order in time, and gives the results.
   */
  private static <S> boolean explains(Case<S> sample, List<Event<Call>> order) {
    int[] done = new int[sample.history().lanes().size()];
    S state = sample.model().initial();
    for (Event<Call> event : order) {
      if (!mayComeNext(sample, event, done)) {
        return false;
      }
      Specification.Step<S> step = sample.model().step(state, event.call());
      if (!step.result().equals(event.result())) {
        return false;
      }
      done[event.lane()]++;
      state = step.next();
    }
    return true;
  }

  private static boolean mayComeNext(Case<?> sample, Event<Call> event, int[] done) {
    List<Event<Call>> lane = sample.history().lanes().get(event.lane());
    return done[event.lane()] < lane.size()
        && lane.get(done[event.lane()]).equals(event)
        && IntStream.range(0, done.length).allMatch(i -> event.returnedBefore().get(i) <= done[i]);
  }

  private static <S> void assertReal(Case<S> sample, DeadEnd<Call> deadEnd) {
    assertTrue(explains(sample, deadEnd.order()));
    int[] done = new int[sample.history().lanes().size()];
    S state = sample.model().initial();
    for (Event<Call> event : deadEnd.order()) {
      done[event.lane()]++;
      state = sample.model().step(state, event.call()).next();
    }
    assertEquals(
        sample.events().stream().filter(event -> mayComeNext(sample, event, done)).toList(),
        deadEnd.contradictions().stream().map(Contradiction::event).toList());
    for (Contradiction<Call> contradiction : deadEnd.contradictions()) {
      Result expected = sample.model().step(state, contradiction.event().call()).result();
      assertEquals(expected, contradiction.expected());
      assertNotEquals(expected, contradiction.event().result());
    }
  }

  private static List<List<Integer>> orders(int n) {
    if (n == 0) {
      return List.of(List.of());
    }
    List<List<Integer>> orders = new ArrayList<>();
    for (List<Integer> shorter : orders(n - 1)) {
      for (int place = 0; place < n; place++) {
        List<Integer> order = new ArrayList<>(shorter);
        order.add(place, n - 1);
        orders.add(order);
      }
    }
    return orders;
  }

  @Provide
  Arbitrary<Case<?>> cases() {
    return Arbitraries.of(Model.ALL)
        .flatMap(model -> Arbitraries.randomValue(random -> new Run<>(model, random).toCase()));
  }

  /**
   * A run in random intervals: every call takes effect somewhere between its beginning and its end,
   * and then some results are changed.
   */
  private static final class Run<S> {
    private final Model<S> model;
    private final Random random;
    private final List<List<Event<Call>>> lanes = new ArrayList<>();
    private final List<Integer> pending = new ArrayList<>();
    private final List<Integer> returned = new ArrayList<>();
    private S state;

    Run(Model<S> model, Random random) {
      this.model = model;
      this.random = random;
      this.state = model.initial();
    }

    Case<S> toCase() {
      int laneCount = 2 + random.nextInt(3);
      for (int lane = 0; lane < laneCount; lane++) {
        lanes.add(new ArrayList<>());
        returned.add(0);
      }
      List<Integer> beginsAndEnds = new ArrayList<>();
      for (int call = 2 + random.nextInt(MAX_CALLS - 1); call > 0; call--) {
        beginsAndEnds.addAll(Collections.nCopies(2, random.nextInt(laneCount)));
      }
      Collections.shuffle(beginsAndEnds, random);

      double forgetful = random.nextInt(3) / 2.0;
      for (int lane : beginsAndEnds) {
        if (lanes.get(lane).size() == returned.get(lane)) {
          begin(lane, forgetful);
        } else {
          takeEffect(lane);
          returned.set(lane, returned.get(lane) + 1);
        }
        Collections.shuffle(pending, random);
        List.copyOf(pending).stream()
            .filter(any -> random.nextInt(3) == 0)
            .forEach(this::takeEffect);
      }
      for (int change = random.nextInt(4); change > 0; change--) {
        changeAResult();
      }
      return new Case<>(model, new History<>(lanes));
    }

    /** Counts of other lanes may be too low: a thread need not see at once what others did. */
    private void begin(int lane, double forgetful) {
      List<Integer> seen = new ArrayList<>();
      for (int other = 0; other < lanes.size(); other++) {
        int count = returned.get(other);
        boolean forgets = other != lane && random.nextDouble() < forgetful;
        seen.add(forgets ? random.nextInt(count + 1) : count);
      }
      lanes.get(lane).add(new Event<>(lane, anyCall(), Result.DONE, seen));
      pending.add(lane);
    }

    private void takeEffect(int lane) {
      if (pending.remove(Integer.valueOf(lane))) {
        List<Event<Call>> events = lanes.get(lane);
        Specification.Step<S> step = model.step(state, events.get(events.size() - 1).call());
        setResult(lane, events.size() - 1, step.result());
        state = step.next();
      }
    }

    /** Gives some call a result that it could have in another run. */
    private void changeAResult() {
      List<Event<Call>> events = lanes.get(random.nextInt(lanes.size()));
      if (!events.isEmpty()) {
        int index = random.nextInt(events.size());
        S other = model.initial();
        for (int calls = random.nextInt(5); calls > 0; calls--) {
          other = model.step(other, anyCall()).next();
        }
        Event<Call> event = events.get(index);
        setResult(event.lane(), index, model.step(other, event.call()).result());
      }
    }

    private void setResult(int lane, int index, Result result) {
      Event<Call> event = lanes.get(lane).get(index);
      lanes.get(lane).set(index, new Event<>(lane, event.call(), result, event.returnedBefore()));
    }

    private Call anyCall() {
      return model.calls().get(random.nextInt(model.calls().size()));
    }
  }
}
