package io.github.threadfast.testkit;

import io.github.threadfast.testkit.model.Result;
import io.github.threadfast.testkit.run.Crew;
import io.github.threadfast.testkit.run.Outcome;
import io.github.threadfast.testkit.run.StressRunner;
import io.github.threadfast.testkit.run.Subjects;
import io.github.threadfast.testkit.scenario.Call;
import io.github.threadfast.testkit.scenario.Operation;
import io.github.threadfast.testkit.scenario.Program;
import io.github.threadfast.testkit.scenario.Values;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;

/** Runs a few actions at once, again and again, and counts what comes of them. */
final class OutcomeCount<S> {
  /** A table with more outcomes is of no use, and counting ends. */
  private static final int MAX_OUTCOMES = 1_000;

  private final AtomicBoolean over = new AtomicBoolean();

  private final Subjects<S> subjects;
  private final StressRunner<S> runner;
  private final Program<S> program;

  private final BatchSize batch = new BatchSize();

  /** Noting an order adds one, and so none is noted once the threads were seen to meet. */
  private boolean overlapped;

  OutcomeCount(
      Crew crew,
      Subjects<S> subjects,
      List<Operation<S>> actors,
      List<Operation<S>> afterwards,
      long seed) {
    this.subjects = subjects;
    this.runner = new StressRunner<>(crew, subjects, List.of(), seed);
    this.program =
        new Program<>(
            List.of(),
            actors.stream().map(actor -> List.of(untilOver(actor))).toList(),
            afterwards.stream().map(this::untilOver).toList());
  }

  private Call<S> untilOver(Operation<S> operation) {
    return operation.until(over::getOpaque).call();
  }

  /**
   * Runs for as long as {@code budget} and returns the rows, declared or not, with their counts.
   */
  OutcomeTable run(List<OutcomeTable.Row> declared, Duration budget)
      throws InterruptedException, ExecutionException {
    long begin = System.nanoTime();
    String subject = Values.nameOf(subjects.sample());
    Map<Outcome<S>, Long> counts = new HashMap<>();
    long now = System.nanoTime();
    while (now - begin < budget.toNanos() && !over.get() && counts.size() <= MAX_OUTCOMES) {
      for (Outcome<S> outcome :
          runner.run(program, batch.runs(), BatchSize.MAX_NANOS, !overlapped)) {
        overlapped = overlapped || outcome.overlaps();
        counts.merge(outcome, 1L, Long::sum);
      }
      long before = now;
      now = System.nanoTime();
      batch.adaptTo(now - before);
    }
    return new OutcomeTable(
        subject,
        actions(),
        rows(declared, counts),
        Duration.ofNanos(System.nanoTime() - begin),
        overlapped);
  }

  private List<String> actions() {
    List<String> actions = new ArrayList<>();
    for (List<Call<S>> thread : program.threads()) {
      actions.add(Crew.name(actions.size()) + ": " + thread.get(0).operation());
    }
    program.after().forEach(call -> actions.add("afterwards: " + call.operation()));
    return actions;
  }

  private List<OutcomeTable.Row> rows(
      List<OutcomeTable.Row> declared, Map<Outcome<S>, Long> counts) {
    Map<OutcomeTable.Outcome, Long> seen = new HashMap<>();
    counts.forEach((outcome, count) ->
        seen.merge(OutcomeTable.Outcome.ofRun(results(outcome)), count, Long::sum));
    List<OutcomeTable.Row> rows = new ArrayList<>();
    for (OutcomeTable.Row row : declared) {
      Long count = seen.remove(row.outcome());
      rows.add(row.withCount(count == null ? 0 : count));
    }
    seen.forEach((outcome, count) ->
        rows.add(new OutcomeTable.Row(outcome, count, Expectation.UNDECLARED, "")));
    return rows;
  }

  private static <S> List<Result> results(Outcome<S> outcome) {
    List<Result> results = new ArrayList<>();
    outcome.history().lanes().forEach(lane -> lane.forEach(event -> results.add(event.result())));
    return results;
  }

  /** Returns a number that changes as long as calls begin. May be called by any thread. */
  long progress() {
    return subjects.made() + runner.progress();
  }

  /** Ends the count at its next call. May be called by any thread. */
  void stop() {
    over.set(true);
    runner.stop();
  }
}
