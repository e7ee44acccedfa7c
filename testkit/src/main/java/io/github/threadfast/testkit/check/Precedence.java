package io.github.threadfast.testkit.check;

import io.github.threadfast.testkit.check.History.Event;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * The events of a history, and which of them must come before which in an order that explains them.
 *
 * @param <C> a call
 */
public final class Precedence<C> {
  /*
   * State. The events are numbered so that none comes before one of a lower number. They form
   * chains, each in order in itself: the lanes of a history, for a start. Of the events of one chain
   * those that must come before an event are always the first few, so that one count a chain says
   * it all: a vector clock.
   *
   * Invariant. The counts are closed: what must come before an event that must come before a third
   * is counted by the third, too. Counts as they are noted in a run need not be: a thread may have
   * seen that another returned, and not yet what that one had seen before.
   */

  private final List<Event<C>> events = new ArrayList<>();
  private final List<Integer> chainOf = new ArrayList<>();
  private final List<Integer> placeOf = new ArrayList<>();
  private final List<int[]> before = new ArrayList<>();
  private final List<List<Integer>> chains = new ArrayList<>();

  private Precedence(int chainCount) {
    for (int chain = 0; chain < chainCount; chain++) {
      chains.add(new ArrayList<>());
    }
  }

  /**
   * Returns the order in time: a call comes after those of its lane before it, and after those that
   * had returned when it began.
   *
   * @throws IllegalArgumentException if calls had returned before each other, in a circle
   */
  public static <C> Precedence<C> of(History<C> history) {
    List<List<Event<C>>> lanes = history.lanes();
    Precedence<C> precedence = new Precedence<>(lanes.size());
    int size;
    do {
      size = precedence.size();
      for (int lane = 0; lane < lanes.size(); lane++) {
        precedence.addWhatMayComeNext(lane, lanes.get(lane));
      }
    } while (precedence.size() > size);
    if (size < lanes.stream().mapToInt(List::size).sum()) {
      throw new IllegalArgumentException("Some calls returned before each other: " + history);
    }
    return precedence;
  }

  private void addWhatMayComeNext(int lane, List<Event<C>> events) {
    List<Integer> added = chains.get(lane);
    while (added.size() < events.size()) {
      Event<C> next = events.get(added.size());
      int[] returned = new int[chains.size()];
      for (int other = 0; other < returned.length; other++) {
        returned[other] = next.returnedBefore().get(other);
        if (returned[other] > chains.get(other).size()) {
          return;
        }
      }
      add(next, lane, returned);
    }
  }

  /** Adds an event behind its chain, and behind the first {@code known} of the other chains. */
  private void add(Event<C> event, int chain, int[] known) {
    int place = chains.get(chain).size();
    known[chain] = place;
    int[] closed = known.clone();
    for (int other = 0; other < known.length; other++) {
      if (known[other] > 0) {
        int[] indirectly = before.get(chains.get(other).get(known[other] - 1));
        for (int i = 0; i < closed.length; i++) {
          closed[i] = Math.max(closed[i], indirectly[i]);
        }
      }
    }
    chains.get(chain).add(events.size());
    events.add(event);
    chainOf.add(chain);
    placeOf.add(place);
    before.add(closed);
  }

  /**
   * Returns the same without the order between calls of two threads. The first lane is the part
   * before the threads and the last one the part after them; their order stays.
   */
  Precedence<C> withoutTime() {
    int last = chains.size() - 1;
    Precedence<C> relaxed = new Precedence<>(chains.size());
    for (int event = 0; event < size(); event++) {
      int lane = chainOf.get(event);
      int[] known = before.get(event).clone();
      for (int other = 1; other < last; other++) {
        known[other] = lane == last ? known[other] : 0;
      }
      relaxed.add(events.get(event), lane, known);
    }
    return relaxed;
  }

  /**
   * Returns the same with only the order between calls that a quiescent point separates: a moment
   * at which every call has returned or not begun.
   */
  Precedence<C> acrossQuiescentPoints() {
    List<List<Integer>> periods = periods();
    int width = periods.stream().mapToInt(List::size).max().orElse(0);
    Precedence<C> relaxed = new Precedence<>(width); // a chain has at most one event of each period
    for (List<Integer> period : periods) {
      int[] done = relaxed.chains.stream().mapToInt(List::size).toArray();
      for (int chain = 0; chain < period.size(); chain++) {
        relaxed.add(events.get(period.get(chain)), chain, done.clone());
      }
    }
    return relaxed;
  }

  /** Returns the events between one quiescent point and the next. */
  private List<List<Integer>> periods() {
    List<List<Integer>> periods = new ArrayList<>();
    List<Integer> period = new ArrayList<>();
    int[] done = new int[chains.size()];
    for (int event = 0; event < size(); event++) {
      period.add(event);
      done[chainOf.get(event)]++;
      if (isQuiescent(done)) {
        periods.add(period);
        period = new ArrayList<>();
      }
    }
    return periods;
  }

  /** Returns whether the first {@code done} of each chain come before all others. */
  private boolean isQuiescent(int[] done) {
    for (int chain = 0; chain < done.length; chain++) {
      if (done[chain] < chains.get(chain).size()
          && !allAtMost(done, before.get(chains.get(chain).get(done[chain])))) {
        return false;
      }
    }
    return true;
  }

  /** Returns the same of the given events only, which are in order of their numbers. */
  Precedence<C> restrictedTo(List<Integer> some) {
    Precedence<C> restricted = new Precedence<>(chains.size());
    List<List<Integer>> places = new ArrayList<>();
    chains.forEach(chain -> places.add(new ArrayList<>()));
    for (int event : some) {
      int[] known = new int[chains.size()];
      for (int chain = 0; chain < known.length; chain++) {
        int found = Collections.binarySearch(places.get(chain), before.get(event)[chain]);
        known[chain] = found < 0 ? -found - 1 : found;
      }
      restricted.add(events.get(event), chainOf.get(event), known);
      places.get(chainOf.get(event)).add(placeOf.get(event));
    }
    return restricted;
  }

  /**
   * Returns the order between blocks of events: one block comes before another if it has an event
   * that comes before an event of the other.
   */
  Graph graph(int[] blockOf, int blocks) {
    Graph graph = new Graph(blocks);
    for (int event = 0; event < size(); event++) {
      int[] counts = before.get(event);
      for (int chain = 0; chain < counts.length; chain++) {
        if (counts[chain] > 0) { // the rest of the chain comes before by way of this one
          graph.edge(blockOf[chains.get(chain).get(counts[chain] - 1)], blockOf[event]);
        }
      }
    }
    return graph;
  }

  /** Returns how many events there are. */
  int size() {
    return events.size();
  }

  Event<C> event(int event) {
    return events.get(event);
  }

  /** Returns the events of each chain. */
  List<List<Integer>> chains() {
    return chains;
  }

  int chainOf(int event) {
    return chainOf.get(event);
  }

  /** Returns how many events of each chain must come before {@code event}. */
  int[] before(int event) {
    return before.get(event);
  }

  /** Returns whether {@code first} must come before {@code second}. */
  boolean precedes(int first, int second) {
    return placeOf.get(first) < before.get(second)[chainOf.get(first)];
  }

  /** Returns whether {@code event} may come when that many of each chain have come. */
  boolean mayCome(int event, int[] done) {
    return allAtMost(before.get(event), done);
  }

  private static boolean allAtMost(int[] some, int[] others) {
    for (int i = 0; i < some.length; i++) {
      if (some[i] > others[i]) {
        return false;
      }
    }
    return true;
  }
}
