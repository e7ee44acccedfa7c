package io.github.threadfast.testkit.scenario;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.threadfast.testkit.model.Result;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProgramTest {
  private static final List<Call<Object>> OPERATIONS =
      List.of(operation("a"), operation("b"), operation("c"), operation("d"));

  @Test
  void calls_countsThoseBeforeDuringAndAfter() {
    assertEquals(7, scenario("a", "ab|c|d", "bc").calls());
  }

  @Test
  void smaller_triesTheLargestStepsFirst() {
    assertEquals(
        List.of(
            scenario("ab", "c|d", "ac"),
            scenario("ab", "ab|d", "ac"),
            scenario("ab", "ab|c", "ac"),
            scenario("ab", "b|c|d", "ac"),
            scenario("ab", "a|c|d", "ac"),
            scenario("b", "ab|c|d", "ac"),
            scenario("a", "ab|c|d", "ac"),
            scenario("", "ab|c|d", "ac"),
            scenario("ab", "ab|c|d", "c"),
            scenario("ab", "ab|c|d", "a"),
            scenario("ab", "ab|c|d", ""),
            scenario("aba", "b|c|d", "ac"),
            scenario("ab", "a|c|d", "bac"),
            scenario("abc", "ab|d", "ac"),
            scenario("ab", "ab|d", "cac"),
            scenario("abd", "ab|c", "ac"),
            scenario("ab", "ab|c", "dac"),
            scenario("ab", "cab|d", "ac"),
            scenario("ab", "c|dab", "ac"),
            scenario("ab", "abc|d", "ac"),
            scenario("ab", "ab|dc", "ac"),
            scenario("ab", "abd|c", "ac"),
            scenario("ab", "ab|cd", "ac")),
        scenario("ab", "ab|c|d", "ac").smaller().toList());
  }

  @Test
  void smaller_ofThreeCallsBefore_leavesOutAllOneOrTwo() {
    assertEquals(
        List.of(
            scenario("", "a|b", ""),
            scenario("bc", "a|b", ""),
            scenario("ac", "a|b", ""),
            scenario("ab", "a|b", ""),
            scenario("c", "a|b", ""),
            scenario("b", "a|b", ""),
            scenario("a", "a|b", "")),
        scenario("abc", "a|b", "").smaller().toList());
  }

  @Test
  void smaller_ofOneCallInEachOfTwoThreads_isNothing() {
    assertEquals(List.of(), scenario("", "a|b", "").smaller().toList());
  }

  @Test
  void aScenario_keepsItsOwnCopies() {
    List<Call<Object>> calls = new ArrayList<>(OPERATIONS);
    List<List<Call<Object>>> threads = new ArrayList<>(List.of(calls, calls));
    Program<Object> scenario = new Program<>(calls, threads, calls);

    calls.clear();
    threads.clear();

    assertEquals(scenario("abcd", "abcd|abcd", "abcd"), scenario);
  }

  /** A scenario whose threads are parted by bars, and whose calls have names of one letter. */
  private static Program<Object> scenario(String before, String threads, String after) {
    return new Program<>(
        calls(before),
        Arrays.stream(threads.split("\\|")).map(ProgramTest::calls).toList(),
        calls(after));
  }

  private static List<Call<Object>> calls(String names) {
    return names.chars().mapToObj(name -> OPERATIONS.get(name - 'a')).toList();
  }

  private static Call<Object> operation(String name) {
    return Calls.call(name, subject -> Result.DONE);
  }
}
