package io.github.threadfast.testkit.report;

import static java.util.stream.Collectors.joining;

import io.github.threadfast.testkit.check.History.Event;
import io.github.threadfast.testkit.check.Verdict;
import io.github.threadfast.testkit.report.Failure.Effort;
import io.github.threadfast.testkit.run.Breach;
import io.github.threadfast.testkit.run.NondeterministicException;
import io.github.threadfast.testkit.scenario.Argument;
import io.github.threadfast.testkit.scenario.Call;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Failures as plain text, narrow enough for a phone. */
public final class TextReport {
  private TextReport() {}

  /** Returns the text of {@code failure}. */
  public static <S> String of(Failure<S> failure) {
    return whatHappened(failure) + "\n" + effort(failure.effort());
  }

  /** Returns the text of {@code failure} without what it took to find it. */
  static <S> String whatHappened(Failure<S> failure) {
    Story<S> story = Story.of(failure);
    Timeline<S> timeline = Timeline.of(failure.history());
    StringBuilder text = new StringBuilder();
    text.append(story.headline()).append("\n\n");
    if (!timeline.before().isEmpty()) {
      text.append("  before: ").append(Wording.calls(timeline.before())).append("\n\n");
    }
    if (!timeline.threads().isEmpty()) {
      text.append(table(timeline));
    }
    if (!timeline.after().isEmpty()) {
      text.append("\n  afterwards: ").append(Wording.calls(timeline.after())).append('\n');
    }
    story.remarks().forEach(remark -> text.append('\n').append(remark).append('\n'));
    story.details().ifPresent(details -> text.append('\n').append(details).append('\n'));
    story
        .deadEnds()
        .forEach(deadEnd ->
            text.append("  ").append(Wording.why(deadEnd, timeline.lastLane())).append('\n'));
    return text.toString();
  }

  private static String effort(Effort effort) {
    return Stream.concat(
            Stream.of(Wording.found(effort)),
            Wording.again(effort).stream().map(way -> way.purpose() + ": " + way.code()))
        .collect(joining("\n"));
  }

  /** Returns what to say of an invariant that one thread alone can break. */
  public static <S> String brokenAlone(String subject, List<Event<Call<S>>> events, Breach breach) {
    return """
    %s breaks the invariant "%s" even when one thread alone calls it, so this is no race:

      %s

    Then the invariant %s. Correct the class or the invariant, then look for races.\
    """
        .formatted(subject, breach.invariant(), Wording.calls(events), Wording.verdict(breach));
  }

  /** Returns what to say of a class that differs from its model when one thread alone calls it. */
  public static <S> String differsAlone(
      String subject, List<Event<Call<S>>> events, Verdict.Fails<Call<S>> fails) {
    return """
    %s differs from its model even when one thread alone calls it, so this is no race:

      %s

    By the model: %s.
    Correct the class or the model, then look for races.\
    """
        .formatted(subject, Wording.calls(events), Wording.why(fails.deadEnds().get(0), 0));
  }

  /** Returns what to say of an argument that a call has changed. */
  public static String changedArgument(Call<?> call, Argument argument) {
    return """
    %s can't be judged: a call has changed its argument, which is now %s.
    All runs share the arguments. In the operation, hand a copy to the object.\
    """
        .formatted(call.operation().name(), argument);
  }

  /** Returns what to say of a class whose results differ although it runs alone. */
  public static String of(NondeterministicException exception) {
    String last = exception.calls().get(exception.calls().size() - 1).toString();
    return """
    %s can't be judged: run alone, the calls
      %s
    gave two results: %s%s the first time, %s%s the second.
    A result must depend on the calls before it and on nothing else. If it does, give its class \
    an equals, or return a part of it that has one; of what changes later, return a copy.\
    """
        .formatted(
            exception.subject(),
            exception.calls().stream().map(Object::toString).collect(joining(", ")),
            last,
            Wording.outcome(exception.first()),
            last,
            Wording.outcome(exception.second()));
  }

  /** One column a thread; a call stands in a lower row than every call that returned before it. */
  private static <S> String table(Timeline<S> timeline) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(timeline.threads());
    for (List<Optional<Event<Call<S>>>> row : timeline.rows()) {
      rows.add(row.stream().map(call -> call.map(Wording::call).orElse("")).toList());
    }
    return layOut(rows, timeline.threads().size());
  }

  private static String layOut(List<List<String>> rows, int columns) {
    int[] widths =
        IntStream.range(0, columns)
            .map(column -> rows.stream().mapToInt(row -> row.get(column).length()).max().orElse(0))
            .toArray();
    List<String> lines = new ArrayList<>();
    for (List<String> row : rows) {
      lines.add(
          IntStream.range(0, columns)
              .mapToObj(column -> pad(row.get(column), widths[column]))
              .collect(joining(" | ", "  ", ""))
              .stripTrailing());
    }
    lines.add(1, Arrays.stream(widths).mapToObj("-"::repeat).collect(joining("-+-", "  ", "")));
    return String.join("\n", lines) + "\n";
  }

  private static String pad(String text, int width) {
    return text + " ".repeat(width - text.length());
  }
}
