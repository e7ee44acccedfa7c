package io.github.threadfast.testkit.report;

import static io.github.threadfast.testkit.check.Result.DONE;
import static io.github.threadfast.testkit.check.Result.returned;
import static io.github.threadfast.testkit.check.Result.threw;
import static java.util.stream.Collectors.joining;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.threadfast.testkit.check.Consistency;
import io.github.threadfast.testkit.check.History;
import io.github.threadfast.testkit.check.History.Event;
import io.github.threadfast.testkit.check.Result;
import io.github.threadfast.testkit.check.Verdict.Contradiction;
import io.github.threadfast.testkit.check.Verdict.DeadEnd;
import io.github.threadfast.testkit.check.Verdict.Fails;
import io.github.threadfast.testkit.report.Failure.Cause.Unexplained;
import io.github.threadfast.testkit.report.Failure.Effort;
import io.github.threadfast.testkit.run.NondeterministicException;
import io.github.threadfast.testkit.run.SequentialModel;
import io.github.threadfast.testkit.run.Subjects;
import io.github.threadfast.testkit.scenario.Call;
import io.github.threadfast.testkit.scenario.Calls;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(30)
class TextReportTest {
  private static final Effort EFFORT =
      new Effort(
          1_234_567,
          89,
          7,
          3,
          Duration.ofMillis(1_250),
          OptionalLong.of(42),
          Optional.of("tf1-abc"));

  @Test
  void of_aLostUpdate() {
    Event<Call<Object>> a = event(1, "increment", DONE, 0, 0, 0, 0);
    Event<Call<Object>> b = event(2, "increment", DONE, 0, 0, 0, 0);
    Event<Call<Object>> get = event(3, "get", returned(1), 0, 1, 1, 0);

    assertEquals(
        """
        Counter is not linearizable: no order of these calls gives these results.

          thread A    | thread B
          ------------+------------
          increment() | increment()

          afterwards: get() -> 1

        The orders that explain most of it:
          A increment(), B increment(); then get() should have returned 2 but returned 1

        Found after 1,234,567 runs, in scenario 89, in 1.3 s, shrunk from 7 calls to 3.
        To try the same scenarios: .seed(42L)
        To run this one alone: .replay("tf1-abc")\
        """,
        TextReport.of(
            new Failure<>(
                "Counter",
                history(List.of(), List.of(a), List.of(b), List.of(get)),
                unexplained(false, deadEnd(List.of(a, b), contradiction(get, returned(2)))),
                EFFORT)));
  }

  @Test
  void of_callsBeforeDuringAndAfterWithAnOrderInTime() {
    Event<Call<Object>> before = event(0, "offer ada", returned(true), 0, 0, 0, 0, 0);
    Event<Call<Object>> a1 = event(1, "poll", returned("ada"), 1, 0, 0, 0, 0);
    Event<Call<Object>> a2 = event(1, "size", returned(1), 1, 1, 0, 1, 0);
    Event<Call<Object>> b = event(2, "clear", DONE, 1, 1, 0, 0, 0);
    Event<Call<Object>> c = event(3, "poll", returned("ada"), 1, 0, 0, 0, 0);
    Event<Call<Object>> size = event(4, "size", returned(0), 1, 2, 1, 1, 0);
    Event<Call<Object>> peek = event(4, "peek", returned(null), 1, 2, 1, 1, 1);

    assertEquals(
        """
        Line is not linearizable: no order of these calls gives these results.

          before: offer ada() -> true

          thread A        | thread B | thread C
          ----------------+----------+----------------
          poll() -> "ada" |          | poll() -> "ada"
          size() -> 1     | clear()  |

          afterwards: size() -> 0, peek() -> null

        A call stands below every call that had returned before it began. Without that \
        order in time,
        the results could be explained.

        The orders that explain most of it:
          offer ada(), A poll(); then C poll() should have returned null but returned "ada"
          first of all A poll() should have thrown NoSuchElementException but returned "ada", \
        and C poll() should have returned but threw IllegalStateException

        Found after 1,234,567 runs, in scenario 89, in 1.3 s.\
        """,
        TextReport.of(
            new Failure<>(
                "Line",
                history(
                    List.of(before), List.of(a1, a2), List.of(b), List.of(c), List.of(size, peek)),
                unexplained(
                    true,
                    deadEnd(List.of(before, a1), contradiction(c, returned(null))),
                    deadEnd(
                        List.of(),
                        contradiction(a1, threw(new NoSuchElementException())),
                        contradiction(
                            event(3, "poll", threw(new IllegalStateException()), 1, 0, 0, 0, 0),
                            DONE))),
                new Effort(
                    1_234_567,
                    89,
                    7,
                    7,
                    Duration.ofMillis(1_250),
                    OptionalLong.empty(),
                    Optional.empty()))));
  }

