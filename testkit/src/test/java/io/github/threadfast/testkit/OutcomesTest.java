package io.github.threadfast.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.threadfast.testkit.OutcomeTable.Outcome;
import io.github.threadfast.testkit.OutcomeTable.Row;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.opentest4j.AssertionFailedError;
import org.opentest4j.TestAbortedException;

@Timeout(60)
class OutcomesTest {
  private static final Duration SHORT = Duration.ofMillis(200);

  private interface Buffers {
    int writeXReadY();

    int writeYReadX();
  }

  private static final class Plain implements Buffers {
    private int x;
    private int y;

    @Override
    public int writeXReadY() {
      x = 1;
      return y;
    }

    @Override
    public int writeYReadX() {
      y = 1;
      return x;
    }
  }

  private static final class Volatile implements Buffers {
    private volatile int x;
    private volatile int y;

    @Override
    public int writeXReadY() {
      x = 1;
      return y;
    }

    @Override
    public int writeYReadX() {
      y = 1;
      return x;
    }
  }

  private static Outcomes<Buffers> storeBuffering(Supplier<Buffers> supplier) {
    return Outcomes.of(supplier)
        .operation("x = 1; read y", Buffers::writeXReadY)
        .operation("y = 1; read x", Buffers::writeYReadX)
        .allowed("A first", 0, 1)
        .allowed("B first", 1, 0)
        .allowed("both wrote, then both read", 1, 1);
  }

  @Test
  void plainFields_hideBothWritesFromBothReads() {
    Outcomes<Buffers> plain =
        storeBuffering(Plain::new).forbidden("neither saw the other's write", 0, 0).budget(SHORT);

    String message = failureWithin(Duration.ofSeconds(30), plain);

    assertTrue(message.startsWith("Plain came to what must not be, marked !, in "), message);
    assertTrue(message.contains("\n! (0, 0)  | "), message);
  }

  /** Tries again and again, since a busy machine may run the threads on one core for a while. */
  private static String failureWithin(Duration time, Outcomes<?> outcomes) {
    long end = System.nanoTime() + time.toNanos();
    while (System.nanoTime() - end < 0) {
      try {
        outcomes.assertOutcomes();
      } catch (TestAbortedException neverMet) {
        // once more
      } catch (AssertionFailedError seen) {
        return seen.getMessage();
      }
    }
    throw new TestAbortedException("The threads did not meet within " + time);
  }

  @Test
  void volatileFields_neverDo() {
    OutcomeTable table =
        storeBuffering(Volatile::new)
            .forbidden("neither saw the other's write", 0, 0)
            .budget(Duration.ofSeconds(1))
            .check();

    assertEquals(0, table.count(0, 0));
    assertEquals(table.runs(), table.count(0, 1) + table.count(1, 0) + table.count(1, 1));
  }

  @Test
  void aLastLook_isTheLastPartOfTheOutcome() {
    Outcomes.of(AtomicInteger::new)
        .action("increment", AtomicInteger::incrementAndGet)
        .operation("add 2", counter -> counter.addAndGet(2))
        .afterwards("get", AtomicInteger::get)
        .allowed("A first", 3, 3)
        .allowed("B first", 2, 3)
        .budget(SHORT)
        .assertOutcomes();
  }

  @Test
  void anOutcomeWithoutARow_fails() {
    Outcomes<AtomicInteger> outcomes =
        Outcomes.of(AtomicInteger::new)
            .operation("one", counter -> "one")
            .operation("two", counter -> 2)
            .budget(SHORT);

    String message =
        assertThrows(AssertionFailedError.class, outcomes::assertOutcomes).getMessage();

    assertTrue(message.contains("\n! (\"one\", 2) | "), message);
    assertTrue(message.endsWith(" | 100.00% | undeclared |\n"), message);
  }

  @Test
  void whatAnActionThrows_isPartOfTheOutcome() {
    Outcomes<Object> outcomes =
        Outcomes.of(Object::new)
            .operation(
                "throw",
                subject -> {
                  throw new IOException();
                })
            .action("nothing", subject -> {})
            .budget(SHORT);

    outcomes.allowed("always", IOException.class).assertOutcomes();
    String message =
        assertThrows(
                AssertionFailedError.class,
                outcomes.allowed("never", IllegalStateException.class)::assertOutcomes)
            .getMessage();
    assertTrue(message.contains("\n! (threw IOException) "), message);
  }

