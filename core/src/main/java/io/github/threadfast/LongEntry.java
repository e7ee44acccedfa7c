package io.github.threadfast;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/** A number that one thread writes and others read, on cache lines of its own. */
final class LongEntry extends PaddedEntry.OfLong {
  @SuppressWarnings("unused") // they only take their place
  long after1,
      after2,
      after3,
      after4,
      after5,
      after6,
      after7,
      after8,
      after9,
      after10,
      after11,
      after12,
      after13,
      after14,
      after15;

  /** Makes one for the current thread. */
  LongEntry(long number) {
    this.number = number;
  }

  /** Returns the number, in its own thread, or after that has ended. */
  long own() {
    return number; // plain: nobody else writes
  }

  /** Returns the number, in another thread: the last that it knows of, or a later one. */
  long seen() {
    return (long) NUMBER.getOpaque(this);
  }

  /** Changes the number, in its own thread, or after that has ended. */
  void set(long number) {
    NUMBER.setOpaque(this, number);
  }

  private static final VarHandle NUMBER;

  static {
    try {
      NUMBER = MethodHandles.lookup().findVarHandle(PaddedEntry.OfLong.class, "number", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }
}
