package io.github.threadfast;

import static java.util.Objects.requireNonNull;

import java.io.InterruptedIOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.net.SocketTimeoutException;
import java.nio.channels.ClosedByInterruptException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.AbstractQueuedSynchronizer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A lazy value whose failed initialization is tried again. */
non-sealed class OnceLazy<T> implements Lazy<T>, WaitGraph.Resource {
  /*
   * Idea. Whoever finds the initializer in a field takes it out, by putting itself in its place,
   * and runs it. The field then tells the others whom to wait for. Where nobody waits, there is
   * nothing but the fields: the first who waits brings what it waits on.
   *
   * State. value is null until there is one. control is
   *
   *   the initializer --take--> a Thread --join--> an Attempt (of that thread)
   *          ^                      |                   |
   *          +------ failed --------+-------------------+
   *                                 |                   |
   *                                 +---- succeeded ----+--> null
   *
   * or a Failure instead of the initializer or null, in CachingLazy.
   *
   * Invariants.
   * (1) Only the thread that took the initializer runs it, and only that thread takes itself, or
   *     its Attempt, out of control. Exception: a close in a hurry (see ClosingLazy).
   * (2) value is set before control becomes null, and never while control is an initializer. So
   *     one initializer at most returns a value that is seen, and whoever finds null in control
   *     finds a value in value.
   * (3) An Attempt that has been in control is ended by the one who takes it out, after taking it
   *     out. So nobody waits for ever who has found it there.
   *
   * Non-invariants. A Thread in control need not be in the attempt in which it was first seen there:
   * it may have failed and begun anew. To join it is right all the same. An Attempt may be over but
   * for the waking up of those who wait for it, while another runs already: so what they wait for is
   * the Attempt, and not the lazy value, which would name the thread of the other.
   *
   * Ordering. P1: value is released and acquired, so all that the initializer did happens-before
   * what follows a get. P2: control is changed by compare-and-set, and read by acquire: so whoever
   * sees null there sees the value (2), and whoever takes an initializer after a failed attempt
   * sees what that attempt did. P3: the failure of an Attempt is a plain field, written before its
   * state is set and read after that was seen. name is final. A lazy value that is itself published
   * by a data race may show its first fields late; the loops of get stand that.
   *
   * Waiting. WaitGraph asks that a waiting thread lets go of nothing. What it holds, here, are the
   * attempts that it runs, and they end when it takes them out of control, which it can't while it
   * waits. A close in a hurry ends the attempt of another thread, which may wait: a cycle that is
   * reported in that moment was one until then.
   *
   * Why not a flag beside the value? The reader would pay for two reads. Why no lock? An object for
   * each lazy value, though most never see two threads at once. Why does the waiter not help? It
   * can't: only one thread may run the initializer.
   *
   * References. W. Pugh et al., The "Double-Checked Locking is Broken" Declaration, tells why the
   * reader must acquire; JSR-133, The Java Memory Model, 2004, and D. Lea, Using JDK 9 Memory Order
   * Modes, 2018, why that is enough.
   */

  /** How far a chain of causes is followed, which may be a ring. */
  private static final int MAX_CAUSES = 100;

  private @Nullable Object value;
  private @Nullable Object control;

  /** A String; or the Class of the initializer, if there is no name. */
  private final Object name;

  OnceLazy(@Nullable String name, Supplier<? extends T> initializer) {
    this.name = name != null ? name : initializer.getClass();
    // a Thread would be taken for the one that runs the initializer
    this.control = initializer instanceof Thread ? (Supplier<T>) initializer::get : initializer;
  }

  @Override
  public T get() {
    T ready = ready();
    return ready != null ? ready : getSlowly();
  }

  private T getSlowly() {
    T ready = makeUnlessTaken();
    while (ready == null) {
      Attempt other = running("get");
      if (other != null) {
        other.await();
        other.rethrowFailure();
      }
      ready = makeUnlessTaken();
    }
    return ready;
  }

  @Override
  public T get(Duration timeout) throws InterruptedException, TimeoutException {
    requireNonNull(timeout, "timeout");
    Deadline deadline = Deadline.in(Deadline.requireLimit(timeout, "timeout"));
    T ready = makeUnlessTaken();
    while (ready == null) {
      Attempt other = running("get");
      if (other != null) {
        if (!other.await(deadline.left())) {
          throw timedOut(timeout, other.thread());
        }
        other.rethrowFailure();
      }
      ready = makeUnlessTaken();
    }
    return ready;
  }

  @Override
  public boolean isInitialized() {
    return ready() != null;
  }

  @Override
  public @Nullable T peek() {
    return ready();
  }

  @SuppressWarnings("unchecked") // what the initializer returned, or null
  private @Nullable T ready() {
    return (T) VALUE.getAcquire(this); // observes P1
  }

  /**
   * Returns the attempt of another thread that runs now, to be waited for, or null if none is seen.
   *
   * @param verb what is asked for
   */
  final @Nullable Attempt running(String verb) {
    Object now = CONTROL.getAcquire(this); // observes P2
    if (now instanceof Thread thread) {
      requireOther(thread, verb);
      Attempt attempt = new Attempt(this, thread);
      return CONTROL.compareAndSet(this, now, (Object) attempt) ? attempt : null;
    }
    if (now instanceof Attempt attempt) {
      requireOther(attempt.thread(), verb);
      return attempt;
    }
    if (now instanceof Failure failure) {
      throw OnceLazy.<RuntimeException>rethrow(failure.cause());
    }
    return null;
  }

  private void requireOther(Thread thread, String verb) {
    if (thread == Thread.currentThread()) {
      String place = Texts.placeIn(thread.getStackTrace());
      throw Deadlock.ofOne(
          this,
          """
          %s was used again, by %s, from inside its own initializer on thread "%s"%s. \
          It would wait for the value that it is about to make. \
          Use it after its initializer has returned, and inside only what is already made.\
          """
              .formatted(label(), verb, Texts.nameOf(thread), place == null ? "" : " at " + place));
    }
  }

  /** Returns the value, or makes it; or returns null if an attempt runs, or a failure is cached. */
  private @Nullable T makeUnlessTaken() {
    Object now = CONTROL.getAcquire(this); // observes P2
    return take(now) ? make((Supplier<?>) now) : ready();
  }

  /** Takes the initializer out, so that no other thread runs it. */
  final boolean take() {
    return take(CONTROL.getAcquire(this)); // observes P2
  }

  private boolean take(@Nullable Object now) {
    return now instanceof Supplier
        && !(now instanceof Thread) // which may be a Supplier, too
        && CONTROL.compareAndSet(this, now, (Object) Thread.currentThread());
  }

  @SuppressWarnings("unchecked") // the constructor has put it there
  private T make(Supplier<?> initializer) {
    Events.Span span = Events.initialization();
    T made;
    try {
      made = (T) initializer.get(); // no lock is held, but others wait for this thread
      if (made == null) {
        throw new NullPointerException(
            "initializer returned null for %s, which stays uninitialized. ".formatted(label())
                + "Return what stands for nothing, such as Optional.empty().");
      }
    } catch (Throwable failure) {
      fail(initializer, failure);
      throw failure;
    } finally {
      span.end(this, null);
    }
    try {
      publish(made);
    } finally { // publish may throw
      end(null, null);
    }
    return made; // and not what is in value, which may be closed by now
  }

  void publish(T made) {
    VALUE.setRelease(this, (Object) made); // publishes P1
  }

  private void fail(Supplier<?> initializer, Throwable failure) {
    boolean isItsOwn = false;
    try {
      isItsOwn = !isOfThisThread(failure);
    } finally { // causes may be classes of the user
      end(
          isItsOwn && caches(failure) ? new Failure(failure) : initializer,
          isItsOwn ? failure : null);
    }
  }

  /** Returns whether {@code failure} is the outcome for good. */
  boolean caches(Throwable failure) {
    return false;
  }

  /**
   * Returns whether an attempt failed because of the thread that made it, so that another thread
   * may succeed: it was interrupted, or was the victim of a cycle.
   */
  private boolean isOfThisThread(Throwable failure) {
    boolean result = Thread.currentThread().isInterrupted();
    Throwable cause = failure;
    for (int i = 0; cause != null && i < MAX_CAUSES; i++) {
      if (cause instanceof DeadlockException deadlock) {
        deadlock.hasFailed(label());
        result = true;
      }
      result |= isInterruption(cause);
      cause = cause.getCause();
    }
    return result;
  }

  private static boolean isInterruption(Throwable cause) {
    return cause instanceof InterruptedException
        || cause instanceof ClosedByInterruptException
        || (cause instanceof InterruptedIOException
            && !(cause instanceof SocketTimeoutException)); // which is one by its class only
  }

  /** Ends the attempt of this thread, unless that was done already: see ClosingLazy. */
  private void end(@Nullable Object next, @Nullable Throwable failure) {
    if (!CONTROL.compareAndSet(this, (Object) Thread.currentThread(), next) // publishes P2
        && CONTROL.getAcquire(this) instanceof Attempt attempt
        && CONTROL.compareAndSet(this, (Object) attempt, next)) { // publishes P2
      attempt.end(failure);
    }
  }

  /** Ends the attempt that runs, of whichever thread, and lets no other begin. */
  final void endForGood() {
    if (CONTROL.getAndSet(this, null) instanceof Attempt attempt) {
      attempt.end(null);
    }
  }

  /** Returns what is in the place of the value. */
  final @Nullable Object content() {
    return VALUE.getAcquire(this); // observes P1
  }

  /** Changes what is in the place of the value. */
  final boolean replaceContent(@Nullable Object from, Object to) {
    return VALUE.compareAndSet(this, from, to); // publishes P1
  }

  @Override
  public final Collection<Thread> holders() {
    Object now = CONTROL.getAcquire(this);
    if (now instanceof Thread thread) {
      return List.of(thread);
    }
    return now instanceof Attempt attempt ? attempt.holders() : List.of();
  }

  @Override
  public String label() {
    return "Lazy " + Texts.shownName(name);
  }

  @Override
  public final String holding() {
    return "initializes";
  }

  @Override
  public final String toString() {
    return "Lazy[" + Texts.shownName(name) + ", " + state() + "]";
  }

  String state() {
    Object now = CONTROL.getAcquire(this);
    if (content() != null) {
      return "initialized";
    }
    if (now instanceof Thread thread) {
      return initializing(thread, 0);
    }
    if (now instanceof Attempt attempt) {
      return initializing(attempt.thread(), attempt.getQueueLength());
    }
    if (now instanceof Failure failure) {
      return "failed with " + Texts.nameOf(failure.cause().getClass());
    }
    return "not initialized";
  }

  private static String initializing(Thread thread, int waiting) {
    return "being initialized by \""
        + Texts.nameOf(thread)
        + (waiting == 0 ? "\"" : "\", " + waiting + " waiting");
  }

  private TimeoutException timedOut(Duration timeout, Thread thread) {
    String place = Texts.placeIn(thread.getStackTrace());
    return new TimeoutException(
        """
        %s was not initialized within %s: thread "%s" is still at it%s. \
        Wait longer, or ask again: the initialization goes on.\
        """
            .formatted(
                label(), timeout, Texts.nameOf(thread), place == null ? "" : ", at " + place));
  }

  @SuppressWarnings("unchecked") // the caller gets what the initializer threw, declared or not
  static <X extends Throwable> RuntimeException rethrow(Throwable failure) throws X {
    throw (X) failure;
  }

  /** The failure that stands for the value. */
  private record Failure(Throwable cause) {}

  /** One run of the initializer, for those who wait for its end. */
  static final class Attempt extends AbstractQueuedSynchronizer implements WaitGraph.Resource {
    private static final long serialVersionUID = 1;
    private static final int OVER = 1;

    private final transient OnceLazy<?> lazy;

    /** What those who wait shall throw. */
    private @Nullable Throwable failure;

    Attempt(OnceLazy<?> lazy, Thread thread) {
      this.lazy = lazy;
      setExclusiveOwnerThread(thread); // thread dumps show it
    }

    Thread thread() {
      return getExclusiveOwnerThread();
    }

    void end(@Nullable Throwable failure) {
      this.failure = failure;
      releaseShared(OVER); // publishes P3
    }

    /** Waits for the end, however long, and keeps the interrupt status. */
    void await() {
      WaitGraph.await(this, () -> acquireShared(OVER)); // observes P3
    }

    /** Waits for the end, or until this thread is interrupted, and keeps the interrupt status. */
    void awaitUnlessInterrupted() {
      WaitGraph.await(
          this,
          () -> {
            try {
              acquireSharedInterruptibly(OVER); // observes P3
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
          });
    }

    /** Waits for the end, and returns whether it came in time. */
    boolean await(long nanos) throws InterruptedException {
      return tryAcquireSharedNanos(OVER, nanos); // observes P3
    }

    void rethrowFailure() {
      if (failure != null) {
        throw OnceLazy.<RuntimeException>rethrow(failure);
      }
    }

    @Override
    protected int tryAcquireShared(int ignored) {
      return getState() == OVER ? 1 : -1;
    }

    @Override
    protected boolean tryReleaseShared(int over) {
      setState(over);
      return true;
    }

    @Override
    public Collection<Thread> holders() {
      return getState() == OVER ? List.of() : List.of(thread());
    }

    @Override
    public boolean isHeldBy(Thread thread) {
      return getState() != OVER && thread() == thread;
    }

    @Override
    public String label() {
      return lazy.label();
    }

    @Override
    public String holding() {
      return lazy.holding();
    }
  }

  private static final VarHandle VALUE;
  private static final VarHandle CONTROL;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      VALUE = lookup.findVarHandle(OnceLazy.class, "value", Object.class);
      CONTROL = lookup.findVarHandle(OnceLazy.class, "control", Object.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }
}
