package io.github.threadfast;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Items in the order of arrival. They are taken out without the lock, too. */
final class Ring<T> implements Items<T> {
  /*
   * Idea. An array, used round and round. Items are numbered as they arrive, and number n is in the
   * slot n mod length. Those from head up to tail wait. They are added with a lock, so that there
   * is one at a time who does so; takers need none, and agree by compare-and-set of head.
   *
   * Invariants.
   * (1) head only grows: from n to n + 1 by the taker who gets item n, or at once to tail by who
   *     takes all.
   * (2) The slot of n has the item before tail passes n. It is cleared after head has passed n, by
   *     who got the item, and used again only when it is clear.
   * (3) An array that was replaced is not written any more but to be cleared. The new one has what
   *     waits, before tail passes any number for which the old one had no slot.
   * (4) While takers are held off, head is the complement of what it was, and nothing is taken.
   *
   * A taker reads head as n, then tail, then slots, then its slot, and then makes head n + 1. If it
   * can do so, head was n all the time, by (1). So by (2) the slot, in whichever array, had item n
   * since before tail passed n, and until now. What a slow taker has read may be another item, or
   * none, but then head has moved and it fails. The compare-and-set is the moment of taking.
   *
   * Whoever adds may find the slot not clear yet, since a taker is slow between its last two steps.
   * It doesn't wait for it: it copies what waits to another array, and the taker clears the old one.
   *
   * Ordering. tail is released after the slot and the array were written, and acquired before they
   * are read. The slot is read before the compare-and-set, which has the effects of a volatile
   * write. Clearing is released, and acquired by who uses the slot again.
   *
   * Progress. Taking is lock-free: a taker tries again only if another has taken an item.
   *
   * Source. How thieves take from the deque of D. Chase and Y. Lev, Dynamic Circular Work-Stealing
   * Deque, SPAA 2005. Here there are only thieves.
   */

  private static final int SHORTEST = 16;

  private volatile long head;

  /** Written with the lock. */
  private volatile long tail;

  /** Written with the lock. */
  private volatile @Nullable Object[] slots;

  /**
   * Some former head. Used with the lock: to look at the real one each time would slow down the
   * takers.
   */
  private long oldHead;

  Ring() {
    this(SHORTEST);
  }

  /**
   * Makes an empty one.
   *
   * @param length how many slots it has at first: a power of two
   */
  Ring(int length) {
    slots = new Object[length];
  }

  @Override
  public void add(T item, long rank) {
    long number = tail;
    if (SLOT.getAcquire(slots, slotOf(number, slots)) != null) {
      move();
    }
    SLOT.setRelease(slots, slotOf(number, slots), item);
    TAIL.setRelease(this, number + 1);
  }

  /** Goes on with another array, which has room for one more. */
  private void move() {
    boolean isFull = 2 * size() > slots.length;
    @Nullable Object[] next = new Object[isFull ? 2 * slots.length : slots.length];
    for (long number = hold(); number < tail; number++) {
      next[slotOf(number, next)] = slots[slotOf(number, slots)];
    }
    slots = next;
    letTakers();
  }

  private static int slotOf(long number, @Nullable Object[] slots) {
    return (int) number & (slots.length - 1);
  }

  @Override
  public @Nullable T take() {
    return tryTake();
  }

  @Override
  @SuppressWarnings("unchecked") // only items are added
  public @Nullable T tryTake() {
    while (true) {
      long number = head;
      if (number < 0 || number >= tail) {
        return null;
      }
      @Nullable Object[] slots = this.slots;
      int slot = slotOf(number, slots);
      Object item = SLOT.getAcquire(slots, slot);
      if (item != null && HEAD.compareAndSet(this, number, number + 1)) {
        SLOT.setRelease(slots, slot, (Object) null);
        return (T) item;
      }
    }
  }

  @Override
  @SuppressWarnings("unchecked") // only items are added
  public List<T> takeAll() {
    List<T> all = new ArrayList<>(size());
    for (long number = hold(); number < tail; number++) {
      int slot = slotOf(number, slots);
      all.add((T) slots[slot]);
      slots[slot] = null;
    }
    head = tail;
    return all;
  }

  @Override
  public boolean hasFewerThan(int limit) {
    if (tail - oldHead >= limit) {
      oldHead = head();
    }
    return tail - oldHead < limit;
  }

  @Override
  public int size() {
    return (int) (tail - head());
  }

  private long head() {
    long number = head;
    return number < 0 ? ~number : number;
  }

  @Override
  public void holdTakers() {
    hold();
  }

  @CanIgnoreReturnValue
  private long hold() {
    long number;
    do {
      number = head;
    } while (!HEAD.compareAndSet(this, number, ~number));
    return number;
  }

  @Override
  public void letTakers() {
    head = ~head;
  }

  private static final VarHandle SLOT = MethodHandles.arrayElementVarHandle(Object[].class);
  private static final VarHandle HEAD;
  private static final VarHandle TAIL;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      HEAD = lookup.findVarHandle(Ring.class, "head", long.class);
      TAIL = lookup.findVarHandle(Ring.class, "tail", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }
}
