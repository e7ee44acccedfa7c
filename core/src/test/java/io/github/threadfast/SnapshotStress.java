package io.github.threadfast;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.threadfast.Snapshot.Change;
import io.github.threadfast.testkit.Checks;
import io.github.threadfast.testkit.Stress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Several threads on one {@code Snapshot}: red without its compare-and-sets, turns and links. */
@Timeout(120)
class SnapshotStress {
  private static final int WRITERS = 8;
  private static final int UPDATES = 500;

  @Test
  void itsVerbs_areLinearizable() {
    Stress.of(() -> Snapshot.of(0))
        .operation("increment", s -> s.update(n -> n + 1))
        .operation("getAndIncrement", s -> s.getAndUpdate(n -> n + 1))
        .operation("getAndSet", List.of(0, 7), Snapshot::getAndSet)
        .operation(
            "modify", s -> s.<String, RuntimeException>modify(n -> new Change<>(n + 2, "was " + n)))
        .operation("compareAndSet", List.of(0, 1, 7), (s, n) -> s.compareAndSet(n, n + 1))
        .operation(
            "compareVersionAndSet", List.of(0, 1, 2), (s, v) -> s.compareVersionAndSet(v, 100))
        .operation("get", Snapshot::get)
        .operation("versioned", Snapshot::versioned)
        .assertLinearizable();
  }

  /** Those who have their turn, and those who race with them. */
  @Test
  void itsTurns_areLinearizable() {
    Stress.of(() -> Snapshot.of(0))
        .operation("increment", s -> s.update(n -> n + 1))
        .operation("increment in turn", s -> s.changeInTurn(n -> n + 1))
        .operation("change nothing in turn", s -> s.changeInTurn(n -> n))
        .operation("compareAndSet", List.of(0, 1), (s, n) -> s.compareAndSet(n, 10))
        .operation(
            "compareVersionAndSet", List.of(0, 1, 2), (s, v) -> s.compareVersionAndSet(v, 100))
        .operation("versioned", Snapshot::versioned)
        .assertLinearizable();
  }

  @Test
  void losesNoUpdate() {
    Checks.assertNoLostUpdate(
        () -> Snapshot.of(0), s -> s.update(SnapshotStress::incrementSlowly), Snapshot::get);
  }

  @SuppressWarnings("ThreadPriorityCheck") // lets others win the race
  private static int incrementSlowly(int n) {
    Thread.yield();
    return n + 1;
  }

  /** Two snapshots with what is derived from them, and how often that was computed. */
  private static final class Derived {
    final Snapshot<Integer> first = Snapshot.of("first", 0);
    final Snapshot<Integer> second = Snapshot.of("second", 0);
    private final Map<String, Integer> runs = new ConcurrentHashMap<>();

    final View<Integer> tenfold =
        first.view(n -> {
          count("tenfold of " + n);
          return 10 * n;
        });
    final View<String> both =
        Snapshot.combine(
            tenfold,
            first,
            (ten, one) -> {
              count("both of " + one);
              return ten + " is 10 times " + one;
            });
    final View<String> pair =
        Snapshot.combine(
            both,
            second,
            (b, n) -> {
              count("pair of " + b + " and " + n);
              return b + "; " + n;
            });

    @SuppressWarnings("ThreadPriorityCheck") // lets others get on
    private void count(String what) {
      runs.merge(what, 1, Integer::sum);
      Thread.yield();
    }

    int mostRuns() {
      return runs.values().stream().mapToInt(n -> n).max().orElse(0);
    }
  }

  @Test
  void views_areLinearizable() {
    Stress.of(Derived::new)
        .operation("first", d -> d.first.update(n -> n + 1))
        .operation("second", d -> d.second.update(n -> n + 1))
        .operation("tenfold", d -> d.tenfold.get())
        .operation("both", d -> d.both.get())
        .operation("pair", d -> d.pair.get())
        .assertLinearizable();
  }

  /**
   * The last one is changed first, and so is ahead by one change or none. Many that lie between
   * make it take long to look at them all; and the writer rests, so that this gets done.
   */
  @Test
  void aMoment_isOfTheSameTimeForAll() throws Exception {
    Snapshot<?>[] snapshots =
        Stream.generate(() -> Snapshot.of(0)).limit(300).toArray(Snapshot[]::new);
    Snapshot<Integer> first = Snapshot.of(0);
    Snapshot<Integer> last = Snapshot.of(0);
    snapshots[0] = first;
    snapshots[snapshots.length - 1] = last;
    AtomicBoolean isOver = new AtomicBoolean();
    Actor writer =
        Actor.start(
            "writer",
            () -> {
              for (int i = 1; !isOver.get(); i++) {
                last.set(i);
                first.set(i);
                for (int rest = 0; i % 5 == 0 && rest < 500; rest++) {
                  Thread.onSpinWait();
                }
              }
            });

    Set<Integer> leads = new HashSet<>();
    for (int i = 0; i < 50_000; i++) {
      Moment moment = Moment.of(snapshots);
      leads.add(moment.of(last).get() - moment.of(first).get());
    }
    isOver.set(true);
    writer.join();

    assertTrue(Set.of(0, 1).containsAll(leads), leads::toString);
  }

  @Test
  void views_areComputedOnceForEachVersion() {
    Stress.of(Derived::new)
        .operation("first", d -> d.first.update(n -> n + 1))
        .operation("second", d -> d.second.update(n -> n + 1))
        .operation("tenfold", d -> d.tenfold.get())
        .operation("both", d -> d.both.get())
        .operation("pair", d -> d.pair.get())
        .invariant("nothing is computed twice", d -> d.mostRuns() <= 1)
        .assertInvariants();
  }

