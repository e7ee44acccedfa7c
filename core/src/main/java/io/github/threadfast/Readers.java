package io.github.threadfast;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Who reads. Readers don't meet each other; a writer keeps them out and waits for those inside. */
final class Readers implements WaitGraph.Resource {
  /*
   * Idea. A reader writes itself into a slot of its own, and looks whether there is a writer. A
   * writer says that it is there, and looks whether a slot is taken. Whoever comes second sees the
   * other: a reader that sees a writer withdraws, and waits for the mutex that the writer holds; a
   * writer that sees a reader waits for it.
   *
   * State. slots holds readers, each at the place that its thread's number gives, a cache line from
   * the next; crowd holds those that found their slot taken, and crowded how many they are or are
   * about to be: the set itself can tell only roughly. writer is the thread that keeps readers
   * out, or null. It is written by the holder of the mutex alone.
   *
   * Invariants.
   * (1) A thread that reads is in its slot or in the crowd.
   * (2) While a writer changes the value, writer is that thread, and nobody reads.
   *
   * Non-invariants. Who is in a slot need not read: it may be about to withdraw, or out already but
   * for the slot. A writer waits for it all the same: it is quick.
   *
   * Ordering.
   * P1: the reader's slot, then writer; the writer's writer, then the slots. Each is a volatile
   * write followed by a volatile read, all of which have one order that each thread agrees with, so
   * that not both can miss the other. A release and an acquire would not do: the read could come
   * before the write.
   * P2: a reader that leaves empties its slot by a volatile write, which the writer reads: what was
   * read happens-before what is written.
   * P3: a writer that is done sets writer to null by a volatile write, which the reader reads: what
   * was written happens-before what is read.
   * P4: a reader empties its slot, then reads writer, and unparks it. A writer has set writer before
   * it looks at the slots, and looks again after each park, so that no wake-up is missed.
   *
   * Why not one count of readers? Two readers that write one count wait for each other's cache
   * line, and a count doesn't tell who they are, neither for re-entry nor for the wait graph.
   *
   * References. Readers in slots of their own: D. Dice, A. Kogan, BRAVO: Biased Locking for
   * Reader-Writer Locks, USENIX ATC 2019; the handshake: E. W. Dijkstra, Cooperating sequential
   * processes, 1965, where Dekker's is told.
   */

  /** How far slots lie apart: 128 bytes, two lines, since processors fetch them in pairs. */
  private static final int STRIDE = 32;

  /** Some for each processor, a power of two, and no more than 8 KiB of them. */
  private static final int SLOTS =
      Math.min(64, Integer.highestOneBit(8 * Runtime.getRuntime().availableProcessors() - 1));

  private static final VarHandle SLOT = MethodHandles.arrayElementVarHandle(Thread[].class);

  private final @Nullable Thread[] slots = new Thread[(SLOTS + 1) * STRIDE];
  private final Set<Thread> crowd = ConcurrentHashMap.newKeySet();
  private final AtomicInteger crowded = new AtomicInteger();
  private final Mutex mutex;

  private volatile @Nullable Thread writer;

  Readers(Mutex mutex) {
    this.mutex = mutex;
  }

  /** Lets {@code reader} in, which does not read yet, or returns false if a writer keeps it out. */
  boolean tryEnter(Thread reader) {
    enter(reader);
    if (writer == null) { // observes P1, P3
      return true;
    }
    leave(reader);
    return false;
  }

  /** Lets {@code reader} in, which does not read yet, and holds the mutex: no writer is there. */
  void enter(Thread reader) {
    if (!SLOT.compareAndSet(slots, slotOf(reader), null, reader)) { // publishes P1
      crowded.incrementAndGet(); // publishes P1
      boolean added = false;
      try {
        added = crowd.add(reader);
      } finally {
        if (!added) { // for want of memory
          crowded.decrementAndGet();
        }
      }
    }
  }

  /** Lets {@code reader} out, which is in. */
  void leave(Thread reader) {
    int slot = slotOf(reader);
    if (slots[slot] == reader) { // plain: only this thread writes itself
      SLOT.setVolatile(slots, slot, null); // publishes P2, P4
    } else {
      crowd.remove(reader);
      crowded.decrementAndGet(); // publishes P2, P4
    }
    Thread waiting = writer; // observes P4
    if (waiting != null) {
      LockSupport.unpark(waiting);
    }
  }

  /** Returns whether {@code thread}, the current one, reads. */
  boolean isReading(Thread thread) {
    return slots[slotOf(thread)] == thread || (crowded.get() != 0 && crowd.contains(thread));
  }

  /**
   * Keeps readers out, for the holder of the mutex, and waits until the last is out.
   *
   * @throws DeadlockException if that would never be; readers are let in again then
   */
  void exclude() {
    writer = Thread.currentThread(); // publishes P1, P4
    if (isEmpty()) {
      return;
    }
    Events.Span contended = Events.contendedAccess();
    Thread inTheWay = anyone();
    try {
      WaitGraph.await(this, this::awaitEmpty);
    } catch (DeadlockException deadlock) {
      admit();
      throw deadlock;
    }
    contended.end(this, inTheWay);
  }

  /**
   * Keeps readers out, for the holder of the mutex, and waits until the last is out; or lets them
   * in again and returns false if that is not before {@code deadline}.
   */
  boolean exclude(Deadline deadline) throws InterruptedException {
    writer = Thread.currentThread(); // publishes P1, P4
    boolean empty = false;
    try {
      empty = isEmpty() || awaitEmpty(deadline);
    } finally {
      if (!empty) {
        admit();
      }
    }
    return empty;
  }

  /** Lets readers in again. */
  void admit() {
    writer = null; // publishes P3
  }

  private void awaitEmpty() {
    boolean interrupted = false;
    while (!isEmpty()) {
      LockSupport.park(this);
      interrupted |= Thread.interrupted();
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean awaitEmpty(Deadline deadline) throws InterruptedException {
    Events.Span contended = Events.contendedAccess();
    Thread inTheWay = anyone();
    boolean empty = false;
    for (long left = deadline.left(); !empty && left > 0; left = deadline.left()) {
      LockSupport.parkNanos(this, left);
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      empty = isEmpty();
    }
    contended.end(this, inTheWay);
    return empty;
  }

  private boolean isEmpty() {
    for (int slot = STRIDE; slot < slots.length; slot += STRIDE) {
      if (SLOT.getVolatile(slots, slot) != null) { // observes P1, P2
        return false;
      }
    }
    return crowded.get() == 0; // observes P1, P2
  }

  private @Nullable Thread anyone() {
    return holders().stream().findFirst().orElse(null);
  }

  @Override
  public Collection<Thread> holders() {
    List<Thread> readers = new ArrayList<>(crowd);
    for (int slot = STRIDE; slot < slots.length; slot += STRIDE) {
      Thread reader = (Thread) SLOT.getVolatile(slots, slot);
      if (reader != null) {
        readers.add(reader);
      }
    }
    return readers;
  }

  @Override
  public boolean isHeldBy(Thread thread) {
    return SLOT.getVolatile(slots, slotOf(thread)) == thread || crowd.contains(thread);
  }

  @Override
  public String label() {
    return mutex.label();
  }

  @Override
  public String wanted() {
    return "the readers of " + label();
  }

  @Override
  public String holding() {
    return "reads";
  }

  private static int slotOf(Thread thread) {
    return ((int) Texts.idOf(thread) & SLOTS - 1) * STRIDE + STRIDE;
  }
}
