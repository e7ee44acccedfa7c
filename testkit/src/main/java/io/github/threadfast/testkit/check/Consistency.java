package io.github.threadfast.testkit.check;

/**
 * What an order must keep of the order in which calls were seen (Herlihy and Shavit, "The Art of
 * Multiprocessor Programming", chapter 3). In all three, the part before the threads comes first
 * and the part after them last.
 */
public enum Consistency {
  /** A call comes after every call that had returned when it began. */
  LINEARIZABLE("linearizable") {
    @Override
    <C> Precedence<C> precedence(History<C> history) {
      return Precedence.of(history);
    }
  },

  /** A call comes after those of its own thread before it. */
  SEQUENTIAL("sequentially consistent") {
    @Override
    <C> Precedence<C> precedence(History<C> history) {
      return Precedence.of(history).withoutTime();
    }
  },

  /** A call comes after another if no call was under way at some moment between the two. */
  QUIESCENT("quiescently consistent") {
    @Override
    <C> Precedence<C> precedence(History<C> history) {
      return Precedence.of(history).acrossQuiescentPoints();
    }
  };

  private final String adjective;

  Consistency(String adjective) {
    this.adjective = adjective;
  }

  /** Returns what an object is called that has it. */
  public String adjective() {
    return adjective;
  }

  /** Returns which events of {@code history} must come before which. */
  abstract <C> Precedence<C> precedence(History<C> history);

  /**
   * Checks {@code history} against {@code specification}, in at most {@code maxSteps} steps of it,
   * and some more to explain a failure that was found in another way.
   */
  public <C, S> Verdict<C> check(
      History<C> history, Specification<C, S> specification, long maxSteps) {
    return Linearizability.check(precedence(history), specification, maxSteps);
  }
}
