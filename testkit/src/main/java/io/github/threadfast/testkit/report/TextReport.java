package io.github.threadfast.testkit.report;

import static java.util.stream.Collectors.joining;

import io.github.threadfast.testkit.check.History;
import io.github.threadfast.testkit.check.History.Event;
import io.github.threadfast.testkit.check.Verdict.Contradiction;
import io.github.threadfast.testkit.check.Verdict.DeadEnd;
import io.github.threadfast.testkit.model.Result;
import io.github.threadfast.testkit.report.Failure.Effort;
import io.github.threadfast.testkit.run.Crew;
import io.github.threadfast.testkit.run.NondeterministicException;
import io.github.threadfast.testkit.run.Subjects;
import io.github.threadfast.testkit.scenario.Operation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Failures as plain text, narrow enough for a phone. */
public final class TextReport {
  private static final int MAX_VALUE_LENGTH = 60;

  private TextReport() {}

  /** Returns the text of {@code failure}. */
  public static <S> String of(Failure<S> failure) {
    List<List<Event<Operation<S>>>> lanes = failure.history().lanes();
    List<Event<Operation<S>>> before = lanes.get(0);
    List<Event<Operation<S>>> after = lanes.get(lanes.size() - 1);
    StringBuilder text = new StringBuilder();
    text.append(failure.subject())
        .append(" is not linearizable: no order of these calls gives these results.\n\n");
    if (!before.isEmpty()) {
      text.append("  before: ").append(calls(before)).append("\n\n");
    }
    text.append(table(failure.history()));
    if (!after.isEmpty()) {
      text.append("\n  afterwards: ").append(calls(after)).append('\n');
    }
    if (failure.explainedWithoutTime()) {
      text.append(
              "\nA call stands below every call that had returned before it began. Without that")
          .append(" order in time,\nthe results could be explained.\n");
    }
    text.append("\nThe orders that explain most of it:\n");
    for (DeadEnd<Operation<S>> deadEnd : failure.verdict().deadEnds()) {
      text.append("  ").append(why(deadEnd, lanes.size() - 1)).append('\n');
    }
    return text.append('\n').append(effort(failure.effort())).toString();
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

  /** Returns what to say of a search that did not end, from where its threads are. */
  public static String stuck(Duration time, List<Thread> threads) {
    List<String> stacks = new ArrayList<>();
    for (Thread thread : threads) {
      StackTraceElement[] frames = thread.getStackTrace();
      if (Arrays.stream(frames).anyMatch(TextReport::callsTheUser)) {
        stacks.add(stack(thread, frames));
      }
    }
    if (stacks.isEmpty()) {
      threads.stream().limit(1).forEach(a -> stacks.add(stack(a, a.getStackTrace())));
    }
    return String.format(
            Locale.ROOT,
            "An operation did not return: the search had not ended after %.1f s.",
            time.toMillis() / 1000.0)
        + " Where the threads are:\n\n"
        + String.join("\n", stacks);
  }

  private static String stack(Thread thread, StackTraceElement[] frames) {
    return Arrays.stream(frames)
        .takeWhile(frame -> !callsTheUser(frame))
        .map(frame -> "    at " + frame + "\n")
        .collect(joining("", thread.getName() + " (" + thread.getState() + ")\n", ""));
  }

  private static boolean callsTheUser(StackTraceElement frame) {
    return frame.getClassName().equals(Operation.class.getName())
        || frame.getClassName().equals(Subjects.class.getName());
  }

  private static <S> String calls(List<Event<Operation<S>>> events) {
    return events.stream().map(TextReport::call).collect(joining(", "));
  }

  private static <S> String call(Event<Operation<S>> event) {
    return event.call() + outcome(event.result());
  }

  /** One column a thread; a call stands in a lower row than every call that returned before it. */
  private static <S> String table(History<Operation<S>> history) {
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
  private static <S> int sink(History<Operation<S>> history, int[][] rowOf) {
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

  private static <S> String why(DeadEnd<Operation<S>> deadEnd, int lastLane) {
    String order =
        deadEnd.order().stream().map(event -> place(event, lastLane)).collect(joining(", "));
    String next =
        deadEnd.contradictions().stream()
            .map(contradiction -> difference(contradiction, lastLane))
            .collect(joining(", and "));
    return order.isEmpty() ? "first of all " + next : order + "; then " + next;
  }

  private static <S> String difference(Contradiction<Operation<S>> contradiction, int lastLane) {
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
          .map(result -> value(((Result.Returned) result).value()))
          .collect(joining(" or ", "have returned ", ""));
    }
    return ends.stream()
        .map(result -> happened(result, "thrown"))
        .collect(joining(" or ", "have ", ""));
  }

  private static <S> String place(Event<Operation<S>> event, int lastLane) {
    boolean inThread = event.lane() > 0 && event.lane() < lastLane;
    return (inThread ? Crew.name(event.lane() - 1) + " " : "") + event.call();
  }

  private static String outcome(Result result) {
    if (result instanceof Result.Returned returned) {
      return " -> " + value(returned.value());
    }
    return result instanceof Result.Threw ? " " + happened(result, "threw") : "";
  }

  private static String happened(Result result, String threw) {
    if (result instanceof Result.Returned returned) {
      return "returned " + value(returned.value());
    }
    if (result instanceof Result.Threw thrown) {
      return threw + " " + Subjects.nameOf(thrown.exception());
    }
    return result instanceof Result.Pending ? "has not returned" : "returned";
  }

  /** Values are shown by their own toString, which may do anything: it is called with care. */
  private static String value(@Nullable Object value) {
    String text;
    try {
      text = value instanceof String string ? '"' + string + '"' : deepToString(value);
    } catch (Throwable thrown) {
      text = "(a value whose toString threw " + Subjects.nameOf(thrown) + ")";
    }
    text = text.replace("\n", "\\n").replace("\r", "\\r");
    return text.length() <= MAX_VALUE_LENGTH ? text : text.substring(0, MAX_VALUE_LENGTH - 1) + "…";
  }

  private static String deepToString(@Nullable Object value) {
    String inBrackets = Arrays.deepToString(new @Nullable Object[] {value});
    return inBrackets.substring(1, inBrackets.length() - 1);
  }

  private static String effort(Effort effort) {
    return String.format(
        Locale.ROOT,
        """
        Found after %,d runs, in scenario %,d, in %.1f s%s.
        To try the same scenarios: .seed(%dL)\
        """,
        effort.runs(),
        effort.scenarios(),
        effort.elapsed().toMillis() / 1000.0,
        effort.callsLeft() < effort.callsFound()
            ? ", shrunk from %d calls to %d".formatted(effort.callsFound(), effort.callsLeft())
            : "",
        effort.seed());
  }
}
