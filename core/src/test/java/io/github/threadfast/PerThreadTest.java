package io.github.threadfast;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.lang.ref.WeakReference;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BinaryOperator;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.opentest4j.TestAbortedException;

@Timeout(60)
class PerThreadTest {

  /** What becomes of the values of ended threads. */
  enum Variant {
    KEEPING {
      @Override
      PerThread<Integer> make(String name, Supplier<Integer> supplier) {
        return PerThread.of(name, supplier);
      }
    },
    MERGING {
      @Override
      PerThread<Integer> make(String name, Supplier<Integer> supplier) {
        return PerThread.merging(name, supplier, Integer::sum);
      }
    },
    FORGETTING {
      @Override
      PerThread<Integer> make(String name, Supplier<Integer> supplier) {
        return PerThread.forgetting(name, supplier);
      }
    };

    abstract PerThread<Integer> make(String name, Supplier<Integer> supplier);
  }

  private static int sum(PerThread<Integer> values) {
    return values.fold(0, Integer::sum);
  }

  private static <T> List<T> all(PerThread<T> values) {
    return values.fold(
        List.of(), (list, value) -> Stream.concat(list.stream(), Stream.of(value)).toList());
  }

  private static <T> int entries(PerThread<T> values) {
    int[] count = {0};
    values.forEach(entry -> count[0]++);
    return count[0];
  }

  /** A thread that has used it, and lives until told to leave. */
  private static final class Resident {
    private final CountDownLatch leave = new CountDownLatch(1);
    private final Actor actor;

    Resident(String name, Runnable use) {
      CountDownLatch used = new CountDownLatch(1);
      actor =
          Actor.start(
              name,
              () -> {
                use.run();
                used.countDown();
                Call.await(leave);
              });
      Call.await(used);
    }

    void leave() throws Exception {
      leave.countDown();
      actor.join();
    }
  }

  @Nested
  class Values {

    @ParameterizedTest
    @EnumSource
    void get_makesAValueForEachThread_andReturnsItFromThenOn(Variant variant) throws Exception {
      AtomicInteger made = new AtomicInteger();
      PerThread<Integer> values = variant.make("ids", made::incrementAndGet);
      assertEquals(0, made.get());

      assertEquals(1, values.get());
      assertEquals(1, values.get());
      Actor.run(
          "other",
          () -> {
            assertEquals(2, values.get());
            assertEquals(2, values.get());
          });

      assertEquals(1, values.get());
      assertEquals(2, made.get());
    }

    @ParameterizedTest
    @EnumSource
    void set_changesTheValueOfThisThreadAlone(Variant variant) throws Exception {
      PerThread<Integer> values = variant.make("values", () -> 1);
      Resident other = new Resident("other", () -> values.set(10));

      values.set(2);

      assertEquals(2, values.get());
      assertEquals(12, sum(values));
      other.leave();
    }

    @ParameterizedTest
    @EnumSource
    void remove_takesTheValueAway_andTheNextGetMakesAnother(Variant variant) {
      AtomicInteger made = new AtomicInteger();
      PerThread<Integer> values = variant.make("values", made::incrementAndGet);
      values.remove(); // there is none
      values.set(10);

      values.remove();
      values.remove();

      assertEquals(List.of(), all(values));
      assertEquals(1, values.get());
    }

    @Test
    void get_returnsWhateverIsStored_evenOurOwnClasses() {
      PerThread<Object> values = PerThread.of(Object::new);
      PerThread<Object> other = PerThread.of(Object::new);

      values.set(other);

      assertSame(other, values.get());
    }
  }

  @Nested
  class Suppliers {

    static Stream<Throwable> failures() {
      return Stream.of(
          new UncheckedIOException(new IOException()),
          new IOException("checked"),
          new StackOverflowError());
    }

    @ParameterizedTest
    @MethodSource("failures")
    void whatItThrows_reachesTheCallerAsItIs_andTheNextGetTriesAgain(Throwable failure) {
      AtomicInteger runs = new AtomicInteger();
      PerThread<String> values =
          PerThread.of(() -> {
            if (runs.incrementAndGet() == 1) {
              throw Actor.<RuntimeException>unchecked(failure);
            }
            return "value";
          });

      assertSame(failure, assertThrows(Throwable.class, values::get));
      assertEquals(List.of(), all(values));

      assertEquals("value", values.get());
    }

    @Test
    void nullIsAFailureThatNamesIt() {
      AtomicInteger runs = new AtomicInteger();
      PerThread<String> values =
          PerThread.of("names", () -> runs.incrementAndGet() == 1 ? null : "value");

      NullPointerException e = assertThrows(NullPointerException.class, values::get);

      assertEquals(
          "supplier returned null for PerThread \"names\", which has no value for this thread."
              + " Return what stands for nothing, such as Optional.empty().",
          e.getMessage());
      assertEquals("value", values.get());
    }

    @Test
    void callingBack_throwsAtOnce_byAnyVerbThatNeedsTheValue() {
      AtomicReference<PerThread<String>> self = new AtomicReference<>();
      List<Throwable> thrown = new ArrayList<>();
      self.set(
          PerThread.of(
              "names",
              () -> {
                thrown.add(assertThrows(DeadlockException.class, () -> self.get().get()));
                thrown.add(assertThrows(DeadlockException.class, () -> self.get().set("x")));
                thrown.add(
                    assertThrows(
                        DeadlockException.class, () -> self.get().with("x", () -> thrown.clear())));
                self.get().remove(); // does nothing
                assertEquals(List.of(), all(self.get()));
                return "value";
              }));

      assertEquals("value", self.get().get());

      assertEquals(3, thrown.size());
      assertEquals(List.of("value"), all(self.get()));
    }

