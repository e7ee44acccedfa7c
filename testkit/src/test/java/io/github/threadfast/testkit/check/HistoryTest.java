package io.github.threadfast.testkit.check;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.threadfast.testkit.check.History.Event;
import io.github.threadfast.testkit.model.Result;
import java.util.List;
import org.junit.jupiter.api.Test;

class HistoryTest {

  @Test
  void hasConcurrentCalls_whenNeitherIsKnownToHaveReturnedBefore() {
    assertTrue(history(List.of(call(0, 0, 0)), List.of(call(1, 0, 0))).hasConcurrentCalls());
  }

  @Test
  void hasConcurrentCalls_notWhenOneLaneCameAfterTheOther() {
    History<String> history =
        history(List.of(call(0, 0, 0), call(0, 1, 0)), List.of(call(1, 2, 0), call(1, 2, 1)));

    assertFalse(history.hasConcurrentCalls());
  }

  @Test
  void hasConcurrentCalls_whenOneLaneBeganBetweenTheCallsOfTheOther() {
    History<String> history =
        history(List.of(call(0, 0, 0), call(0, 1, 0)), List.of(call(1, 1, 0)));

    assertTrue(history.hasConcurrentCalls());
  }

  @Test
  void hasConcurrentCalls_notWithinALane() {
    assertFalse(history(List.of(call(0, 0, 0), call(0, 1, 0)), List.of()).hasConcurrentCalls());
  }

  private static History<String> history(List<Event<String>> first, List<Event<String>> second) {
    return new History<>(List.of(first, second));
  }

  private static Event<String> call(int lane, int returnedOfFirst, int returnedOfSecond) {
    return new Event<>(lane, "call", Result.DONE, List.of(returnedOfFirst, returnedOfSecond));
  }
}
