package io.github.threadfast.testkit.run;

import org.jspecify.annotations.Nullable;

/** The user's supplier did not make a subject. */
public final class SupplierException extends RuntimeException {
  private static final long serialVersionUID = 1;

  SupplierException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