  static Stream<Arguments> results() {
    return Stream.of(
        Arguments.of(DONE, "call()"),
        Arguments.of(returned(null), "call() -> null"),
        Arguments.of(returned(-7), "call() -> -7"),
        Arguments.of(returned("null"), "call() -> \"null\""),
        Arguments.of(returned("two\nlines\r"), "call() -> \"two\\nlines\\r\""),
        Arguments.of(returned(new int[] {1, 2}), "call() -> [1, 2]"),
        Arguments.of(
            returned(new Object[] {"a", null, new int[][] {{1}, {}}}),
            "call() -> [a, null, [[1], []]]"),
        Arguments.of(returned(Optional.of("ada")), "call() -> Optional[ada]"),
        Arguments.of(returned("x".repeat(58)), "call() -> \"" + "x".repeat(58) + '"'),
        Arguments.of(returned("x".repeat(59)), "call() -> \"" + "x".repeat(58) + "…"),
        Arguments.of(
            returned(
                throwing(() -> {
                  throw new IllegalStateException("broken");
                })),
            "call() -> (a value whose toString threw IllegalStateException)"),
        Arguments.of(
            returned(
                throwing(() -> {
                  throw new StackOverflowError();
                })),
            "call() -> (a value whose toString threw StackOverflowError)"),
        Arguments.of(
            threw(new ArithmeticException("/ by zero")), "call() threw ArithmeticException"),
        Arguments.of(
            threw(new RuntimeException() {}),
            "call() threw " + TextReportTest.class.getName() + "$1"));
  }

  @ParameterizedTest
  @MethodSource("results")
  void of_anyResult_showsItInOneLine(Result result, String call) {
    Event<Call<Object>> event = event(1, "call", result, 0, 0, 0, 0);
    Event<Call<Object>> other = event(2, "other", DONE, 0, 0, 0, 0);

    String text =
        TextReport.of(
            new Failure<>(
                "Subject",
                history(List.of(), List.of(event), List.of(other), List.of()),
                unexplained(false, deadEnd(List.of(), contradiction(event, DONE))),
                EFFORT));

    assertEquals(
        """
          %s | thread B
          %s-+---------
          %s | other()
        """
            .formatted(
                "thread A" + " ".repeat(Math.max(0, call.length() - 8)),
                "-".repeat(Math.max(8, call.length())),
                call + " ".repeat(Math.max(0, 8 - call.length()))),
        text.lines().skip(2).limit(3).map(line -> line + "\n").collect(joining()));
  }

  @Test
  void of_aNondeterministicClass_showsBothResults() {
    AtomicInteger shared = new AtomicInteger();
    Call<Object> add = operation("add", DONE);
    Call<Object> draw = Calls.call("draw", subject -> returned("no. " + shared.incrementAndGet()));
    SequentialModel<Object> model = SequentialModel.<Object>of(ArrayList::new).withoutEquals();
    SequentialModel.State<Object> state =
        model.step(model.step(model.initial(), add).next(), draw).next();

    NondeterministicException e =
        assertThrows(NondeterministicException.class, () -> model.step(state, draw));

    assertEquals(
        """
        ArrayList can't be judged: run alone, the calls
          add(), draw()
        gave two results: draw() -> "no. 1" the first time, draw() -> "no. 2" the second.
        A result must depend on the calls before it and on nothing else. If it does, give its \
        class an equals, or return a part of it that has one; of what changes later, return a copy.\
        """,
        TextReport.of(e));
  }

