package io.github.threadfast;

import io.github.threadfast.Snapshot.Versioned;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** Tells a listener of changes, one at a time, on an executor. */
abstract sealed class Listening<T> implements Subscription, Follower<T>, Runnable {
  /*
   * Idea. Each change is signalled by its writer. The signal that finds this idle puts it into the
   * executor, where it tells the listener of all that is there, and then looks whether it was
   * signalled meanwhile.
   *
   *   IDLE --signal--> SIGNALLED --run--> AT_WORK --nothing new--> IDLE
   *                        ^------signal------'
   *
   * Invariants.
   * (1) This is IDLE if and only if it is neither in the executor nor at work. So it is there once at
   *     most, and the listener is called by one thread at a time.
   * (2) A run that ends has begun to look after the last signal. So a change that is signalled is
   *     seen.
   * (3) What was told of last is forgotten when this is closed, and for good: whoever goes on after
   *     that looks whether it is closed after each step.
   *
   * Exceptions. If the executor refuses it, or the JVM ends a run by an Error, this becomes IDLE
   * although there is something to tell. Nothing is forgotten: the next signal tries again, and a
   * run tells all.
   *
   * Ordering. state orders: a run happens-before the next one. The executor orders as well.
   *
   * Why not count the signals? A listener may be busy for longer than it takes to count to zero
   * again.
   */

  private enum State {
    IDLE,
    SIGNALLED,
    AT_WORK
  }

  private final Snapshot<T> snapshot;
  private final Executor executor;
  private final BiConsumer<? super T, ? super T> listener;

  /** Begins as if at work, until the first revision is known. */
  private final AtomicReference<State> state = new AtomicReference<>(State.AT_WORK);

  private volatile boolean closed;

  Listening(Snapshot<T> snapshot, Executor executor, BiConsumer<? super T, ? super T> listener) {
    this.snapshot = snapshot;
    this.executor = executor;
    this.listener = listener;
  }

  /** Begins with what comes after the current revision. */
  final Subscription begin() {
    beginAfter(snapshot.follow(this));
    if (!state.compareAndSet(State.AT_WORK, State.IDLE)) {
      dispatch();
    }
    return this;
  }

  abstract void beginAfter(Revision<T> revision);

  /** Tells the listener of what it doesn't know yet, unless this is closed. */
  abstract void catchUp();

  /** Lets go of what was told last, since this is closed. */
  abstract void forget();

  @Override
  public void signal(Revision<T> published) {
    if (state.getAndSet(State.SIGNALLED) == State.IDLE) {
      dispatch();
    }
  }

  private void dispatch() {
    try {
      executor.execute(this);
    } catch (Throwable refusal) { // the writer, whose thread this is, has nothing to do with it
      state.set(State.IDLE);
      Threads.report(refusal);
    }
  }

  @Override
  public final void run() {
    do {
      state.set(State.AT_WORK);
      try {
        catchUp();
      } catch (Throwable failure) { // of the JVM: the listener's own don't get here
        state.set(State.IDLE);
        throw failure;
      }
    } while (!state.compareAndSet(State.AT_WORK, State.IDLE));
  }

  final void tell(T before, T after) {
    try {
      listener.accept(before, after);
    } catch (Throwable failure) { // the next change is told all the same
      Threads.report(failure);
    }
  }

  final Snapshot<T> snapshot() {
    return snapshot;
  }

  final boolean isClosed() {
    return closed;
  }

  @Override
  public final void close() {
    closed = true;
    snapshot.unfollow(this);
    forget(); // now, since the executor may never run this
  }

  @Override
  public final String toString() {
    return "Subscription[" + snapshot.label() + (closed ? ", closed]" : "]");
  }

  /** Tells of each change. */
  static final class ToEach<T> extends Listening<T> {
    private final Backlog<T> backlog = new Backlog<>();

    /** Null when closed. */
    private volatile @Nullable T told;

    ToEach(Snapshot<T> snapshot, Executor executor, BiConsumer<? super T, ? super T> listener) {
      super(snapshot, executor, listener);
    }

    @Override
    void beginAfter(Revision<T> revision) {
      told = revision.get();
      backlog.beginAfter(revision);
    }

    @Override
    public void signal(Revision<T> published) {
      backlog.add(published);
      if (isClosed()) {
        forget();
      }
      super.signal(published);
    }

    @Override
    void catchUp() {
      for (T before = told; before != null; before = told) {
        Revision<T> after = backlog.next();
        if (after == null) {
          return;
        }
        told = after.get();
        if (isClosed()) {
          forget();
        } else {
          tell(before, after.get());
        }
      }
    }

    @Override
    void forget() {
      told = null;
      backlog.clear();
    }
  }

  /** Tells of all changes since the last time as if they were one. */
  static final class ToLatest<T> extends Listening<T> {
    private volatile @Nullable Versioned<T> told;

    ToLatest(Snapshot<T> snapshot, Executor executor, BiConsumer<? super T, ? super T> listener) {
      super(snapshot, executor, listener);
    }

    @Override
    void beginAfter(Revision<T> revision) {
      told = revision.versioned();
    }

    @Override
    void catchUp() {
      Versioned<T> before = told;
      Versioned<T> after = snapshot().versioned();
      if (before == null || before.version() == after.version()) {
        return;
      }
      told = after;
      if (isClosed()) {
        forget();
      } else {
        tell(before.value(), after.value());
      }
    }

    @Override
    void forget() {
      told = null;
    }
  }
}
