package io.github.threadfast;

/**
 * A value that refuses access, since an action on it failed and may have left it half changed.
 *
 * <p>The message names the value and the thread of the failure; the {@linkplain #getCause cause} is
 * the failure. {@link Guarded#repair} heals the value.
 *
 * @since 0.1.0
 */
public final class PoisonedException extends IllegalStateException {
  private static final long serialVersionUID = 1;

  /** The name of the thread whose action failed. */
  private final String thread;

  PoisonedException(String label, String thread, Throwable cause) {
    super(
        """
        %s refuses access, since an action failed with %s on thread "%s" (see the cause). \
        The value may be half changed. Call repair to supply a good one.\
        """
            .formatted(label, Texts.nameOf(cause.getClass()), thread),
        cause);
    this.thread = thread;
  }

  /**
   * Returns the name of the thread whose action failed.
   *
   * @return the name
   */
  public String thread() {
    return thread;
  }
}
