package io.github.threadfast.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.opentest4j.AssertionFailedError;

@Timeout(60)
class ChecksTest {
  @Nested
  class NoLostUpdate {

    @Test
    void ofAPlainCounter_fails() {
      Finding finding =
          Finding.of(() ->
              Checks.assertNoLostUpdate(PlainCounter::new, PlainCounter::increment, c -> c.count));

      finding.requireReport(
          """
          PlainCounter is not linearizable: no order of these calls gives these results.

            thread A | thread B
            ---------+---------
            update() | update()

            afterwards: count() -> 1

          The orders that explain most of it:
            A update(), B update(); then count() should have returned 2 but returned 1
          """);
    }

    @Test
    void ofALongAdder_passes() {
      Checks.assertNoLostUpdate(
          LongAdder::new, LongAdder::increment, LongAdder::sum, ChecksTest::briefly);
    }

    @Test
    void ofAnUpdateThatCountsTwo_failsWithoutARace() {
      String message =
          failure(() ->
              Checks.assertNoLostUpdate(
                  AtomicInteger::new, counter -> counter.addAndGet(2), AtomicInteger::get));

      assertEquals(
          """
          AtomicInteger differs from its model even when one thread alone calls it, so this is no race:

            update(), count() -> 2

          By the model: update(); then count() should have returned 1 but returned 2.
          Correct the class or the model, then look for races.\
          """,
          message);
    }

    @Test
    void countsFromWhereTheObjectBegins() {
      Checks.assertNoLostUpdate(
          () -> new AtomicInteger(7),
          AtomicInteger::incrementAndGet,
          AtomicInteger::get,
          ChecksTest::briefly);
    }
  }

  static final class PlainCounter {
    int count;

    void increment() {
      int seen = count;
      Window.open();
      count = seen + 1;
    }
  }

  @Nested
  class InitializedOnce {

    @Test
    void ofARacyLazy_fails() {
      String message = found(() -> Checks.assertInitializedOnce(RacyLazy::new, RacyLazy::get));

      assertTrue(
          message.startsWith("RacyLazy is not linearizable: no order of these calls"), message);
      assertTrue(message.contains("get() -> \"value "), message);
      assertTrue( // some see a later value, all do, or one was made in vain
          Pattern.compile(
                  "initializations\\(\\) should have returned 1 but returned [23]"
                      + "|get\\(\\) should have returned \"value 1\" but returned \"value [23]\"")
              .matcher(message)
              .find(),
          message);
    }

    @Test
    void ofALazyThatShowsItsValueEarly_fails() {
      String message = found(() -> Checks.assertInitializedOnce(EarlyLazy::new, EarlyLazy::get));

      assertTrue(message.contains("should have returned \"value 1\" but returned null"), message);
    }

    @Test
    void aValueSeenBeforeItIsWritten_isUnfinished() {
      assertEquals("an unfinished value", new Initialization.Value(0).describe());
      assertEquals("value 2", new Initialization.Value(2).describe());
    }

    @Test
    void ofALockedLazy_passes() {
      Checks.assertInitializedOnce(LockedLazy::new, LockedLazy::get, ChecksTest::briefly);
    }

    @Test
    void ofALazyThatReturnsSomethingElse_failsWithoutARace() {
      String message =
          failure(() -> Checks.assertInitializedOnce(LockedLazy::new, lazy -> "another"));

      assertTrue(
          message.startsWith("LockedLazy differs from its model even when one thread alone"),
          message);
    }
  }

  static final class RacyLazy {
    private final Supplier<Object> initializer;
    private volatile Object value;

    RacyLazy(Supplier<Object> initializer) {
      this.initializer = initializer;
    }

    Object get() {
      if (value == null) {
        value = initializer.get();
      }
      return value;
    }
  }

  static final class EarlyLazy {
    private final Supplier<Object> initializer;
    private final AtomicInteger entered = new AtomicInteger();
    private volatile Object value;

    EarlyLazy(Supplier<Object> initializer) {
      this.initializer = initializer;
    }

    Object get() {
      if (entered.getAndIncrement() == 0) {
        value = initializer.get();
      }
      return value;
    }
  }

  static final class LockedLazy {
    private final Supplier<Object> initializer;
    private Object value;

    LockedLazy(Supplier<Object> initializer) {
      this.initializer = initializer;
    }

