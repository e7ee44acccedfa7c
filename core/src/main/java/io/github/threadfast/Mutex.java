package io.github.threadfast;

import java.util.Collection;
import java.util.List;
import java.util.concurrent.locks.AbstractQueuedSynchronizer;
import org.jspecify.annotations.Nullable;

/** A lock for one thread at a time, which knows its owner. It can't be taken twice. */
final class Mutex extends AbstractQueuedSynchronizer implements WaitGraph.Resource {
  private static final long serialVersionUID = 1;
  private static final int FREE = 0;
  private static final int TAKEN = 1;

  /*
   * Some ten microseconds each: long enough for another to change a value some hundred times, or to
   * finish a function of a few microseconds, undisturbed. To be woken up would take as long. See
   * DESIGN.md for what was tried.
   */
  private static final int FIRST_BACK_OFF = 512;
  private static final int LOOKS_BEFORE_PARKING = 1024;

  /** The primitive that this is part of, for messages. */
  private final String primitive;

  private final @Nullable String name;

  /** Of the value: what messages call it if it has no name. */
  private final Class<?> type;

  private final boolean fair;

  /** Makes a free one. A {@code fair} one is taken in the order of arrival. */
  Mutex(String primitive, @Nullable String name, Class<?> type, boolean fair) {
    this.primitive = primitive;
    this.name = name;
    this.type = type;
    this.fair = fair;
  }

  /** Takes it if it is free, whoever waits. */
  boolean tryBarge() {
    if (!compareAndSetState(FREE, TAKEN)) {
      return false;
    }
    setExclusiveOwnerThread(Thread.currentThread());
    return true;
  }

  /** Takes it if it is free and nobody has to be let through first. */
  boolean tryLock() {
    return !(fair && hasQueuedPredecessors()) && tryBarge();
  }

  /** Takes it as soon as it is seen free, in the next few looks; or returns false. */
  boolean spin(int looks) {
    for (int look = 0; look < looks; look++) {
      if (tryAcquire(TAKEN)) {
        return true;
      }
      Thread.onSpinWait();
    }
    return false;
  }

  /**
   * Waits until it is free, and takes it.
   *
   * @throws DeadlockException if it would never be free
   */
  void lock() {
    await(() -> acquire(TAKEN));
  }

  /**
   * Waits until it is free, and takes it; or returns false when this thread is interrupted, whose
   * status is kept.
   *
   * @throws DeadlockException if it would never be free
   */
  boolean lockUnlessInterrupted() {
    await(() -> {
      try {
        acquireInterruptibly(TAKEN);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    });
    return isHeldBy(Thread.currentThread());
  }

  private void await(Runnable wait) {
    Events.Span contended = Events.contendedAccess();
    Thread inTheWay = owner();
    WaitGraph.await(this, wait);
    contended.end(this, inTheWay);
  }

  /** Waits until it is free, and takes it; or returns false when {@code nanos} have passed. */
  boolean tryLock(long nanos) throws InterruptedException {
    Events.Span contended = Events.contendedAccess();
    Thread inTheWay = owner();
    boolean taken = tryAcquireNanos(TAKEN, nanos);
    contended.end(this, inTheWay);
    return taken;
  }

  /**
   * Waits until it is free, and takes it. First it looks for a while, since it takes as long to be
   * woken up.
   *
   * @throws DeadlockException if it would never be free
   */
  void lockSoon() {
    if (!spin(LOOKS_BEFORE_PARKING)) {
      lock();
    }
  }

  /** Lets the winner of a race go on for a while: four times as long after each lost one. */
  static void backOff(int losses) {
    for (int i = FIRST_BACK_OFF << (2 * (losses - 1)); i > 0; i--) {
      Thread.onSpinWait();
    }
  }

  /** Makes it free. */
  void unlock() {
    release(FREE);
  }

  /** Looks first: a compare-and-set that fails takes the cache line from the owner all the same. */
  @Override
  protected boolean tryAcquire(int taken) {
    return getState() == FREE && tryLock();
  }

  @Override
  protected boolean tryRelease(int free) {
    setExclusiveOwnerThread(null); // before the state: after it, this may be another's
    setState(FREE);
    return true;
  }

  /**
   * Returns the owner. It may be out of date, but tells a thread for certain whether it is itself.
   */
  @Nullable Thread owner() {
    return getExclusiveOwnerThread();
  }

  @Override
  public boolean isHeldBy(Thread thread) {
    return owner() == thread;
  }

  @Override
  public Collection<Thread> holders() {
    Thread owner = owner();
    return owner == null ? List.of() : List.of(owner);
  }

  @Override
  public String label() {
    return primitive + " " + shortLabel();
  }

  /** Returns the name as {@code "orders"}, or the type as {@code <List>}. */
  String shortLabel() {
    return name != null ? '"' + name + '"' : "<" + Texts.nameOf(type) + ">";
  }
}
