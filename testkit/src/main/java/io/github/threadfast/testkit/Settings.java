package io.github.threadfast.testkit;

import io.github.threadfast.testkit.check.Consistency;
import io.github.threadfast.testkit.function.Action0;
import io.github.threadfast.testkit.run.Subjects;
import io.github.threadfast.testkit.scenario.Invariant;
import io.github.threadfast.testkit.scenario.Operation;
import io.github.threadfast.testkit.scenario.Program;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link Stress} is made of, and what one of its assertions asks. Written only by {@link
 * #with}, before anyone else sees the copy.
 */
final class Settings<S> {
  final Supplier<? extends S> supplier;
  @Nullable Action0<? super S> closer;

  List<Operation<S>> operations = List.of();
  List<Invariant<S>> invariants = List.of();
  Oracle.Factory<S> oracle;
  int threads = 3;
  int operationsPerThread = 3;
  Duration budget = Duration.ofSeconds(2);
  @Nullable Long seed;
  @Nullable String replay;
  @Nullable Path regressions;

  /** What the results of a run must be; null if any will do. */
  @Nullable Consistency consistency;

  /** The only program to try; null to draw many. */
  @Nullable Program<S> scenario;

  Settings(Supplier<? extends S> supplier) {
    this.supplier = supplier;
    this.oracle = ClassOracle::ofItself;
  }

  private Settings(Settings<S> origin) {
    supplier = origin.supplier;
    closer = origin.closer;
    operations = origin.operations;
    invariants = origin.invariants;
    oracle = origin.oracle;
    threads = origin.threads;
    operationsPerThread = origin.operationsPerThread;
    budget = origin.budget;
    seed = origin.seed;
    replay = origin.replay;
    regressions = origin.regressions;
    consistency = origin.consistency;
    scenario = origin.scenario;
  }

  /** Returns a copy with a change. */
  Settings<S> with(Consumer<Settings<S>> change) {
    Settings<S> copy = new Settings<>(this);
    change.accept(copy);
    return copy;
  }

  /** Returns a maker of subjects for one search. */
  Subjects<S> subjects() {
    return new Subjects<>(supplier, closer);
  }

  /** Returns how many threads a run can have. */
  int crewSize() {
    return scenario == null ? threads : scenario.threads().size();
  }

  /** Returns the tokens of the programs that failed in earlier assertions. */
  List<String> regressionsOf(String subject) {
    return regressions == null
        ? List.of()
        : Regressions.in(regressions, subject, operations).tokens();
  }

  /** Keeps the token of a program that failed, if the user wants that. */
  void keepRegression(String subject, @Nullable String token) {
    if (regressions != null && token != null && replay == null) {
      Regressions.in(regressions, subject, operations).keep(token);
    }
  }

  /** Returns {@code program} with this specification's own operations. */
  Program<S> plain(Program<S> program) {
    return program.withOperations(same ->
        operations.stream()
            .filter(operation -> operation.name().equals(same.name()))
            .findFirst()
            .orElseThrow());
  }

  static <T> List<T> append(List<T> list, T last) {
    List<T> longer = new ArrayList<>(list);
    longer.add(last);
    return List.copyOf(longer);
  }
}
