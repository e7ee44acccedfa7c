package io.github.threadfast.testkit.check;

import io.github.threadfast.testkit.check.History.Event;
import io.github.threadfast.testkit.check.Verdict.Contradiction;
import io.github.threadfast.testkit.check.Verdict.DeadEnd;
import io.github.threadfast.testkit.model.Transition;
import java.math.BigInteger;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** Searches for an order that explains the events of a {@link Precedence}. */
final class OrderSearch<C, S> {
  /*
   * Idea. Depth-first search for the order, one event at a time (Wing and Gong, "Testing and
   * verifying concurrent objects", 1993), that never enters the same configuration twice (Lowe,
   * "Testing for linearizability", 2017).
   *
   * State. The events done are always the first few of each chain, so that one count a chain names
   * them all. A configuration is those counts and the specification's state: what can follow depends
   * on nothing else, and so a configuration that failed once fails always. The counts are kept as
   * one number, each count a digit whose base is what its chain allows.
   *
   * The path from the first configuration to the one at hand is a stack of places, each with what
   * it has still to try: the transitions of one event, then the next chain's event.
   *
   * An event may come next if it is its chain's first that is not done, and every event that must
   * come before it is done.
   *
   * Cost. At most (configurations) x (chains) steps; without the memory of configurations, as many
   * as there are orders.
   */

  /** How many dead ends are kept: more than these few nobody reads. */
  private static final int MAX_DEAD_ENDS = 3;

  private final Precedence<C> precedence;
  private final Specification<C, S> specification;
  private final Steps steps;

  private final BigInteger[] digits;
  private final int[] done;
  private final Deque<Integer> order = new ArrayDeque<>();
  private final Deque<Place<C, S>> path = new ArrayDeque<>();
  private final Set<Configuration<S>> visited = new HashSet<>();
  private List<DeadEnd<C>> deadEnds = new ArrayList<>();
  private int longest = -1;

  OrderSearch(Precedence<C> precedence, Specification<C, S> specification, Steps steps) {
    this.precedence = precedence;
    this.specification = specification;
    this.steps = steps;
    this.done = new int[precedence.chains().size()];
    this.digits = digits(precedence.chains());
  }

  private record Configuration<S>(BigInteger done, S state) {}

  /** A configuration on the path, and how far what may follow it has been tried. */
  private static final class Place<C, S> {
    final Configuration<S> configuration;
    final List<Contradiction<C>> contradictions = new ArrayList<>(0);
    int chain = -1;
    Iterator<S> next = Collections.emptyIterator();

    Place(Configuration<S> configuration) {
      this.configuration = configuration;
    }
  }

  private static BigInteger[] digits(List<List<Integer>> chains) {
    BigInteger[] digits = new BigInteger[chains.size()];
    BigInteger digit = BigInteger.ONE;
    for (int chain = 0; chain < digits.length; chain++) {
      digits[chain] = digit;
      digit = digit.multiply(BigInteger.valueOf(chains.get(chain).size() + 1));
    }
    return digits;
  }

  /** Returns an order, or that there is none, or that the steps did not suffice. */
  Finding run() {
    path.push(new Place<>(new Configuration<>(BigInteger.ZERO, specification.initial())));
    while (order.size() < precedence.size()) {
      Place<C, S> here = path.element();
      if (here.next.hasNext()) {
        enter(here);
      } else if (++here.chain < done.length) {
        if (mayComeNext(here.chain)) {
          if (steps.areOver()) {
            return Finding.UNKNOWN;
          }
          step(here);
        }
      } else if (!leave(here)) {
        return Finding.NO_ORDER;
      }
    }
    return new Finding.Order(List.copyOf(order));
  }

  /** Returns the orders that got furthest. */
  List<DeadEnd<C>> deadEnds() {
    return deadEnds;
  }

  private boolean mayComeNext(int chain) {
    List<Integer> events = precedence.chains().get(chain);
    return done[chain] < events.size() && precedence.mayCome(events.get(done[chain]), done);
  }

  /** Finds out what the next event of the chain at hand may lead to. */
  private void step(Place<C, S> here) {
    Event<C> event = precedence.event(next(here.chain));
    steps.take();
    Collection<Transition<S>> allowed =
        specification.steps(here.configuration.state(), event.call());
    List<S> states = new ArrayList<>(1);
    for (Transition<S> transition : allowed) {
      if (transition.result().equals(event.result())) {
        states.add(transition.next());
      }
    }
    here.next = states.iterator();
    if (states.isEmpty() && mayBeFurthest()) {
      here.contradictions.add(
          new Contradiction<>(event, allowed.stream().map(Transition::result).distinct().toList()));
    }
  }

  private int next(int chain) {
    return precedence.chains().get(chain).get(done[chain]);
  }

  /** Goes on to where the event at hand leads, unless it was there before. */
  private void enter(Place<C, S> here) {
    Configuration<S> there =
        new Configuration<>(here.configuration.done().add(digits[here.chain]), here.next.next());
    if (visited.add(there)) {
      order.addLast(next(here.chain));
      done[here.chain]++;
      path.push(new Place<>(there));
    }
  }

  /** Goes back to the place before; returns false if there is none. */
  private boolean leave(Place<C, S> here) {
    keepIfFurthest(here.contradictions);
    path.pop();
    if (path.isEmpty()) {
      return false;
    }
    order.removeLast();
    done[path.element().chain]--;
    return true;
  }

  private boolean mayBeFurthest() {
    return order.size() > longest || (order.size() == longest && deadEnds.size() < MAX_DEAD_ENDS);
  }

  private void keepIfFurthest(List<Contradiction<C>> contradictions) {
    if (contradictions.isEmpty() || !mayBeFurthest()) {
      return;
    }
    if (order.size() > longest) {
      longest = order.size();
      deadEnds = new ArrayList<>();
    }
    Stream<Event<C>> explained = order.stream().map(precedence::event);
    deadEnds.add(new DeadEnd<>(explained.toList(), List.copyOf(contradictions)));
  }
}
