package io.github.threadfast.testkit.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the ready models answer to a list of calls. */
class ModelTest {
  private static final QueueModel QUEUE = new QueueModel("offer", "poll");
  private static final StackModel STACK = new StackModel("push", "pop");
  private static final SetModel SET = new SetModel("add", "remove", "contains");
  private static final MapModel MAP = new MapModel("put", "get", "remove");

  @Test
  void queue_returnsTheOldestFirstAndNullIfEmpty() {
    assertEquals(
        returned(true, true, "a", "b", null),
        results(
            QUEUE,
            Invocation.of("offer", "a"),
            Invocation.of("offer", "b"),
            Invocation.of("poll"),
            Invocation.of("poll"),
            Invocation.of("poll")));
  }

  @Test
  void stack_returnsTheNewestFirstAndNullIfEmpty() {
    assertEquals(
        List.of(
            Result.DONE,
            Result.DONE,
            Result.returned("b"),
            Result.returned("a"),
            Result.returned(null)),
        results(
            STACK,
            Invocation.of("push", "a"),
            Invocation.of("push", "b"),
            Invocation.of("pop"),
            Invocation.of("pop"),
            Invocation.of("pop")));
  }

  @Test
  void set_returnsWhetherItChanged() {
    assertEquals(
        returned(true, false, true, false, true, false, false),
        results(
            SET,
            Invocation.of("add", "a"),
            Invocation.of("add", "a"),
            Invocation.of("contains", "a"),
            Invocation.of("contains", "b"),
            Invocation.of("remove", "a"),
            Invocation.of("remove", "a"),
            Invocation.of("contains", "a")));
  }

  @Test
  void map_returnsThePreviousValue() {
    assertEquals(
        returned(null, 1, 2, null, 2, null),
        results(
            MAP,
            Invocation.of("put", "a", 1),
            Invocation.of("put", "a", 2),
            Invocation.of("get", "a"),
            Invocation.of("get", "b"),
            Invocation.of("remove", "a"),
            Invocation.of("get", "a")));
  }

  @Test
  void register_returnsWhatWasWrittenLast() {
    assertEquals(
        List.of(Result.returned(0), Result.DONE, Result.returned(7)),
        results(
            new RegisterModel(0, "write", "read"),
            Invocation.of("read"),
            Invocation.of("write", 7),
            Invocation.of("read")));
  }

  @Test
  void counter_returnsCountsOfTheTypeOfTheFirst() {
    List<Invocation> calls = List.of(Invocation.of("increment"), Invocation.of("get"));

    assertEquals(
        returned(Integer.MIN_VALUE, Integer.MIN_VALUE),
        results(new CounterModel(Integer.MAX_VALUE, "increment", "get"), calls));
    assertEquals(returned(1L, 1L), results(new CounterModel(0L, "increment", "get"), calls));
  }

  @Test
  void counter_ofAnotherType_isRefused() {
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class, () -> new CounterModel(0.5, "increment", "get"));

    assertEquals(
        "A count must be an Integer or a Long, whichever the counter returns: was a Double.",
        e.getMessage());
  }

  @Test
  void key_isTheElementOfASetAndTheKeyOfAMap() {
    assertEquals("a", SET.key(Invocation.of("add", "a")));
    assertEquals("a", MAP.key(Invocation.of("put", "a", 1)));
    assertNull(QUEUE.key(Invocation.of("offer", "a")));
  }

  @Test
  void step_ofAnUnknownOperation_throwsAndNamesIt() {
    Invocation size = Invocation.of("size");
    for (Model<?> model :
        List.of(
            QUEUE,
            STACK,
            SET,
            MAP,
            new RegisterModel(0, "write", "read"),
            new CounterModel(0, "increment", "get"))) {
      IllegalArgumentException e =
          assertThrows(IllegalArgumentException.class, () -> results(model, size));

      assertEquals(
          model
              + " does not know the operation \"size\"."
              + " Name the operations of the model as they are named where they are called.",
          e.getMessage());
    }
    assertThrows(IllegalArgumentException.class, () -> SET.key(size));
  }

  @Test
  void argument_thatTheCallHasNot_throwsAndNamesTheCall() {
    IndexOutOfBoundsException e =
        assertThrows(IndexOutOfBoundsException.class, () -> results(QUEUE, Invocation.of("offer")));

    assertEquals("offer() has no argument 0.", e.getMessage());
  }

  @Test
  void invocation_keepsItsArgumentsAndShowsThem() {
    List<Object> arguments = new ArrayList<>(Arrays.asList("a", null));
    Invocation call = new Invocation("put", arguments);

    arguments.clear();

    assertEquals("put(a, null)", call.toString());
  }

  @Test
  void pending_isEqualToItselfOnly() {
    assertEquals(Result.PENDING, new Result.Pending());
    assertNotEquals(Result.PENDING, Result.DONE);
    assertNotEquals(Result.PENDING, Result.returned(null));
  }

  private static <T> List<Result> results(Model<T> model, Invocation... calls) {
    return results(model, List.of(calls));
  }

  private static <T> List<Result> results(Model<T> model, List<Invocation> calls) {
    List<Result> results = new ArrayList<>();
    T state = model.initial();
    for (Invocation call : calls) {
      List<Transition<T>> steps = List.copyOf(model.step(state, call));
      assertEquals(1, steps.size());
      results.add(steps.get(0).result());
      state = steps.get(0).next();
    }
    return results;
  }

  private static List<Result> returned(Object... values) {
    return Arrays.stream(values).map(Result::returned).toList();
  }
}
