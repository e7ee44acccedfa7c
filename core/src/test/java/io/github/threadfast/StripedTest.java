package io.github.threadfast;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(60)
class StripedTest {
  private static final int MANY = 64;

  private final AtomicInteger made = new AtomicInteger();
  private final ConcurrentLinkedQueue<StringBuilder> closed = new ConcurrentLinkedQueue<>();

  private final Striped<StringBuilder> buffers =
      Striped.closeable("buffers", MANY, this::make, closed::add);

  private StringBuilder make() {
    return new StringBuilder("made ").append(made.incrementAndGet());
  }

  @Test
  void update_changesTheValueThatReadSees() {
    buffers.update(buffer -> buffer.append("!"));

    assertEquals("made 1!", buffers.read(StringBuilder::toString));
  }

  @Test
  void compute_changesTheValueAndReturnsAResult() {
    int length = buffers.compute(buffer -> buffer.append("!").length());

    assertEquals(7, length);
    assertEquals("made 1!", buffers.read(StringBuilder::toString));
  }

  @Test
  void readComputeAndFold_mayReturnNull() {
    assertNull(buffers.read(buffer -> null));
    assertNull(buffers.compute(buffer -> null));
    assertNull(buffers.<Object>fold("something", (nothing, buffer) -> null));
    assertNull(Striped.of(1, Object::new).<Object>fold(null, (nothing, value) -> "something"));
  }

  @Test
  void aValueIsMadeOnFirstUseOfItsStripe() {
    assertEquals(0, made.get());

    buffers.update(buffer -> {});
    buffers.update(buffer -> {});

    assertEquals(1, made.get());
  }

  @Test
  void threadsAreSpreadOverTheStripes() throws Exception {
    Set<Object> used = Collections.newSetFromMap(new ConcurrentHashMap<>());
    for (int i = 0; i < MANY; i++) {
      Actor.run("user", () -> buffers.update(buffer -> used.add(System.identityHashCode(buffer))));
    }

    assertTrue(used.size() > MANY / 3, () -> used.size() + " were used by " + MANY + " threads");
  }

  @Test
  void noMoreValuesAreMadeThanThereAreStripes_howeverManyThreadsThereAre() throws Exception {
    Striped<StringBuilder> few = Striped.of(3, this::make);
    for (int i = 0; i < 300; i++) {
      Actor.run("user", () -> few.update(buffer -> buffer.append("!")));
    }

    assertEquals(3, made.get());
    assertEquals(
        300,
        few.fold(0, (sum, buffer) -> sum + (int) buffer.chars().filter(c -> c == '!').count()));
  }

  @Test
  void tenThousandVirtualThreads_makeNoMoreValuesThanThereAreStripes() throws Exception {
    ThreadFactory factory = VirtualThreads.factory();
    Striped<int[]> counts =
        Striped.of(
            8,
            () -> {
              made.incrementAndGet();
              return new int[1];
            });
    List<Thread> threads =
        IntStream.range(0, 10_000)
            .mapToObj(i -> factory.newThread(() -> counts.update(count -> count[0]++)))
            .toList();

    threads.forEach(Thread::start);
    for (Thread thread : threads) {
      thread.join();
    }

    assertEquals(8, made.get());
    assertEquals(10_000, counts.<Integer>fold(0, (sum, count) -> sum + count[0]));
  }

  @Test
  void fold_skipsStripesWithoutAValue_andMakesNone() throws Exception {
    assertEquals(List.of(), texts());

    buffers.update(buffer -> {});

    assertEquals(List.of("made 1"), texts());
    assertEquals(1, made.get());
  }

  private List<String> texts() {
    return buffers.fold(
        new ArrayList<>(),
        (list, buffer) -> {
          list.add(buffer.toString());
          return list;
        });
  }

  /** Returns a call that is inside an action on the one value until {@code release}. */
  private static Call<Boolean> hold(
      String name, Striped<StringBuilder> striped, CountDownLatch release) {
    CountDownLatch inside = new CountDownLatch(1);
    Call<Boolean> holder =
        Call.start(
            name,
            () -> {
              striped.update(buffer -> {
                inside.countDown();
                Call.await(release);
                buffer.append(", used");
              });
              return true;
            });
    Call.await(inside);
    return holder;
  }

