package io.github.threadfast.testkit.run;

import io.github.threadfast.testkit.check.History;
import io.github.threadfast.testkit.check.History.Event;
import io.github.threadfast.testkit.model.Result;
import io.github.threadfast.testkit.scenario.Operation;
import io.github.threadfast.testkit.scenario.Scenario;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one run of a scenario came to. Runs by the thousand have few different outcomes, so that an
 * outcome is cheap to compare and is turned into a history only when it is new.
 *
 * @param <S> the class under test
 */
public final class Outcome<S> {
  private final Scenario<S> scenario;

  /** Of all calls: those before, those of each thread in turn, those after. */
  private final Result[] results;

  /** For each call of a thread, in that order, the calls returned from of each thread; or empty. */
  private final int[] returnedBefore;

  Outcome(Scenario<S> scenario, Result[] results, int[] returnedBefore) {
    this.scenario = scenario;
    this.results = results;
    this.returnedBefore = returnedBefore;
  }

  /** Returns the outcome as a history: lane 0 is the part before, the last one the part after. */
  public History<Operation<S>> history() {
    int threads = scenario.threads().size();
    List<List<Event<Operation<S>>>> lanes = new ArrayList<>();
    List<Integer> returned = new ArrayList<>(Collections.nCopies(threads + 2, 0));
    int call = 0;
    call = sequential(scenario.before(), 0, call, returned, lanes);

    List<Integer> started = List.copyOf(returned);
    int clock = 0;
    for (int thread = 0; thread < threads; thread++) {
      List<Event<Operation<S>>> lane = new ArrayList<>();
      for (Operation<S> operation : scenario.threads().get(thread)) {
        List<Integer> before = new ArrayList<>(started);
        for (int other = 0; other < threads && returnedBefore.length > 0; other++) {
          before.set(other + 1, returnedBefore[clock++]);
        }
        before.set(thread + 1, lane.size());
        lane.add(new Event<>(thread + 1, operation, results[call++], before));
      }
      returned.set(thread + 1, lane.size());
      lanes.add(lane);
    }

    sequential(scenario.after(), threads + 1, call, returned, lanes);
    return new History<>(lanes);
  }

  /**
   * Returns what this would have been if the part after the threads had had only {@code count}
   * calls.
   */
  public Outcome<S> withoutAfterFrom(int count) {
    List<Operation<S>> after = scenario.after();
    Scenario<S> shorter =
        new Scenario<>(scenario.before(), scenario.threads(), after.subList(0, count));
    int calls = results.length - after.size() + count;
    return new Outcome<>(shorter, Arrays.copyOf(results, calls), returnedBefore);
  }

  /** Returns whether any call returned or threw something. */
  public boolean showsSomething() {
    return !Arrays.stream(results).allMatch(Result.DONE::equals);
  }

  /** Returns whether two calls of different threads ran at the same time, as far as was noted. */
  public boolean overlaps() {
    return returnedBefore.length > 0 && history().hasConcurrentCalls();
  }

  /** Returns the scenario that was run. */
  public Scenario<S> scenario() {
    return scenario;
  }

  /** Returns the same results without the order in time between calls of different threads. */
  public Outcome<S> withoutTime() {
    return new Outcome<>(scenario, results, new int[0]);
  }

  /** Adds a lane of calls that nothing ran beside; returns the index of the call that follows. */
  private int sequential(
      List<Operation<S>> calls,
      int lane,
      int firstCall,
      List<Integer> returned,
      List<List<Event<Operation<S>>>> lanes) {
    List<Event<Operation<S>>> events = new ArrayList<>();
    int call = firstCall;
    for (Operation<S> operation : calls) {
      events.add(new Event<>(lane, operation, results[call++], returned));
      returned.set(lane, events.size());
    }
    lanes.add(events);
    return call;
  }

  /** Returns whether both are outcomes of one scenario with equal results and order. */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Outcome<?> that
        && scenario.equals(that.scenario)
        && Arrays.equals(results, that.results)
        && Arrays.equals(returnedBefore, that.returnedBefore);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(results) + Arrays.hashCode(returnedBefore);
  }
}
