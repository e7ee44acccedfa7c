package io.github.threadfast.testkit.run;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.threadfast.testkit.check.History.Event;
import io.github.threadfast.testkit.check.Verdict.Contradiction;
import io.github.threadfast.testkit.check.Verdict.DeadEnd;
import io.github.threadfast.testkit.model.Result;
import io.github.threadfast.testkit.model.Transition;
import io.github.threadfast.testkit.run.SequentialModel.State;
import io.github.threadfast.testkit.scenario.Call;
import io.github.threadfast.testkit.scenario.Calls;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class SequentialModelTest {
  private static final Call<AtomicInteger> INCREMENT =
      Calls.call("increment", count -> Result.returned(count.incrementAndGet()));
  private static final Call<AtomicInteger> RESET =
      Calls.call(
          "reset",
          count -> {
            count.set(0);
            return Result.DONE;
          });
  private static final Call<Set<String>> ADD_A =
      Calls.call("add a", set -> Result.returned(set.add("a")));
  private static final Call<Set<String>> ADD_B =
      Calls.call("add b", set -> Result.returned(set.add("b")));

  private final AtomicInteger supplied = new AtomicInteger();
  private final SequentialModel<AtomicInteger> counter =
      SequentialModel.of(() -> {
        supplied.incrementAndGet();
        return new AtomicInteger();
      });

  /** Equal whatever they hold. */
  private static final class Blind {
    private int count;

    static final Call<Blind> INCREMENT =
        Calls.call("increment", blind -> Result.returned(++blind.count));

    @Override
    public boolean equals(Object other) {
      return other instanceof Blind;
    }

    @Override
    public int hashCode() {
      return 1;
    }
  }

  @Test
  void step_givesWhatTheClassGivesAlone() {
    Transition<State<AtomicInteger>> first = counter.step(counter.initial(), INCREMENT);
    Transition<State<AtomicInteger>> second = counter.step(first.next(), INCREMENT);
    Transition<State<AtomicInteger>> reset = counter.step(second.next(), RESET);
    Transition<State<AtomicInteger>> again = counter.step(reset.next(), INCREMENT);

    assertEquals(
        List.of(Result.returned(1), Result.returned(2), Result.DONE, Result.returned(1)),
        List.of(first.result(), second.result(), reset.result(), again.result()));
  }

  @Test
  void step_leavesTheStateAsItWas() {
    State<AtomicInteger> one = counter.step(counter.initial(), INCREMENT).next();

    counter.step(counter.step(one, INCREMENT).next(), RESET);

    Call<AtomicInteger> get = Calls.call("get", count -> Result.returned(count.get()));
    assertEquals(Result.returned(1), counter.step(one, get).result());
  }

  @Test
  void step_takenTwice_runsTheClassOnce() {
    counter.step(counter.initial(), INCREMENT);
    int before = supplied.get();

    counter.step(counter.initial(), INCREMENT);

    assertEquals(before, supplied.get());
  }

  @Test
  void states_whenTheClassDefinesEquals_areOneIfTheirSubjectsAreEqual() {
    SequentialModel<Set<String>> model = SequentialModel.of(HashSet::new);
    State<Set<String>> a = model.step(model.initial(), ADD_A).next();
    State<Set<String>> b = model.step(model.initial(), ADD_B).next();

    assertTrue(model.trustsEquals());
    assertNotSame(a, b);
    assertSame(model.step(a, ADD_B).next(), model.step(b, ADD_A).next());
    assertSame(a, model.step(a, ADD_A).next());
  }

  @Test
  void states_withoutEquals_areAllDifferent() {
    SequentialModel<Set<String>> model =
        SequentialModel.<Set<String>>of(HashSet::new).withoutEquals();
    State<Set<String>> a = model.step(model.initial(), ADD_A).next();

    assertFalse(model.trustsEquals());
    assertNotSame(a, model.step(a, ADD_A).next());
    assertEquals(Result.returned(false), model.step(a, ADD_A).result());
  }

  @Test
  void trustsEquals_onlyIfTheClassDefinesHashCodeToo() {
    // an equals without a hashCode is what this is about
    @SuppressWarnings({"EqualsHashCode", "overrides"})
    class HalfDefined {
      @Override
      public boolean equals(Object other) {
        return other instanceof HalfDefined;
      }
    }

    assertFalse(counter.trustsEquals());
    assertFalse(SequentialModel.of(HalfDefined::new).trustsEquals());
    assertTrue(SequentialModel.of(Blind::new).trustsEquals());
  }

  @Test
  void step_whenEqualsOverlooksState_isRightWithoutEqualsOnly() {
    SequentialModel<Blind> trusting = SequentialModel.of(Blind::new);
    SequentialModel<Blind> exact = trusting.withoutEquals();

    assertEquals(Result.returned(1), second(trusting));
    assertEquals(Result.returned(2), second(exact));
  }

  private static Result second(SequentialModel<Blind> model) {
    State<Blind> one = model.step(model.initial(), Blind.INCREMENT).next();
    return model.step(one, Blind.INCREMENT).result();
  }

  @Test
  void replays_tellsWhetherAnOrderIsReal() {
    SequentialModel<Blind> model = SequentialModel.of(Blind::new);

    assertTrue(model.replays(List.of(incremented(0, 1), incremented(1, 2))));
    assertFalse(model.replays(List.of(incremented(0, 1), incremented(1, 1))));
  }

  @Test
  void confirm_ofADeadEndThatIsReal_passes() {
    DeadEnd<Call<Blind>> real =
        new DeadEnd<>(
            List.of(incremented(0, 1)),
            List.of(new Contradiction<>(incremented(1, 1), List.of(Result.returned(2)))));

    assertDoesNotThrow(() -> SequentialModel.of(Blind::new).confirm(real));
  }

  @Test
  void confirm_whenTheClassContradictsInAnotherWay_throws() {
    Call<List<Object>> add = Calls.call("add", list -> Result.returned(list.add("a")));
    Call<List<Object>> make = Calls.call("make", list -> Result.returned(new Object()));
    SequentialModel<List<Object>> model = SequentialModel.of(ArrayList::new);
    Result expected = model.step(model.initial(), make).result();
    DeadEnd<Call<List<Object>>> unreal =
        new DeadEnd<>(
            List.of(new Event<>(0, add, Result.returned(true), List.of(0, 0))),
            List.of(
                new Contradiction<>(
                    new Event<>(1, make, Result.returned(new Object()), List.of(0, 0)),
                    List.of(expected))));

    NondeterministicException e =
        assertThrows(NondeterministicException.class, () -> model.confirm(unreal));

    assertEquals(List.of(add, make), e.calls());
    assertSame(expected, e.first());
  }

  @Test
  void step_whenAnEarlierResultChanges_throws() {
    AtomicInteger shared = new AtomicInteger();
    SequentialModel<AtomicInteger> model = SequentialModel.of(() -> shared);
    State<AtomicInteger> one = model.step(model.initial(), INCREMENT).next();

    NondeterministicException e =
        assertThrows(NondeterministicException.class, () -> model.step(one, RESET));

    assertEquals("AtomicInteger", e.subject());
    assertEquals(List.of(INCREMENT), e.calls());
    assertEquals(Result.returned(1), e.first());
    assertEquals(Result.returned(2), e.second());
    assertEquals("AtomicInteger: [increment()] gave two results", e.getMessage());
  }

  private static Event<Call<Blind>> incremented(int lane, int result) {
    return new Event<>(lane, Blind.INCREMENT, Result.returned(result), List.of(0, 0));
  }
}
