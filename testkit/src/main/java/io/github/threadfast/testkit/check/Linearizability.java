package io.github.threadfast.testkit.check;

import io.github.threadfast.testkit.check.History.Event;
import io.github.threadfast.testkit.check.Specification.Step;
import io.github.threadfast.testkit.check.Verdict.Contradiction;
import io.github.threadfast.testkit.check.Verdict.DeadEnd;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Decides whether a history is linearizable: whether its calls can be put in one order that keeps
 * every lane's order, puts a call that had returned before one that began later, and gives each
 * call the result that the specification gives.
 */
public final class Linearizability {
  /*
   * Idea. Depth-first search for the order, one event at a time (Wing and Gong, "Testing and
   * verifying concurrent objects", 1993), that never enters the same configuration twice (Lowe,
   * "Testing for linearizability", 2017).
   *
   * State. The events done are always a prefix of each lane, so that one count a lane names them
   * all. A configuration is those counts and the specification's state: what can follow depends on
   * nothing else, and so a configuration that failed once fails always.
   *
   * An event may come next if it is its lane's first that is not done, and every event that had
   * returned before it began is done.
   *
   * Cost. At most (configurations) x (lanes) steps; without the memory of configurations, as many
   * as there are orders.
   */

  /** How many dead ends a verdict keeps: more than these few nobody reads. */
  private static final int MAX_DEAD_ENDS = 3;

  private Linearizability() {}

  /**
   * Checks {@code history} against {@code specification}, in at most {@code maxSteps} steps of it.
   */
  public static <C, S> Verdict<C> check(
      History<C> history, Specification<C, S> specification, long maxSteps) {
    return new Search<>(history, specification, maxSteps).run();
  }

  private record Configuration<S>(List<Integer> done, S state) {}

  private static final class Search<C, S> {
    private final List<List<Event<C>>> lanes;
    private final Specification<C, S> specification;
    private final long maxSteps;
    private final int total;

    private final int[] done;
    private final Deque<Event<C>> order = new ArrayDeque<>();
    private final Set<Configuration<S>> visited = new HashSet<>();
    private List<DeadEnd<C>> deadEnds = new ArrayList<>();
    private int longest = -1;
    private long steps;

    Search(History<C> history, Specification<C, S> specification, long maxSteps) {
      this.lanes = history.lanes();
      this.specification = specification;
      this.maxSteps = maxSteps;
      this.total = lanes.stream().mapToInt(List::size).sum();
      this.done = new int[lanes.size()];
    }

    Verdict<C> run() {
      if (extend(specification.initial())) {
        return new Verdict.Holds<>(List.copyOf(order));
      }
      return steps >= maxSteps ? new Verdict.Undecided<>(steps) : new Verdict.Fails<>(deadEnds);
    }

    /** Continues the order from {@code state}; leaves the whole order in place if there is one. */
    private boolean extend(S state) {
      if (order.size() == total) {
        return true;
      }
      List<Contradiction<C>> contradictions = new ArrayList<>();
      for (int lane = 0; lane < done.length; lane++) {
        if (!mayComeNext(lane)) {
          continue;
        }
        if (steps >= maxSteps) {
          return false;
        }
        steps++;
        Event<C> event = lanes.get(lane).get(done[lane]);
        Step<S> step = specification.step(state, event.call());
        if (!step.result().equals(event.result())) {
          contradictions.add(new Contradiction<>(event, step.result()));
          continue;
        }
        done[lane]++;
        order.addLast(event);
        if (visited.add(configuration(step.next())) && extend(step.next())) {
          return true;
        }
        order.removeLast();
        done[lane]--;
      }
      keepIfLongest(contradictions);
      return false;
    }

    private boolean mayComeNext(int lane) {
      if (done[lane] == lanes.get(lane).size()) {
        return false;
      }
      List<Integer> returnedBefore = lanes.get(lane).get(done[lane]).returnedBefore();
      for (int other = 0; other < done.length; other++) {
        if (done[other] < returnedBefore.get(other)) {
          return false;
        }
      }
      return true;
    }

    private Configuration<S> configuration(S state) {
      List<Integer> counts = new ArrayList<>(done.length);
      for (int count : done) {
        counts.add(count);
      }
      return new Configuration<>(counts, state);
    }

    private void keepIfLongest(List<Contradiction<C>> contradictions) {
      if (contradictions.isEmpty() || order.size() < longest) {
        return;
      }
      if (order.size() > longest) {
        longest = order.size();
        deadEnds = new ArrayList<>();
      }
      if (deadEnds.size() < MAX_DEAD_ENDS) {
        deadEnds.add(new DeadEnd<>(List.copyOf(order), List.copyOf(contradictions)));
      }
    }
  }
}
