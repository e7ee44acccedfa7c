package io.github.threadfast.testkit.scenario;

import io.github.threadfast.testkit.scenario.Operation.Place;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;
import org.jspecify.annotations.Nullable;

/** Programs as jqwik draws and shrinks them. */
public final class ProgramArbitrary {
  private static final int MAX_BEFORE = 3;
  private static final int MAX_AFTER = 4;

  private ProgramArbitrary() {}

  /** Returns the programs that have at most so many threads, and calls a thread. */
  public static <S> Arbitrary<Program<S>> of(
      List<Operation<S>> operations, int maxThreads, int maxCalls) {
    Arbitrary<Call<S>> call =
        Arbitraries.frequencyOf(
            operations.stream()
                .filter(operation -> !operation.isFixed())
                .map(operation -> Tuple.of(operation.weight(), call(operation)))
                .toList());
    Arbitrary<List<List<Call<S>>>> threads =
        call.list().ofMinSize(1).ofMaxSize(maxCalls).list().ofMinSize(2).ofMaxSize(maxThreads);
    return Combinators.combine(
            call.list().ofMaxSize(MAX_BEFORE),
            threads.map(ProgramArbitrary::confined).filter(confined -> confined.size() >= 2),
            call.list().ofMaxSize(MAX_AFTER))
        .as((before, calls, after) ->
            new Program<>(
                Stream.concat(fixed(operations, Place.BEFORE), before.stream()).toList(),
                calls,
                Stream.concat(after.stream(), fixed(operations, Place.AFTERWARDS)).toList()));
  }

  private static <S> Arbitrary<Call<S>> call(Operation<S> operation) {
    List<Arbitrary<@Nullable Object>> arguments = new ArrayList<>();
    for (Input input : operation.inputs()) {
      arguments.add(input.arbitrary().map(value -> value));
    }
    return arguments.isEmpty()
        ? Arbitraries.just(operation.call())
        : Combinators.combine(arguments)
            .as(values ->
                operation.call(values.stream().map(Argument::given).toArray(Argument[]::new)));
  }

  private static <S> Stream<Call<S>> fixed(List<Operation<S>> operations, Place place) {
    return operations.stream()
        .filter(operation -> operation.place() == place)
        .map(operation -> operation.call());
  }

  /** Leaves confined calls to the first thread that has one, and drops the others. */
  private static <S> List<List<Call<S>>> confined(List<List<Call<S>>> threads) {
    Set<Set<String>> taken = new HashSet<>();
    List<List<Call<S>>> confined = new ArrayList<>();
    for (List<Call<S>> calls : threads) {
      List<Call<S>> kept =
          calls.stream().filter(call -> !taken.contains(call.operation().confinement())).toList();
      kept.stream()
          .map(call -> call.operation().confinement())
          .filter(group -> !group.isEmpty())
          .forEach(taken::add);
      if (!kept.isEmpty()) {
        confined.add(kept);
      }
    }
    return confined;
  }
}
