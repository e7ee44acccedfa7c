package io.github.threadfast;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/**
 * Why a pool accepts nothing any more.
 *
 * @param how by what, as {@code finish()}
 * @param thread the name of the thread that did it
 * @param when when that was
 * @param cause what made the pool fail, or null if it did not
 */
record End(String how, String thread, Instant when, @Nullable Throwable cause) {

  /** Returns one that happens now, on this thread. */
  static End now(String how, @Nullable Throwable cause) {
    return new End(how, Texts.nameOf(Thread.currentThread()), Instant.now(), cause);
  }

  /** Returns it in words, as {@code it was finished by finish() on thread "main" at 12:00:00}. */
  String told() {
    return "it was finished by %s on thread \"%s\" at %s"
        .formatted(how, thread, when.truncatedTo(ChronoUnit.MILLIS));
  }
}