    synchronized Object get() {
      if (value == null) {
        value = initializer.get();
      }
      return value;
    }
  }

  @Nested
  class ImmutableSnapshot {

    @Test
    void ofACopy_passes() {
      Checks.assertImmutableSnapshot(
          CopyOnWriteArrayList<Integer>::new,
          list -> list.add(1),
          (List<Integer> list) -> new ArrayList<>(list),
          ChecksTest::briefly);
    }

    @Test
    void ofAView_fails() {
      String message =
          failure(() ->
              Checks.assertImmutableSnapshot(
                  CopyOnWriteArrayList<Integer>::new,
                  list -> list.add(1),
                  Collections::unmodifiableList));

      assertTrue(
          message.startsWith(
              "CopyOnWriteArrayList breaks the invariant \"a snapshot never changes\""),
          message);
      assertTrue(
          message.contains(
              "nvariant threw AssertionError: a snapshot held [] when it was taken, and holds [1] now."),
          message);
    }

    @Test
    void thatSharesAnArray_fails() {
      String message =
          found(() ->
              Checks.assertImmutableSnapshot(
                  SharingRange::new, SharingRange::shift, SharingRange::snapshot));

      assertTrue(message.contains("a snapshot held "), message);
    }

    @Test
    void thatIsTorn_fails() {
      String message =
          found(() ->
              Checks.assertImmutableSnapshot(
                  TornRange::new, TornRange::shift, TornRange::snapshot));

      assertTrue(message.startsWith("TornRange is not linearizable: "), message);
      assertTrue(message.matches("(?s).*snapshot\\(\\) -> \\[\\d, \\d\\].*"), message);
    }
  }

  static class TornRange {
    private volatile int low;
    private volatile int high;

    synchronized void shift() {
      low++;
      Window.open();
      high++;
    }

    List<Integer> snapshot() {
      return List.of(low, high);
    }
  }

  /** Copies on every second change only. */
  static final class SharingRange {
    private int[] ends = new int[2];
    private int changes;

    synchronized void shift() {
      if (changes++ % 2 == 0) {
        ends = ends.clone();
      }
      ends[0]++;
      ends[1]++;
    }

    synchronized int[] snapshot() {
      return ends;
    }
  }

  @Nested
  class MapContract {

    static Stream<Supplier<ConcurrentMap<String, Integer>>> jdkMaps() {
      return Stream.of(ConcurrentHashMap::new, ConcurrentSkipListMap::new);
    }

    @ParameterizedTest
    @MethodSource("jdkMaps")
    void ofAMapOfTheJdk_holds(Supplier<ConcurrentMap<String, Integer>> map) {
      Checks.assertMapContract(map, check -> check.budget(Duration.ofSeconds(1)));
    }

    @Test
    void ofAMapThatMergesInTwoSteps_fails() {
      String message =
          found(() ->
              Checks.assertMapContract(
                  TwoStepMap::new, check -> check.budget(Duration.ofSeconds(8))));

      assertTrue(message.startsWith("TwoStepMap is not linearizable: "), message);
      assertTrue(message.contains("merge by sum("), message);
    }

    @Test
    void ofAMapThatForgetsTheOldValue_failsWithoutARace() {
      String message = failure(() -> Checks.assertMapContract(ForgetfulMap::new));

      assertTrue(
          message.startsWith("ForgetfulMap differs from its model even when one thread alone"),
          message);
    }

    @Test
    void whole_ofAMapThatPutsOneAfterTheOther_fails() {
      String message =
          found(() ->
              Checks.assertWholeMapContract(
                  OneAfterTheOtherMap::new, check -> check.budget(Duration.ofSeconds(20))));

      assertTrue(message.startsWith("OneAfterTheOtherMap is not linearizable: "), message);
      assertTrue(message.contains("putAll {a=1, b=2}()"), message);
    }

    @Test
    void ofAMapThatPutsOneAfterTheOther_holds() {
      Checks.assertMapContract(OneAfterTheOtherMap::new, ChecksTest::briefly);
    }

    @Test
    void whole_ofALockedMap_holds() {
      Checks.assertWholeMapContract(
          ChecksTest::lockedMap, check -> check.budget(Duration.ofSeconds(1)));
    }
  }

