package io.github.threadfast.testkit.scenario;

import io.github.threadfast.testkit.model.Result;

/** Calls without arguments, for tests. */
public final class Calls {
  private Calls() {}

  /** What a call does. */
  @FunctionalInterface
  public interface Body<S> {
    Result run(S subject) throws Throwable;
  }

  /** Returns a call of an operation of its own. */
  public static <S> Call<S> call(String name, Body<S> body) {
    return new Operation<S>(name, (subject, arguments) -> body.run(subject)).call();
  }
}
