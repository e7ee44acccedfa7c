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
   * Returns the scenarios that are one step smaller, the largest steps first: without a thread;
   * without a call of a thread; with a thread's first call done before, or its last one after, all
   * threads; without a call before or after. Each has fewer calls in its threads, or as many there
   * and fewer in all. Two threads always stay, and a thread keeps at least one call.
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
    Stream<Scenario<S>> withCallMoved =
        IntStream.range(0, threads.size())
            .boxed()
            .flatMap(thread -> Stream.of(withFirstBefore(thread), withLastAfter(thread)))
            .filter(Scenario::isConcurrent);
    Stream<Scenario<S>> withoutBefore =
        without(before).map(fewer -> new Scenario<>(fewer, threads, after));
    Stream<Scenario<S>> withoutAfter =
        without(after).map(fewer -> new Scenario<>(before, threads, fewer));
    return Stream.of(withoutThread, withoutCall, withCallMoved, withoutBefore, withoutAfter)
        .flatMap(candidates -> candidates);
  }

  private boolean isConcurrent() {
    return threads.size() >= 2;
  }

  private Scenario<S> withFirstBefore(int thread) {
    List<Operation<S>> calls = threads.get(thread);
    List<Operation<S>> longer = new ArrayList<>(before);
    longer.add(calls.get(0));
    return new Scenario<>(longer, replaced(thread, calls.subList(1, calls.size())), after);
  }

  private Scenario<S> withLastAfter(int thread) {
    List<Operation<S>> calls = threads.get(thread);
    List<Operation<S>> longer = new ArrayList<>(after);
    longer.add(0, calls.get(calls.size() - 1));
    return new Scenario<>(before, replaced(thread, calls.subList(0, calls.size() - 1)), longer);
  }

  private Scenario<S> with(int thread, List<Operation<S>> calls) {
    return new Scenario<>(before, replaced(thread, calls), after);
  }

  /** Returns the threads with other calls for one of them, which is left out if it has none. */
  private List<List<Operation<S>>> replaced(int thread, List<Operation<S>> calls) {
    List<List<Operation<S>>> changed = new ArrayList<>(threads);
    if (calls.isEmpty()) {
      changed.remove(thread);
    } else {
      changed.set(thread, calls);
    }
    return changed;
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
