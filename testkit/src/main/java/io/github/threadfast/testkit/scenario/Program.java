package io.github.threadfast.testkit.scenario;

import static java.util.stream.Collectors.joining;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
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
  private static final int MIN_THREADS = 2;

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
   * Returns the programs that are one step smaller, the largest steps first: without a thread;
   * without a call of a thread; without all, one, or two of the calls before or after; with a
   * thread's first call done before, or its last one after, all threads; with all calls of a thread
   * made by another, after its own. Each has fewer calls in its threads, or as many there and fewer
   * in all, or as many calls and fewer threads. Two threads always stay, a thread keeps at least
   * one call, and fixed operations stay.
   */
  public Stream<Program<S>> smaller() {
    return Stream.of(
            withoutThread(),
            withoutCall(),
            withoutFree(before).map(fewer -> new Program<>(fewer, threads, after)),
            withoutFree(after).map(fewer -> new Program<>(before, threads, fewer)),
            withCallMoved(),
            withThreadMoved())
        .flatMap(candidates -> candidates);
  }

  private Stream<Program<S>> withoutThread() {
    return threads.size() <= MIN_THREADS
        ? Stream.empty()
        : without(threads).map(fewer -> new Program<>(before, fewer, after));
  }

  private Stream<Program<S>> withoutCall() {
    return IntStream.range(0, threads.size())
        .filter(thread -> threads.get(thread).size() > 1)
        .boxed()
        .flatMap(thread -> without(threads.get(thread)).map(calls -> with(thread, calls)));
  }

  private Stream<Program<S>> withCallMoved() {
    return IntStream.range(0, threads.size())
        .boxed()
        .flatMap(thread -> Stream.of(withFirstBefore(thread), withLastAfter(thread)))
        .filter(program -> program.threads().size() >= MIN_THREADS);
  }

  private Stream<Program<S>> withThreadMoved() {
    if (threads.size() <= MIN_THREADS) {
      return Stream.empty();
    }
    return IntStream.range(0, threads.size())
        .boxed()
        .flatMap(from ->
            IntStream.range(0, threads.size())
                .filter(to -> to != from)
                .mapToObj(to -> withThreadMoved(from, to)));
  }

  private Program<S> withThreadMoved(int from, int to) {
    List<Call<S>> longer = new ArrayList<>(threads.get(to));
    longer.addAll(threads.get(from));
    List<List<Call<S>>> fewer = new ArrayList<>(threads);
    fewer.set(to, longer);
    fewer.remove(from);
    return new Program<>(before, fewer, after);
  }

  /**
   * Returns the programs with the same calls that have smaller arguments: first one value replaced
   * wherever it stands, since a key that is put must be the key that is looked up; then in one call
   * alone. Each argument is made smaller when its turn comes: that may take long.
   */
  public Stream<Program<S>> withSmallerArguments() {
    List<Argument> all = allCalls().flatMap(call -> call.arguments().stream()).toList();
    Stream<Program<S>> everywhere =
        IntStream.range(0, all.size())
            .filter(i -> all.subList(0, i).stream().noneMatch(all.get(i)::isLike))
            .mapToObj(all::get)
            .flatMap(old -> withSmaller(old, old::isLike));
    Stream<Program<S>> once =
        all.stream()
            .filter(old -> all.stream().filter(old::isLike).count() > 1)
            .flatMap(old -> withSmaller(old, argument -> isSame(argument, old)));
    return Stream.concat(everywhere, once);
  }

  private Stream<Program<S>> withSmaller(Argument old, Predicate<Argument> isOld) {
    return Jqwik.inSession(() -> old.smaller().toList()).stream()
        .map(smaller -> withArguments(a -> isOld.test(a) ? smaller : a));
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

  /**
   * Returns the lists that lack all calls that are not fixed, or one of them, or two: what the one
   * has put in, the other has perhaps taken out.
   */
  private static <S> Stream<List<Call<S>>> withoutFree(List<Call<S>> calls) {
    List<Integer> free =
        IntStream.range(0, calls.size())
            .filter(index -> !calls.get(index).operation().isFixed())
            .boxed()
            .toList();
    Stream<List<Integer>> all = free.size() > 2 ? Stream.of(free) : Stream.empty();
    Stream<List<Integer>> one = free.stream().map(List::of);
    Stream<List<Integer>> two =
        free.stream()
            .flatMap(first ->
                free.stream()
                    .filter(second -> first < second)
                    .map(second -> List.of(first, second)));
    return Stream.of(all, one, two)
        .flatMap(left -> left)
        .map(left ->
            IntStream.range(0, calls.size())
                .filter(index -> !left.contains(index))
                .mapToObj(calls::get)
                .toList());
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
