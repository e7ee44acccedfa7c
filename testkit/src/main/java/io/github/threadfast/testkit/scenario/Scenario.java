package io.github.threadfast.testkit.scenario;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * What is run once: some calls before the threads start, the calls of each thread, and some calls
 * after the threads ended.
 *
 * @param <S> the class under test
 * @param before the calls that prepare the subject
 * @param threads the calls of each thread
 * @param after the calls that look at what the threads left behind
 */
public record Scenario<S>(
    List<Operation<S>> before, List<List<Operation<S>>> threads, List<Operation<S>> after) {

  /** Keeps its own copies. */
  public Scenario {
    before = List.copyOf(before);
    threads = threads.stream().map(List::copyOf).toList();
    after = List.copyOf(after);
  }

  /** Returns how many calls one run makes. */
  public int calls() {
    return before.size() + threads.stream().mapToInt(List::size).sum() + after.size();
  }

  /**
   * Returns the scenarios that are one step smaller, the largest steps first: without a thread,
   * without a call of a thread, without a call before or after. Two threads always stay, and a
   * thread keeps at least one call.
   */
  public Stream<Scenario<S>> smaller() {
    Stream<Scenario<S>> withoutThread =
        threads.size() == 2
            ? Stream.empty()
            : without(threads).map(fewer -> new Scenario<>(before, fewer, after));
    Stream<Scenario<S>> withoutCall =
        IntStream.range(0, threads.size())
            .filter(thread -> threads.get(thread).size() > 1)
            .boxed()
            .flatMap(thread -> without(threads.get(thread)).map(calls -> with(thread, calls)));
    Stream<Scenario<S>> withoutBefore =
        without(before).map(fewer -> new Scenario<>(fewer, threads, after));
    Stream<Scenario<S>> withoutAfter =
        without(after).map(fewer -> new Scenario<>(before, threads, fewer));
    return Stream.of(withoutThread, withoutCall, withoutBefore, withoutAfter)
        .flatMap(candidates -> candidates);
  }

  private Scenario<S> with(int thread, List<Operation<S>> calls) {
    List<List<Operation<S>>> changed = new ArrayList<>(threads);
    changed.set(thread, calls);
    return new Scenario<>(before, changed, after);
  }

  /** Returns the lists that lack one element of {@code list}. */
  private static <T> Stream<List<T>> without(List<T> list) {
    return IntStream.range(0, list.size())
        .mapToObj(index -> {
          List<T> fewer = new ArrayList<>(list);
          fewer.remove(index);
          return fewer;
        });
  }
}
