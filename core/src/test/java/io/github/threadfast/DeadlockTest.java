package io.github.threadfast;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Cycles through any mix of primitives: one thread is told, the others go on. */
@Timeout(60)
class DeadlockTest {

  /** Something that a thread can be inside of, so that another waits for it. */
  enum Kind {
    EXCLUSIVE {
      @Override
      Part make(String name) {
        Guarded<int[]> guarded = Guarded.of(name, new int[1]);
        return new Part(
            "Guarded \"" + name + '"',
            body -> guarded.update(v -> body.run()),
            () -> guarded.update(v -> {}));
      }
    },
    FAIR {
      @Override
      Part make(String name) {
        Guarded<int[]> guarded = Guarded.builder(new int[1]).name(name).fair().build();
        return new Part(
            "Guarded \"" + name + '"',
            body -> guarded.update(v -> body.run()),
            () -> guarded.when(v -> true).read(v -> v[0]));
      }
    },
    READ_WANTED_TO_WRITE {
      @Override
      Part make(String name) {
        Guarded<int[]> guarded = Guarded.readWrite(name, new int[1]);
        return new Part(
            "Guarded \"" + name + '"',
            "the readers of Guarded \"" + name + '"',
            body ->
                guarded.<Object, Exception>read(v -> {
                  body.run();
                  return "read";
                }),
            () -> guarded.update(v -> {}));
      }
    },
    WRITTEN_WANTED_TO_READ {
      @Override
      Part make(String name) {
        Guarded<int[]> guarded = Guarded.readWrite(name, new int[1]);
        return new Part(
            "Guarded \"" + name + '"',
            body -> guarded.update(v -> body.run()),
            () -> guarded.<Object, Exception>read(v -> v[0]));
      }
    },
    TOGETHER {
      @Override
      Part make(String name) {
        Guarded<int[]> guarded = Guarded.of(name, new int[1]);
        Guarded<int[]> free = Guarded.of("free", new int[1]);
        return new Part(
            "Guarded \"" + name + '"',
            body -> guarded.update(v -> body.run()),
            () -> Guarded.together(guarded, free).update((v, w) -> {}));
      }
    },
    LAZY {
      @Override
      Part make(String name) {
        Body body = new Body();
        Lazy<String> lazy = Lazy.of(name, body);
        return new Part("Lazy \"" + name + '"', body.thenRun(lazy), lazy::get);
      }
    },
    CLOSEABLE_LAZY {
      @Override
      Part make(String name) {
        Body body = new Body();
        CloseableLazy<String> lazy = Lazy.closeable(name, body, value -> {});
        return new Part("Lazy \"" + name + '"', body.thenRun(lazy), lazy::close);
      }
    },
    SNAPSHOT {
      @Override
      Part make(String name) {
        Snapshot<String> snapshot = Snapshot.of(name, "value");
        return new Part(
            "Snapshot \"" + name + '"',
            body ->
                snapshot.<Exception>changeInTurn(v -> {
                  body.run();
                  return v;
                }),
            () -> snapshot.set("another"));
      }
    },
    VIEW {
      @Override
      Part make(String name) {
        Body body = new Body();
        View<String> view = Snapshot.of(name, "value").view(v -> body.get());
        return new Part("View of Snapshot \"" + name + '"', body.thenRun(view), view::get);
      }
    },
    MAP {
      @Override
      Part make(String name) {
        ReadMostlyMap<String, Integer> map =
            ReadMostlyMap.<String, Integer>builder().name(name).build();
        return new Part(
            "ReadMostlyMap \"" + name + '"',
            body ->
                map.<Exception>changeInTurn(
                    "key",
                    true,
                    v -> {
                      body.run();
                      return v;
                    }),
            () -> map.put("key", 1));
      }
    };

    abstract Part make(String name);
  }

  /** An initializer that needs something else, but only the first time. */
  private static final class Body implements Supplier<String> {
    private Actor.Body first = () -> {};

    Inside thenRun(Supplier<String> lazy) {
      return body -> {
        first = body;
        lazy.get();
      };
    }

    @Override
    public String get() {
      Actor.Body now = first;
      first = () -> {};
      try {
        now.run();
      } catch (RuntimeException e) {
        throw e;
      } catch (Exception e) {
        throw new AssertionError(e);
      }
      return "made";
    }
  }

