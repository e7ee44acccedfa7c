package io.github.threadfast;

import java.util.Locale;

/** What an action does with a guarded value. */
enum Verb {
  READ,
  UPDATE,
  COMPUTE,
  REPLACE,
  REPAIR,
  CLOSE;

  /** Returns whether it changes the value in place, so that it can be a part of a larger change. */
  boolean edits() {
    return this == UPDATE || this == COMPUTE;
  }

  /** Returns the name of the method. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
