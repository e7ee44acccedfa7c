package io.github.threadfast;

import static io.github.threadfast.Call.awaitEqual;
import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.lang.invoke.MethodHandle;
import java.lang.ref.WeakReference;
import java.net.SocketTimeoutException;
import java.nio.channels.ClosedByInterruptException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class LazyTest {

  /** The factories. */
  enum Variant {
    OF {
      @Override
      <T> Lazy<T> make(String name, Supplier<T> initializer) {
        return Lazy.of(name, initializer);
      }
    },
    CACHING_FAILURE {
      @Override
      <T> Lazy<T> make(String name, Supplier<T> initializer) {
        return Lazy.cachingFailure(name, initializer);
      }
    },
    CONSTANT {
      @Override
      <T> Lazy<T> make(String name, Supplier<T> initializer) {
        return Lazy.constant(name, initializer);
      }
    },
    CLOSEABLE {
      @Override
      <T> Lazy<T> make(String name, Supplier<T> initializer) {
        return Lazy.closeable(name, initializer, value -> {});
      }
    };

    abstract <T> Lazy<T> make(String name, Supplier<T> initializer);
  }

  /** An initializer that lets a test know that it runs, and waits until it may go on. */
  private static final class Gate<T> implements Supplier<T> {
    private final CountDownLatch entered = new CountDownLatch(1);
    private final CountDownLatch opened = new CountDownLatch(1);
    private final AtomicInteger runs = new AtomicInteger();
    private final Callable<T> body;

    Gate(Callable<T> body) {
      this.body = body;
    }

    @Override
    public T get() {
      runs.incrementAndGet();
      entered.countDown();
      Call.await(opened);
      try {
        return body.call();
      } catch (Throwable e) {
        throw OnceLazy.<RuntimeException>rethrow(e);
      }
    }

    void awaitEntered() {
      Call.await(entered);
    }

    void open() {
      opened.countDown();
    }

    int runs() {
      return runs.get();
    }
  }

  @Nested
  class Values {

    @ParameterizedTest
    @EnumSource
    void get_makesTheValueOnFirstUse_andReturnsTheSameFromThenOn(Variant variant) throws Exception {
      AtomicInteger runs = new AtomicInteger();
      Lazy<Object> lazy =
          variant.make(
              "lazy",
              () -> {
                runs.incrementAndGet();
                return new Object();
              });
      assertEquals(0, runs.get());

      Object value = lazy.get();

      assertSame(value, lazy.get());
      assertSame(value, lazy.get(Duration.ZERO));
      assertSame(value, lazy.peek());
      assertEquals(1, runs.get());
    }

    @ParameterizedTest
    @EnumSource
    void peekAndIsInitialized_neitherMakeTheValueNorWait(Variant variant) throws Exception {
      Gate<String> gate = new Gate<>(() -> "value");
      Lazy<String> lazy = variant.make("lazy", gate);
      assertNull(lazy.peek());
      assertFalse(lazy.isInitialized());
      assertEquals(0, gate.runs());

      Call<String> first = Call.start("first", lazy::get);
      gate.awaitEntered();
      assertNull(lazy.peek());
      assertFalse(lazy.isInitialized());
      gate.open();
      assertEquals("value", first.result());

      assertEquals("value", lazy.peek());
      assertTrue(lazy.isInitialized());
    }

    /** Who is behind catches up, since it only looks; then they meet at each value. */
    @ParameterizedTest
    @EnumSource
    void threadsThatAskForTheSameValuesInOneOrder_allGetTheOneValueOfEach(Variant variant)
        throws Exception {
      int threads = 4;
      AtomicInteger runs = new AtomicInteger();
      List<Lazy<int[]>> lazies =
          IntStream.range(0, 5_000)
              .mapToObj(i -> variant.make("lazy", () -> new int[] {runs.incrementAndGet()}))
              .toList();
      CyclicBarrier start = new CyclicBarrier(threads);
      List<Call<List<int[]>>> calls =
          IntStream.range(0, threads)
              .mapToObj(i ->
                  Call.start(
                      "thread" + i,
                      () -> {
                        start.await(Call.SECONDS, TimeUnit.SECONDS);
                        return lazies.stream().map(Lazy::get).toList();
                      }))
              .toList();

      Set<int[]> values = Collections.newSetFromMap(new IdentityHashMap<>());
      for (Call<List<int[]>> call : calls) {
        values.addAll(call.result());
      }

      assertEquals(lazies.size(), runs.get());
      assertEquals(lazies.size(), values.size());
      assertTrue(values.stream().allMatch(value -> value[0] > 0));
    }

    @ParameterizedTest
    @EnumSource
    void anInitializerThatIsAThread_isRunAsASupplier(Variant variant) {
      ThreadAndSupplier both = new ThreadAndSupplier(() -> "value");

      assertEquals("value", variant.make("lazy", both).get());
    }

    @ParameterizedTest
    @EnumSource
    void anInitializingThreadThatIsASupplier_isWaitedForAndNotRun(Variant variant)
        throws Exception {
      Gate<String> gate = new Gate<>(() -> "value");
      Lazy<String> lazy = variant.make("lazy", gate);
      ThreadAndSupplier both = new ThreadAndSupplier(lazy);
      both.start();
      gate.awaitEntered();

      Call<String> other = Call.start("other", lazy::get);
      awaitEqual("Lazy[\"lazy\", being initialized by \"both\", 1 waiting]", lazy::toString);
      gate.open();

      assertEquals("value", other.result());
      assertEquals(1, gate.runs());
      both.join();
    }

    private static final class ThreadAndSupplier extends Thread implements Supplier<String> {
      private final Supplier<String> body;

      ThreadAndSupplier(Supplier<String> body) {
        super("both");
        this.body = body;
      }

      @Override
      public void run() {
        assertEquals("value", get());
      }

      @Override
      public String get() {
        return body.get();
      }
    }

    @Test
    void constant_changesItsTargetOnceWhenThereIsAValue() {
      ConstantLazy<Object> lazy = ConstantLazy.of("lazy", Object::new);
      MethodHandle before = lazy.site().getTarget();

      Object value = lazy.get();

      MethodHandle after = lazy.site().getTarget();
      assertNotSame(before, after);
      assertSame(value, lazy.get());
      assertSame(after, lazy.site().getTarget());
    }

    @Test
    void constant_afterAFailure_triesAgain() {
      AtomicInteger runs = new AtomicInteger();
      Lazy<String> lazy = Lazy.constant(() -> failUntil(runs, 2));

      assertThrows(UncheckedIOException.class, lazy::get);

      assertEquals("value", lazy.get());
    }
  }

  private static String failUntil(AtomicInteger runs, int good) {
    if (runs.incrementAndGet() < good) {
      throw new UncheckedIOException(new IOException("disk full"));
    }
    return "value";
  }

  @Nested
  class Failures {

    @ParameterizedTest
    @EnumSource(names = "CACHING_FAILURE", mode = EnumSource.Mode.EXCLUDE)
    void anExceptionInTheInitializer_reachesTheCaller_andTheNextOneTriesAgain(Variant variant) {
      IOException failure = new IOException("disk full");
      AtomicInteger runs = new AtomicInteger();
      Lazy<String> lazy =
          variant.make(
              "lazy",
              () -> {
                if (runs.incrementAndGet() == 1) {
                  throw OnceLazy.<RuntimeException>rethrow(failure);
                }
                return "value";
              });

      assertSame(failure, assertThrows(IOException.class, lazy::get));
      assertEquals("Lazy[\"lazy\", not initialized]", lazy.toString());

      assertEquals("value", lazy.get());
      assertEquals(2, runs.get());
    }

    @ParameterizedTest
    @EnumSource
    void anErrorInTheInitializer_reachesTheCaller_andTheNextOneTriesAgain(Variant variant) {
      StackOverflowError failure = new StackOverflowError();
      AtomicInteger runs = new AtomicInteger();
      Lazy<String> lazy =
          variant.make(
              "lazy",
              () -> {
                if (runs.incrementAndGet() == 1) {
                  throw failure;
                }
                return "value";
              });

      assertSame(failure, assertThrows(StackOverflowError.class, lazy::get));

      assertEquals("value", lazy.get());
    }

    static Stream<Throwable> failures() {
      return Stream.of(
          new IOException("disk full"),
          new IllegalStateException("no such file"),
          new SocketTimeoutException("no answer"), // an InterruptedIOException by its class only
          new StackOverflowError());
    }

    @ParameterizedTest
    @MethodSource("failures")
    void allWhoWaitedForAnAttempt_getItsFailure_andTheNextOneTriesAgain(Throwable failure) {
      assertShared(Variant.OF, failure, "not initialized");
      assertShared(Variant.CONSTANT, failure, "not initialized");
      assertShared(Variant.CLOSEABLE, failure, "not initialized");
    }

    @ParameterizedTest
    @MethodSource("failures")
    void cachingFailure_allWhoWaitedGetIt_andItIsCachedUnlessItIsAnError(Throwable failure) {
      assertShared(
          Variant.CACHING_FAILURE,
          failure,
          failure instanceof Error
              ? "not initialized"
              : "failed with " + failure.getClass().getSimpleName());
    }

    private void assertShared(Variant variant, Throwable failure, String state) {
      Gate<String> gate =
          new Gate<>(() -> {
            throw OnceLazy.<RuntimeException>rethrow(failure);
          });
      Lazy<String> lazy = variant.make("lazy", gate);
      Call<String> first = Call.start("first", lazy::get);
      gate.awaitEntered();
      Call<String> second = Call.start("second", lazy::get);
      Call<String> third = Call.start("third", () -> lazy.get(Duration.ofDays(1)));
      awaitEqual("Lazy[\"lazy\", being initialized by \"first\", 2 waiting]", lazy::toString);

      gate.open();

      assertSame(failure, first.failure());
      assertSame(failure, second.failure());
      assertSame(failure, third.failure());
      assertEquals(1, gate.runs());
      assertEquals("Lazy[\"lazy\", " + state + "]", lazy.toString());
      assertSame(failure, assertThrows(Throwable.class, lazy::get));
      assertEquals(state.equals("not initialized") ? 2 : 1, gate.runs());
    }

    @Test
    void cachingFailure_throwsTheSameExceptionFromThenOn() {
      AtomicInteger runs = new AtomicInteger();
      Lazy<String> lazy = Lazy.cachingFailure(() -> failUntil(runs, 2));

      Throwable failure = assertThrows(UncheckedIOException.class, lazy::get);

      assertSame(failure, assertThrows(UncheckedIOException.class, lazy::get));
      assertSame(
          failure, assertThrows(UncheckedIOException.class, () -> lazy.get(Duration.ofDays(1))));
      assertEquals(1, runs.get());
      assertNull(lazy.peek());
      assertFalse(lazy.isInitialized());
    }

    static Stream<Throwable> failuresOfTheThread() {
      return Stream.of(
          new InterruptedException(),
          new UncheckedIOException(new InterruptedIOException()),
          new UncheckedIOException(new ClosedByInterruptException()),
          new IllegalStateException(new DeadlockException("a cycle", List.of())));
    }

    @ParameterizedTest
    @MethodSource("failuresOfTheThread")
    void aFailureOfTheThread_isNotSharedAndNotCached(Throwable failure) throws Exception {
      for (Variant variant : Variant.values()) {
        assertNotShared(variant, failure, false);
      }
    }

    @ParameterizedTest
    @EnumSource
    void anyFailureOfAnInterruptedThread_isNotSharedAndNotCached(Variant variant) throws Exception {
      assertNotShared(variant, new IOException("channel closed"), true);
    }

    private void assertNotShared(Variant variant, Throwable failure, boolean interrupt)
        throws Exception {
      AtomicInteger runs = new AtomicInteger();
      Gate<String> gate =
          new Gate<>(() -> {
            if (runs.incrementAndGet() > 1) {
              return "value";
            }
            if (interrupt) {
              Thread.currentThread().interrupt();
            }
            throw OnceLazy.<RuntimeException>rethrow(failure);
          });
      Lazy<String> lazy = variant.make("lazy", gate);
      Call<String> first = Call.start("first", lazy::get);
      gate.awaitEntered();
      Call<String> second = Call.start("second", lazy::get);
      Call<String> third = Call.start("third", () -> lazy.get(Duration.ofDays(1)));
      awaitEqual("Lazy[\"lazy\", being initialized by \"first\", 2 waiting]", lazy::toString);

      gate.open();

      assertSame(failure, first.failure());
      assertEquals("value", second.result());
      assertEquals("value", third.result());
      assertEquals(2, gate.runs());
    }

    @Test
    void aRingOfCauses_isFollowedForABoundedTime() {
      RuntimeException one = new RuntimeException("one");
      one.initCause(new RuntimeException("two", one));
      Lazy<String> lazy =
          Lazy.of(() -> {
            throw one;
          });

      assertSame(one, assertThrows(RuntimeException.class, lazy::get));
      assertSame(one, assertThrows(RuntimeException.class, lazy::get));
    }

    @Test
    void aFailureThatWillNotTellItsCause_leavesTheLazyUsable() {
      AtomicBoolean failed = new AtomicBoolean();
      Lazy<String> lazy =
          Lazy.of(() -> {
            if (!failed.getAndSet(true)) {
              throw new MuteException();
            }
            return "value";
          });

      assertThrows(UnsupportedOperationException.class, lazy::get);

      assertEquals("value", lazy.get());
    }

    private static final class MuteException extends RuntimeException {
      private static final long serialVersionUID = 1;

      @Override
      public synchronized Throwable getCause() {
        throw new UnsupportedOperationException();
      }
    }
  }

  @Nested
  class Waiting {
    private final Gate<String> gate = new Gate<>(() -> "value");
    private final Lazy<String> lazy = Lazy.of("config", gate);

    @Test
    void interruptWhileWaiting_getGoesOnWaitingAndKeepsTheInterrupt() throws Exception {
      Call.start("first", lazy::get);
      gate.awaitEntered();
      AtomicBoolean interrupted = new AtomicBoolean();
      Call<String> second =
          Call.start(
              "second",
              () -> {
                String value = lazy.get();
                interrupted.set(Thread.currentThread().isInterrupted());
                return value;
              });
      awaitEqual("Lazy[\"config\", being initialized by \"first\", 1 waiting]", lazy::toString);

      second.thread().interrupt();
      gate.open();

      assertEquals("value", second.result());
      assertTrue(interrupted.get());
    }

    @Test
    void interruptWhileWaiting_getWithATimeoutThrowsAndTheInitializerGoesOn() throws Exception {
      Call<String> first = Call.start("first", lazy::get);
      gate.awaitEntered();
      Call<String> second = Call.start("second", () -> lazy.get(Duration.ofDays(1)));
      awaitEqual("Lazy[\"config\", being initialized by \"first\", 1 waiting]", lazy::toString);

      second.thread().interrupt();

      assertInstanceOf(InterruptedException.class, second.failure());
      gate.open();
      assertEquals("value", first.result());
      assertEquals(1, gate.runs());
    }

    @Test
    void timeout_throwsAndTheInitializerGoesOn() throws Exception {
      Call<String> first = Call.start("first", lazy::get);
      gate.awaitEntered();

      TimeoutException e =
          assertThrows(TimeoutException.class, () -> lazy.get(Duration.ofMillis(1)));
      assertThrows(TimeoutException.class, () -> lazy.get(Duration.ZERO));

      String place = e.getMessage().replaceFirst(".*, at (\\w+)\\.java:\\d+\\..*", "$1");
      assertEquals(
          "Lazy \"config\" was not initialized within PT0.001S: thread \"first\" is still at it"
              + (place.equals(e.getMessage()) ? "" : ", at " + place + ".java:#")
              + ". Wait longer, or ask again: the initialization goes on.",
          e.getMessage().replaceFirst("java:\\d+", "java:#"));
      gate.open();
      assertEquals("value", first.result());
    }

    @Test
    void timeout_whenNobodyElseInitializes_doesNotLimitTheInitializer() throws Exception {
      gate.open();

      assertEquals("value", lazy.get(Duration.ZERO));
    }

    @Test
    void aLongTimeout_returnsTheValueWhenItIsThere() throws Exception {
      Call.start("first", lazy::get);
      gate.awaitEntered();
      Call<String> second =
          Call.start("second", () -> lazy.get(Duration.ofSeconds(Long.MAX_VALUE)));
      awaitEqual("Lazy[\"config\", being initialized by \"first\", 1 waiting]", lazy::toString);

      gate.open();

      assertEquals("value", second.result());
    }

    @Test
    void aNegativeTimeout_isRejected() {
      IllegalArgumentException e =
          assertThrows(IllegalArgumentException.class, () -> lazy.get(Duration.ofSeconds(-1)));

      assertEquals("timeout must not be negative: was PT-1S.", e.getMessage());
    }
  }

  @Nested
  class Reentry {

    @ParameterizedTest
    @EnumSource
    void sameThreadReentry_throwsAtOnce(Variant variant) {
      AtomicReference<Lazy<String>> self = new AtomicReference<>();
      self.set(variant.make("config", () -> self.get().get() + "!"));

      assertThrows(DeadlockException.class, self.get()::get);
      assertThrows(DeadlockException.class, () -> self.get().get(Duration.ofDays(1)));
      assertEquals("Lazy[\"config\", not initialized]", self.get().toString());
    }

    @Test
    void theMessage_saysWhatHappenedAndWhatToDo() {
      AtomicReference<Lazy<String>> self = new AtomicReference<>();
      self.set(Lazy.of("config", () -> self.get().get() + "!"));

      Call<String> call = Call.start("worker", self.get()::get);

      DeadlockException e = assertInstanceOf(DeadlockException.class, call.failure());
      assertEquals(
          "Lazy \"config\" was used again, by get, from inside its own initializer on thread"
              + " \"worker\". It would wait for the value that it is about to make. Use it after"
              + " its initializer has returned, and inside only what is already made. It failed the"
              + " initialization of Lazy \"config\".",
          e.getMessage());
      assertEquals(
          List.of(new DeadlockException.Step("worker", "Lazy \"config\"", "Lazy \"config\"", null)),
          e.cycle());
    }

    @Test
    void throughOtherLazies_throwsAtOnceAndNamesThePath() {
      List<Lazy<String>> lazies = new ArrayList<>();
      for (String name : List.of("a", "b", "c")) {
        int next = (lazies.size() + 1) % 3;
        lazies.add(Lazy.of(name, () -> lazies.get(next).get()));
      }

      DeadlockException e = assertThrows(DeadlockException.class, lazies.get(0)::get);

      assertTrue(
          e.getMessage().startsWith("Lazy \"a\" was used again, by get, from inside"),
          e.getMessage());
      assertTrue(
          e.getMessage()
              .endsWith(
                  " It failed the initialization of Lazy \"c\", then of Lazy \"b\", then of Lazy"
                      + " \"a\"."),
          e.getMessage());
    }

    @ParameterizedTest
    @EnumSource
    void whenTheInitializerHandlesIt_theInitializationGoesOn(Variant variant) {
      AtomicReference<Lazy<String>> self = new AtomicReference<>();
      self.set(
          variant.make(
              "lazy",
              () -> {
                assertThrows(DeadlockException.class, self.get()::get);
                return "value";
              }));

      assertEquals("value", self.get().get());
    }

    @Test
    void whileOthersWait_throwsAtOnceAndTheyTryThemselves() throws Exception {
      AtomicReference<Lazy<String>> self = new AtomicReference<>();
      AtomicInteger runs = new AtomicInteger();
      Gate<String> gate =
          new Gate<>(() -> runs.incrementAndGet() == 1 ? self.get().get() : "value");
      self.set(Lazy.of("lazy", gate));
      Call<String> first = Call.start("first", self.get()::get);
      gate.awaitEntered();
      Call<String> second = Call.start("second", self.get()::get);
      awaitEqual("Lazy[\"lazy\", being initialized by \"first\", 1 waiting]", self.get()::toString);

      gate.open();

      assertInstanceOf(DeadlockException.class, first.failure());
      assertEquals("value", second.result());
    }
  }

  @Nested
  class Cycles {

    static Stream<ThreadFactory> threads() {
      return Stream.concat(Stream.of(Thread::new), virtualThreads().stream());
    }

    /** Returns a factory where there are virtual threads, from 21 on. */
    private static Collection<ThreadFactory> virtualThreads() {
      try {
        Object builder = Thread.class.getMethod("ofVirtual").invoke(null);
        return List.of(
            (ThreadFactory)
                Class.forName("java.lang.Thread$Builder").getMethod("factory").invoke(builder));
      } catch (ReflectiveOperationException e) {
        return List.of(); // older than 21
      }
    }

    @ParameterizedTest
    @MethodSource("threads")
    void crossThreadCycleOfTwo_failsInOneThreadAndTheOtherGoesOn(ThreadFactory factory)
        throws Exception {
      for (int round = 0; round < 50; round++) {
        assertOneVictim(factory, 2);
      }
    }

    @ParameterizedTest
    @MethodSource("threads")
    void crossThreadCycleOfThree_failsInOneThreadAndTheOthersGoOn(ThreadFactory factory)
        throws Exception {
      for (int round = 0; round < 50; round++) {
        assertOneVictim(factory, 3);
      }
    }

    /** Each value needs the next one, but only the first time that it is made. */
    private static void assertOneVictim(ThreadFactory factory, int size) throws Exception {
      CyclicBarrier allInside = new CyclicBarrier(size);
      List<Lazy<String>> lazies = new ArrayList<>();
      for (int i = 0; i < size; i++) {
        int next = (i + 1) % size;
        String name = "lazy" + i;
        AtomicBoolean again = new AtomicBoolean();
        lazies.add(
            Lazy.of(
                name,
                () -> {
                  if (!again.getAndSet(true)) {
                    awaitAll(allInside);
                    return name + " with " + lazies.get(next).get();
                  }
                  return name;
                }));
      }
      List<Call<String>> calls = new ArrayList<>();
      for (int i = 0; i < size; i++) {
        calls.add(Call.start(factory, "thread" + i, lazies.get(i)::get));
      }

      List<DeadlockException> victims = new ArrayList<>();
      for (Call<String> call : calls) {
        try {
          call.result();
        } catch (ExecutionException e) {
          victims.add(assertInstanceOf(DeadlockException.class, e.getCause()));
        }
      }

      assertEquals(1, victims.size());
      assertEquals(size, victims.get(0).cycle().size());
      String message = victims.get(0).getMessage();
      for (int i = 0; i < size; i++) {
        String step =
            "\"thread%d\" initializes Lazy \"lazy%d\" and waits for Lazy \"lazy%d\""
                .formatted(i, i, (i + 1) % size);
        assertTrue(message.contains(step), message);
      }
      for (Lazy<String> lazy : lazies) {
        assertTrue(lazy.get().startsWith("lazy"));
      }
    }

    private static void awaitAll(CyclicBarrier barrier) {
      try {
        barrier.await(Call.SECONDS, TimeUnit.SECONDS);
      } catch (Exception e) {
        throw new AssertionError(e);
      }
    }

    @Test
    void aCycleThatCannotBeResolved_failsInEveryThread() {
      CyclicBarrier bothInside = new CyclicBarrier(2);
      AtomicInteger arrivals = new AtomicInteger();
      List<Lazy<String>> lazies = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        int other = 1 - i;
        lazies.add(
            Lazy.of(() -> {
              if (arrivals.incrementAndGet() <= 2) {
                awaitAll(bothInside);
              }
              return lazies.get(other).get();
            }));
      }

      Call<String> one = Call.start("one", lazies.get(0)::get);
      Call<String> two = Call.start("two", lazies.get(1)::get);

      assertInstanceOf(DeadlockException.class, one.failure());
      assertInstanceOf(DeadlockException.class, two.failure());
    }

    @Test
    void aCycleThroughAnotherPrimitive_isFound() throws Exception {
      CountDownLatch released = new CountDownLatch(1);
      AtomicReference<Thread> holder = new AtomicReference<>();
      WaitGraph.Resource lock =
          new WaitGraph.Resource() {
            @Override
            public Collection<Thread> holders() {
              return List.of(holder.get());
            }

            @Override
            public String label() {
              return "Lock \"l\"";
            }
          };
      Lazy<String> lazy =
          Lazy.of(
              "lazy",
              () -> {
                WaitGraph.await(lock, () -> Call.await(released));
                return "value";
              });
      CountDownLatch held = new CountDownLatch(1);
      CountDownLatch wanted = new CountDownLatch(1);
      Call<String> second =
          Call.start(
              "second",
              () -> {
                holder.set(Thread.currentThread());
                held.countDown();
                Call.await(wanted);
                return lazy.get();
              });
      Call.await(held);
      Call<String> first = Call.start("first", lazy::get);
      awaitEqual(Thread.State.TIMED_WAITING, first.thread()::getState); // for what second holds

      wanted.countDown();

      DeadlockException e = assertInstanceOf(DeadlockException.class, second.failure());
      assertTrue(e.getMessage().contains("\"first\" initializes Lazy \"lazy\""), e.getMessage());
      released.countDown();
      assertEquals("value", first.result());
    }

    @Test
    void anAttemptThatIsOver_isHeldByNobody() {
      OnceLazy<String> lazy = new OnceLazy<>("lazy", () -> "value");
      OnceLazy.Attempt attempt = new OnceLazy.Attempt(lazy, Thread.currentThread());
      assertEquals(List.of(Thread.currentThread()), List.copyOf(attempt.holders()));

      attempt.end(null);

      assertEquals(List.of(), List.copyOf(attempt.holders()));
    }

    @Test
    void theLazy_isHeldByTheThreadThatInitializesIt() throws Exception {
      Gate<String> gate = new Gate<>(() -> "value");
      OnceLazy<String> lazy = new OnceLazy<>("lazy", gate);
      assertEquals(List.of(), List.copyOf(lazy.holders()));

      Call<String> first = Call.start("first", lazy::get);
      gate.awaitEntered();
      assertEquals(List.of(first.thread()), List.copyOf(lazy.holders()));
      Call<String> second = Call.start("second", lazy::get);
      awaitEqual("Lazy[\"lazy\", being initialized by \"first\", 1 waiting]", lazy::toString);
      assertEquals(List.of(first.thread()), List.copyOf(lazy.holders()));
      gate.open();

      assertEquals("value", second.result());
      assertEquals(List.of(), List.copyOf(lazy.holders()));
    }

    @Test
    void aVirtualThreadThatWaits_releasesItsCarrier() throws Exception {
      assumeTrue(!virtualThreads().isEmpty(), "virtual threads come with 21");
      ThreadFactory factory = virtualThreads().iterator().next();
      Gate<String> gate = new Gate<>(() -> "value");
      Lazy<String> lazy = Lazy.of("lazy", gate);
      Call<String> first = Call.start(factory, "first", lazy::get);
      gate.awaitEntered();
      int more = 4 * Runtime.getRuntime().availableProcessors();

      List<Call<String>> waiters =
          IntStream.range(0, more).mapToObj(i -> Call.start(factory, "waiter", lazy::get)).toList();
      awaitEqual(
          "Lazy[\"lazy\", being initialized by \"first\", %d waiting]".formatted(more),
          lazy::toString);
      Call.start(
              factory,
              "opener",
              () -> {
                gate.open(); // runs only if there is a carrier left
                return true;
              })
          .result();

      assertEquals("value", first.result());
      for (Call<String> waiter : waiters) {
        assertEquals("value", waiter.result());
      }
    }
  }

  @Nested
  class Closing {
    private final ConcurrentLinkedQueue<String> closed = new ConcurrentLinkedQueue<>();

    private CloseableLazy<String> closeable(Supplier<String> opener) {
      return Lazy.closeable("db", opener, closed::add);
    }

    @Test
    void close_runsTheCloserOnTheValueOnce() {
      CloseableLazy<String> lazy = closeable(() -> "value");
      assertEquals("value", lazy.get());

      lazy.close();
      lazy.close();

      assertEquals(List.of("value"), List.copyOf(closed));
    }

    @Test
    void close_withoutAValue_runsNothing() {
      CloseableLazy<String> lazy = closeable(() -> "value");

      lazy.close();

      assertEquals("Lazy[\"db\", closed]", lazy.toString());
      assertClosed(lazy::get);
      assertEquals(List.of(), List.copyOf(closed));
    }

    @Test
    void useAfterClose_throwsAndSaysWhatToDo() {
      CloseableLazy<String> lazy = closeable(() -> "value");
      assertEquals("value", lazy.get());

      lazy.close();

      assertClosed(lazy::get);
      assertClosed(() -> lazy.get(Duration.ofDays(1)));
      assertNull(lazy.peek());
      assertFalse(lazy.isInitialized());
      assertEquals("Lazy[\"db\", closed]", lazy.toString());
    }

    private static void assertClosed(Executable use) {
      assertMessageOfClosed(assertThrows(IllegalStateException.class, use));
    }

    private static void assertMessageOfClosed(Throwable failure) {
      assertEquals(
          "Lazy \"db\" is closed. Close it after its last use, or make a new one.",
          failure.getMessage());
    }

    @Test
    void close_byManyThreads_runsTheCloserOnce() throws Exception {
      for (int round = 0; round < 200; round++) {
        closed.clear();
        CloseableLazy<String> lazy = closeable(() -> "value");
        assertEquals("value", lazy.get());
        CyclicBarrier start = new CyclicBarrier(4);
        List<Call<Boolean>> calls =
            IntStream.range(0, 4)
                .mapToObj(i ->
                    Call.start(
                        "closer",
                        () -> {
                          start.await(Call.SECONDS, TimeUnit.SECONDS);
                          lazy.close();
                          return true;
                        }))
                .toList();
        for (Call<Boolean> call : calls) {
          assertTrue(call.result());
        }

        assertEquals(List.of("value"), List.copyOf(closed));
      }
    }

    @Test
    void aCloserThatThrows_failsCloseOnce_andTheLazyStaysClosed() {
      CloseableLazy<String> lazy =
          Lazy.closeable(
              "db",
              () -> "value",
              value -> {
                closed.add(value);
                throw new UncheckedIOException(new IOException("disk full"));
              });
      assertEquals("value", lazy.get());

      assertThrows(UncheckedIOException.class, lazy::close);
      lazy.close();

      assertClosed(lazy::get);
      assertEquals(List.of("value"), List.copyOf(closed));
    }

    @Test
    void aCloserThatUsesTheLazy_findsItClosed() {
      AtomicReference<CloseableLazy<String>> self = new AtomicReference<>();
      self.set(
          Lazy.closeable(
              "db",
              () -> "value",
              value -> {
                assertClosed(self.get()::get);
                self.get().close();
                closed.add(value);
              }));
      assertEquals("value", self.get().get());

      self.get().close();

      assertEquals(List.of("value"), List.copyOf(closed));
    }

    @Test
    void closeDuringInitialization_waitsForItAndClosesTheValue() throws Exception {
      Gate<String> gate = new Gate<>(() -> "value");
      CloseableLazy<String> lazy = closeable(gate);
      Call<String> first = Call.start("first", lazy::get);
      gate.awaitEntered();
      Call<List<String>> closing =
          Call.start(
              "closing",
              () -> {
                lazy.close();
                return List.copyOf(closed);
              });
      awaitEqual("Lazy[\"db\", being initialized by \"first\", 1 waiting]", lazy::toString);

      gate.open();

      assertEquals(List.of("value"), closing.result());
      assertEquals("value", first.result());
      assertClosed(lazy::get);
    }

    @Test
    void closeDuringAnInitializationThatFails_closesWithoutAValue() throws Exception {
      Gate<String> gate =
          new Gate<>(() -> {
            throw new IOException("disk full");
          });
      CloseableLazy<String> lazy = closeable(gate);
      Call<String> first = Call.start("first", lazy::get);
      gate.awaitEntered();
      Call<Boolean> closing = Call.start("closing", () -> close(lazy));
      awaitEqual("Lazy[\"db\", being initialized by \"first\", 1 waiting]", lazy::toString);

      gate.open();

      assertTrue(closing.result());
      assertInstanceOf(IOException.class, first.failure());
      assertClosed(lazy::get);
      assertEquals(List.of(), List.copyOf(closed));
    }

    private static boolean close(CloseableLazy<?> lazy) {
      lazy.close();
      return true;
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void closeInAHurry_closesNow_andTheInitializerItsOwnValue(boolean interruptedBefore)
        throws Exception {
      Gate<String> gate = new Gate<>(() -> "value");
      CloseableLazy<String> lazy = closeable(gate);
      Call<String> first = Call.start("first", lazy::get);
      gate.awaitEntered();
      Call<String> second = Call.start("second", lazy::get);
      awaitEqual("Lazy[\"db\", being initialized by \"first\", 1 waiting]", lazy::toString);

      Call<Boolean> closing =
          Call.start(
              "closing",
              () -> {
                if (interruptedBefore) {
                  Thread.currentThread().interrupt();
                }
                lazy.close();
                return Thread.currentThread().isInterrupted();
              });
      if (!interruptedBefore) {
        awaitEqual("Lazy[\"db\", being initialized by \"first\", 2 waiting]", lazy::toString);
        closing.thread().interrupt();
      }

      assertTrue(closing.result(), "the interrupt status is kept");
      assertMessageOfClosed(second.failure());
      assertClosed(lazy::get);
      assertEquals("Lazy[\"db\", closed]", lazy.toString());
      assertEquals(List.of(), List.copyOf(closed));
      gate.open();
      assertMessageOfClosed(first.failure());
      assertEquals(List.of("value"), List.copyOf(closed));
    }

    @Test
    void closeInAHurry_duringAnInitializationThatFails_leavesNothingToClose() throws Exception {
      Gate<String> gate =
          new Gate<>(() -> {
            throw new IOException("disk full");
          });
      CloseableLazy<String> lazy = closeable(gate);
      Call<String> first = Call.start("first", lazy::get);
      gate.awaitEntered();
      Call.start(
              "closing",
              () -> {
                Thread.currentThread().interrupt();
                return close(lazy);
              })
          .result();

      gate.open();

      assertInstanceOf(IOException.class, first.failure());
      assertClosed(lazy::get);
      assertEquals(1, gate.runs());
      assertEquals(List.of(), List.copyOf(closed));
    }

    @Test
    void closeFromInsideTheInitializer_throwsAtOnceAndClosesNothing() {
      AtomicReference<CloseableLazy<String>> self = new AtomicReference<>();
      List<String> messages = new ArrayList<>();
      self.set(
          closeable(() -> {
            messages.add(assertThrows(DeadlockException.class, self.get()::close).getMessage());
            return "value";
          }));

      assertEquals("value", self.get().get());

      assertTrue(
          messages.get(0).startsWith("Lazy \"db\" was used again, by close, from inside"),
          messages.get(0));
      assertEquals("value", self.get().get());
    }

    @Test
    void closeInACycle_throwsAndClosesNothing() throws Exception {
      CountDownLatch bothInside = new CountDownLatch(2);
      AtomicReference<Lazy<String>> other = new AtomicReference<>();
      CloseableLazy<String> lazy =
          closeable(() -> {
            bothInside.countDown();
            Call.await(bothInside);
            return "with " + other.get().get();
          });
      other.set(
          Lazy.of(
              "other",
              () -> {
                bothInside.countDown();
                Call.await(bothInside);
                awaitEqual(
                    "Lazy[\"other\", being initialized by \"second\", 1 waiting]",
                    other.get()::toString);
                assertThrows(DeadlockException.class, lazy::close);
                return "value";
              }));
      Call<String> first = Call.start("first", lazy::get);

      Call<String> second = Call.start("second", other.get()::get);

      assertEquals("value", second.result());
      assertEquals("with value", first.result());
      assertEquals(List.of(), List.copyOf(closed));
    }
  }

  @Nested
  class Memory {

    @ParameterizedTest
    @EnumSource
    void theInitializer_isReleasedWhenThereIsAValue(Variant variant) {
      Supplier<String> initializer = new Gate<>(() -> "value");
      ((Gate<String>) initializer).open();
      WeakReference<Object> reference = new WeakReference<>(initializer);
      Lazy<String> lazy = variant.make("lazy", initializer);
      assertEquals("value", lazy.get());
      initializer = null;

      awaitCleared(reference);

      assertEquals("value", lazy.get());
    }

    @Test
    void theInitializer_isReleasedWhenItsFailureIsCached() {
      Gate<String> initializer =
          new Gate<>(() -> {
            throw new IOException("disk full");
          });
      initializer.open();
      WeakReference<Object> reference = new WeakReference<>(initializer);
      Lazy<String> lazy = Lazy.cachingFailure(initializer);
      assertThrows(IOException.class, lazy::get);
      initializer = null;

      awaitCleared(reference);

      assertThrows(IOException.class, lazy::get);
    }

    @Test
    void close_releasesTheInitializer() {
      Gate<String> initializer = new Gate<>(() -> "value");
      WeakReference<Object> reference = new WeakReference<>(initializer);
      CloseableLazy<String> lazy = Lazy.closeable(initializer, value -> {});
      initializer = null;

      lazy.close();

      awaitCleared(reference);
      assertEquals("Lazy[<Gate>, closed]", lazy.toString());
    }

    @Test
    void close_releasesTheValue() {
      CloseableLazy<Object> lazy = Lazy.closeable("lazy", Object::new, value -> {});
      WeakReference<Object> reference = new WeakReference<>(lazy.get());

      lazy.close();

      awaitCleared(reference);
      assertEquals("Lazy[\"lazy\", closed]", lazy.toString());
    }

    private static void awaitCleared(WeakReference<?> reference) {
      long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(Call.SECONDS);
      while (reference.get() != null && System.nanoTime() < deadline) {
        System.gc();
      }
      assertNull(reference.get());
    }
  }

  @Nested
  class Text {

    @ParameterizedTest
    @EnumSource
    void aNamedLazy_showsItsNameAndState(Variant variant) throws Exception {
      Gate<String> gate = new Gate<>(() -> "secret");
      Lazy<String> lazy = variant.make("config", gate);
      assertEquals("Lazy[\"config\", not initialized]", lazy.toString());

      Call<String> first = Call.start("first", lazy::get);
      gate.awaitEntered();
      assertEquals("Lazy[\"config\", being initialized by \"first\"]", lazy.toString());
      gate.open();

      assertEquals("secret", first.result());
      assertEquals("Lazy[\"config\", initialized]", lazy.toString());
    }

    @Test
    void anUnnamedLazy_showsTheClassThatMadeTheInitializer() {
      Object anonymous = new Object();
      Supplier<Object> inner =
          new Supplier<>() {
            @Override
            public Object get() {
              return anonymous;
            }
          };

      assertAll(
          () ->
              assertEquals(
                  "Lazy[<LazyTest$Text>, not initialized]", Lazy.of(() -> "value").toString()),
          () -> assertEquals("Lazy[<LazyTest$Text>, not initialized]", text(Lazy.of(Object::new))),
          () ->
              assertEquals(
                  "Lazy[<Gate>, not initialized]", text(Lazy.of(new Gate<>(() -> "value")))),
          () ->
              assertEquals(
                  "Lazy[<%s>, not initialized]".formatted(inner.getClass().getName()),
                  text(Lazy.of(inner))),
          () ->
              assertEquals(
                  "Lazy[<LazyTest$Text>, not initialized]", text(Lazy.constant(() -> "value"))),
          () ->
              assertEquals(
                  "Lazy[<LazyTest$Text>, not initialized]",
                  text(Lazy.cachingFailure(() -> "value"))),
          () ->
              assertEquals(
                  "Lazy[<LazyTest$Text>, not initialized]",
                  text(Lazy.closeable(() -> "value", value -> {}))));
    }

    private static String text(Lazy<?> lazy) {
      return lazy.toString();
    }

    @Test
    void anInitialized_keepsItsLabel() {
      Lazy<String> lazy = Lazy.of(() -> "value");

      assertEquals("value", lazy.get());

      assertEquals("Lazy[<LazyTest$Text>, initialized]", lazy.toString());
    }
  }

  @Nested
  class Nulls {

    @Test
    void everyNullArgument_isNamed() {
      Supplier<Object> initializer = Object::new;
      assertAll(
          () -> assertNames("initializer", () -> Lazy.of(null)),
          () -> assertNames("initializer", () -> Lazy.of("name", null)),
          () -> assertNames("name", () -> Lazy.of(null, initializer)),
          () -> assertNames("initializer", () -> Lazy.cachingFailure(null)),
          () -> assertNames("initializer", () -> Lazy.cachingFailure("name", null)),
          () -> assertNames("name", () -> Lazy.cachingFailure(null, initializer)),
          () -> assertNames("initializer", () -> Lazy.constant(null)),
          () -> assertNames("initializer", () -> Lazy.constant("name", null)),
          () -> assertNames("name", () -> Lazy.constant(null, initializer)),
          () -> assertNames("opener", () -> Lazy.closeable(null, value -> {})),
          () -> assertNames("closer", () -> Lazy.closeable(initializer, null)),
          () -> assertNames("name", () -> Lazy.closeable(null, initializer, value -> {})),
          () -> assertNames("opener", () -> Lazy.closeable("name", null, value -> {})),
          () -> assertNames("closer", () -> Lazy.closeable("name", initializer, null)),
          () -> assertNames("timeout", () -> Lazy.of(initializer).get(null)));
    }

    private static void assertNames(String parameter, Executable call) {
      assertEquals(parameter, assertThrows(NullPointerException.class, call).getMessage());
    }

    @ParameterizedTest
    @EnumSource
    void anInitializerThatReturnsNull_failsAndNamesTheLazy(Variant variant) {
      Lazy<String> lazy = variant.make("config", () -> null);

      NullPointerException e = assertThrows(NullPointerException.class, lazy::get);

      assertEquals(
          "initializer returned null for Lazy \"config\", which stays uninitialized. Return what"
              + " stands for nothing, such as Optional.empty().",
          e.getMessage());
      assertFalse(lazy.isInitialized());
    }
  }
}
