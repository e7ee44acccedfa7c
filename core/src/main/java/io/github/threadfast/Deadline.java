package io.github.threadfast;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** The end of a wait. */
final class Deadline {
  private final Duration limit;
  private final long end;

  private Deadline(Duration limit, long end) {
    this.limit = limit;
    this.end = end;
  }

  /** Returns {@code limit} if it is one. */
  static Duration requireLimit(Duration limit, String parameter) {
    if (limit.isNegative()) {
      throw new IllegalArgumentException(
          "%s must not be negative: was %s.".formatted(parameter, limit));
    }
    return limit;
  }

  /** Returns the moment that is {@code limit} from now. Some 292 years are as good as for ever. */
  static Deadline in(Duration limit) {
    return new Deadline(limit, System.nanoTime() + TimeUnit.NANOSECONDS.convert(limit));
  }

  long left() {
    return end - System.nanoTime();
  }

  Duration limit() {
    return limit;
  }
}
