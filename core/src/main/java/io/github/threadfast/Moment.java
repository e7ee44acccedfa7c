package io.github.threadfast;

/** Which revisions of some snapshots were current at once. */
final class Moment {
  /*
   * Invariant. There was a time, while the Moment was made, when each of the revisions was the
   * current one of its snapshot.
   *
   * Why. All are read, and then all are read again, until none has changed. A version never comes
   * back, so a snapshot that shows the same one twice had it all the time between. Thus all were
   * current after the last of the first reads and before the first of the second reads, which are
   * volatile, and so in one order.
   *
   * Hence moments of the same snapshots are in one order, that of time: one that has a later version
   * somewhere has an earlier one nowhere.
   *
   * Progress. Reads are repeated only if a writer has got on meanwhile. No writer is waited for.
   *
   * References. The double collect is that of Y. Afek et al., Atomic Snapshots of Shared Memory,
   * JACM 40(4), 1993.
   */

  private final Snapshot<?>[] snapshots;
  private final Revision<?>[] revisions;

  private Moment(Snapshot<?>[] snapshots) {
    this.snapshots = snapshots;
    this.revisions = new Revision<?>[snapshots.length];
  }

  /** Returns one that is later than all that the caller has seen. */
  static Moment of(Snapshot<?>[] snapshots) {
    Moment moment = new Moment(snapshots);
    do {
      for (int i = 0; i < snapshots.length; i++) {
        moment.revisions[i] = snapshots[i].current();
      }
    } while (!moment.isUnchanged());
    return moment;
  }

  private boolean isUnchanged() {
    for (int i = 0; i < snapshots.length; i++) {
      if (snapshots[i].current().version() != revisions[i].version()) {
        return false;
      }
    }
    return true;
  }

  /** Returns the revision of {@code snapshot}, which is one of those that this is about. */
  @SuppressWarnings("unchecked") // a snapshot's revisions are of its type
  <T> Revision<T> of(Snapshot<T> snapshot) {
    int i = 0;
    while (snapshots[i] != snapshot) {
      i++;
    }
    return (Revision<T>) revisions[i];
  }
}
