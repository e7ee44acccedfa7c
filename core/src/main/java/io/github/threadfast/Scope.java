package io.github.threadfast;

import org.jspecify.annotations.Nullable;

/**
 * What a thread has of a {@link PerThread} inside a {@code with}, and what that hides: nothing, a
 * value, or the scope outside. Such a content is replaced as a whole, and taken as a whole.
 */
final class Scope {
  private final @Nullable Object value;

  /** What {@code with} was given, which stays the caller's. */
  private final Object given;

  private final @Nullable Object hidden;

  private Scope(@Nullable Object value, Object given, @Nullable Object hidden) {
    this.value = value;
    this.given = given;
    this.hidden = hidden;
  }

  /** Returns a scope around nothing else, in which {@code value} hides {@code content}. */
  static Scope hiding(@Nullable Object content, Object value) {
    return new Scope(value, value, content);
  }

  /** Returns {@code content} with another value, or none, in its innermost scope. */
  static @Nullable Object withValue(@Nullable Object content, @Nullable Object value) {
    return content instanceof Scope scope ? new Scope(value, scope.given, scope.hidden) : value;
  }

  /** Returns the value that the thread sees, or null if there is none. */
  static @Nullable Object valueOf(@Nullable Object content) {
    return content instanceof Scope scope ? scope.value : content;
  }

  /** Returns the value that the thread sees if it is to be closed, else null. */
  @SuppressWarnings("ReferenceEquality") // that very instance is the caller's
  static @Nullable Object ownedBy(@Nullable Object content) {
    return content instanceof Scope scope && scope.value == scope.given ? null : valueOf(content);
  }

  static @Nullable Object hiddenBy(Object content) {
    return content instanceof Scope scope ? scope.hidden : null;
  }

  /**
   * Returns whether {@code value} is one of {@code content}: a value that the thread sees now or
   * later, or one that a {@code with} was given.
   */
  @SuppressWarnings("ReferenceEquality") // that very instance would be closed
  static boolean has(@Nullable Object content, Object value) {
    for (Object at = content; at != null; at = hiddenBy(at)) {
      if (valueOf(at) == value || (at instanceof Scope scope && scope.given == value)) {
        return true;
      }
    }
    return false;
  }
}
