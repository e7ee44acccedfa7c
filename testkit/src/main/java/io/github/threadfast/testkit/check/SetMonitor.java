package io.github.threadfast.testkit.check;

import io.github.threadfast.testkit.model.Invocation;
import io.github.threadfast.testkit.model.Result;
import io.github.threadfast.testkit.model.SetModel;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Judges the calls of one element of a set that enters it at most once. One block is the element's
 * stay: the call that added it, those that met it, and the one that removed it. A call that missed
 * the element is a block of its own, before the stay or after it.
 */
record SetMonitor<C>(SetModel model, Function<C, Invocation> invocation) implements Monitor<C> {
  private static final int STAY = 0;
  private static final Result TRUE = Result.returned(true);
  private static final Result FALSE = Result.returned(false);

  @Override
  public Finding judge(Precedence<C> precedence) {
    int[] blockOf = new int[precedence.size()];
    List<Integer> added = new ArrayList<>();
    List<Integer> removed = new ArrayList<>();
    int blocks = 1;
    for (int event = 0; event < blockOf.length; event++) {
      Invocation call = invocation.apply(precedence.event(event).call());
      Result result = precedence.event(event).result();
      if (!isKnown(call, result) || !call.arguments().equals(arguments(precedence))) {
        return Finding.UNKNOWN;
      }
      boolean isAdd = call.operation().equals(model.add());
      boolean isTrue = result.equals(TRUE);
      blockOf[event] = isAdd || isTrue ? STAY : blocks++;
      if (isAdd && isTrue) {
        added.add(event);
      } else if (isTrue && call.operation().equals(model.remove())) {
        removed.add(event);
      }
    }
    if (added.size() > 1 || removed.size() > 1) {
      return Finding.UNKNOWN;
    }
    if (added.isEmpty() && blocks <= blockOf.length) {
      return Finding.NO_ORDER; // the element was met, but never entered
    }
    Blocks ordered = new Blocks(precedence, blockOf, blocks);
    added.forEach(ordered::beginWith);
    removed.forEach(ordered::endWith);
    for (int missed = 1; missed < blocks && removed.isEmpty(); missed++) {
      ordered.order(missed, STAY);
    }
    return ordered.find();
  }

  private boolean isKnown(Invocation call, Result result) {
    return List.of(model.add(), model.remove(), model.contains()).contains(call.operation())
        && (result.equals(TRUE) || result.equals(FALSE));
  }

  /** Returns what all calls must have as their argument. */
  private List<@Nullable Object> arguments(Precedence<C> precedence) {
    return invocation.apply(precedence.event(0).call()).arguments();
  }
}
