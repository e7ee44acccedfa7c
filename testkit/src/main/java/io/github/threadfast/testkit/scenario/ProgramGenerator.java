package io.github.threadfast.testkit.scenario;

import io.github.threadfast.testkit.scenario.Operation.Place;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Draws programs without end: in turns one in which two operations meet, one call a thread, and a
 * larger one. All pairs of operations meet before any meets again; the larger ones grow until the
 * limits are reached. The seed decides all.
 *
 * @param <S> the class under test
 */
public final class ProgramGenerator<S> {
  private static final int MAX_BEFORE = 3;
  private static final int MAX_AFTER = 4;

  /** After so many larger programs they may have one more thread, and one more call in each. */
  private static final int GROWS_AFTER = 4;

  /**
   * Arguments of one program are drawn with so few different seeds, so that calls often meet at one
   * key, and a value that was put in is asked for.
   */
  private static final int MAX_SEEDS = 3;

  private static final int SEED_BOUND = 1 << 16;

  private final List<Operation<S>> free;
  private final List<Call<S>> first;
  private final List<Call<S>> last;
  private final int maxThreads;
  private final int maxCalls;
  private final Random random;

  private final Queue<List<Operation<S>>> pairs = new ArrayDeque<>();
  private long drawn;

  /** Creates a generator whose programs have at most so many threads, and calls a thread. */
  public ProgramGenerator(List<Operation<S>> operations, int maxThreads, int maxCalls, long seed) {
    this.free = operations.stream().filter(operation -> !operation.isFixed()).toList();
    this.first = fixed(operations, Place.BEFORE);
    this.last = fixed(operations, Place.AFTERWARDS);
    this.maxThreads = maxThreads;
    this.maxCalls = maxCalls;
    this.random = new Random(seed);
  }

  private static <S> List<Call<S>> fixed(List<Operation<S>> operations, Place place) {
    return operations.stream()
        .filter(operation -> operation.place() == place)
        .map(Operation::call)
        .toList();
  }

  /** Returns the next program. */
  public Program<S> next() {
    return free.stream().allMatch(operation -> operation.inputs().isEmpty())
        ? draw()
        : Jqwik.inSession(this::draw);
  }

  private Program<S> draw() {
    List<Integer> seeds =
        IntStream.range(0, between(1, MAX_SEEDS))
            .mapToObj(i -> random.nextInt(SEED_BOUND))
            .toList();
    if (drawn++ % 2 == 1) {
      return program(larger(seeds), seeds);
    }
    if (pairs.isEmpty()) {
      pairs.addAll(pairs());
    }
    List<Operation<S>> pair = pairs.remove();
    return program(pair.stream().map(operation -> List.of(call(operation, seeds))).toList(), seeds);
  }

  private List<List<Operation<S>>> pairs() {
    List<List<Operation<S>>> pairs = new ArrayList<>();
    for (int first = 0; first < free.size(); first++) {
      for (int second = first; second < free.size(); second++) {
        if (mayMeet(free.get(first), free.get(second))) {
          pairs.add(List.of(free.get(first), free.get(second)));
        }
      }
    }
    Collections.shuffle(pairs, random);
    return pairs;
  }

  private static boolean mayMeet(Operation<?> first, Operation<?> second) {
    return first.confinement().isEmpty() || !first.confinement().equals(second.confinement());
  }

  private List<List<Call<S>>> larger(List<Integer> seeds) {
    int size = (int) Math.min(Integer.MAX_VALUE, 2 + drawn / 2 / GROWS_AFTER);
    List<List<Operation<S>>> choices = choices(between(2, Math.min(maxThreads, size)));
    return choices.stream()
        .map(choice -> calls(choice, between(1, Math.min(maxCalls, size)), seeds))
        .toList();
  }

  /** Returns what each of so many threads may call; fewer threads if the operations forbid more. */
  private List<List<Operation<S>>> choices(int threads) {
    List<Operation<S>> shared = free.stream().filter(o -> o.confinement().isEmpty()).toList();
    Map<Set<String>, List<Operation<S>>> confined = new LinkedHashMap<>();
    free.stream()
        .filter(operation -> !operation.confinement().isEmpty())
        .forEach(operation ->
            confined
                .computeIfAbsent(operation.confinement(), x -> new ArrayList<>())
                .add(operation));
    List<List<Operation<S>>> choices =
        Stream.generate(() -> (List<Operation<S>>) new ArrayList<>(shared)).limit(threads).toList();
    List<List<Operation<S>>> groups = new ArrayList<>(confined.values());
    Collections.shuffle(groups, random);
    for (int i = 0; i < groups.size(); i++) {
      choices.get(i < threads ? i : random.nextInt(threads)).addAll(groups.get(i));
    }
    List<List<Operation<S>>> busy =
        new ArrayList<>(choices.stream().filter(choice -> !choice.isEmpty()).toList());
    Collections.shuffle(busy, random);
    return busy;
  }

  private Program<S> program(List<List<Call<S>>> threads, List<Integer> seeds) {
    List<Call<S>> before = new ArrayList<>(first);
    before.addAll(calls(free, between(0, MAX_BEFORE), seeds));
    List<Call<S>> after = new ArrayList<>(calls(free, between(0, MAX_AFTER), seeds));
    after.addAll(last);
    return new Program<>(before, threads, after);
  }

  private List<Call<S>> calls(List<Operation<S>> choice, int count, List<Integer> seeds) {
    int weights = choice.stream().mapToInt(Operation::weight).sum();
    List<Call<S>> calls = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      calls.add(call(weighted(choice, random.nextInt(weights)), seeds));
    }
    return calls;
  }

  private Operation<S> weighted(List<Operation<S>> choice, int ticket) {
    int rest = ticket;
    for (Operation<S> operation : choice) {
      rest -= operation.weight();
      if (rest < 0) {
        return operation;
      }
    }
    throw new AssertionError("the ticket is below the sum of the weights");
  }

  private Call<S> call(Operation<S> operation, List<Integer> seeds) {
    return operation.call(
        operation.inputs().stream()
            .map(input -> input.draw(seeds.get(random.nextInt(seeds.size()))))
            .toArray(Argument[]::new));
  }

  private int between(int least, int most) {
    return least + random.nextInt(most - least + 1);
  }
}
