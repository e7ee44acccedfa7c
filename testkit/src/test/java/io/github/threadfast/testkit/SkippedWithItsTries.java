package io.github.threadfast.testkit;

import net.jqwik.api.lifecycle.AroundPropertyHook;
import net.jqwik.api.lifecycle.PropertyExecutionResult;
import net.jqwik.api.lifecycle.PropertyExecutionResult.Status;
import net.jqwik.api.lifecycle.PropertyExecutor;
import net.jqwik.api.lifecycle.PropertyLifecycleContext;
import org.opentest4j.TestAbortedException;

/**
 * Skips a property of whose tries too many were skipped, as on a busy machine, where jqwik lets it
 * fail as exhausted.
 */
public final class SkippedWithItsTries implements AroundPropertyHook {

  @Override
  public PropertyExecutionResult aroundProperty(
      PropertyLifecycleContext context, PropertyExecutor property) {
    PropertyExecutionResult result = property.execute();
    boolean exhausted = result.status() == Status.FAILED && result.falsifiedParameters().isEmpty();
    return exhausted
        ? result.mapToAborted(
            new TestAbortedException(
                "Only %d of %d tries were not skipped."
                    .formatted(result.countChecks(), result.countTries())))
        : result;
  }
}