  @Nested
  class Waiting {
    private final Striped<StringBuilder> one = Striped.of("one", 1, StripedTest.this::make);
    private final CountDownLatch release = new CountDownLatch(1);

    @Test
    void anActionWaitsForTheOneBeforeOnTheSameValue_andKeepsTheInterrupt() throws Exception {
      Call<Boolean> holder = hold("holder", one, release);
      Call<String> waiter =
          Call.start(
              "waiter",
              () -> one.read(buffer -> buffer + ", " + Thread.currentThread().isInterrupted()));
      Actor.await("it is parked", () -> isParked(waiter.thread()));

      waiter.thread().interrupt();
      release.countDown();

      assertTrue(holder.result());
      assertEquals("made 1, used, true", waiter.result());
    }

    @Test
    void fold_waitsForActions() throws Exception {
      Call<Boolean> holder = hold("holder", one, release);
      Call<String> folder =
          Call.start("folder", () -> one.fold("", (text, buffer) -> text + buffer));
      Actor.await("it is parked", () -> isParked(folder.thread()));

      release.countDown();

      assertTrue(holder.result());
      assertEquals("made 1, used", folder.result());
    }

    @Test
    void actionsWaitWhileFoldRuns_thoseThatNeedANewValueToo() throws Exception {
      AtomicReference<Call<String>> user = new AtomicReference<>();
      Striped<StringBuilder> two = Striped.of("two", 2, StripedTest.this::make);
      two.update(buffer -> {});

      two.fold(
          0,
          (sum, buffer) -> {
            for (int i = 0; i < 10; i++) { // half of the threads have the other value
              Call<String> call = Call.start("user", () -> two.read(StringBuilder::toString));
              Actor.await("it is parked", () -> isParked(call.thread()));
              user.set(call);
            }
            assertEquals(1, made.get());
            return sum;
          });

      assertTrue(user.get().result().startsWith("made "));
      Actor.await("all are over", () -> made.get() == 2);
    }

    @Test
    void aSupplierThatBlocks_keepsOnlyItsOwnStripeBusy() throws Exception {
      CountDownLatch making = new CountDownLatch(1);
      Striped<StringBuilder> two =
          Striped.of(
              2,
              () -> {
                if (made.getAndIncrement() == 0) {
                  making.countDown();
                  Call.await(release);
                }
                return new StringBuilder();
              });
      Call<Integer> first = Call.start("first", () -> two.read(StringBuilder::length));
      Call.await(making);

      AtomicInteger others = new AtomicInteger();
      for (int i = 0; i < 10; i++) {
        Call.start(
            "other",
            () -> {
              two.update(buffer -> others.incrementAndGet());
              return true;
            });
      }
      Actor.await("those with the other value are over", () -> others.get() > 0);
      assertFalse(first.isDone());
      release.countDown();

      assertEquals(0, first.result());
      Actor.await("all are over", () -> others.get() == 10);
    }

    private static boolean isParked(Thread thread) {
      return thread.getState() == Thread.State.WAITING;
    }
  }

  @Nested
  class Reentry {

    static Stream<Consumer<Striped<StringBuilder>>> everyMethod() {
      return Stream.of(
          striped -> striped.read(StringBuilder::length),
          striped -> striped.update(buffer -> buffer.append("inner")),
          striped -> striped.compute(StringBuilder::length),
          striped -> striped.fold(0, (sum, buffer) -> sum));
    }

    @ParameterizedTest
    @MethodSource("everyMethod")
    void insideAnAction_throwsAndLeavesTheActionGoing(Consumer<Striped<StringBuilder>> method) {
      buffers.update(buffer -> {
        assertThrows(DeadlockException.class, () -> method.accept(buffers));
        buffer.append(", outer");
      });

      assertEquals("made 1, outer", buffers.read(StringBuilder::toString));
      assertEquals("Striped[\"buffers\", 1 of 64 made]", buffers.toString());
    }

    @ParameterizedTest
    @MethodSource("everyMethod")
    void insideFold_throws(Consumer<Striped<StringBuilder>> method) {
      buffers.update(buffer -> {});

      int folded =
          buffers.fold(
              0,
              (sum, buffer) -> {
                assertThrows(DeadlockException.class, () -> method.accept(buffers));
                return sum + 1;
              });

      assertEquals(1, folded);
    }

