package io.github.threadfast;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.threadfast.testkit.Stress;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Several threads on one {@code PerThread}: red without its lock, exchanges or handshake. */
class PerThreadStress {
  private static final Duration BUDGET = Duration.ofSeconds(2);

  private static void run(Runnable body) throws InterruptedException {
    Thread thread = new Thread(body);
    thread.start();
    thread.join();
  }

  /** A number for each thread, and their sum. */
  private static final class Count {
    private final PerThread<Integer> counts;

    Count(PerThread<Integer> counts) {
      this.counts = counts;
    }

    void add() {
      counts.set(counts.get() + 1);
    }

    void addInAShortThread() throws InterruptedException {
      run(this::add);
    }

    int sum() {
      return counts.fold(0, Integer::sum);
    }
  }

  @Test
  void unitAddsAndFolds_areLinearizable() {
    Stress.of(() -> new Count(PerThread.of(() -> 0)))
        .action("add", Count::add)
        .operation("sum", Count::sum)
        .budget(BUDGET)
        .assertLinearizable();
  }

  @ParameterizedTest
  @EnumSource(names = "FORGETTING", mode = EnumSource.Mode.EXCLUDE)
  void unitAddsAndFolds_whileThreadsEnd_areLinearizable(PerThreadTest.Variant variant) {
    Stress.of(() -> new Count(variant.make("counts", () -> 0)))
        .action("add", Count::add)
        .action("add in a short thread", Count::addInAShortThread)
        .operation("sum", Count::sum)
        .budget(BUDGET)
        .assertLinearizable();
  }

  /** A thread's own value is changed by nobody else, whatever others do. */
  @Test
  void aThreadsOwnValue_isItsOwn() {
    Stress.of(() -> PerThread.merging(() -> 0, Integer::sum))
        .operation(
            "set and get",
            counts -> {
              counts.set(1);
              int first = counts.get();
              int second = counts.<Integer, RuntimeException>with(2, counts::get);
              int third = counts.get();
              counts.remove();
              return first + 10 * second + 100 * third + 1000 * counts.get();
            })
        .action("end a thread", counts -> run(() -> counts.set(0)))
        .operation("fold", counts -> counts.fold(true, (good, value) -> good && value >= 0))
        .budget(BUDGET)
        .assertLinearizable();
  }

  /** What is closed, how often. */
  private static final class Handle {
    private final AtomicInteger closed = new AtomicInteger();

    void close() {
      closed.incrementAndGet();
    }
  }

  /** Handles that are to be closed once, and some that are not to be closed at all. */
  private static final class Handles {
    private final Queue<Handle> owned = new ConcurrentLinkedQueue<>();
    private final Queue<Handle> notOwned = new ConcurrentLinkedQueue<>();
    private final PerThread<Handle> handles;

    Handles(boolean forgetting) {
      PerThread.Builder<Handle> builder =
          PerThread.<Handle>builder(this::open).closer(Handle::close);
      handles = (forgetting ? builder.forgetEnded() : builder.keepEnded()).build();
    }

    private Handle open() {
      Handle handle = new Handle();
      owned.add(handle);
      return handle;
    }

    String get() {
      try {
        handles.get().hashCode();
        return "open";
      } catch (IllegalStateException e) {
        return "closed";
      }
    }

    String set() {
      Handle handle = new Handle();
      try {
        handles.set(handle);
        owned.add(handle);
        return "open";
      } catch (IllegalStateException e) {
        notOwned.add(handle);
        return "closed";
      }
    }

    void with() {
      Handle handle = new Handle();
      notOwned.add(handle);
      try {
        handles.with(
            handle,
            () -> {
              get();
              set();
            });
      } catch (IllegalStateException e) {
        // closed
      }
    }

    void endAThread() throws InterruptedException {
      run(this::set);
    }

    void fold() {
      try {
        handles.fold(0, (sum, handle) -> sum + 1);
      } catch (IllegalStateException e) {
        // closed
      }
    }

    boolean areClosedOnce() {
      handles.close();
      return owned.stream().allMatch(handle -> handle.closed.get() == 1)
          && notOwned.stream().allMatch(handle -> handle.closed.get() == 0);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void whatIsOwned_isClosedOnce_whoeverCloses(boolean forgetting) {
    Stress.of(() -> new Handles(forgetting))
        .operation("get", Handles::get)
        .operation("set", Handles::set)
        .action("remove", handles -> handles.handles.remove())
        .action("with", Handles::with)
        .action("end a thread", Handles::endAThread)
        .action("fold", Handles::fold)
        .action("close", handles -> handles.handles.close())
        .invariant("what is owned is closed once, and nothing else", Handles::areClosedOnce)
        .budget(BUDGET)
        .assertInvariants();
  }

  /** The handshake of a thread that puts a value and one that closes, at the same moment. */
  @Test
  void aSetAndAClose_leaveNothingOpen_andNothingIsClosedTwice() {
    Stress.of(() -> new Handles(false))
        .operation("set", Handles::set)
        .action("close", handles -> handles.handles.close())
        .invariant("what is owned is closed once, and nothing else", Handles::areClosedOnce)
        .threads(2)
        .operationsPerThread(2)
        .budget(BUDGET)
        .assertInvariants();
  }

  /** The exchange of a thread that lets go of a value and one that takes it, at the same moment. */
  @Test
  void aRemoveAndAClose_dontBothCloseAValue() {
    Stress.of(() -> new Handles(false))
        .action(
            "set and remove",
            handles -> {
              handles.set();
              handles.set();
              handles.handles.remove();
            })
        .action("close", handles -> handles.handles.close())
        .invariant("what is owned is closed once, and nothing else", Handles::areClosedOnce)
        .threads(2)
        .operationsPerThread(1)
        .budget(BUDGET)
        .assertInvariants();
  }

  @Test
  void close_isLinearizable() {
    Stress.of(() -> new Handles(false))
        .operation("get", Handles::get)
        .operation("set", Handles::set)
        .action("close", handles -> handles.handles.close())
        .budget(BUDGET)
        .assertLinearizable();
  }

  /**
   * Close is one moment for all: who was refused gets no value that close has yet to take. There
   * are many entries, so that it takes them for a while.
   */
  @Test
  void whoWasRefused_getsNoValueAnyMore() throws Exception {
    int threads = 500;
    CyclicBarrier all = new CyclicBarrier(threads);
    ExecutorService residents = Executors.newFixedThreadPool(threads);
    try {
      for (int round = 0; round < 100; round++) {
        PerThread<Integer> values = PerThread.of(() -> 0);
        List<Callable<Integer>> firstUses =
            Collections.nCopies(
                threads,
                () -> {
                  int made = values.get();
                  all.await(); // so that each is in a thread of its own
                  return made;
                });
        for (Future<Integer> use : residents.invokeAll(firstUses)) {
          use.get();
        }
        CountDownLatch goOn = new CountDownLatch(1);
        Actor refused =
            Actor.start(
                "refused", // on a short stack, so that it is told at once
                () -> {
                  do {
                    goOn.countDown();
                  } while (!isRefused(() -> values.set(2)));
                  assertTrue(isRefused(values::get), "a value after a refusal");
                });
        goOn.await();
        values.close();
        refused.join();
      }
    } finally {
      residents.shutdown();
    }
  }

  private static boolean isRefused(Runnable use) {
    try {
      use.run();
      return false;
    } catch (IllegalStateException e) {
      return true;
    }
  }
}
