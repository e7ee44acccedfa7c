package io.github.threadfast.testkit;

import static net.jqwik.api.Arbitraries.integers;
import static net.jqwik.api.Arbitraries.strings;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.threadfast.testkit.model.Model;
import io.github.threadfast.testkit.model.QueueModel;
import io.github.threadfast.testkit.model.StackModel;
import io.github.threadfast.testkit.scenario.Jqwik;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.lifecycle.AddLifecycleHook;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.opentest4j.AssertionFailedError;

/** Arguments, places, weights, models, invariants, replays. */
@Timeout(60)
class SpecificationTest {
  private static final Duration SHORT = Duration.ofMillis(300);

  /** Puts in two steps. */
  private static final class Register {
    private final Map<Integer, String> values = new ConcurrentHashMap<>();

    String put(int key, String value) {
      String old = values.get(key);
      Window.open();
      values.put(key, value);
      return old;
    }
  }

  private static Stress<Register> register() {
    return Stress.of(Register::new)
        .operation(
            "put", integers().between(1, 9), strings().alpha().ofMaxLength(3), Register::put);
  }

  @Test
  void arguments_areShownAndShrunk() {
    Finding finding = found(register());

    finding.require(
        finding
            .message()
            .contains(
                """
                  thread A           | thread B
                  -------------------+-------------------
                  put(1, "") -> null | put(1, "") -> null
                """));
  }

  @Test
  void lists_areInputsToo() {
    Finding finding =
        found(
            Stress.of(Register::new)
                .operation("put", List.of(1, 2, 3), List.of("a", "b"), Register::put));

    finding.require(finding.message().contains("put(1, \"a\") -> null | put(1, \"a\") -> null"));
  }

  @Test
  void threeArguments_areHandedOverInTheirOrder() {
    List<String> seen = new ArrayList<>();

    Stress.of(Object::new)
        .operation(
            "join",
            List.of("a"),
            List.of("b"),
            List.of("c"),
            (subject, a, b, c) -> {
              synchronized (seen) {
                seen.add(a + b + c);
              }
              return a + b + c;
            })
        .action("none", List.of("a"), List.of("b"), List.of("c"), (subject, a, b, c) -> {})
        .budget(Duration.ofMillis(50))
        .assertInvariants();

    assertEquals(Set.of("abc"), Set.copyOf(seen));
  }

  @Test
  void anEmptyList_isRejected() {
    assertEquals(
        "values must not be empty: there is no value to call the operation with.",
        assertThrows(
                IllegalArgumentException.class,
                () -> register().action("a", List.of(), (subject, value) -> {}))
            .getMessage());
  }

  @Property(tries = 3)
  @AddLifecycleHook(SkippedWithItsTries.class)
  void insideAProperty_argumentsAreDrawnAsElsewhere(@ForAll List<String> drawnByJqwik) {
    String message = found(register()).message();

    assertTrue(message.startsWith("Register is not linearizable"), message + drawnByJqwik);
  }

  @Test
  void anArgumentThatACallChanges_isNoRace() {
    String message =
        failure(
            Stress.of(Object::new)
                .operation(
                    "grow",
                    integers().list().ofMaxSize(3).map(ArrayList::new),
                    (subject, list) -> list.size() < 9 && list.add(7)));

    assertTrue(
        message.startsWith("grow can't be judged: a call has changed its argument, which is now [")
            || message.startsWith("Object can't be judged: "),
        message);
  }

  @Nested
  class Replay {

    @Test
    void ofAReport_runsThatScenarioAlone() {
      Finding first = found(register());
      first.require(first.message().contains("put(1, \"\") -> null | put(1, \"\") -> null"));
      String token = token(first.message());

      String message = found(register().replay(token)).message();

      assertTrue(message.contains("put(1, \"\") -> null | put(1, \"\") -> null"), message);
      assertTrue(message.contains(" in scenario 1, "), message);
      assertFalse(message.contains(".seed("), message);
      assertEquals(token, token(message));
    }

    @Test
    void ofAScenarioThatNoLongerFails_passesWhenTheBudgetIsOver() {
      AtomicBoolean corrected = new AtomicBoolean();
      Stress<Counter> counter =
          Stress.of(Counter::new)
              .operation(
                  "increment",
                  c -> {
                    if (!corrected.get()) {
                      c.increment();
                    }
                    return c.count;
                  });
      String token = token(found(counter).message());

      corrected.set(true);

      counter.replay(token).budget(SHORT).assertLinearizable();
    }