    @Test
    void callingBack_inAThreadThatHasNoUserCodeOnItsStack_saysWhatHappenedAndWhatToDo() {
      AtomicReference<PerThread<String>> self = new AtomicReference<>();
      self.set(PerThread.of("names", () -> self.get().get() + "!"));

      Call<String> call = Call.start("worker", self.get()::get);

      DeadlockException e = assertInstanceOf(DeadlockException.class, call.failure());
      assertEquals(
          "PerThread \"names\" was used again, by get, from inside its own supplier on thread"
              + " \"worker\". It would need the value that it is about to make. Use it after its"
              + " supplier has returned, and inside only what is already made.",
          e.getMessage());
      assertEquals(
          List.of(
              new DeadlockException.Step(
                  "worker", "PerThread \"names\"", "PerThread \"names\"", null)),
          e.cycle());
    }

    @Test
    void callingBack_insideAWithWhoseValueWasRemoved_throwsAtOnce() {
      AtomicReference<PerThread<String>> self = new AtomicReference<>();
      self.set(PerThread.of(() -> self.get().get()));

      self.get()
          .with(
              "outer",
              () -> {
                self.get().remove();
                assertThrows(DeadlockException.class, () -> self.get().get());
              });
    }

    @Test
    void oneThatBlocks_hurtsNobodyElse() throws Exception {
      CountDownLatch inside = new CountDownLatch(1);
      CountDownLatch open = new CountDownLatch(1);
      AtomicInteger runs = new AtomicInteger();
      PerThread<Integer> values =
          PerThread.of(() -> {
            int run = runs.incrementAndGet();
            if (run == 1) {
              inside.countDown();
              Call.await(open);
            }
            return run;
          });
      Call<Integer> slow = Call.start("slow", values::get);
      Call.await(inside);

      assertEquals(2, values.get());
      assertEquals(2, sum(values));
      assertEquals("PerThread[<PerThreadTest$Suppliers>, 1 thread]", values.toString());
      values.set(5);
      values.remove();

      open.countDown();
      assertEquals(1, slow.result());
    }

    @Test
    void oneMayWaitForTheValueOfAnotherThread() {
      AtomicReference<PerThread<Integer>> self = new AtomicReference<>();
      AtomicInteger runs = new AtomicInteger();
      self.set(
          PerThread.of(() -> {
            int run = runs.incrementAndGet();
            if (run == 1) {
              try {
                return 10 * Call.start("other", self.get()::get).result();
              } catch (Exception e) {
                throw new AssertionError(e);
              }
            }
            return run;
          }));

      assertEquals(20, self.get().get());
    }
  }

  @Nested
  class With {
    private final AtomicInteger made = new AtomicInteger();
    private final PerThread<String> values =
        PerThread.of("values", () -> "made " + made.incrementAndGet());

    static Stream<ThreadFactory> threads() {
      return Stream.concat(Stream.of(Thread::new), virtualThreads());
    }

    @Test
    void itIsTheValueMeanwhile_andThePreviousOneIsRestored() {
      values.set("before");

      String seen = values.with("inside", values::get);

      assertEquals("inside", seen);
      assertEquals("before", values.get());
    }

    @Test
    void itRestoresThatThereWasNone_withoutMakingOne() {
      values.with("inside", () -> assertEquals(List.of("inside"), all(values)));

      assertEquals(List.of(), all(values));
      assertEquals(0, made.get());
    }

    @ParameterizedTest
    @MethodSource("threads")
    void itNests_andRestoresWhateverIsThrown(ThreadFactory factory) throws Exception {
      Actor.start(
              factory,
              "actor",
              () -> {
                values.set("a");
                IOException failure = new IOException();
                IOException thrown =
                    assertThrows(
                        IOException.class,
                        () ->
                            values.with(
                                "b",
                                () -> {
                                  assertThrows(
                                      StackOverflowError.class,
                                      () ->
                                          values.with(
                                              "c",
                                              () -> {
                                                assertEquals("c", values.get());
                                                throw new StackOverflowError();
                                              }));
                                  assertEquals("b", values.get());
                                  if (!values.get().isEmpty()) {
                                    throw failure;
                                  }
                                }));
                assertSame(failure, thrown);
                assertEquals("a", values.get());
              })
          .join();
    }

    @Test
    void setAndRemove_insideOfIt_lastUntilItEnds() {
      values.set("before");

      values.with(
          "inside",
          () -> {
            values.set("set");
            assertEquals("set", values.get());
            values.remove();
            assertEquals(List.of(), all(values));
            assertEquals("made 1", values.get());
            values.with("deeper", () -> values.remove());
            assertEquals("made 1", values.get());
          });

      assertEquals("before", values.get());
    }

