package io.github.threadfast;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.statistics.Statistics;

/**
 * Random lock graphs against an oracle: threads take and release read-write values, one step at a
 * time, and after each step the oracle says who is inside of what, who waits, and who was told of a
 * deadlock.
 */
class WaitGraphProperties {
  private static final int THREADS = 4;
  private static final int VALUES = 4;

  /** What a thread is told to do: to enter a value, or to leave what it entered last. */
  record Step(int thread, Move move, int value) {}

  enum Move {
    READ,
    WRITE,
    LEAVE
  }

  @Provide
  Arbitrary<Step> steps() {
    return Combinators.combine(
            Arbitraries.integers().between(0, THREADS - 1),
            Arbitraries.frequency(
                Tuple.of(3, Move.READ), Tuple.of(3, Move.WRITE), Tuple.of(1, Move.LEAVE)),
            Arbitraries.integers().between(0, VALUES - 1))
        .as(Step::new);
  }

  @Property(tries = 100)
  void everyDeadlock_isToldToTheThreadThatCompletesIt_andNothingElseIs(
      @ForAll @Size(min = 40, max = 160) List<@From("steps") Step> steps) throws Exception {
    List<Guarded<int[]>> values =
        IntStream.range(0, VALUES).mapToObj(i -> Guarded.readWrite("v" + i, new int[1])).toList();
    List<Player> players =
        IntStream.range(0, THREADS).mapToObj(i -> new Player(i, values)).toList();
    Oracle oracle = new Oracle();
    List<Step> done = new ArrayList<>();

    for (Step step : steps) {
      if (oracle.canTake(step)) {
        take(step, oracle, values, players, done);
      }
    }
    for (Step step = oracle.someLeave(); step != null; step = oracle.someLeave()) {
      take(step, oracle, values, players, done);
    }
    for (Player player : players) {
      player.end();
    }

    Statistics.label("rounds")
        .collect(oracle.deadlocks() == 0 ? "no deadlock" : "deadlock")
        .coverage(rounds -> rounds.check("deadlock").percentage(share -> share > 20));
    for (Guarded<int[]> value : values) {
      assertTrue(value.toString().endsWith(", free]"), value.toString());
    }
  }

  private static void take(
      Step step,
      Oracle oracle,
      List<Guarded<int[]>> values,
      List<Player> players,
      List<Step> done) {
    done.add(step);
    oracle.take(step);
    players.get(step.thread()).tell(step);
    awaitSame(oracle, values, players, done);
  }

