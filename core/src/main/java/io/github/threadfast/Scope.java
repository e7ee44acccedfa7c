package io.github.threadfast;

import org.jspecify.annotations.Nullable;

/**
 * What a thread has of a {@link PerThread} inside a {@code with}, and what that hides: nothing, a
 * value, or the scope outside. Such a content is replaced as a whole, and taken as a whole.
 */
final class Scope {
  private final @Nullable Object value;

  /** Whether the value was made or set inside: what {@code with} was given is the caller's. */
  private final boolean owned;

  private final @Nullable Object hidden;

  private Scope(@Nullable Object value, boolean owned, @Nullable Object hidden) {
    this.value = value;
    this.owned = owned;
    this.hidden = hidden;
  }

  /** Returns a scope around nothing else, in which {@code value} hides {@code content}. */
  static Scope hiding(@Nullable Object content, Object value) {
    return new Scope(value, false, content);
  }

  /** Returns {@code content} with another value, or none, in its innermost scope. */
  static @Nullable Object withValue(@Nullable Object content, @Nullable Object value) {
    return content instanceof Scope scope ? new Scope(value, value != null, scope.hidden) : value;
  }

  /** Returns the value that the thread sees, or null if there is none. */
  static @Nullable Object valueOf(@Nullable Object content) {
    return content instanceof Scope scope ? scope.value : content;
  }

  /** Returns the value that the thread sees if it is to be closed, else null. */
  static @Nullable Object ownedBy(@Nullable Object content) {
    return content instanceof Scope scope && !scope.owned ? null : valueOf(content);
  }

  static @Nullable Object hiddenBy(Object content) {
    return content instanceof Scope scope ? scope.hidden : null;
  }

  /** Returns whether {@code value} is to be closed when all of {@code content} is left. */
  @SuppressWarnings("ReferenceEquality") // that very instance is closed
  static boolean owns(@Nullable Object content, Object value) {
    for (Object at = content; at != null; at = hiddenBy(at)) {
      if (ownedBy(at) == value) {
        return true;
      }
    }
    return false;
  }
}
