package io.github.threadfast.testkit.report;

import static java.util.stream.Collectors.joining;

import io.github.threadfast.testkit.check.History.Event;
import io.github.threadfast.testkit.check.Verdict.Contradiction;
import io.github.threadfast.testkit.check.Verdict.DeadEnd;
import io.github.threadfast.testkit.model.Result;
import io.github.threadfast.testkit.report.Failure.Effort;
import io.github.threadfast.testkit.run.Breach;
import io.github.threadfast.testkit.run.Crew;
import io.github.threadfast.testkit.scenario.Call;
import io.github.threadfast.testkit.scenario.Values;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** The words that every report has for a call, a result, an order and a search. */
final class Wording {
  private Wording() {}

  static <S> String calls(List<Event<Call<S>>> events) {
    return events.stream().map(Wording::call).collect(joining(", "));
  }

  /** Returns a call and its result. */
  static <S> String call(Event<Call<S>> event) {
    return event.call() + outcome(event.result());
  }

  static <S> String why(DeadEnd<Call<S>> deadEnd, int lastLane) {
    String order =
        deadEnd.order().stream().map(event -> place(event, lastLane)).collect(joining(", "));
    return (order.isEmpty() ? "first of all " : order + "; then ") + next(deadEnd, lastLane);
  }

  /** Returns what is wrong with every call that could come next. */
  static <S> String next(DeadEnd<Call<S>> deadEnd, int lastLane) {
    return deadEnd.contradictions().stream()
        .map(contradiction -> difference(contradiction, lastLane))
        .collect(joining(", and "));
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

  /** Returns a call, with its thread if it belongs to one. */
  static <S> String place(Event<Call<S>> event, int lastLane) {
    boolean inThread = event.lane() > 0 && event.lane() < lastLane;
    return (inThread ? Crew.name(event.lane() - 1) + " " : "") + event.call();
  }

  /** Returns what is to be added to a call to show its result. */
  static String outcome(Result result) {
    if (result instanceof Result.Returned returned) {
      return " -> " + Values.show(returned.value());
    }
    return result instanceof Result.Done ? "" : " " + happened(result, "threw");
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

  static String verdict(Breach breach) {
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

  /** Returns what a search did. */
  static String found(Effort effort) {
    return String.format(
        Locale.ROOT,
        "Found after %,d runs, in scenario %,d, in %.1f s%s.",
        effort.runs(),
        effort.scenarios(),
        effort.elapsed().toMillis() / 1000.0,
        effort.callsLeft() < effort.callsFound()
            ? ", shrunk from %d calls to %d".formatted(effort.callsFound(), effort.callsLeft())
            : "");
  }

  /** Returns how to see a failure again. */
  static List<Way> again(Effort effort) {
    Stream<Way> seed =
        effort.seed().stream()
            .mapToObj(s -> new Way("To try the same scenarios", ".seed(%dL)".formatted(s)));
    Stream<Way> token =
        effort.token().stream()
            .map(t -> new Way("To run this one alone", ".replay(\"%s\")".formatted(t)));
    return Stream.concat(seed, token).toList();
  }

  /** What to add to a specification, and what for. */
  record Way(String purpose, String code) {}
}
