package io.github.threadfast;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/** A number that one thread writes and others read, on cache lines of its own. */
abstract class LongEntry extends PaddedEntry {
  private long value;

  private LongEntry(long value) {
    this.value = value;
  }

  /** Returns one for the current thread. */
  static LongEntry of(long value) {
    return new Padded(value);
  }

  /** Returns the number, in its own thread, or after that has ended. */
  final long own() {
    return value; // plain: nobody else writes
  }

  /** Returns the number, in another thread: the last that it knows of, or a later one. */
  final long seen() {
    return (long) VALUE.getOpaque(this);
  }

  /** Changes the number, in its own thread, or after that has ended. */
  final void set(long value) {
    VALUE.setOpaque(this, value);
  }

  /** The same as before it. */
  private static final class Padded extends LongEntry {
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

    Padded(long value) {
      super(value);
    }
  }

  private static final VarHandle VALUE;

  static {
    try {
      VALUE = MethodHandles.lookup().findVarHandle(LongEntry.class, "value", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }
}
