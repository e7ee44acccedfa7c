package io.github.threadfast.testkit.check;

import io.github.threadfast.testkit.model.Invocation;
import io.github.threadfast.testkit.model.QueueModel;
import io.github.threadfast.testkit.model.Result;
import io.github.threadfast.testkit.model.StackModel;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Function;

/** Judges a queue or a stack to which no value is added twice. */
final class ContainerMonitor<C> implements Monitor<C> {
  /*
   * Idea (Henzinger, Sezgin, and Vafeiadis, "Aspect-oriented linearizability proofs", 2013; Bouajjani,
   * Emmi, Enea, and Hamza, "On reducing linearizability to state reachability", 2015). Unique values
   * tell which take belongs to which put. Then few things can be wrong, and each of them can be
   * looked for by itself:
   *
   *   - a value was taken that nobody put, or taken twice, or taken before it was put;
   *   - the container was found empty while a value was surely in it, which it is between the end
   *     of its put and the beginning of its take;
   *   - the values came and went in a wrong order, which is where queue and stack differ.
   *
   * A look that found the container empty needs a moment of its interval at which no value is surely
   * in it. Which one does not matter, as the two orders show; from then on, the look is a value that
   * comes and goes at this moment.
   *
   * The calls must be intervals in time: there is no "surely in it" otherwise.
   *
   * Cost. The number of calls squared, at worst.
   */

  private static final Result EMPTY = Result.returned(null);

  private final String put;
  private final Result putResult;
  private final String take;
  private final BiFunction<List<Stay>, Intervals, Finding> discipline;
  private final Function<C, Invocation> invocation;

  private ContainerMonitor(
      String put,
      Result putResult,
      String take,
      BiFunction<List<Stay>, Intervals, Finding> discipline,
      Function<C, Invocation> invocation) {
    this.put = put;
    this.putResult = putResult;
    this.take = take;
    this.discipline = discipline;
    this.invocation = invocation;
  }

  static <C> ContainerMonitor<C> of(QueueModel queue, Function<C, Invocation> invocation) {
    return new ContainerMonitor<>(
        queue.offer(), Result.returned(true), queue.poll(), FifoOrder::find, invocation);
  }

  static <C> ContainerMonitor<C> of(StackModel stack, Function<C, Invocation> invocation) {
    return new ContainerMonitor<>(
        stack.push(), Result.DONE, stack.pop(), LifoOrder::find, invocation);
  }

  @Override
  public Finding judge(Precedence<C> precedence) {
    Intervals times = Intervals.of(precedence);
    if (times == null) {
      return Finding.UNKNOWN;
    }
    Map<Result, Integer> puts = new LinkedHashMap<>();
    Map<Result, Integer> takes = new LinkedHashMap<>();
    List<Integer> looks = new ArrayList<>();
    boolean tookTwice = false;
    for (int event = 0; event < precedence.size(); event++) {
      Result result = precedence.event(event).result();
      Invocation call = invocation.apply(precedence.event(event).call());
      if (isPut(call, result)) {
        if (puts.putIfAbsent(Result.returned(call.argument(0)), event) != null) {
          return Finding.UNKNOWN;
        }
      } else if (!isTake(call, result)) {
        return Finding.UNKNOWN;
      } else if (result.equals(EMPTY)) {
        looks.add(event);
      } else {
        tookTwice |= takes.putIfAbsent(result, event) != null;
      }
    }
    return tookTwice || !puts.keySet().containsAll(takes.keySet())
        ? Finding.NO_ORDER
        : judge(puts, takes, looks, times);
  }

  private boolean isPut(Invocation call, Result result) {
    return call.operation().equals(put)
        && call.arguments().size() == 1
        && call.argument(0) != null
        && result.equals(putResult);
  }

  private boolean isTake(Invocation call, Result result) {
    return call.operation().equals(take) && result instanceof Result.Returned;
  }

  private Finding judge(
      Map<Result, Integer> puts, Map<Result, Integer> takes, List<Integer> looks, Intervals times) {
    List<Stay> stays = new ArrayList<>();
    BitSet occupied = new BitSet();
    for (Map.Entry<Result, Integer> put : puts.entrySet()) {
      Integer taken = takes.get(put.getKey());
      Stay stay =
          taken == null
              ? Stay.withoutEnd(put.getValue(), times)
              : Stay.of(put.getValue(), taken, times);
      if (stay.takeEnd() < stay.putBegin()) {
        return Finding.NO_ORDER;
      }
      stays.add(stay);
      if (stay.putEnd() + 1 < stay.takeBegin()) {
        occupied.set(stay.putEnd() + 1, stay.takeBegin());
      }
    }
    for (int look : looks) {
      int moment = occupied.nextClearBit(times.begin(look));
      if (moment > times.end(look)) {
        return Finding.NO_ORDER;
      }
      stays.add(Stay.look(look, moment));
    }
    return discipline.apply(stays, times);
  }
}