    @Test
    void ofMoreThreadsThanThereAre_isRejected() {
      String token = "";
      for (int i = 0; i < 20 && !token.contains("3 threads"); i++) {
        token = threeThreads();
      }
      String shown = token.substring(0, token.indexOf(' '));

      IllegalArgumentException e =
          assertThrows(
              IllegalArgumentException.class, meeting().threads(2).replay(shown)::assertInvariants);

      assertEquals(
          "replay has 3 threads, and the specification has 2: set threads(3) or more.",
          e.getMessage());
    }

    /** Fails only when three meet. */
    private Stress<AtomicInteger> meeting() {
      return Stress.of(AtomicInteger::new)
          .action(
              "meet",
              inside -> {
                try {
                  if (inside.incrementAndGet() == 3) {
                    throw new IllegalStateException();
                  }
                  Window.open();
                } finally {
                  inside.decrementAndGet();
                }
              });
    }

    private String threeThreads() {
      String message = Finding.of(meeting()::assertInvariants).message();
      return token(message) + (message.contains("thread C") ? " 3 threads" : " fewer");
    }

    @Test
    void ofAnotherSpecification_isRejected() {
      String token = token(found(register()).message());

      assertTrue(
          assertThrows(
                  IllegalArgumentException.class,
                  Stress.of(Object::new).operation("hash", subject -> 1).replay(token)
                      ::assertLinearizable)
              .getMessage()
              .startsWith("replay does not fit: "));
    }
  }

  private static String token(String message) {
    Matcher token = Pattern.compile("\\.replay\\(\"(.*?)\"\\)").matcher(message);
    assertTrue(token.find(), message);
    return token.group(1);
  }

  @Nested
  class Regressions {
    @TempDir private Path folder;

    @Test
    void areKeptAndTriedFirst() throws IOException {
      String token = token(found(register().regressions(folder.resolve("new"))).message());

      Finding again = found(register().regressions(folder.resolve("new")));

      Path file = onlyFile(folder.resolve("new"));
      assertTrue(file.getFileName().toString().matches("Register-[0-9a-f]{4}\\.replay"));
      assertEquals(token, Files.readAllLines(file).get(0));
      again.require(again.message().contains(" in scenario 1, "));
      again.require(Files.readAllLines(file).size() == 1);
    }

    @Test
    void ofACorrectClass_areTriedAndPass() {
      found(register().regressions(folder));

      Stress.of(AtomicInteger::new)
          .operation("get", AtomicInteger::get)
          .regressions(folder)
          .budget(SHORT)
          .assertLinearizable();
    }

    @Test
    void thatAreBroken_areRejected() throws IOException {
      found(register().regressions(folder));
      Files.writeString(onlyFile(folder), "tf1-nonsense\n");

      IllegalArgumentException e =
          assertThrows(
              IllegalArgumentException.class, register().regressions(folder)::assertLinearizable);

      assertTrue(e.getMessage().startsWith("replay does not fit: "), e.getMessage());
    }

    @Test
    void thatCannotBeKept_hideNoFailure() throws IOException {
      Path file = Files.writeString(folder.resolve("file"), "");

      AssertionFailedError e = found(register().regressions(file)).failure();

      assertTrue(e.getMessage().startsWith("Register is not linearizable"), e.getMessage());
      assertEquals(1, e.getSuppressed().length);
      assertTrue(
          e.getSuppressed()[0].getMessage().startsWith("regressions: can't write "),
          e.getSuppressed()[0].getMessage());
    }

    private Path onlyFile(Path in) throws IOException {
      try (var files = Files.list(in)) {
        List<Path> all = files.toList();
        assertEquals(1, all.size());
        return all.get(0);
      }
    }
  }

  @Nested
  class Places {

    /** Fails unless it is opened first and closed last. */
    private static final class Door {
      private final AtomicInteger state = new AtomicInteger();

      void open() {
        require(state.compareAndSet(0, 1));
      }

      boolean pass() {
        require(state.get() == 1);
        return true;
      }

      boolean close() {
        require(state.compareAndSet(1, 2));
        return true;
      }

      private static void require(boolean condition) {
        if (!condition) {
          throw new IllegalStateException();
        }
      }
    }

    @Test
    void beforeAndAfterwards_enframeEveryScenario() {
      Stress.of(Door::new)
          .before("open", Door::open)
          .operation("pass", Door::pass)
          .afterwards("close", Door::close)
          .budget(SHORT)
          .assertInvariants();
    }

    @Test
    void afterwards_canShowWhatTheOthersDid() {
      Finding finding =
          found(
              Stress.of(Counter::new)
                  .action("increment", Counter::increment)
                  .afterwards("count", counter -> counter.count));

      finding.require(finding.message().contains("\n  afterwards: count() -> 1\n"));
    }

    @Test
    void noOperationForTheThreads_isRejected() {
      assertThrows(
          IllegalStateException.class,
          Stress.of(Door::new).before("open", Door::open)::assertInvariants);
    }
  }

