package io.github.threadfast;

import static java.util.stream.Collectors.joining;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.github.threadfast.Waiters.Waiter;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A critical section over one or more values, entered when a condition holds, within a time: what
 * the accesses are made of.
 *
 * @param <I> thrown when interrupted: InterruptedException if there is a condition or a time, else
 *     nothing
 * @param <O> thrown when out of time: TimeoutException if there is a time, else nothing
 */
final class Section<I extends Exception, O extends Exception> {
  /** In the order of the arguments of actions. */
  private final Cell<Object>[] cells;

  /** In the order of their creation, in which all sections lock them: so none waits in a circle. */
  private final Cell<Object>[] inOrder;

  private final @Nullable Predicate<Object[]> condition;
  private final @Nullable Duration limit;

  private Section(
      Cell<Object>[] cells,
      Cell<Object>[] inOrder,
      @Nullable Predicate<Object[]> condition,
      @Nullable Duration limit) {
    this.cells = cells;
    this.inOrder = inOrder;
    this.condition = condition;
    this.limit = limit;
  }

  /** Returns a section of {@code cells} that waits for nothing but them. */
  static Section<RuntimeException, RuntimeException> of(Cell<?>... cells) {
    Set<Cell<?>> different = Collections.newSetFromMap(new IdentityHashMap<>());
    for (Cell<?> cell : cells) {
      if (!different.add(cell)) {
        throw new IllegalArgumentException(
            "%s was given to together twice. Give each value once.".formatted(cell.label()));
      }
    }
    @SuppressWarnings("unchecked") // actions get the values in this order
    Cell<Object>[] given = (Cell<Object>[]) cells.clone();
    Cell<Object>[] inOrder = given.clone();
    Arrays.sort(inOrder, Comparator.comparingLong(cell -> cell.number));
    return new Section<>(given, inOrder, null, null);
  }

  /** Returns this section, to be entered when {@code added} holds, too. */
  Section<InterruptedException, O> when(Predicate<Object[]> added) {
    return new Section<>(cells, inOrder, condition == null ? added : condition.and(added), limit);
  }

  /** Returns this section, to be entered no later than {@code limit} after it was asked for. */
  Section<InterruptedException, TimeoutException> within(Duration limit) {
    return new Section<>(cells, inOrder, condition, Deadline.requireLimit(limit, "limit"));
  }

  /** Looks at the values, together with others who look. */
  <R extends @Nullable Object, X extends Exception> R read(
      CheckedFunction<Object[], ? extends R, ? extends X> reader) throws X, I, O {
    Visit visit = new Visit(Verb.READ);
    enter(visit, true);
    try {
      Object[] values = visit.current();
      R result = reader.apply(values);
      visit.requireNoEscape(result, values);
      return result;
    } finally {
      visit.leave();
    }
  }

  /** Changes the values, alone. */
  @CanIgnoreReturnValue
  <R extends @Nullable Object, X extends Exception> R change(
      Verb verb, CheckedFunction<Object[], ? extends R, ? extends X> updater) throws X, I, O {
    Visit visit = new Visit(verb);
    enter(visit, false);
    try {
      Object[] values = visit.open();
      return change(visit, values, updater);
    } finally {
      visit.leave();
    }
  }

  private <R extends @Nullable Object, X extends Exception> R change(
      Visit visit, Object[] values, CheckedFunction<Object[], ? extends R, ? extends X> updater)
      throws X {
    try {
      R result = updater.apply(values);
      visit.requireNoEscape(result, values);
      visit.commit();
      return result;
    } catch (Throwable failure) {
      visit.rollBack(failure);
      throw failure;
    }
  }

  /** Puts another value in the place of the one value. */
  <X extends Exception> void replace(
      CheckedFunction<Object, ? extends Object, ? extends X> successor) throws X, I, O {
    Visit visit = new Visit(Verb.REPLACE);
    enter(visit, false);
    try {
      cells[0].exchange(successor);
    } finally {
      visit.leave();
    }
  }

  @SuppressWarnings("unchecked") // see I and O
  private void enter(Visit visit, boolean reading) throws I, O {
    try {
      visit.enter(reading);
    } catch (InterruptedException interrupted) {
      throw (I) interrupted;
    } catch (TimeoutException outOfTime) {
      throw (O) outOfTime;
    }
  }

  /** One thread's way through the section. */
  private final class Visit {
    private final Verb verb;
    private final @Nullable Deadline deadline = limit == null ? null : Deadline.in(limit);

    /**
     * Which of the cells, in order, are to be unlocked: not those that the thread was inside of.
     */
    private final boolean[] locked = new boolean[inOrder.length];

    private boolean shared;

    Visit(Verb verb) {
      this.verb = verb;
    }

    void enter(boolean reading) throws InterruptedException, TimeoutException {
      if (condition == null && deadline == null) {
        lock(reading);
        return;
      }
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      boolean entered = false;
      try {
        lock(reading);
        if (!holds()) {
          requireOutermost();
          leave();
          enterWhenItHolds();
        }
        entered = true;
      } finally {
        if (!entered) {
          leave();
        }
      }
    }

    /** Takes all the values, or none. */
    private void lock(boolean sharing) throws InterruptedException, TimeoutException {
      shared = sharing;
      boolean complete = false;
      try {
        for (int i = 0; i < inOrder.length; i++) {
          locked[i] = sharing ? lockToRead(inOrder[i]) : lock(inOrder[i]);
        }
        complete = true;
      } finally {
        if (!complete) {
          leave();
        }
      }
    }

