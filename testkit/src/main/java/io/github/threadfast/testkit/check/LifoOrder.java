package io.github.threadfast.testkit.check;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;

/** Orders the puts and takes of a stack. */
final class LifoOrder {
  /*
   * Idea (in the manner of Lee and Mathur, "Efficient decrease-and-conquer linearizability
   * monitoring", 2024). The values of a stack are nested: they fall into groups, one after the other,
   * each of which is put(a) ... take(a) around such groups again. So, over and over:
   *
   *   - cut the values into groups at the moments at which none is surely in the stack;
   *   - of a group that can't be cut, find a value a that may be put first and taken last, and go on
   *     with the others; if there is none, there is no order.
   *
   * Why it is right. An order of the calls, without the calls of some values, is an order of the
   * others. So taking a away can't lose an order, and around an order of the others a can be put. A
   * cut loses none either: with no value surely in the stack, each value is wholly before or wholly
   * after that moment, or may be, and the orders of the two sides can follow on each other. And if a
   * group that can't be cut has an order, then it has an outermost value: else the order itself would
   * show a moment for a cut.
   *
   * A value that may go as soon as it comes would be on both sides of a cut. It is left out at first,
   * and put and taken in one go at a moment that both its calls share: right before the first call
   * that begins after it.
   *
   * Looks are values that come and go at one moment, chosen such that no value is surely in the
   * stack: there, the values can be cut, whichever such moment was chosen.
   */

  private static final Comparator<Stay> BY_END_OF_PUT =
      Comparator.comparingInt(Stay::putEnd).thenComparing(Stay::isLook, Comparator.reverseOrder());

  private final List<Integer> order = new ArrayList<>();

  /** What is still to be done, the next first; a stack of the JVM would be too small for it. */
  private final Deque<Runnable> tasks = new ArrayDeque<>();

  private boolean isPossible = true;

  private LifoOrder() {}

  static Finding find(List<Stay> stays, Intervals times) {
    LifoOrder lifo = new LifoOrder();
    lifo.nest(stays.stream().filter(stay -> !stay.isMomentary()).sorted(BY_END_OF_PUT).toList());
    while (lifo.isPossible && !lifo.tasks.isEmpty()) {
      lifo.tasks.pop().run();
    }
    if (!lifo.isPossible) {
      return Finding.NO_ORDER;
    }
    stays.stream().filter(Stay::isMomentary).forEach(stay -> lifo.insert(stay, times));
    return new Finding.Order(lifo.order);
  }

  private void nest(List<Stay> stays) {
    List<List<Stay>> groups = groups(stays);
    for (int i = groups.size() - 1; i >= 0; i--) {
      List<Stay> group = groups.get(i);
      tasks.push(() -> wrap(group));
    }
  }

  /** Returns the groups of stays, given in order of the end of their puts, that can't be cut. */
  private static List<List<Stay>> groups(List<Stay> stays) {
    List<List<Stay>> groups = new ArrayList<>();
    int occupiedUntil = 0;
    for (Stay stay : stays) {
      if (groups.isEmpty() || occupiedUntil <= stay.putEnd()) {
        groups.add(new ArrayList<>());
      }
      groups.get(groups.size() - 1).add(stay);
      occupiedUntil = Math.max(occupiedUntil, stay.takeBegin());
    }
    return groups;
  }

  private void wrap(List<Stay> group) {
    int firstEnd = Integer.MAX_VALUE;
    int lastBegin = 0;
    for (Stay stay : group) {
      firstEnd = Math.min(firstEnd, Math.min(stay.putEnd(), stay.takeEnd()));
      lastBegin = Math.max(lastBegin, Math.max(stay.putBegin(), stay.takeBegin()));
    }
    for (Stay stay : group) {
      if (stay.putBegin() <= firstEnd && lastBegin <= stay.takeEnd()) {
        wrap(stay, group);
        return;
      }
    }
    isPossible = false;
  }

  private void wrap(Stay outermost, List<Stay> group) {
    order.add(outermost.put());
    if (!outermost.isLook()) {
      if (outermost.take() != Stay.NONE) {
        tasks.push(() -> order.add(outermost.take()));
      }
      tasks.push(() -> nest(group.stream().filter(stay -> !stay.equals(outermost)).toList()));
    }
  }

  /** Puts and takes a value in one go. */
  private void insert(Stay momentary, Intervals times) {
    int moment = Math.max(momentary.putBegin(), momentary.takeBegin());
    int index = 0;
    while (index < order.size() && times.begin(order.get(index)) <= moment) {
      index++;
    }
    order.addAll(index, List.of(momentary.put(), momentary.take()));
  }
}
