package io.github.threadfast.testkit.run;

import io.github.threadfast.testkit.check.History;
import io.github.threadfast.testkit.check.History.Event;
import io.github.threadfast.testkit.model.Result;
import io.github.threadfast.testkit.scenario.Call;
import io.github.threadfast.testkit.scenario.Program;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What one run of a program came to. Runs by the thousand have few different outcomes, so that an
 * outcome is cheap to compare and is turned into a history only when it is new.
 *
 * @param <S> the class under test
 */
public final class Outcome<S> {
  private final Program<S> program;

  /** Of all calls: those before, those of each thread in turn, those after. */
  private final Result[] results;

  /** For each call of a thread, in that order, the calls returned from of each thread; or empty. */
  private final int[] returnedBefore;

  private final @Nullable Breach breach;

  Outcome(Program<S> program, Result[] results, int[] returnedBefore, @Nullable Breach breach) {
    this.program = program;
    this.results = results;
    this.returnedBefore = returnedBefore;
    this.breach = breach;
  }

  /** Returns the first invariant that was found broken, if any. */
  public Optional<Breach> breach() {
    return Optional.ofNullable(breach);
  }

  /** Returns the first call of this run that threw, if any. */
  public Optional<Event<Call<S>>> thrown() {
    return history().lanes().stream()
        .flatMap(List::stream)
        .filter(event -> event.result() instanceof Result.Threw)
        .findFirst();
  }

  /** Returns the outcome as a history: lane 0 is the part before, the last one the part after. */
  public History<Call<S>> history() {
    int threads = program.threads().size();
    List<List<Event<Call<S>>>> lanes = new ArrayList<>();
    List<Integer> returned = new ArrayList<>(Collections.nCopies(threads + 2, 0));
    int call = 0;
    call = sequential(program.before(), 0, call, returned, lanes);

    List<Integer> started = List.copyOf(returned);
    int clock = 0;
    for (int thread = 0; thread < threads; thread++) {
      List<Event<Call<S>>> lane = new ArrayList<>();
      for (Call<S> operation : program.threads().get(thread)) {
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

    sequential(program.after(), threads + 1, call, returned, lanes);
    return new History<>(lanes);
  }

  /**
   * Returns what this would have been if the part after the threads had had only {@code count}
   * calls.
   */
  public Outcome<S> withoutAfterFrom(int count) {
    List<Call<S>> after = program.after();
    Program<S> shorter =
        new Program<>(program.before(), program.threads(), after.subList(0, count));
    int calls = results.length - after.size() + count;
    return new Outcome<>(shorter, Arrays.copyOf(results, calls), returnedBefore, breach);
  }

  /** Returns whether any call returned or threw something. */
  public boolean showsSomething() {
    return !Arrays.stream(results).allMatch(Result.DONE::equals);
  }

  /** Returns whether two calls of different threads ran at the same time, as far as was noted. */
  public boolean overlaps() {
    return returnedBefore.length > 0 && history().hasConcurrentCalls();
  }

  /** Returns the program that was run. */
  public Program<S> program() {
    return program;
  }

  /** Returns the same results without the order in time between calls of different threads. */
  public Outcome<S> withoutTime() {
    return new Outcome<>(program, results, new int[0], breach);
  }

  /** Adds a lane of calls that nothing ran beside; returns the index of the call that follows. */
  private int sequential(
      List<Call<S>> calls,
      int lane,
      int firstCall,
      List<Integer> returned,
      List<List<Event<Call<S>>>> lanes) {
    List<Event<Call<S>>> events = new ArrayList<>();
    int call = firstCall;
    for (Call<S> operation : calls) {
      events.add(new Event<>(lane, operation, results[call++], returned));
      returned.set(lane, events.size());
    }
    lanes.add(events);
    return call;
  }

  /** Returns whether both are outcomes of one program with equal results, order and breach. */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Outcome<?> that
        && Arrays.equals(results, that.results)
        && Arrays.equals(returnedBefore, that.returnedBefore)
        && Objects.equals(breach, that.breach)
        && program.equals(that.program);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(results) + Arrays.hashCode(returnedBefore);
  }
}
