package io.github.threadfast.testkit;

import static net.jqwik.api.Arbitraries.integers;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.threadfast.testkit.model.Result;
import io.github.threadfast.testkit.scenario.Operation;
import io.github.threadfast.testkit.scenario.Program;
import io.github.threadfast.testkit.scenario.ReplayToken;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
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
import org.junit.jupiter.params.provider.ValueSource;
import org.opentest4j.AssertionFailedError;
import org.opentest4j.TestAbortedException;

@Timeout(60)
class StressTest {
  private static final Duration SHORT = Duration.ofMillis(200);

  private final Stress<AtomicInteger> counter =
      Stress.of(AtomicInteger::new).operation("get", AtomicInteger::get).budget(SHORT);

  @Nested
  class BadInput {

    static Stream<Arguments> nulls() {
      Stress<Object> stress = Stress.of(Object::new);
      return Stream.of(
          Arguments.of("supplier", (Executable) () -> Stress.of((Supplier<Object>) null)),
          Arguments.of("type", (Executable) () -> Stress.of((Class<Object>) null)),
          Arguments.of("name", (Executable) () -> stress.operation(null, Object::hashCode)),
          Arguments.of("name", (Executable) () -> stress.action(null, subject -> {})),
          Arguments.of("operation", (Executable) () -> stress.operation("a", null)),
          Arguments.of("action", (Executable) () -> stress.action("a", null)),
          Arguments.of("budget", (Executable) () -> stress.budget(null)));
    }

    @ParameterizedTest
    @MethodSource("nulls")
    void null_isRejectedByName(String name, Executable call) {
      assertEquals(name, assertThrows(NullPointerException.class, call).getMessage());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "  ", "\n"})
    void aBlankName_isRejected(String blank) {
      String message = "name must not be blank: the report needs it.";

      rejects(message, () -> counter.operation(blank, AtomicInteger::get));
      rejects(message, () -> counter.action(blank, AtomicInteger::get));
    }

