package io.github.threadfast;

/** What has become of an attempt to change a map. */
enum Outcome {
  /** It is done. */
  DONE,
  /** What it is based on has changed. Nothing is done. */
  OUTDATED,
  /** Another thread has its turn. Nothing is done. */
  TAKEN
}
