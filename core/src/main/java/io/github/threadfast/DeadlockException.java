package io.github.threadfast;

/**
 * A wait that could never end, reported before it began.
 *
 * <p>The message names who would wait for what, and what to do about it. Nothing has been changed:
 * the action that was asked for did not begin.
 *
 * @since 0.1.0
 */
public final class DeadlockException extends IllegalStateException {
  private static final long serialVersionUID = 1;

  DeadlockException(String message) {
    super(message);
  }
}
