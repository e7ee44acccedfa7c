package io.github.threadfast;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.Queue;
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
   * of their arrival, and wakes the first whose condition holds. That one takes the mutex, tries
   * again, since others may have come first, and does the same when it unlocks.
   *
   * Invariant. While the mutex is free, either no condition of a waiting thread holds, or some
   * thread has been signalled that has not tried the mutex since. For a value changes only under
   * the mutex; each unlock signals; and a signalled thread that gives up, being interrupted or out
   * of time, tries to take the mutex once. If it can, its unlock signals the next; if it can't,
   * there is a holder whose unlock will.
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

  /** Adds a waiter, which must then unlock the mutex before it waits. */
  void add(Waiter<T> waiter) {
    queue.add(waiter);
  }

  boolean isEmpty() {
    return queue.isEmpty();
  }

  /** Notes that the value may have changed. */
  void changed() {
    queue.forEach(waiter -> waiter.changed = true);
  }

  /**
   * Takes out those who gave up, those whose condition throws, which are told so, and the first
   * whose condition holds, which is returned in order to be woken after the mutex has been
   * unlocked.
   *
   * @param value null if it must not be looked at: then the first who waits is to find out why
   */
  @Nullable Waiter<T> signalNext(@Nullable T value) {
    for (Iterator<Waiter<T>> waiters = queue.iterator(); waiters.hasNext(); ) {
      Waiter<T> waiter = waiters.next();
      boolean ready = waiter.isReady(value);
      if (ready || waiter.isAbandoned()) {
        waiters.remove();
      }
      if (ready && waiter.signal()) {
        if (waiter.failure == null) {
          return waiter;
        }
        waiter.wake();
      }
    }
    return null;
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

    /** What it waits for; null if that depends on other values, too, so that any change is. */
    private final @Nullable Predicate<? super T> condition;

    /** Whether the value may have changed since. Guarded by the mutex. */
    private boolean changed;

    /** What the condition threw. Written before SIGNALLED. */
    private @Nullable Throwable failure;

    @SuppressWarnings("FieldMayBeFinal") // written by STATE
    private volatile int state = WAITING;

    Waiter(@Nullable Predicate<? super T> condition) {
      this.condition = condition;
    }

    private boolean isReady(@Nullable T value) {
      if (value == null) {
        return true;
      }
      if (condition == null) {
        return changed;
      }
      try {
        return condition.test(value);
      } catch (Throwable thrown) { // it is the waiter's, not that of the thread that tries it
        failure = thrown;
        return true;
      }
    }

    private boolean signal() {
      return STATE.compareAndSet(this, WAITING, SIGNALLED);
    }

    boolean isSignalled() {
      return state == SIGNALLED;
    }

    private boolean isAbandoned() {
      return state == ABANDONED;
    }

    /** Gives up, or returns false if it was signalled before. */
    boolean abandon() {
      return STATE.compareAndSet(this, WAITING, ABANDONED);
    }

    void wake() {
      LockSupport.unpark(thread);
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
