package io.github.threadfast.testkit;

import io.github.threadfast.testkit.check.Consistency;
import io.github.threadfast.testkit.check.History;
import io.github.threadfast.testkit.check.ModelSpecification;
import io.github.threadfast.testkit.check.Specification;
import io.github.threadfast.testkit.check.Verdict;
import io.github.threadfast.testkit.model.Model;
import io.github.threadfast.testkit.scenario.BadInputException;
import io.github.threadfast.testkit.scenario.Call;
import io.github.threadfast.testkit.scenario.Program;

/** Judges by a pure model. */
final class ModelOracle<S, T> implements Oracle<S> {
  private final Specification<Call<S>, T> specification;
  private final Consistency consistency;

  ModelOracle(Model<T> model, Consistency consistency) {
    this.specification = new ModelSpecification<>(model, Call::invocation);
    this.consistency = consistency;
  }

  @Override
  public Verdict<Call<S>> judge(History<Call<S>> history) {
    try {
      return consistency.check(history, specification, MAX_STEPS);
    } catch (RuntimeException e) {
      throw new BadInputException("model can't judge: " + e, e);
    }
  }

  /** A model may allow several results; whatever the class gives has only to stay as it was. */
  @Override
  public void requireDeterminism(Program<S> program) {}

  @Override
  public Consistency consistency() {
    return consistency;
  }

  @Override
  public boolean isItself() {
    return false;
  }
}
