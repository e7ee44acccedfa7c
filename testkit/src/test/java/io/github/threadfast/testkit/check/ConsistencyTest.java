package io.github.threadfast.testkit.check;

import static io.github.threadfast.testkit.check.Consistency.LINEARIZABLE;
import static io.github.threadfast.testkit.check.Consistency.QUIESCENT;
import static io.github.threadfast.testkit.check.Consistency.SEQUENTIAL;
import static io.github.threadfast.testkit.model.Result.DONE;
import static io.github.threadfast.testkit.model.Result.returned;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.threadfast.testkit.check.History.Event;
import io.github.threadfast.testkit.model.Invocation;
import io.github.threadfast.testkit.model.Model;
import io.github.threadfast.testkit.model.QueueModel;
import io.github.threadfast.testkit.model.RegisterModel;
import io.github.threadfast.testkit.model.Result;
import io.github.threadfast.testkit.model.Transition;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** Histories of two threads, between lane 0 and lane 3; the examples of the textbook. */
class ConsistencyTest {
  private static final RegisterModel REGISTER = new RegisterModel(0, "write", "read");
  private static final QueueModel QUEUE = new QueueModel("offer", "poll");

  private static final Invocation READ = Invocation.of("read");

  @Test
  void check_ofAStaleRead_isSequentiallyConsistentOnly() {
    History<Invocation> history =
        history(
            List.of(),
            List.of(event(1, write(1), DONE, 0, 0, 0, 0)),
            List.of(event(2, READ, returned(0), 0, 1, 0, 0)),
            List.of());

    assertHolds(Set.of(SEQUENTIAL), REGISTER, history);
  }

  @Test
  void check_ofAThreadThatMissesItsOwnWrite_isQuiescentlyConsistentOnly() {
    // a call of the other thread lasts all the time, so that there is no quiescent point
    History<Invocation> history =
        history(
            List.of(),
            List.of(event(1, write(1), DONE, 0, 0, 0, 0), event(1, READ, returned(0), 0, 1, 0, 0)),
            List.of(event(2, READ, returned(0), 0, 0, 0, 0)),
            List.of());

    assertHolds(Set.of(QUIESCENT), REGISTER, history);
  }

  @Test
  void check_ofCallsThatOverlap_holdsAll() {
    History<Invocation> history =
        history(
            List.of(),
            List.of(event(1, write(1), DONE, 0, 0, 0, 0)),
            List.of(event(2, READ, returned(0), 0, 0, 0, 0)),
            List.of(event(3, READ, returned(1), 0, 1, 1, 0)));

    assertHolds(EnumSet.allOf(Consistency.class), REGISTER, history);
  }

  @Test
  void check_whenTheReadAfterTheThreadsIsWrong_failsAll() {
    History<Invocation> history =
        history(
            List.of(event(0, write(1), DONE, 0, 0, 0, 0)),
            List.of(event(1, write(2), DONE, 1, 0, 0, 0)),
            List.of(event(2, READ, returned(1), 1, 0, 0, 0)),
            List.of(event(3, READ, returned(1), 1, 1, 1, 0)));

    assertHolds(Set.of(), REGISTER, history);
  }

  @Test
  void check_whenTheReadBeforeTheThreadsIsWrong_failsAll() {
    History<Invocation> history =
        history(
            List.of(event(0, READ, returned(2), 0, 0, 0, 0)),
            List.of(event(1, write(2), DONE, 1, 0, 0, 0)),
            List.of(),
            List.of());

    assertHolds(Set.of(), REGISTER, history);
  }

  @Test
  void check_ofTwoQueuesThatAreEachSequentiallyConsistent_failsForBothTogether() {
    // Herlihy and Shavit, figure 3.8: p and q can each be explained, but not at once
    History<Invocation> history =
        history(
            List.of(),
            List.of(
                event(1, Invocation.of("offer p", "x"), returned(true), 0, 0, 0, 0),
                event(1, Invocation.of("offer q", "x"), returned(true), 0, 1, 0, 0),
                event(1, Invocation.of("poll p"), returned("y"), 0, 2, 0, 0)),
            List.of(
                event(2, Invocation.of("offer q", "y"), returned(true), 0, 0, 0, 0),
                event(2, Invocation.of("offer p", "y"), returned(true), 0, 0, 1, 0),
                event(2, Invocation.of("poll q"), returned("x"), 0, 0, 2, 0)),
            List.of());

    assertHolds(Set.of(QUIESCENT), new TwoQueues(), history);
  }

  @Test
  void check_whenCallsReturnedBeforeEachOther_throws() {
    History<Invocation> history =
        history(
            List.of(),
            List.of(event(1, READ, returned(0), 0, 0, 1, 0)),
            List.of(event(2, READ, returned(0), 0, 1, 0, 0)),
            List.of());

    assertThrows(
        IllegalArgumentException.class,
        () -> LINEARIZABLE.check(history, specification(REGISTER), 1_000));
  }

  @Test
  void adjective_isThatOfTheLiterature() {
    assertEquals("linearizable", LINEARIZABLE.adjective());
    assertEquals("sequentially consistent", SEQUENTIAL.adjective());
    assertEquals("quiescently consistent", QUIESCENT.adjective());
  }

  /** The queues p and q, each judged by itself. */
  private record TwoQueues() implements Model<List<List<Object>>> {
    @Override
    public List<List<Object>> initial() {
      return List.of(List.of(), List.of());
    }

    @Override
    public List<Transition<List<List<Object>>>> step(List<List<Object>> queues, Invocation call) {
      int which = call.operation().endsWith("p") ? 0 : 1;
      Invocation ofOne =
          new Invocation(
              call.operation().substring(0, call.operation().indexOf(' ')), call.arguments());
      return QUEUE.step(queues.get(which), ofOne).stream()
          .map(step ->
              new Transition<>(
                  step.result(),
                  which == 0
                      ? List.of(step.next(), queues.get(1))
                      : List.of(queues.get(0), step.next())))
          .toList();
    }

    @Override
    public Object key(Invocation call) {
      return call.operation().charAt(call.operation().length() - 1);
    }
  }

  private static Invocation write(int value) {
    return Invocation.of("write", value);
  }

  private static Event<Invocation> event(
      int lane, Invocation call, Result result, Integer... returnedBefore) {
    return new Event<>(lane, call, result, List.of(returnedBefore));
  }

  @SafeVarargs
  @SuppressWarnings("varargs") // the array is only read
  private static History<Invocation> history(List<Event<Invocation>>... lanes) {
    return new History<>(List.of(lanes));
  }

  private static <T> ModelSpecification<Invocation, T> specification(Model<T> model) {
    return new ModelSpecification<>(model, Function.identity());
  }

  private static void assertHolds(
      Set<Consistency> expected, Model<?> model, History<Invocation> history) {
    Set<Consistency> holds = EnumSet.noneOf(Consistency.class);
    for (Consistency consistency : Consistency.values()) {
      if (consistency.check(history, specification(model), 1_000) instanceof Verdict.Holds) {
        holds.add(consistency);
      }
    }
    assertEquals(expected, holds);
  }
}
