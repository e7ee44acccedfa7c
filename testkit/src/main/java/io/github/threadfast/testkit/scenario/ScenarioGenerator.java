package io.github.threadfast.testkit.scenario;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.Random;

/**
 * Draws scenarios without end: in turns one in which two operations meet, one call a thread, and a
 * larger one. All pairs of operations meet before any meets again; the larger ones grow until the
 * limits are reached. The seed decides all.
 *
 * @param <S> the class under test
 */
public final class ScenarioGenerator<S> {
  private static final int MAX_BEFORE = 3;
  private static final int MAX_AFTER = 4;

  /** After so many larger scenarios they may have one more thread, and one more call in each. */
  private static final int GROWS_AFTER = 4;

  private final List<Operation<S>> operations;
  private final int maxThreads;
  private final int maxCalls;
  private final Random random;

  private final Queue<Scenario<S>> pairs = new ArrayDeque<>();
  private long drawn;

  /** Creates a generator whose scenarios have at most so many threads, and calls a thread. */
  public ScenarioGenerator(List<Operation<S>> operations, int maxThreads, int maxCalls, long seed) {
    this.operations = List.copyOf(operations);
    this.maxThreads = maxThreads;
    this.maxCalls = maxCalls;
    this.random = new Random(seed);
  }

  /** Returns the next scenario. */
  public Scenario<S> next() {
    if (drawn++ % 2 == 1) {
      return larger();
    }
    if (pairs.isEmpty()) {
      pairs.addAll(pairs());
    }
    return pairs.remove();
  }

  private List<Scenario<S>> pairs() {
    List<Scenario<S>> pairs = new ArrayList<>();
    for (int first = 0; first < operations.size(); first++) {
      for (int second = first; second < operations.size(); second++) {
        pairs.add(
            scenario(List.of(List.of(operations.get(first)), List.of(operations.get(second)))));
      }
    }
    Collections.shuffle(pairs, random);
    return pairs;
  }

  private Scenario<S> larger() {
    int size = (int) Math.min(Integer.MAX_VALUE, 2 + drawn / 2 / GROWS_AFTER);
    int threads = between(2, Math.min(maxThreads, size));
    List<List<Operation<S>>> lanes = new ArrayList<>();
    for (int thread = 0; thread < threads; thread++) {
      lanes.add(calls(between(1, Math.min(maxCalls, size))));
    }
    return scenario(lanes);
  }

  private Scenario<S> scenario(List<List<Operation<S>>> threads) {
    return new Scenario<>(calls(between(0, MAX_BEFORE)), threads, calls(between(0, MAX_AFTER)));
  }

  private List<Operation<S>> calls(int count) {
    List<Operation<S>> calls = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      calls.add(operations.get(random.nextInt(operations.size())));
    }
    return calls;
  }

  private int between(int least, int most) {
    return least + random.nextInt(most - least + 1);
  }
}
