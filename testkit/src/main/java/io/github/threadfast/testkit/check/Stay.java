package io.github.threadfast.testkit.check;

/**
 * The stay of a value in a container: from the event that put it there to the one that took it,
 * both as intervals of time. A look into an empty container is a stay that begins and ends with one
 * event at one moment.
 *
 * @param put the event that put the value
 * @param take the event that took it, or {@link #NONE}
 * @param putBegin when the put began
 * @param putEnd when it ended
 * @param takeBegin when the take began; after everything else if there is none
 * @param takeEnd when it ended
 */
record Stay(int put, int take, int putBegin, int putEnd, int takeBegin, int takeEnd) {
  static final int NONE = -1;

  static Stay of(int put, int take, Intervals times) {
    return new Stay(
        put, take, times.begin(put), times.end(put), times.begin(take), times.end(take));
  }

  static Stay withoutEnd(int put, Intervals times) {
    int never = times.infinity();
    return new Stay(put, NONE, times.begin(put), times.end(put), never, never);
  }

  static Stay look(int event, int moment) {
    return new Stay(event, event, moment, moment, moment, moment);
  }

  boolean isLook() {
    return put == take;
  }

  /** Returns whether the value may go as soon as it comes, at a moment that put and take share. */
  boolean isMomentary() {
    return !isLook() && takeBegin <= putEnd;
  }
}
