package io.github.threadfast.testkit.check;

import io.github.threadfast.testkit.model.Invocation;
import io.github.threadfast.testkit.model.RegisterModel;
import io.github.threadfast.testkit.model.Result;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Judges a register to which no value is written twice, nor the one that it has at first. A block
 * is a write and the reads of its value; the reads of the first value are the first block.
 */
record RegisterMonitor<C>(RegisterModel model, Function<C, Invocation> invocation)
    implements Monitor<C> {

  @Override
  public Finding judge(Precedence<C> precedence) {
    Result[] values = new Result[precedence.size()];
    List<Integer> writes = new ArrayList<>();
    Map<Result, Integer> blocks = new HashMap<>();
    blocks.put(model.initial(), 0);
    for (int event = 0; event < values.length; event++) {
      Result result = precedence.event(event).result();
      Invocation call = invocation.apply(precedence.event(event).call());
      if (isWrite(call, result)) {
        values[event] = Result.returned(call.argument(0));
        writes.add(event);
        if (blocks.putIfAbsent(values[event], blocks.size()) != null) {
          return Finding.UNKNOWN;
        }
      } else if (isRead(call, result)) {
        values[event] = result;
      } else {
        return Finding.UNKNOWN;
      }
    }
    if (!blocks.keySet().containsAll(List.of(values))) {
      return Finding.NO_ORDER; // a value was read that nobody wrote
    }
    int[] blockOf = Arrays.stream(values).mapToInt(blocks::get).toArray();
    Blocks ordered = new Blocks(precedence, blockOf, blocks.size());
    writes.forEach(ordered::beginWith);
    blocks.values().forEach(block -> ordered.order(0, block));
    return ordered.find();
  }

  private boolean isWrite(Invocation call, Result result) {
    return call.operation().equals(model.write())
        && call.arguments().size() == 1
        && result.equals(Result.DONE);
  }

  private boolean isRead(Invocation call, Result result) {
    return call.operation().equals(model.read()) && result instanceof Result.Returned;
  }
}
