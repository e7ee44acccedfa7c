package io.github.threadfast.testkit.junit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.TestExecutionResult.Status;
import org.junit.platform.launcher.EngineFilter;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.opentest4j.AssertionFailedError;
import org.opentest4j.TestAbortedException;

@Timeout(60)
class ConcurrentlyTest {

  @BeforeEach
  void forget() {
    RUNS.set(0);
    THREADS.clear();
    INSTANCES.clear();
  }

  @Test
  void aTest_runsInEveryThreadEveryRoundOnOneInstance() throws InterruptedException {
    assertPasses("pass");

    assertEquals(3 * 7, RUNS.get());
    assertEquals(1, INSTANCES.size());
    assertEquals(3, THREADS.size());
    requireEnded();
  }

  @Test
  void theThreads_areNamedDaemons() {
    assertPasses("pass");

    assertTrue(THREADS.stream().allMatch(Thread::isDaemon));
    assertEquals(
        List.of("threadfast thread 1", "threadfast thread 2", "threadfast thread 3"),
        THREADS.stream().map(Thread::getName).sorted().toList());
  }

  @Test
  void theThreads_runAtOnce() {
    assertPasses("meet");
  }

  @Test
  void aParameterizedTest_runsConcurrentlyForEachArgument() {
    assertEquals(
        List.of(Status.SUCCESSFUL, Status.SUCCESSFUL), statuses("parameterized", int.class));
    assertEquals(2 * 2 * 5, RUNS.get());
  }

  @Test
  void aRepeatedTest_runsConcurrentlyEachTime() {
    assertEquals(List.of(Status.SUCCESSFUL, Status.SUCCESSFUL), statuses("repeated"));
    assertEquals(2 * 2 * 5, RUNS.get());
  }

  @Test
  void aClass_lendsItsTestsTheAnnotationThatAMethodOverrides() {
    assertEquals(List.of(Status.SUCCESSFUL), statuses(OfAClass.class, "likeTheClass"));
    assertEquals(2 * 3, RUNS.getAndSet(0));
    assertEquals(List.of(Status.SUCCESSFUL), statuses(OfAClass.class, "unlikeTheClass"));
    assertEquals(4 * 1, RUNS.getAndSet(0));
    assertEquals(List.of(Status.SUCCESSFUL), statuses(OfAClass.Inner.class, "likeTheOuterClass"));
    assertEquals(2 * 3, RUNS.get());
  }

  @Test
  void failures_areCountedByTypeAndText() {
    AssertionFailedError e = failure("fail");

    assertEquals(
        """
        13 of 20 runs failed: 2 threads ran the test at once, 10 times.

          10 x AssertionFailedError: odd; first in round 1, thread 1
          1 x IllegalStateException; first in round 4, thread 2
          2 x IllegalStateException: late; first in round 9, thread 2

        Runs that were skipped: 1.
        """,
        e.getMessage());
    assertEquals("odd\nand more of it", e.getCause().getMessage());
    assertEquals(
        Arrays.asList(null, "late"),
        Stream.of(e.getSuppressed()).map(Throwable::getMessage).toList());
  }

  @Test
  void kindsOfFailures_areShownUpToTen() {
    String message = failure("failDifferently").getMessage();

    assertEquals(2 + 10 + 1, message.lines().count(), message);
    assertTrue(message.endsWith("\n  and 91 kinds more\n"), message);
  }

  @Test
  void aFailure_doesNotEndTheRounds() {
    failure("failFirst");

    assertEquals(2 * 10, RUNS.get());
  }

  @Test
  void someSkippedRuns_pass() {
    assertPasses("skipOne");
  }

  @Test
  void runsThatAreAllSkipped_skipTheTest() {
    TestExecutionResult result = results(Tests.class, "skipAll").get(0);

    assertEquals(Status.ABORTED, result.getStatus());
    TestAbortedException e =
        assertInstanceOf(TestAbortedException.class, result.getThrowable().orElseThrow());
    assertEquals(
        "All 10 runs were skipped. The first: TestAbortedException: Assumption failed: not here",
        e.getMessage());
  }

  @Test
  void aHang_failsWithTheStacksAndEndsTheThreads() throws InterruptedException {
    String message = failure("hang").getMessage();

    assertTrue(
        message.startsWith(
            "Round 3 of 10 had not ended after 1 s. Where the threads are:\n\n"
                + "threadfast thread 1 ("),
        message);
    assertTrue(message.contains("\nthreadfast thread 2 (WAITING)\n    at "), message);
    assertTrue(message.contains("ConcurrentlyTest$Tests.hang("), message);
    assertFalse(message.contains("Rounds"), message);
    requireEnded();
  }

