package io.github.threadfast;

import static java.util.Objects.requireNonNull;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import com.google.errorprone.annotations.FormatMethod;
import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.ArrayList;
import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** What the producers and the workers of a pool share. No code of the user runs in it. */
final class WorkQueue<T> implements WaitGraph.Resource {
  /*
   * Idea. A monitor: one lock over the items that wait, the counts, and who waits for what. The end
   * is no item but a field, so that it needs no room and can't overtake or be overtaken. A worker
   * that has just done an item is spared the lock, where the order allows it: it notes in a field of
   * its own that the item has completed, and takes the next one, as long as there is one (Ring).
   *
   * Invariants, whenever the lock is free.
   * (1) Each accepted item waits, or runs, or was counted once as completed, failed or returned.
   * (2) If items wait and a worker is idle, one is called: it was signalled, and has not come yet.
   * (3) If producers wait, and at least half of the room is free, one is called, or the worker that
   *     took the item which made it so is about to do it.
   * (4) Once there is an end, nothing is accepted and no worker idles. Once it is stopped, no item
   *     waits.
   * (5) A worker is busy from when it has got an item with the lock until it comes back to the lock.
   *
   * Without the lock. Items are added, workers become idle, and the end comes with the lock only. So
   * what is taken without it can't violate (2), (4) or (5). For (3), a producer first counts as
   * waiting, then looks whether there is room, and then waits; a worker first takes an item, and
   * then looks whether a producer waits. All are volatile, so that at least one sees the other. That
   * all is done is told by the last worker that comes back, since each does if it finds no item.
   *
   * Calls. Whoever adds an item calls one worker, and no other until that one has come; it calls the
   * next one itself if there is still something to do. So a burst wakes as many as it needs, and a
   * worker that is just about to come back saves the call. Likewise a producer is called when half
   * of the room is free, and not for each place, or each item would cost a switch of threads.
   * Whoever returns from a wait, for whatever reason, clears the call and calls the next one where
   * (2) or (3) demand it: so a call that hits somebody who gives up is not lost.
   *
   * Fairness. A producer that arrives may take a place before one that was called, which pays,
   * since it is running already. One that was called and came too late has lost: as long as there
   * is a loser, arriving producers wait behind. So each is overtaken for a bounded time.
   *
   * Why not look for the lock for a while before parking? With more threads than processors it is
   * slower the longer one looks; see DESIGN.md.
   *
   * Why no batches of items for a worker? They would wait behind each other while another worker
   * starts later ones, and an item that waits for one of its own batch would wait for ever.
   *
   * References. The monitor: C. A. R. Hoare, Monitors, CACM 17(10), 1974; B. Goetz et al., Java
   * Concurrency in Practice, 2006, chapters 7 and 14.
   */

  /** What has become of an item that was offered. */
  enum Answer {
    ACCEPTED,
    FULL,
    /** It counts as accepted and running: the worker that has offered it must run it. */
    RUN_IT
  }

  /**
   * How deep a worker runs its own items inside of one another. Further ones go beyond the room.
   */
  private static final int DEEPEST = 64;

  private final String label;
  private final int capacity;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition work = lock.newCondition();
  private final Condition room = lock.newCondition();
  private final Condition idle = lock.newCondition();
  private final Condition over = lock.newCondition();

  @GuardedBy("lock")
  private final Items<T> items;

  @GuardedBy("lock")
  private final IdentityHashMap<Thread, Worker<T>> crew = new IdentityHashMap<>();

  @GuardedBy("lock")
  private final Set<Origin> openProducers = new LinkedHashSet<>();

  @GuardedBy("lock")
  private final List<T> left = new ArrayList<>();

  @GuardedBy("lock")
  private long accepted;

  /** By workers that have left. */
  @GuardedBy("lock")
  private long completed;

  @GuardedBy("lock")
  private long failed;

  @GuardedBy("lock")
  private int busyWorkers;

  /** How many workers there are, those included whose thread has not begun yet. */
  @GuardedBy("lock")
  private int workers;

  @GuardedBy("lock")
  private int idleWorkers;

  @GuardedBy("lock")
  private boolean isWorkerCalled;

  /** Written with the lock. */
  private volatile int waitingProducers;

  /** Written with the lock. */
  private volatile boolean isProducerCalled;

  /** How many producers were called and came too late. */
  @GuardedBy("lock")
  private int losers;

  @GuardedBy("lock")
  private @Nullable End end;

  @GuardedBy("lock")
  private boolean isStopped;

  @GuardedBy("lock")
  private @Nullable Throwable firstFailure;