    @Test
    void aTakenName_isRejected() {
      String message = "name is taken: there is an operation \"get\" already. Choose another.";

      rejects(message, () -> counter.operation("get", AtomicInteger::incrementAndGet));
      rejects(message, () -> counter.action("get", AtomicInteger::incrementAndGet));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 0, -1, 27, Integer.MIN_VALUE})
    void threads_whenTooFewOrTooMany_areRejected(int threads) {
      rejects("threads must be from 2 to 26: was " + threads + ".", () -> counter.threads(threads));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1})
    void operationsPerThread_whenLessThanOne_isRejected(int operations) {
      rejects(
          "operationsPerThread must be at least 1: was " + operations + ".",
          () -> counter.operationsPerThread(operations));
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT0S", "PT-1S", "PT24H0.000000001S", "PT2562047788015215H"})
    void budget_whenNotPositiveOrTooLong_isRejected(Duration budget) {
      rejects(
          "budget must be more than zero and one day at most: was " + budget + ".",
          () -> counter.budget(budget));
    }

    @Test
    void limits_areAllowed() {
      counter.threads(2).threads(26).operationsPerThread(1).budget(Duration.ofDays(1));
    }

    @Test
    void noOperations_areRejected() {
      assertEquals(
          "There are no operations to run: add them with operation(name, …) or action(name, …).",
          assertThrows(IllegalStateException.class, Stress.of(Object::new)::assertLinearizable)
              .getMessage());
    }

    @Test
    void aSupplierThatThrows_isRejected() {
      IllegalStateException cause = new IllegalStateException("no database");
      Stress<Object> stress =
          Stress.of(() -> {
            throw cause;
          });

      IllegalArgumentException e =
          rejects(
              "supplier threw java.lang.IllegalStateException: no database."
                  + " It must make a new subject for every run.",
              stress.operation("hashCode", Object::hashCode)::assertLinearizable);
      assertSame(cause, e.getCause());
    }

    @Test
    void aSupplierThatReturnsNull_isRejected() {
      rejects(
          "supplier returned null. It must make a new subject for every run.",
          Stress.of(() -> null).operation("hashCode", Object::hashCode)::assertLinearizable);
    }

    @Test
    void aSupplierThatReturnsOneObjectTwice_isRejected() {
      AtomicInteger shared = new AtomicInteger();

      rejects(
          "supplier returned the same AtomicInteger twice. Every run needs a subject of its own:"
              + " make a new one inside the supplier.",
          Stress.of(() -> shared).operation("get", AtomicInteger::get)::assertLinearizable);
    }

    private static IllegalArgumentException rejects(String message, Executable call) {
      IllegalArgumentException e = assertThrows(IllegalArgumentException.class, call);
      assertEquals(message, e.getMessage());
      return e;
    }
  }

  static Stream<UnaryOperator<Stress<AtomicInteger>>> settings() {
    return Stream.of(
        stress -> stress.operation("add", AtomicInteger::incrementAndGet),
        stress -> stress.action("add", AtomicInteger::incrementAndGet),
        stress -> stress.threads(5),
        stress -> stress.operationsPerThread(5),
        stress -> stress.budget(Duration.ofSeconds(5)),
        stress -> stress.seed(5));
  }

  @ParameterizedTest
  @MethodSource("settings")
  void everySetting_returnsAnotherStressAndLeavesThisOne(
      UnaryOperator<Stress<AtomicInteger>> setting) {
    Stress<AtomicInteger> other = setting.apply(counter);

    assertNotSame(counter, other);
    assertEquals(1, counter.settings().operations.size());
    assertEquals(3, counter.settings().threads);
    assertEquals(3, counter.settings().operationsPerThread);
    counter.assertLinearizable();
  }

  @Test
  void settings_keepEachOther() {
    Stress<AtomicInteger> all = counter;
    for (UnaryOperator<Stress<AtomicInteger>> setting : settings().skip(1).toList()) {
      all = setting.apply(all);
    }

    assertEquals(2, all.settings().operations.size());
    assertEquals(5, all.settings().threads);
    assertEquals(5, all.settings().operationsPerThread);
  }

  @Test
  void howeverSmallTheBudget_oneScenarioIsRun() {
    AtomicInteger calls = new AtomicInteger();

    try {
      Stress.of(Object::new)
          .operation("call", integers(), (subject, n) -> calls.incrementAndGet() < 0)
          .budget(Duration.ofNanos(1))
          .assertLinearizable();
    } catch (TestAbortedException theThreadsMayNotHaveMet) {
      assertTrue(calls.get() > 0, theThreadsMayNotHaveMet.getMessage());
    }

    assertTrue(calls.get() > 0);
  }

  @Test
  void aFailure_isShrunkToItsCore() {
    Finding finding =
        found(
            Stress.of(Counter::new)
                .action("increment", Counter::incrementAndGet)
                .operation("get", counter -> counter.count)
                .seed(42));

    finding.requireReport(
        """
        Counter is not linearizable: no order of these calls gives these results.

          thread A    | thread B
          ------------+------------
          increment() | increment()

          afterwards: get() -> 1

        The orders that explain most of it:
          A increment(), B increment(); then get() should have returned 2 but returned 1
        """);
    assertTrue(
        finding
            .message()
            .matches(
                "(?s).*\\.\\nTo try the same scenarios: \\.seed\\(42L\\)\\n"
                    + "To run this one alone: \\.replay\\(\"tf1-[\\w-]+\"\\)\\n"
                    + "Timeline: target/threadfast/Counter-\\d+\\.html"),
        finding.message());
  }

  @Test
  void aFailure_carriesTheExceptionOfACall() {
    AssertionFailedError e =
        found(Stress.of(Turnstile::new).action("pass", Turnstile::pass)).failure();

    assertTrue(e.getMessage().contains("pass() threw IllegalStateException"), e.getMessage());
    assertInstanceOf(IllegalStateException.class, e.getCause());
  }

  @Test
  void equalsThatOverlooksState_isNoFalseAlarm() {
    Stress.of(Blind::new)
        .operation("increment", Blind::incrementAndGet)
        .budget(SHORT)
        .assertLinearizable();
  }

  @Test
  void equalsThatOverlooksState_hidesNoFailure() {
    String message = found(Stress.of(Turncoat::new).operation("enter", Turncoat::enter)).message();

    assertTrue(message.startsWith("Turncoat is not linearizable: "), message);
  }

  @Nested
  class Nondeterminism {

    @Test
    void ofTheClassItself_failsAndSaysSo() {
      AtomicInteger shared = new AtomicInteger();

      String message =
          failure(Stress.of(Object::new).operation("draw", subject -> shared.incrementAndGet()));

      assertEquals(
          """
          Object can't be judged: run alone, the calls
            draw()
          gave two results: draw() -> 1 the first time, draw() -> # the second.
          A result must depend on the calls before it and on nothing else. If it does, give its \
          class an equals, or return a part of it that has one; of what changes later, return a copy.\
          """,
          message.replaceFirst("\\d+ the second", "# the second"));
    }

    @Test
    void ofResultsWithoutEquals_failsAndSaysSo() {
      String message =
          failure(
              Stress.of(Object::new)
                  .operation(
                      "make",
                      subject ->
                          new Object() {
                            @Override
                            public String toString() {
                              return "thing";
                            }
                          }));

      assertTrue(
          message.contains(
              "gave two results: make() -> thing the first time, make() -> thing the second."),
          message);
    }

    @Test
    void ofResultsThatAppearOnlyAfterOtherCalls_failsAndSaysSo() {
      String message =
          failure(
              Stress.of(ConcurrentLinkedQueue::new)
                  .action("put", queue -> queue.add(new Object()))
                  .operation("take", ConcurrentLinkedQueue::poll));

      assertTrue(message.startsWith("ConcurrentLinkedQueue can't be judged: "), message);
    }
  }

  @Test
  void aClassTooHardToJudge_failsInTime() {
    String message =
        failure(
            Stress.of(Crowd::new)
                .operation("enter", Crowd::enter)
                .threads(Crowd.SIZE)
                .replay(Crowd.ALL_ENTER)
                .budget(Duration.ofSeconds(1)));

    assertTrue(message.startsWith("Undecided: for "), message);
    assertTrue(
        message.endsWith(
            " runs neither an order was found nor that there is none."
                + " Lower threads or operationsPerThread, or give Crowd an equals, so that states can"
                + " be told apart by more than the calls that lead to them."),
        message);
  }

  @Test
  void anError_isAResultLikeAnyOther() {
    Stress.of(AtomicInteger::new)
        .operation(
            "overflow",
            counter -> {
              throw new StackOverflowError();
            })
        .operation("add", AtomicInteger::incrementAndGet)
        .budget(SHORT)
        .assertLinearizable();
  }

  @Test
  void anErrorThatComesOfARace_isACauseOfTheFailure() {
    AssertionFailedError e =
        found(
                Stress.of(AtomicInteger::new)
                    .action(
                        "count",
                        inside -> {
                          try {
                            if (inside.incrementAndGet() > 1) {
                              throw new InternalError("met");
                            }
                            Window.open();
                          } finally {
                            inside.decrementAndGet();
                          }
                        }))
            .failure();

    assertTrue(e.getMessage().contains("count() threw InternalError"), e.getMessage());
    assertInstanceOf(InternalError.class, e.getCause());
  }

  /** Only older JDKs let a thread be ended: there that is an error like another. */
  @Test
  void anOperationThatEndsItsThread_doesNotEndTheSearch() throws NoSuchMethodException {
    Method stop = Thread.class.getMethod("stop");

    Stress.of(AtomicInteger::new)
        .operation(
            "stop",
            counter -> {
              try {
                return stop.invoke(Thread.currentThread());
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            })
        .operation("add", AtomicInteger::incrementAndGet)
        .budget(SHORT)
        .assertLinearizable();
  }

  @Test
  void actionsAlone_showNothingAndFail() {
    assertEquals(
        "Nothing could be seen: no call returned or threw anything. Add an operation that returns"
            + " what the others did.",
        found(Stress.of(Counter::new).action("inc", Counter::incrementAndGet).budget(SHORT))
            .message());
  }

  @Test
  void aResultThatChangesLater_failsAndSaysSo() {
    String message =
        failure(
            Stress.<Map<String, String>>of(ConcurrentHashMap::new)
                .action("put", map -> map.put("a", "b"))
                .operation("keys", Map::keySet));

    assertTrue(message.startsWith("ConcurrentHashMap can't be judged: "), message);
    assertTrue(message.endsWith("of what changes later, return a copy."), message);
  }

  @Test
  void slowCalls_areNoHang() {
    Stress.of(Object::new)
        .operation(
            "slow",
            subject -> {
              new CountDownLatch(1).await(20, TimeUnit.MILLISECONDS);
              return 1;
            })
        .assertLinearizable();
  }

  @Test
  void aResultWhoseTextNeverEnds_isStuckAndDoesNotTakeTheCallerWithIt() {
    String message =
        found(
                Stress.of(Counter::new)
                    .operation("increment", counter -> new Endless(counter.incrementAndGet()))
                    .budget(SHORT))
            .message();

    assertTrue(
        message.startsWith(
            "Counter hangs even when one thread alone calls it, so this is no race."),
        message);
    assertTrue(message.contains("Endless.toString"), message);
  }

  private record Endless(int value) {
    @Override
    public String toString() {
      try {
        new CountDownLatch(1).await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      return "ended";
    }
  }

  @Test
  void aHangWhileShrinking_hidesNoFailure() {
    AtomicInteger subjects = new AtomicInteger();

    Finding finding =
        found(
            Stress.of(
                    () -> {
                      subjects.incrementAndGet();
                      return new Counter();
                    })
                .operation(
                    "increment",
                    counter -> {
                      if (subjects.get() > 5_000) {
                        new CountDownLatch(1).await();
                      }
                      return counter.incrementAndGet();
                    })
                .budget(SHORT));

    finding.require(finding.message().startsWith("Counter is not linearizable: "));
  }

  @Nested
  class Interruption {

    @Test
    void ofTheCaller_endsTheSearchAndStays() throws InterruptedException {
      Thread caller = Thread.currentThread();
      Set<Thread> threadA = ConcurrentHashMap.newKeySet();
      String message =
          failure(
              counter
                  .action(
                      "interrupt the caller",
                      subject -> {
                        if (isAlone() && threadA.add(Thread.currentThread())) {
                          caller.interrupt();
                          new CountDownLatch(1).await();
                        }
                      })
                  .budget(Duration.ofDays(1))
                  .seed(1));

      assertTrue(Thread.interrupted());
      assertEquals("Interrupted before the search was over.", message);
      requireEnded(threadA);
    }

    @Test
    void ofItsOwnThreadByAnOperation_reachesNobody() {
      counter
          .action("interrupt", subject -> Thread.currentThread().interrupt())
          .operation("interrupted", subject -> Thread.currentThread().isInterrupted())
          .assertLinearizable();
    }
  }

  @Test
  void aSeed_givesTheSameScenarios() {
    List<String> scenarios = scenarios(42);
    List<String> again = scenarios(42);
    List<String> others = scenarios(43);

    int common = Math.min(scenarios.size(), again.size());
    assertTrue(common >= 3, "tried only " + common);
    assertEquals(scenarios.subList(0, common), again.subList(0, common));
    assertNotEquals(scenarios.subList(0, 3), others.subList(0, 3));
  }

  private static List<String> scenarios(long seed) {
    Queue<Recorder> recorders = new ConcurrentLinkedQueue<>();
    Stress.<Recorder>of(
            () -> {
              Recorder recorder = new Recorder();
              recorders.add(recorder);
              return recorder;
            })
        .operation("a", recorder -> recorder.record("a"))
        .operation("b", recorder -> recorder.record("b"))
        .operation("c", recorder -> recorder.record("c"))
        .budget(Duration.ofMillis(500))
        .seed(seed)
        .assertLinearizable();

    List<String> scenarios = new ArrayList<>();
    for (Recorder recorder : recorders) {
      String scenario = recorder.toString().replaceFirst("afterwards=[abc]+, ", "");
      if (scenario.contains("thread A")
          && (scenarios.isEmpty() || !scenarios.get(scenarios.size() - 1).equals(scenario))) {
        scenarios.add(scenario);
      }
    }
    return scenarios;
  }

  /** Which calls were made in which thread. */
  private static final class Recorder {
    private final Map<String, String> calls = new TreeMap<>();

    synchronized boolean record(String call) {
      String alone = calls.size() > 1 ? "afterwards" : "before";
      String lane = isAlone() ? alone : Thread.currentThread().getName();
      calls.merge(lane, call, String::concat);
      return true;
    }

    @Override
    public synchronized String toString() {
      return calls.toString();
    }
  }

  /** Loses an increment if two meet. */
  private static final class Counter {
    private volatile int count;

    int incrementAndGet() {
      int seen = count;
      Window.open();
      count = seen + 1;
      return seen + 1;
    }
  }

  /** Equal to each other whatever they hold. */
  private static class Blind {
    private int count;

    synchronized int incrementAndGet() {
      return ++count;
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Blind;
    }

    @Override
    public int hashCode() {
      return 1;
    }
  }

  /**
   * Turns the second caller away, unless two meet. Then each result is one that the first state
   * gives, and all states are said to be equal to it.
   */
  private static final class Turncoat extends Blind {
    private final AtomicInteger calls = new AtomicInteger();

    boolean enter() {
      boolean first = calls.get() == 0;
      Window.open();
      return calls.incrementAndGet() != 2 || first;
    }
  }

  /** Throws if two meet. */
  private static final class Turnstile {
    private final AtomicInteger inside = new AtomicInteger();

    void pass() {
      try {
        if (inside.incrementAndGet() > 1) {
          throw new IllegalStateException();
        }
        Window.open();
      } finally {
        inside.decrementAndGet();
      }
    }
  }

  /** Tells only the last of a crowd. The others could have come in any order: too many to try. */
  private static final class Crowd {
    private static final int SIZE = 16;
    private static final String ALL_ENTER = allEnter();

    private final CountDownLatch crowded = new CountDownLatch(SIZE);
    private final AtomicInteger inside = new AtomicInteger();

    boolean enter() throws InterruptedException {
      if (isAlone()) {
        return false;
      }
      boolean last = inside.incrementAndGet() == SIZE;
      crowded.countDown();
      crowded.await(); // so that all calls overlap
      return last;
    }

    private static String allEnter() {
      Operation<Crowd> enter =
          new Operation<>(
              "enter",
              Operation.Place.ANYWHERE,
              1,
              Set.of(),
              List.of(),
              (crowd, none) -> Result.DONE);
      return ReplayToken.of(
          new Program<>(List.of(), Collections.nCopies(SIZE, List.of(enter.call())), List.of()),
          List.of(enter));
    }
  }

  /** Returns whether the caller runs before or after the threads of a scenario, or in the model. */
  private static boolean isAlone() {
    return StackWalker.getInstance()
        .walk(frames -> frames.noneMatch(frame -> frame.getMethodName().equals("runThread")));
  }

  private static void requireEnded(Set<Thread> threads) throws InterruptedException {
    assertFalse(threads.isEmpty());
    for (Thread thread : threads) {
      thread.join();
    }
  }

  /** Returns what takes a race to be found. */
  private static Finding found(Stress<?> stress) {
    return Finding.of(stress::assertLinearizable);
  }

  private static String failure(Stress<?> stress) {
    return assertThrows(AssertionFailedError.class, stress::assertLinearizable).getMessage();
  }
}
