package io.github.threadfast;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ThreadTableTest {

  private static final class Cell extends ThreadTable.Entry {
    int count; // plain

    int take() {
      int taken = count;
      count = 0;
      return taken;
    }
  }

  /** Counts what each thread adds to its own entry. */
  private static final class Sum {
    private final ThreadTable<Cell> table = new ThreadTable<>(this::add);
    private int ended;
    private int calls;

    private void add(Cell cell) {
      ended += cell.take();
      calls++;
    }

    void increment() {
      Cell mine = table.find(Thread.currentThread());
      if (mine == null) {
        mine = new Cell();
        table.add(mine);
      }
      mine.count++;
    }

    /** Returns the sum of living and ended threads. */
    int get() {
      return table.locked(() -> {
        table.sweep();
        int[] sum = {ended};
        table.forEach(cell -> sum[0] += cell.count);
        return sum[0];
      });
    }

    int size() {
      int[] size = {0};
      table.forEach(cell -> size[0]++);
      return size[0];
    }
  }

  private final Sum sum = new Sum();

  /** A look-up without the lock may miss an entry, in theory; then it must not get a second one. */
  @Test
  void aThreadThatHasAnEntry_getsNoOther() {
    Sum sum = new Sum();
    Cell first = sum.table.add(new Cell());

    assertSame(first, sum.table.add(new Cell()));

    assertSame(first, sum.table.find(Thread.currentThread()));
    assertEquals(1, sum.size());
  }

  @Test
  void find_beforeAdd_findsNothing_andThenTheSameForEver() throws Exception {
    assertNull(sum.table.find(Thread.currentThread()));
    Cell mine = new Cell();

    sum.table.add(mine);

    assertSame(mine, sum.table.find(Thread.currentThread()));
    Actor.run("other", () -> assertNull(sum.table.find(Thread.currentThread())));
  }

  @Test
  void theEntryOfAnEndedThread_isTakenOutOnce_withAllThatTheThreadDidToIt() throws Exception {
    for (int i = 1; i <= 100; i++) {
      Actor.run("short", sum::increment);
      assertEquals(i, sum.get());
    }

    assertEquals(100, sum.calls);
    assertEquals(0, sum.size());
  }

  @Test
  void tenThousandShortThreads_leaveTheTableSmall_thoughNobodyLooks() throws Exception {
    for (int i = 0; i < 10_000; i++) {
      Thread thread = new Thread(sum::increment);
      thread.start();
      thread.join();
      assertTrue(sum.size() <= 8);
    }

    assertEquals(10_000, sum.get());
    assertEquals(10_000, sum.calls);
  }

  /** Each thread finds its entry again while the table grows and shrinks around it. */
  @Test
  void manyThreadsAtOnce_findTheirOwnEntries_andTheTableFollowsTheirNumber() throws Exception {
    int threads = 200;
    CyclicBarrier allIn = new CyclicBarrier(threads + 1);
    CountDownLatch leave = new CountDownLatch(1);
    List<Actor> actors = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      actors.add(
          Actor.start(
              "actor" + i,
              () -> {
                sum.increment();
                Cell mine = sum.table.find(Thread.currentThread());
                assertNotNull(mine);
                allIn.await();
                for (int j = 0; j < 100; j++) {
                  if (j % 50 == 0) {
                    Actor.run("short", sum::increment);
                  }
                  sum.increment();
                  assertSame(mine, sum.table.find(Thread.currentThread()));
                }
                leave.await();
              }));
    }
    allIn.await();
    leave.countDown();
    for (Actor actor : actors) {
      actor.join();
    }

    assertEquals(threads * 103, sum.get());
    assertEquals(threads * 3, sum.calls);
    assertEquals(0, sum.size());
  }

  /** Threads that come at the same moment don't take a place from each other. */
  @Test
  void threadsThatComeAtOnce_getAnEntryEach() throws Exception {
    int threads = 4;
    for (int round = 0; round < 500; round++) {
      Sum counts = new Sum();
      AtomicInteger ready = new AtomicInteger();
      List<Actor> actors = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        actors.add(
            Actor.start(
                "actor" + i,
                () -> {
                  ready.incrementAndGet();
                  Actor.await("all are ready", () -> ready.get() == threads);
                  counts.increment();
                  counts.increment();
                }));
      }
      for (Actor actor : actors) {
        actor.join();
      }

      assertEquals(2 * threads, counts.get());
      assertEquals(threads, counts.calls);
    }
  }

  /** A thread whose class gives all of its threads one number. */
  private static final class Alike extends Thread {
    Alike(Runnable body) {
      super(body);
    }

    @Override
    @SuppressWarnings("deprecation") // not the newer threadId(), which is final
    public long getId() {
      return 4711;
    }
  }

  @Test
  void threadsWithOneNumber_haveAnEntryEach() throws Exception {
    int threads = 20;
    CyclicBarrier allIn = new CyclicBarrier(threads);
    List<Actor> actors = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      actors.add(
          Actor.start(
              Alike::new,
              "alike" + i,
              () -> {
                sum.increment();
                allIn.await();
                sum.increment();
                assertEquals(2, sum.table.find(Thread.currentThread()).count);
              }));
    }
    for (Actor actor : actors) {
      actor.join();
    }

    assertEquals(2 * threads, sum.get());
    assertEquals(threads, sum.calls);
  }

  @Test
  void aThread_isNotKeptByItsEntry() throws Exception {
    Cell[] cell = new Cell[1];
    Actor.run(
        "short",
        () -> {
          sum.increment();
          cell[0] = sum.table.find(Thread.currentThread());
        });

    Actor.await(
        "the thread is collected",
        () -> {
          System.gc();
          return cell[0].refersTo(null);
        });

    assertTrue(cell[0].isOver());
    assertEquals(1, sum.get());
    assertEquals(1, sum.calls);
  }
}
