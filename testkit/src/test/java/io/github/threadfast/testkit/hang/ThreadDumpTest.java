package io.github.threadfast.testkit.hang;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.threadfast.testkit.hang.Sighting.Held;
import io.github.threadfast.testkit.hang.Sighting.Wait;
import io.github.threadfast.testkit.hang.Sighting.Way;
import java.util.List;
import org.junit.jupiter.api.Test;

class ThreadDumpTest {
  @Test
  void of_aDumpThatTellsLocks_readsStatesAndLocks() {
    ThreadDump dump =
        ThreadDump.of(
            """
            3691
            2026-11-25T22:29:49.821556945Z
            25.0.3+9-LTS

            #3 "main" RUNNABLE 2026-11-25T22:29:49.844323723Z
                at java.base/jdk.internal.vm.ThreadSnapshot.create(Native Method)
                at app.Main.main(Main.java:23)

            #23 "the "first" one" virtual BLOCKED 2026-11-25T22:29:49.855875279Z
                at app.Main.lambda$main$0(Main.java:7)
                - locked <java.lang.Object@702b8b12>
                - waiting to lock <java.lang.Object@22e357dc>
                at java.base/java.lang.VirtualThread.run(VirtualThread.java:460)

            #29 "" virtual WAITING 2026-11-25T22:29:49.857496728Z
                at java.base/java.lang.Object.wait0(Native Method)
                - waiting on <java.lang.Object@10163d6>
                at java.base/java.lang.Object.wait(Object.java:382)
                at app.Main.lambda$main$4(Main.java:11)
                - locked <java.lang.Object@10163d6>

            #31 "stamped" virtual WAITING 2026-11-25T22:29:49.858082891Z
                at java.base/java.lang.VirtualThread.park(VirtualThread.java:742)
                - parking to wait for <java.util.concurrent.locks.StampedLock@15bbf42f>
            """
                .lines()
                .toList());

    Sighting main = dump.threads().get(0);
    Sighting first = dump.threads().get(1);
    Sighting unnamed = dump.threads().get(2);
    Sighting stamped = dump.threads().get(3);
    assertTrue(dump.tellsLocks());
    assertEquals(4, dump.threads().size());
    assertFalse(main.virtual());
    assertNull(main.waitsFor());
    assertEquals(
        "[java.base/jdk.internal.vm.ThreadSnapshot.create(Native Method),"
            + " app.Main.main(Main.java:23)]",
        main.stack().toString());
    assertTrue(first.virtual());
    assertEquals(23, first.id());
    assertEquals("the \"first\" one", first.name());
    assertEquals(Thread.State.BLOCKED, first.state());
    assertEquals(
        List.of(new Held(new Resource("java.lang.Object@702b8b12"), true, first.stack().get(0))),
        first.holds());
    assertEquals(
        new Wait(Way.TO_ENTER, new Resource("java.lang.Object@22e357dc")), first.waitsFor());
    assertEquals("", unnamed.name());
    assertEquals(List.of(), unnamed.holds());
    assertEquals(
        new Wait(Way.TO_BE_NOTIFIED, new Resource("java.lang.Object@10163d6")), unnamed.waitsFor());
    assertEquals(
        new Wait(Way.PARKED, new Resource("java.util.concurrent.locks.StampedLock@15bbf42f")),
        stamped.waitsFor());
  }

  @Test
  void of_aDumpOfStacksAlone_guessesTheStates() {
    ThreadDump dump =
        ThreadDump.of(
            """
            3691
            2023-11-25T22:29:49.821556945Z
            21.0.1+12-LTS

            #22 "parked" virtual
                  java.base/java.lang.VirtualThread.park(VirtualThread.java:582)
                  app.Main.main(Main.java:23)

            #23 "sleeps" virtual
                  java.base/java.lang.VirtualThread.parkNanos(VirtualThread.java:631)

            #24 "runs" virtual
                  app.Main.spin(Main.java:24)
            """
                .lines()
                .toList());

    assertFalse(dump.tellsLocks());
    assertEquals(
        List.of(Thread.State.WAITING, Thread.State.TIMED_WAITING, Thread.State.RUNNABLE),
        dump.threads().stream().map(Sighting::state).toList());
    assertEquals("app.Main.main(Main.java:23)", dump.threads().get(0).stack().get(1).toString());
    assertTrue(Sighting.isOfTheJdk(dump.threads().get(0).stack().get(0)));
    assertFalse(Sighting.isOfTheJdk(dump.threads().get(0).stack().get(1)));
  }

  @Test
  void of_somethingElse_findsNoThreads() {
    assertEquals(List.of(), ThreadDump.of(List.of()).threads());
    assertEquals(List.of(), ThreadDump.of(List.of("#", "{", "#1 main")).threads());
  }

  @Test
  void take_fromJdk21On_findsThisThread() {
    assertEquals(Runtime.version().feature() >= 21, ThreadDump.take().isPresent());
    ThreadDump.take()
        .ifPresent(dump ->
            assertNotNull(
                dump.threads().stream()
                    .filter(thread -> thread.id() == Thread.currentThread().getId())
                    .findFirst()
                    .orElse(null)));
  }
}