    @ParameterizedTest
    @MethodSource("everyMethod")
    void insideTheSupplier_throws(Consumer<Striped<StringBuilder>> method) {
      AtomicReference<Striped<StringBuilder>> self = new AtomicReference<>();
      self.set(
          Striped.of(
              4,
              () -> {
                assertThrows(DeadlockException.class, () -> method.accept(self.get()));
                return new StringBuilder("made");
              }));

      assertEquals("made", self.get().read(StringBuilder::toString));
    }

    @Test
    void theMessage_namesTheStripe() {
      Striped<StringBuilder> one = Striped.of("one", 1, StripedTest.this::make);

      one.update(buffer -> {
        String message =
            assertThrows(DeadlockException.class, () -> one.read(StringBuilder::length))
                .getMessage();
        assertTrue(
            message.startsWith(
                "Guarded \"one[0]\" was used again, by read, from inside its own action on"),
            message);
      });
    }

    @Test
    void aCycleWithAnotherPrimitive_isADeadlock() throws Exception {
      Striped<StringBuilder> one = Striped.of("one", 1, StripedTest.this::make);
      Guarded<int[]> other = Guarded.of("other", new int[1]);
      CountDownLatch bothInside = new CountDownLatch(2);
      Call<Boolean> first =
          Call.start(
              "first",
              () -> {
                one.update(buffer -> {
                  bothInside.countDown();
                  Call.await(bothInside);
                  other.update(v -> v[0]++);
                });
                return true;
              });
      Call<Boolean> second =
          Call.start(
              "second",
              () -> {
                other.update(v -> {
                  bothInside.countDown();
                  Call.await(bothInside);
                  one.fold(0, (sum, buffer) -> sum);
                });
                return true;
              });

      List<Throwable> failures = new ArrayList<>();
      for (Call<Boolean> call : List.of(first, second)) {
        try {
          assertTrue(call.result());
        } catch (java.util.concurrent.ExecutionException e) {
          failures.add(e.getCause());
        }
      }

      assertEquals(1, failures.size());
      assertInstanceOf(DeadlockException.class, failures.get(0));
    }
  }

  @Nested
  class Failures {
    private final IOException failure = new IOException("disk full");

    private <R> CheckedFunction<StringBuilder, R, IOException> thrower() {
      return buffer -> {
        buffer.append(", half");
        throw failure;
      };
    }

    @Test
    void checkedExceptions_reachTheCallerAsTheyAre_andWhatWasChangedStays() {
      assertSame(failure, assertThrows(IOException.class, () -> buffers.read(thrower())));
      assertSame(failure, assertThrows(IOException.class, () -> buffers.compute(thrower())));
      assertSame(
          failure,
          assertThrows(IOException.class, () -> buffers.update(buffer -> thrower().apply(buffer))));

      assertEquals("made 1, half, half, half", buffers.read(StringBuilder::toString));
    }

    @Test
    void anOperationThatThrows_failsFoldAndLeavesAllFree() throws Exception {
      ArithmeticException thrown = new ArithmeticException();
      buffers.update(buffer -> {});

      assertSame(
          thrown,
          assertThrows(
              ArithmeticException.class,
              () ->
                  buffers.fold(
                      0,
                      (sum, buffer) -> {
                        throw thrown;
                      })));

      assertEquals(List.of("made 1"), texts());
      assertEquals("Striped[\"buffers\", 1 of 64 made]", buffers.toString());
    }

    @Test
    void aSupplierThatThrows_failsItsCaller_andTheNextOneTriesAgain() {
      Striped<String> striped =
          Striped.of(
              1,
              () -> {
                if (made.incrementAndGet() == 1) {
                  throw new ArithmeticException("first");
                }
                return "second";
              });

      assertThrows(ArithmeticException.class, () -> striped.read(value -> value));
      assertEquals("second", striped.read(value -> value));
    }

    @Test
    void aSupplierThatReturnsNull_isNamed_andTheNextCallerTriesAgain() {
      Striped<String> striped =
          Striped.of("texts", 1, () -> made.incrementAndGet() == 1 ? null : "second");

      NullPointerException e =
          assertThrows(NullPointerException.class, () -> striped.update(value -> {}));

      assertEquals(
          "supplier returned null for Guarded \"texts[0]\", which stays without a value. Return what"
              + " stands for nothing, such as Optional.empty().",
          e.getMessage());
      assertEquals("second", striped.read(value -> value));
    }

