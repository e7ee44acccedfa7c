package io.github.threadfast.testkit.bugs;

import io.github.threadfast.testkit.Stress;

/** How a bug shows: which assertion fails, and what its message must say. */
enum Symptom {
  RESULTS(" is not linearizable: "),
  BROKEN_INVARIANT(" breaks the invariant "),
  EXCEPTION(" throws when these calls meet."),
  HANG(" hangs: not all of these calls return.");

  private final String words;

  Symptom(String words) {
    this.words = words;
  }

  void check(Stress<?> stress) {
    if (this == RESULTS) {
      stress.assertLinearizable();
    } else {
      stress.assertInvariants();
    }
  }

  boolean isIn(String message) {
    return message.contains(words);
  }
}
