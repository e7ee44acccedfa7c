package io.github.threadfast.bench;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.AbstractQueuedSynchronizer;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Threads;

/**
 * Which lock a {@code Guarded} should be made of. All of them find out that a thread enters again.
 */
public class LockDesignBenchmark {

  /** Each thread has locks of its own. */
  @State(Scope.Thread)
  public static class Uncontended extends Designs {}

  /** Two threads have the same locks. */
  @State(Scope.Benchmark)
  @Threads(2)
  public static class Contended extends Designs {}

  /** Each takes a lock, counts, and lets go. */
  public abstract static class Designs {
    private final ReentrantLock reentrantLock = new ReentrantLock();
    private final Mutex mutex = new Mutex();
    private final OwnerWord ownerWord = new OwnerWord();
    private final TimedOwnerWord timedOwnerWord = new TimedOwnerWord();
    private int count;

    @Benchmark
    @Row(value = "Lock of a Guarded", peer = "bareReentrantLock")
    public int reentrantLock() {
      if (reentrantLock.isHeldByCurrentThread()) {
        throw new IllegalStateException();
      }
      reentrantLock.lock();
      try {
        return ++count;
      } finally {
        reentrantLock.unlock();
      }
    }

    @Benchmark
    public int bareReentrantLock() {
      reentrantLock.lock();
      try {
        return ++count;
      } finally {
        reentrantLock.unlock();
      }
    }

    @Benchmark
    @Row(value = "Lock of a Guarded", peer = "bareReentrantLock")
    public int queuedSynchronizer() {
      mutex.lock();
      try {
        return ++count;
      } finally {
        mutex.unlock();
      }
    }

    @Benchmark
    @Row(value = "Lock of a Guarded", peer = "bareReentrantLock")
    public int ownerWord() {
      ownerWord.lock();
      try {
        return ++count;
      } finally {
        ownerWord.unlock();
      }
    }

    @Benchmark
    @Row(value = "Lock of a Guarded", peer = "bareReentrantLock")
    public int ownerWordReleased() {
      timedOwnerWord.lock();
      try {
        return ++count;
      } finally {
        timedOwnerWord.unlock();
      }
    }

    @Benchmark
    @Row(value = "Lock of a Guarded", peer = "bareReentrantLock")
    public int monitor() {
      synchronized (mutex) {
        return ++count;
      }
    }
  }

  /** The least that {@code AbstractQueuedSynchronizer} needs, with an owner that the JVM knows. */
  private static final class Mutex extends AbstractQueuedSynchronizer {
    private static final long serialVersionUID = 1;

    void lock() {
      acquire(1);
    }

    void unlock() {
      release(1);
    }

    @Override
    protected boolean tryAcquire(int ignored) {
      if (getState() == 0 && compareAndSetState(0, 1)) {
        setExclusiveOwnerThread(Thread.currentThread());
        return true;
      }
      if (getExclusiveOwnerThread() == Thread.currentThread()) {
        throw new IllegalStateException();
      }
      return false;
    }

    @Override
    protected boolean tryRelease(int ignored) {
      setExclusiveOwnerThread(null);
      setState(0);
      return true;
    }
  }

  /**
   * The state is the owner. A volatile store lets go, so that it comes before the look for waiters.
   */
  private static final class OwnerWord {
    private static final VarHandle OWNER = handle(OwnerWord.class);

    private final AtomicInteger waiting = new AtomicInteger();
    private final Queue<Thread> waiters = new ConcurrentLinkedQueue<>();
    private volatile Thread owner;

    void lock() {
      if (!OWNER.compareAndSet(this, null, Thread.currentThread())) {
        await();
      }
    }

    void unlock() {
      OWNER.setVolatile(this, null);
      if (waiting.get() != 0) {
        LockSupport.unpark(waiters.peek());
      }
    }

    private void await() {
      Thread me = Thread.currentThread();
      if (owner == me) {
        throw new IllegalStateException();
      }
      waiting.incrementAndGet();
      waiters.add(me);
      while (waiters.peek() != me || !OWNER.compareAndSet(this, null, me)) {
        LockSupport.park(this);
      }
      waiters.remove();
      waiting.decrementAndGet();
    }
  }

  /**
   * The same, but a release store lets go. The processor may look for waiters before others see
   * that store, and so miss one, which must wake by itself.
   */
  private static final class TimedOwnerWord {
    private static final long LONGEST_MISS_NANOS = 100_000;
    private static final VarHandle OWNER = handle(TimedOwnerWord.class);

    private final AtomicInteger waiting = new AtomicInteger();
    private final Queue<Thread> waiters = new ConcurrentLinkedQueue<>();
    private volatile Thread owner;

    void lock() {
      if (!OWNER.compareAndSet(this, null, Thread.currentThread())) {
        await();
      }
    }

    void unlock() {
      OWNER.setRelease(this, null);
      if (waiting.get() != 0) {
        LockSupport.unpark(waiters.peek());
      }
    }

    private void await() {
      Thread me = Thread.currentThread();
      if (owner == me) {
        throw new IllegalStateException();
      }
      waiting.incrementAndGet();
      waiters.add(me);
      while (waiters.peek() != me || !OWNER.compareAndSet(this, null, me)) {
        LockSupport.parkNanos(this, LONGEST_MISS_NANOS);
      }
      waiters.remove();
      waiting.decrementAndGet();
    }
  }

  private static VarHandle handle(Class<?> lock) {
    try {
      return MethodHandles.lookup().findVarHandle(lock, "owner", Thread.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }
}
