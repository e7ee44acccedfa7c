package io.github.threadfast.testkit.report;

import static java.util.stream.Collectors.joining;

import io.github.threadfast.testkit.check.History;
import io.github.threadfast.testkit.check.History.Event;
import io.github.threadfast.testkit.check.Verdict;
import io.github.threadfast.testkit.check.Verdict.Contradiction;
import io.github.threadfast.testkit.check.Verdict.DeadEnd;
import io.github.threadfast.testkit.model.Result;
import io.github.threadfast.testkit.report.Failure.Cause;
import io.github.threadfast.testkit.report.Failure.Effort;
import io.github.threadfast.testkit.run.Breach;
import io.github.threadfast.testkit.run.Crew;
import io.github.threadfast.testkit.run.NondeterministicException;
import io.github.threadfast.testkit.scenario.Argument;
import io.github.threadfast.testkit.scenario.Call;
import io.github.threadfast.testkit.scenario.Values;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Failures as plain text, narrow enough for a phone. */
public final class TextReport {
  private static final String ORDER_IN_TIME =
      """

      A call stands below every call that had returned before it began. Without that order in time,
      the results could be explained.
      """;

  private TextReport() {}

  /** Returns the text of {@code failure}. */
  public static <S> String of(Failure<S> failure) {
    List<List<Event<Call<S>>>> lanes = failure.history().lanes();
    List<Event<Call<S>>> before = lanes.get(0);
    List<Event<Call<S>>> after = lanes.get(lanes.size() - 1);
    StringBuilder text = new StringBuilder();
    text.append(headline(failure)).append("\n\n");
    if (!before.isEmpty()) {
      text.append("  before: ").append(calls(before)).append("\n\n");
    }
    if (lanes.size() > 2) {
      text.append(table(failure.history()));
    }
    if (!after.isEmpty()) {
      text.append("\n  afterwards: ").append(calls(after)).append('\n');
    }
    text.append(explanation(failure, lanes.size() - 1));
    return text.append('\n').append(effort(failure.effort())).toString();
  }

  private static String headline(Failure<?> failure) {
    if (failure.cause() instanceof Cause.Unexplained<?> unexplained) {
      return "%s is not %s: no order of these calls gives these results."
          .formatted(failure.subject(), unexplained.consistency().adjective());
    }
    if (failure.cause() instanceof Cause.Broken<?> broken) {
      return "%s breaks the invariant \"%s\" %s."
          .formatted(
              failure.subject(), broken.breach().invariant(), moment(broken.breach().moment()));
    }
    if (failure.cause() instanceof Cause.Hung<?> hung) {
      return (hung.alone()
              ? "%s hangs even when one thread alone calls it, so this is no race."
              : "%s hangs: not all of these calls return.")
          .formatted(failure.subject());
    }
    return "%s throws when these calls meet.".formatted(failure.subject());
  }

  private static String moment(Breach.Moment moment) {
    return switch (moment) {
      case BEFORE_THREADS -> "before the threads start";
      case AFTER_THREADS -> "when the threads have ended";
      case AT_THE_END -> "after the last call";
    };
  }

  private static <S> String explanation(Failure<S> failure, int lastLane) {
    if (failure.cause() instanceof Cause.Unexplained<S> unexplained) {
      return (unexplained.explainedWithoutTime() ? ORDER_IN_TIME : "")
          + unexplained.verdict().deadEnds().stream()
              .map(deadEnd -> "  " + why(deadEnd, lastLane) + "\n")
              .collect(joining("", "\nThe orders that explain most of it:\n", ""));
    }
    if (failure.cause() instanceof Cause.Broken<S> broken) {
      return "\nThe invariant %s. It holds when one thread makes all these calls.\n"
          .formatted(verdict(broken.breach()));
    }
    if (failure.cause() instanceof Cause.Hung<S> hung) {
      return "\n" + hung.hang().describe() + "\n";
    }
    return "\nNo operation may throw here: catch what it may throw inside the operation.\n";
  }

  private static String verdict(Breach breach) {
    return breach.thrown() == null
        ? "is false"
        : "threw " + Values.nameOf(breach.thrown()) + message(breach.thrown());
  }

  private static String message(Throwable thrown) {
    String message;
    try {
      message = thrown.getMessage();
    } catch (Throwable unreadable) {
      message = null;
    }
    return message == null ? "" : ": " + message.lines().findFirst().orElse("");
  }

