package io.github.threadfast;

/**
 * A change after which the invariant of a {@link Guarded} does not hold.
 *
 * <p>The message says whether the change was undone or has poisoned the value.
 *
 * @since 0.1.0
 */
public final class InvariantException extends IllegalStateException {
  private static final long serialVersionUID = 1;

  InvariantException(String message) {
    super(message);
  }
}