  @Test
  void whatAnActionWithoutResultThrows_hasNoRow() {
    Outcomes<Object> outcomes =
        Outcomes.of(Object::new)
            .operation("one", subject -> 1)
            .action(
                "throw",
                subject -> {
                  throw new IOException();
                })
            .allowed("as if nothing had happened", 1)
            .budget(SHORT);

    String message =
        assertThrows(AssertionFailedError.class, outcomes::assertOutcomes).getMessage();

    assertTrue(message.contains("\n! (1, threw IOException) "), message);
  }

  @Test
  void nullAndArrays_areResults() {
    Outcomes.of(Object::new)
        .operation("null", subject -> null)
        .operation("array", subject -> new int[] {1})
        .allowed("always", null, new int[] {1})
        .budget(SHORT)
        .assertOutcomes();
  }

  @Test
  void countless_outcomesEndTheCount() {
    AtomicInteger next = new AtomicInteger();
    Outcomes<Object> outcomes =
        Outcomes.of(Object::new)
            .operation("next", subject -> next.incrementAndGet())
            .action("nothing", subject -> {})
            .budget(Duration.ofDays(1));

    String message =
        assertThrows(AssertionFailedError.class, outcomes::assertOutcomes).getMessage();

    assertTrue(message.matches("(?s).*\n  and \\d+ outcomes more\n"), message);
  }

  @Nested
  class Table {
    private final List<Row> rows =
        List.of(
            row(1_204_330, Expectation.ALLOWED, "A first", 0, 1),
            row(12, Expectation.INTERESTING, "both waited in a buffer", 0, 0),
            row(0, Expectation.INTERESTING, "both at once", 1, 1),
            row(9_000, Expectation.ALLOWED, "B first", 1, 0));

    @Test
    void withNothingForbidden_isShownWordForWord() {
      assertEquals(
          """
          Buffers came to nothing that must not be, in 1,213,342 runs and 1.5 s:

            A: x = 1
            B: y = 1

            outcome |     count |  share | expected    | why
            --------+-----------+--------+-------------+------------------------
            (0, 0)  |        12 | <0.01% | interesting | both waited in a buffer
            (0, 1)  | 1,204,330 | 99.26% | allowed     | A first
            (1, 0)  |     9,000 |  0.74% | allowed     | B first
            (1, 1)  |         0 |  0.00% | interesting | both at once

          Interesting, but not seen: (1, 1). It may take a larger budget, or another machine.
          """,
          table(rows).toString());
    }

    @Test
    void withSomethingForbidden_marksIt() {
      List<Row> bad =
          List.of(
              row(3, Expectation.ALLOWED, "A first", 1),
              row(2, Expectation.FORBIDDEN, "torn", 2),
              row(1, Expectation.UNDECLARED, "", "three"),
              row(0, Expectation.FORBIDDEN, "never", 4));

      assertEquals(
          """
          Buffers came to what must not be, marked !, in 3 of 6 runs:

            A: x = 1
            B: y = 1

            outcome   | count |  share | expected   | why
            ----------+-------+--------+------------+--------
          ! ("three") |     1 | 16.67% | undeclared |
            (1)       |     3 | 50.00% | allowed    | A first
          ! (2)       |     2 | 33.33% | forbidden  | torn
            (4)       |     0 |  0.00% | forbidden  | never
          """,
          table(bad).toString());
    }

    @Test
    void counts_areThoseOfTheRows() {
      OutcomeTable table = table(rows);

      assertEquals(1_213_342, table.runs());
      assertEquals(12, table.count(0, 0));
      assertEquals(0, table.count(1, 1));
      assertEquals(0, table.count(7));
    }

    @Test
    void ofThreadsThatNeverMet_skipsTheTest() {
      OutcomeTable table =
          new OutcomeTable("Buffers", List.of(), rows, Duration.ofMillis(1500), false);

      assertEquals(
          "In 1,213,342 runs no two threads ever ran at the same time, so that the table would say"
              + " nothing. Run the test on two free cores, or raise budget.",
          assertThrows(TestAbortedException.class, table::requireOverlap).getMessage());
    }

    private static OutcomeTable table(List<Row> rows) {
      return new OutcomeTable(
          "Buffers", List.of("A: x = 1", "B: y = 1"), rows, Duration.ofMillis(1500), true);
    }

    private static Row row(long count, Expectation expectation, String why, Object... results) {
      return new Row(Outcome.of(Arrays.asList(results)), count, expectation, why);
    }
  }

  @Nested
  class BadInput {
    private final Outcomes<Object> outcomes =
        Outcomes.of(Object::new)
            .operation("one", subject -> 1)
            .operation("two", subject -> 2)
            .budget(SHORT);

