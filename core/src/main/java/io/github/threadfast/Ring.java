package io.github.threadfast;

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
   *     takes all, or when items move.
   * (2) The slot of n has the item before tail passes n. Whoever makes head pass n clears it, and
   *     it is used again only when it is clear.
   * (3) Items that move to another array get new numbers, all of them higher than the old ones.
   * (4) While takers are held off, head is the complement of what it was, and nothing is taken.
   *
   * A taker reads head as n, then tail, then slots, and then makes head n + 1. If it can do so, head
   * was n all the time, by (1), or held off in between, but nothing has moved, by (3). So slots is
   * the array that n is in, and by (2) its slot has the item, and is the taker's until it clears it.
   * If it is so slow that head has moved, it fails, and has touched nothing. The compare-and-set is
   * the moment of taking.
   *
   * Whoever adds may find the slot not clear yet, since its taker is slow. It doesn't wait for it:
   * it moves what waits to another array, and the taker clears the old one.
   *
   * Ordering. The slot is written before tail is released, and read after tail was acquired. It is
   * released when it is clear, and acquired by who uses it again, after the taker has read it.
   * slots is written before tail when items move, and read after it. Whoever asks for the size
   * without the lock reads tail before head, and so never gets too much.
   *
   * Progress. A taker tries again only if another has taken an item, or items have moved: taking is
   * lock-free, as long as takers are not held off. Then it finds nothing, and asks for the lock.
   *
   * Source. How thieves take from the deque of D. Chase and Y. Lev, Dynamic Circular Work-Stealing
   * Deque, SPAA 2005. Here there are only thieves, who also clear the slots.
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
    if (SLOT.getAcquire(slots, slotOf(tail, slots)) != null) {
      move();
    }
    slots[slotOf(tail, slots)] = item;
    TAIL.setRelease(this, tail + 1);
  }

  /** Goes on with another array, which has room for one more. */
  private void move() {
    boolean isFull = 2 * size() > slots.length;
    @Nullable Object[] next = new Object[isFull ? 2 * slots.length : slots.length];
    long first = tail;
    long end = first;
    holdTakers();
    for (long number = head(); number < first; number++) {
      next[slotOf(end++, next)] = slots[slotOf(number, slots)];
    }
    slots = next;
    oldHead = first;
    head = first;
    tail = end; // last: meanwhile the ring seems to be empty, and takers ask for the lock
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
      if (HEAD.compareAndSet(this, number, number + 1)) {
        int slot = slotOf(number, slots);
        Object item = slots[slot];
        SLOT.setRelease(slots, slot, (Object) null);
        return (T) item;
      }
    }
  }

  @Override
  @SuppressWarnings("unchecked") // only items are added
  public List<T> takeAll() {
    List<T> all = new ArrayList<>(size());
    holdTakers();
    for (long number = head(); number < tail; number++) {
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
    long number;
    do {
      number = head;
    } while (!HEAD.compareAndSet(this, number, ~number));
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
