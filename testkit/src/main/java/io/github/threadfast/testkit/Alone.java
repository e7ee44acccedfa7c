package io.github.threadfast.testkit;

import io.github.threadfast.testkit.check.History;
import io.github.threadfast.testkit.check.History.Event;
import io.github.threadfast.testkit.check.Verdict;
import io.github.threadfast.testkit.model.Result;
import io.github.threadfast.testkit.report.TextReport;
import io.github.threadfast.testkit.run.Breach;
import io.github.threadfast.testkit.run.Subjects;
import io.github.threadfast.testkit.scenario.Call;
import io.github.threadfast.testkit.scenario.Operation.Place;
import io.github.threadfast.testkit.scenario.Program;
import io.github.threadfast.testkit.scenario.Values;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Finds what is wrong even when one thread alone makes all calls: it is no race. */
final class Alone<S> {
  private static final long SHRINK_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final Settings<S> settings;
  private final Subjects<S> subjects;
  private final @Nullable Oracle<S> oracle;

  Alone(Settings<S> settings, Subjects<S> subjects, @Nullable Oracle<S> oracle) {
    this.settings = settings;
    this.subjects = subjects;
    this.oracle = oracle;
  }

  /**
   * Makes the calls of {@code program}, one thread's after the other's.
   *
   * @throws UnfitException if that suffices to fail
   */
  void requireGood(Program<S> program) {
    requireGoodCalls(program.inSequence());
  }

  /**
   * Makes the calls of {@code order}.
   *
   * @throws UnfitException if that suffices to fail
   */
  void requireGood(List<Event<Call<S>>> order) {
    requireGoodCalls(order.stream().map(Event::call).toList());
  }

  private void requireGoodCalls(List<Call<S>> calls) {
    UnfitException fault = faultOf(calls);
    if (fault != null) {
      long deadline = System.nanoTime() + SHRINK_NANOS;
      throw smallest(new Program<>(calls, List.of(), List.of()), fault, deadline);
    }
  }

  private UnfitException smallest(Program<S> program, UnfitException fault, long deadline) {
    Stream<Program<S>> candidates =
        Stream.concat(program.smaller(), program.withSmallerArguments());
    for (Program<S> candidate : (Iterable<Program<S>>) candidates::iterator) {
      if (System.nanoTime() - deadline > 0) {
        return fault;
      }
      UnfitException again = faultOf(candidate.before());
      if (again != null) {
        return smallest(candidate, again, deadline);
      }
    }
    return fault;
  }

  /** What is set up in several steps is whole after the last. */
  private static <S> long fixedBefore(List<Call<S>> calls) {
    return calls.stream().takeWhile(call -> call.operation().place() == Place.BEFORE).count();
  }

  private @Nullable UnfitException faultOf(List<Call<S>> calls) {
    S subject = subjects.get();
    List<Event<Call<S>>> events = new ArrayList<>();
    for (Call<S> call : calls) {
      Result result = call.perform(subject);
      events.add(new Event<>(0, call, result, List.of(events.size())));
      Breach breach =
          events.size() < fixedBefore(calls)
              ? null
              : Breach.find(settings.invariants, subject, Breach.Moment.BEFORE_THREADS);
      if (breach != null) {
        return new UnfitException(
            TextReport.brokenAlone(Values.nameOf(subject), events, breach), breach.thrown());
      }
    }
    if (oracle != null
        && !oracle.isItself()
        && oracle.judge(new History<>(List.of(events))) instanceof Verdict.Fails<Call<S>> fails) {
      return new UnfitException(
          TextReport.differsAlone(Values.nameOf(subject), events, fails), null);
    }
    return null;
  }
}
