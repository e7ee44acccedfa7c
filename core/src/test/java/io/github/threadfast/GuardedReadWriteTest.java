package io.github.threadfast;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class GuardedReadWriteTest {
  private final Guarded<int[]> routes = Guarded.readWrite("routes", new int[1]);

  @Test
  void readers_areInsideAtOnce_howeverManyTheyAre() throws Exception {
    int many = 200; // more than there are slots
    CyclicBarrier allInside = new CyclicBarrier(many + 1);
    List<Actor> readers = new ArrayList<>();

    for (int i = 0; i < many; i++) {
      readers.add(
          Actor.start(
              "reader " + i, () -> routes.read(r -> allInside.await(20, TimeUnit.SECONDS))));
    }
    allInside.await(20, TimeUnit.SECONDS);

    for (Actor reader : readers) {
      reader.join();
    }
    assertEquals("Guarded[\"routes\", free]", routes.toString());
  }

  @Test
  void aWriterWaitsForAllReaders_andKeepsNewOnesOut() throws Exception {
    int many = 100;
    CountDownLatch inside = new CountDownLatch(many);
    CountDownLatch leave = new CountDownLatch(1);
    AtomicInteger reading = new AtomicInteger();
    List<Actor> readers = new ArrayList<>();
    for (int i = 0; i < many; i++) {
      readers.add(
          Actor.start(
              "reader " + i,
              () ->
                  routes.read(r -> {
                    reading.incrementAndGet();
                    inside.countDown();
                    leave.await();
                    return reading.decrementAndGet();
                  })));
    }
    inside.await();
    assertEquals("Guarded[\"routes\", read by 100]", routes.toString());

    Actor writer =
        Actor.start(
            "writer",
            () ->
                routes.update(r -> {
                  assertEquals(0, reading.get());
                  r[0] = 1;
                }));
    writer.awaitParked();
    List<Integer> seen = new ArrayList<>();
    Actor late = Actor.start("late", () -> seen.add(routes.read(r -> r[0])));
    late.awaitParked();
    leave.countDown();

    writer.join();
    late.join();
    for (Actor reader : readers) {
      reader.join();
    }
    assertEquals(List.of(1), seen);
  }

  @Test
  void aReaderWaitsForTheWriter_andKeepsTheInterrupt() throws Exception {
    CountDownLatch inside = new CountDownLatch(1);
    CountDownLatch leave = new CountDownLatch(1);
    Actor writer =
        Actor.start(
            "writer",
            () ->
                routes.update(r -> {
                  inside.countDown();
                  leave.await();
                  r[0] = 1;
                }));
    inside.await();
    List<Object> seen = new ArrayList<>();
    Actor reader =
        Actor.start(
            "reader",
            () -> {
              seen.add(routes.read(r -> r[0]));
              seen.add(Thread.currentThread().isInterrupted());
            });
    reader.awaitParked();

    reader.thread().interrupt();
    leave.countDown();

    writer.join();
    reader.join();
    assertEquals(List.of(1, true), seen);
  }

  @Test
  void aWriterThatWaitsForReaders_keepsTheInterrupt() throws Exception {
    CountDownLatch inside = new CountDownLatch(1);
    CountDownLatch leave = new CountDownLatch(1);
    Actor reader =
        Actor.start(
            "reader",
            () ->
                routes.read(r -> {
                  inside.countDown();
                  leave.await();
                  return r[0];
                }));
    inside.await();
    List<Object> seen = new ArrayList<>();
    Actor writer =
        Actor.start(
            "writer", () -> routes.update(r -> seen.add(Thread.currentThread().isInterrupted())));
    writer.awaitParked();

    writer.thread().interrupt();
    leave.countDown();

    reader.join();
    writer.join();
    assertEquals(List.of(true), seen);
  }

  @Test
  void aWriterOutOfTime_letsReadersInAgain() throws Exception {
    CountDownLatch inside = new CountDownLatch(1);
    CountDownLatch leave = new CountDownLatch(1);
    Actor reader =
        Actor.start(
            "reader",
            () ->
                routes.read(r -> {
                  inside.countDown();
                  leave.await();
                  return r[0];
                }));
    inside.await();

    TimeoutException e =
        assertThrows(
            TimeoutException.class,
            () -> routes.within(Duration.ofMillis(1)).update(r -> r[0] = 1));

    assertEquals(
        "Guarded \"routes\" was not free within PT0.001S: \"reader\" reads it. Shorten that action,"
            + " or wait longer.",
        e.getMessage());
    int now = routes.read(r -> r[0]);
    assertEquals(0, now);
    leave.countDown();
    reader.join();
    routes.update(r -> r[0] = 2);
  }

  @Test
  void anInterruptedTimedWriter_letsReadersInAgain() throws Exception {
    CountDownLatch inside = new CountDownLatch(1);
    CountDownLatch leave = new CountDownLatch(1);
    Actor reader =
        Actor.start(
            "reader",
            () ->
                routes.read(r -> {
                  inside.countDown();
                  leave.await();
                  return r[0];
                }));
    inside.await();
    Actor writer =
        Actor.start(
            "writer",
            () ->
                assertThrows(
                    InterruptedException.class,
                    () -> routes.within(Duration.ofHours(1)).update(r -> r[0] = 1)));
    writer.awaitParked();

    writer.thread().interrupt();
    writer.join();

    int now = routes.read(r -> r[0]);
    assertEquals(0, now);
    leave.countDown();
    reader.join();
  }

  @Test
  void aChangeInsideItsOwnRead_throwsAtOnce() {
    routes.read(r -> {
      DeadlockException e =
          assertThrows(DeadlockException.class, () -> routes.update(inner -> inner[0] = 1));
      assertEquals(
          "Guarded \"routes\" was used again, by update, from inside its own read on thread"
              + " \"main\". A change waits until all reads are over, and this one would wait for"
              + " it. Do both in one change, or change after the read.",
          e.getMessage());
      assertEquals(1, e.cycle().size());
      assertThrows(
          DeadlockException.class,
          () -> routes.within(Duration.ofHours(1)).update(inner -> inner[0] = 1));
      return r[0];
    });

    assertEquals("Guarded[\"routes\", free]", routes.toString());
  }

  @Test
  void anyUseInsideAChangeOrARead_throwsAtOnce() {
    routes.update(r -> {
      assertThrows(DeadlockException.class, () -> routes.read(inner -> inner[0]));
      assertThrows(DeadlockException.class, () -> routes.update(inner -> inner[0] = 1));
    });
    routes.read(r -> {
      assertThrows(DeadlockException.class, () -> routes.read(inner -> inner[0]));
      return r[0];
    });

    assertEquals("Guarded[\"routes\", free]", routes.toString());
  }

  @Test
  void reentrant_allowsAllButAChangeInsideARead() {
    Guarded<int[]> nested = Guarded.builder(new int[1]).readWrite().reentrant().build();

    nested.update(r -> {
      nested.update(inner -> inner[0]++);
      r[0] += nested.<Integer, RuntimeException>read(inner -> inner[0]);
    });
    int seen =
        nested.read(r -> {
          assertThrows(DeadlockException.class, () -> nested.update(inner -> inner[0]++));
          return nested.<Integer, RuntimeException>read(inner -> inner[0]);
        });

    assertEquals(2, seen);
    assertTrue(nested.toString().endsWith("free]"), nested.toString());
  }

  @Test
  void failures_leaveTheValueFree() {
    assertThrows(
        ArithmeticException.class,
        () ->
            routes.read(r -> {
              throw new ArithmeticException();
            }));
    assertThrows(
        ArithmeticException.class,
        () ->
            routes.update(r -> {
              throw new ArithmeticException();
            }));

    assertEquals("Guarded[\"routes\", free]", routes.toString());
  }
}