    @Test
    void aResult_aStatement_andAMethodReference_findTheirOverload() throws Exception {
      List<String> list = new ArrayList<>();
      boolean added = values.with("x", () -> list.add(values.get()));
      values.with(
          "y",
          () -> {
            list.add(values.get());
          });
      values.with("z", list::clear);
      Object nothing = values.with("z", () -> null);

      assertTrue(added);
      assertNull(nothing);
      assertEquals(List.of(), list);
    }

    @Test
    void oneThreadsWith_isNotSeenByAnother() throws Exception {
      values.with("mine", () -> assertEquals("made 1", Call.start("other", values::get).result()));
    }
  }

  private static Stream<ThreadFactory> virtualThreads() {
    try {
      return Stream.of(VirtualThreads.factory());
    } catch (TestAbortedException e) {
      return Stream.of(); // older than 21
    }
  }

  @Nested
  class Fold {

    @Test
    void withoutValues_returnsWhatItBeganWith() {
      PerThread<Integer> values = PerThread.of(() -> 1);

      assertEquals(7, values.fold(7, Integer::sum));
      assertNull(values.<Integer>fold(null, (result, value) -> value));
    }

    @ParameterizedTest
    @EnumSource
    void itSeesLivingThreadsOnce_andEndedOnesUnlessTheyAreForgotten(Variant variant)
        throws Exception {
      PerThread<Integer> values = variant.make("values", () -> 1);
      Resident living = new Resident("living", () -> values.set(10));
      Resident inside = new Resident("other", values::get);
      for (int i = 0; i < 20; i++) {
        Actor.run("ended", () -> values.set(100));
      }

      assertEquals(variant == Variant.FORGETTING ? 11 : 2011, sum(values));
      assertEquals(variant == Variant.FORGETTING ? 11 : 2011, sum(values));
      living.leave();
      inside.leave();

      assertEquals(variant == Variant.FORGETTING ? 0 : 2011, sum(values));
    }

    @ParameterizedTest
    @EnumSource
    void anEndedThreadsWorkOnItsValue_isSeen_thoughThatIsNotThreadSafe(Variant ignored)
        throws Exception {
      PerThread<List<String>> values = PerThread.of(ArrayList::new);
      Actor.run("ended", () -> values.get().add("added"));

      assertEquals(List.of(List.of("added")), all(values));
    }

    @Test
    void itSeesWhatGetWouldReturn_insideAWith() throws Exception {
      PerThread<String> values = PerThread.of(() -> "made");
      CountDownLatch inside = new CountDownLatch(1);
      CountDownLatch leave = new CountDownLatch(1);
      Actor other =
          Actor.start(
              "other",
              () -> {
                values.set("hidden");
                values.with(
                    "given",
                    () -> {
                      inside.countDown();
                      Call.await(leave);
                    });
              });
      Call.await(inside);

      assertEquals(List.of("given"), all(values));

      leave.countDown();
      other.join();
      assertEquals(List.of("hidden"), all(values));
    }

    @Test
    void itsFunctionMayUseThePerThread_andThrow() {
      PerThread<Integer> values = PerThread.of(() -> 1);
      values.set(5);
      ArithmeticException failure = new ArithmeticException();

      int sum =
          values.fold(
              0,
              (result, value) -> {
                values.set(values.get() + 1);
                return result + value + sum(values);
              });

      assertEquals(5 + 6, sum);
      assertSame(
          failure,
          assertThrows(
              ArithmeticException.class,
              () ->
                  values.fold(
                      0,
                      (result, value) -> {
                        throw failure;
                      })));
      assertEquals(6, sum(values));
    }

    /** While threads end, and are swept by those that come, each is counted once. */
    @ParameterizedTest
    @EnumSource(names = "FORGETTING", mode = EnumSource.Mode.EXCLUDE)
    void whileThreadsEnd_theSumNeverFallsOrJumps(Variant variant) throws Exception {
      PerThread<Integer> values = variant.make("values", () -> 0);
      int threads = 4_000;
      int atOnce = 4;
      AtomicInteger started = new AtomicInteger();
      AtomicInteger finished = new AtomicInteger();
      Actor starter =
          Actor.start(
              "starter",
              () -> {
                for (int i = 0; i < threads; i += atOnce) {
                  started.addAndGet(atOnce);
                  List<Thread> batch = new ArrayList<>();
                  for (int j = 0; j < atOnce; j++) {
                    batch.add(new Thread(() -> values.set(values.get() + 1)));
                  }
                  batch.forEach(Thread::start);
                  for (Thread thread : batch) {
                    thread.join();
                  }
                  finished.addAndGet(atOnce);
                }
              });

      Actor.Body folding =
          () -> {
            while (finished.get() < threads) {
              int low = finished.get();
              int sum = sum(values);
              int high = started.get();
              assertTrue(low <= sum && sum <= high, low + " <= " + sum + " <= " + high);
              Actor.giveWay();
            }
          };
      Actor other = Actor.start("other", folding);
      folding.run();
      other.join();
      starter.join();

      assertEquals(threads, sum(values));
    }
  }

  @Nested
  class Ends {
    private static final int MANY = 10_000;

    @ParameterizedTest
    @EnumSource
    void manyShortThreads_leaveFewEntries_andAreCountedOnce(Variant variant) throws Exception {
      PerThread<Integer> values = variant.make("values", () -> 1);
      int threads = variant == Variant.MERGING ? MANY : MANY / 10;
      int[] most = {0};

      for (int i = 0; i < threads; i++) {
        Thread thread = new Thread(() -> values.set(values.get()));
        thread.start();
        thread.join();
        most[0] = Math.max(most[0], entries(values));
      }

      assertTrue(most[0] <= 8, most[0] + " entries");
      assertEquals(variant == Variant.FORGETTING ? 0 : threads, sum(values));
    }

