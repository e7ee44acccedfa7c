package io.github.threadfast.testkit.check;

import static io.github.threadfast.testkit.check.Toy.BAG;
import static io.github.threadfast.testkit.check.Toy.COUNTER;
import static io.github.threadfast.testkit.check.Toy.QUEUE;
import static io.github.threadfast.testkit.check.Toy.REGISTER;
import static io.github.threadfast.testkit.model.Result.DONE;
import static io.github.threadfast.testkit.model.Result.returned;
import static io.github.threadfast.testkit.model.Result.threw;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import io.github.threadfast.testkit.check.History.Event;
import io.github.threadfast.testkit.check.Verdict.Contradiction;
import io.github.threadfast.testkit.check.Verdict.DeadEnd;
import io.github.threadfast.testkit.model.Invocation;
import io.github.threadfast.testkit.model.Result;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class LinearizabilityTest {
  private static final long ENOUGH = 10_000;

  private static final Invocation INCREMENT = Invocation.of("incrementAndGet");
  private static final Invocation GET = Invocation.of("get");
  private static final Invocation READ = Invocation.of("read");
  private static final Invocation REMOVE = Invocation.of("remove");

  @Test
  void check_ofNoCalls_holds() {
    assertOrder(List.of(), Linearizability.check(history(List.of()), COUNTER, ENOUGH));
  }

  @Test
  void check_whenOneOrderExplainsAll_holdsAndReturnsIt() {
    Event<Invocation> second = event(0, INCREMENT, returned(2), 0, 0);
    Event<Invocation> third = event(0, GET, returned(2), 1, 0);
    Event<Invocation> first = event(1, INCREMENT, returned(1), 0, 0);

    Verdict<Invocation> verdict =
        Linearizability.check(history(List.of(second, third), List.of(first)), COUNTER, ENOUGH);

    assertOrder(List.of(first, second, third), verdict);
  }

  @Test
  void check_ofALostUpdate_failsWithEveryOrderThatGotFurthest() {
    Event<Invocation> a = event(0, INCREMENT, returned(1), 0, 0);
    Event<Invocation> b = event(1, INCREMENT, returned(1), 0, 0);

    Verdict<Invocation> verdict =
        Linearizability.check(history(List.of(a), List.of(b)), COUNTER, ENOUGH);

    assertEquals(
        List.of(
            new DeadEnd<>(List.of(a), List.of(new Contradiction<>(b, List.of(returned(2))))),
            new DeadEnd<>(List.of(b), List.of(new Contradiction<>(a, List.of(returned(2)))))),
        fails(verdict).deadEnds());
  }

  @Test
  void check_whenNoCallCanComeFirst_failsWithEveryCallAsAContradiction() {
    Event<Invocation> a = event(0, GET, returned(8), 0, 0);
    Event<Invocation> b = event(1, GET, returned(9), 0, 0);

    Verdict<Invocation> verdict =
        Linearizability.check(history(List.of(a), List.of(b)), COUNTER, ENOUGH);

    assertEquals(
        List.of(
            new DeadEnd<>(
                List.of(),
                List.of(
                    new Contradiction<>(a, List.of(returned(0))),
                    new Contradiction<>(b, List.of(returned(0)))))),
        fails(verdict).deadEnds());
  }

  @Test
  void check_whenManyOrdersGetFurthest_keepsThreeOfThem() {
    List<List<Event<Invocation>>> lanes = new ArrayList<>();
    for (int lane = 0; lane < 4; lane++) {
      lanes.add(List.of(event(lane, INCREMENT, returned(1), 0, 0, 0, 0)));
    }

    Verdict<Invocation> verdict = Linearizability.check(new History<>(lanes), COUNTER, ENOUGH);

    assertEquals(3, fails(verdict).deadEnds().size());
  }

  @Test
  void check_whenOrderInTimeForbids_fails() {
    Event<Invocation> write = event(0, Invocation.of("write", 1), DONE, 0, 0);

    fails(
        Linearizability.check(
            history(List.of(write), List.of(event(1, READ, returned(0), 1, 0))), REGISTER, ENOUGH));
    Event<Invocation> concurrentRead = event(1, READ, returned(0), 0, 0);
    assertOrder(
        List.of(concurrentRead, write),
        Linearizability.check(history(List.of(write), List.of(concurrentRead)), REGISTER, ENOUGH));
  }

  @Test
  void check_whenALanesOwnOrderForbids_fails() {
    Event<Invocation> write = event(0, Invocation.of("write", 1), DONE, 0);
    Event<Invocation> read = event(0, READ, returned(0), 0);

    fails(Linearizability.check(history(List.of(write, read)), REGISTER, ENOUGH));
  }

  @Test
  void check_putsTheLaneBeforeFirstAndTheLaneAfterLast() {
    Event<Invocation> before = event(0, Invocation.of("write", 1), DONE, 0, 0, 0);
    Event<Invocation> during = event(1, Invocation.of("write", 2), DONE, 1, 0, 0);
    Event<Invocation> after = event(2, READ, returned(2), 1, 1, 0);

    assertOrder(
        List.of(before, during, after),
        Linearizability.check(
            history(List.of(before), List.of(during), List.of(after)), REGISTER, ENOUGH));
    for (int neverLast : List.of(0, 1)) {
      Event<Invocation> wrong = event(2, READ, returned(neverLast), 1, 1, 0);
      fails(
          Linearizability.check(
              history(List.of(before), List.of(during), List.of(wrong)), REGISTER, ENOUGH));
    }
  }

  @Test
  void check_comparesExceptionsByTheirClass() {
    Event<Invocation> empty = event(0, REMOVE, threw(new NoSuchElementException("no item")), 0);

    assertOrder(List.of(empty), Linearizability.check(history(List.of(empty)), QUEUE, ENOUGH));
    fails(
        Linearizability.check(
            history(List.of(event(0, REMOVE, threw(new RuntimeException()), 0))), QUEUE, ENOUGH));
    fails(
        Linearizability.check(
            history(List.of(event(0, REMOVE, returned(null), 0))), QUEUE, ENOUGH));
  }

  @Test
  void check_comparesArraysByTheirElements() {
    Event<Invocation> empty = event(0, Invocation.of("toArray"), returned(new Object[0]), 0);

    assertOrder(List.of(empty), Linearizability.check(history(List.of(empty)), QUEUE, ENOUGH));
    fails(
        Linearizability.check(
            history(List.of(event(0, Invocation.of("toArray"), returned(new Object[] {1}), 0))),
            QUEUE,
            ENOUGH));
  }

  @Test
  void check_whenItHasTooFewSteps_isUndecided() {
    Event<Invocation> a = event(0, INCREMENT, returned(2), 0, 0);
    Event<Invocation> b = event(1, INCREMENT, returned(1), 0, 0);
    Event<Invocation> wrong = event(1, INCREMENT, returned(3), 0, 0);

    for (long maxSteps = 0; maxSteps < 3; maxSteps++) {
      assertEquals(
          new Verdict.Undecided<Invocation>(maxSteps),
          Linearizability.check(history(List.of(a), List.of(b)), COUNTER, maxSteps));
    }
    for (long maxSteps = 0; maxSteps < 2; maxSteps++) {
      assertEquals(
          new Verdict.Undecided<Invocation>(maxSteps),
          Linearizability.check(history(List.of(a), List.of(wrong)), COUNTER, maxSteps));
    }
    assertOrder(List.of(b, a), Linearizability.check(history(List.of(a), List.of(b)), COUNTER, 3));
  }

  @Test
  void check_whenOrdersMeetInOneState_goesOnFromItOnce() {
    List<List<Event<Invocation>>> lanes = new ArrayList<>();
    for (int lane = 0; lane < 3; lane++) {
      lanes.add(Collections.nCopies(8, event(lane, Invocation.of("add", 1), DONE, 0, 0, 0, 0)));
    }
    lanes.add(List.of(event(3, GET, returned(25), 8, 8, 8, 0)));

    // 24! / 8!^3 orders, but only 9^3 ways to have done a part of each lane
    fails(Linearizability.check(new History<>(lanes), COUNTER, 3 * 9 * 9 * 9));
  }

  @Test
  void check_ofTenThousandCalls_holds() {
    List<Event<Invocation>> lane = new ArrayList<>();
    for (int i = 0; i < 10_000; i++) {
      lane.add(event(0, INCREMENT, returned(i + 1), i));
    }

    assertOrder(lane, Linearizability.check(history(lane), COUNTER, 10_000));
  }

  @Test
  void check_ofANondeterministicObject_failsWithEveryResultThatIsAllowed() {
    Event<Invocation> add = event(0, Invocation.of("add", 1), DONE, 0);
    Event<Invocation> other = event(0, Invocation.of("add", 2), DONE, 1);
    Event<Invocation> take = event(0, Invocation.of("take"), returned(3), 2);

    List<DeadEnd<Invocation>> deadEnds =
        fails(Linearizability.check(history(List.of(add, other, take)), BAG, ENOUGH)).deadEnds();

    assertEquals(
        Set.of(returned(1), returned(2)),
        Set.copyOf(deadEnds.get(0).contradictions().get(0).expected()));
  }

  @Test
  void check_whenACallMayNotReturnYet_failsWithNothingThatIsAllowed() {
    Event<Invocation> take = event(0, Invocation.of("take"), returned(1), 0);

    assertEquals(
        List.of(new DeadEnd<>(List.of(), List.of(new Contradiction<>(take, List.of())))),
        fails(Linearizability.check(history(List.of(take)), BAG, ENOUGH)).deadEnds());
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

  private static void assertOrder(List<Event<Invocation>> order, Verdict<Invocation> verdict) {
    assertEquals(new Verdict.Holds<>(order), verdict);
  }

  private static Verdict.Fails<Invocation> fails(Verdict<Invocation> verdict) {
    if (verdict instanceof Verdict.Fails<Invocation> fails) {
      return fails;
    }
    return fail("should fail: " + verdict);
  }
}