  /** Returns what to say of an invariant that one thread alone can break. */
  public static <S> String brokenAlone(String subject, List<Event<Call<S>>> events, Breach breach) {
    return """
    %s breaks the invariant "%s" even when one thread alone calls it, so this is no race:

      %s

    Then the invariant %s. Correct the class or the invariant, then look for races.\
    """
        .formatted(subject, breach.invariant(), calls(events), verdict(breach));
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
        .formatted(subject, calls(events), why(fails.deadEnds().get(0), 0));
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
            outcome(exception.first()),
            last,
            outcome(exception.second()));
  }

  private static <S> String calls(List<Event<Call<S>>> events) {
    return events.stream().map(TextReport::call).collect(joining(", "));
  }

  private static <S> String call(Event<Call<S>> event) {
    return event.call() + outcome(event.result());
  }

  /** One column a thread; a call stands in a lower row than every call that returned before it. */
  private static <S> String table(History<Call<S>> history) {
    int threads = history.lanes().size() - 2;
    List<String[]> rows = new ArrayList<>();
    rows.add(
        IntStream.range(0, threads).mapToObj(i -> "thread " + Crew.name(i)).toArray(String[]::new));
    int[][] rowOf = new int[threads][];
    IntStream.range(0, threads)
        .forEach(thread -> rowOf[thread] = new int[history.lanes().get(thread + 1).size()]);
    for (int changes = 1; changes > 0; ) {
      changes = sink(history, rowOf);
    }
    for (int thread = 0; thread < threads; thread++) {
      for (int i = 0; i < rowOf[thread].length; i++) {
        int row = rowOf[thread][i] + 1;
        while (rows.size() <= row) {
          rows.add(new String[threads]);
        }
        rows.get(row)[thread] = call(history.lanes().get(thread + 1).get(i));
      }
    }
    return layOut(rows, threads);
  }

  /** Moves each call below the calls that returned before it; returns how many had to move. */
  private static <S> int sink(History<Call<S>> history, int[][] rowOf) {
    int moved = 0;
    for (int thread = 0; thread < rowOf.length; thread++) {
      for (int i = 0; i < rowOf[thread].length; i++) {
        List<Integer> returned = history.lanes().get(thread + 1).get(i).returnedBefore();
        int row = 0;
        for (int other = 0; other < rowOf.length; other++) {
          int count = returned.get(other + 1);
          row = count == 0 ? row : Math.max(row, rowOf[other][count - 1] + 1);
        }
        if (row != rowOf[thread][i]) {
          rowOf[thread][i] = row;
          moved++;
        }
      }
    }
    return moved;
  }

  private static String layOut(List<String[]> rows, int threads) {
    int[] widths = new int[threads];
    for (int column = 0; column < threads; column++) {
      for (String[] row : rows) {
        widths[column] = Math.max(widths[column], cell(row[column]).length());
      }
    }
    List<String> lines = new ArrayList<>();
    for (String[] row : rows) {
      lines.add(
          IntStream.range(0, threads)
              .mapToObj(column -> pad(cell(row[column]), widths[column]))
              .collect(joining(" | ", "  ", ""))
              .stripTrailing());
    }
    lines.add(
        1,
        IntStream.range(0, threads)
            .mapToObj(column -> "-".repeat(widths[column]))
            .collect(joining("-+-", "  ", "")));
    return String.join("\n", lines) + "\n";
  }

  private static String cell(@Nullable String text) {
    return text == null ? "" : text;
  }

  private static String pad(String text, int width) {
    return text + " ".repeat(width - text.length());
  }

  private static <S> String why(DeadEnd<Call<S>> deadEnd, int lastLane) {
    String order =
        deadEnd.order().stream().map(event -> place(event, lastLane)).collect(joining(", "));
    String next =
        deadEnd.contradictions().stream()
            .map(contradiction -> difference(contradiction, lastLane))
            .collect(joining(", and "));
    return order.isEmpty() ? "first of all " + next : order + "; then " + next;
  }

  private static <S> String difference(Contradiction<Call<S>> contradiction, int lastLane) {
    return "%s should %s but %s"
        .formatted(
            place(contradiction.event(), lastLane),
            expected(contradiction.expected()),
            happened(contradiction.event().result(), "threw"));
  }

  private static String expected(List<Result> results) {
    List<Result> ends =
        results.stream().filter(result -> !(result instanceof Result.Pending)).toList();
    if (ends.isEmpty()) {
      return "not have returned yet";
    }
    if (ends.stream().allMatch(Result.Returned.class::isInstance)) {
      return ends.stream()
          .map(result -> Values.show(((Result.Returned) result).value()))
          .collect(joining(" or ", "have returned ", ""));
    }
    return ends.stream()
        .map(result -> happened(result, "thrown"))
        .collect(joining(" or ", "have ", ""));
  }

  private static <S> String place(Event<Call<S>> event, int lastLane) {
    boolean inThread = event.lane() > 0 && event.lane() < lastLane;
    return (inThread ? Crew.name(event.lane() - 1) + " " : "") + event.call();
  }

  private static String outcome(Result result) {
    if (result instanceof Result.Returned returned) {
      return " -> " + Values.show(returned.value());
    }
    if (result instanceof Result.Pending) {
      return " has not returned";
    }
    return result instanceof Result.Threw ? " " + happened(result, "threw") : "";
  }

  private static String happened(Result result, String threw) {
    if (result instanceof Result.Returned returned) {
      return "returned " + Values.show(returned.value());
    }
    if (result instanceof Result.Threw thrown) {
      return threw + " " + Values.nameOf(thrown.exception());
    }
    return result instanceof Result.Pending ? "has not returned" : "returned";
  }

  private static String effort(Effort effort) {
    StringBuilder text =
        new StringBuilder(
            String.format(
                Locale.ROOT,
                "Found after %,d runs, in scenario %,d, in %.1f s%s.",
                effort.runs(),
                effort.scenarios(),
                effort.elapsed().toMillis() / 1000.0,
                effort.callsLeft() < effort.callsFound()
                    ? ", shrunk from %d calls to %d"
                        .formatted(effort.callsFound(), effort.callsLeft())
                    : ""));
    effort
        .seed()
        .ifPresent(seed -> text.append("\nTo try the same scenarios: .seed(%dL)".formatted(seed)));
    effort
        .token()
        .ifPresent(
            token -> text.append("\nTo run this one alone: .replay(\"%s\")".formatted(token)));
    return text.toString();
  }
}