    private boolean lock(Cell<Object> cell) throws InterruptedException, TimeoutException {
      return deadline == null ? cell.lock(verb) : cell.lock(verb, deadline);
    }

    private boolean lockToRead(Cell<Object> cell) throws InterruptedException, TimeoutException {
      return deadline == null ? cell.lockToRead(verb) : cell.lockToRead(verb, deadline);
    }

    void leave() {
      for (int i = inOrder.length - 1; i >= 0; i--) {
        if (locked[i]) {
          locked[i] = false;
          if (shared) {
            inOrder[i].unlockAfterRead();
          } else {
            inOrder[i].unlock();
          }
        }
      }
    }

    private boolean holds() {
      return condition == null || condition.test(current());
    }

    /** Waits alone, even to read, since a change must not come between a look and the wait. */
    private void enterWhenItHolds() throws InterruptedException, TimeoutException {
      lock(false);
      while (!holds()) {
        Waiter<?>[] waiters = enlist();
        leave();
        await(waiters);
        boolean back = false;
        try {
          lock(false);
          back = true;
        } finally {
          if (!back) {
            passOn(waiters);
          }
        }
      }
    }

    /** Nobody else can make the condition hold while this thread is inside already. */
    private void requireOutermost() {
      for (int i = 0; i < inOrder.length; i++) {
        if (!locked[i]) {
          throw inOrder[i].neverHolds();
        }
      }
    }

    private Waiter<?>[] enlist() {
      Waiter<?>[] waiters = new Waiter<?>[inOrder.length];
      for (int i = 0; i < inOrder.length; i++) {
        waiters[i] = enlist(inOrder[i]);
      }
      return waiters;
    }

    private Waiter<?> enlist(Cell<Object> cell) {
      Predicate<Object[]> awaited = condition;
      return cell.enlist(
          awaited == null || inOrder.length > 1
              ? null
              : value -> awaited.test(new Object[] {value}));
    }

    /** Waits until signalled: see {@link Waiters} for what must be done if it gives up. */
    private void await(Waiter<?>[] waiters) throws InterruptedException, TimeoutException {
      boolean interrupted = false;
      boolean signalled;
      try {
        for (long left = left(); !isSignalled(waiters) && !interrupted && left > 0; left = left()) {
          LockSupport.parkNanos(Section.this, left);
          interrupted = Thread.interrupted();
        }
      } finally {
        signalled = giveUp(waiters);
      }
      Throwable thrown = signalled ? waiters[0].failure() : null;
      if (interrupted || thrown != null) {
        passOn(waiters);
      }
      if (interrupted) {
        throw new InterruptedException();
      }
      if (!signalled) {
        throw timeout();
      }
      if (thrown != null) {
        throw Section.<RuntimeException>unchecked(thrown);
      }
    }

    private long left() {
      return deadline == null ? Long.MAX_VALUE : deadline.left();
    }

    private void passOn(Waiter<?>[] waiters) {
      for (int i = 0; i < waiters.length; i++) {
        if (waiters[i].isSignalled()) {
          inOrder[i].passOn();
        }
      }
    }

    private TimeoutException timeout() {
      return new TimeoutException(
          "The condition on %s did not hold within %s. Wait longer, or see why no change makes it so."
              .formatted(labels(), limit));
    }

    /** Returns the values to look at. */
    Object[] current() {
      return Arrays.stream(cells).map(Cell::current).toArray();
    }

    /** Returns the values to change, or copies of them. */
    Object[] open() {
      boolean opened = false;
      try {
        Object[] values = Arrays.stream(cells).map(Cell::open).toArray();
        opened = true;
        return values;
      } finally {
        if (!opened) { // no value has been changed: none is to blame for another
          forEachLocked(Cell::dropDraft);
        }
      }
    }

    void requireNoEscape(@Nullable Object result, Object[] values) {
      for (int i = 0; i < cells.length; i++) {
        cells[i].requireNoEscape(result, values[i]);
      }
    }

    /** Makes all changes, or none. Those inside of an outer action are part of that. */
    void commit() {
      forEachLocked(Cell::check);
      forEachLocked(Cell::commit);
    }

    void rollBack(Throwable failure) {
      forEachLocked(cell -> cell.rollBack(failure));
    }

    private void forEachLocked(Consumer<Cell<Object>> step) {
      for (int i = 0; i < inOrder.length; i++) {
        if (locked[i]) {
          step.accept(inOrder[i]);
        }
      }
    }
  }

  private static boolean isSignalled(Waiter<?>[] waiters) {
    return Arrays.stream(waiters).anyMatch(Waiter::isSignalled);
  }

  /** Returns whether one was signalled before; the others never will. */
  private static boolean giveUp(Waiter<?>[] waiters) {
    boolean signalled = false;
    for (Waiter<?> waiter : waiters) {
      signalled |= !waiter.abandon();
    }
    return signalled;
  }

  private String labels() {
    return Arrays.stream(cells).map(Cell::label).collect(joining(" and "));
  }

  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // it goes out as it came
  private static <X extends Throwable> RuntimeException unchecked(Throwable thrown) throws X {
    throw (X) thrown;
  }

  /** Returns what the accesses say of themselves. */
  @Override
  public String toString() {
    return labels()
        + (condition == null ? "" : ", when a condition holds")
        + (limit == null ? "" : ", within " + limit);
  }
}
