package io.github.threadfast;

import org.jspecify.annotations.Nullable;

/**
 * A change after which the invariant of a {@link Guarded} or a {@link Snapshot} does not hold.
 *
 * <p>The message says what became of the change. If the invariant itself threw an exception, that
 * is the {@linkplain #getCause cause}.
 *
 * @since 0.1.0
 */
public final class InvariantException extends IllegalStateException {
  private static final long serialVersionUID = 1;

  InvariantException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