    @Test
    void manyShortVirtualThreads_leaveFewEntries_andAreCountedOnce() throws Exception {
      ThreadFactory factory = VirtualThreads.factory();
      PerThread<Integer> values = PerThread.merging(() -> 1, Integer::sum);

      for (int i = 0; i < MANY; i++) {
        Thread thread = factory.newThread(() -> values.set(values.get()));
        thread.start();
        thread.join();
        assertTrue(entries(values) <= 8);
      }

      assertEquals(MANY, sum(values));
    }

    /** A box, so that each thread's value is an object of its own. */
    private record Box(int content) {
      static Box sum(Box one, Box other) {
        return new Box(one.content + other.content);
      }
    }

    @Test
    void merged_theValuesOfEndedThreadsAreCollected_thoughNobodyFolds() throws Exception {
      assertAreCollected(PerThread.merging(() -> new Box(1), Box::sum));
    }

    @Test
    void forgotten_theValuesOfEndedThreadsAreCollected_thoughNobodyFolds() throws Exception {
      assertAreCollected(PerThread.forgetting(() -> new Box(1)));
    }

    private void assertAreCollected(PerThread<Box> values) throws Exception {
      List<WeakReference<?>> garbage = Collections.synchronizedList(new ArrayList<>());
      for (int i = 0; i < MANY / 10; i++) {
        Thread thread = new Thread(() -> garbage.add(new WeakReference<>(values.get())));
        garbage.add(new WeakReference<>(thread));
        thread.start();
        thread.join();
      }

      Actor.await(
          "values and threads are collected",
          () -> {
            System.gc();
            long left = garbage.stream().filter(reference -> !reference.refersTo(null)).count();
            return left <= 4; // the last one, whom nobody has found out yet, and what still runs
          });
      assertNotNull(values.toString()); // it was reachable all the time
    }

    @Test
    void aThreadIsNotKept_evenIfItsValueIs() throws Exception {
      PerThread<Box> values = PerThread.of(() -> new Box(1));
      Thread thread = new Thread(values::get);
      thread.start();
      thread.join();
      WeakReference<Thread> reference = new WeakReference<>(thread);
      thread = null;

      Actor.await(
          "the thread is collected",
          () -> {
            System.gc();
            return reference.refersTo(null);
          });

      assertEquals(List.of(new Box(1)), all(values));
    }

    @Test
    void aValueThatRefersToItsPerThread_isCollectedWithIt_whileTheThreadLives() {
      PerThread<Object[]> values = PerThread.of(() -> new Object[1]);
      values.get()[0] = values;
      WeakReference<Object> value = new WeakReference<>(values.get());
      WeakReference<Object> perThread = new WeakReference<>(values);
      values = null;

      Actor.await(
          "both are collected",
          () -> {
            System.gc();
            return value.refersTo(null) && perThread.refersTo(null);
          });
    }

    /** Run in a class loader of its own. */
    public static final class Tenant implements Runnable {
      private static final PerThread<Tenant> VALUES = PerThread.of(Tenant::new);

      @Override
      public void run() {
        VALUES.get().hashCode();
        VALUES.with(new Tenant(), () -> VALUES.get().hashCode());
      }
    }

    @Test
    void aClassLoaderWhoseClassesUsedIt_isCollected_whileTheThreadLives() throws Exception {
      ExecutorService pool = Executors.newFixedThreadPool(1);
      try {
        WeakReference<ClassLoader> loader = pool.submit(Ends::useInAnotherLoader).get();

        Actor.await(
            "the class loader is collected",
            () -> {
              System.gc();
              return loader.refersTo(null);
            });
      } finally {
        pool.shutdown();
      }
    }

    private static WeakReference<ClassLoader> useInAnotherLoader() throws Exception {
      URL[] classes = {locationOf(PerThread.class), locationOf(Tenant.class)};
      ClassLoader parent = ClassLoader.getPlatformClassLoader();
      try (URLClassLoader loader = new URLClassLoader(classes, parent)) {
        Class<?> tenant = loader.loadClass(Tenant.class.getName());
        assertNotSame(Tenant.class, tenant);
        ((Runnable) tenant.getConstructor().newInstance()).run();
        return new WeakReference<>(loader);
      }
    }

    private static URL locationOf(Class<?> type) {
      return type.getProtectionDomain().getCodeSource().getLocation();
    }
  }

  @Nested
  class Merging {

    /** Three threads have ended when the last one's first get finds them out. */
    private static void endThree(PerThread<Integer> values) {
      List<Resident> residents = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        residents.add(new Resident("resident" + i, () -> values.set(1)));
      }
      residents.forEach(resident -> assertDoesNotThrow(resident::leave));
    }

    private static BinaryOperator<Integer> failingUntil(AtomicInteger runs, int good) {
      return (one, other) -> {
        if (runs.incrementAndGet() < good) {
          throw new ArithmeticException("run " + runs.get());
        }
        return one + other;
      };
    }

