package io.github.threadfast;

import io.github.threadfast.Snapshot.Versioned;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** Tells a listener of changes, one at a time, on an executor. */
abstract sealed class Listening<T> implements Subscription, Follower, Runnable {
  /*
   * Idea. Each change is signalled by its writer. The signal that finds nobody at work puts this into
   * the executor, where it tells the listener of all that is there, and then looks whether it was
   * signalled meanwhile.
   *
   * Invariant. signals is zero if and only if this is neither in the executor nor at work. So it is
   * there once at most, and the listener is called by one thread at a time; and a change that is
   * signalled is seen: by the run that the signal began, or by one that has not yet found
   * that signals is unchanged.
   *
   * Exception. If the executor refuses it, signals becomes zero although there is something to
   * tell. Nothing is forgotten: the next signal tries again, and a run tells all.
   *
   * Ordering. signals orders: a run happens-before the next one, so that what the last run told
   * of last is a plain field. The executor orders as well.
   */

  private final Snapshot<T> snapshot;
  private final Executor executor;
  private final BiConsumer<? super T, ? super T> listener;

  /** Begins as if at work, until the first revision is known. */
  private final AtomicInteger signals = new AtomicInteger(1);

  private volatile boolean closed;

  Listening(Snapshot<T> snapshot, Executor executor, BiConsumer<? super T, ? super T> listener) {
    this.snapshot = snapshot;
    this.executor = executor;
    this.listener = listener;
  }

  /** Begins with what comes after the current revision. */
  final Subscription begin() {
    beginAfter(snapshot.follow(this));
    if (signals.addAndGet(-1) > 0) {
      dispatch();
    }
    return this;
  }

  abstract void beginAfter(Revision<T> revision);

  /** Tells the listener of what it doesn't know yet; or lets go of all, if this is closed. */
  abstract void catchUp();

  @Override
  public final void signal() {
    if (signals.getAndIncrement() == 0) {
      dispatch();
    }
  }

  private void dispatch() {
    try {
      executor.execute(this);
    } catch (Throwable refusal) { // the writer, whose thread this is, has nothing to do with it
      signals.set(0);
      report(refusal);
    }
  }

  @Override
  public final void run() {
    int seen = signals.get();
    do {
      catchUp();
      seen = signals.addAndGet(-seen);
    } while (seen != 0);
  }

  final void tell(T before, T after) {
    try {
      listener.accept(before, after);
    } catch (Throwable failure) { // the next change is told all the same
      report(failure);
    }
  }

  /** Does with {@code failure} what the JVM does with one that nobody catches. */
  private static void report(Throwable failure) {
    Thread thread = Thread.currentThread();
    try {
      thread.getUncaughtExceptionHandler().uncaughtException(thread, failure);
    } catch (Throwable ignored) { // as the JVM does
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
    if (signals.getAndIncrement() == 0) { // else the run that is there or to come does it
      run();
    }
  }

  @Override
  public final String toString() {
    return "Subscription[" + snapshot.label() + (closed ? ", closed]" : "]");
  }

  /** Tells of each change. What it hasn't told yet is kept by the links between revisions. */
  static final class ToEach<T> extends Listening<T> {
    /** What it was told of last. Each revision holds on to the next: null when closed. */
    private @Nullable Revision<T> told;

    ToEach(Snapshot<T> snapshot, Executor executor, BiConsumer<? super T, ? super T> listener) {
      super(snapshot, executor, listener);
    }

    @Override
    void beginAfter(Revision<T> revision) {
      told = revision;
    }

    @Override
    void catchUp() {
      for (Revision<T> before = told; before != null; before = told) {
        Revision<T> after = before.next();
        if (isClosed()) {
          told = null;
        } else if (after != null) {
          told = after;
          tell(before.get(), after.get());
        } else {
          return;
        }
      }
    }
  }

  /** Tells of all changes since the last time as if they were one. */
  static final class ToLatest<T> extends Listening<T> {
    private @Nullable Versioned<T> told;

    ToLatest(Snapshot<T> snapshot, Executor executor, BiConsumer<? super T, ? super T> listener) {
      super(snapshot, executor, listener);
    }

    @Override
    void beginAfter(Revision<T> revision) {
      told = revision.versioned(); // and not the revision, which would keep all later ones
    }

    @Override
    void catchUp() {
      Versioned<T> before = told;
      Versioned<T> after = snapshot().versioned();
      if (isClosed()) {
        told = null;
      } else if (before != null && before.version() != after.version()) {
        told = after;
        tell(before.value(), after.value());
      }
    }
  }
}
