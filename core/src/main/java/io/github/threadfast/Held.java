package io.github.threadfast;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/** What one thread has of a {@link PerThread}. Only the thread itself puts something there. */
final class Held extends ThreadTable.Entry {
  /*
   * State. content is nothing, a value, or a Scope: the truth for all, changed as a whole. The value
   * of the entry is what get returns, without a look into scopes.
   *
   * Invariant. The value is that of the content, except in its thread, which is about to change the
   * content or has found it taken, and in the thread that takes it.
   *
   * Ordering. P1: a content is put in its place by a compare-and-set and read as if volatile, so all
   * that was done before it was put there happens-before what follows a look at it; and looks and
   * changes are in one order, in which a fold over numbers that only grow finds its moment.
   * P2: the value is written before the content is put there; it is set to null after the content
   * was taken. So when the content was taken, that null comes after the value. If it had been taken
   * before, the compare-and-set tells its thread, or its look at closed (see PerThread): then the
   * thread sets the value to null itself.
   */

  /** Whether the supplier runs. Only the thread itself looks. */
  boolean making;

  private @Nullable Object content;

  /** Returns the content, with all that was done before it was put there. */
  @Nullable Object content() {
    return CONTENT.getVolatile(this); // observes P1
  }

  /**
   * Puts {@code to} in the place of {@code from}, and returns whether that was still there; for the
   * thread itself.
   */
  boolean replace(@Nullable Object from, @Nullable Object to) {
    setValue(Scope.valueOf(to));
    boolean replaced = CONTENT.compareAndSet(this, from, to); // publishes P1, P2
    if (!replaced) {
      setValue(null);
    }
    return replaced;
  }

  /** Takes the content out, for whichever thread closes it. */
  @Nullable Object take() {
    Object taken = CONTENT.getAndSet(this, null); // observes P1, P2
    setValue(null);
    return taken;
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
