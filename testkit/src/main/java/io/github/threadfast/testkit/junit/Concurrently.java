package io.github.threadfast.testkit.junit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Runs a JUnit Jupiter test from several threads at once, round after round, on one instance of the
 * test class.
 *
 * {@snippet
 *  file="io/github/threadfast/testkit/examples/ConcurrentlyExamples.java" region="existing"}
 *
 * <p>It stands beside {@code @Test}, {@code @ParameterizedTest} or {@code @RepeatedTest}, or on a
 * class, for all of its tests; on a method it overrides what the class says. In each round, every
 * thread calls the test method once, with the same arguments; the calls begin within nanoseconds of
 * each other, where there are cores enough. What the class prepares before and cleans up after each
 * test is done once, around all rounds: so the threads share what the fields hold, and a test of a
 * shared object goes from round to round on the same object.
 *
 * <h2 id="result">Result</h2>
 *
 * <p>All rounds are run, whatever fails. If any run failed, the test fails: the message counts the
 * failures by type and text, the cause is the first one, and the first ones of the other kinds are
 * suppressed exceptions. A run whose assumption did not hold counts as skipped; the test is skipped
 * if all runs were.
 *
 * <p>A pass means that no run failed on this machine; it is no proof that none ever will.
 *
 * <h2 id="threads">Threads, blocking and interruption</h2>
 *
 * <p>The runs are made in new daemon threads, which end with the test. All that was done before the
 * test method, and in the rounds before, happens-before each run; between the runs of one round
 * nothing is ordered. If a round takes longer than {@link #secondsPerRound}, the test fails and
 * shows where the threads are. If the test is interrupted, as by its own {@code @Timeout}, it fails
 * at once. In both cases the threads are interrupted; one that ignores this stays behind.
 *
 * <p>Extensions that intercept the test method see one call of it, not each run; of those that
 * stand behind this one, none. A factory of dynamic tests can't be run so, and fails.
 *
 * @since 0.1.0
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.METHOD, ElementType.TYPE, ElementType.ANNOTATION_TYPE})
@ExtendWith(ConcurrentlyExtension.class)
public @interface Concurrently {
  /**
   * Returns from how many threads at once the test is run.
   *
   * @return from 2 to 1000
   */
  int threads() default 4;

  /**
   * Returns how often each thread runs the test.
   *
   * @return at least 1
   */
  int times() default 100;

  /**
   * Returns how long one round may take before it is taken for a hang.
   *
   * @return in seconds, at least 1
   */
  int secondsPerRound() default 60;
}