    static Stream<Arguments> nulls() {
      Outcomes<Object> outcomes = Outcomes.of(Object::new);
      return Stream.of(
          Arguments.of("subject", (Executable) () -> Outcomes.of(null)),
          Arguments.of("name", (Executable) () -> outcomes.operation(null, s -> 1)),
          Arguments.of("operation", (Executable) () -> outcomes.operation("a", null)),
          Arguments.of("name", (Executable) () -> outcomes.action(null, s -> {})),
          Arguments.of("action", (Executable) () -> outcomes.action("a", null)),
          Arguments.of("name", (Executable) () -> outcomes.afterwards(null, s -> 1)),
          Arguments.of("operation", (Executable) () -> outcomes.afterwards("a", null)),
          Arguments.of("why", (Executable) () -> outcomes.allowed(null, 1)),
          Arguments.of("results", (Executable) () -> outcomes.allowed("a", (Object[]) null)),
          Arguments.of("why", (Executable) () -> outcomes.interesting(null, 1)),
          Arguments.of("why", (Executable) () -> outcomes.forbidden(null, 1)),
          Arguments.of("budget", (Executable) () -> outcomes.budget(null)));
    }

    @ParameterizedTest
    @MethodSource("nulls")
    void null_isRejectedByName(String name, Executable call) {
      assertEquals(name, assertThrows(NullPointerException.class, call).getMessage());
    }

    @Test
    void everySetting_returnsAnotherTable() {
      Stream.<UnaryOperator<Outcomes<Object>>>of(
              table -> table.seed(1), table -> table.budget(SHORT), table -> table.allowed("a", 1))
          .forEach(setting -> assertNotSame(outcomes, setting.apply(outcomes)));
    }

    @Test
    void aBadBudget_isRejected() {
      assertEquals(
          "budget must be more than zero and one day at most: was PT0S.",
          assertThrows(IllegalArgumentException.class, () -> outcomes.budget(Duration.ZERO))
              .getMessage());
    }

    @Test
    void aSecondRowForOneOutcome_isRejected() {
      assertEquals(
          "results are taken: there is a row for (1, 2) already.",
          assertThrows(
                  IllegalArgumentException.class,
                  () -> outcomes.allowed("a", 1, 2).forbidden("b", 1, 2))
              .getMessage());
    }

    @Test
    void aRowOfAnotherLength_isRejected() {
      assertEquals(
          "(1) can't be an outcome: 2 operations return something.",
          assertThrows(IllegalStateException.class, outcomes.allowed("a", 1)::check).getMessage());
    }

    @Test
    void fewerThanTwoActions_areRejected() {
      assertEquals(
          "There must be two actions or more: add them with operation(name, …) or action(name, …).",
          assertThrows(
                  IllegalStateException.class,
                  Outcomes.of(Object::new).action("one", s -> {})::check)
              .getMessage());
    }

    @Test
    void aSupplierThatReturnsOneObjectTwice_isRejected() {
      Object shared = new Object();
      Outcomes<Object> table =
          Outcomes.of(() -> shared).action("one", s -> {}).action("two", s -> {});

      assertEquals(
          "supplier returned the same Object twice. Every run needs a subject of its own: make a new"
              + " one inside the supplier.",
          assertThrows(IllegalArgumentException.class, table::check).getMessage());
    }

    @Test
    void aBudgetTooSmallForOneRun_fails() {
      assertEquals(
          "Nothing was run within the budget: raise budget.",
          assertThrows(AssertionFailedError.class, outcomes.budget(Duration.ofNanos(1))::check)
              .getMessage());
    }
  }

  @Test
  void aHang_failsWithTheStacks() {
    CountDownLatch never = new CountDownLatch(1);
    Outcomes<Object> outcomes =
        Outcomes.of(Object::new)
            .action("wait", subject -> never.await())
            .action("nothing", subject -> {})
            .budget(SHORT);

    String message = assertThrows(AssertionFailedError.class, outcomes::check).getMessage();

    assertTrue(message.contains(CountDownLatch.class.getName() + ".await("), message);
  }

  @Test
  void anInterrupt_endsTheCountAndStays() {
    Thread caller = Thread.currentThread();
    AtomicBoolean interrupted = new AtomicBoolean();
    Outcomes<Object> outcomes =
        Outcomes.of(Object::new)
            .action(
                "interrupt the caller",
                subject -> {
                  if (interrupted.compareAndSet(false, true)) { // later ones might come too late
                    caller.interrupt();
                  }
                })
            .action("nothing", subject -> {})
            .budget(Duration.ofDays(1));

    String message = assertThrows(AssertionFailedError.class, outcomes::check).getMessage();

    assertTrue(Thread.interrupted());
    assertEquals("Interrupted before the outcomes were counted.", message);
  }
}
