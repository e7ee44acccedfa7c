package io.github.threadfast;

/** What keys are asked. It is code of the user, and no lock is held while it runs. */
final class Keys {
  private Keys() {}

  /**
   * Returns the hash of a key, whose lower bits, which tell the bin, depend on the upper bits of
   * {@code hashCode}, too. Equal ones come from equal ones only.
   */
  static int hash(Object key) {
    int hashCode = key.hashCode();
    return hashCode ^ hashCode >>> Short.SIZE;
  }

  /*
   * In an application equals has many targets, so that each call goes through a table, which hides
   * from the compiler what comes of it. The classes that most keys are of are final: to know them
   * costs a comparison, and their methods are inlined. It does not pay for hashCode, which is asked
   * even if there is nothing to compare: see DESIGN.md.
   */

  /** Returns whether {@code key} equals {@code other}, which is in the map. */
  @SuppressWarnings("ReferenceEquality") // the usual case, and the contract of equals
  static boolean equal(Object key, Object other) {
    if (key == other) {
      return true;
    }
    if (key instanceof String string) {
      return string.equals(other);
    }
    if (key instanceof Integer number) {
      return number.equals(other);
    }
    if (key instanceof Long number) {
      return number.equals(other);
    }
    return key.equals(other);
  }
}
