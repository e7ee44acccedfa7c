package io.github.threadfast.testkit.check;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;

/** Orders the puts and takes of a queue. */
final class FifoOrder {
  /*
   * Idea. Values are put in the order in which they are taken. So one value comes before another if
   * its put or its take ended before the other's began, or if it was taken before the other was put.
   * There is an order of the calls if and only if no values come before each other in a circle.
   *
   * Why it is right. If there is an order of the calls, then its order of the values has no circle.
   * The other way round, take any order of the values that keeps what comes before what. Let each
   * put happen as soon as it has begun and the puts of the values before it have happened; and each
   * take as soon as it has begun and its own put and the takes of the values before it have happened.
   * Then no call happens after its end: it waits for the latest beginning of a put or a take of a
   * value before it, and if its end were before that, its value would come before that one.
   *
   * Looks. A look is a value that is put and taken at one moment, chosen such that no value is surely
   * in the queue. It closes no circle, whichever such moment was chosen. Say that a value is late if
   * its put or its take begins after the moment. A late value was not surely put before, for it was
   * not surely in the queue; so what it comes before is late, too. Thus no way leads from a value
   * that the look comes before, which is late, to one that comes before the look, which is not.
   */

  private FifoOrder() {}

  private record Moment(int time, int event) {}

  static Finding find(List<Stay> stays, Intervals times) {
    List<Stay> sorted = sorted(stays);
    if (sorted.size() < stays.size()) {
      return Finding.NO_ORDER;
    }
    List<Moment> moments = new ArrayList<>();
    int putTime = 0;
    int takeTime = 0;
    for (Stay stay : sorted) {
      putTime = Math.max(putTime, stay.putBegin());
      takeTime = Math.max(takeTime, Math.max(putTime, stay.takeBegin()));
      moments.add(new Moment(putTime, stay.put()));
      if (!stay.isLook() && stay.take() != Stay.NONE) {
        moments.add(new Moment(takeTime, stay.take()));
      }
    }
    moments.sort(Comparator.comparingInt(Moment::time)); // stable: at one time, value by value
    return new Finding.Order(moments.stream().map(Moment::event).toList());
  }

  /** Returns the values in an order that they can come in, without those on and behind a circle. */
  private static List<Stay> sorted(List<Stay> stays) {
    int[] earlier = new int[stays.size()];
    Deque<Integer> free = new ArrayDeque<>();
    for (int i = 0; i < earlier.length; i++) {
      Stay stay = stays.get(i);
      earlier[i] = (int) stays.stream().filter(other -> isBefore(other, stay)).count();
      if (earlier[i] == 0) {
        free.add(i);
      }
    }
    List<Stay> sorted = new ArrayList<>();
    while (!free.isEmpty()) {
      Stay next = stays.get(free.remove());
      sorted.add(next);
      for (int i = 0; i < earlier.length; i++) {
        if (isBefore(next, stays.get(i)) && --earlier[i] == 0) {
          free.add(i);
        }
      }
    }
    return sorted;
  }

  private static boolean isBefore(Stay one, Stay other) {
    return one.putEnd() < other.putBegin()
        || one.takeEnd() < other.takeBegin()
        || one.takeEnd() < other.putBegin();
  }
}
