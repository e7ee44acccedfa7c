package io.github.threadfast.testkit.report;

import static io.github.threadfast.testkit.model.Result.DONE;
import static io.github.threadfast.testkit.model.Result.returned;
import static io.github.threadfast.testkit.model.Result.threw;

import io.github.threadfast.testkit.check.Consistency;
import io.github.threadfast.testkit.check.History;
import io.github.threadfast.testkit.check.History.Event;
import io.github.threadfast.testkit.check.Verdict.Contradiction;
import io.github.threadfast.testkit.check.Verdict.DeadEnd;
import io.github.threadfast.testkit.check.Verdict.Fails;
import io.github.threadfast.testkit.model.Result;
import io.github.threadfast.testkit.report.Failure.Cause;
import io.github.threadfast.testkit.report.Failure.Effort;
import io.github.threadfast.testkit.run.Breach;
import io.github.threadfast.testkit.scenario.Call;
import io.github.threadfast.testkit.scenario.Calls;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.OptionalLong;

/** Failures to be shown. */
final class Failures {
  /** What a value may say of itself to do harm to a page. */
  static final String HOSTILE =
      "</code><script>document.title='run'</script><img src=x onerror=\"document.title='run'\">";

  private static final Effort EFFORT =
      new Effort(
          1_234_567,
          89,
          7,
          3,
          Duration.ofMillis(1_250),
          OptionalLong.of(42),
          Optional.of("tf1-abc"));

  private Failures() {}

  static Failure<Object> lostUpdate() {
    Event<Call<Object>> a = event(1, "increment", DONE, 0, 0, 0, 0);
    Event<Call<Object>> b = event(2, "increment", DONE, 0, 0, 0, 0);
    Event<Call<Object>> get = event(3, "get", returned(1), 0, 1, 1, 0);
    return new Failure<>(
        "Counter",
        history(List.of(), List.of(a), List.of(b), List.of(get)),
        new Cause.Unexplained<>(
            Consistency.LINEARIZABLE,
            new Fails<>(
                List.of(deadEnd(List.of(a, b), new Contradiction<>(get, List.of(returned(2)))))),
            false),
        EFFORT);
  }

  /** Has calls in every place, an order in time, two dead ends, and neither seed nor token. */
  static Failure<Object> orderInTime() {
    Event<Call<Object>> before = event(0, "offer ada", returned(true), 0, 0, 0, 0, 0);
    Event<Call<Object>> a1 = event(1, "poll", returned("ada"), 1, 0, 0, 0, 0);
    Event<Call<Object>> a2 = event(1, "size", returned(1), 1, 1, 0, 1, 0);
    Event<Call<Object>> b = event(2, "clear", DONE, 1, 1, 0, 0, 0);
    Event<Call<Object>> c = event(3, "poll", threw(new IllegalStateException()), 1, 0, 0, 0, 0);
    Event<Call<Object>> size = event(4, "size", returned(0), 1, 2, 1, 1, 0);
    return new Failure<>(
        "Line",
        history(List.of(before), List.of(a1, a2), List.of(b), List.of(c), List.of(size)),
        new Cause.Unexplained<>(
            Consistency.LINEARIZABLE,
            new Fails<>(
                List.of(
                    deadEnd(List.of(before, a1), new Contradiction<>(c, List.of(returned(null)))),
                    deadEnd(
                        List.of(),
                        new Contradiction<>(a1, List.of(threw(new NoSuchElementException()))),
                        new Contradiction<>(c, List.of(DONE))))),
            true),
        new Effort(
            1_234_567, 89, 7, 7, Duration.ofMillis(1_250), OptionalLong.empty(), Optional.empty()));
  }

  static Failure<Object> brokenInvariant(String invariant, Throwable thrown) {
    return new Failure<>(
        "Account",
        overlapping(DONE),
        new Cause.Broken<>(new Breach(invariant, Breach.Moment.AFTER_THREADS, thrown)),
        EFFORT);
  }

  static Failure<Object> thrown(Throwable thrown) {
    History<Call<Object>> history = overlapping(threw(thrown));
    return new Failure<>(
        "Account", history, new Cause.Threw<>(history.lanes().get(1).get(0)), EFFORT);
  }

  /** Has more threads than fit beside each other on a small screen. */
  static Failure<Object> crowd() {
    List<List<Event<Call<Object>>>> lanes = new ArrayList<>();
    lanes.add(List.of());
    for (int lane = 1; lane <= 8; lane++) {
      lanes.add(List.of(event(lane, "increment", returned(1), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)));
    }
    lanes.add(List.of());
    return new Failure<>(
        "Counter",
        new History<>(lanes),
        new Cause.Broken<>(new Breach("at most 7", Breach.Moment.AFTER_THREADS, null)),
        EFFORT);
  }

  /** Has {@code value} wherever a user's value, name or message may stand. */
  static Failure<Object> hostile(String value) {
    Event<Call<Object>> a = event(1, value, returned(value), 0, 0, 0, 0);
    Event<Call<Object>> b = event(2, value, threw(new IllegalStateException(value)), 0, 0, 0, 0);
    return new Failure<>(
        value,
        history(List.of(), List.of(a), List.of(b), List.of()),
        new Cause.Unexplained<>(
            Consistency.LINEARIZABLE,
            new Fails<>(
                List.of(deadEnd(List.of(a), new Contradiction<>(b, List.of(returned(value)))))),
            false),
        new Effort(1, 1, 1, 1, Duration.ZERO, OptionalLong.empty(), Optional.of(value)));
  }

  /** Has {@code result} for a call of thread A that overlaps one of thread B. */
  static History<Call<Object>> overlapping(Result result) {
    return history(
        List.of(),
        List.of(event(1, "withdraw", result, 0, 0, 0, 0)),
        List.of(event(2, "deposit", DONE, 0, 0, 0, 0)),
        List.of());
  }

  static Event<Call<Object>> event(
      int lane, String name, Result result, Integer... returnedBefore) {
    return new Event<>(lane, Calls.call(name, subject -> result), result, List.of(returnedBefore));
  }

  @SafeVarargs
  @SuppressWarnings("varargs") // the array is only read
  static History<Call<Object>> history(List<Event<Call<Object>>>... lanes) {
    return new History<>(List.of(lanes));
  }

  @SafeVarargs
  @SuppressWarnings("varargs") // the array is only read
  private static DeadEnd<Call<Object>> deadEnd(
      List<Event<Call<Object>>> order, Contradiction<Call<Object>>... contradictions) {
    return new DeadEnd<>(order, List.of(contradictions));
  }
}
