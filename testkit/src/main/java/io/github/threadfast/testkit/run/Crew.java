package io.github.threadfast.testkit.run;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.IntConsumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The threads of one search: A, which also plans and judges, and B, C, … that run scenarios beside
 * it. They are kept from run to run, and no code of the user runs anywhere else, so that a call
 * that never returns can't take the caller with it.
 */
public final class Crew implements AutoCloseable {
  /*
   * Idea. Races show only while the threads run on different cores. A thread that parks between two
   * batches is put back on a core by a scheduler that has no time to look for a free one, and two
   * threads that were woken on one core stay there, taking turns, for as long as each batch is short.
   * So no more threads are awake than a scenario has, and between batches they spin for a while before
   * they park: to the scheduler they are busy, and it spreads them out. On a machine that is busy with
   * other things they may still end up on one core. Then others take their place, which slept
   * elsewhere.
   */

  private static final int SPARES = 3;

  /** Longer than A takes to judge one batch and prepare the next. */
  private static final long SPIN_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  private static final int SPINS_BEFORE_CLOCK = 1_000;

  private static final Set<Thread.State> BUSY =
      Set.of(Thread.State.RUNNABLE, Thread.State.TIMED_WAITING);

  /** More may start between a look at how many there are and a look at them. */
  private static final int MAX_NEW_THREADS = 16;

  private static final String THREAD = "threadfast thread ";

  /** Threads that the user's code starts belong to it, too, unless it says otherwise. */
  private final ThreadGroup group = new ThreadGroup("threadfast");

  private final int size;
  private final ExecutorService a;
  private volatile @Nullable Thread threadA;
  private final List<Member> others;

  /** The others in the order of their names, then the spare ones. Of thread A. */
  private final List<Member> order;

  private volatile boolean closed;

  /** Creates a crew of {@code size} threads, none of which runs yet. */
  public Crew(int size) {
    this.size = size;
    a =
        Executors.newSingleThreadExecutor(task -> {
          Thread thread = new Thread(group, task, THREAD + name(0));
          thread.setDaemon(true);
          threadA = thread;
          return thread;
        });
    others = Stream.generate(Member::new).limit(size - 1 + SPARES).toList();
    order = new ArrayList<>(others);
    nameOthers();
  }

  /** Returns what a report calls thread {@code index}: A, B, C, … */
  public static String name(int index) {
    return String.valueOf((char) ('A' + index));
  }

  private void nameOthers() {
    for (int i = 0; i < order.size(); i++) {
      order.get(i).thread.setName(i < size - 1 ? THREAD + name(i + 1) : "threadfast spare");
    }
  }

  /** Has thread A run {@code task}. */
  public <T> Future<T> direct(Callable<T> task) {
    return a.submit(task);
  }

  /**
   * Runs {@code task} {@code count} times at once, with 0 in this thread, which should be A, and
   * with 1, 2, … in the others, and waits for all.
   */
  void runAll(int count, IntConsumer task) throws InterruptedException, ExecutionException {
    for (int i = 1; i < count; i++) {
      order.get(i - 1).start(i, task);
    }
    task.accept(0);
    for (int i = 1; i < count; i++) {
      order.get(i - 1).join();
    }
  }

  /** Gives the scheduler an occasion to put the threads on other cores than they are on now. */
  void regroup() {
    Collections.shuffle(order);
    nameOthers();
  }

  /** Returns the threads started so far, A first. */
  public List<Thread> threads() {
    return Stream.concat(Stream.ofNullable(threadA), others.stream().map(member -> member.thread))
        .filter(thread -> thread.getState() != Thread.State.NEW)
        .toList();
  }

  /** Returns whether a thread runs, or waits with a time-out, that the user's code has started. */
  public boolean othersAreBusy() {
    Thread[] all = new Thread[group.activeCount() + MAX_NEW_THREADS];
    int count = group.enumerate(all);
    List<Thread> own = threads();
    return Arrays.stream(all, 0, count)
        .filter(thread -> !own.contains(thread))
        .anyMatch(thread -> BUSY.contains(thread.getState()));
  }

  /** Returns the group that the threads belong to, and those that the user's code starts. */
  public ThreadGroup group() {
    return group;
  }

  /** Interrupts all threads and lets them end. */
  @Override
  public void close() {
    closed = true;
    a.shutdownNow();
    others.forEach(Member::close);
  }

  /**
   * Spins for a while and then parks, until {@code done}. Who makes it true unparks this thread
   * afterwards, so that no wake-up is lost; closing the crew makes it true, too.
   */
  @SuppressWarnings("ThreadPriorityCheck") // yields only for speed
  private void await(BooleanSupplier done) {
    for (int spin = 0; spin < SPINS_BEFORE_CLOCK; spin++) {
      if (done.getAsBoolean()) {
        return;
      }
      Thread.onSpinWait();
    }
    long start = System.nanoTime();
    while (!done.getAsBoolean() && System.nanoTime() - start < SPIN_NANOS) {
      Thread.yield();
    }
    while (!done.getAsBoolean()) {
      LockSupport.park(this);
      Thread.interrupted(); // or the next park would return at once
    }
  }

  /** A thread beside A. */
  private final class Member implements Runnable {
    /*
     * Invariant. work is null while the thread is idle. A alone sets it, and only then; the thread
     * alone sets it back.
     *
     * Ordering. M1: what A wrote before it set work is seen by the thread that finds it. M2: what the
     * thread did for it is seen by A when it finds work to be null again: failure needs no more.
     */
    private final Thread thread = new Thread(group, this);
    private volatile @Nullable Work work;
    private @Nullable Throwable failure;

    /** What to do, and who waits for it. */
    private record Work(int index, IntConsumer task, Thread waiter) {}

    Member() {
      thread.setDaemon(true);
    }

    void start(int index, IntConsumer task) {
      work = new Work(index, task, Thread.currentThread()); // publishes M1
      if (thread.getState() == Thread.State.NEW) {
        thread.start();
      }
      LockSupport.unpark(thread);
    }

    void join() throws InterruptedException, ExecutionException {
      await(() -> work == null || closed); // observes M2
      if (work != null) {
        throw new InterruptedException();
      }
      if (failure != null) {
        throw new ExecutionException(failure);
      }
    }

    @Override
    public void run() {
      while (!closed) {
        Work next = work; // observes M1
        if (next == null) {
          await(() -> work != null || closed);
        } else {
          perform(next);
        }
      }
    }

    private void perform(Work next) {
      try {
        next.task().accept(next.index());
      } catch (Throwable thrown) {
        failure = thrown;
      }
      work = null; // publishes M2
      LockSupport.unpark(next.waiter());
    }

    void close() {
      thread.interrupt();
      LockSupport.unpark(thread);
    }
  }
}
