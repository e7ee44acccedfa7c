package io.github.threadfast.testkit.scenario;

import org.jspecify.annotations.Nullable;

/** What the user gave can't be used; the message says what it was and what to do. */
public final class BadInputException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** Creates an exception. */
  public BadInputException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