  /** What has made the pool fail. */
  @GuardedBy("lock")
  private @Nullable Throwable fatal;

  /** Where a producer was made: who it is, in messages. Compared by identity. */
  static final class Origin {
    private final String text =
        "made on thread \"%s\" at %s"
            .formatted(
                Texts.nameOf(Thread.currentThread()),
                Texts.placeIn(Thread.currentThread().getStackTrace()));

    @Override
    public String toString() {
      return text;
    }
  }

  WorkQueue(String label, int capacity, Items<T> items) {
    this.label = label;
    this.capacity = capacity;
    this.items = items;
  }

  // Items

  /** Accepts an item if there is room. */
  Answer offer(T item, long rank) {
    lock.lock();
    try {
      requireOpen();
      return hasRoom() ? accept(item, rank) : Answer.FULL;
    } finally {
      lock.unlock();
    }
  }

  /** Accepts an item as soon as there is room, unless it is asked by one of the workers. */
  Answer put(T item, long rank, @Nullable Deadline deadline)
      throws InterruptedException, TimeoutException {
    lock.lock();
    try {
      requireOpen();
      if (hasRoom()) {
        return accept(item, rank);
      }
      Worker<T> worker = crew.get(Thread.currentThread());
      return worker == null ? awaitRoom(item, rank, deadline) : nest(worker, item, rank);
    } finally {
      lock.unlock();
    }
  }

  @GuardedBy("lock")
  private boolean hasRoom() {
    return items.hasFewerThan(capacity) && losers == 0;
  }

  @GuardedBy("lock")
  private Answer accept(T item, long rank) {
    items.add(item, rank);
    accepted++;
    callWorker();
    return Answer.ACCEPTED;
  }

  @GuardedBy("lock")
  private Answer nest(Worker<T> worker, T item, long rank) {
    if (worker.depth() >= DEEPEST) {
      return accept(item, rank);
    }
    accepted++;
    return Answer.RUN_IT;
  }

  @GuardedBy("lock")
  @SuppressWarnings("NonAtomicVolatileUpdate") // only with the lock
  private Answer awaitRoom(T item, long rank, @Nullable Deadline deadline)
      throws InterruptedException, TimeoutException {
    int lost = 0;
    waitingProducers++;
    try {
      if (hasRoom()) { // looked for again, since workers call only who waits already
        return accept(item, rank);
      }
      while (true) {
        boolean isInTime = false;
        try {
          isInTime = await(room, deadline); // then it was called
        } finally {
          isProducerCalled = false;
        }
        requireOpen();
        if (items.size() < capacity && (isInTime || losers == lost)) {
          return accept(item, rank);
        }
        if (lost == 0) {
          lost = 1;
          losers++;
        }
        if (deadline != null && deadline.left() <= 0) {
          throw outOfTime(
              """
              %s had no room within %s. Its capacity is %d. Wait longer, or give it more workers or \
              room.\
              """,
              label, deadline.limit(), capacity);
        }
      }
    } finally {
      losers -= lost;
      waitingProducers--;
      if (items.size() < capacity) {
        callProducer();
      }
    }
  }

  /** Takes the next item for a worker, or returns null if there are no more. */
  @Nullable T take(Worker<T> worker) {
    if (worker.isBusy) {
      T item = takeWithoutLock();
      if (item != null) {
        return item;
      }
    }
    lock.lock();
    try {
      return next(worker);
    } finally {
      lock.unlock();
    }
  }

  @SuppressWarnings("GuardedBy") // what tryTake is for
  private @Nullable T takeWithoutLock() {
    // An interrupt that came before is not for the handler of the next item. That of stop() may be,
    // if it comes after the item was taken: stop() leaves none to be taken before it interrupts.
    Thread.interrupted();
    T item = items.tryTake();
    if (item != null && waitingProducers > 0 && !isProducerCalled && isHalfFree()) {
      lock.lock();
      try {
        callProducer();
      } finally {
        lock.unlock();
      }
    }
    return item;
  }

  @SuppressWarnings("GuardedBy") // may be asked at any time
  private boolean isHalfFree() {
    return items.size() <= capacity / 2;
  }

  @GuardedBy("lock")
  private @Nullable T next(Worker<T> worker) {
    rest(worker);
    T item = items.take();
    while (item == null && end == null) {
      idleWorkers++;
      try {
        work.awaitUninterruptibly();
      } finally {
        idleWorkers--;
        isWorkerCalled = false;
      }
      item = items.take();
    }
    if (item == null) {
      return null;
    }
    worker.isBusy = true;
    busyWorkers++;
    Thread.interrupted(); // one that came before is not for the handler; stop() comes later
    if (items.size() > 0) {
      callWorker();
    }
    if (isHalfFree()) {
      callProducer();
    }
    return item;
  }

