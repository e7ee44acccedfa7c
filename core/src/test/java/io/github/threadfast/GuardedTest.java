package io.github.threadfast;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.AbstractOwnableSynchronizer;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
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
    void aFailedAction_leavesTheValueFree() throws Exception {
      assertThrows(IOException.class, () -> names.read(thrower(new IOException("disk full"))));

      assertEquals("Guarded[\"names\", free]", names.toString());
      Actor.run("worker", () -> names.update(list -> list.add("ada")));
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
    void theMessage_saysWhatHappenedWhereAndWhatToDo() throws Exception {
      List<String> messages = new ArrayList<>();

      Actor.run(
          "worker",
          () ->
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
    void anActionWaitsForTheOneBefore_andKeepsTheInterrupt() throws Exception {
      CountDownLatch inside = new CountDownLatch(1);
      CountDownLatch release = new CountDownLatch(1);
      Actor holder =
          Actor.start(
              "holder",
              () ->
                  names.update(list -> {
                    inside.countDown();
                    release.await();
                    list.add("first");
                  }));
      inside.await();
      List<Object> seen = new ArrayList<>();
      Actor waiter =
          Actor.start(
              "waiter",
              () ->
                  names.update(list -> {
                    seen.addAll(list);
                    seen.add(Thread.currentThread().isInterrupted());
                  }));
      String text = "Guarded[\"names\", held by \"holder\", 1 waiting]";
      Actor.await(text, () -> names.toString().equals(text));

      waiter.thread().interrupt();
      release.countDown();
      holder.join();
      waiter.join();

      assertEquals(List.of("first", true), seen);
    }
  }

  @Nested
  class Order {

    /** Who comes back at once finds the value free, and would overtake the one that wakes up. */
    @Test
    void ofAFairOne_isThatOfArrival() throws Exception {
      for (int round = 0; round < 100; round++) {
        Guarded<List<String>> fair =
            Guarded.<List<String>>builder(new ArrayList<>()).fair().build();
        Actor[] waiter = new Actor[1];
        fair.update(list -> {
          waiter[0] = Actor.start("waiter", () -> fair.update(value -> value.add("waiter")));
          waiter[0].awaitParked();
        });

        fair.update(list -> list.add("back at once"));

        waiter[0].join();
        assertValue(List.of("waiter", "back at once"), fair.read(List::copyOf));
      }
    }

    @Test
    void aThreadDump_canTellWhoIsWaitedFor() throws Exception {
      Actor[] waiter = new Actor[1];

      names.update(list -> {
        waiter[0] = Actor.start("waiter", () -> names.update(List::clear));
        waiter[0].awaitParked();
        AbstractOwnableSynchronizer blocker =
            assertInstanceOf(
                AbstractOwnableSynchronizer.class, LockSupport.getBlocker(waiter[0].thread()));
        assertSame(Thread.currentThread(), ((Mutex) blocker).owner());
      });

      waiter[0].join();
    }
  }

  @Nested
  class Text {

    @Test
    void withoutAName_showsTheClassOfTheValue() {
      assertEquals("Guarded[<StringBuilder>, free]", Guarded.of(new StringBuilder()).toString());
    }

    @Test
    void ofAnAnonymousClassAndANamelessThread_saysWhichTheyAre() throws Exception {
      Object anonymous = new Object() {};
      Guarded<Object> guarded = Guarded.of(anonymous);
      List<String> texts = new ArrayList<>();

      Actor nameless =
          Actor.start("", () -> guarded.update(value -> texts.add(guarded.toString())));
      nameless.join();

      assertEquals(
          List.of(
              "Guarded[<%s>, held by \"#%d\"]"
                  .formatted(anonymous.getClass().getName(), Texts.idOf(nameless.thread()))),
          texts);
    }

    @Test
    void insideAnAction_showsTheHolderAndNeverTheValue() throws Exception {
      List<String> texts = new ArrayList<>();

      Actor.run("worker", () -> names.update(list -> texts.add(names.toString())));

      assertEquals(List.of("Guarded[\"names\", held by \"worker\"]"), texts);
    }
  }

  @Nested
  class Poison {
    private final Guarded<List<String>> ledger =
        Guarded.<List<String>>builder(new ArrayList<>()).name("ledger").poisonOnFailure().build();

    private final ArithmeticException failure = new ArithmeticException();

    private void failHalfway() {
      assertSame(
          failure,
          assertThrows(
              ArithmeticException.class,
              () ->
                  ledger.update(list -> {
                    list.add("half");
                    throw failure;
                  })));
    }

    static Stream<Consumer<Guarded<List<String>>>> everyVerb() {
      return Stream.of(
          guarded -> guarded.read(List::size),
          guarded -> guarded.update(List::clear),
          guarded -> guarded.compute(list -> list.add("ada")),
          guarded -> guarded.replace(list -> list),
          guarded -> assertDoesNotWait(() -> guarded.when(List::isEmpty).read(List::size)),
          guarded -> assertDoesNotWait(() -> guarded.within(Duration.ZERO).update(List::clear)),
          guarded -> Guarded.together(guarded, Guarded.of(1)).read((list, n) -> n));
    }

    private static void assertDoesNotWait(Actor.Body body) {
      try {
        body.run();
      } catch (PoisonedException expected) {
        throw expected;
      } catch (Exception e) {
        throw new AssertionError(e);
      }
    }

    @ParameterizedTest
    @MethodSource("everyVerb")
    void afterAFailedUpdate_everyVerbIsRefused(Consumer<Guarded<List<String>>> verb) {
      failHalfway();

      PoisonedException e = assertThrows(PoisonedException.class, () -> verb.accept(ledger));

      assertSame(failure, e.getCause());
      assertTrue(ledger.isPoisoned());
    }

    @Test
    void theMessage_saysWhatHappenedWhereAndWhatToDo() throws Exception {
      Actor.run("batch", this::failHalfway);

      PoisonedException e = assertThrows(PoisonedException.class, () -> ledger.read(List::size));

      assertEquals(
          "Guarded \"ledger\" refuses access, since an action failed with ArithmeticException on"
              + " thread \"batch\" (see the cause). The value may be half changed. Call repair to"
              + " supply a good one.",
          e.getMessage());
      assertEquals("batch", e.thread());
      assertEquals("Guarded[\"ledger\", free, poisoned]", ledger.toString());
    }

    @Test
    void repair_healsOnceAndSaysWhetherItDid() {
      failHalfway();

      assertTrue(
          ledger.repair(list -> {
            assertEquals(List.of("half"), list);
            list.clear();
            return list;
          }));
      assertFalse(ledger.repair(list -> fail("not poisoned")));

      assertFalse(ledger.isPoisoned());
      assertValue(true, ledger.read(List::isEmpty));
    }

    @Test
    void aRepairThatFails_leavesThePoison() {
      failHalfway();

      assertThrows(
          IOException.class,
          () ->
              ledger.repair(list -> {
                throw new IOException();
              }));
      assertThrows(NullPointerException.class, () -> ledger.repair(list -> null));

      assertSame(
          failure, assertThrows(PoisonedException.class, () -> ledger.read(List::size)).getCause());
    }

    @Test
    void anError_poisonsToo() {
      assertThrows(
          StackOverflowError.class,
          () ->
              ledger.compute(list -> {
                throw new StackOverflowError();
              }));

      assertTrue(ledger.isPoisoned());
    }

    @Test
    void failuresThatChangeNothing_doNotPoison() {
      Guarded<Integer> other = Guarded.of(1);

      assertThrows(IOException.class, () -> ledger.read(thrower()));
      assertThrows(IOException.class, () -> ledger.replace(thrower()));
      assertThrows(
          IOException.class, () -> Guarded.together(ledger, other).read((list, n) -> fails()));
      assertThrows(
          IllegalStateException.class,
          () ->
              ledger
                  .when(list -> {
                    throw new IllegalStateException();
                  })
                  .update(List::clear));

      assertFalse(ledger.isPoisoned());
    }

    @Test
    void whoWaitsForACondition_isRefusedAtOnce() throws Exception {
      Actor first = Actor.start("first", () -> waitInVain());
      Actor second = Actor.start("second", () -> waitInVain());
      first.awaitParked();
      second.awaitParked();

      failHalfway();

      first.join();
      second.join();
    }

    private void waitInVain() {
      assertThrows(
          PoisonedException.class,
          () -> ledger.when(list -> list.contains("never")).read(List::size));
    }

    @Test
    void withoutThePolicy_aFailureKeepsWhatWasChanged() {
      assertThrows(
          ArithmeticException.class,
          () ->
              names.update(list -> {
                list.add("half");
                throw failure;
              }));

      assertEquals(List.of("half"), contents());
      assertFalse(names.isPoisoned());
    }
  }

  /** Takes whatever the result is for an object. */
  private static void assertValue(Object expected, Object actual) {
    assertEquals(expected, actual);
  }

  private static <T, R> CheckedFunction<T, R, IOException> thrower() {
    return value -> {
      throw new IOException();
    };
  }

  private static Object fails() throws IOException {
    throw new IOException();
  }

  @Nested
  class Invariant {
    private final Guarded<int[]> balance =
        Guarded.builder(new int[] {5}).name("balance").invariant(b -> b[0] >= 0).build();

    @Test
    void aChangeThatBreaksIt_throwsAndPoisons() {
      InvariantException e =
          assertThrows(InvariantException.class, () -> balance.update(b -> b[0] -= 6));

      assertEquals(
          "The invariant of Guarded \"balance\" does not hold after the change. The value is"
              + " poisoned: call repair to supply a good one.",
          e.getMessage());
      assertSame(
          e, assertThrows(PoisonedException.class, () -> balance.read(b -> b[0])).getCause());
    }

    @Test
    void aFailureThatBreaksIt_poisonsAndIsThrownItself() {
      ArithmeticException failure = new ArithmeticException();

      assertSame(
          failure,
          assertThrows(
              ArithmeticException.class,
              () ->
                  balance.update(b -> {
                    b[0] = -1;
                    throw failure;
                  })));

      assertSame(
          failure, assertThrows(PoisonedException.class, () -> balance.read(b -> b[0])).getCause());
    }

    @Test
    void aFailureThatKeepsIt_doesNotPoison() {
      assertThrows(
          ArithmeticException.class,
          () ->
              balance.update(b -> {
                b[0] = 7;
                throw new ArithmeticException();
              }));

      assertValue(7, balance.read(b -> b[0]));
    }

    @Test
    void aReplacementThatBreaksIt_isNotPut() {
      InvariantException e =
          assertThrows(InvariantException.class, () -> balance.replace(b -> new int[] {-1}));

      assertTrue(e.getMessage().endsWith("The value is unchanged."), e.getMessage());
      assertValue(5, balance.read(b -> b[0]));
    }

    @Test
    void anInvariantThatThrows_isTakenAsBroken() {
      IllegalStateException unknown = new IllegalStateException();
      Guarded<int[]> guarded =
          Guarded.builder(new int[1])
              .invariant(b -> {
                if (b[0] != 0) {
                  throw unknown;
                }
                return true;
              })
              .build();

      InvariantException e =
          assertThrows(InvariantException.class, () -> guarded.update(b -> b[0] = 1));

      assertSame(unknown, e.getCause());
      assertEquals(
          "The invariant of Guarded <int[]> threw an exception after the change. The value is"
              + " poisoned: call repair to supply a good one.",
          e.getMessage());
      assertTrue(guarded.isPoisoned());
      assertSame(
          unknown,
          assertThrows(
                  IllegalArgumentException.class,
                  () ->
                      Guarded.builder(1)
                          .invariant(n -> {
                            throw unknown;
                          })
                          .build())
              .getCause());
    }

    @Test
    void aRepairMustRestoreIt() {
      assertThrows(InvariantException.class, () -> balance.update(b -> b[0] = -1));

      assertThrows(InvariantException.class, () -> balance.repair(b -> b));
      assertTrue(balance.isPoisoned());
      assertTrue(balance.repair(b -> new int[] {1}));
      assertValue(1, balance.read(b -> b[0]));
    }

    @Test
    void aFirstValueThatBreaksIt_isRefused() {
      assertThrows(
          IllegalArgumentException.class, () -> Guarded.builder(-1).invariant(n -> n >= 0).build());
    }
  }

  @Nested
  class CopyOnUpdate {
    private final Guarded<List<String>> list =
        Guarded.<List<String>>builder(new ArrayList<>(List.of("old")))
            .name("list")
            .copyOnUpdate(ArrayList::new)
            .build();

    private List<String> now() {
      return list.read(List::copyOf);
    }

    @Test
    void aFailedUpdate_leavesNoTrace() {
      assertThrows(
          IOException.class,
          () ->
              list.update(copy -> {
                copy.clear();
                throw new IOException();
              }));
      assertThrows(
          StackOverflowError.class,
          () ->
              list.compute(copy -> {
                copy.clear();
                throw new StackOverflowError();
              }));

      assertEquals(List.of("old"), now());
      assertFalse(list.isPoisoned());
    }

    @Test
    void aSuccessfulUpdate_takesThePlaceOfTheValue() {
      list.update(copy -> copy.add("new"));
      assertValue(2, list.compute(List::size));

      assertEquals(List.of("old", "new"), now());
    }

    @Test
    void anEscapingCopy_isUndone() {
      assertThrows(
          IllegalStateException.class,
          () ->
              list.compute(copy -> {
                copy.clear();
                return copy;
              }));

      assertEquals(List.of("old"), now());
    }

    @Test
    void aCopierThatFails_changesNothing() {
      Guarded<List<String>> uncopied =
          Guarded.<List<String>>builder(new ArrayList<>()).copyOnUpdate(value -> null).build();

      assertThrows(NullPointerException.class, () -> uncopied.update(copy -> copy.add("x")));

      assertValue(true, uncopied.read(List::isEmpty));
    }

    @Test
    void withPoison_isAContradiction() {
      IllegalStateException e =
          assertThrows(
              IllegalStateException.class,
              () -> Guarded.builder("x").copyOnUpdate(x -> x).poisonOnFailure().build());

      assertEquals(
          "poisonOnFailure and copyOnUpdate were both chosen: a failed update of a copy leaves"
              + " nothing to poison. Choose one.",
          e.getMessage());
    }

    @Test
    void aNestedAction_worksOnTheCopyOfTheOuterOne() {
      Guarded<List<String>> nested =
          Guarded.<List<String>>builder(new ArrayList<>())
              .copyOnUpdate(ArrayList::new)
              .reentrant()
              .build();

      nested.update(outer -> {
        outer.add("outer");
        nested.update(inner -> inner.add("inner"));
        assertValue(2, nested.read(List::size));
      });
      assertThrows(
          IOException.class,
          () ->
              nested.update(outer -> {
                nested.update(List::clear);
                throw new IOException();
              }));

      assertEquals(List.of("outer", "inner"), nested.read(List::copyOf));
    }
  }

  @Nested
  class Reentrant {
    private final Guarded<List<String>> list =
        Guarded.<List<String>>builder(new ArrayList<>()).name("list").reentrant().build();

    @Test
    void aNestedAction_isAPartOfTheOuterOne() {
      list.update(outer -> {
        outer.add("a");
        list.update(inner -> inner.add("b"));
        assertValue(2, list.read(List::size));
        assertEquals("Guarded[\"list\", held by \"main\"]", list.toString());
      });

      assertEquals("Guarded[\"list\", free]", list.toString());
      assertEquals(List.of("a", "b"), list.read(List::copyOf));
    }

    static Stream<Arguments> forbidden() {
      List<String> edits = List.of("update", "compute");
      List<String> changes = List.of("update", "compute", "replace", "repair");
      return Stream.concat(
          Stream.of("read", "replace", "repair")
              .flatMap(outer -> changes.stream().map(inner -> Arguments.of(outer, inner))),
          edits.stream()
              .flatMap(outer ->
                  Stream.of("replace", "repair").map(inner -> Arguments.of(outer, inner))));
    }

    /** Whose outcome would be open: which of the two values, which of the two failures? */
    @ParameterizedTest
    @MethodSource
    void forbidden(String outer, String inner) {
      Guarded<List<String>> nested =
          Guarded.<List<String>>builder(new ArrayList<>())
              .name("list")
              .reentrant()
              .poisonOnFailure()
              .build();
      if (outer.equals("repair")) {
        assertThrows(
            ArithmeticException.class,
            () ->
                nested.update(value -> {
                  throw new ArithmeticException();
                }));
      }

      act(
          nested,
          outer,
          () -> {
            DeadlockException e =
                assertThrows(DeadlockException.class, () -> act(nested, inner, () -> {}));
            assertEquals(
                "Guarded \"list\" was used again, by %s, from inside its own %s on thread \"main\". Only"
                        .formatted(inner, outer)
                    + " update and compute can be a part of one another. Do both in one update, or one after the other.",
                e.getMessage());
          });

      assertEquals("Guarded[\"list\", free]", nested.toString());
    }

    private static void act(Guarded<List<String>> guarded, String verb, Runnable inside) {
      CheckedFunction<List<String>, List<String>, RuntimeException> body =
          value -> {
            inside.run();
            return value;
          };
      switch (verb) {
        case "read" ->
            assertEquals(0, guarded.<Integer, RuntimeException>read(v -> body.apply(v).size()));
        case "update" -> guarded.update(body::apply);
        case "compute" ->
            assertEquals(0, guarded.<Integer, RuntimeException>compute(v -> body.apply(v).size()));
        case "replace" -> guarded.replace(body);
        default -> guarded.repair(body);
      }
    }

    @Test
    void aConditionThatDoesNotHold_isADeadlockInsideAnAction() throws Exception {
      list.update(outer -> {
        DeadlockException e =
            assertThrows(
                DeadlockException.class,
                () -> list.when(inner -> !inner.isEmpty()).read(List::size));
        assertEquals(
            "The condition on Guarded \"list\" does not hold, and nobody can change that while"
                + " thread \"main\" waits for it inside its own action. Wait before the action.",
            e.getMessage());
        outer.add("a");
        assertValue(1, list.when(inner -> !inner.isEmpty()).read(List::size));
      });

      assertEquals("Guarded[\"list\", free]", list.toString());
    }
  }

  @Test
  void aBuilder_buildsOnce() {
    Guarded.Builder<String> builder = Guarded.builder("value");
    assertEquals("Guarded[<String>, free]", builder.build().toString());

    IllegalStateException e = assertThrows(IllegalStateException.class, builder::build);

    assertEquals(
        "build was called twice: each Guarded would lock the one value without the other. Make a"
            + " builder for each value.",
        e.getMessage());
  }

  @Nested
  class Escape {

    @Test
    void aResultThatIsTheValue_isAnError() {
      IllegalStateException e =
          assertThrows(IllegalStateException.class, () -> names.read(list -> list));

      assertEquals(
          "Guarded \"names\" would escape: the action returned the guarded ArrayList itself."
              + " Return what you need of it or a copy, or build it as shareable if it is"
              + " immutable.",
          e.getMessage());
      assertThrows(IllegalStateException.class, () -> names.compute(list -> list));
      assertThrows(
          IllegalStateException.class,
          () -> Guarded.together(names, Guarded.of(1)).read((list, n) -> list));
    }

    enum Color {
      RED,
      BLUE {
        @Override
        public String toString() {
          return "blue";
        }
      }
    }

    record Point(int x, int y) {}

    static Stream<Object> immutables() {
      return Stream.of(
          "text",
          1_000,
          1L << 40,
          'x',
          true,
          1.5,
          new BigDecimal("0.1"),
          UUID.randomUUID(),
          Duration.ofDays(3),
          Instant.EPOCH,
          Color.RED,
          Color.BLUE,
          new Point(1, 2),
          List.of(1),
          Set.of(1, 2),
          Map.of("a", 1));
    }

    @ParameterizedTest
    @MethodSource("immutables")
    void ofAnImmutableValue_isAllowed(Object immutable) {
      assertSame(immutable, Guarded.of(immutable).read(value -> value));
      assertSame(immutable, Guarded.of(immutable).compute(value -> value));
    }

    @Test
    void ofAShareableValue_isAllowed() {
      AtomicInteger counter = new AtomicInteger();

      assertSame(counter, Guarded.builder(counter).shareable().build().read(value -> value));
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
      assertNames("healer", () -> names.repair(null));
      assertNames("condition", () -> names.when(null));
      assertNames("limit", () -> names.within(null));
      assertNames("value", () -> Guarded.builder(null));
      assertNames("name", () -> Guarded.builder("value").name(null));
      assertNames("invariant", () -> Guarded.builder("value").invariant(null));
      assertNames("copier", () -> Guarded.builder("value").copyOnUpdate(null));
      assertNames("value", () -> Guarded.readWrite(null));
      assertNames("first", () -> Guarded.together(null, names));
      assertNames("second", () -> Guarded.together(names, null));
      assertNames("third", () -> Guarded.together(names, Guarded.of(1), null));
    }

    private static void assertNames(
        String parameter, org.junit.jupiter.api.function.Executable call) {
      assertEquals(parameter, assertThrows(NullPointerException.class, call).getMessage());
    }
  }

  private List<String> contents() {
    return names.read(List::copyOf);
  }
}