  static final class TwoStepMap extends ConcurrentHashMap<String, Integer> {
    private static final long serialVersionUID = 1;

    @Override
    public Integer merge(
        String key,
        Integer value,
        BiFunction<? super Integer, ? super Integer, ? extends Integer> merger) {
      Integer old = get(key);
      Window.open();
      Integer merged = old == null ? value : merger.apply(old, value);
      put(key, merged);
      return merged;
    }
  }

  static final class ForgetfulMap extends ConcurrentHashMap<String, Integer> {
    private static final long serialVersionUID = 1;

    @Override
    public Integer put(String key, Integer value) {
      super.put(key, value);
      return null;
    }
  }

  static final class OneAfterTheOtherMap extends ConcurrentHashMap<String, Integer> {
    private static final long serialVersionUID = 1;

    @Override
    public void putAll(Map<? extends String, ? extends Integer> map) {
      map.forEach((key, value) -> {
        put(key, value);
        Window.open();
      });
    }
  }

  /** Every method under one lock. */
  @SuppressWarnings("unchecked")
  private static ConcurrentMap<String, Integer> lockedMap() {
    Map<String, Integer> map = new HashMap<>();
    return (ConcurrentMap<String, Integer>)
        Proxy.newProxyInstance(
            ChecksTest.class.getClassLoader(),
            new Class<?>[] {ConcurrentMap.class},
            (proxy, method, arguments) -> {
              synchronized (map) {
                return HashMap.class
                    .getMethod(method.getName(), method.getParameterTypes())
                    .invoke(map, arguments);
              }
            });
  }

  @Nested
  class EveryItemProcessedOnce {

    @Test
    void byAWorker_passes() {
      Checks.assertEveryItemProcessedOnce(
          Worker::new, Worker::submit, Worker::close, ChecksTest::briefly);
    }

    @Test
    void byAWorkerThatStopsWhenClosed_namesTheLostItems() {
      String message =
          found(() ->
              Checks.assertEveryItemProcessedOnce(
                  HastyWorker::new, HastyWorker::submit, HastyWorker::close));

      assertTrue(
          message.startsWith("HastyWorker breaks the invariant \"every item is processed once\""),
          message);
      assertTrue(
          message.matches("(?s).*lost items: \\[\\d.*, processed more than once: \\[\\].*"),
          message);
    }

    @Test
    void byADirectHandlerThatCallsTwice_namesTheDoubledItems() {
      String message =
          failure(() ->
              Checks.<Consumer<Integer>>assertEveryItemProcessedOnce(
                  handler -> handler.andThen(item -> doubleOnly(handler, item)),
                  Consumer::accept,
                  handler -> {}));

      assertTrue(message.contains("lost items: [], processed more than once: [2]"), message);
    }

    private static void doubleOnly(Consumer<Integer> handler, int item) {
      if (item == 2) {
        handler.accept(item);
      }
    }

    @Test
    void byALossyList_isFoundAsARace() {
      String message =
          found(() ->
              Checks.assertEveryItemProcessedOnce(
                  LossyList::new, LossyList::add, LossyList::close));

      assertTrue(message.startsWith("LossyList breaks the invariant "), message);
      assertTrue(message.contains("thread A"), message);
      assertTrue(message.contains("afterwards: close() -> "), message);
    }

    @Test
    void leavesNoProcessorOpen() throws InterruptedException {
      Set<Worker> workers = ConcurrentHashMap.newKeySet();

      Checks.assertEveryItemProcessedOnce(
          handler -> {
            Worker worker = new Worker(handler);
            workers.add(worker);
            return worker;
          },
          Worker::submit,
          Worker::close,
          ChecksTest::briefly);

      assertFalse(workers.isEmpty());
      for (Worker worker : workers) {
        worker.thread.join(TimeUnit.SECONDS.toMillis(30));
        assertFalse(worker.thread.isAlive());
      }
    }
  }

  static class Worker {
    static final Integer END = -1;

    final BlockingQueue<Integer> queue = new LinkedBlockingQueue<>();
    final Thread thread;

    Worker(Consumer<Integer> handler) {
      thread = new Thread(() -> work(handler));
      thread.setDaemon(true);
      thread.start();
    }

