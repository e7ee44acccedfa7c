package io.github.threadfast;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(30)
class GuardedTest {
  private final Guarded<List<String>> names = Guarded.of("names", new ArrayList<>());

  @Test
  void update_changesTheValueThatReadSees() {
    names.update(list -> list.add("ada"));

    assertEquals(List.of("ada"), contents());
  }

  @Test
  void compute_changesTheValueAndReturnsAResult() {
    boolean added = names.compute(list -> list.add("ada"));

    assertTrue(added);
    assertEquals(List.of("ada"), contents());
  }

  @Test
  void replace_putsAnotherValueInItsPlace() {
    Guarded<Integer> count = Guarded.of(1);

    count.replace(n -> n + 1);

    assertEquals("2", count.read(n -> n.toString()));
  }

  @Test
  void readAndCompute_mayReturnNull() {
    assertNull(names.read(list -> null));
    assertNull(names.compute(list -> null));
  }

  @Nested
  class Failures {

    @Test
    void checkedExceptions_reachTheCallerAsTheyAre() {
      IOException failure = new IOException("disk full");

      assertSame(failure, assertThrows(IOException.class, () -> names.read(thrower(failure))));
      assertSame(failure, assertThrows(IOException.class, () -> names.compute(thrower(failure))));
      assertSame(failure, assertThrows(IOException.class, () -> names.replace(thrower(failure))));
      assertSame(
          failure,
          assertThrows(
              IOException.class,
              () ->
                  names.update(list -> {
                    throw failure;
                  })));
    }

    @Test
    void aFailedAction_leavesTheValueFree() throws InterruptedException {
      assertThrows(IOException.class, () -> names.read(thrower(new IOException("disk full"))));

      assertEquals("Guarded[\"names\", free]", names.toString());
      inAnotherThread(() -> names.update(list -> list.add("ada")));
      assertEquals(List.of("ada"), contents());
    }

    @Test
    void anError_leavesTheValueFree() {
      assertThrows(
          StackOverflowError.class,
          () ->
              names.update(list -> {
                throw new StackOverflowError();
              }));

      assertEquals("Guarded[\"names\", free]", names.toString());
    }

    @Test
    void replace_whenTheSuccessorThrows_keepsTheValue() {
      Guarded<String> motto = Guarded.of("festina lente");

      assertThrows(IOException.class, () -> motto.replace(thrower(new IOException("disk full"))));

      assertEquals("festina lente", motto.read(m -> m));
    }

    @Test
    void replace_whenTheSuccessorReturnsNull_keepsTheValueAndSaysSo() {
      Guarded<String> motto = Guarded.of("motto", "festina lente");

      NullPointerException e =
          assertThrows(NullPointerException.class, () -> motto.replace(m -> null));

      assertEquals(
          "successor returned null for Guarded \"motto\", which keeps its value.", e.getMessage());
      assertEquals("festina lente", motto.read(m -> m));
    }

    private static <T, R> CheckedFunction<T, R, IOException> thrower(IOException failure) {
      return value -> {
        throw failure;
      };
    }
  }

  @Nested
  class Reentry {

    static Stream<Function<Guarded<List<String>>, Object>> everyVerb() {
      return Stream.of(
          guarded -> guarded.read(List::size),
          guarded -> {
            guarded.update(List::clear);
            return "updated";
          },
          guarded -> guarded.compute(list -> list.add("ada")),
          guarded -> {
            guarded.replace(list -> list);
            return "replaced";
          });
    }

    @ParameterizedTest
    @MethodSource("everyVerb")
    void insideAnyAction_throwsAndLeavesTheOuterActionGoing(
        Function<Guarded<List<String>>, Object> verb) {
      names.update(list -> {
        assertThrows(DeadlockException.class, () -> verb.apply(names));
        list.add("outer");
      });

      assertEquals(List.of("outer"), contents());
      assertEquals("Guarded[\"names\", free]", names.toString());
    }