  /** A worker runs nothing now, unless it runs an item inside of another one. */
  void rests(Worker<T> worker) {
    if (worker.depth() > 0) {
      return;
    }
    lock.lock();
    try {
      rest(worker);
    } finally {
      lock.unlock();
    }
  }

  @GuardedBy("lock")
  private void rest(Worker<T> worker) {
    if (worker.isBusy) {
      worker.isBusy = false;
      busyWorkers--;
      if (isIdle()) {
        idle.signalAll();
      }
    }
  }

  /** Counts an item that a worker has run. */
  void count(Worker<T> worker, boolean isCompleted) {
    if (isCompleted) {
      worker.countCompleted();
      return;
    }
    lock.lock();
    try {
      failed++;
    } finally {
      lock.unlock();
    }
  }

  @GuardedBy("lock")
  private void callWorker() {
    if (idleWorkers > 0 && !isWorkerCalled) {
      isWorkerCalled = true;
      work.signal();
    }
  }

  @GuardedBy("lock")
  private void callProducer() {
    if (waitingProducers > 0 && !isProducerCalled) {
      isProducerCalled = true;
      room.signal();
    }
  }

  @GuardedBy("lock")
  private boolean isIdle() {
    return items.size() + busyWorkers == 0;
  }

  /** Notes what a handler has thrown. */
  void noteFailure(Throwable failure) {
    lock.lock();
    try {
      if (firstFailure == null) {
        firstFailure = failure;
      }
    } finally {
      lock.unlock();
    }
  }

  /** Returns whether an item that has failed may be tried again; then without an interrupt. */
  boolean mayRetry() {
    lock.lock();
    try {
      if (!isStopped) {
        Thread.interrupted(); // it was for the run that has failed
      }
      return !isStopped;
    } finally {
      lock.unlock();
    }
  }

  // Workers

  void hired() {
    lock.lock();
    try {
      workers++;
    } finally {
      lock.unlock();
    }
  }

  /** The current thread is a worker from now on. */
  void began(Worker<T> worker) {
    lock.lock();
    try {
      crew.put(Thread.currentThread(), worker);
    } finally {
      lock.unlock();
    }
  }

  /** A worker is none any more, or has never begun. */
  void left(Worker<T> worker) {
    lock.lock();
    try {
      if (crew.remove(Thread.currentThread(), worker)) {
        completed += worker.completed();
      }
      workers--;
      if (workers == 0) {
        over.signalAll();
      } else if (items.size() > 0) {
        callWorker(); // this one may have been called
      }
    } finally {
      lock.unlock();
    }
  }

  /** Returns whether a worker that has died has to be replaced. */
  boolean needsWorkers() {
    lock.lock();
    try {
      return end == null || items.size() > 0;
    } finally {
      lock.unlock();
    }
  }

  /** Returns the worker that this thread is. */
  Worker<T> current() {
    lock.lock();
    try {
      return requireNonNull(crew.get(Thread.currentThread()));
    } finally {
      lock.unlock();
    }
  }

  boolean isWorker(Thread thread) {
    lock.lock();
    try {
      return crew.containsKey(thread);
    } finally {
      lock.unlock();
    }
  }

  // Producers

  Origin producer() {
    Origin producer = new Origin();
    lock.lock();
    try {
      requireOpen();
      openProducers.add(producer);
    } finally {
      lock.unlock();
    }
    return producer;
  }

  /** Returns whether it was the last. */
  boolean closed(Origin producer) {
    lock.lock();
    try {
      return openProducers.remove(producer) && openProducers.isEmpty();
    } finally {
      lock.unlock();
    }
  }

  // The end

  @GuardedBy("lock")
  private void requireOpen() {
    if (end != null) {
      throw new RejectedExecutionException(
          "%s accepts nothing any more: %s.".formatted(label, end.told()), fatal);
    }
  }

  /** Accepts nothing any more. What was accepted is done, and then the workers stop. */
  void finish(End how) {
    lock.lock();
    try {
      finishNow(how);
    } finally {
      lock.unlock();
    }
  }

  @GuardedBy("lock")
  private void finishNow(End how) {
    if (end == null) {
      end = how;
      work.signalAll();
      room.signalAll();
      over.signalAll(); // in case there is no worker
    }
  }