  @ParameterizedTest
  @ValueSource(strings = {"hangUntilTimeout", "hangUntilTimeoutInOtherThread"})
  void aTimeoutOfTheTest_works(String test) throws InterruptedException {
    TestExecutionResult result = results(Tests.class, test).get(0);

    assertInstanceOf(TimeoutException.class, result.getThrowable().orElseThrow());
    requireEnded();
  }

  @Test
  void anInterrupt_failsTheTestAndStays() {
    TestExecutionResult result;
    TO_INTERRUPT.set(Thread.currentThread());
    try {
      result = results(Tests.class, "interruptTheCaller").get(0);
    } finally {
      TO_INTERRUPT.set(null);
      Thread.interrupted();
    }

    Throwable thrown = result.getThrowable().orElseThrow();
    assertInstanceOf(AssertionFailedError.class, thrown);
    assertTrue(thrown.getMessage().matches("Interrupted in round [12] of 10\\."), thrown::toString);
  }

  @Test
  void anInterruptOfItsOwnThread_doesNotReachTheNextRun() {
    assertPasses("interruptItself");
  }

  @ParameterizedTest
  @CsvSource({
    "oneThread, threads must be from 2 to 1000: was 1.",
    "tooManyThreads, threads must be from 2 to 1000: was 1001.",
    "noTimes, times must be at least 1: was 0.",
    "noSeconds, secondsPerRound must be at least 1: was 0."
  })
  void badValues_areRejected(String test, String message) {
    IllegalArgumentException e =
        assertInstanceOf(
            IllegalArgumentException.class,
            results(Tests.class, test).get(0).getThrowable().orElseThrow());

    assertEquals(message, e.getMessage());
    assertEquals(0, RUNS.get());
  }

  @Test
  void dynamicTests_areRejected() {
    List<TestExecutionResult> results = results(Tests.class, "dynamic");

    assertEquals(
        "@Concurrently can't run the dynamic tests of dynamic. Write them as a @Test or a"
            + " @ParameterizedTest.",
        results.get(0).getThrowable().orElseThrow().getMessage());
  }

  private static void assertPasses(String test) {
    TestExecutionResult result = results(Tests.class, test).get(0);
    assertEquals(Status.SUCCESSFUL, result.getStatus(), () -> result.getThrowable().toString());
  }

  private static AssertionFailedError failure(String test) {
    return assertInstanceOf(
        AssertionFailedError.class, results(Tests.class, test).get(0).getThrowable().orElseThrow());
  }

  private static List<Status> statuses(String test, Class<?>... parameters) {
    return statuses(Tests.class, test, parameters);
  }

  private static List<Status> statuses(Class<?> type, String test, Class<?>... parameters) {
    return results(type, test, parameters).stream().map(TestExecutionResult::getStatus).toList();
  }

  /** Runs a test and returns what its runs, as Jupiter sees them, came to. */
  private static List<TestExecutionResult> results(
      Class<?> type, String test, Class<?>... parameters) {
    LauncherDiscoveryRequest request =
        LauncherDiscoveryRequestBuilder.request()
            .selectors(selectMethod(type, methodOf(type, test, parameters)))
            .filters(EngineFilter.includeEngines("junit-jupiter"))
            .build();
    List<TestExecutionResult> results = new ArrayList<>();
    LauncherFactory.create()
        .execute(
            request,
            new TestExecutionListener() {
              @Override
              public void executionFinished(TestIdentifier id, TestExecutionResult result) {
                boolean isFactory = id.isContainer() && result.getStatus() == Status.FAILED;
                if (id.isTest() || isFactory) {
                  results.add(result);
                }
              }
            });
    return results;
  }

  private static Method methodOf(Class<?> type, String test, Class<?>... parameters) {
    try {
      return type.getDeclaredMethod(test, parameters);
    } catch (NoSuchMethodException e) {
      throw new AssertionError(e);
    }
  }

  private static void requireEnded() throws InterruptedException {
    for (Thread thread : THREADS) {
      thread.join(TimeUnit.SECONDS.toMillis(30));
      assertFalse(thread.isAlive(), thread::getName);
    }
  }