  /** Loses an increment if two meet. */
  private static final class Counter {
    private volatile int count;

    void increment() {
      int seen = count;
      Window.open();
      count = seen + 1;
    }
  }

  @Nested
  class Confinement {

    /** Lets one thread increment, and any look. */
    private Stress<Counter> counter() {
      return Stress.of(Counter::new)
          .action("increment", Counter::increment)
          .action("add one", Counter::increment)
          .operation("get", counter -> counter.count);
    }

    @Test
    void ofTheOnlyWriters_makesAClassForOneWriterPass() {
      counter().confined("increment", "add one").budget(SHORT).assertLinearizable();
    }

    @Test
    void ofEachWriterToAThreadOfItsOwn_isNotEnough() {
      String message = found(counter().confined("increment").confined("add one")).message();

      assertTrue(message.startsWith("Counter is not linearizable"), message);
    }

    @Test
    void inAProperty_isKept() {
      List<String> scenarios =
          new ArrayList<>(
              Jqwik.inSession(() ->
                  counter()
                      .confined("increment", "add one")
                      .scenarios()
                      .sampleStream()
                      .limit(200)
                      .map(Scenario::toString)
                      .toList()));

      for (String scenario : scenarios) {
        String threads = scenario.replaceFirst("^.*?; then (?=.*\\|\\|)", "");
        long writers =
            Pattern.compile(" \\|\\| ")
                .splitAsStream(threads.replaceFirst("; then .*", ""))
                .filter(thread -> !thread.matches("(get\\(\\)(, )?)*"))
                .count();
        assertTrue(writers <= 1, scenario);
      }
    }

    @Test
    void ofAllOperations_isRejected() {
      assertEquals(
          "All operations are confined to one thread: leave some for another.",
          assertThrows(
                  IllegalStateException.class,
                  counter().confined("increment", "add one", "get")::assertLinearizable)
              .getMessage());
    }

    @Test
    void ofAnUnknownOperation_isRejected() {
      assertEquals(
          "name is unknown: there is no operation \"gone\", only [increment, add one, get].",
          assertThrows(IllegalArgumentException.class, () -> counter().confined("gone"))
              .getMessage());
      assertEquals(
          "names must not be empty: name what to confine.",
          assertThrows(IllegalArgumentException.class, () -> counter().confined()).getMessage());
    }
  }

  @Test
  void weight_outOfRange_isRejected() {
    for (int weight : List.of(0, -1, 1_001)) {
      assertEquals(
          "weight must be from 1 to 1000: was " + weight + ".",
          assertThrows(IllegalArgumentException.class, () -> register().weight("put", weight))
              .getMessage());
    }
    register().weight("put", 1).weight("put", 1_000);
  }

  @Nested
  class Models {

    @Test
    void anotherClass_isTheJudge() {
      Stress.<Queue<Integer>>of(ConcurrentLinkedQueue::new)
          .operation("offer", integers().between(1, 3), Queue::offer)
          .operation("poll", Queue::poll)
          .against(ArrayDeque::new)
          .budget(SHORT)
          .assertLinearizable();
    }

    @Test
    void aModelThatDiffersInOneThread_isNoRace() {
      String message =
          failure(
              Stress.<Map<Integer, String>>of(ConcurrentHashMap::new)
                  .operation(
                      "put", List.of(1, 2), List.of("a"), (map, key, value) -> map.put(key, value))
                  .operation("size", Map::size)
                  .against(Forgetful::new));

      assertEquals(
          """
          ConcurrentHashMap differs from its model even when one thread alone calls it, so this is no \
          race:

            put(1, "a") -> null, put(1, "a") -> "a"

          By the model: put(1, "a"); then put(1, "a") should have returned null but returned "a".
          Correct the class or the model, then look for races.\
          """,
          message.replace("put(2, ", "put(1, "));
    }

    private Stress<Queue<Integer>> queue(Supplier<Queue<Integer>> supplier) {
      return Stress.of(supplier)
          .operation("offer", integers().between(1, 3), Queue::offer)
          .operation("poll", Queue::poll)
          .budget(Duration.ofSeconds(1));
    }

    @Test
    void aPureModel_isTheJudge() {
      Model<?> model = new QueueModel("offer", "poll");

      queue(ConcurrentLinkedQueue::new).against(model).assertLinearizable();
      String message = found(queue(Careless::new).against(model)).message();

      assertTrue(message.startsWith("Careless is not linearizable"), message);
    }

    @Test
    void aPureModelThatDiffersInOneThread_isNoRace() {
      String message =
          failure(queue(ConcurrentLinkedQueue::new).against(new StackModel("offer", "poll")));

      assertTrue(
          message.startsWith(
              "ConcurrentLinkedQueue differs from its model even when one thread alone calls it"),
          message);
    }

