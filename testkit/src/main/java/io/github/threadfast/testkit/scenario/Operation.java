package io.github.threadfast.testkit.scenario;

import io.github.threadfast.testkit.model.Result;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;

/**
 * A named thing that a thread does to a subject.
 *
 * @param <S> the class under test
 * @param name what a report calls it
 * @param body what it does
 */
public record Operation<S>(String name, Body<S> body) {

  /**
   * The code of an operation.
   *
   * @param <S> the class under test
   */
  @FunctionalInterface
  public interface Body<S> {
    /** Runs on {@code subject}. */
    Result run(S subject) throws Throwable;
  }

  /** Runs on {@code subject} and returns what it came to; never throws, leaves no interrupt. */
  public Result perform(S subject) {
    Thread.interrupted(); // may come late, from a call on another subject
    try {
      return body.run(subject);
    } catch (Throwable thrown) {
      return Result.threw(thrown);
    } finally {
      Thread.interrupted(); // no part of the subject: it must not reach the thread's next call
    }
  }

  /** Returns this operation, but without effect once {@code over}. */
  public Operation<S> until(BooleanSupplier over) {
    return new Operation<>(
        name,
        subject -> {
          if (over.getAsBoolean()) {
            throw new CancellationException(name + " came too late.");
          }
          return body.run(subject);
        });
  }

  @Override
  public String toString() {
    return name + "()";
  }
}
