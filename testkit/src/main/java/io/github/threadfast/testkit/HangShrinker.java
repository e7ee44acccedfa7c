package io.github.threadfast.testkit;

import io.github.threadfast.testkit.run.Crew;
import io.github.threadfast.testkit.run.Outcome;
import io.github.threadfast.testkit.run.StressRunner;
import io.github.threadfast.testkit.run.Subjects;
import io.github.threadfast.testkit.scenario.Operation.Place;
import io.github.threadfast.testkit.scenario.Program;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Makes a program that hangs smaller, as long as it hangs for the same reason. Each hang costs its
 * threads: those that ignore an interrupt stay behind.
 */
final class HangShrinker<S> {
  private static final Duration ATTEMPT = Duration.ofMillis(100);
  private static final Duration STALL = Duration.ofMillis(200);
  private static final int RUNS = 64;

  private final Settings<S> settings;
  private final long seed;
  private final long deadline;

  HangShrinker(Settings<S> settings, long seed, long deadline) {
    this.settings = settings;
    this.seed = seed;
    this.deadline = deadline;
  }

  /** Returns the smallest hang that could be seen before the deadline. */
  Hung<S> shrink(Hung<S> hung) throws InterruptedException {
    List<Program<S>> candidates =
        hung.underWay().map(this::begun).map(begun -> begun.smaller().toList()).orElse(List.of());
    for (Program<S> candidate : candidates) {
      if (deadline - System.nanoTime() <= 0) {
        return hung;
      }
      Hung<S> again = attempt(candidate);
      if (again != null && again.hang().verdict() == hung.hang().verdict()) {
        return shrink(again);
      }
    }
    return hung;
  }

  /** Returns the part of a program that was begun: what would have followed plays no part. */
  private Program<S> begun(Outcome<S> outcome) {
    return new Program<>(
        outcome.program().before(),
        outcome.program().threads().stream().filter(calls -> !calls.isEmpty()).toList(),
        Stream.concat(
                outcome.program().after().stream().filter(call -> !call.operation().isFixed()),
                settings.operations.stream()
                    .filter(operation -> operation.place() == Place.AFTERWARDS)
                    .map(operation -> operation.call()))
            .toList());
  }

  private @Nullable Hung<S> attempt(Program<S> program) throws InterruptedException {
    Subjects<S> subjects = settings.subjects();
    AtomicBoolean over = new AtomicBoolean();
    Program<S> stoppable =
        settings.plain(program).withOperations(operation -> operation.until(over::getOpaque));
    try (Crew crew = new Crew(program.threads().size())) {
      StressRunner<S> runner = new StressRunner<>(crew, subjects, settings.invariants, seed);
      try {
        Future<?> runs = crew.direct(() -> repeat(stoppable, runner, subjects));
        return new Watchdog(crew, () -> subjects.made() + runner.progress(), STALL)
            .await(runs, ATTEMPT.plus(STALL).plus(STALL))
            .map(why -> new Hung<>(runner.underWay(), why))
            .orElse(null);
      } finally {
        over.set(true); // before the crew is interrupted: what that ends must not begin anew
        runner.stop();
      }
    } catch (ExecutionException | TimeoutException noHang) {
      return null;
    }
  }

  /** Belongs to thread A, which closes what it has made if it does not hang. */
  private static <S> StressRunner<S> repeat(
      Program<S> program, StressRunner<S> runner, Subjects<S> subjects)
      throws InterruptedException, ExecutionException {
    long end = System.nanoTime() + ATTEMPT.toNanos();
    while (System.nanoTime() - end < 0) {
      runner.run(program, RUNS, ATTEMPT.toNanos());
      subjects.closeAll();
    }
    return runner;
  }
}
