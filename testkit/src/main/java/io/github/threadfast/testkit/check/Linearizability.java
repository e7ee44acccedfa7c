package io.github.threadfast.testkit.check;

import io.github.threadfast.testkit.check.Verdict.DeadEnd;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Decides whether a history is linearizable: whether its calls can be put in one order that keeps
 * every lane's order, puts a call that had returned before one that began later, and gives each
 * call a result that the specification allows.
 */
public final class Linearizability {
  /*
   * Idea. Divide, then ask whoever is fastest. Calls of different keys don't see each other, so that
   * each key's calls are judged by themselves: by a monitor if there is one that can, else by the
   * search.
   *
   * Why it is right. An order of all calls holds an order of each key's calls: if one key has none,
   * there is none at all. The other way round, if each key has an order, they must be merged into
   * one that also keeps the precedence of calls of different keys. Where calls are intervals in time
   * that can always be done: linearizability is local (Herlihy and Wing, "Linearizability", 1990).
   * But the precedence at hand need not be that of intervals: counts may have been noted late, and
   * sequential consistency is not local. So the merge may run into a circle; then the search decides
   * about all calls at once.
   *
   * A monitor that finds no order knows no dead ends to show for it. The search is sent for some;
   * it may stop early, and the verdict stands.
   */

  /**
   * How many steps may be taken, for each call, to explain what a monitor found; beside those that
   * it takes to run into the first dead end.
   */
  private static final long EXPLAINING_STEPS = 100;

  private Linearizability() {}

  /**
   * Checks {@code history} against {@code specification}, in at most {@code maxSteps} steps of it,
   * and some more to explain a failure that was found in another way.
   */
  public static <C, S> Verdict<C> check(
      History<C> history, Specification<C, S> specification, long maxSteps) {
    return Consistency.LINEARIZABLE.check(history, specification, maxSteps);
  }

  /** Checks the events of {@code precedence} in the same way. */
  static <C, S> Verdict<C> check(
      Precedence<C> precedence, Specification<C, S> specification, long maxSteps) {
    Check<C, S> check = new Check<>(precedence, specification, new Steps(maxSteps));
    return check.verdict(check.run());
  }

  private static final class Check<C, S> {
    private final Precedence<C> whole;
    private final Specification<C, S> specification;
    private final Steps steps;
    private List<DeadEnd<C>> deadEnds = List.of();

    Check(Precedence<C> whole, Specification<C, S> specification, Steps steps) {
      this.whole = whole;
      this.specification = specification;
      this.steps = steps;
    }

    Finding run() {
      List<List<Integer>> parts = parts();
      if (parts.size() <= 1) {
        return judge(whole);
      }
      List<List<Integer>> orders = new ArrayList<>();
      for (List<Integer> part : parts) {
        Finding found = judge(whole.restrictedTo(part));
        if (!(found instanceof Finding.Order order)) {
          return found;
        }
        orders.add(order.events().stream().map(part::get).toList());
      }
      List<Integer> merged = merged(orders);
      return merged.size() == whole.size() ? new Finding.Order(merged) : search(whole, steps);
    }

    Verdict<C> verdict(Finding finding) {
      if (finding instanceof Finding.Order order) {
        return new Verdict.Holds<>(order.events().stream().map(whole::event).toList());
      }
      return finding.equals(Finding.NO_ORDER)
          ? new Verdict.Fails<>(deadEnds)
          : new Verdict.Undecided<>(steps.taken());
    }

    /** Returns the events of each key, or all of them if some have no key. */
    private List<List<Integer>> parts() {
      List<Integer> all = IntStream.range(0, whole.size()).boxed().toList();
      Map<Object, List<Integer>> parts = new LinkedHashMap<>();
      for (int event : all) {
        Object key = specification.key(whole.event(event).call());
        if (key == null) {
          return List.of(all);
        }
        parts.computeIfAbsent(key, any -> new ArrayList<>()).add(event);
      }
      return List.copyOf(parts.values());
    }

    private Finding judge(Precedence<C> part) {
      Finding found = specification.monitor().judge(part);
      if (found.equals(Finding.UNKNOWN)) {
        return search(part, steps);
      }
      if (found.equals(Finding.NO_ORDER)) {
        long toTheFirst = (long) (part.size() + 1) * part.chains().size();
        search(part, new Steps(toTheFirst + EXPLAINING_STEPS * part.size()));
      }
      return found;
    }

    private Finding search(Precedence<C> part, Steps steps) {
      OrderSearch<C, S> search = new OrderSearch<>(part, specification, steps);
      Finding found = search.run();
      deadEnds = search.deadEnds();
      return found;
    }

    /** Returns an order that keeps all of {@code orders}, or a part of it if there is none. */
    private List<Integer> merged(List<List<Integer>> orders) {
      int[] itself = IntStream.range(0, whole.size()).toArray();
      Graph graph = whole.graph(itself, whole.size());
      for (List<Integer> order : orders) {
        for (int i = 1; i < order.size(); i++) {
          graph.edge(order.get(i - 1), order.get(i));
        }
      }
      return graph.sorted();
    }
  }
}