    @Test
    void aMergerThatThrows_sparesWhoOnlyGets_andTheNextFoldThrowsItOnce() {
      AtomicInteger runs = new AtomicInteger();
      PerThread<Integer> values = PerThread.merging(() -> 10, failingUntil(runs, 2));
      endThree(values);

      assertEquals(10, values.get());
      assertEquals(1, runs.get());

      assertEquals(
          "run 1", assertThrows(ArithmeticException.class, () -> sum(values)).getMessage());
      assertEquals(13, sum(values));
    }

    @Test
    void valuesWhoseMergerFailed_areFoldedAsTheyAre_andTriedAgainWhenThereAreTwiceAsMany()
        throws Exception {
      AtomicInteger runs = new AtomicInteger();
      PerThread<Integer> values = PerThread.merging(() -> 10, failingUntil(runs, 2));
      endThree(values);
      assertThrows(ArithmeticException.class, () -> sum(values)); // it runs in the fold itself
      assertEquals(1, runs.get());

      for (int ended = 4; ended < 6; ended++) {
        Actor.run("ended", () -> values.set(1));
        assertEquals(ended, sum(values));
        assertEquals(ended, all(values).size());
        assertEquals(1, runs.get());
      }
      Actor.run("ended", () -> values.set(1));

      assertEquals(List.of(6), all(values));
      assertEquals(6, runs.get());
    }

    @Test
    void aMergerThatAlwaysThrows_losesNothing_andIsTriedSeldom() throws Exception {
      AtomicInteger runs = new AtomicInteger();
      PerThread<Integer> values = PerThread.merging(() -> 1, failingUntil(runs, Integer.MAX_VALUE));
      for (int i = 0; i < 1_000; i++) {
        Actor.run("ended", () -> values.set(1));
      }

      assertThrows(ArithmeticException.class, () -> sum(values));

      assertEquals(1_000, sum(values));
      assertTrue(runs.get() <= 10, runs + " runs");
    }

    @Test
    void whatWasMergedBeforeAFailure_staysMerged() {
      AtomicInteger runs = new AtomicInteger();
      PerThread<Integer> values =
          PerThread.merging(
              () -> 1,
              (one, other) -> {
                if (runs.incrementAndGet() == 2) {
                  throw new ArithmeticException();
                }
                return one + other;
              });
      endThree(values);

      assertThrows(ArithmeticException.class, () -> sum(values));

      assertEquals(List.of(2, 1), all(values));
    }

    @Test
    void aMergerThatReturnsNull_hasFailed() {
      PerThread<Integer> values = PerThread.merging("sums", () -> 1, (one, other) -> null);
      endThree(values);

      NullPointerException e = assertThrows(NullPointerException.class, () -> sum(values));

      assertEquals(
          "merger returned null for PerThread \"sums\", whose values stay as they are. Return one"
              + " value for the two.",
          e.getMessage());
      assertEquals(3, sum(values));
    }

    @Test
    void whileAMergerRuns_foldsSeeEachValueOnce_andNoOtherMergerRuns() throws Exception {
      CountDownLatch inside = new CountDownLatch(1);
      CountDownLatch open = new CountDownLatch(1);
      AtomicInteger runs = new AtomicInteger();
      PerThread<Integer> values =
          PerThread.merging(
              () -> 10,
              (one, other) -> {
                runs.incrementAndGet();
                inside.countDown();
                Call.await(open);
                return one + other;
              });
      endThree(values);
      Call<Integer> merging = Call.start("merging", () -> sum(values));
      Call.await(inside);

      assertEquals(3, sum(values));
      Actor.run("ended", () -> values.set(1));
      assertEquals(4, sum(values));
      assertEquals(1, runs.get());

      open.countDown();
      assertEquals(4, merging.result());
      assertEquals(4, sum(values));
    }

    @Test
    void closedWhileAMergerRuns_nothingIsPutBack() throws Exception {
      CountDownLatch inside = new CountDownLatch(1);
      CountDownLatch open = new CountDownLatch(1);
      PerThread<Integer> values =
          PerThread.merging(
              () -> 10,
              (one, other) -> {
                inside.countDown();
                Call.await(open);
                return one + other;
              });
      endThree(values);
      Call<Integer> merging = Call.start("merging", () -> sum(values));
      Call.await(inside);

      values.close();
      open.countDown();

      assertInstanceOf(IllegalStateException.class, merging.failure());
    }

