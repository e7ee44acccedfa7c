package io.github.threadfast;

import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Closes what leaves a {@link PerThread}, if there is a closer. No lock is held meanwhile. */
record Closing<T>(@Nullable Consumer<? super T> closer) {
  /** How many failures are told of beside the first. */
  private static final int TOLD = 100;

  /** Closes {@code value}. */
  @SuppressWarnings("unchecked") // it was in the place of a value
  void close(Object value) {
    if (closer != null) {
      closer.accept((T) value); // no lock is held
    }
  }

  /** Closes the value that a thread saw with {@code from}, unless {@code to} still has it. */
  void drop(@Nullable Object from, @Nullable Object to) {
    Object dropped = Scope.ownedBy(from);
    if (dropped != null && !Scope.has(to, dropped)) {
      close(dropped);
    }
  }

  /** Closes all values of all {@code contents}, whatever is thrown, and throws it afterwards. */
  void closeAll(List<Object> contents) {
    Throwable failure = null;
    for (Object content : contents) {
      for (Object at = content; at != null; at = Scope.hiddenBy(at)) {
        try {
          drop(at, Scope.hiddenBy(at));
        } catch (Throwable thrown) {
          failure = join(failure, thrown);
        }
      }
    }
    rethrow(failure);
  }

  /** Returns {@code first} with {@code next} as a suppressed one, or the one that is there. */
  @SuppressWarnings("ReferenceEquality") // nothing can be suppressed by itself
  static @Nullable Throwable join(@Nullable Throwable first, @Nullable Throwable next) {
    if (first == null || next == null) {
      return first == null ? next : first;
    }
    if (first != next && first.getSuppressed().length < TOLD) {
      first.addSuppressed(next);
    }
    return first;
  }

  /** Throws {@code failure} as it is, if there is one. */
  static void rethrow(@Nullable Throwable failure) {
    if (failure != null) {
      throw OnceLazy.<RuntimeException>rethrow(failure);
    }
  }
}
