package io.github.threadfast.testkit.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.threadfast.testkit.model.Result;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.ToIntFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProgramGeneratorTest {
  private static final List<Operation<Object>> OPERATIONS =
      Stream.of("a", "b", "c")
          .map(name -> new Operation<Object>(name, (subject, arguments) -> Result.DONE))
          .toList();

  /** Every unordered pair, with itself too. */
  private static final int PAIRS = 6;

  @Test
  void next_withOneSeed_givesTheSameScenarios() {
    assertEquals(draw(3, 3, 42, 500), draw(3, 3, 42, 500));
    assertNotEquals(draw(3, 3, 42, 500), draw(3, 3, 43, 500));
  }

  @Test
  void next_letsEveryPairMeetBeforeAnyMeetsAgain() {
    List<Program<Object>> scenarios = draw(3, 3, 7, 2 * 5 * PAIRS);

    for (int round = 0; round < 5; round++) {
      Set<Set<Call<Object>>> met = new HashSet<>();
      for (int i = 0; i < PAIRS; i++) {
        Program<Object> pair = scenarios.get(2 * (round * PAIRS + i));
        assertEquals(2, pair.threads().size());
        assertTrue(pair.threads().stream().allMatch(calls -> calls.size() == 1));
        met.add(new HashSet<>(pair.threads().stream().map(calls -> calls.get(0)).toList()));
      }
      assertEquals(PAIRS, met.size());
    }
  }

  @ParameterizedTest
  @CsvSource({"2, 1", "2, 5", "3, 3", "5, 2", "26, 4"})
  void next_growsToTheLimitsAndNotBeyond(int maxThreads, int maxCalls) {
    List<Program<Object>> scenarios = draw(maxThreads, maxCalls, 1, 1_200);

    for (int i = 0; i < scenarios.size(); i++) {
      int size = 2 + (i + 1) / 2 / 4;
      assertTrue(threads(scenarios.get(i)) <= Math.min(maxThreads, size));
      assertTrue(callsPerThread(scenarios.get(i)) <= Math.min(maxCalls, size));
    }
    assertEquals(maxThreads, most(scenarios, ProgramGeneratorTest::threads));
    assertEquals(maxCalls, most(scenarios, ProgramGeneratorTest::callsPerThread));
    assertEquals(3, most(scenarios, scenario -> scenario.before().size()));
    assertEquals(4, most(scenarios, scenario -> scenario.after().size()));
    assertTrue(
        scenarios.stream()
            .allMatch(scenario ->
                scenario.threads().size() >= 2
                    && scenario.threads().stream().noneMatch(List::isEmpty)));
  }

  private static List<Program<Object>> draw(int maxThreads, int maxCalls, long seed, int count) {
    ProgramGenerator<Object> generator =
        new ProgramGenerator<>(OPERATIONS, maxThreads, maxCalls, seed);
    return Stream.generate(generator::next).limit(count).toList();
  }

  private static int threads(Program<Object> scenario) {
    return scenario.threads().size();
  }

  private static int callsPerThread(Program<Object> scenario) {
    return scenario.threads().stream().mapToInt(List::size).max().orElseThrow();
  }

  private static int most(List<Program<Object>> scenarios, ToIntFunction<Program<Object>> size) {
    return scenarios.stream().mapToInt(size).max().orElseThrow();
  }
}