    @Test
    void nullArguments_areNamed() {
      assertNamed("supplier", () -> Striped.of(1, null));
      assertNamed("supplier", () -> Striped.of("name", 1, null));
      assertNamed("supplier", () -> Striped.closeable("name", 1, null, value -> {}));
      assertNamed("name", () -> Striped.of(null, 1, Object::new));
      assertNamed("name", () -> Striped.closeable(null, 1, Object::new, value -> {}));
      assertNamed("closer", () -> Striped.closeable("name", 1, Object::new, null));
      assertNamed("reader", () -> buffers.read(null));
      assertNamed("updater", () -> buffers.update(null));
      assertNamed("updater", () -> buffers.compute(null));
      assertNamed("op", () -> buffers.fold(0, null));
    }

    private static void assertNamed(String parameter, Executable call) {
      assertEquals(parameter, assertThrows(NullPointerException.class, call).getMessage());
    }

    @Test
    void noStripes_areAnError() {
      assertEquals(
          "stripes must be at least 1: was 0. Some for each processor are plenty.",
          assertThrows(IllegalArgumentException.class, () -> Striped.of(0, Object::new))
              .getMessage());
    }
  }

  @Nested
  class Escape {

    @Test
    void theValueAsAResult_isAnError() {
      String message =
          "Striped \"buffers\" would escape: the action returned the StringBuilder itself, which"
              + " other threads use, too. Return what you need of it or a copy.";

      for (Executable escape :
          List.<Executable>of(
              () -> buffers.read(buffer -> buffer),
              () -> buffers.compute(buffer -> buffer.append("!")),
              () -> buffers.<Object>fold("", (before, buffer) -> buffer))) {
        assertEquals(message, assertThrows(IllegalStateException.class, escape).getMessage());
      }
      assertEquals("made 1!", buffers.read(StringBuilder::toString));
    }

    @Test
    void anImmutableValue_mayBeReturned() {
      Striped<String> striped = Striped.of(1, () -> "text");

      assertEquals("text", striped.read(value -> value));
      assertEquals("text", striped.compute(value -> value));
      assertEquals("text", striped.fold("", (before, value) -> value));
    }
  }

  @Nested
  class Closing {
    private final Striped<StringBuilder> one =
        Striped.closeable("one", 1, StripedTest.this::make, closed::add);

    private final CountDownLatch release = new CountDownLatch(1);

    private List<String> closedTexts() {
      return closed.stream().map(StringBuilder::toString).toList();
    }

    @Test
    void close_closesEachValueOnce() throws Exception {
      for (int i = 0; i < MANY; i++) {
        Actor.run("user", () -> buffers.update(buffer -> {}));
      }

      buffers.close();
      buffers.close();

      assertEquals(made.get(), closed.size());
      assertEquals(made.get(), Set.copyOf(closedTexts()).size());
    }

    @Test
    void close_withoutValues_runsNothing() {
      buffers.close();

      assertEquals(List.of(), closedTexts());
    }

    @Test
    void close_withoutACloser_takesTheValuesAway() {
      Striped<StringBuilder> striped = Striped.of("texts", 1, StripedTest.this::make);
      striped.update(buffer -> {});

      striped.close();

      assertEquals("Striped[\"texts\", closed]", striped.toString());
      assertThrows(IllegalStateException.class, () -> striped.update(buffer -> {}));
    }

    @Test
    void useAfterClose_throwsAndSaysWhatToDo() {
      one.update(buffer -> {});
      one.close();

      for (Executable use :
          List.<Executable>of(
              () -> one.read(StringBuilder::length),
              () -> one.update(buffer -> {}),
              () -> one.compute(StringBuilder::length),
              () -> one.fold(0, (sum, buffer) -> sum))) {
        assertEquals(
            "Striped \"one\" is closed. Close it after its last use, or make a new one.",
            assertThrows(IllegalStateException.class, use).getMessage());
      }
      assertEquals(1, made.get());
    }

