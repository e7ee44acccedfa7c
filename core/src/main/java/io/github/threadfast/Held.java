package io.github.threadfast;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/** What one thread has of a {@link PerThread}. */
final class Held extends ThreadTable.Entry {
  /*
   * Ordering. P1: a content is put in its place by a compare-and-set and read by acquire, so all that
   * was done before it was put there happens-before what follows a look at it. Its own thread needs
   * no more than an opaque read: it has put it there itself, and only null is from another.
   */

  /** Nothing, a value, or a {@link Scope}. */
  private @Nullable Object content;

  /** Whether the supplier runs. Only the thread itself looks. */
  boolean making;

  /** Returns the content, for the thread itself, which has put it there. */
  @Nullable Object content() {
    return CONTENT.getOpaque(this);
  }

  /** Returns the content, for any thread, with all that was done before it was put there. */
  @Nullable Object seen() {
    return CONTENT.getAcquire(this); // observes P1
  }

  /** Puts {@code to} in the place of {@code from}. */
  boolean replace(@Nullable Object from, @Nullable Object to) {
    return CONTENT.compareAndSet(this, from, to); // publishes P1
  }

  /** Takes the content out. */
  @Nullable Object take() {
    return CONTENT.getAndSet(this, null);
  }

  private static final VarHandle CONTENT;

  static {
    try {
      CONTENT = MethodHandles.lookup().findVarHandle(Held.class, "content", Object.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }
}
