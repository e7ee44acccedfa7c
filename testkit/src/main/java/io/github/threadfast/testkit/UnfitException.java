package io.github.threadfast.testkit;

import org.jspecify.annotations.Nullable;

/** What was found is no race; its message says what it is. */
final class UnfitException extends RuntimeException {
  private static final long serialVersionUID = 1;

  UnfitException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
