package io.github.threadfast.testkit.check;

import static io.github.threadfast.testkit.model.Result.DONE;
import static io.github.threadfast.testkit.model.Result.PENDING;
import static io.github.threadfast.testkit.model.Result.returned;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.threadfast.testkit.check.History.Event;
import io.github.threadfast.testkit.model.CounterModel;
import io.github.threadfast.testkit.model.Invocation;
import io.github.threadfast.testkit.model.Model;
import io.github.threadfast.testkit.model.QueueModel;
import io.github.threadfast.testkit.model.RegisterModel;
import io.github.threadfast.testkit.model.Result;
import io.github.threadfast.testkit.model.SetModel;
import io.github.threadfast.testkit.model.StackModel;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class MonitorTest {
  private static final QueueModel QUEUE = new QueueModel("offer", "poll");
  private static final StackModel STACK = new StackModel("push", "pop");
  private static final SetModel SET = new SetModel("add", "remove", "contains");
  private static final RegisterModel REGISTER = new RegisterModel(0, "write", "read");
  private static final CounterModel COUNTER = new CounterModel(0, "increment", "get");
  private static final Result TRUE = returned(true);

  @Test
  void check_whenTheQueueIsOutOfOrder_fails() {
    assertFails(QUEUE, alone(offer(1), offer(2), poll(2), poll(1)));
    assertFails(QUEUE, alone(offer(1), offer(2), poll(2)));
  }

  @Test
  void check_whenAValueComesFromNowhere_fails() {
    assertFails(QUEUE, alone(offer(1), poll(2)));
    assertFails(QUEUE, alone(offer(1), poll(1), poll(1)));
    assertFails(QUEUE, alone(poll(1), offer(1)));
    assertFails(STACK, alone(push(1), pop(2)));
    assertFails(REGISTER, alone(read(1), write(1)));
    assertFails(REGISTER, alone(write(1), read(2)));
    assertFails(SET, alone(seen("contains", TRUE, "a")));
    assertFails(COUNTER, alone(seen("increment", returned(2))));
    assertFails(COUNTER, alone(seen("increment", returned(0))));
  }

  @Test
  void check_whenAValueWasSurelyThere_failsIfNoneWasSeen() {
    assertFails(QUEUE, alone(offer(1), poll(null), poll(1)));
    assertFails(STACK, alone(push(1), pop(null)));
    assertFails(SET, alone(seen("add", TRUE, "a"), seen("contains", returned(false), "a")));
  }

  @Test
  void check_whenTheStackIsOutOfOrder_fails() {
    assertFails(STACK, alone(push(1), push(2), pop(1), pop(2)));
    assertHolds(STACK, alone(push(1), push(2), pop(2), push(3), pop(3), pop(1), pop(null)));
  }

  @Test
  void judge_whenThreeValuesComeBeforeEachOtherInACircle_findsNoOrder() {
    // each thread writes one value and then reads the next one's
    List<List<Event<Invocation>>> lanes =
        List.of(
            List.of(event(0, write(1), 0, 0, 0), event(0, read(2), 1, 0, 0)),
            List.of(event(1, write(2), 0, 0, 0), event(1, read(3), 0, 1, 0)),
            List.of(event(2, write(3), 0, 0, 0), event(2, read(1), 0, 0, 1)));

    assertEquals(Finding.NO_ORDER, judge(REGISTER, new History<>(lanes)));
  }

  @Test
  void judge_whenAValueWasTakenBeforeAnotherWasPut_ordersThemSo() {
    // the put of 1 and the take of 2 last all the time
    Event<Invocation> poll1 = event(0, poll(1), 0, 0, 0);
    Event<Invocation> offer2 = event(0, offer(2), 1, 0, 0);
    Event<Invocation> offer1 = event(1, offer(1), 0, 0, 0);
    Event<Invocation> poll2 = event(2, poll(2), 0, 0, 0);

    assertEquals(
        new Verdict.Holds<>(List.of(offer1, poll1, offer2, poll2)),
        Linearizability.check(
            new History<>(List.of(List.of(poll1, offer2), List.of(offer1), List.of(poll2))),
            specification(QUEUE),
            0));
  }

  @Test
  void judge_whenValuesAreNotUnique_doesNotKnow() {
    assertUnknown(QUEUE, offer(1), offer(1));
    assertUnknown(STACK, push(1), push(1));
    assertUnknown(REGISTER, write(1), write(1));
    assertUnknown(REGISTER, write(0));
    assertUnknown(SET, add("a"), seen("remove", TRUE, "a"), add("a"));
    assertUnknown(SET, add("a"), add("b"));
  }

  @Test
  void judge_ofAnUnusualCallOrResult_doesNotKnow() {
    assertUnknown(QUEUE, seen("offer", TRUE, (Object) null));
    assertUnknown(QUEUE, seen("offer", returned(false), 1));
    assertUnknown(QUEUE, seen("poll", Result.threw(new IllegalStateException())));
    assertUnknown(QUEUE, seen("poll", PENDING));
    assertUnknown(QUEUE, seen("size", returned(0)));
    assertUnknown(STACK, seen("pop", PENDING));
    assertUnknown(REGISTER, seen("read", PENDING));
    assertUnknown(REGISTER, seen("write", PENDING, 1));
    assertUnknown(SET, seen("add", PENDING, "a"));
    assertUnknown(SET, seen("size", TRUE, "a"));
    assertUnknown(COUNTER, seen("get", PENDING));
    assertUnknown(COUNTER, seen("get", returned(0L)));
    assertUnknown(COUNTER, seen("add", returned(1)));
  }

  @Test
  void judge_ofACounterThatOverflows_countsOn() {
    CounterModel last = new CounterModel(Integer.MAX_VALUE, "increment", "get");

    assertHolds(last, alone(seen("increment", returned(Integer.MIN_VALUE))));
  }

  @Test
  void judge_ofManyCalls_needsNoSearch() {
    int count = 2_000;
    List<Seen> queue = new ArrayList<>();
    List<Seen> stack = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      queue.add(offer(i));
      stack.add(push(i));
    }
    for (int i = 0; i < count; i++) {
      queue.add(poll(i));
      stack.add(pop(count - 1 - i));
    }

    assertHolds(QUEUE, alone(queue.toArray(Seen[]::new)));
    assertHolds(STACK, alone(stack.toArray(Seen[]::new)));
  }

  @Test
  void check_whenAMonitorFindsNoOrder_isNeverUndecided() {
    History<Invocation> wrong = alone(offer(1), offer(2), poll(2), poll(1));

    Verdict<Invocation> verdict = Linearizability.check(wrong, specification(QUEUE), 0);

    assertTrue(verdict instanceof Verdict.Fails<Invocation> fails && !fails.deadEnds().isEmpty());
  }

  private record Seen(Invocation call, Result result) {}

  private static Seen seen(String operation, Result result, Object... arguments) {
    return new Seen(Invocation.of(operation, arguments), result);
  }

  private static Seen offer(Object value) {
    return seen("offer", TRUE, value);
  }

  private static Seen poll(Object value) {
    return seen("poll", returned(value));
  }

  private static Seen push(Object value) {
    return seen("push", DONE, value);
  }

  private static Seen pop(Object value) {
    return seen("pop", returned(value));
  }

  private static Seen write(Object value) {
    return seen("write", DONE, value);
  }

  private static Seen read(Object value) {
    return seen("read", returned(value));
  }

  private static Seen add(Object value) {
    return seen("add", TRUE, value);
  }

  private static Event<Invocation> event(int lane, Seen seen, Integer... returnedBefore) {
    return new Event<>(lane, seen.call(), seen.result(), List.of(returnedBefore));
  }

  /** Returns a history of one lane. */
  private static History<Invocation> alone(Seen... calls) {
    List<Event<Invocation>> events = new ArrayList<>();
    for (Seen seen : calls) {
      events.add(event(0, seen, events.size()));
    }
    return new History<>(List.of(events));
  }

  private static <T> ModelSpecification<Invocation, T> specification(Model<T> model) {
    return new ModelSpecification<>(model, Function.identity());
  }

  private static Finding judge(Model<?> model, History<Invocation> history) {
    return specification(model).monitor().judge(Precedence.of(history));
  }

  private static void assertUnknown(Model<?> model, Seen... calls) {
    assertEquals(Finding.UNKNOWN, judge(model, alone(calls)));
  }

  private static void assertFails(Model<?> model, History<Invocation> history) {
    assertEquals(Finding.NO_ORDER, judge(model, history));
    Verdict<Invocation> verdict = Linearizability.check(history, specification(model), 1_000);
    assertTrue(verdict instanceof Verdict.Fails<Invocation> fails && !fails.deadEnds().isEmpty());
  }

  private static void assertHolds(Model<?> model, History<Invocation> history) {
    assertFalse(history.lanes().isEmpty());
    assertEquals(
        new Verdict.Holds<>(history.lanes().get(0)),
        Linearizability.check(history, specification(model), 0));
  }
}
