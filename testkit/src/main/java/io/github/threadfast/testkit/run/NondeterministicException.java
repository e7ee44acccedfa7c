package io.github.threadfast.testkit.run;

import io.github.threadfast.testkit.model.Result;
import io.github.threadfast.testkit.scenario.Call;
import java.util.List;

/** The class under test, run alone, gave two results for the same calls. */
public final class NondeterministicException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final String subject;
  private final transient List<? extends Call<?>> calls;
  private final transient Result first;
  private final transient Result second;

  NondeterministicException(
      String subject, List<? extends Call<?>> calls, Result first, Result second) {
    super(subject + ": " + calls + " gave two results");
    this.subject = subject;
    this.calls = List.copyOf(calls);
    this.first = first;
    this.second = second;
  }

  /** Returns the name of the class under test. */
  public String subject() {
    return subject;
  }

  /** Returns the calls, the last of which gave two results. */
  public List<? extends Call<?>> calls() {
    return calls;
  }

  /** Returns the result of the first time. */
  public Result first() {
    return first;
  }

  /** Returns the result of the second time. */
  public Result second() {
    return second;
  }
}
