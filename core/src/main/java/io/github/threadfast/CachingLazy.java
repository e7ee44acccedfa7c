package io.github.threadfast;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A lazy value whose failed initialization is its outcome for good. */
class CachingLazy<T> extends OnceLazy<T> {

  CachingLazy(@Nullable String name, Supplier<? extends T> initializer) {
    super(name, initializer);
  }

  @Override
  boolean caches(Throwable failure) {
    return !(failure instanceof Error); // an error tells of the JVM or of a bug, not of the value
  }
}
