package io.github.threadfast.testkit.check;

import io.github.threadfast.testkit.model.CounterModel;
import io.github.threadfast.testkit.model.Invocation;
import io.github.threadfast.testkit.model.Result;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/**
 * Judges a counter. A block is the increment that returned a count and the gets that returned it,
 * and the counts say in which order the blocks are.
 */
record CounterMonitor<C>(CounterModel model, Function<C, Invocation> invocation)
    implements Monitor<C> {

  @Override
  public Finding judge(Precedence<C> precedence) {
    long[] counts = new long[precedence.size()];
    List<Integer> increments = new ArrayList<>();
    for (int event = 0; event < counts.length; event++) {
      Invocation call = invocation.apply(precedence.event(event).call());
      if (call.operation().equals(model.increment())) {
        increments.add(event);
      } else if (!call.operation().equals(model.get())) {
        return Finding.UNKNOWN;
      }
      if (!(precedence.event(event).result() instanceof Result.Returned returned)
          || !(returned.value() instanceof Number count)
          || count.getClass() != model.initial().getClass()) {
        return Finding.UNKNOWN;
      }
      counts[event] = distance(model.initial(), count);
    }
    int last = increments.size();
    boolean areCounts = Arrays.stream(counts).allMatch(count -> 0 <= count && count <= last);
    long different =
        increments.stream()
            .map(event -> counts[event])
            .filter(count -> count > 0)
            .distinct()
            .count();
    if (!areCounts || different < last) {
      return Finding.NO_ORDER;
    }
    int[] blockOf = Arrays.stream(counts).mapToInt(Math::toIntExact).toArray();
    Blocks ordered = new Blocks(precedence, blockOf, last + 1);
    increments.forEach(ordered::beginWith);
    for (int count = 0; count < last; count++) {
      ordered.order(count, count + 1);
    }
    return ordered.find();
  }

  /** Returns how many increments lead from one count to another; they may overflow. */
  private static long distance(Number from, Number to) {
    return from instanceof Integer
        ? to.intValue() - from.intValue()
        : to.longValue() - from.longValue();
  }
}