  private static final AtomicInteger RUNS = new AtomicInteger();
  private static final Set<Thread> THREADS = ConcurrentHashMap.newKeySet();
  private static final Set<Object> INSTANCES = ConcurrentHashMap.newKeySet();

  /** Whom a test is to interrupt, once. */
  private static final AtomicReference<Thread> TO_INTERRUPT = new AtomicReference<>();

  private static int enter() {
    THREADS.add(Thread.currentThread());
    return RUNS.incrementAndGet();
  }

  private static int thread() {
    String name = Thread.currentThread().getName();
    return Integer.parseInt(name.substring(name.lastIndexOf(' ') + 1));
  }

  static class Tests {
    private final CountDownLatch never = new CountDownLatch(1);
    private final CyclicBarrier all = new CyclicBarrier(4);
    private final ThreadLocal<Integer> round = ThreadLocal.withInitial(() -> 0);

    private int nextRound() {
      round.set(round.get() + 1);
      return round.get();
    }

    @Test
    @Concurrently(threads = 3, times = 7)
    void pass() {
      enter();
      INSTANCES.add(this);
    }

    @Test
    @Concurrently(times = 20)
    void meet() throws Exception {
      all.await(10, TimeUnit.SECONDS);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    @Concurrently(threads = 2, times = 5)
    void parameterized(int argument) {
      assertTrue(argument > 0);
      enter();
    }

    @RepeatedTest(2)
    @Concurrently(threads = 2, times = 5)
    void repeated() {
      enter();
    }

    @Test
    @Concurrently(threads = 2, times = 10)
    void fail() {
      int mine = nextRound();
      if (thread() == 1) {
        throw new AssertionFailedError("odd\nand more of it");
      }
      assumeTrue(mine != 1);
      if (mine == 4) {
        throw new IllegalStateException();
      }
      if (mine >= 9) {
        throw new IllegalStateException("late");
      }
    }

    @Test
    @Concurrently(threads = 2, times = 100)
    void failDifferently() {
      throw new IllegalStateException("run " + enter());
    }

    @Test
    @Concurrently(threads = 2, times = 10)
    void failFirst() {
      if (enter() == 1) {
        throw new AssertionFailedError("first");
      }
    }

    @Test
    @Concurrently(threads = 2, times = 5)
    void skipOne() {
      assumeTrue(enter() > 1);
    }

    @Test
    @Concurrently(threads = 2, times = 5)
    void skipAll() {
      assumeTrue(false, "not here");
    }

    @Test
    @Concurrently(threads = 2, times = 10, secondsPerRound = 1)
    void hang() throws InterruptedException {
      enter();
      if (nextRound() == 3 && thread() == 2) {
        never.await();
      }
    }

    @Test
    @Timeout(1)
    @Concurrently(threads = 2, times = 10)
    void hangUntilTimeout() throws InterruptedException {
      enter();
      never.await();
    }

    @Test
    @Timeout(value = 1, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    @Concurrently(threads = 2, times = 10)
    void hangUntilTimeoutInOtherThread() throws InterruptedException {
      enter();
      never.await();
    }

    @Test
    @Concurrently(threads = 2, times = 10)
    void interruptTheCaller() throws InterruptedException {
      Thread interrupted = TO_INTERRUPT.getAndSet(null);
      if (interrupted != null) { // the other thread may come after the test
        interrupted.interrupt();
      }
      never.await();
    }

    @Test
    @Concurrently(threads = 2, times = 10)
    void interruptItself() {
      assertFalse(Thread.currentThread().isInterrupted());
      Thread.currentThread().interrupt();
    }

    @Test
    @Concurrently(threads = 1)
    void oneThread() {
      enter();
    }

    @Test
    @Concurrently(threads = 1001)
    void tooManyThreads() {
      enter();
    }

    @Test
    @Concurrently(times = 0)
    void noTimes() {
      enter();
    }

    @Test
    @Concurrently(secondsPerRound = 0)
    void noSeconds() {
      enter();
    }

    @TestFactory
    @Concurrently
    Stream<DynamicTest> dynamic() {
      return Stream.of(DynamicTest.dynamicTest("passes", ConcurrentlyTest::enter));
    }
  }

  @Concurrently(threads = 2, times = 3)
  static class OfAClass {

    @Test
    void likeTheClass() {
      enter();
    }

    @Test
    @Concurrently(threads = 4, times = 1)
    void unlikeTheClass() {
      enter();
    }

    @Nested
    class Inner {

      @Test
      void likeTheOuterClass() {
        enter();
      }
    }
  }
}
