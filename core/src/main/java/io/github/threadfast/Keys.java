package io.github.threadfast;

/** What keys are asked. It is code of the user, and no lock is held while it runs. */
final class Keys {
  private Keys() {}

  /** Returns the hash of a key. Equal ones come from equal ones only. */
  static int hash(Object key) {
    return spread(key.hashCode());
  }

  /** Makes the lower bits, which tell the bin, depend on the upper ones, too. */
  static int spread(int hashCode) {
    return hashCode ^ hashCode >>> Short.SIZE;
  }

  /** Returns whether {@code key} equals {@code other}, which is in the map. */
  @SuppressWarnings("ReferenceEquality") // the usual case, and the contract of equals
  static boolean equal(Object key, Object other) {
    return key == other || key.equals(other);
  }
}
