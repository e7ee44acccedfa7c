package io.github.threadfast;

import java.time.Duration;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A lazy value that can be closed. */
final class ClosingLazy<T> extends OnceLazy<T> implements CloseableLazy<T> {
  /*
   * Idea. Being closed is what is found in the place of the value. So one compare-and-set decides
   * between a close and whatever else would put something there or take it away.
   *
   * State. See OnceLazy; value is null, the value, or CLOSED.
   *
   * Invariants. CLOSED stays. Who puts it in the place of the value, and nobody else, runs the closer
   * on that value. Who finds it where a new value should go runs the closer on the new value: so
   * each value that was made is closed once, if close() was called.
   *
   * The three cases of close(). With a value, it puts CLOSED in its place. Without one, and with
   * the initializer still there, it takes the initializer, as if to run it, and puts CLOSED where
   * the value would go; nobody can begin an initialization in between. While an initialization
   * runs, it waits, and looks again. In a hurry it does not: it puts CLOSED there, and ends the
   * attempt of the other thread. That thread finds out when it wants to put its value there. It
   * may also put the initializer back, after a failure; then endForGood takes that away again, and
   * who began with it meanwhile finds CLOSED at the end, too.
   *
   * Ordering. The value is acquired, P1 of OnceLazy: the closer sees what the initializer did. A
   * compare-and-set publishes CLOSED, which has no contents.
   */

  private static final Object CLOSED = new Object();

  private final Consumer<? super T> closer;

  ClosingLazy(@Nullable String name, Supplier<? extends T> opener, Consumer<? super T> closer) {
    super(name, opener);
    this.closer = closer;
  }

  @Override
  public T get() {
    return requireOpen(super.get());
  }

  @Override
  public T get(Duration timeout) throws InterruptedException, TimeoutException {
    return requireOpen(super.get(timeout));
  }

  private T requireOpen(T ready) {
    if (isClosed(ready)) {
      throw closed();
    }
    return ready;
  }

  @Override
  public boolean isInitialized() {
    return peek() != null;
  }

  @Override
  public @Nullable T peek() {
    T ready = super.peek();
    return isClosed(ready) ? null : ready;
  }

  private static boolean isClosed(@Nullable Object content) {
    return content == CLOSED;
  }

  @Override
  public void close() {
    for (Object now = content(); now != CLOSED; now = content()) {
      if (now == null) {
        closeWithoutValue();
      } else if (replaceContent(now, CLOSED)) {
        closeValue(now);
      }
    }
  }

  /** Takes one step: closes, or waits, or finds that there is something new to look at. */
  private void closeWithoutValue() {
    Attempt other = running("close");
    if (other != null && !Thread.currentThread().isInterrupted()) {
      other.awaitUnlessInterrupted();
    } else if ((other != null || take()) && replaceContent(null, CLOSED)) {
      endForGood();
    }
  }

  @Override
  void publish(T made) {
    if (!replaceContent(null, made)) {
      closeValue(made);
      throw closed();
    }
  }

  @SuppressWarnings("unchecked") // it was in the place of the value
  private void closeValue(Object value) {
    closer.accept((T) value); // no lock is held, and nobody waits for this thread
  }

  private IllegalStateException closed() {
    return new IllegalStateException(
        label() + " is closed. Close it after its last use, or make a new one.");
  }

  @Override
  String state() {
    return isClosed(content()) ? "closed" : super.state();
  }
}