    @Test
    void closeDuringAnAction_waitsForIt() throws Exception {
      Call<Boolean> holder = hold("holder", one, release);
      Call<List<String>> closing =
          Call.start(
              "closing",
              () -> {
                one.close();
                return closedTexts();
              });
      Actor.await("it is parked", () -> Waiting.isParked(closing.thread()));
      assertEquals(List.of(), closedTexts());

      release.countDown();

      assertEquals(List.of("made 1, used"), closing.result());
      assertTrue(holder.result());
    }

    @Test
    void anInterruptedClose_leavesAValueThatIsInUseToItsUser() throws Exception {
      Call<Boolean> holder = hold("holder", one, release);

      Thread.currentThread().interrupt();
      one.close();
      assertTrue(Thread.interrupted());
      assertEquals(List.of(), closedTexts());
      release.countDown();

      assertTrue(holder.result());
      assertEquals(List.of("made 1, used"), closedTexts());
    }

    @Test
    void aCloseThatIsInterruptedWhileItWaits_leavesTheValueToItsUser() throws Exception {
      Call<Boolean> holder = hold("holder", one, release);
      Call<Boolean> closing =
          Call.start(
              "closing",
              () -> {
                one.close();
                return Thread.interrupted();
              });
      Actor.await("it is parked", () -> Waiting.isParked(closing.thread()));

      closing.thread().interrupt();

      assertTrue(closing.result());
      assertEquals(List.of(), closedTexts());
      release.countDown();
      assertTrue(holder.result());
      assertEquals(List.of("made 1, used"), closedTexts());
    }

    @Test
    void anInterruptedClose_closesWhatIsFree() {
      one.update(buffer -> {});

      Thread.currentThread().interrupt();
      one.close();

      assertTrue(Thread.interrupted());
      assertEquals(List.of("made 1"), closedTexts());
    }

    @Test
    void closeInAHurryDuringAFold_leavesTheValuesToTheFolder() throws Exception {
      one.update(buffer -> {});

      int folded =
          one.fold(
              0,
              (sum, buffer) -> {
                Call.start(
                    "closing",
                    () -> {
                      Thread.currentThread().interrupt();
                      one.close();
                      release.countDown();
                      return true;
                    });
                Call.await(release);
                assertEquals(List.of(), closedTexts());
                return sum + 1;
              });

      assertEquals(1, folded);
      assertEquals(List.of("made 1"), closedTexts());
    }

    @Test
    void closeInsideAnAction_isADeadlock_andTheValueIsClosedAfterTheAction() throws Exception {
      for (int i = 0; i < MANY; i++) {
        Actor.run("user", () -> buffers.update(buffer -> {}));
      }

      buffers.update(buffer -> {
        assertThrows(DeadlockException.class, buffers::close);
        buffers.close(); // nothing happens the second time
        assertEquals(made.get() - 1, closed.size());
        assertFalse(closedTexts().contains(buffer.toString()));
        buffer.append(", used");
      });

      assertEquals(made.get(), closed.size());
      assertEquals(1, closedTexts().stream().filter(text -> text.endsWith(", used")).count());
    }

    @Test
    void closeInsideTheSupplier_isADeadlock_andTheValueIsClosedAfterTheAction() {
      AtomicReference<Striped<StringBuilder>> self = new AtomicReference<>();
      self.set(
          Striped.closeable(
              "self",
              1,
              () -> {
                assertThrows(DeadlockException.class, () -> self.get().close());
                return make();
              },
              closed::add));

      assertEquals("made 1", self.get().read(StringBuilder::toString));
      assertEquals(List.of("made 1"), closedTexts());
    }

    @Test
    void closersThatThrow_failCloseAfterAllValuesAreClosed() throws Exception {
      Striped<StringBuilder> striped =
          Striped.closeable(
              "texts",
              MANY,
              StripedTest.this::make,
              buffer -> {
                closed.add(buffer);
                throw new ArithmeticException(buffer.toString());
              });
      for (int i = 0; i < MANY; i++) {
        Actor.run("user", () -> striped.update(buffer -> {}));
      }

      ArithmeticException e = assertThrows(ArithmeticException.class, striped::close);
      striped.close();

      assertEquals(made.get(), closed.size());
      assertEquals(closedTexts().get(0), e.getMessage());
      assertEquals(
          closedTexts().subList(1, made.get()),
          Stream.of(e.getSuppressed()).map(Throwable::getMessage).toList());
    }

