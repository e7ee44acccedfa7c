package io.github.threadfast.testkit.run;

import static java.util.stream.Collectors.toSet;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.threadfast.testkit.check.History;
import io.github.threadfast.testkit.check.History.Event;
import io.github.threadfast.testkit.model.Result;
import io.github.threadfast.testkit.model.Result.Returned;
import io.github.threadfast.testkit.scenario.Call;
import io.github.threadfast.testkit.scenario.Calls;
import io.github.threadfast.testkit.scenario.Program;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Phaser;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class StressRunnerTest {
  private static final long ENOUGH = TimeUnit.HOURS.toNanos(1);

  /** Enough for some runs, however slow the machine is: the first is always made. */
  private static final long MOMENT = TimeUnit.MILLISECONDS.toNanos(50);

  private final Crew crew = new Crew(3);

  @AfterEach
  void close() {
    crew.close();
  }

  @Test
  void overlaps_isKnownOfCallsThatMetInABatchThatNotesTheOrder() throws Exception {
    Call<Phaser> meet =
        Calls.call("meet", both -> Result.returned(both.awaitAdvanceInterruptibly(both.arrive())));
    Program<Phaser> scenario =
        new Program<>(List.of(), List.of(List.of(meet), List.of(meet)), List.of());
    StressRunner<Phaser> runner = new StressRunner<>(crew, () -> new Phaser(2), List.of(), 1);

    List<Outcome<Phaser>> noted = runner.run(scenario, 50, ENOUGH);
    List<Outcome<Phaser>> notNoted = runner.run(scenario, 50, ENOUGH);

    assertEquals(50, noted.stream().filter(Outcome::overlaps).count());
    assertEquals(0, notNoted.stream().filter(Outcome::overlaps).count());
  }

  @Test
  void run_givesEachRunASubjectOfItsOwn() throws InterruptedException, ExecutionException {
    Call<Object> self = Calls.call("self", Result::returned);
    Program<Object> scenario =
        new Program<>(List.of(self), List.of(List.of(self), List.of(self)), List.of(self));

    Set<Object> subjects = Collections.newSetFromMap(new IdentityHashMap<>());
    for (Outcome<Object> outcome :
        new StressRunner<>(crew, Object::new, List.of(), 1).run(scenario, 100, ENOUGH)) {
      Set<Result> results = events(outcome.history()).stream().map(Event::result).collect(toSet());
      assertEquals(1, results.size());
      subjects.add(value(results.iterator().next()));
    }

    assertEquals(100, subjects.size());
  }

  @Test
  void run_putsEachResultInItsLane() throws InterruptedException, ExecutionException {
    Program<Object> scenario =
        new Program<>(
            named("a", "b"),
            List.of(named("c"), named("d", "e", "f"), named("g", "h")),
            named("i", "j", "k"));

    List<Outcome<Object>> outcomes =
        new StressRunner<>(crew, Object::new, List.of(), 1).run(scenario, 10, ENOUGH);

    assertEquals(10, outcomes.size());
    for (Outcome<Object> outcome : outcomes) {
      List<List<Event<Call<Object>>>> lanes = outcome.history().lanes();
      assertEquals(
          List.of(
              scenario.before(),
              scenario.threads().get(0),
              scenario.threads().get(1),
              scenario.threads().get(2),
              scenario.after()),
          lanes.stream().map(lane -> lane.stream().map(Event::call).toList()).toList());
      for (Event<Call<Object>> event : events(outcome.history())) {
        assertEquals(Result.returned(event.call().operation().name()), event.result());
        assertTrue(lanes.get(event.lane()).contains(event));
      }
    }
  }

  /** Two tickets, drawn when a call began and when it ended. */
  private record Interval(long begin, long end) {}

  @Test
  void run_claimsNoOrderInTimeThatWasNotThere() throws InterruptedException, ExecutionException {
    Call<AtomicLong> draw =
        Calls.call(
            "draw",
            tickets -> {
              long begin = tickets.getAndIncrement();
              letOthersIn();
              return Result.returned(new Interval(begin, tickets.getAndIncrement()));
            });
    Program<AtomicLong> scenario =
        new Program<>(
            List.of(draw, draw),
            List.of(List.of(draw, draw, draw), List.of(draw, draw), List.of(draw)),
            List.of(draw, draw));
    StressRunner<AtomicLong> runner = new StressRunner<>(crew, AtomicLong::new, List.of(), 1);

    int batchesWithOrder = 0;
    int batches = 40;
    for (int batch = 0; batch < batches; batch++) {
      int claims = 0;
      for (Outcome<AtomicLong> outcome : runner.run(scenario, 250, MOMENT)) {
        claims += requireReal(outcome.history());
        requireReal(outcome.withoutTime().history());
        assertEquals(0, claimsBetweenThreads(outcome.withoutTime().history()));
      }
      batchesWithOrder += claims > 0 ? 1 : 0;
    }

    assertTrue(batchesWithOrder > batches / 4 && batchesWithOrder < batches * 3 / 4);
  }

  @SuppressWarnings("ThreadPriorityCheck") // calls shall overlap on a busy machine, too
  private static void letOthersIn() {
    Thread.yield();
  }

  /** Checks every claim of {@code history}; returns how many are between threads. */
  private static int requireReal(History<Call<AtomicLong>> history) {
    int last = history.lanes().size() - 1;
    for (Event<Call<AtomicLong>> event : events(history)) {
      for (int lane = 0; lane <= last; lane++) {
        List<Event<Call<AtomicLong>>> others = history.lanes().get(lane);
        int returned = event.returnedBefore().get(lane);
        others
            .subList(0, returned)
            .forEach(other -> assertTrue(interval(other).end() < interval(event).begin()));
        boolean allReturned = lane != event.lane() && (lane == 0 || event.lane() == last);
        assertTrue(!allReturned || returned == others.size());
        assertTrue(lane != event.lane() || others.indexOf(event) == returned);
      }
    }
    return claimsBetweenThreads(history);
  }

  private static int claimsBetweenThreads(History<Call<AtomicLong>> history) {
    int last = history.lanes().size() - 1;
    return events(history).stream()
        .filter(event -> event.lane() > 0 && event.lane() < last)
        .flatMapToInt(event ->
            IntStream.range(1, last)
                .filter(lane -> lane != event.lane())
                .map(lane -> event.returnedBefore().get(lane)))
        .sum();
  }

  @Test
  void run_whenACallStopsIt_returnsWhatWasRunUntilThen()
      throws InterruptedException, ExecutionException {
    AtomicInteger calls = new AtomicInteger();
    AtomicInteger afterwards = new AtomicInteger();
    StressRunner<Object> runner = new StressRunner<>(crew, Object::new, List.of(), 1);
    Call<Object> stopInTheTenthRun =
        Calls.call(
            "stop",
            subject -> {
              if (calls.incrementAndGet() == 10) {
                runner.stop();
              }
              return Result.DONE;
            });
    Call<Object> count =
        Calls.call("count", subject -> Result.returned(afterwards.incrementAndGet()));
    Program<Object> scenario =
        new Program<>(
            List.of(), List.of(List.of(stopInTheTenthRun), named("other")), List.of(count));

    List<Outcome<Object>> outcomes = runner.run(scenario, 1_000, ENOUGH);

    // the other thread may see the stop before it passes the tenth start
    assertTrue(outcomes.size() == 9 || outcomes.size() == 10, "ran " + outcomes.size());
    assertEquals(10, calls.get());
    assertEquals(outcomes.size(), afterwards.get());
    outcomes.forEach(
        outcome -> events(outcome.history()).forEach(event -> assertNotNull(event.result())));
    assertEquals(List.of(), runner.run(scenario, 1, ENOUGH));
  }

  /** As where a machine is too slow for a whole batch, and a call after the threads then hangs. */
  @Test
  void underWay_afterTheThreadsOfABatchThatWasCutShort_showsWhatTheyDid()
      throws InterruptedException, ExecutionException {
    StressRunner<Object> runner = new StressRunner<>(crew, Object::new, List.of(), 1);
    AtomicInteger calls = new AtomicInteger();
    Call<Object> stopInTheSecondRun =
        Calls.call(
            "stop",
            subject -> {
              if (calls.incrementAndGet() == 2) {
                runner.stop();
              }
              return Result.returned("ran");
            });
    List<Outcome<Object>> seen = new ArrayList<>(); // of this thread
    Call<Object> look =
        Calls.call(
            "look",
            subject -> {
              seen.add(runner.underWay().orElseThrow());
              return Result.DONE;
            });
    Program<Object> scenario =
        new Program<>(
            List.of(), List.of(List.of(stopInTheSecondRun), named("other")), List.of(look));

    runner.run(scenario, 1_000, ENOUGH);

    assertFalse(seen.isEmpty());
    for (Outcome<Object> outcome : seen) {
      assertEquals(
          List.of(Result.returned("ran"), Result.returned("other"), Result.PENDING),
          events(outcome.history()).stream().map(Event::result).toList());
    }
  }

  @Test
  void run_whenACallLeavesAnInterrupt_hidesItFromAllOtherCalls()
      throws InterruptedException, ExecutionException {
    Call<Object> interrupt =
        Calls.call(
            "interrupt",
            subject -> {
              Thread.currentThread().interrupt();
              return Result.returned(false);
            });
    Call<Object> look =
        Calls.call("look", subject -> Result.returned(Thread.currentThread().isInterrupted()));
    List<Call<Object>> calls = List.of(look, interrupt, look, interrupt);
    Program<Object> scenario = new Program<>(calls, List.of(calls, calls), calls);

    List<Outcome<Object>> outcomes =
        new StressRunner<>(crew, Object::new, List.of(), 1).run(scenario, 100, ENOUGH);

    assertEquals(100, outcomes.size());
    outcomes.forEach(outcome ->
        events(outcome.history())
            .forEach(event -> assertEquals(Result.returned(false), event.result())));
  }

  private static List<Call<Object>> named(String... names) {
    return List.of(names).stream()
        .map(name -> Calls.call(name, subject -> Result.returned(name)))
        .toList();
  }

  private static <S> List<Event<Call<S>>> events(History<Call<S>> history) {
    return history.lanes().stream().flatMap(List::stream).toList();
  }

  private static Interval interval(Event<?> event) {
    return (Interval) value(event.result());
  }

  private static Object value(Result result) {
    return ((Returned) result).value();
  }
}
