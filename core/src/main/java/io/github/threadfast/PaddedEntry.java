package io.github.threadfast;

/**
 * Keeps the fields of a subclass 128 bytes away from the object before it: two cache lines, since
 * processors fetch them in pairs. Entries are made at different times, but a collection moves them
 * together, and then two threads would write to one line.
 *
 * <p>What comes before a field, the field, and what comes after it are in three classes, because
 * the JVM orders the fields of one class as it likes, but puts those of a superclass first.
 */
abstract class PaddedEntry extends ThreadTable.Entry {
  @SuppressWarnings("unused") // they only take their place, with the fields of the superclass
  long before1,
      before2,
      before3,
      before4,
      before5,
      before6,
      before7,
      before8,
      before9,
      before10,
      before11,
      before12;

  /** The field, of which a subclass keeps others away. */
  abstract static class OfLong extends PaddedEntry {
    long number;
  }
}