    @Test
    void aCloserThatThrowsOneException_isNotSuppressedByItself() throws Exception {
      ArithmeticException thrown = new ArithmeticException();
      Striped<StringBuilder> striped =
          Striped.closeable(
              "texts",
              2,
              StripedTest.this::make,
              buffer -> {
                throw thrown;
              });
      for (int i = 0; i < 10; i++) {
        Actor.run("user", () -> striped.update(buffer -> {}));
      }

      assertSame(thrown, assertThrows(ArithmeticException.class, striped::close));
      assertEquals(2, made.get());
      assertEquals(0, thrown.getSuppressed().length);
    }

    @Test
    void aCloserThatThrowsInTheThreadOfAUser_failsItsAction_orIsSuppressed() {
      ArithmeticException thrown = new ArithmeticException();
      IOException earlier = new IOException();

      assertSame(
          thrown,
          assertThrows(
              ArithmeticException.class,
              () -> closedInside(thrown).update(StripedTest::closeInside)));
      assertSame(
          earlier,
          assertThrows(
              IOException.class,
              () ->
                  closedInside(thrown)
                      .update(held -> {
                        closeInside(held);
                        throw earlier;
                      })));
      assertEquals(List.of(thrown), List.of(earlier.getSuppressed()));
    }

    private static Striped<AtomicReference<Striped<?>>> closedInside(RuntimeException thrown) {
      AtomicReference<Striped<?>> self = new AtomicReference<>();
      Striped<AtomicReference<Striped<?>>> striped =
          Striped.closeable(
              "self",
              1,
              () -> self,
              value -> {
                throw thrown;
              });
      self.set(striped);
      return striped;
    }

    @Test
    void aCloserThatUsesTheStriped_findsItClosed() {
      AtomicReference<Striped<StringBuilder>> self = new AtomicReference<>();
      self.set(
          Striped.closeable(
              "self",
              1,
              StripedTest.this::make,
              buffer -> {
                assertThrows(
                    IllegalStateException.class, () -> self.get().read(StringBuilder::length));
                self.get().close();
                closed.add(buffer);
              }));
      self.get().update(buffer -> {});

      self.get().close();

      assertEquals(List.of("made 1"), closedTexts());
    }

    @Test
    void anActionThatWaitedWhileItWasClosed_findsItClosed() throws Exception {
      Call<Boolean> holder = hold("holder", one, release);
      Call<Integer> waiter = Call.start("waiter", () -> one.read(StringBuilder::length));
      Actor.await("it is parked", () -> Waiting.isParked(waiter.thread()));
      Call<Boolean> closing =
          Call.start(
              "closing",
              () -> {
                one.close();
                return true;
              });
      Actor.await("it is closed", () -> one.toString().equals("Striped[\"one\", closed]"));

      release.countDown();

      assertInstanceOf(IllegalStateException.class, waiter.failure());
      assertTrue(holder.result());
      assertTrue(closing.result());
      assertEquals(List.of("made 1, used"), closedTexts());
    }
  }

  private static void closeInside(AtomicReference<Striped<?>> held) {
    assertThrows(DeadlockException.class, () -> held.get().close());
  }

  @Nested
  class Text {

    @Test
    void showsTheNameAndHowManyAreMadeAndInUse() {
      assertEquals("Striped[\"buffers\", 0 of 64 made]", buffers.toString());

      buffers.update(buffer ->
          assertEquals("Striped[\"buffers\", 1 of 64 made, 1 in use]", buffers.toString()));

      assertEquals("Striped[\"buffers\", 1 of 64 made]", buffers.toString());
      buffers.close();
      assertEquals("Striped[\"buffers\", closed]", buffers.toString());
    }

    @Test
    void withoutAName_showsTheClassOfTheSupplier() {
      Striped<Optional<String>> striped = Striped.of(2, () -> Optional.of("text"));

      assertEquals("Striped[<StripedTest$Text>, 0 of 2 made]", striped.toString());
      striped.update(value ->
          assertTrue(
              assertThrows(DeadlockException.class, () -> striped.read(Optional::isEmpty))
                  .getMessage()
                  .startsWith("Guarded \"<StripedTest$Text>[")));
    }
  }
}