    @Test
    void aMergerMayUseThePerThread() {
      AtomicReference<PerThread<Integer>> self = new AtomicReference<>();
      AtomicInteger made = new AtomicInteger();
      self.set(
          PerThread.merging(
              () -> {
                made.incrementAndGet();
                return 10;
              },
              (one, other) -> {
                self.get().get(); // makes the value of the thread that was about to
                sum(self.get());
                return one + other;
              }));
      endThree(self.get());

      assertEquals(10, self.get().get());

      assertEquals(1, made.get());
      assertEquals(13, sum(self.get()));
    }
  }

  /** What was closed, in which order. */
  private static final class Closed<T> {
    private final List<T> values = Collections.synchronizedList(new ArrayList<>());
    private final Throwable failure;

    Closed() {
      this(null);
    }

    Closed(Throwable failure) {
      this.failure = failure;
    }

    void close(T value) {
      values.add(value);
      if (failure != null) {
        throw Actor.<RuntimeException>unchecked(failure);
      }
    }
  }

  @Nested
  class Closing {
    private final Closed<String> closed = new Closed<>();
    private final PerThread<String> values =
        PerThread.<String>builder(() -> "made").name("buffers").closer(closed::close).build();

    @Test
    void close_dropsTheValuesOfAllThreads_andClosesEachOnce() throws Exception {
      values.set("mine");
      Resident living = new Resident("living", () -> values.set("living"));
      Actor.run("ended", () -> values.set("ended"));

      values.close();
      values.close();

      assertEquals(List.of("ended", "living", "mine"), closed.values.stream().sorted().toList());
      living.leave();
      values.close();
      assertEquals(3, closed.values.size());
    }

    @Test
    void afterClose_everyVerbNamesIt_butRemoveDoesNothing() throws Exception {
      values.get();
      values.close();
      List<Executable> verbs =
          List.of(
              values::get,
              () -> values.set("x"),
              () -> values.with("x", () -> {}),
              () -> values.with("x", () -> "y"),
              () -> values.fold("", String::concat));

      for (Executable verb : verbs) {
        assertEquals(
            "PerThread \"buffers\" is closed. Close it after its last use, or make a new one.",
            assertThrows(IllegalStateException.class, verb).getMessage());
        Actor.run("other", () -> assertThrows(IllegalStateException.class, verb));
      }
      values.remove();
      assertEquals(List.of("made"), closed.values);
    }

    @Test
    void aValueThatLeaves_isClosedThen_andOneThatIsSetAgainIsNot() {
      values.set("a");
      values.set("a");
      assertEquals(List.of(), closed.values);

      values.set("b");
      assertEquals(List.of("a"), closed.values);
      values.remove();
      assertEquals(List.of("a", "b"), closed.values);
      values.get();
      values.set("c");
      assertEquals(List.of("a", "b", "made"), closed.values);
    }

    @Test
    void aValueGivenToAWith_isNotClosed_butWhatWasMadeOrSetInsideIs() {
      values.set("outer");

      values.with(
          "given",
          () -> {
            values.set("set inside");
            values.remove();
            assertEquals(List.of("set inside"), closed.values);
            values.get();
            values.with("deeper", values::remove);
          });

      assertEquals(List.of("set inside", "made"), closed.values);
      assertEquals("outer", values.get());
    }

    @Test
    void aValueGivenToAWith_isNotClosed_thoughItIsSetInside() {
      values.with(
          "given",
          () -> {
            values.set("set inside");
            values.with("deeper", () -> values.set("given"));
            assertEquals(List.of(), closed.values);
            values.set("given");
          });
      assertEquals(List.of("set inside"), closed.values);

      values.with(
          "given",
          () -> {
            values.with(
                "deeper",
                () -> {
                  values.set("given");
                  values.close();
                });
          });
      assertEquals(List.of("set inside"), closed.values);
    }

    @Test
    void aValueThatWasSetInsideAndOutside_isClosedWhenTheLastLeaves() {
      values.set("twice");

      values.with("given", () -> values.with("deeper", () -> values.set("twice")));
      assertEquals(List.of(), closed.values);
      values.with("twice", () -> assertEquals("twice", values.get()));
      assertEquals(List.of(), closed.values);
      values.remove();

      assertEquals(List.of("twice"), closed.values);
    }

    @Test
    void closeDuringAWith_closesWhatItHides_onceAndNothingIsRestored() throws Exception {
      CountDownLatch inside = new CountDownLatch(1);
      CountDownLatch goOn = new CountDownLatch(1);
      Actor user =
          Actor.start(
              "user",
              () -> {
                values.set("hidden");
                values.with(
                    "given",
                    () -> {
                      values.set("set inside");
                      values.with(
                          "deeper",
                          () -> {
                            inside.countDown();
                            Call.await(goOn);
                            assertThrows(IllegalStateException.class, values::get);
                          });
                      assertThrows(IllegalStateException.class, () -> values.set("late"));
                      values.remove();
                    });
                assertThrows(IllegalStateException.class, values::get);
              });
      Call.await(inside);

      values.close();
      assertEquals(List.of("hidden", "set inside"), closed.values.stream().sorted().toList());
      goOn.countDown();
      user.join();

      assertEquals(2, closed.values.size());
    }

    /** Or a thread that was refused would get a value after that. */
    @Test
    void whileACloseHasNotBegunToTakeValues_nothingIsRefused() throws Exception {
      values.set("mine");

      Actor closing =
          values.locked(() -> {
            Actor closer = Actor.start("closer", values::close);
            closer.awaitParked();
            values.set("mine again");
            assertEquals("mine again", values.get());
            return closer;
          });

      closing.join();
      assertEquals(List.of("mine", "mine again"), closed.values);
    }

    @Test
    void closeDuringASupplier_closesTheMadeValueInItsThread_andGetThrows() throws Exception {
      CountDownLatch inside = new CountDownLatch(1);
      CountDownLatch goOn = new CountDownLatch(1);
      List<Thread> closers = Collections.synchronizedList(new ArrayList<>());
      PerThread<String> slow =
          PerThread.<String>builder(
                  () -> {
                    inside.countDown();
                    Call.await(goOn);
                    return "made";
                  })
              .closer(value -> closers.add(Thread.currentThread()))
              .build();
      Call<String> user = Call.start("user", slow::get);
      Call.await(inside);

      slow.close();
      assertEquals(List.of(), closers);
      goOn.countDown();

      assertInstanceOf(IllegalStateException.class, user.failure());
      assertEquals(List.of(user.thread()), closers);
    }

    @Test
    void closeFromItsOwnSupplierOrCloserOrFold_works() {
      AtomicReference<PerThread<String>> self = new AtomicReference<>();
      self.set(
          PerThread.<String>builder(
                  () -> {
                    self.get().close();
                    return "made";
                  })
              .closer(closed::close)
              .build());

      assertThrows(IllegalStateException.class, self.get()::get);
      assertEquals(List.of("made"), closed.values);

      self.set(
          PerThread.<String>builder(() -> "again")
              .closer(value -> {
                closed.close(value);
                self.get().close();
                assertThrows(IllegalStateException.class, self.get()::get);
              })
              .build());
      self.get().get();
      self.get().close();
      assertEquals(List.of("made", "again"), closed.values);

      values.get();
      String result =
          values.fold(
              "",
              (r, value) -> {
                values.close();
                return r + value;
              });
      assertEquals("made", result);
    }

    @Test
    void aCloserThatThrows_isReportedAfterAllHaveRun() throws Exception {
      List<RuntimeException> thrown = Collections.synchronizedList(new ArrayList<>());
      PerThread<String> failing =
          PerThread.<String>builder(() -> "made")
              .closer(value -> {
                RuntimeException e = new RuntimeException(value);
                thrown.add(e);
                throw e;
              })
              .build();
      List<Resident> residents = new ArrayList<>();
      for (int i = 0; i < 5; i++) {
        String value = "value" + i;
        residents.add(new Resident("resident" + i, () -> failing.set(value)));
      }

      RuntimeException e = assertThrows(RuntimeException.class, failing::close);

      assertSame(thrown.get(0), e);
      assertEquals(thrown.subList(1, 5), List.of(e.getSuppressed()));
      failing.close();
      assertEquals(5, thrown.size());
      for (Resident resident : residents) {
        resident.leave();
      }
    }

    @Test
    void aCloserThatThrows_reachesWhoMadeTheValueLeave_whichHasDoneItsWork() {
      IOException failure = new IOException();
      Closed<String> failing = new Closed<>(failure);
      PerThread<String> values =
          PerThread.<String>builder(() -> "made").closer(failing::close).build();
      values.set("a");

      assertSame(failure, assertThrows(IOException.class, () -> values.set("b")));
      assertEquals("b", values.get());
      assertSame(failure, assertThrows(IOException.class, values::remove));
      assertEquals(List.of(), all(values));
      assertSame(
          failure, assertThrows(IOException.class, () -> values.with("c", () -> values.set("d"))));
      assertEquals(List.of(), all(values));
      ArithmeticException ofTheBody = new ArithmeticException();
      assertSame(
          ofTheBody,
          assertThrows(
              ArithmeticException.class,
              () ->
                  values.with(
                      "c",
                      () -> {
                        values.set("e");
                        throw ofTheBody;
                      })));
      assertEquals(List.of(failure), List.of(ofTheBody.getSuppressed()));
      assertEquals(List.of("a", "b", "d", "e"), failing.values);
    }

    @Test
    void forgotten_aValueIsClosedOnceWhenItsThreadHasEnded_byWhoComesNext() throws Exception {
      PerThread<String> forgetting =
          PerThread.<String>builder(() -> "made").closer(closed::close).forgetEnded().build();
      Actor.run("ended", () -> forgetting.set("a"));
      assertEquals(List.of(), closed.values);

      forgetting.get();
      assertEquals(List.of("a"), closed.values);
      Actor.run("ended", () -> forgetting.set("b"));
      assertEquals(List.of("made"), all(forgetting));
      assertEquals(List.of("a", "b"), closed.values);
      Actor.run("ended", () -> forgetting.set("c"));
      forgetting.close();

      assertEquals(List.of("a", "b", "c", "made"), closed.values.stream().sorted().toList());
    }

    @Test
    void forgotten_aCloserThatThrows_sparesWhoOnlyGets_andIsReportedOnceByFoldOrClose()
        throws Exception {
      Closed<String> failing = new Closed<>(new IOException());
      PerThread<String> forgetting =
          PerThread.<String>builder(() -> "made").closer(failing::close).forgetEnded().build();
      Actor.run("ended", () -> forgetting.set("a"));
      assertEquals("made", forgetting.get());

      assertSame(failing.failure, assertThrows(IOException.class, () -> all(forgetting)));
      assertEquals(List.of("made"), all(forgetting));
      assertEquals(List.of("a"), failing.values);

      Actor.run("ended", () -> forgetting.set("b"));
      Actor.run("next", () -> assertEquals("made", forgetting.get()));
      assertSame(failing.failure, assertThrows(IOException.class, forgetting::close));
      assertEquals(List.of("a", "b", "made", "made"), failing.values.stream().sorted().toList());
    }

    @Test
    void theFailuresThatAreTold_areBounded() throws Exception {
      AtomicInteger runs = new AtomicInteger();
      PerThread<String> forgetting =
          PerThread.<String>builder(() -> "made")
              .closer(value -> {
                throw new ArithmeticException("run " + runs.incrementAndGet());
              })
              .forgetEnded()
              .build();
      for (int i = 0; i < 200; i++) {
        Actor.run("ended", forgetting::get);
      }

      ArithmeticException e = assertThrows(ArithmeticException.class, forgetting::close);

      assertEquals("run 1", e.getMessage());
      assertEquals(100, e.getSuppressed().length);
      assertEquals(200, runs.get());
    }

    @Test
    void aCloserAndMergeEnded_areRefusedTogether() {
      IllegalStateException e =
          assertThrows(
              IllegalStateException.class,
              () ->
                  PerThread.<String>builder(() -> "made")
                      .closer(closed::close)
                      .mergeEnded(String::concat)
                      .build());

      assertEquals(
          "closer and mergeEnded were both chosen: who would close the values that were merged into"
              + " one? Choose one, and let the merger close what it doesn't return.",
          e.getMessage());
    }

    @Test
    void theLastChoiceAboutEndedThreads_holds() throws Exception {
      PerThread<Integer> kept =
          PerThread.<Integer>builder(() -> 1)
              .mergeEnded(Integer::sum)
              .forgetEnded()
              .keepEnded()
              .build();
      Actor.run("ended", kept::get);
      Actor.run("ended", kept::get);

      assertEquals(List.of(1, 1), all(kept));
    }
  }

  @Nested
  class Diagnostics {

    @Test
    void toString_showsTheNameAndHowManyThreadsHaveAValue_butNoValue() throws Exception {
      PerThread<String> values = PerThread.of("buffers", () -> "secret");
      assertEquals("PerThread[\"buffers\", 0 threads]", values.toString());

      values.get();
      assertEquals("PerThread[\"buffers\", 1 thread]", values.toString());
      Resident other = new Resident("other", values::get);
      assertEquals("PerThread[\"buffers\", 2 threads]", values.toString());
      values.remove();
      assertEquals("PerThread[\"buffers\", 1 thread]", values.toString());
      other.leave();
      values.fold("", String::concat);
      assertEquals("PerThread[\"buffers\", 0 threads, 1 ended]", values.toString());
      values.close();
      assertEquals("PerThread[\"buffers\", closed]", values.toString());
    }

    @Test
    void toString_tellsOfMergedValues() throws Exception {
      PerThread<Integer> values = PerThread.merging("sums", () -> 1, Integer::sum);
      Actor.run("ended", values::get);
      Actor.run("ended", values::get);

      assertEquals("PerThread[\"sums\", 0 threads, ended ones merged]", values.toString());
    }

    @Test
    void withoutAName_itIsCalledByTheClassOfItsSupplier() {
      assertEquals(
          "PerThread[<PerThreadTest$Diagnostics>, 0 threads]",
          PerThread.of(() -> "lambda").toString());
    }

    @Test
    void toString_neitherWaitsNorRunsCodeOfTheUser() throws Exception {
      CyclicBarrier inside = new CyclicBarrier(2);
      PerThread<Object> values =
          PerThread.of(
              "values",
              () ->
                  new Object() {
                    @Override
                    public String toString() {
                      throw new AssertionError();
                    }
                  });
      values.get();
      CountDownLatch leave = new CountDownLatch(1);
      Actor holder =
          Actor.start(
              "holder",
              () ->
                  values.locked(() -> {
                    try {
                      inside.await();
                    } catch (Exception e) {
                      throw new AssertionError(e);
                    }
                    Call.await(leave);
                    return null;
                  }));
      inside.await();

      assertEquals("PerThread[\"values\", 1 thread]", values.toString());

      leave.countDown();
      holder.join();
    }

    @Test
    void itIsNotSerializable() {
      assertFalse(Serializable.class.isAssignableFrom(PerThread.class));
    }
  }

  @Nested
  class Nulls {
    private final PerThread<String> values = PerThread.of(() -> "value");

    @Test
    void aNullArgument_isNamed() {
      assertNamed("supplier", () -> PerThread.of(null));
      assertNamed("supplier", () -> PerThread.of("name", null));
      assertNamed("name", () -> PerThread.of(null, () -> ""));
      assertNamed("merger", () -> PerThread.merging(() -> "", null));
      assertNamed("merger", () -> PerThread.merging("name", () -> "", null));
      assertNamed("name", () -> PerThread.merging(null, () -> "", String::concat));
      assertNamed("supplier", () -> PerThread.forgetting(null));
      assertNamed("name", () -> PerThread.forgetting(null, () -> ""));
      assertNamed("supplier", () -> PerThread.builder(null));
      assertNamed("name", () -> PerThread.builder(() -> "").name(null));
      assertNamed("closer", () -> PerThread.builder(() -> "").closer(null));
      assertNamed("merger", () -> PerThread.builder(() -> "").mergeEnded(null));
      assertNamed("value", () -> values.set(null));
      assertNamed("value", () -> values.with(null, () -> {}));
      assertNamed("body", () -> values.with("x", (CheckedRunnable<RuntimeException>) null));
      assertNamed("body", () -> values.with("x", (CheckedSupplier<String, RuntimeException>) null));
      assertNamed("op", () -> values.fold("", null));
      assertEquals(List.of(), all(values));
    }

    private void assertNamed(String parameter, Executable executable) {
      assertEquals(parameter, assertThrows(NullPointerException.class, executable).getMessage());
    }
  }
}
