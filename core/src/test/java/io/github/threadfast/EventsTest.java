package io.github.threadfast;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import jdk.jfr.EventType;
import jdk.jfr.FlightRecorder;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class EventsTest {
  private static final String CONTENDED_ACCESS = "io.github.threadfast.ContendedAccess";
  private static final String LAZY_INITIALIZATION = "io.github.threadfast.LazyInitialization";
  private static final String DEADLOCK = "io.github.threadfast.Deadlock";
  private static final String MAP_FALLBACK = "io.github.threadfast.MapFallback";
  private static final String ITEM_FAILURE = "io.github.threadfast.ItemFailure";
  private static final String POISON = "io.github.threadfast.Poison";

  private static final WaitGraph.Resource ORDERS = new Labeled("Guarded \"orders\"");

  @TempDir private Path folder;

  @Test
  void contendedAccess_isRecordedWithThePrimitiveAndItsOwner() throws Exception {
    CountDownLatch recorded = new CountDownLatch(1);
    Thread owner = new Thread(() -> awaitQuietly(recorded), "batch-1");
    owner.start();
    List<RecordedEvent> events;
    try {
      events = record(CONTENDED_ACCESS, () -> Events.contendedAccess().end(ORDERS, owner));
    } finally {
      recorded.countDown();
      owner.join();
    }

    RecordedEvent event = only(events);
    assertEquals("Guarded \"orders\"", event.getString("primitive"));
    assertEquals("batch-1", event.getThread("owner").getJavaName());
    assertComesFromHere(event);
  }

  @Test
  void contendedAccess_withoutAKnownOwner_isRecordedWithoutOne() throws Exception {
    RecordedEvent event =
        only(record(CONTENDED_ACCESS, () -> Events.contendedAccess().end(ORDERS, null)));

    assertEquals("Guarded \"orders\"", event.getString("primitive"));
    assertNull(event.getThread("owner"));
  }

  @Test
  void contendedAccess_lastsFromItsBeginningToItsEnd() throws Exception {
    long[] between = new long[1];

    RecordedEvent event =
        only(
            record(
                CONTENDED_ACCESS,
                () -> {
                  Events.Span span = Events.contendedAccess();
                  long begun = System.nanoTime();
                  while (System.nanoTime() - begun < 5_000_000) {
                    Thread.onSpinWait();
                  }
                  between[0] = System.nanoTime() - begun;
                  span.end(ORDERS, null);
                }));

    // the two clocks may tick a little differently
    assertTrue(
        event.getDuration().compareTo(Duration.ofNanos(between[0]).multipliedBy(9).dividedBy(10))
            > 0,
        () -> event + " lasted less than " + between[0] + " ns");
  }

  @Test
  void aShortContendedAccess_isNeitherRecordedNorLabeled() throws Exception {
    try (Recording recording = new Recording()) {
      recording.enable(CONTENDED_ACCESS).withThreshold(Duration.ofDays(1));
      recording.start();
      Events.contendedAccess().end(new Unspeakable(), null);

      assertEquals(List.of(), eventsOf(recording, CONTENDED_ACCESS));
    }
  }

  @Test
  void initialization_isRecordedWithThePrimitive() throws Exception {
    WaitGraph.Resource codec = new Labeled("Lazy \"codec\"");

    RecordedEvent event =
        only(record(LAZY_INITIALIZATION, () -> Events.initialization().end(codec, null)));

    assertEquals("Lazy \"codec\"", event.getString("primitive"));
    assertComesFromHere(event);
  }

  @Test
  void deadlock_isRecordedWithTheCycle() throws Exception {
    WaitGraph.Resource mine =
        new Labeled("Guarded \"mine\"") {
          @Override
          public Collection<Thread> holders() {
            return List.of(Thread.currentThread());
          }
        };
    String[] message = new String[1];

    RecordedEvent event =
        only(
            record(
                DEADLOCK,
                () -> {
                  try {
                    WaitGraph.await(mine, () -> {});
                  } catch (DeadlockException e) {
                    message[0] = e.getMessage();
                  }
                }));

    assertEquals(message[0], event.getString("cycle"));
    assertTrue(message[0].contains("waits for Guarded \"mine\""), message[0]);
    assertComesFromHere(event);
  }

  @Test
  void poison_isRecordedWithThePrimitiveAndTheClassOfTheCauseButNotItsMessage() throws Exception {
    RecordedEvent event =
        only(record(POISON, () -> Events.poison(ORDERS, new IOException("secret"))));

    assertEquals("Guarded \"orders\"", event.getString("primitive"));
    assertEquals("java.io.IOException", event.getClass("thrownClass").getName());
    assertTrue(!event.toString().contains("secret"), event::toString);
    assertComesFromHere(event);
  }

  @Test
  void aMapThatCannotBeReadWithoutALock_recordsTheFallback() throws Exception {
    ReadMostlyMap<String, Integer> stock =
        ReadMostlyMap.<String, Integer>builder().name("stock").build();

    RecordedEvent event =
        only(
            record(
                MAP_FALLBACK,
                () -> {
                  Stripe[] stripes = stock.stripes();
                  Actor[] reader = new Actor[1];
                  Actor writer =
                      Actor.start(
                          "writer",
                          () ->
                              Stripe.whileLocked(
                                  stripes,
                                  () -> {
                                    reader[0] = Actor.start("reader", stock::size);
                                    reader[0].awaitParked();
                                    return "done";
                                  }));
                  writer.join();
                  reader[0].join();
                }));

    assertEquals("ReadMostlyMap \"stock\"", event.getString("primitive"));
  }

  @Test
  void anItemThatFails_isRecorded() throws Exception {
    RecordedEvent event =
        only(
            record(
                ITEM_FAILURE,
                () -> {
                  try (WorkerPool<String> pool =
                      WorkerPool.<String>of(
                              item -> {
                                throw new IOException("secret");
                              })
                          .name("mails")
                          .onFailure((item, failure) -> {})
                          .start()) {
                    pool.submit("a");
                  }
                }));

    assertEquals("WorkerPool \"mails\"", event.getString("primitive"));
    assertEquals("java.io.IOException", event.getClass("thrownClass").getName());
  }

  @Test
  void whereNobodyRecords_nothingIsAllocatedOrLabeled() {
    try (Recording recording = new Recording()) {
      List.of(CONTENDED_ACCESS, LAZY_INITIALIZATION, MAP_FALLBACK, DEADLOCK, POISON, ITEM_FAILURE)
          .forEach(recording::disable);
      recording.start();

      assertSame(Events.Span.NONE, Events.contendedAccess());
      assertSame(Events.Span.NONE, Events.initialization());
      assertSame(Events.Span.NONE, Events.mapFallback());
      Events.Span.NONE.end(new Unspeakable(), null);
      Events.poison(new Unspeakable(), new IOException("disk full"));
      Events.itemFailure(new Unspeakable(), new IOException("disk full"));
    }
  }

  @Test
  void everyEvent_isDescribed() {
    Events.poison(ORDERS, new IOException("disk full")); // loads them all

    List<EventType> types =
        FlightRecorder.getFlightRecorder().getEventTypes().stream()
            .filter(type -> type.getCategoryNames().equals(List.of("Threadfast")))
            .toList();
    assertEquals(
        List.of(
            CONTENDED_ACCESS, DEADLOCK, ITEM_FAILURE, LAZY_INITIALIZATION, MAP_FALLBACK, POISON),
        types.stream().map(EventType::getName).sorted().toList());
    for (EventType type : types) {
      assertTrue(type.getLabel() != null && type.getDescription() != null, type::getName);
    }
  }

  @Test
  void aGuardedThatIsWaitedFor_recordsTheWaitAndItsOwner() throws Exception {
    Guarded<int[]> orders = Guarded.of("orders", new int[1]);
    Actor[] waiter = new Actor[1];

    RecordedEvent event =
        only(
            record(
                CONTENDED_ACCESS,
                () -> {
                  orders.update(o -> {
                    waiter[0] = Actor.start("waiter", () -> orders.update(value -> value[0]++));
                    waiter[0].awaitParked();
                  });
                  waiter[0].join();
                }));

    assertEquals("Guarded \"orders\"", event.getString("primitive"));
    assertEquals("waiter", event.getThread().getJavaName());
    assertEquals(Thread.currentThread().getName(), event.getThread("owner").getJavaName());
  }

  @Test
  void aReadWriteGuarded_recordsTheWaitForItsReaders() throws Exception {
    Guarded<int[]> routes = Guarded.readWrite("routes", new int[1]);
    Actor[] writer = new Actor[1];

    RecordedEvent event =
        only(
            record(
                CONTENDED_ACCESS,
                () -> {
                  routes.<Object, Exception>read(r -> {
                    writer[0] = Actor.start("writer", () -> routes.update(value -> value[0]++));
                    writer[0].awaitParked();
                    return "read";
                  });
                  writer[0].join();
                }));

    assertEquals("writer", event.getThread().getJavaName());
    assertEquals(Thread.currentThread().getName(), event.getThread("owner").getJavaName());
  }

  @Test
  void aGuardedThatIsPoisoned_recordsIt() throws Exception {
    Guarded<int[]> ledger = Guarded.builder(new int[1]).name("ledger").poisonOnFailure().build();

    RecordedEvent event =
        only(
            record(
                POISON,
                () ->
                    assertThrows(
                        ArithmeticException.class,
                        () ->
                            ledger.update(l -> {
                              throw new ArithmeticException();
                            }))));

    assertEquals("Guarded \"ledger\"", event.getString("primitive"));
  }

  @Test
  void aNestedAction_recordsTheDeadlock() throws Exception {
    Guarded<int[]> orders = Guarded.of("orders", new int[1]);

    RecordedEvent event =
        only(
            record(
                DEADLOCK,
                () ->
                    orders.update(o ->
                        assertThrows(
                            DeadlockException.class, () -> orders.update(value -> value[0]++)))));

    assertTrue(event.getString("cycle").startsWith("Guarded \"orders\" was used again"));
  }

  @Test
  void aLazyThatIsMade_recordsIt() throws Exception {
    RecordedEvent event =
        only(record(LAZY_INITIALIZATION, () -> Lazy.of("codec", () -> "made").get()));

    assertEquals("Lazy \"codec\"", event.getString("primitive"));
  }

  /** Returns the events of that name that {@code action} causes. */
  private List<RecordedEvent> record(String name, Actor.Body action) throws Exception {
    assertSame(Events.Span.NONE, Events.contendedAccess()); // loads the events before JFR starts
    try (Recording recording = new Recording()) {
      recording.enable(name).withoutThreshold();
      recording.start();
      action.run();
      return eventsOf(recording, name);
    }
  }

  private List<RecordedEvent> eventsOf(Recording recording, String name) throws IOException {
    recording.stop();
    Path file = folder.resolve("events.jfr");
    recording.dump(file);
    return RecordingFile.readAllEvents(file).stream()
        .filter(event -> event.getEventType().getName().equals(name))
        .collect(Collectors.toList());
  }

  private static RecordedEvent only(List<RecordedEvent> events) {
    assertEquals(1, events.size(), events::toString);
    return events.get(0);
  }

  private static void assertComesFromHere(RecordedEvent event) {
    assertTrue(
        event.getStackTrace().getFrames().stream()
            .anyMatch(
                frame -> frame.getMethod().getType().getName().equals(EventsTest.class.getName())),
        event::toString);
    assertEquals(Thread.currentThread().getName(), event.getThread().getJavaName());
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError("nobody interrupts this thread", e);
    }
  }

  private static class Labeled implements WaitGraph.Resource {
    private final String label;

    Labeled(String label) {
      this.label = label;
    }

    @Override
    public Collection<Thread> holders() {
      return List.of();
    }

    @Override
    public String label() {
      return label;
    }
  }

  /** Whose label nobody may ask for. */
  private static final class Unspeakable implements WaitGraph.Resource {
    @Override
    public Collection<Thread> holders() {
      return List.of();
    }

    @Override
    public String label() {
      throw new AssertionError("a label was asked for that nobody records");
    }
  }
}
