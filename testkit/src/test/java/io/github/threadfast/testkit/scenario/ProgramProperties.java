package io.github.threadfast.testkit.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.threadfast.testkit.model.Result;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class ProgramProperties {
  private static final List<Call<Object>> OPERATIONS =
      Stream.of("a", "b", "c").map(ProgramProperties::operation).toList();

  @Property
  void smaller_leavesOutOrMovesSomething_andKeepsTwoBusyThreads(
      @ForAll("scenarios") Program<Object> scenario) {
    scenario
        .smaller()
        .forEach(smaller -> {
          assertTrue(smaller.threads().size() >= 2);
          assertTrue(smaller.threads().stream().noneMatch(List::isEmpty));
          assertTrue(isSmaller(smaller, scenario));
          if (smaller.calls() == scenario.calls()) {
            assertEquals(allCalls(scenario), allCalls(smaller));
          } else {
            assertTrue(thingsLeftOut(scenario, smaller) > 0);
          }
        });
  }

  /** Compares first how many calls are in threads, then how many there are, then the threads. */
  private static boolean isSmaller(Program<Object> one, Program<Object> other) {
    return Comparator.<Program<Object>>comparingInt(ProgramProperties::concurrentCalls)
            .thenComparingInt(Program::calls)
            .thenComparingInt(program -> program.threads().size())
            .compare(one, other)
        < 0;
  }

  private static int concurrentCalls(Program<Object> scenario) {
    return scenario.threads().stream().mapToInt(List::size).sum();
  }

  private static List<String> allCalls(Program<Object> scenario) {
    return Stream.of(Stream.of(scenario.before(), scenario.after()), scenario.threads().stream())
        .flatMap(lists -> lists)
        .flatMap(List::stream)
        .map(call -> call.operation().name())
        .sorted()
        .toList();
  }

  @Property
  void smaller_againAndAgain_endsAtTwoCalls(
      @ForAll("scenarios") Program<Object> scenario, @ForAll Random random) {
    Program<Object> smallest = scenario;
    for (List<Program<Object>> candidates = smallest.smaller().toList();
        !candidates.isEmpty();
        candidates = smallest.smaller().toList()) {
      smallest = candidates.get(random.nextInt(candidates.size()));
    }

    assertEquals(2, smallest.threads().size());
    assertEquals(2, smallest.calls());
  }

  @Property(tries = 100)
  void aScenario_cannotBeChanged(@ForAll("scenarios") Program<Object> scenario) {
    Stream.of(scenario.before(), scenario.threads(), scenario.threads().get(0), scenario.after())
        .forEach(list -> assertThrows(UnsupportedOperationException.class, list::clear));
  }

  /** Threads, or calls of one list, that only {@code larger} has; the rest must be in its order. */
  private static int thingsLeftOut(Program<Object> larger, Program<Object> smaller) {
    int left =
        leftOut(larger.before(), smaller.before()) + leftOut(larger.after(), smaller.after());
    if (larger.threads().size() > smaller.threads().size()) {
      return left + leftOut(larger.threads(), smaller.threads());
    }
    for (int thread = 0; thread < larger.threads().size(); thread++) {
      left += leftOut(larger.threads().get(thread), smaller.threads().get(thread));
    }
    return left;
  }

  private static <T> int leftOut(List<T> longer, List<T> shorter) {
    Iterator<T> rest = shorter.iterator();
    T next = rest.hasNext() ? rest.next() : null;
    int leftOut = 0;
    for (T element : longer) {
      if (element.equals(next)) {
        next = rest.hasNext() ? rest.next() : null;
      } else {
        leftOut++;
      }
    }
    assertFalse(rest.hasNext() || next != null, "not a part of it in the same order");
    return leftOut;
  }

  @Provide
  Arbitrary<Program<Object>> scenarios() {
    Arbitrary<Call<Object>> call = Arbitraries.of(OPERATIONS);
    return Combinators.combine(
            call.list().ofMaxSize(3),
            call.list().ofMinSize(1).ofMaxSize(3).list().ofMinSize(2).ofMaxSize(4),
            call.list().ofMaxSize(4))
        .as(Program::new);
  }

  private static Call<Object> operation(String name) {
    return Calls.call(name, subject -> Result.DONE);
  }
}
