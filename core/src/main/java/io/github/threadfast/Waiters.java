package io.github.threadfast;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The threads that wait until a value is as they want it. Used by the holder of the value's mutex.
 *
 * @param <T> the value
 */
final class Waiters<T> {
  /*
   * Idea. Whoever is about to unlock the mutex tries the conditions of those who wait, in the order
   * of their arrival, takes out the first whose condition holds, and signals it when the mutex is
   * free. That one takes the mutex, tries again, since others may have come first, and does the same
   * when it unlocks.
   *
   * Invariant. While the mutex is free, either no condition of a thread in the queue holds, or one
   * thread that was taken out of it is about to be signalled, or was and has not tried the mutex
   * since. For a value changes only under the mutex, and each unlock chooses. A thread that gives up,
   * being interrupted or out of time, before it is signalled, lets the one who would signal it
   * choose again; one that was signalled hands that on. Both do it by trying to take the mutex once.
   * If it can be had, its unlock chooses; if not, its holder took it after the choice that came to
   * nothing, and will choose from the rest of the queue. That is why the signal comes after the
   * unlock: a holder that had chosen already and not unlocked yet would choose no more.
   *
   * Those who wait for several values, and all if the value must not be looked at, are woken besides
   * and not instead: they may have to wait for another mutex before they get to this one.
   *
   * Ordering. A waiter's state goes from WAITING to SIGNALLED or to ABANDONED by compare-and-set:
   * either the one who signals or the one who gives up wins, and the other knows. What is written
   * before SIGNALLED, the failure, is seen by whoever sees SIGNALLED.
   *
   * Why not wake all, as Object.notifyAll does? Of many waiting threads most would wake only to
   * wait again. Why not wake any one, as notify does? It may be one whose condition doesn't hold,
   * and the signal is lost.
   *
   * References. P. A. Buhr, M. Fortier, M. H. Coffin, Monitor Classification, Computing Surveys
   * 27(1), 1995, on automatic signals; Guava's Monitor signals likewise.
   */
  private final Queue<Waiter<T>> queue = new ArrayDeque<>();

  /** How many in the queue have neither been signalled nor given up. */
  private final AtomicInteger waiting = new AtomicInteger();

  /**
   * Adds the current thread, which must then unlock the mutex before it waits.
   *
   * @param condition what it waits for; null if that depends on other values, too, so that any
   *     change is
   */
  Waiter<T> add(@Nullable Predicate<? super T> condition) {
    Waiter<T> waiter = new Waiter<>(condition, waiting);
    queue.add(waiter);
    waiting.incrementAndGet();
    return waiter;
  }

  /** Returns how many wait. */
  int size() {
    return waiting.get();
  }

  boolean isEmpty() {
    return queue.isEmpty();
  }

  /** Notes that the value may have changed. */
  void changed() {
    queue.forEach(waiter -> waiter.changed = true);
  }

  /**
   * Takes out those who gave up; those who shall find out by themselves, who are woken; and the
   * first whose condition holds, or throws, which is returned, to be signalled after the mutex was
   * unlocked. It hands the signal on even if it only throws.
   *
   * @param value null if it must not be looked at: then nobody waits any longer
   */
  @Nullable Waiter<T> choose(@Nullable T value) {
    Waiter<T> chosen = null;
    for (Iterator<Waiter<T>> waiters = queue.iterator(); chosen == null && waiters.hasNext(); ) {
      Waiter<T> waiter = waiters.next();
      if (waiter.isAbandoned()) {
        waiters.remove();
      } else if (value == null || waiter.mustFindOut()) {
        waiters.remove();
        waiter.signal();
      } else if (waiter.holds(value)) {
        waiters.remove();
        chosen = waiter;
      }
    }
    return chosen;
  }

  /**
   * One thread that waits for one value.
   *
   * @param <T> the value
   */
  static final class Waiter<T> {
    private static final int WAITING = 0;
    private static final int SIGNALLED = 1;
    private static final int ABANDONED = 2;

    private final Thread thread = Thread.currentThread();

    private final @Nullable Predicate<? super T> condition;

    private final AtomicInteger waiting;

    /** Whether the value may have changed since. Guarded by the mutex. */
    private boolean changed;

    /** What the condition threw. Written before SIGNALLED. */
    private @Nullable Throwable failure;

    @SuppressWarnings("FieldMayBeFinal") // written by STATE
    private volatile int state = WAITING;

    private Waiter(@Nullable Predicate<? super T> condition, AtomicInteger waiting) {
      this.condition = condition;
      this.waiting = waiting;
    }

    /** Returns whether only its own thread can tell whether it must go on waiting. */
    private boolean mustFindOut() {
      return condition == null && changed;
    }

    /** Tries the condition, for the thread that waits for it. */
    private boolean holds(T value) {
      try {
        return condition != null && condition.test(value);
      } catch (VirtualMachineError ofThisThread) { // as its stack may be full: let the other try
        return true;
      } catch (Throwable thrown) {
        failure = thrown;
        return true;
      }
    }

    /** Signals it, and wakes it up; or returns false if it gave up before. */
    @CanIgnoreReturnValue
    boolean signal() {
      boolean signalled = end(SIGNALLED);
      if (signalled) {
        LockSupport.unpark(thread);
      }
      return signalled;
    }

    boolean isSignalled() {
      return state == SIGNALLED;
    }

    private boolean isAbandoned() {
      return state == ABANDONED;
    }

    /** Gives up, or returns false if it was signalled before. */
    boolean abandon() {
      return end(ABANDONED);
    }

    private boolean end(int how) {
      boolean ended = STATE.compareAndSet(this, WAITING, how);
      if (ended) {
        waiting.decrementAndGet();
      }
      return ended;
    }

    /** Returns what the condition threw, after the signal. */
    @Nullable Throwable failure() {
      return failure;
    }

    private static final VarHandle STATE;

    static {
      try {
        STATE = MethodHandles.lookup().findVarHandle(Waiter.class, "state", int.class);
      } catch (ReflectiveOperationException e) {
        throw new ExceptionInInitializerError(e);
      }
    }
  }
}