  /** As {@link #finish}, and returns what has not been started; interrupts what has. */
  @CanIgnoreReturnValue
  List<T> stop(End how) {
    List<T> unstarted;
    List<Thread> interrupted;
    lock.lock();
    try {
      finishNow(how);
      if (fatal == null) {
        fatal = how.cause();
      }
      isStopped = true;
      unstarted = items.takeAll();
      left.addAll(unstarted);
      interrupted = List.copyOf(crew.keySet());
      if (isIdle()) {
        idle.signalAll();
      }
    } finally {
      lock.unlock();
    }
    for (Thread thread : interrupted) {
      if (thread != Thread.currentThread()) {
        thread.interrupt();
      }
    }
    return unstarted;
  }

  List<T> returned() {
    lock.lock();
    try {
      return List.copyOf(left);
    } finally {
      lock.unlock();
    }
  }

  // Waiting

  /** Waits until nothing waits or runs. */
  void awaitIdle(@Nullable Deadline deadline) throws InterruptedException, TimeoutException {
    await(idle, this::haveEnded, "have ended", deadline);
  }

  /** As the report says, which may know it a moment before the last worker comes back. */
  @SuppressWarnings("GuardedBy") // only called with the lock, as a function
  private boolean haveEnded() {
    return reportLocked().ended() == accepted;
  }

  /** Waits until the workers have stopped. */
  void awaitOver(@Nullable Deadline deadline) throws InterruptedException, TimeoutException {
    await(over, this::isOver, "have been finished", deadline);
  }

  @SuppressWarnings("GuardedBy") // only called with the lock, as a function
  private boolean isOver() {
    return end != null && workers == 0;
  }

  private void await(
      Condition changed, BooleanSupplier isDone, String wanted, @Nullable Deadline deadline)
      throws InterruptedException, TimeoutException {
    lock.lockInterruptibly();
    try {
      while (!isDone.getAsBoolean()) {
        if (deadline != null && deadline.left() <= 0) {
          WorkerPool.Report report = reportLocked();
          throw outOfTime(
              "The items of %s should %s within %s. %d wait, %d run.%s",
              label,
              wanted,
              deadline.limit(),
              report.waiting(),
              report.running(),
              openProducers.isEmpty() ? "" : " Not closed: " + openProducers + ".");
        }
        await(changed, deadline);
      }
    } finally {
      lock.unlock();
    }
  }

  @SuppressWarnings("WaitNotInLoop") // the loop is the caller's
  @CanIgnoreReturnValue
  private static boolean await(Condition condition, @Nullable Deadline deadline)
      throws InterruptedException {
    if (deadline == null) {
      condition.await();
      return true;
    }
    return condition.await(deadline.left(), TimeUnit.NANOSECONDS);
  }

  @FormatMethod
  private static TimeoutException outOfTime(String format, Object... arguments) {
    return new TimeoutException(format.formatted(arguments));
  }

  // What is known

  WorkerPool.Report report() {
    lock.lock();
    try {
      return reportLocked();
    } finally {
      lock.unlock();
    }
  }

  /*
   * While nobody takes, nothing begins, and a worker can complete but what it runs. So the sum of
   * what they have completed soon stays the same. As no addend ever decreases, all of them were the
   * same between two equal sums: that is the moment of the report.
   */
  @GuardedBy("lock")
  private WorkerPool.Report reportLocked() {
    items.holdTakers();
    try {
      long completed = completed();
      for (long again = completed(); again != completed; again = completed()) {
        completed = again;
      }
      int waiting = items.size();
      int returned = left.size();
      int running = (int) (accepted - completed - failed - returned - waiting);
      return new WorkerPool.Report(
          accepted, completed, failed, returned, waiting, running, firstFailure);
    } finally {
      items.letTakers();
    }
  }

  /** Adds up what was completed, while some may be completed. */
  @GuardedBy("lock")
  private long completed() {
    long sum = completed;
    for (Worker<T> worker : crew.values()) {
      sum += worker.completed();
    }
    return sum;
  }

  /** Returns what has made the pool fail, or null. */
  @Nullable Throwable fatal() {
    lock.lock();
    try {
      return fatal;
    } finally {
      lock.unlock();
    }
  }

  /** Returns what it does, in a word. */
  String state() {
    lock.lock();
    try {
      if (end == null) {
        return "open";
      }
      return workers == 0 ? "ended" : isStopped ? "stopping" : "finishing";
    } finally {
      lock.unlock();
    }
  }

  @Override
  public Collection<Thread> holders() {
    return List.of();
  }

  @Override
  public String label() {
    return label;
  }
}
