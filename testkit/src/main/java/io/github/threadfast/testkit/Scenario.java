package io.github.threadfast.testkit;

import io.github.threadfast.testkit.check.Consistency;
import io.github.threadfast.testkit.scenario.Program;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.opentest4j.AssertionFailedError;
import org.opentest4j.TestAbortedException;

/**
 * Some calls before threads start, the calls of each thread, and some calls after the threads have
 * ended: what a jqwik property draws with {@link Stress#scenarios()}, and jqwik shrinks.
 *
 * {@snippet file="io/github/threadfast/testkit/examples/ScenarioExamples.java" region="property"}
 *
 * <p>An assertion runs this one scenario many times, for 50 milliseconds or the specification's
 * {@linkplain Stress#budget budget}, whichever is shorter. What it asserts is what the assertion of
 * {@link Stress} with the same name asserts, and it throws the same. A scenario is immutable and
 * may be shared. The seed of a failure is jqwik's own.
 *
 * @param <S> the class under test
 * @since 0.1.0
 */
public final class Scenario<S> {
  private final Settings<S> settings;

  Scenario(Settings<S> settings) {
    this.settings = settings;
  }

  /**
   * Asserts that this scenario is linearizable.
   *
   * @throws AssertionFailedError as in {@link Stress#assertLinearizable}
   * @throws TestAbortedException as in {@link Stress#assertLinearizable}
   */
  public void assertLinearizable() {
    check(Consistency.LINEARIZABLE);
  }

  /**
   * Asserts that this scenario is sequentially consistent.
   *
   * @throws AssertionFailedError as in {@link Stress#assertSequentiallyConsistent}
   * @throws TestAbortedException as in {@link Stress#assertSequentiallyConsistent}
   */
  public void assertSequentiallyConsistent() {
    check(Consistency.SEQUENTIAL);
  }

  /**
   * Asserts that this scenario is quiescently consistent.
   *
   * @throws AssertionFailedError as in {@link Stress#assertQuiescentlyConsistent}
   * @throws TestAbortedException as in {@link Stress#assertQuiescentlyConsistent}
   */
  public void assertQuiescentlyConsistent() {
    check(Consistency.QUIESCENT);
  }

  /**
   * Asserts the invariants, that no operation throws, and that all return.
   *
   * @throws AssertionFailedError as in {@link Stress#assertInvariants}
   * @throws TestAbortedException as in {@link Stress#assertInvariants}
   */
  public void assertInvariants() {
    check(null);
  }

  private void check(@Nullable Consistency consistency) {
    new Assertion<>(settings.with(copy -> copy.consistency = consistency)).run();
  }

  /** Returns the calls, those of different threads side by side. */
  @Override
  public String toString() {
    return Optional.ofNullable(settings.scenario).map(Program::toString).orElseThrow();
  }
}