    private void work(Consumer<Integer> handler) {
      try {
        for (Integer item = queue.take(); !item.equals(END); item = queue.take()) {
          handler.accept(item);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    void submit(int item) {
      queue.add(item);
    }

    void close() throws InterruptedException {
      queue.add(END);
      thread.join();
    }
  }

  static final class HastyWorker extends Worker {
    HastyWorker(Consumer<Integer> handler) {
      super(item -> {
        Window.open();
        handler.accept(item);
      });
    }

    @Override
    void close() throws InterruptedException {
      queue.clear();
      super.close();
    }
  }

  /** Processes at the end what it has kept in a list that is not thread-safe. */
  static final class LossyList {
    private final Consumer<Integer> handler;
    private volatile List<Integer> items = List.of();

    LossyList(Consumer<Integer> handler) {
      this.handler = handler;
    }

    void add(Integer item) {
      List<Integer> longer = new ArrayList<>(items);
      longer.add(item);
      Window.open();
      items = longer;
    }

    void close() {
      items.forEach(handler);
    }
  }

  @Nested
  class BadInput {

    static Stream<Arguments> nulls() {
      return Stream.of(
          nullOf("subject", () -> Checks.assertNoLostUpdate(null, c -> {}, c -> 0)),
          nullOf("update", () -> Checks.assertNoLostUpdate(Object::new, null, c -> 0)),
          nullOf("count", () -> Checks.assertNoLostUpdate(Object::new, c -> {}, null)),
          nullOf(
              "settings",
              () -> Checks.assertNoLostUpdate(Object::new, c -> {}, c -> 0, null, null)),
          nullOf("lazy", () -> Checks.assertInitializedOnce(null, Object::toString)),
          nullOf("get", () -> Checks.assertInitializedOnce(RacyLazy::new, null)),
          nullOf("subject", () -> Checks.assertImmutableSnapshot(null, c -> {}, c -> c)),
          nullOf("change", () -> Checks.assertImmutableSnapshot(Object::new, null, c -> c)),
          nullOf("snapshot", () -> Checks.assertImmutableSnapshot(Object::new, c -> {}, null)),
          nullOf("map", () -> Checks.assertMapContract(null)),
          nullOf("map", () -> Checks.assertWholeMapContract(null)),
          nullOf(
              "processor",
              () -> Checks.assertEveryItemProcessedOnce(null, (p, item) -> {}, p -> {})),
          nullOf("submit", () -> Checks.assertEveryItemProcessedOnce(h -> h, null, p -> {})),
          nullOf("close", () -> Checks.assertEveryItemProcessedOnce(h -> h, (p, item) -> {}, null)),
          nullOf("subject", () -> Checks.outcomes(null)));
    }

    private static Arguments nullOf(String name, Executable call) {
      return Arguments.of(name, call);
    }

    @ParameterizedTest
    @MethodSource("nulls")
    void null_isRejectedByName(String name, Executable call) {
      assertEquals(name, assertThrows(NullPointerException.class, call).getMessage());
    }

    @Test
    void aSettingThatReturnsAnotherSpecification_isRejected() {
      assertEquals(
          "A setting must return the specification that it was given, changed, as in"
              + " check -> check.seed(42).",
          assertThrows(
                  IllegalArgumentException.class,
                  () ->
                      Checks.assertMapContract(
                          ConcurrentHashMap::new, check -> Stress.of(Object::new)))
              .getMessage());
    }

    @Test
    void aReplayedFailure_failsAgain() {
      Finding first =
          Finding.of(() ->
              Checks.assertNoLostUpdate(PlainCounter::new, PlainCounter::increment, c -> c.count));
      String message = first.message();
      first.require(message.contains("\n  afterwards: count() -> 1\n"));
      String token = message.substring(message.lastIndexOf("(\"") + 2, message.lastIndexOf("\")"));

      Finding again =
          Finding.of(() ->
              Checks.assertNoLostUpdate(
                  PlainCounter::new,
                  PlainCounter::increment,
                  c -> c.count,
                  check -> check.replay(token)));

      again.requireReport(first.report());
    }
  }

  private static Stress<?> briefly(Stress<?> check) {
    return check.budget(Duration.ofMillis(300));
  }

  /** Returns the message of what takes a race to be found. */
  private static String found(Runnable call) {
    return Finding.of(call).message();
  }

  private static String failure(Executable call) {
    return assertThrows(AssertionFailedError.class, call).getMessage();
  }
}
