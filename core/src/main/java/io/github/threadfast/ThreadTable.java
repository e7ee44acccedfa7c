package io.github.threadfast;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.lang.ref.WeakReference;
import java.util.Arrays;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** An entry for each thread, found by the thread itself without a lock. */
class ThreadTable<E extends ThreadTable.Entry> {
  /*
   * Idea. A hash table of entries, from each thread to its own, by open addressing. A thread looks
   * for no entry but its own, which it has put there itself; so it needs no lock to find it. All
   * that changes the table is done under one lock, and runs no code of the user.
   *
   * State. slots is the table: an entry lies at the place that its thread's number gives, or behind
   * it, with no gap between. size counts the entries, and limit says when to look for ended threads
   * and make room.
   *
   * Invariants.
   * (1) A slot that holds an entry holds that entry for ever: an entry is taken out by building
   *     another array without it. So there never comes a gap between a place and an entry behind it.
   * (2) An array that is replaced has all entries of living threads in it, as has its successor,
   *     unless all are taken out for good.
   * (3) A thread has one entry at most, since only it adds one, after it has found none.
   * (4) At most a quarter of the slots are taken. So each search ends, and most at once.
   *
   * A thread finds its entry. When it added it, it saw all slots before it taken; by (1) they stay so,
   * and it sees them so, as it does its own entry: by program order in that array. It never goes
   * back to an older array, since what was in slots before was replaced before it added its entry, as
   * the lock orders it. A later array, which by (2) has its entry, too, is met by a data race (P1);
   * if one should ever be seen without its contents, the thread finds nothing, and looks again with
   * the lock before it adds anything. So a look-up that fails proves nothing but under the lock.
   *
   * A thread that has none may meet entries that others are adding, by a data race. It compares
   * them by their thread alone, and sees that or null, neither of which is itself. Whether it
   * sees them or not, it finds nothing, and comes back with the lock.
   *
   * Non-invariants. An entry in slots may be of a thread that has ended: it is found out when a
   * thread is added that finds the table full or small, and by whoever asks for it.
   *
   * Ordering. P1: slots is released after the new array is filled, and read plainly: a processor that
   * orders loads that depend on one another shows the contents with the array, and what the language
   * alone allows is dealt with above; the length of an array is final (JLS 10.7). A volatile read would
   * do as well, but a compiler could not keep what it has read, nor move it out of a loop. The lock
   * orders all else. P2: a thread that has ended is known by isAlive, and the final action of a thread
   * synchronizes with what detects that it is over (JLS 17.4.4). So all that it did to its entry, by
   * plain writes too, is seen by whoever takes the entry out. A reference that was cleared tells the
   * same: the collector has seen, at a later moment, that the thread neither runs nor ever will.
   * (Unless a finalizer wakes up a virtual thread that could not be reached: that is a new thread to
   * us, without a value.)
   *
   * Why not a ThreadLocal? The thread would refer to something of ours, and through it to a class
   * loader, and its end be known only after a collection. Why not a map of java.util.concurrent? It
   * would have to compare weak keys, and a get would pay for that. Why weak? An ended thread keeps
   * its class loaders alive, and it may be long until somebody looks.
   *
   * References. D. E. Knuth, The Art of Computer Programming 3, 6.4, Algorithm L (linear probing);
   * JSR-133, The Java Memory Model, 2004.
   */

  /** The size from which on it pays to look for ended threads only when the table is full. */
  private static final int SMALL = 8;

  private final ReentrantLock lock = new ReentrantLock();
  private final Consumer<? super E> ended;

  private @Nullable Entry[] slots = new Entry[4 * SMALL];
  private int size;
  private int limit = SMALL;

  /** What there is for one thread. It doesn't keep the thread alive. */
  static class Entry extends WeakReference<Thread> {
    /** Where it goes, and still does when the thread is gone. */
    private final int place = placeOf(Thread.currentThread());

    /** For a subclass, here since a cast to it would be a good part of what a look-up costs. */
    private @Nullable Object value;

    /** Makes one for the current thread. */
    Entry() {
      super(Thread.currentThread());
    }

    /** Returns whether the thread has ended; if so, all that it did happens-before the return. */
    final boolean isOver() {
      Thread thread = get();
      return thread == null || !thread.isAlive(); // observes P2
    }

    final @Nullable Object value() {
      return VALUE.getOpaque(this);
    }

    final void setValue(@Nullable Object value) {
      VALUE.setOpaque(this, value);
    }