  /** Runs {@code body} in as many threads as there are writers, which begin together. */
  private static void inAllWriters(Actor.Body body) throws Exception {
    CyclicBarrier start = new CyclicBarrier(WRITERS);
    List<Actor> writers = new ArrayList<>();
    for (int i = 0; i < WRITERS; i++) {
      writers.add(
          Actor.start(
              "writer " + i,
              () -> {
                start.await();
                body.run();
              }));
    }
    for (Actor writer : writers) {
      writer.join();
    }
  }

  /**
   * A function that takes long is beaten by all others, where nothing bounds that. There are few
   * updates, since each gives way to the others, and to whatever else the machine has to do.
   */
  @ParameterizedTest
  @ValueSource(ints = {0, 100, 10_000})
  void functions_areRunFourTimesAtMost_howeverHotTheContention(int length) throws Exception {
    int updates = 50;
    Snapshot<Integer> snapshot = Snapshot.of(0);
    List<Integer> mostRuns = Collections.synchronizedList(new ArrayList<>());

    inAllWriters(() -> {
      int most = 0;
      for (int i = 0; i < updates; i++) {
        AtomicInteger runs = new AtomicInteger();
        snapshot.update(n -> {
          runs.incrementAndGet();
          for (int spin = 0; spin < length; spin++) {
            Thread.onSpinWait();
          }
          return incrementSlowly(n);
        });
        most = Math.max(most, runs.get());
      }
      mostRuns.add(most);
    });

    assertEquals(WRITERS * updates, snapshot.get());
    assertTrue(Collections.max(mostRuns) <= Snapshot.MOST_RUNS, mostRuns::toString);
  }

  private static List<Long> upTo(long last) {
    return LongStream.rangeClosed(1, last).boxed().toList();
  }

  @Test
  void listeners_hearOfEachChangeOfEightWriters_inOrder() throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(4);
    List<Executor> executors = List.of(Runnable::run, pool, task -> new Thread(task).start());
    Snapshot<Long> snapshot = Snapshot.of(0L);
    long last = (long) WRITERS * UPDATES;
    CountDownLatch heardAll = new CountDownLatch(executors.size());
    List<List<Long>> heard = new ArrayList<>();
    for (Executor executor : executors) {
      List<Long> mine = new ArrayList<>(); // used by one thread at a time
      heard.add(mine);
      snapshot.onEveryChange(
          executor,
          (before, after) -> {
            assertEquals(before + 1, after);
            mine.add(after);
            if (after == last) {
              heardAll.countDown();
            }
          });
    }

    inAllWriters(() -> {
      for (int i = 0; i < UPDATES; i++) {
        snapshot.update(n -> n + 1);
      }
    });
    heardAll.await();

    heard.forEach(mine -> assertEquals(upTo(last), mine));
    pool.shutdown();
  }

  @Test
  void conflatedListeners_hearInOrder_andOfTheLastChange() throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(4);
    Snapshot<Long> snapshot = Snapshot.of(0L);
    long last = (long) WRITERS * UPDATES;
    CountDownLatch heardLast = new CountDownLatch(1);
    List<Long> heard = new ArrayList<>(List.of(0L)); // used by one thread at a time
    snapshot.onLatestChange(
        pool,
        (before, after) -> {
          assertEquals(heard.get(heard.size() - 1), before);
          heard.add(after);
          if (after == last) {
            heardLast.countDown();
          }
        });

    inAllWriters(() -> {
      for (int i = 0; i < UPDATES; i++) {
        snapshot.update(n -> n + 1);
      }
    });
    heardLast.await();

    assertEquals(heard.stream().sorted().distinct().toList(), heard);
    pool.shutdown();
  }

  /** A listener comes while writers are at work: from then on it hears of all. */
  @Test
  void aListenerThatComesLater_missesNothing() {
    Stress.of(Late::new)
        .action("change", late -> late.snapshot.update(n -> n + 1))
        .action("listen", Late::listen)
        .invariant("all hear of one more change", Late::allHearOfOneMoreChange)
        .assertInvariants();
  }

  private static final class Late {
    final Snapshot<Integer> snapshot = Snapshot.of(0);
    private final List<AtomicInteger> known = Collections.synchronizedList(new ArrayList<>());

    void listen() {
      AtomicInteger mine = new AtomicInteger();
      known.add(mine);
      snapshot.onEveryChange(Runnable::run, (before, after) -> mine.set(after));
    }

    /** One that has missed a change can't get to the next. */
    boolean allHearOfOneMoreChange() {
      int last = snapshot.update(n -> n + 1);
      return known.stream().allMatch(mine -> mine.get() == last);
    }
  }

  /** Each of many threads waits for a value that is there for a moment only. */
  @Test
  void await_missesNothing() throws Exception {
    Snapshot<Integer> snapshot = Snapshot.of(0);
    int many = 50;
    CountDownLatch allLooked = new CountDownLatch(many);
    List<Actor> waiting = new ArrayList<>();
    for (int i = 1; i <= many; i++) {
      int awaited = 3 * i;
      waiting.add(
          Actor.start(
              "waits for " + awaited,
              () ->
                  assertEquals(
                      awaited,
                      snapshot.await(n -> {
                        allLooked.countDown();
                        return n == awaited;
                      }))));
    }
    Call.await(allLooked); // or some might begin with what comes after their values

    inAllWriters(() -> {
      for (int i = 0; i < UPDATES; i++) {
        snapshot.update(n -> n + 1);
      }
    });
    for (Actor one : waiting) {
      one.join();
    }
  }
}