    @Test
    void aPureModelThatDoesNotKnowAnOperation_isRejected() {
      IllegalArgumentException e =
          assertThrows(
              IllegalArgumentException.class,
              queue(ConcurrentLinkedQueue::new).against(new QueueModel("add", "poll"))
                  ::assertLinearizable);

      assertTrue(e.getMessage().startsWith("model can't judge: "), e.getMessage());
      assertTrue(e.getMessage().contains("does not know the operation \"offer\""), e.getMessage());
    }

    /** Sees the head, then removes a head. */
    private static final class Careless extends ConcurrentLinkedQueue<Integer> {
      private static final long serialVersionUID = 1;

      @Override
      public Integer poll() {
        Integer head = peek();
        Window.open();
        super.poll();
        return head;
      }
    }

    /** Says that nothing was there before. */
    private static final class Forgetful extends HashMap<Integer, String> {
      private static final long serialVersionUID = 1;

      @Override
      public String put(Integer key, String value) {
        super.put(key, value);
        return null;
      }
    }
  }

  @Nested
  class Invariants {

    /** Moves money in two steps. */
    private static final class Accounts {
      private int savings = 100;
      private int current = 100;

      void move(int amount) {
        savings = Math.subtractExact(savings, amount);
        Window.open();
        current = Math.addExact(current, amount);
      }
    }

    private Stress<Accounts> accounts() {
      return Stress.of(Accounts::new)
          .action("move", integers().between(1, 50), Accounts::move)
          .invariant("nothing is lost", accounts -> accounts.savings + accounts.current == 200);
    }

    @Test
    void brokenByARace_isReportedWithoutResultsToSeeIt() {
      Finding.of(accounts()::assertInvariants)
          .requireReport(
              """
              Accounts breaks the invariant "nothing is lost" when the threads have ended.

                thread A | thread B
                ---------+---------
                move(1)  | move(1)

              The invariant is false. It holds when one thread makes all these calls.
              """);
    }

    @Test
    void thatThrows_isReportedWithItsException() {
      AssertionError cause = new AssertionError("sum is wrong");

      String message =
          Finding.of(
                  accounts()
                          .invariant(
                              "the sum is right",
                              accounts -> {
                                if (accounts.savings + accounts.current != 200) {
                                  throw cause;
                                }
                                return true;
                              })
                      ::assertInvariants)
              .message();

      assertTrue(message.startsWith("Accounts breaks the invariant "), message);
    }

    @Test
    void areNotAskedForBeforeTheLastOfTheFirstActions() {
      Stress.of(AtomicInteger::new)
          .before("one", AtomicInteger::incrementAndGet)
          .before("two", AtomicInteger::incrementAndGet)
          .action("increment", AtomicInteger::incrementAndGet)
          .invariant("at least two", count -> count.get() >= 2)
          .budget(SHORT)
          .assertInvariants();
    }

    @Test
    void brokenByOneThread_isNoRace() {
      String message =
          assertThrows(
                  AssertionFailedError.class,
                  Stress.of(() ->
                          new AtomicInteger(100)) // no race in it, which might be found first
                          .action("spend", integers().between(1, 50), (n, x) -> n.addAndGet(-x))
                          .invariant("rich", n -> n.get() > 60)
                      ::assertInvariants)
              .getMessage();

      assertEquals(
          """
          AtomicInteger breaks the invariant "rich" even when one thread alone calls it, so this is no race:

            #

          Then the invariant is false. Correct the class or the invariant, then look for races.\
          """,
          message.replaceFirst("  spend\\(\\d+\\)(, spend\\(\\d+\\))*\n", "  #\n"));
    }

    @Test
    void areCheckedBesideTheResults() {
      String message = found(accounts().operation("hi", accounts -> 1)).message();

      assertTrue(message.startsWith("Accounts breaks the invariant \"nothing is lost\""), message);
    }

    @Test
    void assertInvariants_whenACallThrows_failsWithItsException() {
      IllegalStateException cause = new IllegalStateException("met");

      AssertionFailedError e =
          Finding.of(
                  Stress.of(AtomicInteger::new)
                          .action(
                              "enter",
                              room -> {
                                try {
                                  if (room.incrementAndGet() > 1) {
                                    throw cause;
                                  }
                                  Window.open();
                                } finally {
                                  room.decrementAndGet();
                                }
                              })
                      ::assertInvariants)
              .failure();

      assertTrue(
          e.getMessage().startsWith("AtomicInteger throws when these calls meet.\n"),
          e.getMessage());
      assertSame(cause, e.getCause());
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
