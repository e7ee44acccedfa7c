package io.github.threadfast;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

/** Who waits for whom: finds the cycle before the thread parks. */
final class WaitGraph {
  /*
   * Idea. A thread that is about to wait for ever announces it, and then follows the graph: what it
   * waits for is held by threads, which may have announced a wait too, and so on. If a path leads
   * back to the thread itself, the wait would never end. Nobody else looks: threads that take what
   * is free never come here.
   *
   * State. WAITS holds a wait from before its thread parks until after. Who holds what is asked of
   * the resources, whose answers may be out of date.
   *
   * Invariants.
   * (1) A thread whose wait is in WAITS does nothing but wait: it lets go of nothing that it holds.
   * (2) A wait is in WAITS once, from one put to one remove. So a wait that is seen twice was there
   *     all the time between.
   * (3) Only a thread that holds VERDICT throws, and its wait has left WAITS before VERDICT is free.
   *
   * No false alarm. A path is believed if each of its steps "resource r is held by thread t, whose
   * wait is w" was seen in this order: w is there, r is held by t; and if after all steps each w is
   * still there. By (2) each w was there all the time from its first sight to its last, and by (1)
   * its t held its r from the moment when that was seen until then. So between the last step and the
   * first of the final looks all of it was true at once, and will be until one of the threads gives
   * up. None of them can: they wait without a limit. A timed wait is never announced, so that paths
   * end at it.
   *
   * No miss. The thread of a cycle that is the last to put its wait finds all the others, since it
   * looks after it has put.
   *
   * One victim. By (3) whoever comes second finds the wait of the first gone, and parks.
   *
   * Ordering. The map orders: what a thread did before it put its wait happens-before what another
   * does after it has got that wait. So a plain field that tells who holds something is fresh enough
   * where it was written by the thread of that wait: that thread can't have written it since (1),
   * and an older value is not seen.
   *
   * Non-invariants. WAITS may hold a wait that is over but for its thread's waking up: its resource
   * is then not held by a thread that waits, or the final looks find it gone.
   *
   * Why not one lock for all waits? Two threads that hand a value to and fro would meet there, too.
   *
   * References. The graph is the wait-for graph of E. G. Coffman, M. J. Elphick, A. Shoshani,
   * System Deadlocks, Computing Surveys 3(2), 1971; the double collect is that of Y. Afek et al.,
   * Atomic Snapshots of Shared Memory, JACM 40(4), 1993.
   */

  private static final Map<Thread, Wait> WAITS = new ConcurrentHashMap<>();
  private static final ReentrantLock VERDICT = new ReentrantLock();

  private WaitGraph() {}

  /** What threads wait for. */
  interface Resource {
    /**
     * Returns the threads of which each must let go before a wait for this can end. It may be out
     * of date, except for threads whose wait has been seen before the call: see WaitGraph.
     */
    Collection<Thread> holders();

    /** Returns the primitive and its name, as {@code Guarded "orders"}. */
    String label();

    /** Returns what a holder does, as {@code holds}. */
    default String holding() {
      return "holds";
    }
  }

  /** A wait without a limit, compared by identity. */
  private static final class Wait {
    final Thread thread;
    final Resource resource;

    Wait(Thread thread, Resource resource) {
      this.thread = thread;
      this.resource = resource;
    }
  }

  /**
   * Waits for {@code resource} by running {@code wait}, which returns when the resource was got,
   * and must not throw, run code of the user, or let go of anything that the thread held before.
   *
   * @throws DeadlockException if the wait would never end; it has not begun then
   */
  static void await(Resource resource, Runnable wait) {
    Thread me = Thread.currentThread();
    Wait mine = new Wait(me, resource);
    WAITS.put(me, mine);
    try {
      if (!pathBack(mine).isEmpty()) {
        judge(mine);
      }
      wait.run();
    } finally {
      WAITS.remove(me);
    }
  }

  private static void judge(Wait mine) {
    List<Wait> cycle;
    VERDICT.lock();
    try {
      do {
        cycle = pathBack(mine);
      } while (!cycle.stream().allMatch(WaitGraph::goesOn)); // else somebody has got on meanwhile
      if (!cycle.isEmpty()) {
        WAITS.remove(mine.thread);
      }
    } finally {
      VERDICT.unlock();
    }
    if (!cycle.isEmpty()) {
      throw deadlock(cycle);
    }
  }

  private static boolean goesOn(Wait wait) {
    return WAITS.get(wait.thread) == wait;
  }

  /** Returns the waits from {@code mine} to that for what its thread holds, or an empty list. */
  private static List<Wait> pathBack(Wait mine) {
    List<Wait> path = new ArrayList<>();
    return leadsBack(mine, mine.thread, path, new HashSet<>()) ? path : List.of();
  }

  private static boolean leadsBack(Wait wait, Thread start, List<Wait> path, Set<Wait> visited) {
    if (!visited.add(wait)) {
      return false;
    }
    path.add(wait);
    for (Thread holder : wait.resource.holders()) {
      if (holder == start) {
        return true;
      }
      Wait next = WAITS.get(holder);
      if (next != null
          && wait.resource.holders().contains(holder) // once more, now that its wait was seen
          && leadsBack(next, start, path, visited)) {
        return true;
      }
    }
    path.remove(path.size() - 1);
    return false;
  }

  private static DeadlockException deadlock(List<Wait> cycle) {
    Deadlock deadlock = new Deadlock();
    Resource held = cycle.get(cycle.size() - 1).resource;
    for (Wait wait : cycle) {
      deadlock.add(wait.thread, held, wait.resource);
      held = wait.resource;
    }
    return deadlock.exception();
  }
}
