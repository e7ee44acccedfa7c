package io.github.threadfast.testkit.report;

import io.github.threadfast.testkit.check.History.Event;
import io.github.threadfast.testkit.check.Verdict.Contradiction;
import io.github.threadfast.testkit.check.Verdict.DeadEnd;
import io.github.threadfast.testkit.model.Result;
import io.github.threadfast.testkit.report.Failure.Cause;
import io.github.threadfast.testkit.run.Breach;
import io.github.threadfast.testkit.scenario.Call;
import java.util.List;
import java.util.Optional;

/**
 * What is to be said of a failure, whatever its cause: all that differs between the causes is here.
 *
 * @param <S> the class under test
 * @param headline what is wrong, in a sentence
 * @param remarks why, in sentences
 * @param details why, as text whose lines are to be kept; below the remarks
 * @param deadEnds why, as orders of the calls that can't be continued; below the last remark
 * @param misfits the calls to point at
 */
record Story<S>(
    String headline,
    List<String> remarks,
    Optional<String> details,
    List<DeadEnd<Call<S>>> deadEnds,
    List<Event<Call<S>>> misfits) {

  private static final String ORDER_IN_TIME =
      """
      A call stands below every call that had returned before it began. Without that order in time,
      the results could be explained.\
      """;

  private static final String DEAD_ENDS = "The orders that explain most of it:";

  private static final String NONE_MAY_THROW =
      "No operation may throw here: catch what it may throw inside the operation.";

  static <S> Story<S> of(Failure<S> failure) {
    if (failure.cause() instanceof Cause.Unexplained<S> unexplained) {
      return ofUnexplained(failure.subject(), unexplained);
    }
    if (failure.cause() instanceof Cause.Broken<S> broken) {
      return ofBroken(failure.subject(), broken.breach());
    }
    if (failure.cause() instanceof Cause.Hung<S> hung) {
      return ofHung(failure, hung);
    }
    Cause.Threw<S> threw = (Cause.Threw<S>) failure.cause();
    return new Story<>(
        "%s throws when these calls meet.".formatted(failure.subject()),
        List.of(NONE_MAY_THROW),
        Optional.empty(),
        List.of(),
        List.of(threw.event()));
  }

  private static <S> Story<S> ofUnexplained(String subject, Cause.Unexplained<S> unexplained) {
    List<DeadEnd<Call<S>>> deadEnds = unexplained.verdict().deadEnds();
    return new Story<>(
        "%s is not %s: no order of these calls gives these results."
            .formatted(subject, unexplained.consistency().adjective()),
        unexplained.explainedWithoutTime() ? List.of(ORDER_IN_TIME, DEAD_ENDS) : List.of(DEAD_ENDS),
        Optional.empty(),
        deadEnds,
        deadEnds.get(0).contradictions().stream().map(Contradiction::event).toList());
  }

  private static <S> Story<S> ofBroken(String subject, Breach breach) {
    return new Story<>(
        "%s breaks the invariant \"%s\" %s."
            .formatted(subject, breach.invariant(), moment(breach.moment())),
        List.of(
            "The invariant %s. It holds when one thread makes all these calls."
                .formatted(Wording.verdict(breach))),
        Optional.empty(),
        List.of(),
        List.of());
  }

  private static <S> Story<S> ofHung(Failure<S> failure, Cause.Hung<S> hung) {
    return new Story<>(
        (hung.alone()
                ? "%s hangs even when one thread alone calls it, so this is no race."
                : "%s hangs: not all of these calls return.")
            .formatted(failure.subject()),
        List.of(),
        Optional.of(hung.hang().describe()),
        List.of(),
        failure.history().lanes().stream()
            .flatMap(List::stream)
            .filter(event -> event.result() instanceof Result.Pending)
            .toList());
  }

  /** Returns whether {@code event} is one of the calls to point at. */
  boolean isMisfit(Event<Call<S>> event) {
    return misfits.stream()
        .anyMatch(misfit -> misfit.lane() == event.lane() && index(misfit) == index(event));
  }

  /** Returns where in its lane {@code event} stands: all calls before it there had returned. */
  private static int index(Event<?> event) {
    return event.returnedBefore().get(event.lane());
  }

  private static String moment(Breach.Moment moment) {
    return switch (moment) {
      case BEFORE_THREADS -> "before the threads start";
      case AFTER_THREADS -> "when the threads have ended";
      case AT_THE_END -> "after the last call";
    };
  }
}
