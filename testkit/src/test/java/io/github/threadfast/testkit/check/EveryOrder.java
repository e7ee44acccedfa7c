package io.github.threadfast.testkit.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.threadfast.testkit.check.History.Event;
import io.github.threadfast.testkit.check.Verdict.Contradiction;
import io.github.threadfast.testkit.check.Verdict.DeadEnd;
import io.github.threadfast.testkit.model.Invocation;
import io.github.threadfast.testkit.model.Transition;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/** The definitions taken at their word: tries every order there is. */
final class EveryOrder<S> {
  private final Specification<Invocation, S> specification;
  private final List<Event<Invocation>> events;

  /** Whether one event must come before another. */
  private final boolean[][] before;

  EveryOrder(
      History<Invocation> history,
      Specification<Invocation, S> specification,
      Consistency consistency) {
    this.specification = specification;
    this.events = history.lanes().stream().flatMap(List::stream).toList();
    boolean[][] time = closed(asNoted(history));
    this.before =
        switch (consistency) {
          case LINEARIZABLE -> time;
          case SEQUENTIAL -> sequential(history);
          case QUIESCENT -> acrossQuiescentPoints(time);
        };
  }

  /** Returns whether {@code first} must come before {@code second}. */
  boolean isBefore(Event<Invocation> first, Event<Invocation> second) {
    return before[index(first)][index(second)];
  }

  List<Event<Invocation>> events() {
    return events;
  }

  private int index(Event<Invocation> event) {
    return events.indexOf(event);
  }

  private boolean[][] asNoted(History<Invocation> history) {
    boolean[][] noted = new boolean[events.size()][events.size()];
    for (List<Event<Invocation>> lane : history.lanes()) {
      for (int place = 0; place < lane.size(); place++) {
        for (Event<Invocation> other : events) {
          boolean isLaterInLane = lane.indexOf(other) > place;
          noted[index(lane.get(place))][index(other)] =
              isLaterInLane || place < other.returnedBefore().get(lane.get(place).lane());
        }
      }
    }
    return noted;
  }

  private static boolean[][] closed(boolean[][] relation) {
    for (int middle = 0; middle < relation.length; middle++) {
      for (int first = 0; first < relation.length; first++) {
        for (int last = 0; last < relation.length; last++) {
          relation[first][last] |= relation[first][middle] && relation[middle][last];
        }
      }
    }
    return relation;
  }

  private boolean[][] sequential(History<Invocation> history) {
    int lastLane = history.lanes().size() - 1;
    boolean[][] sequential = new boolean[events.size()][events.size()];
    for (int i = 0; i < events.size(); i++) {
      for (int j = 0; j < events.size(); j++) {
        int lane = events.get(i).lane();
        int other = events.get(j).lane();
        sequential[i][j] =
            lane == other ? i < j : lane == 0 || other == lastLane; // events are lane by lane
      }
    }
    return sequential;
  }

  private static boolean[][] acrossQuiescentPoints(boolean[][] time) {
    int size = time.length;
    boolean[][] quiescent = new boolean[size][size];
    for (int past = 0; past < 1 << size; past++) {
      if (isQuiescent(past, time)) {
        for (int i = 0; i < size; i++) {
          for (int j = 0; j < size; j++) {
            quiescent[i][j] |= contains(past, i) && !contains(past, j);
          }
        }
      }
    }
    return quiescent;
  }

  private static boolean isQuiescent(int past, boolean[][] time) {
    for (int i = 0; i < time.length; i++) {
      for (int j = 0; j < time.length; j++) {
        if (contains(past, i) && !contains(past, j) && !time[i][j]) {
          return false;
        }
      }
    }
    return true;
  }

  private static boolean contains(int set, int element) {
    return (set & (1 << element)) != 0;
  }

  /** Returns whether some order explains all. */
  boolean exists() {
    return canGoOn(new ArrayList<>(), Set.of(specification.initial()));
  }

  private boolean canGoOn(List<Event<Invocation>> order, Set<S> states) {
    if (states.isEmpty()) {
      return false;
    }
    if (order.size() == events.size()) {
      return true;
    }
    for (Event<Invocation> next : next(order)) {
      order.add(next);
      if (canGoOn(order, after(states, next))) {
        return true;
      }
      order.remove(order.size() - 1);
    }
    return false;
  }

  private List<Event<Invocation>> next(List<Event<Invocation>> order) {
    Set<Integer> done = new HashSet<>(order.stream().map(this::index).toList());
    return IntStream.range(0, events.size())
        .filter(event -> !done.contains(event))
        .filter(event ->
            IntStream.range(0, events.size())
                .allMatch(other -> !before[other][event] || done.contains(other)))
        .mapToObj(events::get)
        .toList();
  }

  private Set<S> after(Set<S> states, Event<Invocation> event) {
    Set<S> after = new HashSet<>();
    for (S state : states) {
      for (Transition<S> transition : specification.steps(state, event.call())) {
        if (transition.result().equals(event.result())) {
          after.add(transition.next());
        }
      }
    }
    return after;
  }

  /** Asserts that {@code order} keeps what must be kept and gives the results. */
  void assertExplains(List<Event<Invocation>> order) {
    assertEquals(events.size(), order.size());
    assertFalse(states(order).isEmpty());
  }

  private Set<S> states(List<Event<Invocation>> order) {
    Set<S> states = Set.of(specification.initial());
    for (int i = 0; i < order.size(); i++) {
      assertTrue(next(order.subList(0, i)).contains(order.get(i)));
      states = after(states, order.get(i));
    }
    return states;
  }

  /** Asserts that {@code deadEnd} names all that could come next, and why it can't. */
  void assertReal(DeadEnd<Invocation> deadEnd) {
    Set<S> states = states(deadEnd.order());
    assertFalse(states.isEmpty());
    assertEquals(
        Set.copyOf(next(deadEnd.order())),
        Set.copyOf(deadEnd.contradictions().stream().map(Contradiction::event).toList()));
    for (Contradiction<Invocation> contradiction : deadEnd.contradictions()) {
      Event<Invocation> event = contradiction.event();
      assertFalse(contradiction.expected().contains(event.result()));
      assertTrue(
          states.stream()
              .map(state -> specification.steps(state, event.call()))
              .anyMatch(allowed ->
                  allowed.stream()
                      .map(Transition::result)
                      .distinct()
                      .toList()
                      .equals(contradiction.expected())));
    }
  }
}
