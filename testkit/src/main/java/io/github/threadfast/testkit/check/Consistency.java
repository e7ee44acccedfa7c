package io.github.threadfast.testkit.check;

/** Which order the calls of a history must have. */
public enum Consistency {
  LINEARIZABLE("linearizable"),
  SEQUENTIAL("sequentially consistent"),
  QUIESCENT("quiescently consistent");

  private final String adjective;

  Consistency(String adjective) {
    this.adjective = adjective;
  }

  /** Returns what a report calls it. */
  public String adjective() {
    return adjective;
  }

  /** Checks {@code history}. */
  public <C, S> Verdict<C> check(
      History<C> history, Specification<C, S> specification, long maxSteps) {
    return Linearizability.check(history, specification, maxSteps);
  }
}
