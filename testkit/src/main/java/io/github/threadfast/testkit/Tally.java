package io.github.threadfast.testkit;

import io.github.threadfast.testkit.function.Action0;
import io.github.threadfast.testkit.scenario.Values;
import java.util.function.ToLongFunction;

/** What counts its updates. */
interface Tally {
  void update() throws Throwable;

  /** Returns the updates counted so far. */
  long count();

  /** The user's object. */
  final class OfSubject<S> implements Tally, Values.Wrapper {
    private final S subject;
    private final Action0<? super S> update;
    private final ToLongFunction<? super S> count;
    private final long start;

    OfSubject(S subject, Action0<? super S> update, ToLongFunction<? super S> count) {
      this.subject = subject;
      this.update = update;
      this.count = count;
      this.start = count.applyAsLong(subject);
    }

    @Override
    public void update() throws Throwable {
      update.run(subject);
    }

    @Override
    public long count() {
      return count.applyAsLong(subject) - start;
    }

    @Override
    public Object wrapped() {
      return subject;
    }
  }

  /** How it must be. */
  final class Model implements Tally {
    private long count;

    @Override
    public void update() {
      count++;
    }

    @Override
    public long count() {
      return count;
    }
  }
}
