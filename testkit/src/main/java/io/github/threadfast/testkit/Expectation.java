package io.github.threadfast.testkit;

import java.util.Locale;

/** What an outcome is to the user. */
enum Expectation {
  ALLOWED,
  INTERESTING,
  FORBIDDEN,
  UNDECLARED;

  /** Returns whether the outcome must not be seen. */
  boolean isViolated() {
    return this == FORBIDDEN || this == UNDECLARED;
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