  /** Waits until all threads are where they must be. */
  @SuppressWarnings("ThreadPriorityCheck") // or it would keep the processor from whom it waits for
  private static void awaitSame(
      Oracle oracle, List<Guarded<int[]>> values, List<Player> players, List<Step> done) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (!oracle.picture().equals(picture(values, players))) {
      if (System.nanoTime() > deadline) {
        assertEquals(oracle.picture(), picture(values, players), () -> "after " + done);
      }
      Thread.yield();
    }
  }

  /** The values first: who is the owner of one, and is parked after that, waits for readers. */
  private static List<String> picture(List<Guarded<int[]>> values, List<Player> players) {
    List<String> picture = new ArrayList<>();
    values.forEach(value -> picture.add(value.toString()));
    players.forEach(player -> picture.add(player.picture()));
    return picture;
  }

  private static String picture(Collection<Integer> inside, boolean waiting, int deadlocks) {
    return inside
        + (waiting ? " waiting" : "")
        + (deadlocks == 0 ? "" : ", deadlocks " + deadlocks);
  }

  /** A thread that does as it is told. */
  private static final class Player {
    private static final Step END = new Step(-1, Move.LEAVE, -1);

    private final List<Guarded<int[]>> values;
    private final Queue<Integer> inside = new ConcurrentLinkedQueue<>();
    private final LinkedBlockingQueue<Step> told = new LinkedBlockingQueue<>();
    private final Actor actor;
    private volatile boolean waiting;
    private final AtomicInteger deadlocks = new AtomicInteger();
    private boolean ended;

    Player(int number, List<Guarded<int[]>> values) {
      this.values = values;
      this.actor = Actor.start("t" + number, this::play);
    }

    void tell(Step step) {
      if (step.move() != Move.LEAVE) {
        waiting = true;
      }
      told.add(step);
    }

    void end() throws Exception {
      told.add(END);
      actor.join();
    }

    /** Who has been told to enter but is not in the queue yet is in a picture of its own. */
    String picture() {
      return waiting && !(told.isEmpty() && actor.isParked())
          ? "on its way"
          : WaitGraphProperties.picture(inside, waiting, deadlocks.get());
    }

    private void play() throws InterruptedException {
      while (!ended) {
        try {
          inside();
        } catch (DeadlockException told) {
          inside.clear();
          deadlocks.incrementAndGet();
          waiting = false;
        }
      }
    }

    /** Does what it is told until it is told to leave. */
    private void inside() throws InterruptedException {
      for (Step step = next(); step.move() != Move.LEAVE; step = next()) {
        int value = step.value();
        if (step.move() == Move.READ) {
          values.get(value).<Object, InterruptedException>read(v -> entered(value));
        } else {
          values
              .get(value)
              .update(v -> {
                entered(value);
              });
        }
        inside.remove(value);
        if (ended) {
          return;
        }
      }
    }

    private Step next() throws InterruptedException {
      Step step = told.take();
      ended |= step.equals(END);
      return step;
    }

    private Object entered(int value) throws InterruptedException {
      inside.add(value);
      waiting = false;
      inside();
      return "left";
    }
  }

  /** Plays the same alone. A value is taken in the order of asking; a reader doesn't keep it. */
  private static final class Oracle {
    private record Asked(int value, boolean reads) {}

    private static final class Taker {
      final Deque<Asked> inside = new ArrayDeque<>();
      Asked waiting;
      int deadlocks;
    }

    private static final class Value {
      final Deque<Taker> queue = new ArrayDeque<>();
      final Set<Taker> readers = new LinkedHashSet<>();
      Taker writer; // which is inside, or waits for the readers

      String picture(List<Taker> threads) {
        String inside =
            writer != null
                ? "held by \"t" + threads.indexOf(writer) + '"'
                : readers.isEmpty() ? "free" : "read by " + readers.size();
        return inside + (queue.isEmpty() ? "" : ", " + queue.size() + " waiting");
      }
    }

    private final List<Taker> threads =
        IntStream.range(0, THREADS).mapToObj(i -> new Taker()).toList();
    private final List<Value> values =
        IntStream.range(0, VALUES).mapToObj(i -> new Value()).toList();

    List<String> picture() {
      List<String> picture = new ArrayList<>();
      for (int i = 0; i < VALUES; i++) {
        picture.add("Guarded[\"v" + i + "\", " + values.get(i).picture(threads) + "]");
      }
      for (Taker thread : threads) {
        List<Integer> inside = new ArrayList<>();
        thread.inside.descendingIterator().forEachRemaining(asked -> inside.add(asked.value()));
        picture.add(WaitGraphProperties.picture(inside, thread.waiting != null, thread.deadlocks));
      }
      return picture;
    }

    int deadlocks() {
      return threads.stream().mapToInt(thread -> thread.deadlocks).sum();
    }

    boolean canTake(Step step) {
      Taker thread = threads.get(step.thread());
      return thread.waiting == null
          && (step.move() == Move.LEAVE
              ? !thread.inside.isEmpty()
              : thread.inside.stream().noneMatch(asked -> asked.value() == step.value()));
    }

    /** Returns a step that lets a thread leave, or null if all are out. */
    Step someLeave() {
      for (int i = 0; i < THREADS; i++) {
        Step leave = new Step(i, Move.LEAVE, -1);
        if (canTake(leave)) {
          return leave;
        }
      }
      assertEquals(List.of(), threads.stream().filter(t -> t.waiting != null).toList());
      return null;
    }

    void take(Step step) {
      Taker thread = threads.get(step.thread());
      if (step.move() == Move.LEAVE) {
        leave(thread);
        return;
      }
      thread.waiting = new Asked(step.value(), step.move() == Move.READ);
      Value value = values.get(step.value());
      value.queue.add(thread);
      letIn(value);
      if (value.queue.contains(thread) && waitsForItself(thread)) {
        value.queue.remove(thread);
        fail(thread);
      }
    }

    private void letIn(Value value) {
      while (value.writer == null && !value.queue.isEmpty()) {
        Taker thread = value.queue.remove();
        if (thread.waiting.reads()) {
          value.readers.add(thread);
          enter(thread);
        } else if (value.readers.isEmpty()) {
          value.writer = thread;
          enter(thread);
        } else {
          value.writer = thread;
          if (waitsForItself(thread)) {
            value.writer = null;
            fail(thread);
          }
        }
      }
    }

    private void enter(Taker thread) {
      thread.inside.push(thread.waiting);
      thread.waiting = null;
    }

    private void leave(Taker thread) {
      Asked left = thread.inside.pop();
      Value value = values.get(left.value());
      if (!left.reads()) {
        value.writer = null;
      } else {
        value.readers.remove(thread);
        if (value.writer != null && value.readers.isEmpty()) {
          enter(value.writer);
        }
      }
      letIn(value);
    }

    private void fail(Taker thread) {
      thread.deadlocks++;
      thread.waiting = null;
      while (!thread.inside.isEmpty()) {
        leave(thread);
      }
    }

    private boolean waitsForItself(Taker start) {
      Set<Taker> seen = new HashSet<>();
      Queue<Taker> next = new ArrayDeque<>(inTheWayOf(start));
      while (!next.isEmpty()) {
        Taker thread = next.remove();
        if (thread == start) {
          return true;
        }
        if (seen.add(thread)) {
          next.addAll(inTheWayOf(thread));
        }
      }
      return false;
    }

    private Collection<Taker> inTheWayOf(Taker thread) {
      if (thread.waiting == null) {
        return List.of();
      }
      Value value = values.get(thread.waiting.value());
      return value.writer == thread ? value.readers : List.of(value.writer);
    }
  }
}
