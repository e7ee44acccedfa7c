package io.github.threadfast.testkit;

import io.github.threadfast.testkit.check.Consistency;
import io.github.threadfast.testkit.check.History;
import io.github.threadfast.testkit.check.Verdict;
import io.github.threadfast.testkit.run.SequentialModel;
import io.github.threadfast.testkit.run.Subjects;
import io.github.threadfast.testkit.scenario.Call;
import io.github.threadfast.testkit.scenario.Program;
import java.util.Optional;

/** Judges by what a class does when one thread alone calls it. */
final class ClassOracle<S> implements Oracle<S> {
  private final SequentialModel<S> subject;
  private final SequentialModel<S> model;
  private final Consistency consistency;

  private ClassOracle(
      SequentialModel<S> subject, SequentialModel<S> model, Consistency consistency) {
    this.subject = subject;
    this.model = model;
    this.consistency = consistency;
  }

  /** Judges the class of {@code subjects} by itself. */
  static <S> Oracle<S> ofItself(Subjects<S> subjects, Consistency consistency) {
    SequentialModel<S> model = SequentialModel.of(subjects);
    return new ClassOracle<>(model, model, consistency);
  }

  /** Judges the class of {@code subjects} by the class of {@code models}. */
  static <S> Oracle<S> ofAnother(
      Subjects<S> subjects, Subjects<S> models, Consistency consistency) {
    return new ClassOracle<>(SequentialModel.of(subjects), SequentialModel.of(models), consistency);
  }

  @Override
  public Verdict<Call<S>> judge(History<Call<S>> history) {
    Verdict<Call<S>> verdict = consistency.check(history, model, MAX_STEPS);
    if (model.trustsEquals() && !isProof(verdict)) {
      verdict = consistency.check(history, model.withoutEquals(), MAX_STEPS);
    }
    if (verdict instanceof Verdict.Fails<Call<S>> fails) {
      fails.deadEnds().forEach(model::confirm);
    }
    return verdict;
  }

  /** Returns whether {@code verdict} stands even if the class's equals overlooks state. */
  private boolean isProof(Verdict<Call<S>> verdict) {
    return verdict instanceof Verdict.Holds<Call<S>> holds
        ? model.replays(holds.order())
        : verdict instanceof Verdict.Undecided;
  }

  @Override
  public void requireDeterminism(Program<S> program) {
    subject.requireLastingResults(program);
    if (!isItself()) {
      model.requireLastingResults(program);
    }
  }

  @Override
  public Optional<String> withoutEquals() {
    return model.trustsEquals() ? Optional.empty() : Optional.of(model.name());
  }

  @Override
  public Consistency consistency() {
    return consistency;
  }

  @Override
  @SuppressWarnings("ReferenceEquality") // models have no equals
  public boolean isItself() {
    return subject == model;
  }
}