  @Test
  void stuck_showsTheThreadsThatAreInTheUsersCode() throws InterruptedException {
    CountDownLatch never = new CountDownLatch(1);
    Thread inOperation =
        waiting("threadfast thread A", () -> Calls.call("wait", new Wait()).perform(never));
    Thread inSupplier = waiting("threadfast thread C", () -> new Subjects<>(new Make(never)).get());
    Thread idle = waiting("threadfast thread B", () -> await(never));

    String text =
        TextReport.stuck(Duration.ofMillis(3_240), List.of(inSupplier, inOperation, idle));

    assertEquals(
        "An operation did not return: the search had not ended after 3.2 s."
            + " Where the threads are:\n\n"
            + "threadfast thread C (WAITING)\n"
            + framesAbove(Subjects.class, inSupplier)
            + "\nthreadfast thread A (WAITING)\n"
            + framesAbove(Call.class, inOperation),
        text);
    for (Thread thread : List.of(inSupplier, inOperation, idle)) {
      thread.interrupt();
      thread.join();
    }
  }

  @Test
  void thrown_isTheExceptionOfACallThatShouldHaveEndedOtherwise() {
    RuntimeException unexpected = new RuntimeException();
    Event<Call<Object>> legitimate = event(0, "get", threw(new Exception()), 0, 0, 0);
    Event<Call<Object>> surprising = event(1, "get", threw(unexpected), 1, 0, 0);
    Failure<Object> failure =
        new Failure<>(
            "Subject",
            history(List.of(legitimate), List.of(surprising), List.of()),
            unexplained(false, deadEnd(List.of(legitimate), contradiction(surprising, DONE))),
            EFFORT);

    assertSame(unexpected, failure.thrown().orElseThrow());
  }

  private record Wait() implements Calls.Body<CountDownLatch> {
    @Override
    public Result run(CountDownLatch latch) throws InterruptedException {
      latch.await();
      return DONE;
    }
  }

  private record Make(CountDownLatch latch) implements Supplier<Object> {
    @Override
    public Object get() {
      await(latch);
      return latch;
    }
  }

  private static void await(CountDownLatch latch) {
    assertThrows(InterruptedException.class, latch::await);
  }

  private static Thread waiting(String name, Runnable task) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    thread.start();
    while (thread.getState() != Thread.State.WAITING
        || Arrays.stream(thread.getStackTrace())
            .noneMatch(frame -> frame.getClassName().equals(CountDownLatch.class.getName()))) {
      Thread.onSpinWait();
    }
    return thread;
  }

  private static String framesAbove(Class<?> caller, Thread thread) {
    return Arrays.stream(thread.getStackTrace())
        .takeWhile(frame -> !frame.getClassName().equals(caller.getName()))
        .map(frame -> "    at " + frame + "\n")
        .collect(joining());
  }

  private static Object throwing(Supplier<String> toString) {
    return new Object() {
      @Override
      public String toString() {
        return toString.get();
      }
    };
  }

  private static Event<Call<Object>> event(
      int lane, String name, Result result, Integer... returnedBefore) {
    return new Event<>(lane, operation(name, result), result, List.of(returnedBefore));
  }

  private static Call<Object> operation(String name, Result result) {
    return Calls.call(name, subject -> result);
  }

  @SafeVarargs
  @SuppressWarnings("varargs") // the array is only read
  private static History<Call<Object>> history(List<Event<Call<Object>>>... lanes) {
    return new History<>(List.of(lanes));
  }

  @SafeVarargs
  @SuppressWarnings("varargs") // the array is only read
  private static Unexplained<Object> unexplained(
      boolean explainedWithoutTime, DeadEnd<Call<Object>>... deadEnds) {
    return new Unexplained<>(
        Consistency.LINEARIZABLE, new Fails<>(List.of(deadEnds)), explainedWithoutTime);
  }

  @SafeVarargs
  @SuppressWarnings("varargs") // the array is only read
  private static DeadEnd<Call<Object>> deadEnd(
      List<Event<Call<Object>>> order, Contradiction<Call<Object>>... contradictions) {
    return new DeadEnd<>(order, List.of(contradictions));
  }

  private static Contradiction<Call<Object>> contradiction(
      Event<Call<Object>> event, Result expected) {
    return new Contradiction<>(event, expected);
  }
}