    private static final VarHandle VALUE;

    static {
      try {
        VALUE = MethodHandles.lookup().findVarHandle(Entry.class, "value", Object.class);
      } catch (ReflectiveOperationException e) {
        throw new ExceptionInInitializerError(e);
      }
    }
  }

  /**
   * Makes an empty one.
   *
   * @param ended is given the entry of each thread that has ended, under the lock, and takes out
   *     what is in it; given one again, for want of memory, it finds nothing. Runs no user code
   */
  ThreadTable(Consumer<? super E> ended) {
    this.ended = ended;
  }

  /**
   * Returns the entry of {@code me}, the current thread, or null if it has none or can't see it:
   * only {@link #add} knows for certain.
   */
  @SuppressWarnings("unchecked") // nothing else is added
  @Nullable E find(Thread me) {
    @Nullable Entry[] table = slots; // plain: see P1
    int mask = table.length - 1;
    int place = placeOf(me) & mask;
    Entry entry = table[place]; // plain: see above
    while (entry != null && !entry.refersTo(me)) {
      place = (place + 1) & mask;
      entry = table[place];
    }
    return (E) entry;
  }

  /**
   * Adds {@code mine} as the entry of the current thread, unless it has one; returns the one that
   * it has then.
   */
  E add(E mine) {
    lock.lock();
    try {
      E there = find(Thread.currentThread());
      if (there != null) {
        return there;
      }
      if (size == limit || size < SMALL) {
        sweep();
      }
      if (size == limit) {
        rebuild(entries());
      }
      put(slots, mine);
      size++;
      return mine;
    } finally {
      lock.unlock();
    }
  }

  /** Runs {@code action} under the lock. It runs no user code. */
  @CanIgnoreReturnValue
  <R extends @Nullable Object> R locked(Supplier<R> action) {
    lock.lock();
    try {
      return action.get();
    } finally {
      lock.unlock();
    }
  }

  /** Takes out the entries of ended threads; for the holder of the lock. */
  @SuppressWarnings("unchecked") // nothing else is added
  void sweep() {
    Entry[] entries = entries();
    int left = 0;
    for (Entry entry : entries) {
      if (entry.isOver()) {
        ended.accept((E) entry); // runs no user code
      } else {
        entries[left++] = entry; // judged once: it may end while we look
      }
    }
    if (left < size) {
      rebuild(Arrays.copyOf(entries, left));
    }
  }

  /** Takes out all entries, whoever they belong to; for the holder of the lock. */
  void clear() {
    rebuild(new Entry[0]);
  }

  /**
   * Calls {@code action} with each entry. The holder of the lock sees each once; others see roughly
   * what is there.
   */
  @SuppressWarnings("unchecked") // nothing else is added
  void forEach(Consumer<? super E> action) {
    for (Entry entry : slots) {
      if (entry != null) {
        action.accept((E) entry);
      }
    }
  }

  /** Returns all entries, for the holder of the lock. */
  private Entry[] entries() {
    Entry[] entries = new Entry[size];
    int count = 0;
    for (Entry entry : slots) {
      if (entry != null) {
        entries[count++] = entry;
      }
    }
    return entries;
  }

  /** Replaces the array by one of {@code entries} with room for as many again. */
  private void rebuild(Entry[] entries) {
    int room = Math.max(SMALL, 2 * entries.length);
    @Nullable Entry[] table = new Entry[4 * Integer.highestOneBit(2 * room - 1)];
    for (Entry entry : entries) {
      put(table, entry);
    }
    SLOTS.setRelease(this, table); // publishes P1
    size = entries.length;
    limit = room;
  }

  private static void put(@Nullable Entry[] table, Entry entry) {
    int mask = table.length - 1;
    int place = entry.place & mask;
    while (table[place] != null) {
      place = (place + 1) & mask;
    }
    table[place] = entry; // plain: see above
  }

  /**
   * Returns a number for {@code thread}. Those of threads that were made one after another differ
   * in their low bits, and are not neighbors, so that two such rows that overlap don't grow
   * together. Those of threads with regular gaps mostly differ, too.
   */
  private static int placeOf(Thread thread) {
    long id = Texts.idOf(thread);
    return 9 * (int) (id ^ (id >>> 5));
  }

  private static final VarHandle SLOTS;

  static {
    try {
      SLOTS = MethodHandles.lookup().findVarHandle(ThreadTable.class, "slots", Entry[].class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }
}
