package io.github.threadfast.testkit.scenario;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What can be said of a user's value, whose own methods may do anything. */
public final class Values {
  private static final int MAX_LENGTH = 60;

  private Values() {}

  /** Returns {@code value} in one line. Never throws. */
  public static String show(@Nullable Object value) {
    String text;
    try {
      text = value instanceof String string ? '"' + string + '"' : deepToString(value);
    } catch (Throwable thrown) {
      text = "(a value whose toString threw " + nameOf(thrown) + ")";
    }
    text = text.replace("\n", "\\n").replace("\r", "\\r");
    return text.length() <= MAX_LENGTH ? text : text.substring(0, MAX_LENGTH - 1) + "…";
  }

  private static String deepToString(@Nullable Object value) {
    String inBrackets = Arrays.deepToString(new @Nullable Object[] {value});
    return inBrackets.substring(1, inBrackets.length() - 1);
  }

  /** An object of the test kit around one of the user's, which reports name. */
  public interface Wrapper {
    /** Returns the user's object. */
    Object wrapped();
  }

  /** Returns what a report calls the class of {@code object}. */
  public static String nameOf(Object object) {
    if (object instanceof Wrapper wrapper) {
      return nameOf(wrapper.wrapped());
    }
    String simpleName = object.getClass().getSimpleName();
    return simpleName.isEmpty() ? object.getClass().getName() : simpleName;
  }

  /** Returns whether both are equal, as far as they can be compared. */
  static boolean areEqual(@Nullable Object one, @Nullable Object other) {
    try {
      return Objects.deepEquals(one, other);
    } catch (Throwable incomparable) {
      return false;
    }
  }

  /** Returns a number that changes if {@code value} does, where its hash code tells. */
  public static int fingerprint(@Nullable Object value) {
    try {
      return Arrays.deepHashCode(new @Nullable Object[] {value});
    } catch (Throwable unknowable) {
      return 0;
    }
  }
}
