package io.github.threadfast.testkit.scenario;

import static java.util.stream.Collectors.joining;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What is run once: some calls before the threads start, the calls of each thread, and some calls
 * after the threads ended.
 *
 * @param <S> the class under test
 * @param before the calls that prepare the subject
 * @param threads the calls of each thread
 * @param after the calls that look at what the threads left behind
 */
public record Program<S>(List<Call<S>> before, List<List<Call<S>>> threads, List<Call<S>> after) {

  /** Keeps its own copies. */
  public Program {
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
  public Stream<Program<S>> smaller() {
    Stream<Program<S>> withoutThread =
        threads.size() == 2
            ? Stream.empty()
            : without(threads).map(fewer -> new Program<>(before, fewer, after));
    Stream<Program<S>> withoutCall =
        IntStream.range(0, threads.size())
            .filter(thread -> threads.get(thread).size() > 1)
            .boxed()
            .flatMap(thread -> without(threads.get(thread)).map(calls -> with(thread, calls)));
    Stream<Program<S>> withCallMoved =
        IntStream.range(0, threads.size())
            .boxed()
            .flatMap(thread -> Stream.of(withFirstBefore(thread), withLastAfter(thread)))
            .filter(Program::isConcurrent);
    Stream<Program<S>> withoutBefore =
        withoutFree(before).map(fewer -> new Program<>(fewer, threads, after));
    Stream<Program<S>> withoutAfter =
        withoutFree(after).map(fewer -> new Program<>(before, threads, fewer));
    return Stream.of(withoutThread, withoutCall, withCallMoved, withoutBefore, withoutAfter)
        .flatMap(candidates -> candidates);
  }

  /**
   * Returns the programs with the same calls that have smaller arguments: first one value replaced
   * wherever it stands, since a key that is put must be the key that is looked up; then in one call
   * alone. Must be called in a {@linkplain Jqwik session}.
   */
  public List<Program<S>> withSmallerArguments() {
    List<Argument> all = allCalls().flatMap(call -> call.arguments().stream()).toList();
    Stream<Program<S>> everywhere =
        all.stream()
            .distinct()
            .flatMap(old ->
                old.smaller().map(smaller -> withArguments(a -> a.equals(old) ? smaller : a)));
    Stream<Program<S>> once =
        all.stream()
            .filter(old -> Collections.frequency(all, old) > 1)
            .flatMap(old ->
                old.smaller().map(smaller -> withArguments(a -> isSame(a, old) ? smaller : a)));
    return Stream.concat(everywhere, once).toList();
  }

  @SuppressWarnings("ReferenceEquality") // one of several equal arguments
  private static boolean isSame(Argument first, Argument second) {
    return first == second;
  }

  private Program<S> withArguments(UnaryOperator<Argument> change) {
    return new Program<>(
        with(before, change),
        threads.stream().map(calls -> with(calls, change)).toList(),
        with(after, change));
  }

  /** Returns this program with the same arguments for other operations. */
  public Program<S> withOperations(UnaryOperator<Operation<S>> change) {
    UnaryOperator<List<Call<S>>> each =
        calls ->
            calls.stream()
                .map(call -> new Call<>(change.apply(call.operation()), call.arguments()))
                .toList();
    return new Program<>(
        each.apply(before), threads.stream().map(each).toList(), each.apply(after));
  }

  private static <S> List<Call<S>> with(List<Call<S>> calls, UnaryOperator<Argument> change) {
    return calls.stream().map(call -> call.with(change)).toList();
  }

  /** Returns the calls in the order in which one thread alone can make them. */
  public List<Call<S>> inSequence() {
    return allCalls().toList();
  }

  private Stream<Call<S>> allCalls() {
    return Stream.of(Stream.of(before), threads.stream(), Stream.of(after))
        .flatMap(lists -> lists)
        .flatMap(List::stream);
  }

  /** Returns an argument that is not as it was when it was drawn, with the call that has it. */
  public Optional<Map.Entry<Call<S>, Argument>> changedArgument() {
    return allCalls()
        .flatMap(call -> call.arguments().stream().map(argument -> Map.entry(call, argument)))
        .filter(entry -> entry.getValue().hasChanged())
        .findFirst();
  }

  private boolean isConcurrent() {
    return threads.size() >= 2;
  }

  private Program<S> withFirstBefore(int thread) {
    List<Call<S>> calls = threads.get(thread);
    List<Call<S>> longer = new ArrayList<>(before);
    longer.add(calls.get(0));
    return new Program<>(longer, replaced(thread, calls.subList(1, calls.size())), after);
  }

  private Program<S> withLastAfter(int thread) {
    List<Call<S>> calls = threads.get(thread);
    List<Call<S>> longer = new ArrayList<>(after);
    longer.add(0, calls.get(calls.size() - 1));
    return new Program<>(before, replaced(thread, calls.subList(0, calls.size() - 1)), longer);
  }

  private Program<S> with(int thread, List<Call<S>> calls) {
    return new Program<>(before, replaced(thread, calls), after);
  }

  /** Returns the threads with other calls for one of them, which is left out if it has none. */
  private List<List<Call<S>>> replaced(int thread, List<Call<S>> calls) {
    List<List<Call<S>>> changed = new ArrayList<>(threads);
    if (calls.isEmpty()) {
      changed.remove(thread);
    } else {
      changed.set(thread, calls);
    }
    return changed;
  }

  /** Returns the lists that lack one call of {@code calls} that is not fixed. */
  private static <S> Stream<List<Call<S>>> withoutFree(List<Call<S>> calls) {
    return IntStream.range(0, calls.size())
        .filter(index -> !calls.get(index).operation().isFixed())
        .mapToObj(index -> without(calls, index));
  }

  /** Returns the lists that lack one element of {@code list}. */
  private static <T> Stream<List<T>> without(List<T> list) {
    return IntStream.range(0, list.size()).mapToObj(index -> without(list, index));
  }

  private static <T> List<T> without(List<T> list, int index) {
    List<T> fewer = new ArrayList<>(list);
    fewer.remove(index);
    return fewer;
  }

  /** Returns whether both have equal calls. Most often asked of one program and itself. */
  @Override
  public boolean equals(@Nullable Object other) {
    return other == this
        || (other instanceof Program<?> that
            && before.equals(that.before)
            && threads.equals(that.threads)
            && after.equals(that.after));
  }

  @Override
  public int hashCode() {
    return Objects.hash(before, threads, after);
  }

  @Override
  public String toString() {
    String together = threads.stream().map(Program::inOneLine).collect(joining(" || ", "", ""));
    return (before.isEmpty() ? "" : inOneLine(before) + "; then ")
        + together
        + (after.isEmpty() ? "" : "; then " + inOneLine(after));
  }

  private static String inOneLine(List<? extends Call<?>> calls) {
    return calls.stream().map(Call::toString).collect(joining(", "));
  }
}
