package io.github.threadfast.testkit.bugs;

import io.github.threadfast.testkit.Stress;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * A bug that must be found, beside a correct twin that must pass.
 *
 * @param name what it is called
 * @param symptom how it shows
 * @param threads how many threads its smallest failure has; 0 if the report does not show them
 * @param calls how many calls its smallest failure has; 0 if the report does not show them
 * @param wrong the specification with the bug
 * @param right the same without it
 */
record Bug(String name, Symptom symptom, int threads, int calls, Stress<?> wrong, Stress<?> right) {

  /** Returns a bug that one class has and the other, with the same operations, has not. */
  static <S> Bug of(
      String name,
      int threads,
      int calls,
      Function<Supplier<S>, Stress<S>> specification,
      Supplier<S> wrong,
      Supplier<S> right) {
    return new Bug(
        name,
        Symptom.RESULTS,
        threads,
        calls,
        specification.apply(wrong),
        specification.apply(right));
  }

  Bug showing(Symptom other) {
    return new Bug(name, other, threads, calls, wrong, right);
  }

  @Override
  public String toString() {
    return name;
  }
}