  record Part(String label, String wantedLabel, Inside inside, Actor.Body wanted) {
    Part(String label, Inside inside, Actor.Body wanted) {
      this(label, label, inside, wanted);
    }
  }

  interface Inside {
    void run(Actor.Body body) throws Exception;
  }

  static Stream<Arguments> pairs() {
    return Stream.of(Kind.values())
        .flatMap(first -> Stream.of(Kind.values()).map(second -> Arguments.of(first, second)));
  }

  @ParameterizedTest
  @MethodSource("pairs")
  void aCycleOfTwo_isToldToOneThread_andTheOtherGoesOn(Kind first, Kind second) throws Exception {
    assertOneIsTold(Thread::new, List.of(first.make("p0"), second.make("p1")));
  }

  @ParameterizedTest
  @MethodSource("pairs")
  void aCycleOfVirtualThreads_isToldToOne(Kind first, Kind second) throws Exception {
    ThreadFactory virtual = VirtualThreads.factory();
    assertOneIsTold(virtual, List.of(first.make("p0"), second.make("p1")));
  }

  static Stream<Arguments> triples() {
    return Stream.of(Kind.values())
        .flatMap(a ->
            Stream.of(Kind.values())
                .flatMap(b -> Stream.of(Kind.values()).map(c -> Arguments.of(a, b, c))));
  }

  @ParameterizedTest
  @MethodSource("triples")
  void aCycleOfThree_isToldToOneThread_andTheOthersGoOn(Kind a, Kind b, Kind c) throws Exception {
    assertOneIsTold(Thread::new, List.of(a.make("p0"), b.make("p1"), c.make("p2")));
  }

