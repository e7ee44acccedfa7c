package io.github.threadfast;

import static java.util.Objects.requireNonNull;

import java.lang.invoke.VarHandle;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
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
   * up. None of them does: they wait without a limit. A timed wait is never announced, so that paths
   * end at it. The one way out is a CloseableLazy that is closed in a hurry, which ends the attempt
   * of a thread that waits: the final looks ask for holders, too, so that this is seen.
   *
   * No miss. The thread of a cycle that is the last to put its wait finds all the others, since it
   * looks after it has put. Between is a full fence, since who holds something may be a plain field:
   * a holder that was written before another thread put its wait is seen by whoever puts later.
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

    /** Returns whether {@code thread} is one of the holders. */
    default boolean isHeldBy(Thread thread) {
      return holders().contains(thread);
    }

    /** Returns the primitive and its name, as {@code Guarded "orders"}. */
    String label();

    /** Returns what is waited for, if that is not all of it. */
    default String wanted() {
      return label();
    }

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
    VarHandle.fullFence();
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
      } while (!goesOn(cycle)); // else somebody has got on meanwhile
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

  private static boolean goesOn(List<Wait> cycle) {
    for (int i = 0; i < cycle.size(); i++) {
      Wait wait = cycle.get(i);
      Wait next = cycle.get((i + 1) % cycle.size());
      if (WAITS.get(wait.thread) != wait || !wait.resource.isHeldBy(next.thread)) {
        return false;
      }
    }
    return true;
  }

  /**
   * Returns the waits from {@code mine} to that for what its thread holds, as few as can be, or an
   * empty list.
   */
  private static List<Wait> pathBack(Wait mine) {
    Map<Wait, Wait> cameFrom = new HashMap<>();
    Queue<Wait> next = new ArrayDeque<>(List.of(mine));
    while (!next.isEmpty()) {
      Wait wait = next.remove();
      for (Thread holder : wait.resource.holders()) {
        if (holder == mine.thread) {
          return path(mine, wait, cameFrom);
        }
        Wait onward = WAITS.get(holder);
        if (onward != null
            && wait.resource.isHeldBy(holder) // once more, now that its wait was seen
            && cameFrom.putIfAbsent(onward, wait) == null) {
          next.add(onward);
        }
      }
    }
    return List.of();
  }

  private static List<Wait> path(Wait start, Wait end, Map<Wait, Wait> cameFrom) {
    List<Wait> path = new ArrayList<>();
    for (Wait wait = end; wait != start; wait = requireNonNull(cameFrom.get(wait))) {
      path.add(wait);
    }
    path.add(start);
    Collections.reverse(path);
    return path;
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