    @Test
    void theMessage_saysWhatHappenedWhereAndWhatToDo() throws InterruptedException {
      List<String> messages = new ArrayList<>();

      inAnotherThread(() ->
          names.update(list ->
              messages.add(
                  assertThrows(DeadlockException.class, () -> names.read(List::size))
                      .getMessage())));

      assertEquals(
          List.of(
              "Guarded \"names\" was used again, by read, from inside its own action on thread"
                  + " \"worker\". A nested action would work on a value that is half changed. Do"
                  + " both in one action, or pass what you need out of the first."),
          messages);
    }

    @Test
    void anotherGuarded_isNoReentry() {
      Guarded<Integer> count = Guarded.of(0);

      names.update(list -> count.replace(n -> n + 1));

      assertEquals("1", count.read(n -> n.toString()));
    }
  }

  @Nested
  class Waiting {

    @Test
    void anActionWaitsForTheOneBefore_andKeepsTheInterrupt() throws InterruptedException {
      CountDownLatch inside = new CountDownLatch(1);
      CountDownLatch release = new CountDownLatch(1);
      Thread holder =
          start(
              "holder",
              () ->
                  names.update(list -> {
                    inside.countDown();
                    assertTrue(release.await(20, TimeUnit.SECONDS));
                    list.add("first");
                  }));
      inside.await();
      List<Object> seen = new ArrayList<>();
      Thread waiter =
          start(
              "waiter",
              () ->
                  names.update(list -> {
                    seen.addAll(list);
                    seen.add(Thread.currentThread().isInterrupted());
                  }));
      awaitText("Guarded[\"names\", held by \"holder\", 1 waiting]");

      waiter.interrupt();
      release.countDown();
      holder.join();
      waiter.join();

      assertEquals(List.of("first", true), seen);
    }

    private void awaitText(String text) {
      long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
      while (!names.toString().equals(text)) {
        assertTrue(System.nanoTime() < deadline, () -> text + " expected, was " + names);
        Thread.onSpinWait();
      }
    }
  }

  @Nested
  class Text {

    @Test
    void withoutAName_showsTheClassOfTheValue() {
      assertEquals("Guarded[<StringBuilder>, free]", Guarded.of(new StringBuilder()).toString());
    }

    @Test
    void ofAnAnonymousClassAndANamelessThread_saysWhichTheyAre() throws InterruptedException {
      Object anonymous = new Object() {};
      Guarded<Object> guarded = Guarded.of(anonymous);
      List<String> texts = new ArrayList<>();

      Thread nameless = start("", () -> guarded.update(value -> texts.add(guarded.toString())));
      nameless.join();

      assertEquals(
          List.of(
              "Guarded[<%s>, held by \"#%d\"]"
                  .formatted(anonymous.getClass().getName(), nameless.getId())),
          texts);
    }

    @Test
    void insideAnAction_showsTheHolderAndNeverTheValue() throws InterruptedException {
      List<String> texts = new ArrayList<>();

      inAnotherThread(() -> names.update(list -> texts.add(names.toString())));

      assertEquals(List.of("Guarded[\"names\", held by \"worker\"]"), texts);
    }
  }

  @Nested
  class Nulls {

    @Test
    void everyNullArgument_isNamed() {
      assertNames("value", () -> Guarded.of(null));
      assertNames("value", () -> Guarded.of("name", null));
      assertNames("name", () -> Guarded.of(null, "value"));
      assertNames("reader", () -> names.read(null));
      assertNames("updater", () -> names.update(null));
      assertNames("updater", () -> names.compute(null));
      assertNames("successor", () -> names.replace(null));
    }

    private static void assertNames(
        String parameter, org.junit.jupiter.api.function.Executable call) {
      assertEquals(parameter, assertThrows(NullPointerException.class, call).getMessage());
    }
  }

  private List<String> contents() {
    return names.read(List::copyOf);
  }

  private interface Body {
    void run() throws Exception;
  }

  private static Thread start(String name, Body body) {
    Thread thread =
        new Thread(
            () -> {
              try {
                body.run();
              } catch (Exception e) {
                throw new AssertionError(e);
              }
            },
            name);
    thread.start();
    return thread;
  }

  private static void inAnotherThread(Body body) throws InterruptedException {
    start("worker", body).join();
  }
}