  @Test
  void aCycleOfTwenty_isToldToOneThread() throws Exception {
    List<Part> parts = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      parts.add(Kind.values()[i % Kind.values().length].make("p" + i));
    }
    assertOneIsTold(Thread::new, parts);
  }

  @Test
  void aCycleOfThousands_isToldToOneThread_inShort() throws Exception {
    ThreadFactory virtual = VirtualThreads.factory();
    List<Part> parts = new ArrayList<>();
    for (int i = 0; i < 5_000; i++) {
      parts.add(Kind.EXCLUSIVE.make("p" + i));
    }

    DeadlockException told = assertOneIsTold(virtual, parts);

    assertTrue(told.getMessage().contains("; then 4990 threads more; "), told.getMessage());
  }

  /** Each thread is inside of one part and then wants the next. All want at once. */
  private static DeadlockException assertOneIsTold(ThreadFactory factory, List<Part> parts)
      throws Exception {
    CountDownLatch allInside = new CountDownLatch(parts.size());
    List<DeadlockException> told = Collections.synchronizedList(new ArrayList<>());
    AtomicInteger wentOn = new AtomicInteger();
    List<Actor> actors = new ArrayList<>();
    for (int i = 0; i < parts.size(); i++) {
      Part mine = parts.get(i);
      Part next = parts.get((i + 1) % parts.size());
      actors.add(
          Actor.start(
              factory,
              "t" + i,
              () -> {
                try {
                  mine.inside()
                      .run(() -> {
                        allInside.countDown();
                        allInside.await();
                        next.wanted().run();
                        wentOn.incrementAndGet();
                      });
                } catch (DeadlockException e) {
                  told.add(e);
                }
              }));
    }
    for (Actor actor : actors) {
      actor.join();
    }

    assertEquals(1, told.size(), told::toString);
    assertEquals(parts.size() - 1, wentOn.get());
    assertIsTheWholeCycle(told.get(0), parts);
    return told.get(0);
  }

  private static void assertIsTheWholeCycle(DeadlockException told, List<Part> parts) {
    List<DeadlockException.Step> cycle = told.cycle();
    assertEquals(parts.size(), cycle.size());
    int first = Integer.parseInt(cycle.get(0).thread().substring(1));
    for (int i = 0; i < cycle.size(); i++) {
      int thread = (first + i) % parts.size();
      assertEquals("t" + thread, cycle.get(i).thread());
      assertEquals(parts.get(thread).label(), cycle.get(i).holds());
      assertEquals(parts.get((thread + 1) % parts.size()).wantedLabel(), cycle.get(i).waitsFor());
    }
    assertEquals(parts.size() - 1, told.getSuppressed().length);
  }

  private final Guarded<int[]> a = Guarded.of("a", new int[1]);
  private final Guarded<int[]> b = Guarded.of("b", new int[1]);

  @Test
  void aTimedWaiterInTheCycle_isNoDeadlock() throws Exception {
    CountDownLatch bothInside = new CountDownLatch(2);
    Actor timed =
        Actor.start(
            "timed",
            () ->
                a.update(v -> {
                  bothInside.countDown();
                  bothInside.await();
                  assertThrows(
                      InterruptedException.class,
                      () -> b.within(Duration.ofHours(1)).update(w -> {}));
                }));
    Actor patient =
        Actor.start(
            "patient",
            () ->
                b.update(v -> {
                  bothInside.countDown();
                  bothInside.await();
                  a.update(w -> w[0] = 1);
                }));
    Actor.await("both wait", () -> isAwaited(a) && isAwaited(b));

    timed.thread().interrupt();

    timed.join();
    patient.join();
    int changed = a.read(v -> v[0]);
    assertEquals(1, changed);
  }

  private static boolean isAwaited(Guarded<?> guarded) {
    return guarded.toString().endsWith(", 1 waiting]");
  }

  @Test
  void aChainWithoutACycle_isNoDeadlock() throws Exception {
    CountDownLatch inLast = new CountDownLatch(1);
    CountDownLatch inMiddle = new CountDownLatch(1);
    CountDownLatch leave = new CountDownLatch(1);
    Guarded<int[]> c = Guarded.of("c", new int[1]);
    Actor last =
        Actor.start(
            "last",
            () ->
                c.update(v -> {
                  inLast.countDown();
                  leave.await();
                }));
    inLast.await();
    Actor middle =
        Actor.start(
            "middle",
            () ->
                b.update(v -> {
                  inMiddle.countDown();
                  c.update(w -> {});
                }));
    inMiddle.await();
    Actor first = Actor.start("first", () -> a.update(v -> b.update(w -> {})));
    middle.awaitParked();
    first.awaitParked();
    Actor more = Actor.start("more", () -> a.update(v -> {}));
    more.awaitParked();

    leave.countDown();

    for (Actor actor : List.of(last, middle, first, more)) {
      actor.join();
    }
  }

  @Test
  void aReaderBehindAWriterThatWaitsForReaders_isPartOfTheCycle() throws Exception {
    Guarded<int[]> shared = Guarded.readWrite("shared", new int[1]);
    CountDownLatch reading = new CountDownLatch(1);
    CountDownLatch othersWait = new CountDownLatch(1);
    List<DeadlockException> told = new ArrayList<>();
    Actor reader =
        Actor.start(
            "reader",
            () ->
                told.add(
                    assertThrows(
                        DeadlockException.class,
                        () ->
                            shared.<Object, Exception>read(v -> {
                              reading.countDown();
                              othersWait.await();
                              a.update(w -> {});
                              return "unreachable";
                            }))));
    reading.await();
    Actor writer = Actor.start("writer", () -> shared.update(v -> v[0] = 1));
    writer.awaitParked();
    List<Integer> seen = new ArrayList<>();
    Actor behind =
        Actor.start(
            "behind", () -> a.update(v -> seen.add(shared.<Integer, Exception>read(w -> w[0]))));
    behind.awaitParked();

    othersWait.countDown();

    for (Actor actor : List.of(reader, writer, behind)) {
      actor.join();
    }
    assertEquals(List.of(1), seen);
    assertEquals(
        List.of("reader", "behind", "writer"),
        told.get(0).cycle().stream().map(DeadlockException.Step::thread).toList());
  }

  @Test
  void afterADeadlock_allIsFree_andItCanHappenAgain() throws Exception {
    for (int round = 0; round < 50; round++) {
      assertOneIsTold(Thread::new, List.of(part(a), part(b)));
      assertEquals("Guarded[\"a\", free]", a.toString());
      assertEquals("Guarded[\"b\", free]", b.toString());
    }
  }

  private static Part part(Guarded<int[]> guarded) {
    return new Part(
        guarded.label(), body -> guarded.update(v -> body.run()), () -> guarded.update(v -> {}));
  }

  @Test
  void theException_canBeSerialized() throws Exception {
    DeadlockException told =
        new DeadlockException(
            "message", List.of(new DeadlockException.Step("t", "held", "wanted", null)));
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    new ObjectOutputStream(bytes).writeObject(told);

    DeadlockException read =
        (DeadlockException)
            new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray())).readObject();

    assertEquals(told.cycle(), read.cycle());
  }
}
